namespace Sinew.Inference;

/// <summary>What a network that looks at a whole image gives, and how it is read.</summary>
public enum DetectorForm
{
    /// <summary>
    /// <c>dets [1, n, 5]</c> (x1, y1, x2, y2 in input pixels, score) and <c>labels [1, n]</c>, boxes suppressed inside the network: RTMDet, YOLOX
    /// and others as MMDeploy exports them.
    /// </summary>
    Boxes,

    /// <summary>
    /// <c>[1, A, 5 + C]</c>, a row per cell of the grids of strides 8, 16 and 32: centre relative to the cell, logarithms of the sides, in strides;
    /// objectness; scores of C classes (YOLOX as its authors export it).
    /// </summary>
    YoloX,

    /// <summary><c>[1, 4 + C, A]</c>: centre and sides in input pixels, scores of C classes, a column per candidate (YOLOv8 and later).</summary>
    Yolo,

    /// <summary>
    /// <c>[1, A, C + 4 (R + 1)]</c>, a row per cell of the grids: scores of C classes, then per side a distribution over distances of 0 to
    /// R strides as logits (NanoDet: cells' centres, strides 8 to 32; NanoDet-Plus: cells' corners, strides 8 to 64).
    /// </summary>
    NanoDet,

    /// <summary>People with joints: <c>dets [1, n, 5]</c> and <c>keypoints [1, n, K, 3]</c>, suppressed inside the network (RTMO as MMDeploy exports it).</summary>
    Rtmo,

    /// <summary>
    /// People with joints: <c>[1, 5 + 3K, A]</c>, a column per candidate: centre, sides, score, then x, y, score per joint (YOLOv8-pose
    /// and later); or <c>[1, n, 6 + 3K]</c>, suppressed inside: x1, y1, x2, y2, score, class, joints.
    /// </summary>
    YoloPose,
}

/// <summary>The output of a network that looks at a whole image.</summary>
public sealed record DetectorOutput
{
    /// <summary>What it is.</summary>
    public DetectorForm Form { get; init; }

    /// <summary>The label of people.</summary>
    public int Label { get; init; }

    /// <summary>Boxes with a smaller score are left out.</summary>
    public double Score { get; init; } = 0.3;

    /// <summary>Where the network does not suppress: of two boxes whose overlap (IoU) is larger, the better stays.</summary>
    public double Overlap { get; init; } = 0.45;
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
