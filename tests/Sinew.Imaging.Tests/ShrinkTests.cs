using FsCheck;
using FsCheck.Fluent;
using Sinew.TestSupport;

namespace Sinew.Imaging.Tests;

public class ShrinkTests
{
    private static readonly Arbitrary<(int Width, int Height, int Seed)> Sizes =
        (from width in Gen.Choose(1, 40) from height in Gen.Choose(1, 30) from seed in Gen.Choose(0, int.MaxValue - 1) select (width, height, seed)).ToArbitrary();

    [Fact]
    public void Every_pixel_is_the_mean_of_what_it_covers() => Prop.ForAll(Sizes, size =>
    {
        using var image = TestImages.Noise(size.Width, size.Height, size.Seed);
        var random = new Random(size.Seed);
        var (width, height) = (random.Next(1, size.Width + 1), random.Next(1, size.Height + 1));
        using var small = Shrink.To(image, width, height);
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width * 3; x++) Assert.InRange(small.Row(y)[x] - Mean(image, x / 3, y, x % 3, (double)size.Width / width, (double)size.Height / height), -0.51, 0.51);
        }
    }).Holds();

    [Fact]
    public void One_colour_stays_and_as_large_a_picture_is_itself()
    {
        using var image = new Image(37, 23);
        image.Pixels.Fill(255);
        using var small = Shrink.To(image, 7, 5);
        Assert.Equal(-1, small.Pixels.IndexOfAnyExcept((byte)255));
        using var noise = TestImages.Noise(37, 23, 1);
        using var same = Shrink.To(noise, 37, 23);
        Assert.Equal(noise.Pixels, same.Pixels);
    }

    [Fact]
    public void Nothing_becomes_larger()
    {
        using var image = new Image(10, 10);
        Assert.Throws<ArgumentOutOfRangeException>(() => Shrink.To(image, 11, 5));
        Assert.Throws<ArgumentOutOfRangeException>(() => Shrink.To(image, 5, 11));
        Assert.Throws<ArgumentOutOfRangeException>(() => Shrink.To(image, 0, 5));
    }

    private static double Mean(Image image, int x, int y, int channel, double stepX, double stepY)
    {
        var (sum, area) = (0.0, 0.0);
        for (var j = 0; j < image.Height; j++)
        {
            for (var i = 0; i < image.Width; i++)
            {
                var part = Math.Max(0, Math.Min(i + 1, (x + 1) * stepX) - Math.Max(i, x * stepX)) * Math.Max(0, Math.Min(j + 1, (y + 1) * stepY) - Math.Max(j, y * stepY));
                sum += part * image.Row(j)[(3 * i) + channel];
                area += part;
            }
        }

        return sum / area;
    }
}
