using Sinew.Skeletons;

namespace Sinew.Evaluation;

/// <summary>
/// What is done to predictions made in a detector's boxes before they are scored, as MMPose's <c>CocoMetric</c> does by
/// default: rescoring by joints, then suppression of near duplicates by OKS (open-mmlab/mmpose,
/// <c>mmpose/evaluation/metrics/coco_metric.py</c> and <c>functional/nms.py</c>).
/// </summary>
public static class OksSuppression
{
    /// <summary>Joints that score more than this have a say in the rescoring.</summary>
    public const double DefaultJointThreshold = 0.2;

    /// <summary>Of two predictions more similar than this the worse one is left out.</summary>
    public const double DefaultOks = 0.9;

    /// <summary>Multiplies each score by the mean of the joint scores above a threshold; 0 where no joint reaches it.</summary>
    /// <param name="boxes">Predictions whose scores are those of their boxes.</param>
    /// <param name="jointThreshold">Joints that do not score more are left out of the mean.</param>
    public static PoseResults Rescore(PoseResults boxes, double jointThreshold = DefaultJointThreshold)
    {
        ArgumentNullException.ThrowIfNull(boxes);
        var scores = new double[boxes.Count];
        for (var row = 0; row < scores.Length; row++)
        {
            var (sum, count) = (0.0, 0);
            foreach (var score in boxes.JointScoresOf(row))
            {
                if (score <= (float)jointThreshold) continue;
                sum += score;
                count++;
            }

            scores[row] = count == 0 ? 0 : boxes.Scores[row] * (sum / count);
        }

        return boxes.WithScores(scores);
    }

    /// <summary>Leaves out, image by image, predictions that are nearly the same as a better one.</summary>
    /// <param name="predictions">The predictions; similarity is measured by their <see cref="PoseResults.CropAreas"/>.</param>
    /// <param name="oks">The similarity above which two are the same.</param>
    /// <returns>What is left: images in the order of their first prediction, best-scored first in each.</returns>
    public static PoseResults Suppress(PoseResults predictions, double oks = DefaultOks)
    {
        ArgumentNullException.ThrowIfNull(predictions);
        var areas = predictions.CropAreas ?? [.. Enumerable.Range(0, predictions.Count).Select(row => Extent(predictions.KeypointsOf(row)))];
        var (kept, free) = (new List<int>(predictions.Count), new List<int>());
        foreach (var image in Enumerable.Range(0, predictions.Count).GroupBy(row => predictions.ImageIds[row]))
        {
            // numpy's reversed argsort puts the later one of two equal scores first.
            free.Clear();
            free.AddRange(image.OrderBy(row => predictions.Scores[row]).Reverse());
            while (free.Count > 0)
            {
                var best = free[0];
                kept.Add(best);
                free.RemoveAll(row => row == best || Similarity(predictions, best, row, areas) > (float)oks);
            }
        }

        return predictions.Select([.. kept]);
    }

    private static float Similarity(PoseResults predictions, int a, int b, double[] areas)
    {
        var area = ((areas[a] + areas[b]) / 2) + OksKernel.Epsilon;
        return (float)(Sum(predictions.Skeleton, predictions.KeypointsOf(a), predictions.KeypointsOf(b), area) / predictions.Skeleton.Count);
    }

    private static double Sum(Skeleton skeleton, ReadOnlySpan<double> p, ReadOnlySpan<double> q, double area)
    {
        var sum = 0.0;
        for (var j = 0; j < skeleton.Count; j++)
        {
            var (dx, dy) = (p[2 * j] - q[2 * j], p[(2 * j) + 1] - q[(2 * j) + 1]);
            var sigma = skeleton.Sigmas[j] * 2;
            sum += Math.Exp(-((dx * dx) + (dy * dy)) / (2 * sigma * sigma * area));
        }

        return sum;
    }

    private static double Extent(ReadOnlySpan<double> points)
    {
        var (x0, x1, y0, y1) = (points[0], points[0], points[1], points[1]);
        for (var i = 2; i < points.Length; i += 2)
        {
            (x0, x1) = (Math.Min(x0, points[i]), Math.Max(x1, points[i]));
            (y0, y1) = (Math.Min(y0, points[i + 1]), Math.Max(y1, points[i + 1]));
        }

        return (x1 - x0) * (y1 - y0);
    }
}
