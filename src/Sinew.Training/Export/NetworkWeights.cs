using System.Globalization;
using Sinew.Tensors;
using Sinew.Tensors.Modules;

namespace Sinew.Training.Export;

/// <summary>A convolution whose batch norm is folded into it.</summary>
/// <param name="Kernel"><c>[out, in / groups, k, k]</c>.</param>
/// <param name="Bias"><c>[out]</c>.</param>
/// <param name="Shape">The kernel's axes.</param>
internal sealed record FoldedConvolution(float[] Kernel, float[] Bias, long[] Shape);

/// <summary>A network's numbers under their names, as a graph needs them.</summary>
internal sealed class NetworkWeights
{
    private readonly OrderedDictionary<string, Tensor> _state;

    /// <param name="network">The network; its tensors are read when they are asked for.</param>
    public NetworkWeights(Module network) => _state = network.StateDict();

    public bool Has(string name) => _state.ContainsKey(name);

    public long[] ShapeOf(string name) => _state[name].Shape;

    public float[] Get(string name)
    {
        using var scope = new TensorScope();
        return _state[name].To(Device.Cpu).To(DType.Float32).ToArray<float>();
    }

    /// <summary>A convolution without a norm.</summary>
    public FoldedConvolution Convolution(string name) => new(Get(name + ".weight"), Get(name + ".bias"), ShapeOf(name + ".weight"));

    /// <summary>
    /// A convolution and the batch norm behind it as one convolution: weight · γ / √(σ² + ε), bias β − μ · γ / √(σ² + ε).
    /// </summary>
    /// <param name="name">Both stand under this name, as <c>conv</c> and <c>bn</c>.</param>
    /// <param name="epsilon">The norm's ε.</param>
    public FoldedConvolution Folded(string name, double epsilon)
    {
        var kernel = Get(name + ".conv.weight");
        var (gamma, beta) = (Get(name + ".bn.weight"), Get(name + ".bn.bias"));
        var (mean, variance) = (Get(name + ".bn.running_mean"), Get(name + ".bn.running_var"));
        var bias = new float[gamma.Length];
        var size = kernel.Length / gamma.Length;
        for (var c = 0; c < gamma.Length; c++)
        {
            var factor = gamma[c] / Math.Sqrt(variance[c] + epsilon);
            bias[c] = (float)(beta[c] - (mean[c] * factor));
            if (!double.IsFinite(factor) || !float.IsFinite(bias[c]))
                throw new SinewException($"{name}.bn: channel {c.ToString(CultureInfo.InvariantCulture)} is not finite: the training diverged; export an earlier checkpoint");
            foreach (ref var weight in kernel.AsSpan(c * size, size)) weight = (float)(weight * factor);
        }

        return new FoldedConvolution(kernel, bias, ShapeOf(name + ".conv.weight"));
    }

    /// <summary>A linear layer's weights as the right side of a product, <c>[in, out]</c>, times a factor.</summary>
    public float[] Transposed(string name, double factor = 1)
    {
        var weight = Get(name);
        var (rows, columns) = (ShapeOf(name)[0], ShapeOf(name)[1]);
        var turned = new float[weight.Length];
        for (var r = 0L; r < rows; r++)
        {
            for (var c = 0L; c < columns; c++) turned[(c * rows) + r] = (float)(weight[(r * columns) + c] * factor);
        }

        return turned;
    }
}
