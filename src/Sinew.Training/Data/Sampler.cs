namespace Sinew.Training.Data;

/// <summary>One person's turn in a training.</summary>
/// <param name="Dataset">Index of the data set.</param>
/// <param name="Person">Row of the person in it.</param>
/// <param name="Pass">How often this data set has been gone through before.</param>
public readonly record struct Draw(int Dataset, int Person, int Pass);

/// <summary>
/// Says whose turn it is: data sets by their ratios, spread evenly, the people of each in a new random order at every pass.
/// The order follows from the seed and the number of draws so far, which is the whole state.
/// </summary>
public sealed class Sampler
{
    private readonly int[] _sizes;
    private readonly double[] _shares;
    private readonly long _seed;
    private readonly long[] _drawn;
    private readonly int[][] _order;
    private readonly long[] _orderPass;

    /// <summary>Makes a sampler at its beginning.</summary>
    /// <param name="sizes">People of each data set, at least one each.</param>
    /// <param name="ratios">Relative share of each data set in the draws; 0 leaves it out.</param>
    /// <param name="seed">Seed of the orders.</param>
    /// <exception cref="ArgumentException">A data set is empty, or no ratio is above 0.</exception>
    public Sampler(IReadOnlyList<int> sizes, IReadOnlyList<double> ratios, long seed)
    {
        ArgumentNullException.ThrowIfNull(sizes);
        ArgumentNullException.ThrowIfNull(ratios);
        if (sizes.Count != ratios.Count || sizes.Count == 0) throw new ArgumentException("one ratio per data set is needed");
        if (sizes.Any(s => s <= 0)) throw new ArgumentException("a data set has no people");
        var sum = ratios.Sum();
        if (!(sum > 0) || ratios.Any(r => r < 0 || !double.IsFinite(r))) throw new ArgumentException("ratios must not be negative, and one must be above 0");
        _sizes = [.. sizes];
        _shares = [.. ratios.Select(r => r / sum)];
        _seed = seed;
        _drawn = new long[sizes.Count];
        _order = new int[sizes.Count][];
        _orderPass = [.. Enumerable.Repeat(-1L, sizes.Count)];
    }

    /// <summary>Draws so far from each data set: the state, as <see cref="Restore"/> takes it.</summary>
    public IReadOnlyList<long> Drawn => _drawn;

    /// <summary>Goes on where another sampler of the same sizes, ratios and seed stood.</summary>
    /// <param name="drawn">Its <see cref="Drawn"/>.</param>
    public void Restore(IReadOnlyList<long> drawn)
    {
        ArgumentNullException.ThrowIfNull(drawn);
        if (drawn.Count != _drawn.Length || drawn.Any(d => d < 0)) throw new ArgumentException("the state is of another set of data sets");
        for (var i = 0; i < _drawn.Length; i++) _drawn[i] = drawn[i];
    }

    /// <summary>The next turns.</summary>
    /// <param name="draws">Filled from its first to its last item.</param>
    public void Next(Span<Draw> draws)
    {
        var total = _drawn.Sum();
        for (var i = 0; i < draws.Length; i++, total++)
        {
            var dataset = 0;
            var largest = double.NegativeInfinity;
            for (var d = 0; d < _shares.Length; d++)
            {
                // the data set that is furthest behind its share goes first
                var behind = (_shares[d] * (total + 1)) - _drawn[d];
                if (_shares[d] > 0 && behind > largest + 1e-9) (largest, dataset) = (behind, d);
            }

            var (pass, position) = Math.DivRem(_drawn[dataset], _sizes[dataset]);
            draws[i] = new Draw(dataset, OrderOf(dataset, pass)[position], (int)pass);
            _drawn[dataset]++;
        }
    }

    private int[] OrderOf(int dataset, long pass)
    {
        if (_orderPass[dataset] == pass) return _order[dataset];
        var order = _order[dataset] ??= new int[_sizes[dataset]];
        for (var i = 0; i < order.Length; i++) order[i] = i;
        var state = Mix((ulong)_seed) ^ Mix(((ulong)dataset << 40) + (ulong)pass + 0x9E3779B97F4A7C15);
        for (var i = order.Length - 1; i > 0; i--)
        {
            state += 0x9E3779B97F4A7C15;
            var j = (int)Math.BigMul(Mix(state), (ulong)(i + 1), out _);
            (order[i], order[j]) = (order[j], order[i]);
        }

        _orderPass[dataset] = pass;
        return order;
    }

    // SplitMix64's finaliser: the same numbers on every machine, which System.Random does not promise
    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
