using System.Runtime.InteropServices;
using Sinew.Files;
using Sinew.Imaging.Native;

namespace Sinew.Imaging;

/// <summary>Encodes images as JPEG or PNG.</summary>
public static unsafe class ImageEncoder
{
    /// <summary>Encodes as JPEG.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="quality">1 to 100.</param>
    /// <param name="fullChroma">Keeps the colours at full size (4:4:4) instead of half (4:2:0): sharper lines, larger files.</param>
    /// <exception cref="SinewException">The encoder fails (a side above 65,500 pixels, or no memory).</exception>
    public static byte[] Jpeg(Image image, int quality = 92, bool fullChroma = false)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentOutOfRangeException.ThrowIfLessThan(quality, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(quality, 100);
        var sampling = fullChroma ? TurboJpeg.Sampling444 : TurboJpeg.Sampling420;
        using var handle = TurboJpegHandle.Compressor();
        var bound = (ulong)TurboJpeg.BufferSize(image.Width, image.Height, sampling).Value;
        if (bound == 0 || bound > (ulong)Array.MaxLength) throw new SinewException($"an image of {image.Width}×{image.Height} pixels is too large for a JPEG");
        var jpeg = new byte[bound];
        var size = new CULong((uint)bound);
        fixed (byte* to = jpeg)
        fixed (byte* from = image.Pixels)
        {
            var buffer = to;
            var h = handle.DangerousGetHandle();
            if (TurboJpeg.Compress(h, from, image.Width, image.Stride, image.Height, TurboJpeg.PixelRgb, &buffer, &size, sampling, quality, TurboJpeg.FlagNoRealloc) != 0)
            {
                throw new SinewException($"an image of {image.Width}×{image.Height} pixels cannot be encoded as JPEG ({TurboJpeg.Error(h)})");
            }
        }

        return jpeg[..(int)size.Value];
    }

    /// <summary>Encodes as an 8-bit RGB PNG.</summary>
    /// <param name="image">The picture.</param>
    /// <exception cref="SinewException">The encoder fails.</exception>
    public static byte[] Png(Image image)
    {
        ArgumentNullException.ThrowIfNull(image);
        ImageLibrary.Png.Require();
        // Deflate grows what it cannot shrink by less than one part in a thousand; each row has one filter byte.
        var raw = (long)image.Stride * image.Height;
        var bound = raw + image.Height + (raw / 1000) + 4096;
        if (bound > Array.MaxLength) throw new SinewException($"an image of {image.Width}×{image.Height} pixels is too large to be encoded as PNG");
        var png = new byte[bound];
        var size = (nuint)bound;
        var state = new Png.State { Version = Native.Png.Version, Width = (uint)image.Width, Height = (uint)image.Height, Format = Native.Png.FormatRgb };
        fixed (byte* to = png)
        fixed (byte* from = image.Pixels)
        {
            var done = Native.Png.Write(&state, to, &size, 0, from, image.Stride, null);
            Native.Png.Free(&state);
            if (done == 0) throw new SinewException($"an image of {image.Width}×{image.Height} pixels cannot be encoded as PNG ({state.Message})");
        }

        return png[..(int)size];
    }

    /// <summary>Writes an image to a file, as PNG where its name ends in <c>.png</c> and as JPEG otherwise; the file is whole or not there.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="path">The file; an existing one is replaced.</param>
    /// <param name="quality">1 to 100, for JPEG.</param>
    /// <exception cref="SinewException">The file cannot be written.</exception>
    public static void Save(Image image, string path, int quality = 92)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var bytes = path.EndsWith(".png", StringComparison.OrdinalIgnoreCase) ? Png(image) : Jpeg(image, quality);
        AtomicFile.Write(path, stream => stream.Write(bytes));
    }
}
