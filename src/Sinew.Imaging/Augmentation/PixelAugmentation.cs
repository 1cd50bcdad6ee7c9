using Sinew.Geometry;

namespace Sinew.Imaging;

/// <summary>
/// What is done to the pixels of one sample's crops, drawn once: the student's and every teacher's crop get the same.
/// </summary>
/// <param name="Hue">Added to the hue, steps of 2°.</param>
/// <param name="Saturation">Added to the saturation, of 255.</param>
/// <param name="Value">Added to the value, of 255.</param>
/// <param name="BlurSize">Side of the box blur, pixels of the crop: 3, 5, 7, or 0 for none.</param>
/// <param name="MedianSize">Side of the median blur, pixels of the crop: 3, 5, 7, or 0 for none.</param>
/// <param name="HoleX">Left edge of the black rectangle, pixels of the sample's first crop.</param>
/// <param name="HoleY">Top edge.</param>
/// <param name="HoleWidth">Width; 0 for none.</param>
/// <param name="HoleHeight">Height; 0 for none.</param>
public readonly record struct PixelAugmentation(
    int Hue, int Saturation, int Value, int BlurSize, int MedianSize, int HoleX, int HoleY, int HoleWidth, int HoleHeight)
{
    /// <summary>Leaves the pixels as they are.</summary>
    public static PixelAugmentation None => default;

    /// <summary>Draws one.</summary>
    /// <param name="random">The person's stream.</param>
    /// <param name="options">How much.</param>
    /// <param name="width">Width of the sample's first crop, pixels.</param>
    /// <param name="height">Height of the sample's first crop, pixels.</param>
    public static PixelAugmentation Sample(ref AugmentRandom random, AugmentationOptions options, int width, int height)
    {
        ArgumentNullException.ThrowIfNull(options);
        var hue = Jitter(ref random, options.HueDelta);
        var saturation = Jitter(ref random, options.SaturationDelta);
        var value = Jitter(ref random, options.ValueDelta);
        var blur = random.Chance(options.BlurProbability) ? 3 + (2 * random.Below(3)) : 0;
        var median = random.Chance(options.MedianBlurProbability) ? 3 + (2 * random.Below(3)) : 0;
        if (!random.Chance(options.DropoutProbability)) return new PixelAugmentation(hue, saturation, value, blur, median, 0, 0, 0, 0);
        var holeHeight = (int)(height * random.Uniform(options.DropoutMin, options.DropoutMax));
        var holeWidth = (int)(width * random.Uniform(options.DropoutMin, options.DropoutMax));
        var top = random.Below(height - holeHeight + 1);
        var left = random.Below(width - holeWidth + 1);
        return new PixelAugmentation(hue, saturation, value, blur, median, left, top, holeWidth, holeHeight);
    }

    /// <summary>The same sample's augmentation for another of its crops: the hole covers the same part of the image.</summary>
    /// <param name="first">The crop that this was drawn for.</param>
    /// <param name="other">The other crop: same centre and rotation.</param>
    public PixelAugmentation For(CropGeometry first, CropGeometry other)
    {
        if (HoleWidth == 0 || HoleHeight == 0 || first == other) return this;
        var map = other.ImageToCrop().After(first.CropToImage());
        // Pixel edges lie half a pixel before the pixel's centre.
        var (x0, y0) = map.Apply(HoleX - 0.5, HoleY - 0.5);
        var (x1, y1) = map.Apply(HoleX + HoleWidth - 0.5, HoleY + HoleHeight - 0.5);
        var (left, right) = (Edge(Math.Min(x0, x1), other.Width), Edge(Math.Max(x0, x1), other.Width));
        var (top, bottom) = (Edge(Math.Min(y0, y1), other.Height), Edge(Math.Max(y0, y1), other.Height));
        return this with { HoleX = left, HoleY = top, HoleWidth = right - left, HoleHeight = bottom - top };
    }

    private static int Edge(double coordinate, int size) => (int)Math.Clamp(Math.Round(coordinate + 0.5), 0, size);

    /// <summary>A whole number towards zero of a uniform value, half the time 0 (MMDetection's <c>YOLOXHSVRandomAug</c>).</summary>
    private static int Jitter(ref AugmentRandom random, int delta)
    {
        var amount = random.Uniform(-delta, delta);
        return random.Chance(0.5) ? (int)amount : 0;
    }
}
