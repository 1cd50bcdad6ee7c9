namespace Sinew.Inference;

/// <summary>How people are followed from frame to frame. Plain data; the defaults suit video of 10 to 60 frames a second.</summary>
public sealed record TrackerOptions
{
    /// <summary>
    /// Weight of the poses' similarity (OKS) against that of the boxes (IoU), 0–1: poses tell apart people who stand close together, boxes
    /// still fit where limbs moved fast. Default: 0.6.
    /// </summary>
    public float PoseWeight { get; init; } = 0.6f;

    /// <summary>Two that are less similar than this are never taken for the same person, 0–1. Default: 0.15.</summary>
    public float MinSimilarity { get; init; } = 0.15f;

    /// <summary>
    /// Who was not seen in the last frame is back only where somebody is at least this similar, 0–1: much may have happened meanwhile.
    /// Default: 0.3.
    /// </summary>
    public float ReturnSimilarity { get; init; } = 0.3f;

    /// <summary>
    /// Factor on the joints' OKS sigmas. COCO's say how exactly people mark a joint; from one frame to the next a joint also moves. Default: 2.
    /// </summary>
    public float Motion { get; init; } = 2;

    /// <summary>A person who has not been seen for more frames than this is gone; who comes back later gets a new id. Default: 30.</summary>
    public int KeepFrames { get; init; } = 30;

    /// <summary>Boxes that score less continue a person, but do not begin one. Default: 0.3.</summary>
    public float StartScore { get; init; } = 0.3f;
}
