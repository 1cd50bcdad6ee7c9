using System.Runtime.InteropServices;
using Sinew.Geometry;
using Sinew.Imaging.JpegRegion;
using Sinew.Imaging.Native;
using Sinew.TestSupport;

namespace Sinew.Imaging.Tests;

/// <summary>A part of a JPEG is decoded by our own code: its pixels must be libjpeg-turbo's.</summary>
public class JpegRegionTests
{
    public JpegRegionTests() => Assert.SkipUnless(RegionDecoder.IsSupported, "this processor has no AVX2: parts are decoded by libjpeg-turbo");

    [Theory]
    [InlineData(TurboJpeg.Sampling444, 95)]
    [InlineData(TurboJpeg.Sampling444, 20)]
    [InlineData(TurboJpeg.Sampling422, 90)]
    [InlineData(TurboJpeg.Sampling420, 100)]
    [InlineData(TurboJpeg.Sampling420, 75)]
    [InlineData(TurboJpeg.Sampling420, 3)]
    [InlineData(TurboJpeg.SamplingGray, 85)]
    public void Every_part_has_libjpegs_pixels(int sampling, int quality)
    {
        var random = new Random(sampling + quality);
        foreach (var (width, height) in ((int, int)[])[(16, 16), (17, 33), (64, 48), (101, 67), (250, 131)])
        {
            using var scene = Busy(width, height, random.Next());
            var file = Encode(scene, sampling, quality);
            using var whole = ImageDecoder.Decode(file);
            Compare(whole, file, new Region(0, 0, width, height));
            for (var i = 0; i < 40; i++)
            {
                var (left, top) = (random.Next(width), random.Next(height));
                Compare(whole, file, new Region(left, top, random.Next(left + 1, width + 1), random.Next(top + 1, height + 1)));
            }
        }
    }

    [Fact]
    public void Photographs_have_libjpegs_pixels()
    {
        var decoded = 0;
        foreach (var path in Directory.EnumerateFiles(Shared.Path("data/samples"), "*.jpg", SearchOption.AllDirectories))
        {
            var file = File.ReadAllBytes(path);
            using var whole = ImageDecoder.Decode(file);
            foreach (var region in (Region[])[new(0, 0, whole.Width, whole.Height), new(whole.Width / 3, whole.Height / 3, whole.Width * 2 / 3, whole.Height / 2)])
            {
                using var part = RegionDecoder.TryDecode(file, region);
                if (part is null) continue;
                AssertSame(whole, part, region);
                decoded++;
            }
        }

        Assert.True(decoded >= 20, $"only {decoded} parts were decoded by our own code");
    }

    [Fact]
    public void A_crop_from_a_part_is_the_crop_from_the_whole()
    {
        using var scene = Busy(300, 200, 3);
        var file = Encode(scene, TurboJpeg.Sampling420, 90);
        using var whole = ImageDecoder.Decode(file);
        var pipeline = new CropPipeline([new CropTarget(48, 64, PixelNorm.None), new CropTarget(64, 64, PixelNorm.None)], oversampling: 0);
        byte[] expected = new byte[64 * 64 * 3], actual = new byte[64 * 64 * 3];
        for (var i = 0; i < 300; i++)
        {
            var random = new AugmentRandom(1, 0, i);
            var width = (float)random.Uniform(5, 150);
            var crop = new CropGeometry(
                (float)random.Uniform(-40, 340), (float)random.Uniform(-40, 240), width, width * 4 / 3, (float)random.Uniform(-180, 180), 48, 64, random.Chance(0.5));
            using var part = ImageDecoder.DecodePart(file, pipeline.NeededPart(crop));
            for (var target = 0; target < 2; target++)
            {
                var bytes = pipeline.Targets[target].Width * 64 * 3;
                pipeline.Render(whole, crop, PixelAugmentation.None, target, expected.AsSpan(0, bytes));
                pipeline.Render(part, crop, PixelAugmentation.None, target, actual.AsSpan(0, bytes));
                Assert.True(expected.AsSpan(0, bytes).SequenceEqual(actual.AsSpan(0, bytes)), $"{i}: {crop}");
            }
        }
    }

    [Fact]
    public void Other_kinds_of_jpeg_are_left_to_libjpeg()
    {
        using var scene = Busy(80, 60, 1);
        var progressive = Encode(scene, TurboJpeg.Sampling420, 90, TurboJpeg.FlagProgressive);
        Assert.Null(RegionDecoder.TryDecode(progressive, new Region(0, 0, 10, 10)));
        using var image = ImageDecoder.DecodePart(progressive, new Box(10, 10, 20, 20));
        Assert.Equal((80, 60), (image.Width, image.Height));

        var turned = TestImages.WithOrientation(Encode(scene, TurboJpeg.Sampling420, 90), 6, littleEndian: true);
        using var upright = ImageDecoder.DecodePart(turned, new Box(10, 10, 20, 20));
        Assert.Equal((60, 80), (upright.Width, upright.Height));
    }

    [Fact]
    public void A_part_before_the_damage_is_decoded_and_one_behind_it_refused()
    {
        using var scene = Busy(120, 200, 2);
        var file = Encode(scene, TurboJpeg.Sampling444, 90);
        using var whole = ImageDecoder.Decode(file);
        var half = file[..(file.Length / 2)];
        using var upper = ImageDecoder.DecodePart(half, new Box(0, 0, 120, 40));
        AssertSame(whole, upper, new Region(0, 0, 120, 40));
        Assert.Throws<SinewException>(() => ImageDecoder.DecodePart(half, new Box(0, 150, 120, 40)));
    }

    [Theory]
    [InlineData(TurboJpeg.Sampling444)]
    [InlineData(TurboJpeg.Sampling420)]
    public void Damaged_files_are_decoded_or_left_to_libjpeg(int sampling)
    {
        using var scene = Busy(90, 70, 5);
        var file = Encode(scene, sampling, 85);
        var random = new Random(9);
        var options = new DecodeOptions { MaxPixels = 1_000_000 };
        int own = 0, refused = 0;
        for (var i = 0; i < 4000; i++)
        {
            var damaged = (byte[])file.Clone();
            for (var k = random.Next(1, 5); k > 0; k--) damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            if (random.Next(4) == 0) damaged = damaged[..random.Next(3, damaged.Length)];
            try
            {
                using var part = ImageDecoder.DecodePart(damaged, new Box(random.Next(60), random.Next(50), 25, 20), options);
                own++;
            }
            catch (SinewException)
            {
                refused++;
            }
        }

        Assert.True(own > 100 && refused > 100, $"{own} decoded, {refused} refused");
    }

    /// <summary>Waves of many frequencies, noise and hard edges: all coefficients, long codes, clamping.</summary>
    private static Image Busy(int width, int height, int seed)
    {
        var random = new Random(seed);
        var image = new Image(width, height);
        var (fx, fy) = (random.NextDouble() * 2, random.NextDouble() * 2);
        for (var i = 0; i < image.Pixels.Length; i++)
        {
            var (x, y, c) = (i / 3 % width, i / 3 / width, i % 3);
            var wave = 128 + (90 * Math.Sin((x * fx) + (y * fy * (c + 1)))) + random.Next(-60, 60);
            image.Pixels[i] = x / 20 % 3 == 0 ? (byte)(y / 9 % 2 * 255) : (byte)Math.Clamp(wave, 0, 255);
        }

        return image;
    }

    private static void Compare(Image whole, byte[] file, Region region)
    {
        using var part = RegionDecoder.TryDecode(file, region);
        Assert.NotNull(part);
        AssertSame(whole, part, region);
    }

    private static void AssertSame(Image whole, Image part, Region region)
    {
        Assert.Equal((region.Width, region.Height), (part.Width, part.Height));
        Assert.Equal(new Affine(1, 0, -region.Left, 0, 1, -region.Top), part.FullToImage);
        for (var y = 0; y < region.Height; y++)
        {
            var expected = whole.Row(region.Top + y).Slice(region.Left * 3, region.Width * 3);
            if (expected.SequenceEqual(part.Row(y))) continue;
            var at = expected.CommonPrefixLength(part.Row(y));
            Assert.Fail($"{region} of {whole.Width}×{whole.Height}: row {y}, byte {at}: {expected[at]} became {part.Row(y)[at]}");
        }
    }

    private static unsafe byte[] Encode(Image image, int sampling, int quality, int flags = 0)
    {
        using var owner = TurboJpegHandle.Compressor();
        var jpeg = new byte[(int)TurboJpeg.BufferSize(image.Width, image.Height, sampling).Value];
        var size = new CULong((uint)jpeg.Length);
        fixed (byte* from = image.Pixels)
        fixed (byte* to = jpeg)
        {
            var buffer = to;
            var handle = owner.DangerousGetHandle();
            var failed = TurboJpeg.Compress(handle, from, image.Width, 0, image.Height, TurboJpeg.PixelRgb, &buffer, &size, sampling, quality, flags | TurboJpeg.FlagNoRealloc);
            Assert.True(failed == 0, TurboJpeg.Error(handle));
        }

        return jpeg[..(int)size.Value];
    }
}
