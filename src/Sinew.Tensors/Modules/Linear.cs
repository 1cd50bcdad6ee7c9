using Sinew.Tensors.Functional;

namespace Sinew.Tensors.Modules;

/// <summary>x · weightᵀ + bias, as torch.nn.Linear, with its initial values.</summary>
public sealed class Linear : Module
{
    /// <summary>Makes the layer.</summary>
    /// <param name="inFeatures">The length of the input's last dimension.</param>
    /// <param name="outFeatures">The length of the output's.</param>
    /// <param name="bias">Whether there is a bias.</param>
    public Linear(long inFeatures, long outFeatures, bool bias = true)
    {
        Weight = Parameter("weight", Tensor.Empty([outFeatures, inFeatures]));
        Init.KaimingUniform(Weight, Math.Sqrt(5));
        if (bias)
        {
            Bias = Parameter("bias", Tensor.Empty([outFeatures]));
            double bound = 1 / Math.Sqrt(inFeatures);
            Init.Uniform(Bias, -bound, bound);
        }
    }

    /// <summary>[outFeatures, inFeatures].</summary>
    public Tensor Weight { get; }

    /// <summary>[outFeatures], or none.</summary>
    public Tensor? Bias { get; }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => F.Linear(x, Weight, Bias);
}
