using Sinew.Tensors;
using Sinew.Training.Data;
using Sinew.Training.Models;

namespace Sinew.Training.Losses;

/// <summary>
/// Kullback–Leibler losses between distributions over SimCC's bins. A joint's two axes are added; a joint of weight 0 carries
/// no loss and no gradient: that is the conditional loss of arXiv 2405.20084.
/// </summary>
public static class SimCcLoss
{
    /// <summary>softmax(β · values) over the bins.</summary>
    /// <param name="values">Logits, or SimCC labels, <c>[N, K, W]</c>.</param>
    /// <param name="beta">Inverse temperature.</param>
    public static Tensor Softened(Tensor values, double beta)
    {
        ArgumentNullException.ThrowIfNull(values);
        return (values * beta).Softmax(-1);
    }

    /// <summary>KL(target ‖ softmax(β·logits)) of each joint and one axis, <c>[N, K]</c>: summed or averaged over the bins.</summary>
    /// <param name="logits">The student's logits, <c>[N, K, W]</c>.</param>
    /// <param name="target">Distributions, <c>[N, K, W]</c>, each row of mass 1 (or 0: no loss). No gradient flows into them.</param>
    /// <param name="beta">Inverse temperature of the student's softmax; RTMPose uses 10.</param>
    /// <param name="bins">Sum over the bins or their mean.</param>
    public static Tensor Divergence(Tensor logits, Tensor target, double beta, BinReduction bins)
    {
        ArgumentNullException.ThrowIfNull(logits);
        var logProbability = (logits * beta).LogSoftmax(-1);
        // kl_div takes 0·log 0 as 0, which a product of tensors would make NaN
        var perBin = Torch.Call("aten::kl_div", "", logProbability, target, 0, false);
        return bins == BinReduction.Sum ? perBin.Sum([-1], false) : perBin.Mean([-1], false);
    }

    /// <summary>The weighted loss of both axes as one number (a tensor without axes).</summary>
    /// <param name="logits">The student's logits.</param>
    /// <param name="targetX">Distributions over the bins of x, <c>[N, K, Wx]</c>.</param>
    /// <param name="targetY">Distributions over the bins of y, <c>[N, K, Wy]</c>.</param>
    /// <param name="weight">Weight of each joint, <c>[N, K]</c>; 0 removes it.</param>
    /// <param name="beta">Inverse temperature of the student's softmax.</param>
    /// <param name="normalisation">What the sum is divided by.</param>
    /// <param name="share">The part of the batch that this is; null for all of it.</param>
    public static Tensor Kl(
        SimCcLogits logits, Tensor targetX, Tensor targetY, Tensor weight, double beta, LossNormalisation normalisation, BatchShare? share = null)
    {
        ArgumentNullException.ThrowIfNull(weight);
        ArgumentNullException.ThrowIfNull(normalisation);
        var perJoint = Divergence(logits.X, targetX, beta, normalisation.Bins) + Divergence(logits.Y, targetY, beta, normalisation.Bins);
        return Reduce(perJoint * weight, weight, normalisation.Joints, share ?? BatchShare.Whole);
    }

    /// <summary>
    /// The other reading of the conditional loss: the squared distance between the soft-argmax of the student's distribution
    /// and the labelled position, in units of the crop's sides, times <paramref name="scale"/>.
    /// </summary>
    /// <param name="logits">The student's logits.</param>
    /// <param name="positions">Labelled positions in crop pixels, <c>[N, K, 2]</c>.</param>
    /// <param name="weight">Weight of each joint, <c>[N, K]</c>; 0 removes it.</param>
    /// <param name="beta">Inverse temperature of the softmax.</param>
    /// <param name="scale">Factor that brings the loss to the size of the others.</param>
    /// <param name="width">Width of the crop, pixels.</param>
    /// <param name="height">Height of the crop, pixels.</param>
    /// <param name="joints">What the sum is divided by.</param>
    /// <param name="share">The part of the batch that this is; null for all of it.</param>
    public static Tensor Coordinates(
        SimCcLogits logits, Tensor positions, Tensor weight, double beta, double scale, int width, int height, JointReduction joints, BatchShare? share = null)
    {
        ArgumentNullException.ThrowIfNull(positions);
        ArgumentNullException.ThrowIfNull(weight);
        var dx = SoftArgmax(logits.X, beta) - (positions.Select(2, 0) * (1.0 / width));
        var dy = SoftArgmax(logits.Y, beta) - (positions.Select(2, 1) * (1.0 / height));
        return Reduce((dx.Square() + dy.Square()) * weight * scale, weight, joints, share ?? BatchShare.Whole);
    }

    /// <summary>The mean position under softmax(β·logits) as a fraction of the crop's side, <c>[N, K]</c>; bin b of W stands for b / W.</summary>
    /// <param name="logits">Logits of one axis, <c>[N, K, W]</c>.</param>
    /// <param name="beta">Inverse temperature of the softmax.</param>
    public static Tensor SoftArgmax(Tensor logits, double beta)
    {
        ArgumentNullException.ThrowIfNull(logits);
        var bins = logits.Shape[^1];
        var positions = Tensor.Arange(0, bins, 1, DType.Float32, logits.Device) * (1.0 / bins);
        return (Softened(logits, beta) * positions).Sum([-1], false);
    }

    private static Tensor Reduce(Tensor weighted, Tensor weight, JointReduction joints, BatchShare share) => joints switch
    {
        // at least one, so that a batch without any labelled joint gives 0 and not NaN
        JointReduction.DefinedJoints => weighted.Sum() / share.Sum(weight.Sum()).Clamp(min: 1),
        JointReduction.People => weighted.Sum() * (1.0 / (weight.Shape[0] * share.Processes)),
        JointReduction.Joints => weighted.Sum() * (1.0 / weight.Shape[1]),
        JointReduction.PeopleAndJoints => weighted.Sum() * (1.0 / (weight.Shape[0] * share.Processes * weight.Shape[1])),
        _ => throw new ArgumentOutOfRangeException(nameof(joints)),
    };
}
