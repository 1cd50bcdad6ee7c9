using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Sinew.Geometry;
using Sinew.Imaging.Native;

namespace Sinew.Imaging;

/// <summary>JPEG by libjpeg-turbo.</summary>
internal static unsafe class JpegDecoder
{
    public static (int Width, int Height) ReadSize(ReadOnlySpan<byte> file, string name)
    {
        foreach (var segment in new JpegSegments(file))
        {
            if (!segment.IsFrame) continue;
            var frame = segment.Payload(file);
            if (frame.Length < 6) break;
            int height = BinaryPrimitives.ReadUInt16BigEndian(frame[1..]);
            int width = BinaryPrimitives.ReadUInt16BigEndian(frame[3..]);
            if (frame[0] != 8) throw new SinewException($"{name}: a JPEG of {frame[0]} bits a sample cannot be decoded; convert it to 8 bits");
            if (width == 0 || height == 0) break;
            return (width, height);
        }

        throw new SinewException($"{name}: the JPEG breaks off or is damaged before its size is told; get the file anew");
    }

    public static Image Decode(ReadOnlySpan<byte> file, int width, int height, DecodeOptions options, string name)
    {
        using var handle = TurboJpegHandle.Decompressor();
        var h = handle.DangerousGetHandle();
        fixed (byte* bytes = file)
        {
            var size = new CULong((uint)file.Length);
            if (TurboJpeg.DecompressHeader(h, bytes, size, out var w2, out var h2, out _, out var colors) != 0) Check(h, options, name);
            if (w2 != width || h2 != height) throw new SinewException($"{name}: the JPEG names two sizes, {width}×{height} and {w2}×{h2}");
            var denominator = options.ScaleDenominator;
            var (outWidth, outHeight) = ((width + denominator - 1) / denominator, (height + denominator - 1) / denominator);
            // A scaled pixel is the mean of a block of the full picture's: its centre lies in the middle of that block.
            var s = 1.0 / denominator;
            var offset = (0.5 * s) - 0.5;
            var image = Image.Rent(outWidth, outHeight, new Affine(s, 0, offset, 0, s, offset));
            try
            {
                if (colors is TurboJpeg.ColorCmyk or TurboJpeg.ColorYcck)
                {
                    DecodeCmyk(h, bytes, size, image, IsAdobe(file), options, name);
                }
                else
                {
                    fixed (byte* pixels = image.Pixels)
                    {
                        if (TurboJpeg.Decompress(h, bytes, size, pixels, outWidth, image.Stride, outHeight, TurboJpeg.PixelRgb, TurboJpeg.FlagLimitScans) != 0)
                        {
                            Check(h, options, name);
                        }
                    }
                }
            }
            catch
            {
                image.Dispose();
                throw;
            }

            return image;
        }
    }

    /// <summary>Adobe writes CMYK inverted (255 is no ink), and its marker says so; others write it straight.</summary>
    private static bool IsAdobe(ReadOnlySpan<byte> file)
    {
        foreach (var segment in new JpegSegments(file))
        {
            if (segment.Marker == 0xEE && segment.Payload(file).StartsWith("Adobe"u8)) return true;
        }

        return false;
    }

    private static void DecodeCmyk(nint handle, byte* bytes, CULong size, Image image, bool inverted, DecodeOptions options, string name)
    {
        if ((long)image.Width * image.Height * 4 > Array.MaxLength) throw new SinewException($"{name}: the CMYK picture is too large to be decoded");
        var count = image.Width * image.Height;
        var inks = ArrayPool<byte>.Shared.Rent(count * 4);
        try
        {
            fixed (byte* inkBytes = inks)
            {
                if (TurboJpeg.Decompress(handle, bytes, size, inkBytes, image.Width, image.Width * 4, image.Height, TurboJpeg.PixelCmyk, TurboJpeg.FlagLimitScans) != 0)
                {
                    Check(handle, options, name);
                }
            }

            var pixels = image.Pixels;
            var flip = inverted ? 0 : 255;
            for (var i = 0; i < count; i++)
            {
                var k = inks[(i * 4) + 3] ^ flip;
                for (var c = 0; c < 3; c++) pixels[(i * 3) + c] = (byte)((((inks[(i * 4) + c] ^ flip) * k) + 127) / 255);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(inks);
        }
    }

    /// <summary>
    /// Turns a failed call into an exception. Warnings are libjpeg's way to say that it filled in what was missing; stray
    /// bytes between segments, which many cameras write, are none of these.
    /// </summary>
    internal static void Check(nint handle, DecodeOptions options, string name)
    {
        var text = TurboJpeg.Error(handle);
        if (TurboJpeg.ErrorCode(handle) == TurboJpeg.ErrorIsWarning)
        {
            if (options.AllowDamaged || text.Contains("extraneous bytes", StringComparison.Ordinal)) return;
            throw new SinewException($"{name}: the JPEG is damaged or breaks off ({text}); get the file anew or leave it out");
        }

        throw new SinewException($"{name}: the JPEG cannot be decoded ({text}); get the file anew or convert it");
    }
}
