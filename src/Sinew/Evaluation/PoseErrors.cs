namespace Sinew.Evaluation;

/// <summary>What the predictions of one joint are, by the kinds of error of Ronchi and Perona (ICCV 2017).</summary>
/// <param name="Name">The joint's name in the labels' skeleton.</param>
/// <param name="Good">Similarity to the label of 0.85 or more.</param>
/// <param name="Jitter">Near the label, but not quite: 0.5 to 0.85.</param>
/// <param name="Inversion">On the other side's joint of the same person (left for right).</param>
/// <param name="Swap">On this joint, or the other side's, of another person.</param>
/// <param name="Miss">Near none of these.</param>
/// <param name="Similarity">Mean similarity to the label, 0 to 1; −1 where none was labelled.</param>
public sealed record JointErrors(string Name, int Good, int Jitter, int Inversion, int Swap, int Miss, double Similarity)
{
    /// <summary>How many labelled joints these are.</summary>
    public int Labelled => Good + Jitter + Inversion + Swap + Miss;
}

/// <summary>The kinds of error of all predictions that were matched to a person.</summary>
/// <param name="Joints">Per scored joint, in the labels' order.</param>
/// <param name="Matched">How many people have a prediction of at least 0.1 OKS.</param>
/// <param name="Unmatched">How many have none; their joints are not counted.</param>
public sealed record PoseErrors(IReadOnlyList<JointErrors> Joints, int Matched, int Unmatched)
{
    /// <summary>All joints together.</summary>
    public JointErrors Total
    {
        get
        {
            var labelled = Joints.Sum(j => j.Labelled);
            return new JointErrors(
                "all", Joints.Sum(j => j.Good), Joints.Sum(j => j.Jitter), Joints.Sum(j => j.Inversion), Joints.Sum(j => j.Swap),
                Joints.Sum(j => j.Miss), labelled == 0 ? -1 : Joints.Sum(j => j.Labelled == 0 ? 0 : j.Similarity * j.Labelled) / labelled);
        }
    }
}

/// <summary>
/// Tells what is wrong with predicted joints. A prediction that is matched to a person (OKS of at least 0.1, best-scored first)
/// is compared, joint by joint, with that joint and its other side's of every labelled person of the image; the most
/// similar of these names the error. Definitions: Ronchi and Perona, "Benchmarking and Error Diagnosis in Multi-Instance
/// Pose Estimation", and matteorr/coco-analyze, <c>pycocotools/cocoanalyze.py</c>.
/// </summary>
public static class PoseErrorAnalysis
{
    private const double LeastOks = 0.1;
    private const double Near = 0.5;
    private const double Right = 0.85;

    /// <summary>Counts the kinds of error.</summary>
    /// <param name="truth">The labels.</param>
    /// <param name="predictions">The predictions, of the same skeleton or one that <see cref="ScoredJoints"/> can map.</param>
    /// <param name="options">Which joints, sigmas and areas; null takes COCO's.</param>
    public static PoseErrors Analyze(PoseLabels truth, PoseResults predictions, OksOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(truth);
        ArgumentNullException.ThrowIfNull(predictions);
        options ??= new OksOptions();
        var matching = new OksMatching(truth, predictions, options);
        var joints = truth.Skeleton.Count;
        var chosen = OksMatching.Chosen(joints, options.Joints);
        var map = ScoredJoints.Between(predictions.Skeleton, truth.Skeleton);
        var (x, y) = (new double[joints], new double[joints]);
        var (counts, similarity) = (new int[joints, 5], new double[joints]);
        var matched = 0;
        matching.ForEachMatch(LeastOks, (people, person, row) =>
        {
            matched++;
            map.Map(predictions.KeypointsOf(row), x, y);
            for (var j = 0; j < joints; j++)
            {
                if (!chosen[j] || !truth.LabelledOf(person)[j]) continue;
                var own = matching.Similarity(person, j, j, x[j], y[j]);
                similarity[j] += own;
                counts[j, Kind(matching, people, person, j, x[j], y[j], own)]++;
            }
        });
        return new PoseErrors(
            [.. Enumerable.Range(0, joints).Where(j => chosen[j]).Select(j => Joint(truth, counts, similarity, j))],
            matched,
            matching.PeopleToFind - matched);
    }

    private static JointErrors Joint(PoseLabels truth, int[,] counts, double[] similarity, int j)
    {
        var labelled = Enumerable.Range(0, 5).Sum(k => counts[j, k]);
        return new JointErrors(
            truth.Skeleton.Joints[j].Name, counts[j, 0], counts[j, 1], counts[j, 2], counts[j, 3], counts[j, 4],
            labelled == 0 ? -1 : similarity[j] / labelled);
    }

    /// <summary>0 good, 1 jitter, 2 inversion, 3 swap, 4 miss. Where two are equally similar the earlier one counts.</summary>
    private static int Kind(OksMatching matching, ReadOnlySpan<int> people, int person, int joint, double x, double y, double own)
    {
        var otherSide = matching.OtherSide(joint);
        var (best, kind) = (own, own >= Right ? 0 : 1);
        foreach (var other in people)
        {
            if (other != person && matching.Similarity(other, joint, joint, x, y) is var s && s > best) (best, kind) = (s, 3);
        }

        if (matching.Similarity(person, otherSide, joint, x, y) is var inverted && inverted > best) (best, kind) = (inverted, 2);
        foreach (var other in people)
        {
            if (other != person && matching.Similarity(other, otherSide, joint, x, y) is var s && s > best) (best, kind) = (s, 3);
        }

        return best < Near ? 4 : kind;
    }
}
