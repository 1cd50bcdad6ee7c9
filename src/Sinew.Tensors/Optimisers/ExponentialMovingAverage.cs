using Sinew.Tensors.Modules;

namespace Sinew.Tensors.Optimisers;

/// <summary>
/// A slow copy of a network's parameters and buffers: average += m · (network − average), with
/// m = momentum + (1 − momentum) · exp(−(1 + t) / warmUp) after t updates; the first update copies. (MMEngine's ExpMomentumEMA;
/// without warm-up, its ExponentialMovingAverage.)
/// </summary>
public sealed class ExponentialMovingAverage : IDisposable
{
    private readonly OrderedDictionary<string, Tensor> _average = new(StringComparer.Ordinal);
    private readonly OrderedDictionary<string, Tensor> _source;
    private readonly HashSet<string> _copied = new(StringComparer.Ordinal);
    private readonly double _momentum;
    private readonly double _warmUp;

    /// <summary>Starts an average with a copy of the network.</summary>
    /// <param name="network">The network that is followed.</param>
    /// <param name="momentum">How far the average goes in an update, 0 to 1.</param>
    /// <param name="warmUp">How many updates it takes until that; 0 for none.</param>
    /// <param name="averageBuffers">Whether floating-point buffers are averaged too; otherwise they are copied, as integers always are.</param>
    public ExponentialMovingAverage(Module network, double momentum, double warmUp = 0, bool averageBuffers = true)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentOutOfRangeException.ThrowIfNegative(momentum);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(momentum, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(warmUp);
        (_momentum, _warmUp) = (momentum, warmUp);
        _source = network.StateDict();
        var parameters = network.NamedParameters().Select(p => p.Name).ToHashSet(StringComparer.Ordinal);
        using IDisposable noGrad = Torch.NoGrad();
        foreach ((string name, Tensor value) in _source)
        {
            Tensor copy = value.Clone();
            copy.LeaveScope();
            _average.Add(name, copy);
            if (!value.DType.IsFloating() || !(averageBuffers || parameters.Contains(name)))
                _copied.Add(name);
        }
    }

    /// <summary>How many updates there were.</summary>
    public long Updates { get; private set; }

    /// <summary>The average, under the network's names.</summary>
    public IReadOnlyDictionary<string, Tensor> Average => _average;

    /// <summary>Moves the average towards what the network is now.</summary>
    public void Update()
    {
        double momentum = Updates == 0
            ? 1
            : _momentum + (_warmUp > 0 ? (1 - _momentum) * Math.Exp(-(1 + Updates) / _warmUp) : 0);
        using IDisposable noGrad = Torch.NoGrad();
        foreach ((string name, Tensor average) in _average)
        {
            if (momentum == 1 || _copied.Contains(name))
                average.CopyInPlace(_source[name]);
            else
                average.LerpInPlace(_source[name], momentum);
        }

        Updates++;
    }

    /// <summary>Exchanges the network's values and the average's, so that the network is the average until the next exchange.</summary>
    public void Swap()
    {
        using IDisposable noGrad = Torch.NoGrad();
        foreach ((string name, Tensor average) in _average)
        {
            using Tensor kept = average.Clone();
            average.CopyInPlace(_source[name]);
            _source[name].CopyInPlace(kept);
        }
    }

    /// <summary>The average and the count of updates.</summary>
    /// <returns>The tensors themselves, not copies.</returns>
    public OptimiserState State()
    {
        var state = new OptimiserState();
        state.Scalars.Add("updates", Updates);
        foreach ((string name, Tensor average) in _average)
            state.Tensors.Add(name, average);
        return state;
    }

    /// <summary>Goes on from a saved state. The values are copied.</summary>
    /// <param name="state">What <see cref="State"/> gave for the same network.</param>
    /// <exception cref="SinewException">The state belongs to another network; nothing was changed then.</exception>
    public void Load(OptimiserState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        double updates = state.ScalarFor("updates");
        foreach ((string name, Tensor average) in _average)
            state.TensorFor(name, average);
        using IDisposable noGrad = Torch.NoGrad();
        foreach ((string name, Tensor average) in _average)
            average.CopyInPlace(state.TensorFor(name, average));
        Updates = (long)updates;
    }

    /// <summary>Releases the average; the network stays.</summary>
    public void Dispose()
    {
        foreach (Tensor average in _average.Values)
            average.Dispose();
    }
}
