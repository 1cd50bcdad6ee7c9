using System.Runtime.Intrinsics.X86;
using FsCheck;
using FsCheck.Fluent;
using Sinew.Geometry;
using Sinew.TestSupport;

namespace Sinew.Imaging.Tests;

public class PixelTests
{
    private static readonly Arbitrary<(int Width, int Height, int Seed)> Sizes =
        (from width in Gen.Choose(1, 48) from height in Gen.Choose(1, 20) from seed in Gen.Choose(0, int.MaxValue - 1) select (width, height, seed)).ToArbitrary();

    [Fact]
    public void The_vector_warp_gives_the_scalar_warps_bytes() => Prop.ForAll(Sizes, size =>
    {
        NeedsAvx2();
        using var image = TestImages.Noise(size.Width, size.Height, size.Seed);
        var random = new AugmentRandom((ulong)size.Seed, 0, 0);
        var map = new Affine(
            random.Uniform(-2, 2), random.Uniform(-2, 2), random.Uniform(-30, 90),
            random.Uniform(-2, 2), random.Uniform(-2, 2), random.Uniform(-30, 60));
        byte[] scalar = new byte[37 * 21 * 3], vector = new byte[scalar.Length];
        Warp.ApplyScalar(image, map, scalar, 37, 21);
        Warp.ApplyAvx2(image, map, vector, 37, 21);
        return scalar.AsSpan().SequenceEqual(vector);
    }).Holds();

    [Theory]
    [InlineData(3.5e8, 0)]
    [InlineData(-3.5e8, 1e30)]
    public void A_map_that_leaves_the_image_gives_black(double offset, double slope)
    {
        using var image = TestImages.Noise(30, 20, 1);
        var crop = new byte[16 * 8 * 3];
        Array.Fill(crop, (byte)7);
        Warp.Apply(image, new Affine(1, slope, offset, 0, 1, offset), crop, 16, 8);
        Assert.All(crop, b => Assert.Equal(0, b));
    }

    [Fact]
    public void A_map_that_is_no_number_is_refused()
    {
        using var image = TestImages.Noise(30, 20, 1);
        Assert.Throws<ArgumentException>(() => Warp.Apply(image, Affine.Identity with { C = double.NaN }, new byte[12], 2, 2));
        Assert.Throws<ArgumentException>(() => Warp.Crop(image, new CropGeometry(5, 5, 0, 0, 0, 2, 2), new byte[12]));
    }

    [Fact]
    public void The_identity_map_copies_the_image()
    {
        using var image = TestImages.Noise(45, 33, 9);
        var copy = new byte[45 * 33 * 3];
        Warp.Apply(image, Affine.Identity, copy, 45, 33);
        Assert.True(image.Pixels.SequenceEqual(copy));
    }

    [Fact]
    public void The_vector_jitter_gives_the_scalar_jitters_bytes_for_every_colour()
    {
        NeedsAvx2();
        byte[] scalar = new byte[256 * 256 * 3], vector = new byte[scalar.Length];
        var random = new AugmentRandom(4, 0, 0);
        for (var red = 0; red < 256; red += 15)
        {
            for (var i = 0; i < 256 * 256; i++)
            {
                (scalar[3 * i], scalar[(3 * i) + 1], scalar[(3 * i) + 2]) = ((byte)red, (byte)(i >> 8), (byte)i);
            }

            scalar.CopyTo(vector, 0);
            var (h, s, v) = (random.Below(361) - 180, random.Below(511) - 255, random.Below(511) - 255);
            HsvJitter.ApplyScalar(scalar, h, s, v);
            HsvJitter.Apply(vector, h, s, v);
            Assert.True(scalar.AsSpan().SequenceEqual(vector), $"red {red}, jitter {h} {s} {v}");
        }
    }

    [Theory]
    // Pure colours turn by 60° and 120° without loss; OpenCV's hue has 180 steps.
    [InlineData(255, 0, 0, 30, 0, 0, 255, 255, 0)]
    [InlineData(255, 0, 0, 60, 0, 0, 0, 255, 0)]
    [InlineData(0, 0, 255, 60, 0, 0, 255, 0, 0)]
    [InlineData(255, 0, 0, -60, 0, 0, 0, 0, 255)]
    // Grey has no hue or saturation: only its value changes until saturation is added.
    [InlineData(100, 100, 100, 90, 0, 20, 120, 120, 120)]
    [InlineData(100, 100, 100, 0, 255, 0, 100, 0, 0)]
    // Saturation is 255·120 / 200 = 153; ten more make 163: low = 200·(1 − 163/255) = 72.2.
    [InlineData(200, 80, 80, 0, 10, 0, 200, 72, 72)]
    [InlineData(250, 10, 10, 0, 0, 30, 255, 10, 10)]
    public void The_jitter_follows_the_definition_of_HSV(int r, int g, int b, int dh, int ds, int dv, int r2, int g2, int b2)
    {
        byte[] pixel = [(byte)r, (byte)g, (byte)b];
        HsvJitter.Apply(pixel, dh, ds, dv);
        Assert.Equal([(byte)r2, (byte)g2, (byte)b2], pixel);
    }

    [Fact]
    public void The_jitter_is_within_two_levels_of_HSV_in_real_numbers()
    {
        // Hue is kept in steps of 2° and saturation in 1/255: half a step of hue moves a channel by up to 255/60 levels.
        var pixels = new byte[3 * 20_000];
        new Random(8).NextBytes(pixels);
        var before = pixels.ToArray();
        HsvJitter.Apply(pixels, 0, 12, -9);
        var worst = 0.0;
        for (var i = 0; i < pixels.Length; i += 3)
        {
            double max = Math.Max(before[i], Math.Max(before[i + 1], before[i + 2])), min = Math.Min(before[i], Math.Min(before[i + 1], before[i + 2]));
            var s = max == 0 ? 0 : Math.Min(1, ((max - min) / max) + (12 / 255.0));
            var v = Math.Max(0, max - 9);
            if (max == min) continue;
            for (var c = 0; c < 3; c++)
            {
                var expected = v * (1 - (s * (max - before[i + c]) / (max - min)));
                worst = Math.Max(worst, Math.Abs(expected - pixels[i + c]));
            }
        }

        Assert.InRange(worst, 0, 0.5 + (255 / 60.0) + 0.5);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(7)]
    public void The_box_blur_is_the_rounded_mean_with_a_mirrored_border(int size) => Prop.ForAll(Sizes, at =>
    {
        var (width, height, seed) = at;
        using var image = TestImages.Noise(width, height, seed);
        byte[] vector = image.Pixels.ToArray(), scalar = image.Pixels.ToArray();
        Blur.Box(vector, width, height, size);
        Blur.BoxBlur(scalar, width, height, size, vector: false);
        var matches = vector.AsSpan().SequenceEqual(scalar);
        for (var i = 0; i < vector.Length; i++)
        {
            var (x, y, c) = (i / 3 % width, i / 3 / width, i % 3);
            var sum = 0;
            for (var dy = -(size / 2); dy <= size / 2; dy++)
            {
                for (var dx = -(size / 2); dx <= size / 2; dx++) sum += image.Row(Reflect(y + dy, height))[(Reflect(x + dx, width) * 3) + c];
            }

            matches &= vector[i] == (byte)Math.Round(sum / (double)(size * size));
        }

        return matches;
    }).Holds();

    [Theory]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(7)]
    public void The_median_blur_is_the_median_with_a_repeated_border(int size) => Prop.ForAll(Sizes, at =>
    {
        var (width, height, seed) = at;
        using var image = TestImages.Noise(width, height, seed);
        byte[] vector = image.Pixels.ToArray(), scalar = image.Pixels.ToArray();
        Blur.Median(vector, width, height, size);
        Blur.MedianBlur(scalar, width, height, size, vector: false);
        var matches = vector.AsSpan().SequenceEqual(scalar);
        var around = new List<byte>();
        for (var i = 0; i < vector.Length; i++)
        {
            var (x, y, c) = (i / 3 % width, i / 3 / width, i % 3);
            around.Clear();
            for (var dy = -(size / 2); dy <= size / 2; dy++)
            {
                for (var dx = -(size / 2); dx <= size / 2; dx++)
                {
                    around.Add(image.Row(Math.Clamp(y + dy, 0, height - 1))[(Math.Clamp(x + dx, 0, width - 1) * 3) + c]);
                }
            }

            around.Sort();
            matches &= vector[i] == around[around.Count / 2];
        }

        return matches;
    }).Holds();

    [Fact]
    public void The_largest_values_do_not_overflow_the_box_blur()
    {
        var white = new byte[64 * 20 * 3];
        Array.Fill(white, (byte)255);
        Blur.Box(white, 64, 20, 7);
        Assert.All(white, b => Assert.Equal(255, b));
    }

    [Fact]
    public void A_hole_is_black_and_the_rest_is_kept()
    {
        using var image = TestImages.Noise(40, 30, 2);
        var crop = image.Pixels.ToArray();
        Dropout.Apply(crop, 40, 5, 7, 11, 13);
        for (var i = 0; i < crop.Length; i++)
        {
            var (x, y) = (i / 3 % 40, i / 3 / 40);
            Assert.Equal(x is >= 5 and < 16 && y is >= 7 and < 20 ? 0 : image.Pixels[i], crop[i]);
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => Dropout.Apply(crop, 40, 35, 0, 6, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Dropout.Apply(crop, 40, 0, 25, 4, 6));
    }

    /// <summary>OpenCV's BORDER_REFLECT_101, from its documentation: gfedcb|abcdefgh|gfedcba.</summary>
    private static int Reflect(int i, int count)
    {
        if (count == 1) return 0;
        var period = 2 * (count - 1);
        i = ((i % period) + period) % period;
        return i < count ? i : period - i;
    }

    private static void NeedsAvx2() => Assert.SkipUnless(Avx2.IsSupported, "this processor has no AVX2: there is no vector path to compare");
}
