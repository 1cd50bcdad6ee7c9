using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Sinew.Imaging.Native;
using Sinew.TestSupport;

namespace Sinew.Imaging.Tests;

/// <summary>Files from outside: each is decoded or refused with one line, and the process lives on.</summary>
public class RobustnessTests
{
    [Fact]
    public void An_empty_file_is_refused() =>
        Assert.Equal("a.jpg: the file is empty", Assert.Throws<SinewException>(() => ImageDecoder.Decode([], name: "a.jpg")).Message);

    [Fact]
    public void A_pipe_is_refused_and_not_waited_for()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "pipes are Unix's");
        using var folder = new TempFolder();
        using (var make = System.Diagnostics.Process.Start("mkfifo", [folder.File("a.jpg")])) make.WaitForExit();
        File.CreateSymbolicLink(folder.File("b.jpg"), folder.File("a.jpg"));
        foreach (var name in new[] { "a.jpg", "b.jpg" })
        {
            OneLine(Assert.Throws<SinewException>(() => ImageDecoder.Decode(folder.File(name))), folder.File(name));
            OneLine(Assert.Throws<SinewException>(() => VideoReader.Open(folder.File(name))), folder.File(name));
        }
    }

    [Fact]
    public void Text_is_refused() => Assert.Equal(
        "a.jpg: not a JPEG, PNG or WebP file; convert it to one of these",
        Assert.Throws<SinewException>(() => ImageDecoder.Decode("<html>404</html>"u8, name: "a.jpg")).Message);

    [Theory]
    [InlineData("jpeg")]
    [InlineData("progressive")]
    [InlineData("png")]
    public void A_file_that_breaks_off_anywhere_is_refused(string kind)
    {
        using var scene = TestImages.Scene(120, 90);
        var file = kind switch
        {
            "jpeg" => ImageEncoder.Jpeg(scene),
            "png" => ImageEncoder.Png(scene),
            _ => RawJpeg(scene.Pixels, 120, 90, TurboJpeg.PixelRgb, TurboJpeg.Sampling420, TurboJpeg.FlagProgressive),
        };
        // Without its two-byte end marker a JPEG still has the whole picture, and of a PNG's end only the check sums are missing.
        var whole = kind == "png" ? 16 : 2;
        for (var length = 0; length < file.Length - whole; length += 1 + (file.Length / 300))
        {
            var part = file[..length];
            var error = Assert.Throws<SinewException>(() => ImageDecoder.Decode(part, name: "part"));
            OneLine(error, "part");
        }
    }

    [Fact]
    public void A_jpeg_that_breaks_off_is_given_as_far_as_it_goes_where_that_is_asked_for()
    {
        using var scene = TestImages.Scene(120, 90);
        var file = ImageEncoder.Jpeg(scene, 95);
        using var whole = ImageDecoder.Decode(file);
        using var part = ImageDecoder.Decode(file.AsSpan(0, file.Length * 3 / 4), new DecodeOptions { AllowDamaged = true });
        Assert.True(whole.Row(10).SequenceEqual(part.Row(10)));
        Assert.False(whole.Row(88).SequenceEqual(part.Row(88)));
    }

    [Theory]
    [InlineData("jpeg")]
    [InlineData("progressive")]
    [InlineData("png")]
    [InlineData("webp")]
    public void Damaged_files_never_end_the_process(string kind)
    {
        using var scene = TestImages.Scene(64, 48);
        var file = kind switch
        {
            "jpeg" => ImageEncoder.Jpeg(scene),
            "png" => ImageEncoder.Png(scene),
            "webp" => WebPFixture.Lossless(),
            _ => RawJpeg(scene.Pixels, 64, 48, TurboJpeg.PixelRgb, TurboJpeg.Sampling420, TurboJpeg.FlagProgressive),
        };
        var random = new Random(17);
        var options = new DecodeOptions { MaxPixels = 1_000_000, AllowDamaged = true };
        int refused = 0, decoded = 0;
        for (var i = 0; i < 1500; i++)
        {
            var damaged = (byte[])file.Clone();
            for (var k = random.Next(1, 6); k > 0; k--) damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            try
            {
                using var image = ImageDecoder.Decode(damaged, options, "damaged");
                decoded++;
            }
            catch (SinewException e)
            {
                OneLine(e, "damaged");
                refused++;
            }
        }

        Assert.True(refused > 0 && (decoded > 0 || kind is "png" or "webp"), $"{refused} refused, {decoded} decoded");
    }

    [Fact]
    public void Grey_jpegs_have_three_equal_channels()
    {
        var grey = new byte[50 * 40];
        for (var i = 0; i < grey.Length; i++) grey[i] = (byte)(i / 50 * 5);
        // TJPF_GRAY is 6.
        using var image = ImageDecoder.Decode(RawJpeg(grey, 50, 40, 6, TurboJpeg.SamplingGray, 0));
        for (var i = 0; i < grey.Length; i++)
        {
            Assert.InRange(image.Pixels[3 * i] - grey[i], -3, 3);
            Assert.Equal(image.Pixels[3 * i], image.Pixels[(3 * i) + 1]);
            Assert.Equal(image.Pixels[3 * i], image.Pixels[(3 * i) + 2]);
        }
    }

    [Fact]
    public void Cmyk_jpegs_become_rgb()
    {
        // Adobe stores light instead of ink: 255, 153, 204 at a black of 204 is red 204, green 122, blue 163.
        using var adobe = ImageDecoder.Decode(Cmyk(255, 153, 204, 204));
        Assert.InRange(adobe.Pixels[0], 201, 207);
        Assert.InRange(adobe.Pixels[1], 119, 125);
        Assert.InRange(adobe.Pixels[2], 160, 166);
        // libjpeg stores these as YCCK = (255 − 180, 128, 128, 51). Without Adobe's segment a reader takes that for straight
        // inks: red (255 − 75) · 204 / 255, green and blue 127 · 204 / 255.
        using var straight = ImageDecoder.Decode(Without(Cmyk(180, 180, 180, 51), 0xEE));
        Assert.InRange(straight.Pixels[0], 141, 147);
        Assert.InRange(straight.Pixels[1], 99, 105);
        Assert.InRange(straight.Pixels[2], 99, 105);

        static byte[] Cmyk(params byte[] inks)
        {
            var pixels = new byte[32 * 24 * 4];
            for (var i = 0; i < pixels.Length; i++) pixels[i] = inks[i % 4];
            return RawJpeg(pixels, 32, 24, TurboJpeg.PixelCmyk, TurboJpeg.Sampling444, 0);
        }
    }

    [Fact]
    public void Sixteen_bit_pngs_keep_their_upper_byte()
    {
        var lines = new byte[4 * (1 + (5 * 6))];
        for (var y = 0; y < 4; y++)
        {
            for (var i = 0; i < 15; i++) BinaryPrimitives.WriteUInt16BigEndian(lines.AsSpan((y * 31) + 1 + (2 * i)), (ushort)(257 * ((y * 50) + (3 * i))));
        }

        using var image = ImageDecoder.Decode(TestImages.Png(5, 4, 16, 2, lines));
        for (var y = 0; y < 4; y++)
        {
            for (var i = 0; i < 15; i++) Assert.Equal((y * 50) + (3 * i), image.Row(y)[i]);
        }
    }

    [Fact]
    public void Palette_grey_and_transparent_pngs_become_rgb()
    {
        using var palette = ImageDecoder.Decode(TestImages.Png(2, 2, 8, 3, [0, 0, 1, 0, 2, 1], ("PLTE", [10, 20, 30, 200, 100, 50, 1, 2, 3])));
        Assert.Equal([10, 20, 30, 200, 100, 50, 1, 2, 3, 200, 100, 50], palette.Pixels.ToArray());
        using var bits = ImageDecoder.Decode(TestImages.Png(8, 1, 1, 0, [0, 0b1010_0000]));
        Assert.Equal([255, 255, 255, 0, 0, 0, 255, 255, 255], bits.Pixels[..9].ToArray());
        using var alpha = ImageDecoder.Decode(TestImages.Png(2, 1, 8, 6, [0, 9, 8, 7, 0, 90, 80, 70, 128]));
        Assert.Equal([9, 8, 7, 90, 80, 70], alpha.Pixels.ToArray());
        using var grey = ImageDecoder.Decode(TestImages.Png(2, 1, 8, 4, [0, 40, 255, 50, 10]));
        Assert.Equal([40, 40, 40, 50, 50, 50], grey.Pixels.ToArray());
    }

    [Fact]
    public void A_png_can_say_how_it_is_turned()
    {
        byte[] tiff = [(byte)'M', (byte)'M', 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0];
        using var image = ImageDecoder.Decode(TestImages.Png(2, 1, 8, 2, [0, 1, 2, 3, 4, 5, 6], ("eXIf", tiff)));
        Assert.Equal((1, 2), (image.Width, image.Height));
        Assert.Equal([1, 2, 3, 4, 5, 6], image.Pixels.ToArray());
    }

    [Fact]
    public void Damaged_orientation_counts_as_none()
    {
        using var scene = TestImages.Scene(16, 8);
        var jpeg = TestImages.WithOrientation(ImageEncoder.Jpeg(scene), 6, littleEndian: true);
        var tiff = jpeg.AsSpan().IndexOf("II*\0"u8);
        for (var at = 4; at < 18; at++)
        {
            foreach (var value in (byte[])[0, 0x7F, 0xFF])
            {
                var damaged = (byte[])jpeg.Clone();
                damaged[tiff + at] = value;
                using var image = ImageDecoder.Decode(damaged);
                Assert.Contains((image.Width, image.Height), ((int, int)[])[(16, 8), (8, 16)]);
            }
        }
    }

    [Fact]
    public void Lossless_webp_is_decoded_exactly()
    {
        using var image = ImageDecoder.Decode(WebPFixture.Lossless());
        Assert.Equal((WebPFixture.Width, WebPFixture.Height), (image.Width, image.Height));
        for (var i = 0; i < image.Pixels.Length; i += 3)
        {
            Assert.True(image.Pixels.Slice(i, 3).SequenceEqual(WebPFixture.Color));
        }
    }

    [Fact]
    public void A_folder_is_no_image() =>
        Assert.Throws<SinewException>(() => ImageDecoder.Decode(Path.GetTempPath()));

    [Fact]
    public void Every_sample_photograph_is_decoded()
    {
        foreach (var file in Directory.EnumerateFiles(Shared.Path("data/samples"), "*", SearchOption.AllDirectories))
        {
            if (!file.EndsWith(".jpg", StringComparison.Ordinal) && !file.EndsWith(".png", StringComparison.Ordinal)) continue;
            using var image = ImageDecoder.Decode(file);
            Assert.Equal(ImageDecoder.Identify(file), new ImageInfo(ImageDecoder.Identify(file).Format, image.Width, image.Height, ImageDecoder.Identify(file).Orientation));
        }
    }

    private static void OneLine(SinewException error, string name)
    {
        Assert.StartsWith(name + ": ", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    private static unsafe byte[] RawJpeg(ReadOnlySpan<byte> pixels, int width, int height, int format, int sampling, int flags)
    {
        using var owner = TurboJpegHandle.Compressor();
        var handle = owner.DangerousGetHandle();
        var jpeg = new byte[(int)TurboJpeg.BufferSize(width, height, sampling).Value];
        var size = new CULong((uint)jpeg.Length);
        fixed (byte* from = pixels)
        fixed (byte* to = jpeg)
        {
            var buffer = to;
            var failed = TurboJpeg.Compress(handle, from, width, 0, height, format, &buffer, &size, sampling, 95, flags | TurboJpeg.FlagNoRealloc);
            Assert.True(failed == 0, TurboJpeg.Error(handle));
        }

        return jpeg[..(int)size.Value];
    }

    private static byte[] Without(byte[] jpeg, byte marker)
    {
        foreach (var segment in new JpegSegments(jpeg))
        {
            if (segment.Marker == marker) return [.. jpeg[..(segment.Start - 4)], .. jpeg[(segment.Start + segment.Length)..]];
        }

        return jpeg;
    }
}
