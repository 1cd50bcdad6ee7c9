namespace Sinew.Evaluation;

/// <summary>How poses are scored by object keypoint similarity. The defaults are COCO's.</summary>
public sealed record OksOptions
{
    /// <summary>
    /// Joints of the labels' skeleton that are scored; null scores all. The others are treated as if nobody had labelled
    /// them: a person none of whose scored joints is labelled is ignored like one without any joints (neither missed nor
    /// wrongly found), and similarities are means over the scored joints alone.
    /// </summary>
    public IReadOnlyList<int>? Joints { get; init; }

    /// <summary>Sigmas per joint of the labels' skeleton; null takes the skeleton's own.</summary>
    public IReadOnlyList<double>? Sigmas { get; init; }

    /// <summary>How many predictions of an image are considered, the best-scored first.</summary>
    public int MaxDetections { get; init; } = 20;

    /// <summary>Take 0.53 × width × height of a person's box for its area (sets that label no area: CrowdPose, AIC).</summary>
    public bool AreaFromBoxes { get; init; }

    /// <summary>
    /// Ignore people by their joints' flags instead of by the file's <c>num_keypoints</c>. xtcocotools does so in all
    /// protocols but CrowdPose's; pycocotools goes by the file.
    /// </summary>
    public bool CountFlags { get; init; }

    /// <summary>Leave out predictions none of whose scored joints has a score above 0, as xtcocotools does.</summary>
    public bool DropUnscored { get; init; }

    /// <summary>Rank predictions by the column of this name in <see cref="PoseResults.PartScores"/> where there is one.</summary>
    public string? PartScore { get; init; }

    /// <summary>
    /// How many of the labels' joints, from the first on, span the area of a prediction that has none of its own
    /// (<see cref="PoseResults.Areas"/>); null takes all. xtcocotools takes COCO-WholeBody's 17 of the body.
    /// </summary>
    public int? SpanningJoints { get; init; }

    /// <summary>How many threads work; 0 takes as many as there are processors. The result does not depend on it.</summary>
    public int Threads { get; init; }
}
