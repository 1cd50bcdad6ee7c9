using System.Buffers;
using System.Buffers.Binary;
using Sinew.Imaging.Native;

namespace Sinew.Imaging;

/// <summary>PNG by libpng.</summary>
internal static unsafe class PngDecoder
{
    public static (int Width, int Height) ReadSize(ReadOnlySpan<byte> file, string name)
    {
        if (file.Length < 33 || !file.Slice(12, 4).SequenceEqual("IHDR"u8)) throw Broken(name, "no header");
        var width = BinaryPrimitives.ReadUInt32BigEndian(file[16..]);
        var height = BinaryPrimitives.ReadUInt32BigEndian(file[20..]);
        if (width is 0 or > int.MaxValue || height is 0 or > int.MaxValue) throw Broken(name, $"a size of {width}×{height}");
        return ((int)width, (int)height);
    }

    public static Image Decode(ReadOnlySpan<byte> file, int width, int height, string name)
    {
        ImageLibrary.Png.Require();
        var state = new Png.State { Version = Png.Version };
        fixed (byte* bytes = file)
        {
            try
            {
                if (Png.BeginRead(&state, bytes, (nuint)file.Length) == 0) throw Broken(name, state.Message);
                if (state.Width != width || state.Height != height) throw Broken(name, "two sizes");
                state.Flags |= Png.Flag16BitSrgb;
                return (state.Format & Png.FormatFlagAlpha) != 0
                    ? ReadWithAlpha(ref state, width, height, name)
                    : ReadOpaque(ref state, width, height, name);
            }
            finally
            {
                Png.Free(&state);
            }
        }
    }

    private static Image ReadOpaque(ref Png.State state, int width, int height, string name)
    {
        var image = Image.Rent(width, height);
        state.Format = Png.FormatRgb;
        fixed (Png.State* s = &state)
        fixed (byte* pixels = image.Pixels)
        {
            if (Png.FinishRead(s, null, pixels, image.Stride, null) != 0) return image;
        }

        image.Dispose();
        throw Broken(name, state.Message);
    }

    private static Image ReadWithAlpha(ref Png.State state, int width, int height, string name)
    {
        if ((long)width * height * 4 > Array.MaxLength) throw new SinewException($"{name}: the PNG with alpha is too large to be decoded");
        var count = width * height;
        var rgba = ArrayPool<byte>.Shared.Rent(count * 4);
        try
        {
            state.Format = Png.FormatRgba;
            fixed (Png.State* s = &state)
            fixed (byte* pixels = rgba)
            {
                if (Png.FinishRead(s, null, pixels, width * 4, null) == 0) throw Broken(name, state.Message);
            }

            var image = Image.Rent(width, height);
            var to = image.Pixels;
            for (var i = 0; i < count; i++) rgba.AsSpan(i * 4, 3).CopyTo(to[(i * 3)..]);
            return image;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rgba);
        }
    }

    private static SinewException Broken(string name, string why) =>
        new($"{name}: the PNG is damaged or breaks off ({why}); get the file anew or leave it out");
}
