using System.Buffers;
using Sinew.Geometry;

namespace Sinew.Imaging;

/// <summary>One network's input: its size and normalisation.</summary>
/// <param name="Width">Pixels.</param>
/// <param name="Height">Pixels.</param>
/// <param name="Norm">Mean and standard deviation per channel.</param>
public readonly record struct CropTarget(int Width, int Height, PixelNorm Norm);

/// <summary>
/// From a file to the inputs of every network that looks at one person: the image is decoded once, then cropped, varied and
/// normalised once per input geometry, straight into the batch. Nothing is allocated per person. Any number of threads may
/// share one.
/// </summary>
public sealed class CropPipeline
{
    private readonly CropTarget[] _targets;
    private readonly DecodeOptions[] _decode;

    /// <summary>Prepares for the networks of one run.</summary>
    /// <param name="targets">Every network's input; the first is the student's, whose crop the augmentation is drawn for.</param>
    /// <param name="decode">How files are decoded (its scale is chosen per person); null for the defaults.</param>
    /// <param name="oversampling">
    /// How many pixels of the decoded image a pixel of the crop must at least have per side before a JPEG is decoded at a
    /// reduced scale; 0 always decodes in full. See <see cref="ScaleDenominator"/>.
    /// </param>
    /// <exception cref="ArgumentException">There is no target, or one without extent.</exception>
    public CropPipeline(IReadOnlyList<CropTarget> targets, DecodeOptions? decode = null, float oversampling = 1.5f)
    {
        ArgumentNullException.ThrowIfNull(targets);
        if (targets.Count == 0) throw new ArgumentException("at least one target is needed", nameof(targets));
        if (targets.Any(t => t.Width <= 0 || t.Height <= 0)) throw new ArgumentException("a target needs a positive width and height", nameof(targets));
        _targets = [.. targets];
        Oversampling = oversampling;
        decode ??= DecodeOptions.Default;
        _decode = [.. ((int[])[1, 2, 4, 8]).Select(d => decode with { ScaleDenominator = d })];
    }

    /// <summary>Every network's input.</summary>
    public IReadOnlyList<CropTarget> Targets => _targets;

    /// <summary>See the constructor.</summary>
    public float Oversampling { get; }

    /// <summary>The crop that one of the networks sees of a person.</summary>
    /// <param name="first">The crop of the first target.</param>
    /// <param name="target">Which target.</param>
    public CropGeometry GeometryOf(CropGeometry first, int target) =>
        target == 0 ? first : first.Resized(_targets[target].Width, _targets[target].Height);

    /// <summary>
    /// At which fraction of its size a JPEG is decoded for a crop: the largest of 1, 2, 4, 8 that leaves every target at
    /// least <see cref="Oversampling"/> decoded pixels per crop pixel. Bilinear sampling looks at two pixels per axis, so
    /// beyond that it skips pixels anyway; the mean of a block is the better value. On photographs reduced three to four times,
    /// crops from half the size differ from those of the full size by 1 to 4 grey levels in the mean, and lie nearer to the
    /// mean of the pixels that they stand for (1 to 3 levels off instead of 1.3 to 6). Evaluation that must agree with MMPose
    /// decodes in full.
    /// </summary>
    /// <param name="first">The crop of the first target.</param>
    public int ScaleDenominator(CropGeometry first)
    {
        if (Oversampling <= 0) return 1;
        var reduction = float.MaxValue;
        for (var i = 0; i < _targets.Length; i++)
        {
            var geometry = GeometryOf(first, i);
            reduction = MathF.Min(reduction, geometry.ScaleWidth / geometry.Width);
        }

        var allowed = reduction / Oversampling;
        return allowed >= 8 ? 8 : allowed >= 4 ? 4 : allowed >= 2 ? 2 : 1;
    }

    /// <summary>How the image of one person is decoded: no larger than the crop needs it.</summary>
    /// <param name="first">The crop of the first target.</param>
    public DecodeOptions DecodeOptionsFor(CropGeometry first) => _decode[int.Log2(ScaleDenominator(first))];

    /// <summary>What the targets' crops look at of the full picture, pixels; may stick out of it.</summary>
    /// <param name="first">The crop of the first target.</param>
    public Box NeededPart(CropGeometry first)
    {
        double left = double.MaxValue, top = double.MaxValue, right = double.MinValue, bottom = double.MinValue;
        for (var i = 0; i < _targets.Length; i++)
        {
            var geometry = GeometryOf(first, i);
            var map = geometry.CropToImage();
            for (var corner = 0; corner < 4; corner++)
            {
                var (x, y) = map.Apply(corner % 2 * (geometry.Width - 1), corner / 2 * (geometry.Height - 1));
                (left, right) = (Math.Min(left, x), Math.Max(right, x));
                (top, bottom) = (Math.Min(top, y), Math.Max(bottom, y));
            }
        }

        // Bilinear sampling looks at the pixels around a point, and its rounding moves the point by up to 1/32.
        return new Box((float)left - 1, (float)top - 1, (float)(right - left) + 4, (float)(bottom - top) + 4);
    }

    /// <summary>Decodes what one person's crops need of an image: of a JPEG only that part, or the whole at a reduced size.</summary>
    /// <param name="path">The file.</param>
    /// <param name="first">The crop of the first target.</param>
    /// <exception cref="SinewException">The file cannot be read or decoded.</exception>
    public Image Decode(string path, CropGeometry first)
    {
        var options = DecodeOptionsFor(first);
        using var file = ImageFile.Read(path, options.MaxFileBytes);
        return ImageDecoder.DecodePart(file.Bytes, NeededPart(first), options, path);
    }

    /// <summary>Fills one network's input with one person.</summary>
    /// <param name="image">The person's image.</param>
    /// <param name="first">The crop of the first target.</param>
    /// <param name="pixels">What is done to the pixels; drawn for the first target's crop.</param>
    /// <param name="target">Which target.</param>
    /// <param name="planes">Receives <c>[3, Height, Width]</c>, normalised.</param>
    /// <exception cref="ArgumentException">The span is not that long.</exception>
    public void Render(Image image, CropGeometry first, PixelAugmentation pixels, int target, Span<float> planes)
    {
        var (width, height, norm) = _targets[target];
        var bytes = width * height * 3;
        var rgb = ArrayPool<byte>.Shared.Rent(bytes);
        try
        {
            Render(image, first, pixels, target, rgb.AsSpan(0, bytes));
            Normalise.ToPlanes(rgb.AsSpan(0, bytes), planes, norm);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rgb);
        }
    }

    /// <summary>One network's crop of one person as bytes, before normalisation.</summary>
    /// <param name="image">The person's image.</param>
    /// <param name="first">The crop of the first target.</param>
    /// <param name="pixels">What is done to the pixels; drawn for the first target's crop.</param>
    /// <param name="target">Which target.</param>
    /// <param name="rgb">Receives <c>[Height, Width, 3]</c>.</param>
    /// <exception cref="ArgumentException">The span is not that long.</exception>
    public void Render(Image image, CropGeometry first, PixelAugmentation pixels, int target, Span<byte> rgb)
    {
        var geometry = GeometryOf(first, target);
        Warp.Crop(image, geometry, rgb);
        Apply(pixels.For(first, geometry), rgb, geometry.Width, geometry.Height);
    }

    /// <summary>Varies the pixels of a crop: colours, box blur, median blur, hole, in MMPose's order.</summary>
    /// <param name="pixels">What is done.</param>
    /// <param name="rgb"><c>[height, width, 3]</c>, changed in place.</param>
    /// <param name="width">Pixels.</param>
    /// <param name="height">Pixels.</param>
    public static void Apply(PixelAugmentation pixels, Span<byte> rgb, int width, int height)
    {
        if ((pixels.Hue | pixels.Saturation | pixels.Value) != 0) HsvJitter.Apply(rgb, pixels.Hue, pixels.Saturation, pixels.Value);
        if (pixels.BlurSize != 0) Blur.Box(rgb, width, height, pixels.BlurSize);
        if (pixels.MedianSize != 0) Blur.Median(rgb, width, height, pixels.MedianSize);
        if (pixels.HoleWidth > 0 && pixels.HoleHeight > 0) Dropout.Apply(rgb, width, pixels.HoleX, pixels.HoleY, pixels.HoleWidth, pixels.HoleHeight);
    }
}
