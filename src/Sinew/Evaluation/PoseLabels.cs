using Sinew.Annotations;
using Sinew.Skeletons;

namespace Sinew.Evaluation;

/// <summary>
/// The labels that predictions are scored against, in double precision: a prediction counts or does not count by the exact
/// value that stands in the file, and a match at a threshold turns on its last digits.
/// </summary>
public sealed class PoseLabels
{
    private readonly double[] _keypoints;
    private readonly bool[] _labelled;

    internal PoseLabels(Skeleton skeleton, long[] imageIds, int[] image, double[] keypoints, bool[] labelled)
    {
        (Skeleton, ImageIds, Image, _keypoints, _labelled) = (skeleton, imageIds, image, keypoints, labelled);
    }

    /// <summary>The joints that every person has.</summary>
    public Skeleton Skeleton { get; }

    /// <summary>Each image's id, as the file gives it.</summary>
    public long[] ImageIds { get; }

    /// <summary>How many people there are.</summary>
    public int Count => Image.Length;

    /// <summary>Each person's row in <see cref="ImageIds"/>.</summary>
    public int[] Image { get; }

    /// <summary>Each person's annotation id.</summary>
    public required long[] Ids { get; init; }

    /// <summary>Boxes as x, y, width, height, <c>[people, 4]</c>, image pixels.</summary>
    public required double[] Boxes { get; init; }

    /// <summary>Areas in square pixels.</summary>
    public required double[] Areas { get; init; }

    /// <summary>True for COCO's <c>iscrowd</c> regions.</summary>
    public required bool[] Crowd { get; init; }

    /// <summary>The file's <c>num_keypoints</c>; where it has none, the number of labelled joints.</summary>
    public required int[] LabelledCounts { get; init; }

    /// <summary>Each image's crowd index (CrowdPose), or null.</summary>
    public double[]? CrowdIndices { get; init; }

    /// <summary>Head sizes in pixels (MPII), or null.</summary>
    public double[]? HeadSizes { get; init; }

    /// <summary>One person's coordinates: x, y per joint, image pixels.</summary>
    /// <param name="person">Row of the person.</param>
    public ReadOnlySpan<double> KeypointsOf(int person) => _keypoints.AsSpan(person * Skeleton.Count * 2, Skeleton.Count * 2);

    /// <summary>Which of one person's joints are labelled, visible or not.</summary>
    /// <param name="person">Row of the person.</param>
    public ReadOnlySpan<bool> LabelledOf(int person) => _labelled.AsSpan(person * Skeleton.Count, Skeleton.Count);

    /// <summary>The labels of a data set in memory.</summary>
    /// <remarks>
    /// Its coordinates are floats, each taken for the shortest decimal that it stands for, so that these labels score as the
    /// file they were read from (whose coordinates rarely have more than the seven digits of a float).
    /// </remarks>
    /// <param name="data">The data set.</param>
    public static PoseLabels From(PoseData data)
    {
        ArgumentNullException.ThrowIfNull(data);
        var (people, joints) = (data.People.Count, data.Skeleton.Count);
        var keypoints = new double[people * joints * 2];
        var labelled = new bool[people * joints];
        var boxes = new double[people * 4];
        var counts = new int[people];
        for (var p = 0; p < people; p++)
        {
            var from = data.KeypointsOf(p);
            var to = keypoints.AsSpan(p * joints * 2, joints * 2);
            for (var i = 0; i < from.Length; i++) to[i] = Decimals.Of(from[i]);
            var states = data.StatesOf(p);
            for (var j = 0; j < joints; j++)
            {
                if (states[j] < JointState.Occluded) continue;
                labelled[(p * joints) + j] = true;
                counts[p]++;
            }

            if (data.People.LabelledCounts?[p] is { } stated and >= 0) counts[p] = stated;

            var box = data.People.Boxes[p];
            (boxes[p * 4], boxes[(p * 4) + 1]) = (Decimals.Of(box.X), Decimals.Of(box.Y));
            (boxes[(p * 4) + 2], boxes[(p * 4) + 3]) = (Decimals.Of(box.Width), Decimals.Of(box.Height));
        }

        return new PoseLabels(data.Skeleton, data.Images.Ids, data.People.Image, keypoints, labelled)
        {
            Ids = data.People.Ids,
            Boxes = boxes,
            Areas = data.People.Areas,
            Crowd = data.People.Crowd,
            LabelledCounts = counts,
            CrowdIndices = data.Images.CrowdIndices,
            HeadSizes = data.People.HeadSizes,
        };
    }

    /// <summary>The same labels with other head sizes.</summary>
    internal PoseLabels WithHeadSizes(double[] sizes) => new(Skeleton, ImageIds, Image, _keypoints, _labelled)
    {
        Ids = Ids,
        Boxes = Boxes,
        Areas = Areas,
        Crowd = Crowd,
        LabelledCounts = LabelledCounts,
        CrowdIndices = CrowdIndices,
        HeadSizes = sizes,
    };

    /// <summary>The same people with another skeleton's joints, those of the same canonical id and midpoints (<see cref="ScoredJoints"/>).</summary>
    /// <remarks>A midpoint is labelled where both its ends are. <c>num_keypoints</c> is counted anew.</remarks>
    /// <param name="skeleton">The other skeleton.</param>
    public PoseLabels MapTo(Skeleton skeleton)
    {
        ArgumentNullException.ThrowIfNull(skeleton);
        var map = ScoredJoints.Between(Skeleton, skeleton);
        var (keypoints, labelled, counts) = (new double[Count * skeleton.Count * 2], new bool[Count * skeleton.Count], new int[Count]);
        var (x, y) = (new double[skeleton.Count], new double[skeleton.Count]);
        for (var p = 0; p < Count; p++)
        {
            map.Map(KeypointsOf(p), x, y);
            for (var j = 0; j < skeleton.Count; j++)
            {
                if (!map.IsLabelled(LabelledOf(p), j)) continue;
                var at = (p * skeleton.Count) + j;
                (keypoints[2 * at], keypoints[(2 * at) + 1], labelled[at]) = (x[j], y[j], true);
                counts[p]++;
            }
        }

        return new PoseLabels(skeleton, ImageIds, Image, keypoints, labelled)
        {
            Ids = Ids,
            Boxes = Boxes,
            Areas = Areas,
            Crowd = Crowd,
            LabelledCounts = counts,
            CrowdIndices = CrowdIndices,
            HeadSizes = HeadSizes,
        };
    }
}
