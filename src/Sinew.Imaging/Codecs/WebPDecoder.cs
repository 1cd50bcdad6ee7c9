using Sinew.Imaging.Native;

namespace Sinew.Imaging;

/// <summary>WebP by libwebp.</summary>
internal static unsafe class WebPDecoder
{
    public static (int Width, int Height) ReadSize(ReadOnlySpan<byte> file, string name)
    {
        ImageLibrary.WebP.Require();
        fixed (byte* bytes = file)
        {
            if (WebP.GetInfo(bytes, (nuint)file.Length, out var width, out var height) != 0 && width > 0 && height > 0) return (width, height);
        }

        throw new SinewException($"{name}: the WebP is damaged or breaks off; get the file anew or leave it out");
    }

    public static Image Decode(ReadOnlySpan<byte> file, int width, int height, string name)
    {
        var image = Image.Rent(width, height);
        fixed (byte* bytes = file)
        fixed (byte* pixels = image.Pixels)
        {
            if (WebP.DecodeRgbInto(bytes, (nuint)file.Length, pixels, (nuint)image.Pixels.Length, image.Stride) != null) return image;
        }

        image.Dispose();
        throw new SinewException($"{name}: the WebP is damaged, breaks off or is an animation; get the file anew or convert it");
    }
}
