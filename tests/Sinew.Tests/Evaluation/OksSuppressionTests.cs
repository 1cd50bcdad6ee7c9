using Sinew.Evaluation;

namespace Sinew.Tests.Evaluation;

public class OksSuppressionTests
{
    [Fact]
    public void RescoringTakesTheMeanOfConfidentJoints()
    {
        var jointScores = new float[34];
        (jointScores[0], jointScores[1], jointScores[2]) = (0.9f, 0.5f, 0.2f);
        var results = new PoseResults(Poses.Coco, [1, 1], [0.8, 0.7], new double[68], jointScores);
        // 0.2 itself is not above the threshold; a prediction without a confident joint scores nothing.
        Assert.Equal([0.56, 0], OksSuppression.Rescore(results).Scores.Select(s => Math.Round(s, 6)));
    }

    [Fact]
    public void NearDuplicatesGoAndTheBestStay()
    {
        double[][] poses = [Poses.Spread(Poses.Coco), Poses.Spread(Poses.Coco, 1), Poses.Spread(Poses.Coco, 80), Poses.Spread(Poses.Coco)];
        PoseResults Results(double area) => new(
            Poses.Coco, [5, 5, 5, 6], [0.5, 0.9, 0.3, 0.1], [.. poses.SelectMany(p => p)], new float[4 * 17])
        {
            People = [0, 1, 2, 3],
            CropAreas = [area, area, area, area],
        };
        var kept = OksSuppression.Suppress(Results(10_000));
        Assert.Equal([5, 5, 6], kept.ImageIds);
        Assert.Equal([1, 2, 3], kept.People!);
        // With small areas one pixel makes them different.
        Assert.Equal(4, OksSuppression.Suppress(Results(100)).Count);
    }

    [Fact]
    public void OfEqualScoresTheLaterStays() =>
        Assert.Equal([1], OksSuppression.Suppress(
            new PoseResults(Poses.Coco, [5, 5], [0.5, 0.5], [.. Poses.Spread(Poses.Coco), .. Poses.Spread(Poses.Coco)], new float[34]) { People = [0, 1] }).People!);
}
