using System.Runtime.Intrinsics;

namespace Sinew.Evaluation;

/// <summary>
/// Object keypoint similarity of one labelled and one predicted pose: the mean over labelled joints of
/// exp(−d² / (2 · (2σ)² · area)). Formula: COCO's keypoint evaluation (cocodataset.org, "keypoints-eval").
/// </summary>
internal static class OksKernel
{
    /// <summary>numpy's <c>spacing(1)</c>, which pycocotools adds to areas and counts so that nothing is divided by 0.</summary>
    internal const double Epsilon = 2.220446049250313e-16;

    /// <summary>Below this exponent a term is 0 for every purpose; the vector exponential is exact and fast above it.</summary>
    private const double Smallest = -700;

    /// <summary>How many doubles a pose's row takes, so that vectors never run past its end.</summary>
    internal static int Stride(int joints) => (joints + 3) & ~3;

    /// <summary>Sum of exp(−(dx² + dy²) · weight) · mask over the joints.</summary>
    /// <param name="tx">x of the labels, <see cref="Stride"/> values.</param>
    /// <param name="ty">y of the labels.</param>
    /// <param name="px">x of the prediction.</param>
    /// <param name="py">y of the prediction.</param>
    /// <param name="weights">1 / (2 · (2σ)² · area) per joint.</param>
    /// <param name="mask">1 where a joint counts, 0 where not.</param>
    internal static double Sum(
        ReadOnlySpan<double> tx,
        ReadOnlySpan<double> ty,
        ReadOnlySpan<double> px,
        ReadOnlySpan<double> py,
        ReadOnlySpan<double> weights,
        ReadOnlySpan<double> mask)
    {
        if (!Vector256.IsHardwareAccelerated) return SumScalar(tx, ty, px, py, weights, mask);
        var sum = Vector256<double>.Zero;
        var smallest = Vector256.Create(Smallest);
        for (var j = 0; j + 4 <= mask.Length; j += 4)
        {
            var dx = Vector256.Create(px[j..]) - Vector256.Create(tx[j..]);
            var dy = Vector256.Create(py[j..]) - Vector256.Create(ty[j..]);
            var e = -((dx * dx) + (dy * dy)) * Vector256.Create(weights[j..]);
            sum += Vector256.Exp(Vector256.Max(e, smallest)) * Vector256.Create(mask[j..]);
        }

        return Vector256.Sum(sum);
    }

    /// <summary>The same, one joint after the other.</summary>
    internal static double SumScalar(
        ReadOnlySpan<double> tx,
        ReadOnlySpan<double> ty,
        ReadOnlySpan<double> px,
        ReadOnlySpan<double> py,
        ReadOnlySpan<double> weights,
        ReadOnlySpan<double> mask)
    {
        var sum = 0.0;
        for (var j = 0; j < mask.Length; j++)
        {
            var (dx, dy) = (px[j] - tx[j], py[j] - ty[j]);
            sum += Math.Exp(-((dx * dx) + (dy * dy)) * weights[j]) * mask[j];
        }

        return sum;
    }

    /// <summary>
    /// The same for a person without labelled joints: distances to the box's neighbourhood, the box grown by its own size on
    /// every side (0 inside).
    /// </summary>
    /// <param name="box">x, y, width, height.</param>
    /// <param name="px">x of the prediction.</param>
    /// <param name="py">y of the prediction.</param>
    /// <param name="weights">1 / (2 · (2σ)² · area) per joint.</param>
    /// <param name="mask">1 where a joint counts, 0 where not.</param>
    internal static double SumOutside(
        ReadOnlySpan<double> box, ReadOnlySpan<double> px, ReadOnlySpan<double> py, ReadOnlySpan<double> weights, ReadOnlySpan<double> mask)
    {
        var (x0, x1) = (box[0] - box[2], box[0] + (box[2] * 2));
        var (y0, y1) = (box[1] - box[3], box[1] + (box[3] * 2));
        var sum = 0.0;
        for (var j = 0; j < mask.Length; j++)
        {
            var dx = Math.Max(0, x0 - px[j]) + Math.Max(0, px[j] - x1);
            var dy = Math.Max(0, y0 - py[j]) + Math.Max(0, py[j] - y1);
            sum += Math.Exp(-((dx * dx) + (dy * dy)) * weights[j]) * mask[j];
        }

        return sum;
    }
}
