using Sinew.Tensors;
using Sinew.Training.Data;

namespace Sinew.Training.Losses;

/// <summary>
/// Cross-entropy between the head's joint maps, read as logits over their few cells, and the labelled position spread
/// bilinearly over the nearest four cells. It shows the backbone where a joint is before the head has learned to read the maps.
/// This project's own; used only at the start of a training, and only where a recipe asks for it.
/// </summary>
public static class CoarseMapLoss
{
    /// <summary>The loss, averaged over the joints that carry weight (a tensor without axes).</summary>
    /// <param name="maps">The head's joint maps before they become tokens, <c>[N, K, h, w]</c>.</param>
    /// <param name="positions">Labelled positions, crop pixels, <c>[N, K, 2]</c>.</param>
    /// <param name="weight">Weight of each joint, <c>[N, K]</c>.</param>
    /// <param name="width">Width of the crop, pixels.</param>
    /// <param name="height">Height of the crop, pixels.</param>
    /// <param name="share">The part of the batch that this is; null for all of it.</param>
    public static Tensor Of(Tensor maps, Tensor positions, Tensor weight, int width, int height, BatchShare? share = null)
    {
        ArgumentNullException.ThrowIfNull(maps);
        ArgumentNullException.ThrowIfNull(positions);
        ArgumentNullException.ThrowIfNull(weight);
        var (rows, columns) = (maps.Shape[2], maps.Shape[3]);
        var x = Hat(positions.Select(2, 0), columns, width).Unsqueeze(2); // [N, K, 1, w]
        var y = Hat(positions.Select(2, 1), rows, height).Unsqueeze(3); // [N, K, h, 1]
        var target = (y * x).Flatten(2, 3);
        var crossEntropy = -(maps.Flatten(2, 3).LogSoftmax(-1) * target).Sum([-1], false);
        return (crossEntropy * weight).Sum() / (share ?? BatchShare.Whole).Sum(weight.Sum()).Clamp(min: 1);
    }

    // linear interpolation weights of a position among cell centres; positions outside fall on the edge cell
    private static Tensor Hat(Tensor position, long cells, int side)
    {
        var cell = ((position + 0.5) * ((double)cells / side) - 0.5).Clamp(0, cells - 1);
        var centres = Tensor.Arange(0, cells, 1, DType.Float32, position.Device);
        return (1 - (cell.Unsqueeze(2) - centres).Abs()).Clamp(min: 0);
    }
}
