namespace Sinew.Training.Teachers;

/// <summary>
/// The bins (or heatmap cells) along one axis of a crop: bin <c>b</c> stands for crop pixel <c>Origin + b · Step</c> and covers
/// half a step to both sides of it.
/// </summary>
/// <param name="Count">How many bins there are.</param>
/// <param name="Origin">The crop pixel that bin 0 stands for.</param>
/// <param name="Step">Crop pixels from one bin to the next, above 0.</param>
public readonly record struct BinAxis(int Count, double Origin, double Step)
{
    /// <summary>A SimCC axis: <c>pixels · splitRatio</c> bins, bin b standing for pixel b / splitRatio (labels are round(splitRatio · x)).</summary>
    /// <param name="pixels">Width or height of the network's input.</param>
    /// <param name="splitRatio">Bins per pixel; RTMPose uses 2.</param>
    public static BinAxis SimCc(int pixels, double splitRatio) => new((int)Math.Round(pixels * splitRatio), 0, 1 / splitRatio);

    /// <summary>The axis of a heatmap: cell c stands for pixel stride · c + offset.</summary>
    /// <param name="cells">Width or height of the heatmap.</param>
    /// <param name="stride">Input pixels per cell.</param>
    /// <param name="offset">The input pixel of cell 0, as the model's card states it.</param>
    public static BinAxis Heatmap(int cells, double stride, double offset = 0) => new(cells, offset, stride);

    /// <summary>The crop pixel that a bin stands for; bins need not be whole.</summary>
    /// <param name="bin">The bin.</param>
    public double PixelOf(double bin) => Origin + (bin * Step);

    /// <summary>The bin, as a real number, that a crop pixel falls on.</summary>
    /// <param name="pixel">The crop pixel.</param>
    public double BinOf(double pixel) => (pixel - Origin) / Step;
}

/// <summary>The two axes of a crop on which distributions are given.</summary>
/// <param name="X">The axis to the right.</param>
/// <param name="Y">The axis downwards.</param>
public readonly record struct BinGrid(BinAxis X, BinAxis Y)
{
    /// <summary>The axes of a SimCC head.</summary>
    /// <param name="width">Width of the network's input, pixels.</param>
    /// <param name="height">Height of the network's input, pixels.</param>
    /// <param name="splitRatio">Bins per pixel.</param>
    public static BinGrid SimCc(int width, int height, double splitRatio) =>
        new(BinAxis.SimCc(width, splitRatio), BinAxis.SimCc(height, splitRatio));
}
