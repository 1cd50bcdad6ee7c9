using Sinew.Evaluation;
using Sinew.Skeletons;

namespace Sinew.Tests.Evaluation;

/// <summary>Makes labels and predictions in memory for tests.</summary>
internal static class Poses
{
    internal static readonly Skeleton Coco = BuiltInSkeletons.Get("coco17");

    /// <summary>One person per image, ids 0, 1 …, all joints labelled unless said otherwise.</summary>
    internal static PoseLabels Labels(Skeleton skeleton, double[][] keypoints, bool[][]? labelled = null, double area = 10_000)
    {
        var n = keypoints.Length;
        labelled ??= [.. keypoints.Select(_ => Enumerable.Repeat(true, skeleton.Count).ToArray())];
        return new PoseLabels(
            skeleton,
            [.. Enumerable.Range(0, n).Select(i => (long)i)],
            [.. Enumerable.Range(0, n)],
            [.. keypoints.SelectMany(k => k)],
            [.. labelled.SelectMany(l => l)])
        {
            Ids = [.. Enumerable.Range(1, n).Select(i => (long)i)],
            Boxes = [.. Enumerable.Range(0, n).SelectMany(_ => new double[] { 0, 0, 100, 200 })],
            Areas = [.. Enumerable.Repeat(area, n)],
            Crowd = new bool[n],
            LabelledCounts = [.. labelled.Select(l => l.Count(b => b))],
            HeadSizes = [.. Enumerable.Repeat(20.0, n)],
        };
    }

    /// <summary>One prediction per image and person, scores 1.</summary>
    internal static PoseResults Results(Skeleton skeleton, double[][] keypoints, bool assigned = true) =>
        new(
            skeleton,
            [.. Enumerable.Range(0, keypoints.Length).Select(i => (long)i)],
            [.. Enumerable.Repeat(1.0, keypoints.Length)],
            [.. keypoints.SelectMany(k => k)],
            [.. Enumerable.Repeat(1f, keypoints.Length * skeleton.Count)])
        {
            People = assigned ? [.. Enumerable.Range(0, keypoints.Length)] : null,
        };

    /// <summary>Coordinates that are different for every joint.</summary>
    internal static double[] Spread(Skeleton skeleton, double dx = 0, double dy = 0) =>
        [.. Enumerable.Range(0, skeleton.Count).SelectMany(j => new[] { 10 + (7 * j) + dx, 20 + (11 * (j % 5)) + dy })];
}
