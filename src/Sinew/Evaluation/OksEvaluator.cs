using Sinew.Annotations;

namespace Sinew.Evaluation;

/// <summary>
/// COCO's keypoint evaluation: predictions are matched to people by object keypoint similarity, best-scored first, and
/// precision and recall are averaged over ten thresholds. Equal to pycocotools' <c>COCOeval</c> with <c>iouType="keypoints"</c>
/// (ppwwyyxx/cocoapi, <c>PythonAPI/pycocotools/cocoeval.py</c>) for labels of one category.
/// </summary>
/// <remarks>One known difference: pycocotools loses matches of a person whose annotation id is 0; here they count.</remarks>
public static class OksEvaluator
{
    /// <summary>Scores predictions against a data set in memory.</summary>
    /// <param name="truth">The labels.</param>
    /// <param name="predictions">The predictions, of the same skeleton or one that <see cref="ScoredJoints"/> can map.</param>
    /// <param name="options">How; null takes COCO's way.</param>
    /// <exception cref="SinewException">A prediction is for an image that the labels do not have.</exception>
    public static OksScores Evaluate(PoseData truth, PoseResults predictions, OksOptions? options = null) =>
        Evaluate(PoseLabels.From(truth), predictions, options);

    /// <summary>Scores predictions against labels.</summary>
    /// <param name="truth">The labels.</param>
    /// <param name="predictions">The predictions, of the same skeleton or one that <see cref="ScoredJoints"/> can map.</param>
    /// <param name="options">How; null takes COCO's way.</param>
    /// <exception cref="SinewException">A prediction is for an image that the labels do not have.</exception>
    public static OksScores Evaluate(PoseLabels truth, PoseResults predictions, OksOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(truth);
        ArgumentNullException.ThrowIfNull(predictions);
        var matching = OksMatching.Run(truth, predictions, options ?? new OksOptions());
        var all = matching.Curve(OksMatching.AllAreas);
        var medium = matching.Curve(OksMatching.MediumAreas);
        var large = matching.Curve(OksMatching.LargeAreas);
        return new OksScores(
            all.MeanPrecision, all.Precision[0], all.Precision[5], medium.MeanPrecision, large.MeanPrecision,
            all.MeanRecall, all.Recall[0], all.Recall[5], medium.MeanRecall, large.MeanRecall)
        {
            People = matching.PeopleToFind,
            Predictions = matching.Predictions,
            MeanOks = matching.MeanOks(),
        };
    }
}
