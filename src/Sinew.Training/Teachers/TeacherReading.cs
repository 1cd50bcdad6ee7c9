namespace Sinew.Training.Teachers;

/// <summary>How a teacher's raw output is read as distributions.</summary>
public sealed record TeacherReading
{
    /// <summary>SimCC logits: the inverse temperature of their softmax. RTMPose's loss uses 10 (<c>KLDiscretLoss</c>'s β).</summary>
    public float Sharpness { get; init; } = 10;

    /// <summary>
    /// Heatmaps: the power that values are raised to. A heatmap trained against a Gaussian of width σ becomes a distribution
    /// of width σ / √power. At 8 the teachers that were tried (TinyPose, EfficientPose) come to 5–7 bins of RTMPose's 192×256
    /// input, as wide as its SimCC labels; where they put joints changes by no more than a tenth of a pixel between 2 and 32.
    /// </summary>
    public float Power { get; init; } = 8;

    /// <summary>Heatmaps: the share of the peak, 0–1, below which a value counts as 0.</summary>
    public float Floor { get; init; } = 0.05f;

    /// <summary>Points: the standard deviation, in pixels of the teacher's input, of the Gaussian that stands for one.</summary>
    public float PointSigma { get; init; } = 3;

    /// <summary>The settings as one line, for keys of caches.</summary>
    public override string ToString() => $"sharpness {Sharpness:R} power {Power:R} floor {Floor:R} point_sigma {PointSigma:R}";
}
