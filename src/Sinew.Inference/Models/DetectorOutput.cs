namespace Sinew.Inference;

/// <summary>
/// A detector's output: <c>dets [1, n, 5]</c> (x1, y1, x2, y2 in input pixels, score) and <c>labels [1, n]</c>, boxes suppressed
/// inside the network, as MMDeploy exports detectors.
/// </summary>
public sealed record DetectorOutput
{
    /// <summary>The label of people.</summary>
    public int Label { get; init; }

    /// <summary>Boxes with a smaller score are left out.</summary>
    public double Score { get; init; } = 0.3;
}

/// <summary>How an image is brought to a detector's input: shrunk or grown keeping its aspect ratio, then padded.</summary>
public sealed record Letterbox
{
    /// <summary>True puts the image in the middle, false at the top left.</summary>
    public bool Centred { get; init; }

    /// <summary>Grey value of the padding, 0…255.</summary>
    public byte Pad { get; init; } = 114;

    /// <summary>The input's sides must be multiples of this.</summary>
    public int Multiple { get; init; } = 32;
}
