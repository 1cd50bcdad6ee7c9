using Sinew.Geometry;
using Sinew.Skeletons;

namespace Sinew.Imaging;

/// <summary>
/// Draws the crop of one training sample: flip, half body, shift, scale and rotation, in MMPose's order and distributions
/// (<c>mmpose/datasets/transforms/common_transforms.py</c>: RandomFlip, RandomHalfBody, RandomBBoxTransform). Has no state
/// that changes: any number of threads may share one.
/// </summary>
/// <remarks>
/// MMPose mirrors the image before the crop, here the crop is mirrored after the warp. The two differ by a shift of one
/// crop pixel, in the crop and the joints alike.
/// </remarks>
public sealed class GeometryAugmenter
{
    private readonly bool[] _lower;

    /// <summary>Prepares for people of one skeleton.</summary>
    /// <param name="skeleton">The joints that people have.</param>
    /// <param name="options">How crops vary.</param>
    /// <exception cref="SinewException">The options are out of range.</exception>
    public GeometryAugmenter(Skeleton skeleton, AugmentationOptions options)
    {
        ArgumentNullException.ThrowIfNull(skeleton);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        (Skeleton, Options) = (skeleton, options);
        _lower = BodyHalves.LowerJoints(skeleton);
    }

    /// <summary>The joints that people have.</summary>
    public Skeleton Skeleton { get; }

    /// <summary>How crops vary.</summary>
    public AugmentationOptions Options { get; }

    /// <summary>Draws one crop. Other input sizes of the same sample are <see cref="CropGeometry.Resized"/> of it.</summary>
    /// <param name="random">The person's stream.</param>
    /// <param name="box">The person's box, image pixels.</param>
    /// <param name="keypoints">x, y per joint, image pixels.</param>
    /// <param name="states">Joint states.</param>
    /// <param name="width">Width of the network's input, pixels.</param>
    /// <param name="height">Height of the network's input, pixels.</param>
    /// <exception cref="ArgumentException">The spans do not fit the skeleton.</exception>
    public CropGeometry Sample(
        ref AugmentRandom random, Box box, ReadOnlySpan<float> keypoints, ReadOnlySpan<JointState> states, int width, int height)
    {
        if (states.Length != Skeleton.Count || keypoints.Length != 2 * states.Length)
        {
            throw new ArgumentException($"{Skeleton} needs {Skeleton.Count} states and twice as many coordinates, not {states.Length} and {keypoints.Length}");
        }

        var flip = random.Chance(Options.FlipProbability);
        var (centerX, centerY) = (box.X + (box.Width * 0.5f), box.Y + (box.Height * 0.5f));
        // A box without extent would make a crop without extent.
        var (scaleX, scaleY) = (MathF.Max(box.Width, 1) * Options.Padding, MathF.Max(box.Height, 1) * Options.Padding);
        if (TryHalfBody(ref random, keypoints, states, out var half))
        {
            (centerX, centerY) = (half.X, half.Y);
            (scaleX, scaleY) = (half.Width * Options.HalfBodyPadding, half.Height * Options.HalfBodyPadding);
        }

        var (shiftX, shiftY) = (random.TruncatedNormal(), random.TruncatedNormal());
        var (growth, turn) = (random.TruncatedNormal(), random.TruncatedNormal());
        if (random.Chance(Options.ShiftProbability))
        {
            centerX += (float)(shiftX * Options.ShiftFactor * scaleX);
            centerY += (float)(shiftY * Options.ShiftFactor * scaleY);
        }

        if (random.Chance(Options.ScaleProbability))
        {
            var factor = (float)((growth * (Options.ScaleMax - Options.ScaleMin) * 0.5) + ((Options.ScaleMax + Options.ScaleMin) * 0.5));
            (scaleX, scaleY) = (scaleX * factor, scaleY * factor);
        }

        var rotation = random.Chance(Options.RotationProbability) ? (float)(turn * Options.RotationDegrees) : 0;
        return new CropGeometry(centerX, centerY, scaleX, scaleY, rotation, width, height, flip).WithFixedAspect();
    }

    /// <summary>Centre (mean of the joints) and extent of the half to show, if it is one's turn.</summary>
    private bool TryHalfBody(ref AugmentRandom random, ReadOnlySpan<float> keypoints, ReadOnlySpan<JointState> states, out Box half)
    {
        half = default;
        int upper = 0, lower = 0;
        for (var i = 0; i < states.Length; i++)
        {
            if (states[i] < JointState.Occluded) continue;
            if (_lower[i]) lower++;
            else upper++;
        }

        if (upper + lower < Options.HalfBodyMinJoints || !random.Chance(Options.HalfBodyProbability)) return false;
        var preferUpper = random.Chance(Options.HalfBodyUpperProbability);
        var (upperOk, lowerOk) = (upper >= Options.HalfBodyMinUpperJoints, lower >= Options.HalfBodyMinLowerJoints);
        if (!upperOk && !lowerOk) return false;
        var showLower = lowerOk && !(upperOk && preferUpper);

        float minX = float.MaxValue, minY = float.MaxValue, maxX = float.MinValue, maxY = float.MinValue, sumX = 0, sumY = 0;
        for (var i = 0; i < states.Length; i++)
        {
            if (states[i] < JointState.Occluded || _lower[i] != showLower) continue;
            var (x, y) = (keypoints[2 * i], keypoints[(2 * i) + 1]);
            (minX, maxX, sumX) = (MathF.Min(minX, x), MathF.Max(maxX, x), sumX + x);
            (minY, maxY, sumY) = (MathF.Min(minY, y), MathF.Max(maxY, y), sumY + y);
        }

        var count = showLower ? lower : upper;
        half = new Box(sumX / count, sumY / count, maxX - minX, maxY - minY);
        // Joints that all lie in one place (a bad label) do not tell how large the half is.
        return MathF.Max(half.Width, half.Height) >= 1;
    }
}
