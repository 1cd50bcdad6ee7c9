using Sinew.Skeletons;

namespace Sinew.Imaging;

/// <summary>How a person's joints are drawn. Plain data.</summary>
public sealed record SkeletonStyle
{
    /// <summary>The defaults.</summary>
    public static SkeletonStyle Default { get; } = new();

    /// <summary>Joints with a lower score are not drawn, nor are their limbs. Default: 0.3.</summary>
    public float MinScore { get; init; } = 0.3f;

    /// <summary>Thickness of a limb, pixels; 0 takes one that suits the person's size.</summary>
    public float LimbWidth { get; init; }

    /// <summary>Opacity of limbs and joints, 0 to 1.</summary>
    public float Opacity { get; init; } = 0.95f;

    /// <summary>Whether each joint's name is written beside it.</summary>
    public bool Names { get; init; }
}

public static partial class Draw
{
    private static readonly RgbColor Edge = new(16, 18, 24);

    /// <summary>One person: limbs as lines, joints as discs, with a dark edge so that they stand out from any background.</summary>
    /// <remarks>The person's left is blue, right is orange, arms brighter than legs, and what lies between is green.</remarks>
    /// <param name="image">Drawn on.</param>
    /// <param name="skeleton">The joints and limbs.</param>
    /// <param name="keypoints">x, y per joint, pixels of <paramref name="image"/>.</param>
    /// <param name="scores">Confidence per joint; empty draws all.</param>
    /// <param name="style">How; null for the defaults.</param>
    /// <exception cref="ArgumentException">The spans do not fit the skeleton.</exception>
    public static void Skeleton(Image image, Skeleton skeleton, ReadOnlySpan<float> keypoints, ReadOnlySpan<float> scores, SkeletonStyle? style = null)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(skeleton);
        if (keypoints.Length != 2 * skeleton.Count || (scores.Length != 0 && scores.Length != skeleton.Count))
        {
            throw new ArgumentException($"{skeleton} needs {2 * skeleton.Count} coordinates and {skeleton.Count} scores, not {keypoints.Length} and {scores.Length}");
        }

        style ??= SkeletonStyle.Default;
        var width = style.LimbWidth > 0 ? style.LimbWidth : WidthFor(keypoints, scores, style.MinScore);
        var edge = MathF.Max(width * 0.22f, 0.8f);
        foreach (var (from, to) in skeleton.Limbs)
        {
            if (!IsShown(from, scores, style.MinScore) || !IsShown(to, scores, style.MinScore)) continue;
            var (x0, y0, x1, y1) = (keypoints[2 * from], keypoints[(2 * from) + 1], keypoints[2 * to], keypoints[(2 * to) + 1]);
            // Faces and hands have many joints close together: thin lines keep them apart.
            var thickness = MathF.Min(width, MathF.Max(MathF.Sqrt(((x1 - x0) * (x1 - x0)) + ((y1 - y0) * (y1 - y0))) * 0.35f, width * 0.3f));
            Line(image, x0, y0, x1, y1, thickness + (2 * edge), Edge, style.Opacity * 0.6f);
            Line(image, x0, y0, x1, y1, thickness, LimbColor(skeleton, from, to), style.Opacity);
        }

        for (var i = 0; i < skeleton.Count; i++)
        {
            if (!IsShown(i, scores, style.MinScore)) continue;
            var (x, y) = (keypoints[2 * i], keypoints[(2 * i) + 1]);
            var radius = width * (IsDense(skeleton, i) ? 0.3f : 0.8f);
            Disc(image, x, y, radius + edge, Edge, style.Opacity);
            Disc(image, x, y, radius, RgbColor.White, style.Opacity);
            Disc(image, x, y, radius * 0.62f, JointColor(skeleton, i), style.Opacity);
        }

        if (!style.Names) return;
        for (var i = 0; i < skeleton.Count; i++)
        {
            if (!IsShown(i, scores, style.MinScore)) continue;
            Label(image, keypoints[2 * i] + width, keypoints[(2 * i) + 1] - width, skeleton.Joints[i].Name, MathF.Max(width * 1.2f, 6), JointColor(skeleton, i));
        }
    }

    /// <summary>The colour of one joint.</summary>
    /// <param name="skeleton">The joints.</param>
    /// <param name="joint">Index of the joint.</param>
    public static RgbColor JointColor(Skeleton skeleton, int joint)
    {
        ArgumentNullException.ThrowIfNull(skeleton);
        var id = skeleton.Joints[joint].Id;
        var leg = id.Split('_').Any(word => word is "hip" or "knee" or "ankle" or "heel" or "toe" or "foot");
        if (id.StartsWith("left_", StringComparison.Ordinal)) return leg ? new RgbColor(58, 107, 235) : new RgbColor(64, 190, 255);
        if (id.StartsWith("right_", StringComparison.Ordinal)) return leg ? new RgbColor(240, 84, 54) : new RgbColor(255, 168, 38);
        return new RgbColor(126, 214, 72);
    }

    private static RgbColor LimbColor(Skeleton skeleton, int from, int to)
    {
        var (a, b) = (JointColor(skeleton, from), JointColor(skeleton, to));
        var (sideA, sideB) = (Side(skeleton, from), Side(skeleton, to));
        if (sideA != 0 && sideA + sideB == 0) return new RgbColor(126, 214, 72);
        // A limb is named after its outer end: a thigh is a leg, though the hip's other neighbour is the trunk.
        if (sideA == 0) return b;
        if (sideB == 0) return a;
        return skeleton.ParentIndices[from] == to ? a : b;
    }

    private static int Side(Skeleton skeleton, int joint)
    {
        var id = skeleton.Joints[joint].Id;
        return id.StartsWith("left_", StringComparison.Ordinal) ? -1 : id.StartsWith("right_", StringComparison.Ordinal) ? 1 : 0;
    }

    private static bool IsShown(int joint, ReadOnlySpan<float> scores, float min) => scores.IsEmpty || scores[joint] >= min;

    private static bool IsDense(Skeleton skeleton, int joint) =>
        skeleton.Parts.Any(p => p.Value.Count > 12 && p.Value.Contains(joint) && (p.Key.Contains("face", StringComparison.Ordinal) || p.Key.Contains("hand", StringComparison.Ordinal)));

    /// <summary>A fiftieth of the drawn joints' extent, between 1.5 and 24 pixels.</summary>
    private static float WidthFor(ReadOnlySpan<float> keypoints, ReadOnlySpan<float> scores, float min)
    {
        float left = float.MaxValue, top = float.MaxValue, right = float.MinValue, bottom = float.MinValue;
        for (var i = 0; i < keypoints.Length / 2; i++)
        {
            if (!IsShown(i, scores, min)) continue;
            (left, right) = (MathF.Min(left, keypoints[2 * i]), MathF.Max(right, keypoints[2 * i]));
            (top, bottom) = (MathF.Min(top, keypoints[(2 * i) + 1]), MathF.Max(bottom, keypoints[(2 * i) + 1]));
        }

        var extent = MathF.Max(right - left, bottom - top);
        return float.IsFinite(extent) ? Math.Clamp(extent / 50, 1.5f, 24) : 1.5f;
    }
}
