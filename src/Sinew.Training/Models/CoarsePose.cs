using Sinew.Tensors;

namespace Sinew.Training.Models;

/// <summary>SimCC logits read as a pose, and moved as one.</summary>
internal static class CoarsePose
{
    /// <summary>
    /// The bins of the largest logits as fractions of the crop's sides, <c>[N, K, 2]</c>, and the smaller of the two logits, <c>[N, K]</c>, as
    /// RTMPose scores joints. No gradient flows through either.
    /// </summary>
    public static (Tensor Pose, Tensor Score) Of(SimCcLogits logits)
    {
        var (x, binX) = logits.X.Max(-1);
        var (y, binY) = logits.Y.Max(-1);
        // a bin lies in the middle of its share of the side, of which pixels count from the middle of the first one
        Tensor Fraction(Tensor bin, long bins, double perPixel) => (bin.To(DType.Float32) + (perPixel / 2)) * (1.0 / bins);
        return (
            Tensor.Stack([Fraction(binX, logits.X.Shape[2], 2), Fraction(binY, logits.Y.Shape[2], 2)], 2).Detach(),
            x.Minimum(y).Detach());
    }

    /// <summary>Rows moved along their axis, with linear interpolation between bins; what moves in from outside is the row's edge.</summary>
    /// <param name="rows">Logits of one axis, <c>[N, K, W]</c>.</param>
    /// <param name="offset">How far each row moves, as a fraction of the axis, <c>[N, K]</c>.</param>
    public static Tensor Moved(Tensor rows, Tensor offset)
    {
        var (people, joints, bins) = (rows.Shape[0], rows.Shape[1], rows.Shape[2]);
        var centres = ((Tensor.Arange(0, bins, 1, DType.Float32, rows.Device) + 0.5) * (2.0 / bins)) - 1;
        var x = centres - (offset.Reshape(people * joints, 1) * 2); // [NK, W]
        var grid = Tensor.Stack([x, x * 0], 2).Unsqueeze(1); // [NK, 1, W, 2]
        return Torch.Call("aten::grid_sampler", "", rows.Reshape(people * joints, 1, 1, bins), grid, 0L, 1L, false).Reshape(people, joints, bins);
    }
}
