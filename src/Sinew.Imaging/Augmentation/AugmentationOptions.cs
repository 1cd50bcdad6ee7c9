namespace Sinew.Imaging;

/// <summary>
/// How training crops are varied. Plain data; the defaults are RTMPose's first stage
/// (<c>configs/body_2d_keypoint/rtmpose/coco/rtmpose-t_8xb256-420e_coco-256x192.py</c> of MMPose).
/// </summary>
public sealed record AugmentationOptions
{
    /// <summary>RTMPose's first stage: strong shifts, scales and rotations, always a hole.</summary>
    public static AugmentationOptions Stage1 { get; } = new();

    /// <summary>RTMPose's last 30 epochs: no shift, scale 0.75–1.25, rotation up to 60°, a hole half the time.</summary>
    public static AugmentationOptions Stage2 { get; } = new()
    {
        ShiftFactor = 0,
        ScaleMin = 0.75f,
        ScaleMax = 1.25f,
        RotationDegrees = 60,
        DropoutProbability = 0.5f,
    };

    /// <summary>The plain crop around the box, as in evaluation.</summary>
    public static AugmentationOptions None { get; } = new()
    {
        FlipProbability = 0,
        HalfBodyProbability = 0,
        ShiftProbability = 0,
        ScaleProbability = 0,
        RotationProbability = 0,
        HueDelta = 0,
        SaturationDelta = 0,
        ValueDelta = 0,
        BlurProbability = 0,
        MedianBlurProbability = 0,
        DropoutProbability = 0,
    };

    /// <summary>Factor on the sides of the person's box.</summary>
    public float Padding { get; init; } = 1.25f;

    /// <summary>How often the crop is mirrored left to right.</summary>
    public float FlipProbability { get; init; } = 0.5f;

    /// <summary>How often only the upper or lower body is shown, of people with enough joints.</summary>
    public float HalfBodyProbability { get; init; } = 0.3f;

    /// <summary>Labelled joints that a person must have for it.</summary>
    public int HalfBodyMinJoints { get; init; } = 9;

    /// <summary>Labelled joints that the upper body must have.</summary>
    public int HalfBodyMinUpperJoints { get; init; } = 2;

    /// <summary>Labelled joints that the lower body must have.</summary>
    public int HalfBodyMinLowerJoints { get; init; } = 3;

    /// <summary>Where both halves have enough joints, how often it is the upper one.</summary>
    public float HalfBodyUpperProbability { get; init; } = 0.7f;

    /// <summary>Factor on the extent of the shown half's joints.</summary>
    public float HalfBodyPadding { get; init; } = 1.5f;

    /// <summary>How often the crop is shifted.</summary>
    public float ShiftProbability { get; init; } = 0.3f;

    /// <summary>Largest shift per axis, as a part of the padded box's side.</summary>
    public float ShiftFactor { get; init; } = 0.16f;

    /// <summary>How often the crop is scaled.</summary>
    public float ScaleProbability { get; init; } = 1;

    /// <summary>Smallest factor on the crop's sides.</summary>
    public float ScaleMin { get; init; } = 0.6f;

    /// <summary>Largest factor on the crop's sides.</summary>
    public float ScaleMax { get; init; } = 1.4f;

    /// <summary>How often the crop is rotated.</summary>
    public float RotationProbability { get; init; } = 0.6f;

    /// <summary>Largest rotation either way, degrees.</summary>
    public float RotationDegrees { get; init; } = 80;

    /// <summary>Largest change of hue either way, in OpenCV's steps of 2° (MMDetection's <c>YOLOXHSVRandomAug</c>).</summary>
    public int HueDelta { get; init; } = 5;

    /// <summary>Largest change of saturation either way, of 255.</summary>
    public int SaturationDelta { get; init; } = 30;

    /// <summary>Largest change of value either way, of 255.</summary>
    public int ValueDelta { get; init; } = 30;

    /// <summary>How often the crop is blurred by a box of 3, 5 or 7 pixels (Albumentations' <c>Blur</c>).</summary>
    public float BlurProbability { get; init; } = 0.1f;

    /// <summary>How often by a median of 3, 5 or 7 pixels (Albumentations' <c>MedianBlur</c>).</summary>
    public float MedianBlurProbability { get; init; } = 0.1f;

    /// <summary>How often a black rectangle hides a part of the crop (Albumentations' <c>CoarseDropout</c>, one hole).</summary>
    public float DropoutProbability { get; init; } = 1;

    /// <summary>Smallest side of the rectangle, as a part of the crop's side.</summary>
    public float DropoutMin { get; init; } = 0.2f;

    /// <summary>Largest side of the rectangle, as a part of the crop's side.</summary>
    public float DropoutMax { get; init; } = 0.4f;

    /// <summary>Checks the values.</summary>
    /// <exception cref="SinewException">A probability is not in 0–1, a range is empty, or a factor not positive.</exception>
    public void Validate()
    {
        Probability(FlipProbability, nameof(FlipProbability));
        Probability(HalfBodyProbability, nameof(HalfBodyProbability));
        Probability(HalfBodyUpperProbability, nameof(HalfBodyUpperProbability));
        Probability(ShiftProbability, nameof(ShiftProbability));
        Probability(ScaleProbability, nameof(ScaleProbability));
        Probability(RotationProbability, nameof(RotationProbability));
        Probability(BlurProbability, nameof(BlurProbability));
        Probability(MedianBlurProbability, nameof(MedianBlurProbability));
        Probability(DropoutProbability, nameof(DropoutProbability));
        Range(Padding, 0.01f, 100, nameof(Padding));
        Range(HalfBodyPadding, 0.01f, 100, nameof(HalfBodyPadding));
        Range(ShiftFactor, 0, 10, nameof(ShiftFactor));
        Range(ScaleMin, 0.01f, 100, nameof(ScaleMin));
        Range(ScaleMax, ScaleMin, 100, nameof(ScaleMax));
        Range(RotationDegrees, 0, 180, nameof(RotationDegrees));
        Range(HueDelta, 0, 90, nameof(HueDelta));
        Range(SaturationDelta, 0, 255, nameof(SaturationDelta));
        Range(ValueDelta, 0, 255, nameof(ValueDelta));
        Range(DropoutMin, 0, 1, nameof(DropoutMin));
        Range(DropoutMax, DropoutMin, 1, nameof(DropoutMax));
    }

    private static void Probability(float value, string name) => Range(value, 0, 1, name);

    private static void Range(float value, float low, float high, string name)
    {
        if (!(value >= low && value <= high)) throw new SinewException($"augmentation: {name} is {value}, it must be between {low} and {high}");
    }
}
