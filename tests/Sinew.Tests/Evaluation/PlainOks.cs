using Sinew.Evaluation;

namespace Sinew.Tests.Evaluation;

/// <summary>
/// COCO's keypoint evaluation written down as plainly as it can be said, one area and one threshold at a time: what the fast one
/// must agree with.
/// </summary>
internal static class PlainOks
{
    /// <summary>Average precision and recall at one threshold.</summary>
    internal static (double Precision, double Recall) Score(
        PoseLabels truth, PoseResults results, double threshold, double smallest, double largest, int most)
    {
        var outcomes = new List<(double Score, bool Hit)>();
        var toFind = 0;
        foreach (var image in truth.ImageIds.Order())
        {
            var found = Enumerable.Range(0, results.Count).Where(r => results.ImageIds[r] == image).OrderByDescending(r => results.Scores[r]).Take(most);
            var people = Enumerable.Range(0, truth.Count).Where(p => truth.ImageIds[truth.Image[p]] == image).ToArray();
            bool Ignored(int p) => truth.Crowd[p] || truth.LabelledCounts[p] == 0 || truth.Areas[p] < smallest || truth.Areas[p] > largest;
            toFind += people.Count(p => !Ignored(p));
            var taken = new HashSet<int>();
            foreach (var row in found)
            {
                int? Best(bool ignored) => people
                    .Where(p => Ignored(p) == ignored && (truth.Crowd[p] || !taken.Contains(p)) && Similarity(truth, p, results, row) >= threshold)
                    .Reverse().Cast<int?>().MaxBy(p => Similarity(truth, p!.Value, results, row));
                if (Best(ignored: false) is { } right)
                {
                    taken.Add(right);
                    outcomes.Add((results.Scores[row], true));
                }
                else if (Best(ignored: true) is { } ignored)
                {
                    taken.Add(ignored);
                }
                else if (Extent(results.KeypointsOf(row)) is var area && area >= smallest && area <= largest)
                {
                    outcomes.Add((results.Scores[row], false));
                }
            }
        }

        if (toFind == 0) return (-1, -1);
        var (hits, curve) = (0, new List<(double Recall, double Precision)>());
        foreach (var (outcome, i) in outcomes.OrderByDescending(o => o.Score).Select((o, i) => (o, i)))
        {
            if (outcome.Hit) hits++;
            curve.Add(((double)hits / toFind, (double)hits / (i + 1)));
        }

        var precision = Enumerable.Range(0, 101).Average(level => curve.Where(c => c.Recall >= level * 0.01).Select(c => c.Precision).DefaultIfEmpty(0).Max());
        return (precision, (double)hits / toFind);
    }

    private static double Similarity(PoseLabels truth, int person, PoseResults results, int row)
    {
        var joints = Enumerable.Range(0, truth.Skeleton.Count).Where(j => truth.LabelledOf(person)[j]).ToArray();
        var alone = joints.Length == 0;
        if (alone) joints = [.. Enumerable.Range(0, truth.Skeleton.Count)];
        return joints.Average(j =>
        {
            var (x, y) = (results.KeypointsOf(row)[2 * j], results.KeypointsOf(row)[(2 * j) + 1]);
            var box = truth.Boxes.AsSpan(person * 4, 4);
            var dx = alone ? Outside(x, box[0], box[2]) : x - truth.KeypointsOf(person)[2 * j];
            var dy = alone ? Outside(y, box[1], box[3]) : y - truth.KeypointsOf(person)[(2 * j) + 1];
            var sigma = 2 * truth.Skeleton.Sigmas[j];
            return Math.Exp(-((dx * dx) + (dy * dy)) / (2 * sigma * sigma * (truth.Areas[person] + 2.220446049250313e-16)));
        });
    }

    private static double Outside(double at, double start, double size) => Math.Max(0, start - size - at) + Math.Max(0, at - (start + (2 * size)));

    private static double Extent(ReadOnlySpan<double> points)
    {
        var (xs, ys) = (new List<double>(), new List<double>());
        for (var i = 0; i < points.Length; i += 2)
        {
            xs.Add(points[i]);
            ys.Add(points[i + 1]);
        }

        return (xs.Max() - xs.Min()) * (ys.Max() - ys.Min());
    }
}
