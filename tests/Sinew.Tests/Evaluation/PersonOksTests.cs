using Sinew.Evaluation;
using Sinew.Skeletons;

namespace Sinew.Tests.Evaluation;

public class PersonOksTests
{
    [Fact]
    public void ThePeoplesMeanIsTheEvaluators()
    {
        double[][] truth = [Poses.Spread(Poses.Coco), Poses.Spread(Poses.Coco, 40), Poses.Spread(Poses.Coco, 5, 9)];
        double[][] found = [Poses.Spread(Poses.Coco, 3), Poses.Spread(Poses.Coco, 41, 6), Poses.Spread(Poses.Coco, 25, 30)];
        bool[][] labelled = [.. truth.Select((_, p) => Enumerable.Range(0, 17).Select(j => (j + p) % 3 != 0).ToArray())];
        var (labels, results) = (Poses.Labels(Poses.Coco, truth, labelled), Poses.Results(Poses.Coco, found));
        Assert.Equal(OksEvaluator.Evaluate(labels, results).MeanOks, PersonOks.Of(labels, results).Average(), 1e-12);
    }

    [Fact]
    public void NobodyAndNothingLabelledAreTold()
    {
        var pose = Poses.Spread(Poses.Coco);
        var labels = Poses.Labels(Poses.Coco, [pose, pose], [new bool[17], [.. Enumerable.Repeat(true, 17)]]);
        var results = new PoseResults(Poses.Coco, [0, 1, 1], [1, 1, 1], [.. pose, .. pose, .. pose], new float[51]) { People = [0, 1, -1] };
        Assert.Equal([-1, 1, -1], PersonOks.Of(labels, results));
        Assert.Throws<ArgumentException>(() => PersonOks.Of(labels, Poses.Results(Poses.Coco, [pose, pose], assigned: false)));
    }

    [Fact]
    public void AJointThatThePredictionLacksCountsNothing()
    {
        var mpii = BuiltInSkeletons.Get("mpii16");
        var found = new PoseResults(mpii, [0], [1], new double[32], new float[16]) { People = [0] };
        var labels = Poses.Labels(Poses.Coco, [new double[34]]);
        Assert.Equal(12.0 / 17, PersonOks.Of(labels, found)[0], 1e-12);
    }
}
