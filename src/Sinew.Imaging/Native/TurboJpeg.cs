using System.Runtime.InteropServices;

namespace Sinew.Imaging.Native;

/// <summary>The part of the TurboJPEG 2 API (<c>turbojpeg.h</c>) that is used here.</summary>
internal static unsafe partial class TurboJpeg
{
    public const int PixelRgb = 0;
    public const int PixelCmyk = 11;
    public const int ColorCmyk = 3;
    public const int ColorYcck = 4;
    public const int Sampling444 = 0;
    public const int Sampling422 = 1;
    public const int Sampling420 = 2;
    public const int SamplingGray = 3;
    public const int FlagNoRealloc = 1024;
    public const int FlagProgressive = 16384;

    /// <summary>Gives up on a progressive file of more than 500 scans, which only an attacker writes.</summary>
    public const int FlagLimitScans = 32768;
    public const int ErrorIsWarning = 0;

    [LibraryImport(ImageLibrary.TurboJpegName, EntryPoint = "tjInitDecompress")]
    public static partial nint InitDecompress();

    [LibraryImport(ImageLibrary.TurboJpegName, EntryPoint = "tjInitCompress")]
    public static partial nint InitCompress();

    [LibraryImport(ImageLibrary.TurboJpegName, EntryPoint = "tjDestroy")]
    public static partial int Destroy(nint handle);

    [LibraryImport(ImageLibrary.TurboJpegName, EntryPoint = "tjDecompressHeader3")]
    public static partial int DecompressHeader(
        nint handle, byte* jpeg, CULong jpegSize, out int width, out int height, out int subsampling, out int colorSpace);

    [LibraryImport(ImageLibrary.TurboJpegName, EntryPoint = "tjDecompress2")]
    public static partial int Decompress(
        nint handle, byte* jpeg, CULong jpegSize, byte* pixels, int width, int pitch, int height, int pixelFormat, int flags);

    [LibraryImport(ImageLibrary.TurboJpegName, EntryPoint = "tjDecompressToYUVPlanes")]
    public static partial int DecompressToYuvPlanes(
        nint handle, byte* jpeg, CULong jpegSize, byte** planes, int width, int* strides, int height, int flags);

    [LibraryImport(ImageLibrary.TurboJpegName, EntryPoint = "tjCompress2")]
    public static partial int Compress(
        nint handle, byte* pixels, int width, int pitch, int height, int pixelFormat, byte** jpeg, CULong* jpegSize,
        int subsampling, int quality, int flags);

    [LibraryImport(ImageLibrary.TurboJpegName, EntryPoint = "tjBufSize")]
    public static partial CULong BufferSize(int width, int height, int subsampling);

    [LibraryImport(ImageLibrary.TurboJpegName, EntryPoint = "tjGetErrorCode")]
    public static partial int ErrorCode(nint handle);

    [LibraryImport(ImageLibrary.TurboJpegName, EntryPoint = "tjGetErrorStr2")]
    private static partial byte* ErrorText(nint handle);

    public static string Error(nint handle) => Marshal.PtrToStringUTF8((nint)ErrorText(handle)) ?? "unknown error";
}

/// <summary>
/// A TurboJPEG decompressor or compressor for one picture. A used one is not taken again: it keeps the Huffman and
/// quantisation tables of its last picture and would use them for a file that lacks its own, so that what a damaged file
/// gives (or, after a progressive one, what is encoded) would depend on the file before it.
/// </summary>
internal sealed class TurboJpegHandle : SafeHandle
{
    private TurboJpegHandle(nint handle)
        : base(0, ownsHandle: true) => SetHandle(handle);

    public override bool IsInvalid => handle == 0;

    public static TurboJpegHandle Decompressor() => Make(compress: false);

    public static TurboJpegHandle Compressor() => Make(compress: true);

    protected override bool ReleaseHandle() => TurboJpeg.Destroy(handle) == 0;

    private static TurboJpegHandle Make(bool compress)
    {
        ImageLibrary.TurboJpeg.Require();
        var made = new TurboJpegHandle(compress ? TurboJpeg.InitCompress() : TurboJpeg.InitDecompress());
        return made.IsInvalid ? throw new SinewException("libjpeg-turbo could not be started (out of memory)") : made;
    }
}
