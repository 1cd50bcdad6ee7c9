namespace Sinew.Codecs;

/// <summary>How the label of one axis spreads around the joint's bin.</summary>
public enum SimCcSmoothing
{
    /// <summary>A Gaussian of the codec's sigma over the whole axis.</summary>
    Gaussian,

    /// <summary>One bin, with <see cref="SimCcCodec.LabelSmoothing"/> spread evenly over the axis.</summary>
    Standard,
}

/// <summary>
/// SimCC: a joint's x and y as two distributions over bins of a fraction of a pixel (Li et al., arXiv 2107.03332). Encodes
/// and decodes exactly as MMPose's <c>SimCCLabel</c> (<c>mmpose/codecs/simcc_label.py</c>).
/// </summary>
/// <remarks>
/// Coordinates are crop pixels, a pixel's centre at its integer; bin b of an axis stands for the coordinate b / <see cref="SplitRatio"/>.
/// The codec has no state: threads may share one.
/// </remarks>
public sealed partial class SimCcCodec
{
    /// <summary>Makes a codec.</summary>
    /// <param name="width">Width of the crop, pixels.</param>
    /// <param name="height">Height of the crop, pixels.</param>
    /// <param name="splitRatio">Bins per pixel.</param>
    /// <param name="sigma">Standard deviations of the label's Gaussians, bins. (Doubles, because 4.9 is not the float 4.9f.)</param>
    /// <exception cref="ArgumentOutOfRangeException">A size, the ratio or a sigma is not above 0.</exception>
    public SimCcCodec(int width, int height, double splitRatio, (double X, double Y) sigma)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(splitRatio);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(sigma.X);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(sigma.Y);
        (Width, Height, SplitRatio, Sigma) = (width, height, splitRatio, sigma);
        XBins = checked((int)Math.Round(width * splitRatio, MidpointRounding.ToEven));
        YBins = checked((int)Math.Round(height * splitRatio, MidpointRounding.ToEven));
    }

    /// <summary>Width of the crop, pixels.</summary>
    public int Width { get; }

    /// <summary>Height of the crop, pixels.</summary>
    public int Height { get; }

    /// <summary>Bins per pixel.</summary>
    public double SplitRatio { get; }

    /// <summary>Standard deviations of the label's Gaussians, bins.</summary>
    public (double X, double Y) Sigma { get; }

    /// <summary>Length of a joint's x axis (Wx).</summary>
    public int XBins { get; }

    /// <summary>Length of a joint's y axis (Wy).</summary>
    public int YBins { get; }

    /// <summary>How labels spread. RTMPose: <see cref="SimCcSmoothing.Gaussian"/>.</summary>
    public SimCcSmoothing Smoothing { get; init; }

    /// <summary>Divide a Gaussian label by σ√(2π), so that it sums to about one instead of peaking at one. RTMPose: no.</summary>
    public bool Normalize { get; init; }

    /// <summary>The mass that <see cref="SimCcSmoothing.Standard"/> takes from the joint's bin, 0–1.</summary>
    public double LabelSmoothing { get; init; }

    /// <summary>
    /// The codec that RTMPose uses for an input: two bins per pixel and σ = √(side / 8), rounded to two decimals. This gives its published
    /// (4.9, 5.66) at 192×256, (5.66, 5.66) at 256×256 and (6, 6.93) at 288×384.
    /// </summary>
    /// <param name="width">Width of the crop, pixels.</param>
    /// <param name="height">Height of the crop, pixels.</param>
    public static SimCcCodec ForInput(int width, int height)
    {
        static double SigmaOf(int side) => Math.Round(Math.Sqrt(Math.Max(side, 1) / 8.0), 2);
        return new SimCcCodec(width, height, 2, (SigmaOf(width), SigmaOf(height)));
    }

    private void CheckAxes(int joints, int xLength, int yLength)
    {
        if (xLength != joints * XBins || yLength != joints * YBins)
        {
            throw new ArgumentException(
                $"{joints} joints need {joints}×{XBins} and {joints}×{YBins} bins, not {xLength} and {yLength}");
        }
    }
}
