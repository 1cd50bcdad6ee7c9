namespace Sinew.Evaluation;

/// <summary>What a distance between label and prediction is measured by.</summary>
public enum PckReference
{
    /// <summary>
    /// The person's torso as usual for LSP: from the left shoulder to the right hip of the labels or, where one of them is
    /// not labelled, from the right shoulder to the left hip. People with neither are left out.
    /// </summary>
    Torso,

    /// <summary>The longer side of the person's box (as in MMPose's <c>PCKAccuracy</c> with <c>norm_item="bbox"</c>).</summary>
    Box,

    /// <summary>The labels' head size (MPII's PCKh: 0.6 × the diagonal of the head box).</summary>
    Head,
}

/// <summary>How the percentage of correct keypoints is counted.</summary>
public sealed record PckOptions
{
    /// <summary>A joint is right where its distance is less than this part of the reference: strictly less.</summary>
    public double Threshold { get; init; } = 0.2;

    /// <summary>What distances are measured by.</summary>
    public PckReference Reference { get; init; } = PckReference.Torso;

    /// <summary>Joints of the labels' skeleton that are scored; null scores all.</summary>
    public IReadOnlyList<int>? Joints { get; init; }

    /// <summary>Added to both predicted coordinates, pixels: 1 where labels count from 1 and predictions from 0.</summary>
    public double Offset { get; init; }
}

/// <summary>One joint's part in a percentage of correct keypoints.</summary>
/// <param name="Name">The joint's name in the labels' skeleton.</param>
/// <param name="Hits">How many predictions of it are right.</param>
/// <param name="Labelled">How many people count: their joint is labelled and their reference is known.</param>
public sealed record PckJoint(string Name, int Hits, int Labelled)
{
    /// <summary>Hits over labelled, 0 to 1; −1 where none is labelled.</summary>
    public double Pck => Labelled == 0 ? -1 : (double)Hits / Labelled;
}

/// <summary>The percentage of correct keypoints, as a fraction.</summary>
/// <param name="Joints">The scored joints, in the labels' order.</param>
public sealed record PckScores(IReadOnlyList<PckJoint> Joints)
{
    /// <summary>How many people were scored.</summary>
    public required int People { get; init; }

    /// <summary>How many were left out because their reference is not known or 0, or because they are crowds.</summary>
    public required int LeftOut { get; init; }

    /// <summary>
    /// All hits over all labelled joints, 0 to 1; −1 where none is labelled. A joint that is labelled more often weighs more, as in MPII's
    /// PCKh; MMPose's <c>PCKAccuracy</c> gives the mean of <see cref="PckJoint.Pck"/> over the joints instead.
    /// </summary>
    public double Pck => Joints.Sum(j => j.Labelled) is var all and > 0 ? (double)Joints.Sum(j => j.Hits) / all : -1;
}
