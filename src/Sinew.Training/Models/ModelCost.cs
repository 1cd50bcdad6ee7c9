using Sinew.Tensors.Modules;

namespace Sinew.Training.Models;

/// <summary>What a network costs: numbers that are learned, and multiply–adds per person.</summary>
/// <param name="Parameters">Learned numbers.</param>
/// <param name="Macs">
/// Multiply–adds of convolutions, linear layers and attention for one crop, and two per element of a batch norm, as MMEngine
/// counts them.
/// </param>
public readonly record struct ModelCost(long Parameters, long Macs)
{
    /// <summary>The cost of an RTMPose network at its input size.</summary>
    /// <param name="network">The network.</param>
    public static ModelCost Of(RtmPose network)
    {
        ArgumentNullException.ThrowIfNull(network);
        long macs = 0;
        foreach (var (name, module) in network.NamedModules().Where(m => !m.Name.StartsWith(RtmPose.RefinerPrefix, StringComparison.Ordinal)))
        {
            macs += module switch
            {
                // channel attention works on one mean per channel
                Conv2d c when name.EndsWith("attention.fc", StringComparison.Ordinal) => c.Weight.Count,
                Conv2d c => c.Weight.Count * CellsAt(name, network),
                BatchNorm2d n => 2 * n.Weight.Count * CellsAt(name, network),
                Linear l => l.Weight.Count * network.Joints,
                _ => 0,
            };
        }

        // query·key and attention·value between all joints
        macs += (long)network.Joints * network.Joints * (GatedAttentionUnit.KeyWidth + (2 * RtmccHead.HiddenWidth));
        macs += network.Refiner?.Macs ?? 0;
        return new ModelCost(network.NamedParameters().Sum(p => p.Value.Count), macs);
    }

    // every convolution and norm of a stage gives a map of the stage's own stride
    private static long CellsAt(string name, RtmPose network)
    {
        var stride = name.StartsWith("backbone.stem", StringComparison.Ordinal) ? 2
            : name.StartsWith("backbone.stage", StringComparison.Ordinal) ? 2 << (name["backbone.stage".Length] - '0')
            : network.Stride;
        // at stride 16 the last stage keeps its input's size
        stride = Math.Min(stride, network.Stride);
        return (long)(network.Width / stride) * (network.Height / stride);
    }
}
