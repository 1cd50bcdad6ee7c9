using Sinew.Skeletons;

namespace Sinew.Evaluation;

/// <summary>How predictions are scored: each is a way that data sets' authors have published.</summary>
public enum ScoringProtocol
{
    /// <summary>COCO's ten keypoint numbers, for labels of any skeleton.</summary>
    Coco,

    /// <summary>MPII's PCKh.</summary>
    Mpii,

    /// <summary>CrowdPose: AP by crowd index.</summary>
    CrowdPose,

    /// <summary>COCO-WholeBody: COCO's numbers for each part of the body.</summary>
    WholeBody,

    /// <summary>Halpe's labels on body21's joints, the thorax as midpoint of the shoulders.</summary>
    Halpe21,

    /// <summary>The percentage of correct keypoints.</summary>
    Pck,
}

/// <summary>What may be said about a scoring beside its protocol.</summary>
public sealed record ScoringOptions
{
    /// <summary>The labels' skeleton; null takes the protocol's own or, for coco and pck, what the file says.</summary>
    public Skeleton? Skeleton { get; init; }

    /// <summary>The predictions' skeleton; null takes the labels'.</summary>
    public Skeleton? PredictedSkeleton { get; init; }

    /// <summary>Which joints are scored, as <see cref="JointSelection"/> reads it; null scores all.</summary>
    public string? Joints { get; init; }

    /// <summary>mpii: in which frame the predictions stand.</summary>
    public MpiiFrame MpiiFrame { get; init; } = MpiiFrame.FromZero;

    /// <summary>mpii: <c>mpii_gt_val.mat</c>, for labels without head sizes.</summary>
    public string? HeadBoxes { get; init; }

    /// <summary>pck: the part of the reference that a right joint may be off.</summary>
    public double PckThreshold { get; init; } = 0.2;

    /// <summary>pck: what distances are measured by.</summary>
    public PckReference PckReference { get; init; } = PckReference.Torso;

    /// <summary>
    /// Predictions were made in a detector's boxes and their scores are the boxes': rescore them by their joints and suppress near
    /// duplicates first, as MMPose does (<see cref="OksSuppression"/>).
    /// </summary>
    public bool RescoreAndSuppress { get; init; }

    /// <summary>Leave out predictions for images that the labels do not have, and say how many, instead of refusing them.</summary>
    public bool SkipUnknownImages { get; init; }

    /// <summary>Per joint: labelled, kinds of error, mean similarity.</summary>
    public bool Errors { get; init; }

    /// <summary>How many threads work; 0 takes as many as there are processors.</summary>
    public int Threads { get; init; }
}
