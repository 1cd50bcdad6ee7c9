using Sinew.Evaluation;
using Sinew.Skeletons;

namespace Sinew.Tests.Evaluation;

public class PckEvaluatorTests
{
    private static readonly Skeleton Lsp = BuiltInSkeletons.Get("lsp14");

    [Fact]
    public void AJointAtExactlyTheThresholdIsMissed()
    {
        // Left shoulder (0, 0) and right hip (30, 40) make a torso of 50 pixels, so 10 pixels are 0.2.
        var truth = Poses.Spread(Lsp);
        Put(truth, "left_shoulder", 0, 0);
        Put(truth, "right_hip", 30, 40);
        var (at, below) = (truth.ToArray(), truth.ToArray());
        at[0] += 10;
        below[0] += 9.999;
        Assert.Equal(0, Score(truth, at).Joints[0].Hits);
        Assert.Equal(1, Score(truth, below).Joints[0].Hits);
        Assert.Equal(13.0 / 14, Score(truth, at).Pck, 1e-12);
    }

    [Fact]
    public void TheOtherDiagonalStandsInForAnUnlabelledShoulder()
    {
        var truth = Poses.Spread(Lsp);
        Put(truth, "right_shoulder", 0, 0);
        Put(truth, "left_hip", 60, 80);
        var labelled = Enumerable.Repeat(true, Lsp.Count).ToArray();
        labelled[Lsp.IndexOfName("left_shoulder")] = false;
        var predicted = truth.ToArray();
        predicted[Lsp.IndexOfName("neck") * 2] += 19;
        predicted[Lsp.IndexOfName("head_top") * 2] += 21;
        var scores = PckEvaluator.Evaluate(Poses.Labels(Lsp, [truth], [labelled]), Poses.Results(Lsp, [predicted]));
        Assert.Equal(13, scores.Joints.Sum(j => j.Labelled));
        Assert.Equal(12, scores.Joints.Sum(j => j.Hits));
        Assert.Equal(-1, scores.Joints[Lsp.IndexOfName("left_shoulder")].Pck);
    }

    [Fact]
    public void PeopleWithoutATorsoAreLeftOutAndCounted()
    {
        var labelled = Enumerable.Repeat(true, Lsp.Count).ToArray();
        labelled[Lsp.IndexOfName("left_shoulder")] = labelled[Lsp.IndexOfName("left_hip")] = false;
        var scores = PckEvaluator.Evaluate(
            Poses.Labels(Lsp, [Poses.Spread(Lsp), Poses.Spread(Lsp)], [labelled, [.. labelled.Select(_ => true)]]),
            Poses.Results(Lsp, [Poses.Spread(Lsp), Poses.Spread(Lsp)]));
        Assert.Equal((1, 1), (scores.People, scores.LeftOut));
        Assert.Equal(14, scores.Joints.Sum(j => j.Labelled));
    }

    [Fact]
    public void PeopleAreFoundByTheirJointsFlagsWhateverTheFileCounts()
    {
        // CrowdPose counts visible joints alone: a person whose joints are all hidden has labelled joints and a count of 0.
        var truth = Poses.Spread(Lsp);
        int[] counts = [0, Lsp.Count];
        var labels = Poses.Labels(Lsp, [truth, truth]);
        counts.CopyTo(labels.LabelledCounts, 0);
        Assert.Equal(1, PckEvaluator.Evaluate(labels, Poses.Results(Lsp, [truth, truth], assigned: false)).Pck);
    }

    [Theory]
    [InlineData(PckReference.Box, 39, 41)]
    [InlineData(PckReference.Head, 3.9, 4.1)]
    public void BoxAndHeadMeasureToo(PckReference reference, double near, double far)
    {
        // The box's longer side is 200 pixels, the head's size 20.
        var (truth, options) = (Poses.Spread(Lsp), new PckOptions { Reference = reference });
        Assert.Equal(1, Score(truth, Poses.Spread(Lsp, near), options).Pck);
        Assert.Equal(0, Score(truth, Poses.Spread(Lsp, far), options).Pck);
    }

    [Fact]
    public void ASubsetCountsItsOwnJointsOnly()
    {
        var predicted = Poses.Spread(Lsp);
        predicted[0] += 1000;
        var subset = new PckOptions { Joints = [1, 2, 3] };
        Assert.Equal(1, Score(Poses.Spread(Lsp), predicted, subset).Pck);
        Assert.Equal(0.5, Score(Poses.Spread(Lsp), predicted, subset with { Joints = [0, 3] }).Pck);
    }

    [Fact]
    public void APersonNobodyPredictedIsMissed()
    {
        var labels = Poses.Labels(Lsp, [Poses.Spread(Lsp), Poses.Spread(Lsp)]);
        Assert.Equal(0.5, PckEvaluator.Evaluate(labels, Poses.Results(Lsp, [Poses.Spread(Lsp)], assigned: false)).Pck);
    }

    [Fact]
    public void PredictionsAreMappedByMeaningAndTheThoraxIsMadeOfTheShoulders()
    {
        var mpii = BuiltInSkeletons.Get("mpii16");
        var truth = Poses.Spread(mpii);
        var predicted = new double[Poses.Coco.Count * 2];
        foreach (var joint in mpii.Joints)
        {
            if (Poses.Coco.IndexOfId(joint.Id) is not (var to and >= 0)) continue;
            truth.AsSpan(mpii.IndexOfId(joint.Id) * 2, 2).CopyTo(predicted.AsSpan(to * 2));
        }

        var (left, right, thorax) = (mpii.IndexOfId("left_shoulder"), mpii.IndexOfId("right_shoulder"), mpii.IndexOfId("thorax"));
        for (var axis = 0; axis < 2; axis++) truth[(thorax * 2) + axis] = (truth[(left * 2) + axis] + truth[(right * 2) + axis]) / 2;
        var scores = PckEvaluator.Evaluate(
            Poses.Labels(mpii, [truth]), Poses.Results(Poses.Coco, [predicted]), new PckOptions { Threshold = 0.01 });
        foreach (var joint in scores.Joints)
        {
            // The pelvis is derived as well, but this label is not the midpoint of the hips; COCO has nothing for the other two.
            Assert.Equal(joint.Name is "pelvis" or "upper_neck" or "head_top" ? 0 : 1, joint.Hits);
        }
    }

    private static void Put(double[] pose, string joint, double x, double y) =>
        (pose[Lsp.IndexOfName(joint) * 2], pose[(Lsp.IndexOfName(joint) * 2) + 1]) = (x, y);

    private static PckScores Score(double[] truth, double[] predicted, PckOptions? options = null) =>
        PckEvaluator.Evaluate(Poses.Labels(Lsp, [truth]), Poses.Results(Lsp, [predicted]), options);
}
