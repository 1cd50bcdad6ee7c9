using Sinew.Annotations;
using Sinew.Evaluation;
using Sinew.Geometry;
using Sinew.Skeletons;

namespace Sinew.Tests.Evaluation;

public class OksEvaluatorTests
{
    [Fact]
    public void MeanOksOfAnOffsetPoseIsTheFormulas()
    {
        var pose = Poses.Spread(Poses.Coco);
        var moved = Poses.Spread(Poses.Coco, 3, 4);
        var wanted = Poses.Coco.Sigmas.Average(s => Math.Exp(-25 / (2 * 4 * s * s * 10_000)));
        foreach (var assigned in new[] { true, false })
        {
            var scores = OksEvaluator.Evaluate(Poses.Labels(Poses.Coco, [pose]), Poses.Results(Poses.Coco, [moved], assigned));
            Assert.Equal(wanted, scores.MeanOks, 1e-12);
            Assert.Equal(1, scores.People);
        }
    }

    [Fact]
    public void PeopleOfASubsetWithoutLabelledJointsAreIgnored()
    {
        var (pose, labelled) = (Poses.Spread(Poses.Coco), new bool[Poses.Coco.Count]);
        labelled[0] = true;
        var labels = Poses.Labels(Poses.Coco, [pose, pose], [labelled, [.. labelled.Select(_ => true)]]);
        var results = Poses.Results(Poses.Coco, [pose, pose]);
        Assert.Equal(2, OksEvaluator.Evaluate(labels, results).People);
        var shoulders = OksEvaluator.Evaluate(labels, results, new OksOptions { Joints = [5, 6] });
        Assert.Equal(1, shoulders.People);
        Assert.Equal(1, shoulders.AP, 1e-12);
    }

    [Fact]
    public void ASubsetIsTheMeanOverItsJoints()
    {
        var pose = Poses.Spread(Poses.Coco);
        var moved = pose.ToArray();
        moved[0] += 1000;
        var (labels, results) = (Poses.Labels(Poses.Coco, [pose]), Poses.Results(Poses.Coco, [moved]));
        Assert.Equal(16.0 / 17, OksEvaluator.Evaluate(labels, results).MeanOks, 1e-12);
        Assert.Equal(1, OksEvaluator.Evaluate(labels, results, new OksOptions { Joints = [1, 2, 3] }).MeanOks, 1e-12);
        Assert.Equal(0.5, OksEvaluator.Evaluate(labels, results, new OksOptions { Joints = [0, 3] }).MeanOks, 1e-12);
    }

    [Fact]
    public void AJointThatThePredictionsDoNotHaveIsNeverRight()
    {
        var mpii = BuiltInSkeletons.Get("mpii16");
        var pose = Poses.Spread(Poses.Coco);
        var predicted = new double[mpii.Count * 2];
        foreach (var joint in mpii.Joints)
        {
            if (Poses.Coco.IndexOfId(joint.Id) is not (var from and >= 0)) continue;
            pose.AsSpan(from * 2, 2).CopyTo(predicted.AsSpan(mpii.IndexOfId(joint.Id) * 2));
        }

        var (labels, results) = (Poses.Labels(Poses.Coco, [pose]), Poses.Results(mpii, [predicted]));
        Assert.Equal(12.0 / 17, OksEvaluator.Evaluate(labels, results).MeanOks, 1e-12);
        int[] shared = [.. Enumerable.Range(5, 12)];
        Assert.Equal(1, OksEvaluator.Evaluate(labels, results, new OksOptions { Joints = shared }).MeanOks, 1e-12);
    }

    [Fact]
    public void NobodyToFindIsUndefinedAndNobodyFoundIsZero()
    {
        var labels = Poses.Labels(Poses.Coco, [Poses.Spread(Poses.Coco)]);
        var nothing = new PoseResults(Poses.Coco, [], [], [], []);
        var scores = OksEvaluator.Evaluate(labels, nothing);
        Assert.Equal((0, 0, 0), (scores.AP, scores.AR, scores.MeanOks));
        // 10,000 square pixels are large, so there are no medium people.
        Assert.Equal((-1, 0), (scores.APM, scores.APL));
        var none = OksEvaluator.Evaluate(Poses.Labels(Poses.Coco, []), nothing);
        Assert.All(none.Metrics, m => Assert.Equal(-1, m.Value));
    }

    [Fact]
    public void AnUnknownImageIsRefusedByName()
    {
        var e = Assert.Throws<SinewException>(() => OksEvaluator.Evaluate(
            Poses.Labels(Poses.Coco, [Poses.Spread(Poses.Coco)]),
            Poses.Results(Poses.Coco, [Poses.Spread(Poses.Coco), Poses.Spread(Poses.Coco)])));
        Assert.Contains("image 1", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void LabelsInMemoryStandForTheDecimalsTheyWereReadFrom()
    {
        var joints = Poses.Coco.Count;
        var keypoints = new float[joints * 2];
        var states = new JointState[joints];
        Array.Fill(states, JointState.Visible);
        (keypoints[0], keypoints[1], states[1]) = (123.45f, 1.0f / 3, JointState.Unlabelled);
        var data = new PoseData(
            Poses.Coco,
            new ImageTable([7], new StringColumn.Builder().Build(), [0], [0]),
            new PeopleTable([1], [0], [new Box(0.1f, 0, 1, 1)], [9216.0001], [false]),
            keypoints,
            states);
        var labels = PoseLabels.From(data);
        Assert.Equal(123.45, labels.KeypointsOf(0)[0]);
        Assert.Equal(0.33333334, labels.KeypointsOf(0)[1]);
        Assert.Equal(0.1, labels.Boxes[0]);
        Assert.Equal(16, labels.LabelledCounts[0]);
        Assert.Equal(9216.0001, labels.Areas[0]);
        Assert.False(labels.LabelledOf(0)[1]);
    }
}
