namespace Sinew.Tensors.Optimisers;

/// <summary>Keeps gradients within bounds before a step.</summary>
public static class GradientClip
{
    /// <summary>
    /// Scales all gradients together so that their common Euclidean length is at most a bound, as
    /// torch.nn.utils.clip_grad_norm_ does.
    /// </summary>
    /// <param name="parameters">Parameters; those without a gradient do not count.</param>
    /// <param name="maxNorm">The bound.</param>
    /// <returns>The length before scaling; infinite or NaN where a gradient is, and nothing is scaled then.</returns>
    public static double ByNorm(IEnumerable<Tensor> parameters, double maxNorm)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxNorm);
        using IDisposable noGrad = Torch.NoGrad();
        using var scope = new TensorScope();
        Tensor[] gradients = [.. parameters.Select(p => p.Grad).OfType<Tensor>()];
        if (gradients.Length == 0)
            return 0;
        double total = Tensor.Stack(Ops.ForeachNorm.CallMany(gradients, 2L)).Norm().Item();
        double factor = maxNorm / (total + 1e-6);
        if (factor < 1 && double.IsFinite(total))
            Ops.ForeachMulInPlace.Do(gradients, factor);
        return total;
    }
}
