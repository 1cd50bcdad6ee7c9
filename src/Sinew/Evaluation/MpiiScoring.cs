using Sinew.Annotations;
using Sinew.Skeletons;

namespace Sinew.Evaluation;

/// <summary>In which frame predictions on MPII stand, whose labels count pixels from 1.</summary>
public enum MpiiFrame
{
    /// <summary>Predictions count pixels from 0, as those of most programs: 1 is added to them (MMPose's <c>MpiiPCKAccuracy</c>).</summary>
    FromZero,

    /// <summary>Predictions count pixels from 1 like the labels: nothing is added.</summary>
    AsLabels,
}

/// <summary>PCKh on MPII, 0 to 1.</summary>
/// <param name="Pckh">At 0.5 of the head's size, over all labelled joints but pelvis and thorax.</param>
/// <param name="Pckh01">The same at 0.1.</param>
/// <param name="Groups">
/// Head, shoulder, elbow, wrist, hip, knee and ankle: the mean of the left and right joint's PCKh; head is the head top alone.
/// </param>
/// <param name="Joints">Every scored joint at 0.5, pelvis and thorax too.</param>
public sealed record MpiiScores(
    double Pckh, double Pckh01, IReadOnlyList<KeyValuePair<string, double>> Groups, IReadOnlyList<PckJoint> Joints)
{
    /// <summary>How many people were scored.</summary>
    public required int People { get; init; }
}

/// <summary>
/// MPII's protocol: a joint is right when it is nearer than half the head's size (0.6 × the diagonal of the head box).
/// Pelvis and thorax are left out of the mean, which weighs joints by how often they are labelled
/// (open-mmlab/mmpose, <c>mmpose/evaluation/metrics/keypoint_2d_metrics.py</c>).
/// </summary>
public static class MpiiScoring
{
    private const double HeadOfBox = 0.6;
    private const double Loose = 0.5;
    private const double Strict = 0.1;

    private static readonly string[] LeftOutOfMean = ["pelvis", "thorax"];

    private static readonly (string Name, string[] Joints)[] Groups =
    [
        ("Head", ["head_top"]),
        .. new[] { "shoulder", "elbow", "wrist", "hip", "knee", "ankle" }
            .Select(g => (char.ToUpperInvariant(g[0]) + g[1..], new[] { $"left_{g}", $"right_{g}" })),
    ];

    /// <summary>Scores predictions.</summary>
    /// <param name="truth">Labels on mpii16 with head sizes, counted from 0 as <see cref="ReadLabels"/> and <see cref="MpiiReader"/> give them.</param>
    /// <param name="predictions">The predictions, of the same skeleton or one that <see cref="ScoredJoints"/> can map.</param>
    /// <param name="frame">In which frame the predictions stand.</param>
    /// <param name="joints">Joints of the labels' skeleton that are scored; null scores all.</param>
    /// <exception cref="SinewException">The labels have no head sizes.</exception>
    public static MpiiScores Evaluate(
        PoseLabels truth, PoseResults predictions, MpiiFrame frame = MpiiFrame.FromZero, IReadOnlyList<int>? joints = null)
    {
        ArgumentNullException.ThrowIfNull(truth);
        var options = new PckOptions
        {
            Reference = PckReference.Head,
            Threshold = Loose,
            Joints = joints,
            Offset = frame == MpiiFrame.AsLabels ? -1 : 0,
        };
        var loose = PckEvaluator.Evaluate(truth, predictions, options);
        var strict = PckEvaluator.Evaluate(truth, predictions, options with { Threshold = Strict });
        var ids = truth.Skeleton.Joints.ToDictionary(j => j.Name, j => j.Id, StringComparer.Ordinal);
        return new MpiiScores(
            Mean(loose, ids),
            Mean(strict, ids),
            [.. Groups.Select(g => new KeyValuePair<string, double>(g.Name, Group(loose, ids, g.Joints)))],
            loose.Joints)
        {
            People = loose.People,
        };
    }

    /// <summary>
    /// Reads labels: MMPose's JSON (a list of people with <c>joints</c>, <c>joints_vis</c> and maybe <c>head_size</c>) or
    /// <c>mpii_gt_val.mat</c>.
    /// </summary>
    /// <param name="path">The labels.</param>
    /// <param name="headBoxes"><c>mpii_gt_val.mat</c>, for JSON without head sizes; its order must be the JSON's.</param>
    /// <exception cref="SinewException">A file cannot be read, or the two do not fit each other.</exception>
    public static PoseLabels ReadLabels(string path, string? headBoxes = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        var sizes = headBoxes is null ? null : HeadSizes(MatFile.Read(headBoxes), headBoxes);
        if (path.EndsWith(".mat", StringComparison.OrdinalIgnoreCase)) return FromMatlab(MatFile.Read(path), path);
        var labels = PoseLabels.From(MpiiReader.Read(path));
        if (sizes is null) return labels;
        return sizes.Length == labels.Count
            ? labels.WithHeadSizes(sizes)
            : throw new SinewException($"{headBoxes}: {sizes.Length} head boxes for the {labels.Count} people of {path}; are they of the same part of MPII?");
    }

    /// <summary>
    /// Reads predictions: a list with <c>[[x, y], …]</c> (or <c>[x, y, score]</c>) per person in the order of the labels, or
    /// COCO results.
    /// </summary>
    /// <param name="path">The predictions.</param>
    /// <param name="labels">The labels.</param>
    /// <param name="skeleton">The predictions' joints.</param>
    /// <exception cref="SinewException">The file cannot be read or does not fit the labels.</exception>
    public static PoseResults ReadPredictions(string path, PoseLabels labels, Skeleton skeleton)
    {
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(skeleton);
        using var json = JsonScanner.Open(path);
        json.Expect('[');
        return json.Peek() == (byte)'[' ? ReadLists(json, labels, skeleton) : CocoResults.ReadRecords(json, skeleton.Count).Finish(skeleton).Results;
    }

    private static PoseResults ReadLists(JsonScanner json, PoseLabels labels, Skeleton skeleton)
    {
        var (count, row) = (skeleton.Count, new NumberList());
        var keypoints = new double[labels.Count * count * 2];
        var scores = new float[labels.Count * count];
        Array.Fill(scores, 1);
        (json.Section, json.Record) = ("predictions", 0);
        var first = true;
        for (; json.NextElement(ref first); json.Record++)
        {
            if (json.Record >= labels.Count) throw json.Error($"there are more predictions than the {labels.Count} people of the labels");
            if (!json.Numbers("a prediction", row) || (row.Count != count * 2 && row.Count != count * 3))
            {
                throw json.Error($"{row.Count} numbers, where {count} joints have {count * 2} (x, y) or {count * 3} (x, y, score)");
            }

            var width = row.Count / count;
            for (var j = 0; j < count; j++)
            {
                var at = (json.Record * count) + j;
                (keypoints[2 * at], keypoints[(2 * at) + 1]) = (row.Values[j * width], row.Values[(j * width) + 1]);
                if (width == 3) scores[at] = (float)row.Values[(j * width) + 2];
            }
        }

        if (json.Record != labels.Count) throw json.Error($"there are {json.Record} predictions for the {labels.Count} people of the labels");
        json.ExpectEnd();
        return new PoseResults(
            skeleton, [.. labels.Image.Select(i => labels.ImageIds[i])], [.. Enumerable.Repeat(1.0, labels.Count)], keypoints, scores)
        {
            People = [.. Enumerable.Range(0, labels.Count)],
        };
    }

    private static PoseLabels FromMatlab(MatFile file, string path)
    {
        var skeleton = BuiltInSkeletons.Get("mpii16");
        var (positions, missing) = (file.Numbers("pos_gt_src"), file.Numbers("jnt_missing"));
        var people = People(positions, path, skeleton.Count, 2);
        if (People(missing, path, skeleton.Count) != people)
        {
            throw new SinewException($"{path}: jnt_missing is of {People(missing, path, skeleton.Count)} people and pos_gt_src of {people}; get the file again");
        }

        var heads = HeadSizes(file, path);
        if (heads.Length != people) throw new SinewException($"{path}: there are {heads.Length} head boxes for {people} people; get the file again");
        var keypoints = new double[positions.Count];
        var labelled = new bool[missing.Count];
        var counts = new int[people];
        for (var p = 0; p < people; p++)
        {
            for (var j = 0; j < skeleton.Count; j++)
            {
                var at = (p * skeleton.Count) + j;
                labelled[at] = missing.Values[at] == 0;
                if (!labelled[at]) continue;
                counts[p]++;
                for (var axis = 0; axis < 2; axis++)
                {
                    var value = positions.Values[j + (skeleton.Count * (axis + (2 * p)))] - 1;
                    keypoints[(2 * at) + axis] = double.IsFinite(value)
                        ? value
                        : throw new SinewException($"{path}: joint {j} of person {p} is labelled but its position is {value}; get the file again");
                }
            }
        }

        int[] rows = [.. Enumerable.Range(0, people)];
        return new PoseLabels(skeleton, Array.ConvertAll(rows, r => (long)r), rows, keypoints, labelled)
        {
            Ids = Array.ConvertAll(rows, r => (long)r),
            Boxes = new double[people * 4],
            Areas = new double[people],
            Crowd = new bool[people],
            LabelledCounts = counts,
            HeadSizes = heads,
        };
    }

    private static double[] HeadSizes(MatFile file, string path)
    {
        var boxes = file.Numbers("headboxes_src");
        var sizes = new double[People(boxes, path, 2, 2)];
        for (var p = 0; p < sizes.Length; p++)
        {
            var corner = boxes.Values.AsSpan(p * 4, 4);
            var (dx, dy) = (corner[1] - corner[0], corner[3] - corner[2]);
            sizes[p] = HeadOfBox * Math.Sqrt((dx * dx) + (dy * dy));
            if (!(sizes[p] > 0) || !double.IsFinite(sizes[p])) throw new SinewException($"{path}: the head box of person {p} has the size {sizes[p]}; get the file again");
        }

        return sizes;
    }

    /// <summary>How many people an array is of, whose dimensions are these and theirs; MATLAB leaves the last out where it is 1.</summary>
    private static int People(MatNumbers array, string path, params int[] dimensions) =>
        array.Dimensions.SequenceEqual(dimensions) ? 1
        : array.Dimensions.Count == dimensions.Length + 1 && array.Dimensions.Take(dimensions.Length).SequenceEqual(dimensions) ? array.Dimensions[^1]
        : throw new SinewException($"{path}: {array.Name} is not [{string.Join(", ", dimensions)}, people]; is this mpii_gt_val.mat?");

    private static double Mean(PckScores scores, Dictionary<string, string> ids) =>
        new PckScores([.. scores.Joints.Where(j => !LeftOutOfMean.Contains(ids[j.Name]))]) { People = 0, LeftOut = 0 }.Pck;

    private static double Group(PckScores scores, Dictionary<string, string> ids, string[] joints)
    {
        double[] members = [.. scores.Joints.Where(j => joints.Contains(ids[j.Name]) && j.Labelled > 0).Select(j => j.Pck)];
        return members.Length == 0 ? -1 : members.Average();
    }
}
