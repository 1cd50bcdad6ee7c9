using System.Runtime.InteropServices;
using System.Text;

namespace Sinew.Imaging.Native;

/// <summary>libpng's simplified API (<c>png.h</c>, part V), which handles its own errors and never jumps over our frames.</summary>
internal static unsafe partial class Png
{
    public const uint Version = 1;
    public const uint FormatRgb = 2;
    public const uint FormatRgba = 3;
    public const uint FormatFlagAlpha = 1;

    /// <summary>Treats 16-bit samples as sRGB, as every camera and editor means them, and not as linear light.</summary>
    public const uint Flag16BitSrgb = 4;

    /// <summary>The C structure <c>png_image</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct State
    {
        public nint Opaque;
        public uint Version;
        public uint Width;
        public uint Height;
        public uint Format;
        public uint Flags;
        public uint ColormapEntries;
        public uint WarningOrError;
        public fixed byte Text[64];

        public readonly string Message
        {
            get
            {
                fixed (byte* text = Text)
                {
                    var bytes = new ReadOnlySpan<byte>(text, 64);
                    var end = bytes.IndexOf((byte)0);
                    return Encoding.Latin1.GetString(end < 0 ? bytes : bytes[..end]);
                }
            }
        }
    }

    [LibraryImport(ImageLibrary.PngName, EntryPoint = "png_image_begin_read_from_memory")]
    public static partial int BeginRead(State* state, byte* png, nuint size);

    [LibraryImport(ImageLibrary.PngName, EntryPoint = "png_image_finish_read")]
    public static partial int FinishRead(State* state, void* background, byte* pixels, int rowStride, void* colormap);

    [LibraryImport(ImageLibrary.PngName, EntryPoint = "png_image_free")]
    public static partial void Free(State* state);

    [LibraryImport(ImageLibrary.PngName, EntryPoint = "png_image_write_to_memory")]
    public static partial int Write(
        State* state, byte* png, nuint* size, int convertTo8Bit, byte* pixels, int rowStride, void* colormap);
}
