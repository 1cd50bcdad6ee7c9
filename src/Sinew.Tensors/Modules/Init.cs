namespace Sinew.Tensors.Modules;

/// <summary>First values of parameters, as torch.nn.init computes them, from the processor's random numbers.</summary>
public static class Init
{
    /// <summary>
    /// Even spread over ±√3 · gain / √fan, with gain = √(2 / (1 + slope²)) of a leaky ReLU. Slope √5 is PyTorch's own choice for
    /// convolutions and linear layers. (He et al. 2015, "Delving deep into rectifiers".)
    /// </summary>
    /// <param name="weight">[out, in, …].</param>
    /// <param name="slope">The slope of the leaky ReLU for negative values; 0 for a ReLU.</param>
    /// <param name="fanOut">Whether the outputs count rather than the inputs.</param>
    public static void KaimingUniform(Tensor weight, double slope = 0, bool fanOut = false)
    {
        double bound = Math.Sqrt(3) * KaimingDeviation(weight, slope, fanOut);
        Uniform(weight, -bound, bound);
    }

    /// <summary>Normal distribution of deviation gain / √fan, with gain = √(2 / (1 + slope²)) of a leaky ReLU.</summary>
    /// <param name="weight">[out, in, …].</param>
    /// <param name="slope">The slope of the leaky ReLU for negative values; 0 for a ReLU.</param>
    /// <param name="fanOut">Whether the outputs count rather than the inputs.</param>
    public static void KaimingNormal(Tensor weight, double slope = 0, bool fanOut = false) =>
        Normal(weight, 0, KaimingDeviation(weight, slope, fanOut));

    /// <summary>Normal distribution.</summary>
    /// <param name="tensor">What is filled.</param>
    /// <param name="mean">Its mean.</param>
    /// <param name="std">Its standard deviation.</param>
    public static void Normal(Tensor tensor, double mean, double std)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        using IDisposable noGrad = Torch.NoGrad();
        tensor.NormalInPlace(mean, std);
    }

    /// <summary>Even spread.</summary>
    /// <param name="tensor">What is filled.</param>
    /// <param name="from">The lower end, included.</param>
    /// <param name="to">The upper end, not included.</param>
    public static void Uniform(Tensor tensor, double from, double to)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        using IDisposable noGrad = Torch.NoGrad();
        tensor.UniformInPlace(from, to);
    }

    /// <summary>One value.</summary>
    /// <param name="tensor">What is filled.</param>
    /// <param name="value">The value.</param>
    public static void Constant(Tensor tensor, double value)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        using IDisposable noGrad = Torch.NoGrad();
        tensor.FillInPlace(value);
    }

    private static double KaimingDeviation(Tensor weight, double slope, bool fanOut)
    {
        ArgumentNullException.ThrowIfNull(weight);
        long[] shape = weight.Shape;
        if (shape.Length < 2)
            throw new ArgumentException($"a tensor of shape [{string.Join(", ", shape)}] has no inputs and outputs", nameof(weight));
        long fan = fanOut ? shape[0] : shape[1];
        for (int i = 2; i < shape.Length; i++)
            fan *= shape[i];
        return Math.Sqrt(2 / (1 + (slope * slope))) / Math.Sqrt(Math.Max(fan, 1));
    }
}
