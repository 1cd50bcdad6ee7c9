namespace Sinew.Evaluation;

/// <summary>COCO's ten keypoint numbers, 0 to 1, or −1 where undefined because nobody is there to be found.</summary>
/// <param name="AP">Average precision over the thresholds 0.50, 0.55 … 0.95, all areas.</param>
/// <param name="AP50">Average precision at OKS 0.50.</param>
/// <param name="AP75">Average precision at OKS 0.75.</param>
/// <param name="APM">Average precision of medium people, areas from 32² to 96² square pixels.</param>
/// <param name="APL">Average precision of large people, areas from 96² square pixels.</param>
/// <param name="AR">Average recall over the thresholds, all areas.</param>
/// <param name="AR50">Recall at OKS 0.50.</param>
/// <param name="AR75">Recall at OKS 0.75.</param>
/// <param name="ARM">Average recall of medium people.</param>
/// <param name="ARL">Average recall of large people.</param>
public sealed record OksScores(
    double AP, double AP50, double AP75, double APM, double APL, double AR, double AR50, double AR75, double ARM, double ARL)
{
    /// <summary>How many people are to be found: neither crowds nor people without scored joints.</summary>
    public required int People { get; init; }

    /// <summary>How many predictions took part: at most <see cref="OksOptions.MaxDetections"/> an image.</summary>
    public required int Predictions { get; init; }

    /// <summary>
    /// Mean OKS of the people to be found: each with the best-scored prediction that was made for it
    /// (<see cref="PoseResults.People"/>), or, where that is not known, with the most similar prediction of its image; 0
    /// where there is none. −1 where there are no people.
    /// </summary>
    public required double MeanOks { get; init; }

    /// <summary>The ten numbers with their names, in COCO's order.</summary>
    public IReadOnlyList<KeyValuePair<string, double>> Metrics =>
    [
        new("AP", AP), new("AP50", AP50), new("AP75", AP75), new("APM", APM), new("APL", APL),
        new("AR", AR), new("AR50", AR50), new("AR75", AR75), new("ARM", ARM), new("ARL", ARL),
    ];
}
