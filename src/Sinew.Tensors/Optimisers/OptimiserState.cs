namespace Sinew.Tensors.Optimisers;

/// <summary>
/// Everything that has to be kept so that training goes on as if it had never stopped: tensors and numbers by name, to be put
/// into any file.
/// </summary>
public sealed class OptimiserState
{
    /// <summary>Tensors by name.</summary>
    public OrderedDictionary<string, Tensor> Tensors { get; } = new(StringComparer.Ordinal);

    /// <summary>Numbers by name.</summary>
    public OrderedDictionary<string, double> Scalars { get; } = new(StringComparer.Ordinal);

    internal Tensor TensorFor(string name, Tensor like)
    {
        if (!Tensors.TryGetValue(name, out Tensor? tensor))
            throw new SinewException($"the saved state has no '{name}': it belongs to another network or optimiser");
        if (!tensor.Shape.AsSpan().SequenceEqual(like.Shape))
            throw new SinewException($"the saved state's '{name}' is [{string.Join(", ", tensor.Shape)}] in place of [{string.Join(", ", like.Shape)}]: it belongs to another network");
        return tensor;
    }

    internal double ScalarFor(string name) => Scalars.TryGetValue(name, out double value)
        ? value
        : throw new SinewException($"the saved state has no '{name}': it belongs to another network or optimiser");
}
