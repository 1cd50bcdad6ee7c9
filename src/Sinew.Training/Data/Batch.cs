using Sinew.Tensors;

namespace Sinew.Training.Data;

/// <summary>What one teacher says of a batch, in the student's bins and joints.</summary>
/// <param name="X">Distributions over the bins of x, <c>[N, K, Wx]</c>; rows without weight are 0.</param>
/// <param name="Y">Distributions over the bins of y, <c>[N, K, Wy]</c>.</param>
/// <param name="Weight">Weight of each joint, <c>[N, K]</c>: 0 where the teacher lacks the joint or is unsure of it.</param>
public sealed record TeacherTargets(Tensor X, Tensor Y, Tensor Weight);

/// <summary>One batch as tensors on the training's device.</summary>
/// <param name="Crops">Normalised crops, <c>[N, 3, H, W]</c>.</param>
/// <param name="LabelX">SimCC labels over the bins of x, <c>[N, K, Wx]</c>.</param>
/// <param name="LabelY">SimCC labels over the bins of y, <c>[N, K, Wy]</c>.</param>
/// <param name="Weight">Weight of each label, <c>[N, K]</c>: 0 for joints that the data set lacks or nobody marked.</param>
/// <param name="Positions">Labelled positions, crop pixels, <c>[N, K, 2]</c>.</param>
/// <param name="Teachers">One per teacher, in the recipe's order.</param>
public sealed record Batch(
    Tensor Crops, Tensor LabelX, Tensor LabelY, Tensor Weight, Tensor Positions, IReadOnlyList<TeacherTargets> Teachers)
{
    /// <summary>The part of the step's whole batch that this is.</summary>
    public BatchShare Share { get; init; } = BatchShare.Whole;
}
