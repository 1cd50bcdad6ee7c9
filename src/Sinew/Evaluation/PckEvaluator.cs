using Sinew.Annotations;
using Sinew.Skeletons;

namespace Sinew.Evaluation;

/// <summary>
/// The percentage of correct keypoints (Yang and Ramanan, 2013): how many labelled joints have a prediction nearer than a
/// part of the person's size.
/// </summary>
/// <remarks>
/// A person's prediction is the best-scored one that was made for it (<see cref="PoseResults.People"/>). Where that is not
/// known, each person has the prediction of its image that is most similar by OKS, best-scored predictions choosing first.
/// A labelled person without prediction has all its joints missed.
/// </remarks>
public static class PckEvaluator
{
    /// <summary>Scores predictions against a data set in memory.</summary>
    /// <param name="truth">The labels.</param>
    /// <param name="predictions">The predictions, of the same skeleton or one that <see cref="ScoredJoints"/> can map.</param>
    /// <param name="options">How; null takes PCK@0.2 of the torso.</param>
    /// <exception cref="SinewException">The labels have no heads or torsos to measure by.</exception>
    public static PckScores Evaluate(PoseData truth, PoseResults predictions, PckOptions? options = null) =>
        Evaluate(PoseLabels.From(truth), predictions, options);

    /// <summary>Scores predictions against labels.</summary>
    /// <param name="truth">The labels.</param>
    /// <param name="predictions">The predictions, of the same skeleton or one that <see cref="ScoredJoints"/> can map.</param>
    /// <param name="options">How; null takes PCK@0.2 of the torso.</param>
    /// <exception cref="SinewException">The labels have no heads or torsos to measure by.</exception>
    public static PckScores Evaluate(PoseLabels truth, PoseResults predictions, PckOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(truth);
        ArgumentNullException.ThrowIfNull(predictions);
        options ??= new PckOptions();
        var references = References(truth, options.Reference);
        var rows = OksMatching.Pair(truth, predictions);
        var map = ScoredJoints.Between(predictions.Skeleton, truth.Skeleton);
        var count = truth.Skeleton.Count;
        var chosen = options.Joints ?? [.. Enumerable.Range(0, count)];
        var (hits, labelled) = (new int[count], new int[count]);
        var (x, y) = (new double[count], new double[count]);
        var (people, leftOut) = (0, 0);
        for (var p = 0; p < truth.Count; p++)
        {
            if (truth.Crowd[p] || !(references[p] > 0))
            {
                leftOut++;
                continue;
            }

            people++;
            var known = truth.LabelledOf(p);
            var keypoints = truth.KeypointsOf(p);
            if (rows[p] >= 0) map.Map(predictions.KeypointsOf(rows[p]), x, y);
            foreach (var j in chosen)
            {
                if (!known[j]) continue;
                labelled[j]++;
                if (rows[p] < 0) continue;
                var dx = (x[j] + options.Offset - keypoints[2 * j]) / references[p];
                var dy = (y[j] + options.Offset - keypoints[(2 * j) + 1]) / references[p];
                // Single precision, as MMPose compares: whole-pixel labels do lie on a threshold now and then.
                if ((float)Math.Sqrt((dx * dx) + (dy * dy)) < (float)options.Threshold) hits[j]++;
            }
        }

        return new PckScores([.. chosen.Select(j => new PckJoint(truth.Skeleton.Joints[j].Name, hits[j], labelled[j]))])
        {
            People = people,
            LeftOut = leftOut,
        };
    }

    /// <summary>Refuses labels that cannot be measured so.</summary>
    internal static void Require(Skeleton skeleton, bool headSizes, PckReference reference)
    {
        if (reference == PckReference.Head && !headSizes) throw NoHeads();
        if (reference == PckReference.Torso) _ = TorsoEnds(skeleton);
    }

    private static SinewException NoHeads() => new("PCK by the head's size: these labels have no head sizes; choose torso or box");

    private static double[] References(PoseLabels truth, PckReference reference) => reference switch
    {
        PckReference.Torso => Torsos(truth),
        PckReference.Box => [.. Enumerable.Range(0, truth.Count).Select(p => Math.Max(truth.Boxes[(p * 4) + 2], truth.Boxes[(p * 4) + 3]))],
        PckReference.Head => truth.HeadSizes ?? throw NoHeads(),
        _ => throw new ArgumentOutOfRangeException(nameof(reference)),
    };

    private static double[] Torsos(PoseLabels truth)
    {
        var (first, second) = TorsoEnds(truth.Skeleton);
        var torsos = new double[truth.Count];
        for (var p = 0; p < torsos.Length; p++)
        {
            torsos[p] = Distance(truth, p, first) is var length and > 0 ? length : Distance(truth, p, second);
        }

        return torsos;
    }

    private static ((int A, int B) First, (int A, int B) Second) TorsoEnds(Skeleton skeleton) =>
        (Ends(skeleton, "left_shoulder", "right_hip"), Ends(skeleton, "right_shoulder", "left_hip"));

    private static (int A, int B) Ends(Skeleton skeleton, string a, string b)
    {
        var ends = (A: skeleton.IndexOfId(a), B: skeleton.IndexOfId(b));
        return ends is { A: >= 0, B: >= 0 }
            ? ends
            : throw new SinewException($"PCK by the torso: {skeleton.Name} has no {(ends.A < 0 ? a : b)}; choose box or head");
    }

    private static double Distance(PoseLabels truth, int person, (int A, int B) ends)
    {
        var labelled = truth.LabelledOf(person);
        if (!labelled[ends.A] || !labelled[ends.B]) return 0;
        var k = truth.KeypointsOf(person);
        var (dx, dy) = (k[2 * ends.A] - k[2 * ends.B], k[(2 * ends.A) + 1] - k[(2 * ends.B) + 1]);
        return Math.Sqrt((dx * dx) + (dy * dy));
    }
}
