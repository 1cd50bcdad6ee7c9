namespace Sinew.Inference;

/// <summary>What a pose network gives per joint.</summary>
public enum PoseOutputKind
{
    /// <summary>Logits over the bins of x and of y: <c>[N, K, Wx]</c> and <c>[N, K, Wy]</c>.</summary>
    SimCC,

    /// <summary>A map per joint: <c>[N, K, h, w]</c>.</summary>
    Heatmap,

    /// <summary>y and x as fractions of the input's height and width, and a score: <c>[N, K, 3]</c>.</summary>
    Coordinates,

    /// <summary>x and y in pixels of the crop, and a score: <c>[N, K, 3]</c>.</summary>
    Points,
}

/// <summary>How a position between the cells of a map, or between bins, is found.</summary>
public enum PeakRefinement
{
    /// <summary>Not at all: the highest cell.</summary>
    None,

    /// <summary>A quarter of a cell towards the higher neighbour, per axis; for heatmaps.</summary>
    Quarter,

    /// <summary>The top of the parabola through the highest cell and its two neighbours, per axis.</summary>
    Parabola,

    /// <summary>One Newton step on the logarithm of the blurred values (DARK, arXiv 1910.06278).</summary>
    Dark,
}

/// <summary>A pose network's output and how it is read.</summary>
public sealed record PoseOutput
{
    /// <summary>What it is.</summary>
    public required PoseOutputKind Kind { get; init; }

    /// <summary>Heatmaps: crop pixels per cell.</summary>
    public double Stride { get; init; } = 1;

    /// <summary>Heatmaps: the crop pixel at the centre of cell 0.</summary>
    public double Offset { get; init; }

    /// <summary>Heatmaps: sigma in cells of a Gaussian blur before reading; 0 for none.</summary>
    public double Blur { get; init; }

    /// <summary>How a position between cells or bins is found.</summary>
    public PeakRefinement Refine { get; init; }

    /// <summary>SimCC: bins per crop pixel.</summary>
    public double Split { get; init; } = 2;

    /// <summary>SimCC: the factor on the logits before a softmax makes them a distribution (β of RTMPose's loss).</summary>
    public double Beta { get; init; } = 10;
}

/// <summary>Which part of the image a pose network sees.</summary>
public sealed record CropRule
{
    /// <summary>Factor on the sides of the person's box, which then grows to the input's aspect ratio.</summary>
    public double Padding { get; init; } = 1.25;
}
