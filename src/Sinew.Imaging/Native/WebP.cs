using System.Runtime.InteropServices;

namespace Sinew.Imaging.Native;

/// <summary>The decoding functions of libwebp (<c>webp/decode.h</c>) that are used here.</summary>
internal static unsafe partial class WebP
{
    [LibraryImport(ImageLibrary.WebPName, EntryPoint = "WebPGetInfo")]
    public static partial int GetInfo(byte* webp, nuint size, out int width, out int height);

    [LibraryImport(ImageLibrary.WebPName, EntryPoint = "WebPDecodeRGBInto")]
    public static partial byte* DecodeRgbInto(byte* webp, nuint size, byte* pixels, nuint pixelBytes, int stride);
}
