namespace Sinew.Skeletons;

/// <summary>One joint (keypoint) of a skeleton.</summary>
/// <param name="Name">The data set's own name, such as <c>left_wrist</c>.</param>
/// <param name="Id">The canonical id: joints of two skeletons are the same joint where their ids are equal.</param>
/// <param name="Swap">Name of the joint that a horizontal flip puts in this one's place; null for joints on the midline.</param>
/// <param name="Sigma">The joint's OKS fall-off (COCO's <c>sigma</c>), relative to the square root of the person's area.</param>
/// <param name="Parent">Name of the joint that this one's limb hangs on; null for a root.</param>
public sealed record Joint(string Name, string Id, string? Swap, double Sigma, string? Parent);
