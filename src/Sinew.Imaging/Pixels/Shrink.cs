namespace Sinew.Imaging;

/// <summary>
/// Makes pictures smaller: each pixel becomes the mean of what it covers, parts of pixels by their area (OpenCV's <c>INTER_AREA</c>), so that
/// nothing fine turns into patterns, as it does where only four neighbours are looked at.
/// </summary>
public static class Shrink
{
    /// <summary>Makes a picture smaller.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="width">Width of the result, pixels.</param>
    /// <param name="height">Height of the result, pixels.</param>
    /// <exception cref="ArgumentOutOfRangeException">The result would not be smaller, or as large, on both sides.</exception>
    public static Image To(Image image, int width, int height)
    {
        ArgumentNullException.ThrowIfNull(image);
        return To(image, width, height, (double)image.Width / width, (double)image.Height / height);
    }

    /// <summary>Shrinks by a factor that need not divide the picture: one that was decoded at a reduced size has a last column that stands for less.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="width">Width of the result, pixels.</param>
    /// <param name="height">Height of the result, pixels.</param>
    /// <param name="stepX">The picture's pixels to one of the result, from left to right.</param>
    /// <param name="stepY">The same from top to bottom.</param>
    internal static Image To(Image image, int width, int height, double stepX, double stepY)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(width, image.Width);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(height, image.Height);
        var small = new Image(width, height);
        var (columns, rows) = (Covered(width, stepX, image.Width), Covered(height, stepY, image.Height));
        var sums = new float[image.Stride];
        for (var y = 0; y < height; y++)
        {
            Array.Clear(sums);
            for (var i = rows[y].First; i <= rows[y].Last; i++)
            {
                var row = image.Row(i);
                var weight = rows[y].Weight(i);
                for (var x = 0; x < row.Length; x++) sums[x] += weight * row[x];
            }

            var to = small.Row(y);
            for (var x = 0; x < width; x++)
            {
                var (red, green, blue) = (0f, 0f, 0f);
                for (var i = columns[x].First; i <= columns[x].Last; i++)
                {
                    var weight = columns[x].Weight(i);
                    red += weight * sums[3 * i];
                    green += weight * sums[(3 * i) + 1];
                    blue += weight * sums[(3 * i) + 2];
                }

                // weights sum up to 1, to a float's exactness
                (to[3 * x], to[(3 * x) + 1], to[(3 * x) + 2]) = (Rounded(red), Rounded(green), Rounded(blue));
            }
        }

        return small;
    }

    private static byte Rounded(float value) => (byte)Math.Clamp((int)(value + 0.5f), 0, 255);

    private static Cover[] Covered(int count, double step, int size)
    {
        var covered = new Cover[count];
        for (var i = 0; i < count; i++)
        {
            var (from, to) = (Math.Min(i * step, size - 1), Math.Min((i + 1) * step, size));
            var first = (int)from;
            var last = Math.Min(Math.Max((int)Math.Ceiling(to) - 1, first), size - 1);
            covered[i] = new Cover(first, last, from, Math.Max(to, from + 1e-6));
        }

        return covered;
    }

    /// <summary>What one pixel of the result covers, along one axis.</summary>
    private readonly record struct Cover(int First, int Last, double From, double To)
    {
        public float Weight(int at) => (float)((Math.Min(To, at + 1) - Math.Max(From, at)) / (To - From));
    }
}
