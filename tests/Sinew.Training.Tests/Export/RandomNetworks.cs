using Sinew.Skeletons;
using Sinew.Tensors;
using Sinew.Tensors.Modules;
using Sinew.Training.Models;

namespace Sinew.Training.Tests.Export;

/// <summary>Networks whose every number is random, of sizes that a trained network's have.</summary>
internal static class RandomNetworks
{
    public static RtmPose Make(string size, int joints, int width, int height, ulong seed = 7, double headScale = 4, bool refined = false)
    {
        Torch.ManualSeed((long)seed);
        using var scope = new TensorScope();
        using var frozen = Torch.NoGrad();
        var network = new RtmPose(RtmPoseSize.Named(size), joints, width, height, refiner: refined ? (16, Skeleton(joints).Limbs) : null);
        foreach (var (name, parameter) in network.NamedParameters().Where(p => p.Name.StartsWith("refiner.offset", StringComparison.Ordinal) || p.Name.EndsWith(".edges", StringComparison.Ordinal)))
            Init.Uniform(parameter, -0.05, 0.05);
        network.Head.ScaleInitialWeights(headScale);
        var norms = network.NamedModules().Select(m => m.Module).OfType<BatchNorm2d>().ToList();
        foreach (var norm in norms)
        {
            norm.Momentum = 1;
            Init.Uniform(norm.Weight, 0.5, 1.5);
            Init.Normal(norm.Bias, 0, 0.3);
        }

        // each norm's statistics are those of the values that reach it, then moved away from them
        network.Train(true);
        network.Forward(Tensor.Randn([2, 3, height, width]));
        network.Train(false);
        foreach (var norm in norms)
        {
            norm.RunningMean.AddInPlace(Tensor.Randn(norm.RunningMean.Shape) * 0.2);
            norm.RunningVariance.MulInPlace(Tensor.Rand(norm.RunningVariance.Shape) + 0.5);
        }

        foreach (var (name, parameter) in network.NamedParameters())
        {
            if (name.EndsWith(".g", StringComparison.Ordinal) || name.EndsWith("res_scale.scale", StringComparison.Ordinal)) Init.Uniform(parameter, 0.5, 1.5);
        }

        return network;
    }

    public static ModelDescription Describe(RtmPose network, Skeleton skeleton) => ModelDescription.Of(network, skeleton, (4.9, 5.66));

    public static Skeleton Skeleton(int joints) => BuiltInSkeletons.Get(joints switch { 17 => "coco17", 21 => "body21", 133 => "coco-wholebody133", _ => "lsp14" });
}
