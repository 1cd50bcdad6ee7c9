using Sinew.Evaluation;

namespace Sinew.Tests.Evaluation;

public class PoseErrorsTests
{
    private static readonly int LeftWrist = Poses.Coco.IndexOfName("left_wrist");
    private static readonly int RightWrist = Poses.Coco.IndexOfName("right_wrist");

    [Fact]
    public void EachKindOfErrorIsKnownByWhereTheJointLies()
    {
        var pose = Poses.Spread(Poses.Coco);
        var other = Poses.Spread(Poses.Coco, 300);
        var variance = 2 * Math.Pow(2 * Poses.Coco.Sigmas[LeftWrist], 2) * 10_000;
        double Off(double similarity) => Math.Sqrt(-Math.Log(similarity) * variance);
        Assert.Equal("good", KindOfLeftWrist(pose[2 * LeftWrist] + Off(0.86), pose[(2 * LeftWrist) + 1]));
        Assert.Equal("jitter", KindOfLeftWrist(pose[2 * LeftWrist] - Off(0.84), pose[(2 * LeftWrist) + 1]));
        Assert.Equal("inversion", KindOfLeftWrist(pose[2 * RightWrist], pose[(2 * RightWrist) + 1]));
        Assert.Equal("swap", KindOfLeftWrist(other[2 * LeftWrist], other[(2 * LeftWrist) + 1]));
        Assert.Equal("swap", KindOfLeftWrist(other[2 * RightWrist], other[(2 * RightWrist) + 1]));
        Assert.Equal("miss", KindOfLeftWrist(900, 900));

        string KindOfLeftWrist(double x, double y)
        {
            var predicted = pose.ToArray();
            (predicted[2 * LeftWrist], predicted[(2 * LeftWrist) + 1]) = (x, y);
            var alone = Poses.Labels(Poses.Coco, [pose, other]);
            // Both people stand in one image.
            var labels = new PoseLabels(
                Poses.Coco, [0], [0, 0], [.. pose, .. other], [.. Enumerable.Repeat(true, 34)])
            {
                Ids = alone.Ids,
                Boxes = alone.Boxes,
                Areas = alone.Areas,
                Crowd = alone.Crowd,
                LabelledCounts = alone.LabelledCounts,
            };
            var errors = PoseErrorAnalysis.Analyze(labels, Poses.Results(Poses.Coco, [predicted], assigned: false));
            Assert.Equal((1, 1), (errors.Matched, errors.Unmatched));
            Assert.Equal(17, errors.Total.Labelled);
            var wrist = errors.Joints[LeftWrist];
            Assert.Equal(16, errors.Total.Good - wrist.Good);
            return (wrist.Good, wrist.Jitter, wrist.Inversion, wrist.Swap, wrist.Miss) switch
            {
                (1, 0, 0, 0, 0) => "good",
                (0, 1, 0, 0, 0) => "jitter",
                (0, 0, 1, 0, 0) => "inversion",
                (0, 0, 0, 1, 0) => "swap",
                _ => "miss",
            };
        }
    }
}
