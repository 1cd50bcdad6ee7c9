namespace Sinew.Evaluation;

/// <summary>How similar each prediction is to the labelled person that it was made for.</summary>
public static class PersonOks
{
    /// <summary>
    /// The object keypoint similarity of each row: the mean over the person's labelled joints of exp(−d² / (2 · (2σ)² · area)),
    /// COCO's formula; a joint that the prediction does not have counts 0.
    /// </summary>
    /// <param name="truth">The labels.</param>
    /// <param name="predictions">The predictions, with the people that they were made for.</param>
    /// <returns>0 to 1 per row; −1 where the row was made for nobody, or nothing of the person is labelled.</returns>
    /// <exception cref="ArgumentException">It is not known for whom the predictions were made.</exception>
    public static double[] Of(PoseLabels truth, PoseResults predictions)
    {
        ArgumentNullException.ThrowIfNull(truth);
        ArgumentNullException.ThrowIfNull(predictions);
        var people = predictions.People ?? throw new ArgumentException("the predictions do not say for whom they were made", nameof(predictions));
        var map = ScoredJoints.Between(predictions.Skeleton, truth.Skeleton);
        var joints = truth.Skeleton.Count;
        var (x, y) = (new double[joints], new double[joints]);
        var oks = new double[predictions.Count];
        for (var row = 0; row < oks.Length; row++)
        {
            oks[row] = -1;
            if (people[row] is not (>= 0 and var person)) continue;
            map.Map(predictions.KeypointsOf(row), x, y);
            var (sum, labelled) = (0.0, 0);
            var keypoints = truth.KeypointsOf(person);
            for (var j = 0; j < joints; j++)
            {
                if (!truth.LabelledOf(person)[j]) continue;
                var (dx, dy) = (x[j] - keypoints[2 * j], y[j] - keypoints[(2 * j) + 1]);
                var width = 2 * truth.Skeleton.Sigmas[j];
                sum += Math.Exp(-((dx * dx) + (dy * dy)) / ((2 * width * width * truth.Areas[person]) + OksKernel.Epsilon));
                labelled++;
            }

            if (labelled > 0) oks[row] = sum / labelled;
        }

        return oks;
    }
}
