using Sinew.Skeletons;

namespace Sinew.Annotations;

/// <summary>The label formats that are read.</summary>
public enum AnnotationFormat
{
    /// <summary>Found out from the file: its outline, its joints' names and count.</summary>
    Auto,

    /// <summary>COCO keypoints, whatever the joints.</summary>
    Coco,

    /// <summary>COCO-WholeBody: keypoints with foot_kpts, face_kpts, lefthand_kpts and righthand_kpts, or all 133 in one list.</summary>
    CocoWholeBody,

    /// <summary>CrowdPose: COCO's form with a crowd index per image and no area; some copies swap image widths and heights.</summary>
    CrowdPose,

    /// <summary>AI Challenger in COCO's form.</summary>
    Aic,

    /// <summary>Halpe, 26 or 136 joints, in COCO's form.</summary>
    Halpe,

    /// <summary>PoseTrack 2018: COCO's form with track ids; its flag 1 means labelled.</summary>
    PoseTrack18,

    /// <summary>OCHuman in COCO's form.</summary>
    OcHuman,

    /// <summary>JHMDB in COCO's form, with 1-based pixels.</summary>
    Jhmdb,

    /// <summary>MPII-TRB: COCO's form with centre and zoom in place of a box, and 1-based pixels.</summary>
    MpiiTrb,

    /// <summary>MPII as MMPose hands it on: a list of people with image, center, scale, joints, joints_vis, in 1-based pixels.</summary>
    Mpii,
}

/// <summary>What a reader does with a record that is wrong.</summary>
public enum OnBad
{
    /// <summary>It stops with an error that names file and record.</summary>
    Fail,

    /// <summary>It leaves the record out and counts it in the <see cref="ReadReport"/>.</summary>
    Skip,
}

/// <summary>How a label file is read.</summary>
public sealed record ReadOptions
{
    /// <summary>The file's format.</summary>
    public AnnotationFormat Format { get; init; }

    /// <summary>
    /// The file's joints; null takes the built-in skeleton whose names are those of the file's category (or, where the file names
    /// none, the one that the format or the number of joints leaves), and makes one from the file's names where no built-in one fits.
    /// </summary>
    public Skeleton? Skeleton { get; init; }

    /// <summary>What is done with a record that is wrong. A file that is no JSON or is truncated is always an error.</summary>
    public OnBad OnBad { get; init; }

    /// <summary>
    /// The folder of the images, loose or in tar shards; where it is given, an image that is not there is a wrong record, and so is everybody on it.
    /// </summary>
    public string? ImagesFolder { get; init; }

    /// <summary>The category to read; null reads the one named <c>person</c>, or else the first whose joints are named.</summary>
    public long? Category { get; init; }
}
