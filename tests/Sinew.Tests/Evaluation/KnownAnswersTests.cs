using Sinew.Evaluation;
using Sinew.Skeletons;
using Sinew.TestSupport;

namespace Sinew.Tests.Evaluation;

/// <summary>Files whose numbers pycocotools and xtcocotools gave.</summary>
public class KnownAnswersTests
{
    [Fact]
    public void OneCrowdedImageOfCocoScoresAsPycocotoolsSays()
    {
        var scores = Score("keypoints_gt.json", "keypoints_dt.json", "coco17", new OksOptions());
        Near(
            [
                0.5048844884488449, 0.7227722772277227, 0.6336633663366337, 0.46633663366336636, 0.7504950495049505,
                0.5181818181818182, 0.7272727272727273, 0.6363636363636364, 0.4666666666666666, 0.75,
            ],
            scores.Metrics.Select(m => m.Value));
        Assert.Equal(11, scores.People);
        Assert.Equal(20, scores.Predictions);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void FiveThousandImagesScoreAsPycocotoolsSays(int threads)
    {
        var scores = Score("synthetic5000/gt.json.gz", "synthetic5000/dt.json.gz", "coco17", new OksOptions { Threads = threads });
        Near(
            [
                0.5074155239940195, 0.903692545627204, 0.4707390887778428, 0.510369424081559, 0.4745731167592665,
                0.6417129022495712, 0.9911227680823161, 0.6412791284172299, 0.6425712856428214, 0.6349800552316662,
            ],
            scores.Metrics.Select(m => m.Value));
    }

    [Fact]
    public void CrowdPoseScoresAsXtcocotoolsSays()
    {
        var options = new OksOptions { AreaFromBoxes = true, DropUnscored = true };
        var scores = Score("crowdpose_val.json", "crowdpose_val_predictions_a.json", "crowdpose14", options);
        Near(
            [
                0.556387859417053, 0.9311373379014121, 0.5282944618193385,
                0.6364998586372632, 0.9732824427480916, 0.6205824144755443,
            ],
            [scores.AP, scores.AP50, scores.AP75, scores.AR, scores.AR50, scores.AR75]);
    }

    private static OksScores Score(string labels, string predictions, string skeletonName, OksOptions options)
    {
        var skeleton = BuiltInSkeletons.Get(skeletonName);
        var truth = CocoLabels.Read(Shared.Path("data/evaluation/" + labels), skeleton);
        var found = CocoResults.Read(Shared.Path("data/evaluation/" + predictions), skeleton, truth.Category);
        return OksEvaluator.Evaluate(truth.Labels, found.Results, options);
    }

    private static void Near(IEnumerable<double> wanted, IEnumerable<double> got)
    {
        foreach (var (w, g) in wanted.Zip(got)) Assert.Equal(w, g, 1e-9);
    }
}
