using Sinew.Geometry;
using Sinew.Skeletons;

namespace Sinew.Inference;

/// <summary>How similar two poses of one skeleton are, whatever the unit of their scores.</summary>
internal sealed class PoseSimilarity
{
    /// <summary>A person's area as a fraction of the box, as CrowdPose's evaluation and MMPose take it.</summary>
    private const float AreaOfBox = 0.53f;

    private readonly float[] _exponents;

    /// <param name="skeleton">The joints and their sigmas.</param>
    /// <param name="widening">Factor on the sigmas.</param>
    public PoseSimilarity(Skeleton skeleton, float widening = 1)
    {
        _exponents = new float[skeleton.Count];
        for (var j = 0; j < _exponents.Length; j++)
        {
            var width = 2 * skeleton.Sigmas[j] * widening;
            _exponents[j] = (float)(1 / (2 * width * width));
        }
    }

    /// <summary>
    /// COCO's OKS, exp(−d² / (2 · (2σ)² · area)), as the mean over the joints weighted by the smaller of their two scores; the area is the
    /// geometric mean of both people's. −1 where no joint has a score in both.
    /// </summary>
    /// <param name="a">One pose, <c>[K, 2]</c>, pixels.</param>
    /// <param name="scoresA">Its scores, <c>[K]</c>.</param>
    /// <param name="boxA">Its box.</param>
    /// <param name="b">The other pose.</param>
    /// <param name="scoresB">Its scores.</param>
    /// <param name="boxB">Its box.</param>
    public float Oks(ReadOnlySpan<float> a, ReadOnlySpan<float> scoresA, Box boxA, ReadOnlySpan<float> b, ReadOnlySpan<float> scoresB, Box boxB)
    {
        var scale = 1 / MathF.Max(AreaOfBox * MathF.Sqrt(boxA.Area * boxB.Area), 1e-6f);
        var (sum, weights) = (0f, 0f);
        for (var j = 0; j < _exponents.Length; j++)
        {
            var weight = MathF.Min(scoresA[j], scoresB[j]);
            if (!(weight > 0)) continue;
            var (dx, dy) = (a[2 * j] - b[2 * j], a[(2 * j) + 1] - b[(2 * j) + 1]);
            weights += weight;
            sum += weight * MathF.Exp(-((dx * dx) + (dy * dy)) * _exponents[j] * scale);
        }

        return weights > 0 ? sum / weights : -1;
    }

    /// <summary>Common area over joint area, 0–1.</summary>
    public static float Iou(Box a, Box b)
    {
        var width = MathF.Min(a.Right, b.Right) - MathF.Max(a.X, b.X);
        var height = MathF.Min(a.Bottom, b.Bottom) - MathF.Max(a.Y, b.Y);
        if (!(width > 0) || !(height > 0)) return 0;
        var common = width * height;
        return common / MathF.Max(a.Area + b.Area - common, 1e-6f);
    }
}
