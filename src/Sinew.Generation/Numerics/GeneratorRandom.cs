namespace Sinew.Generation.Numerics;

/// <summary>
/// Random numbers that follow from a seed, an index and a purpose alone (SplitMix64, Steele et al. 2014): a change in how clothes
/// are drawn leaves the poses as they are.
/// </summary>
internal sealed class GeneratorRandom
{
    private const ulong Golden = 0x9E3779B97F4A7C15;
    private ulong _state;

    public GeneratorRandom(long seed, long index, int purpose) =>
        _state = Finish(Finish((ulong)seed + Golden) ^ Finish(((ulong)index * 0xD1B54A32D192ED03) + (ulong)purpose + 1));

    public ulong Bits()
    {
        _state += Golden;
        return Finish(_state);
    }

    /// <summary>Uniform in [0, 1), 24 bits.</summary>
    public float Unit() => (Bits() >> 40) * (1f / (1 << 24));

    public float Range(float from, float to) => from + ((to - from) * Unit());

    /// <summary>About normal (a sum of four uniforms), never more than 3.5 deviations off.</summary>
    public float Normal() => (Unit() + Unit() + Unit() + Unit() - 2) * 1.7320508f;

    public float Normal(float mean, float deviation) => mean + (Normal() * deviation);

    public float Clipped(float mean, float deviation, float from, float to) => Math.Clamp(Normal(mean, deviation), from, to);

    public bool Chance(float probability) => Unit() < probability;

    /// <summary>−1 or 1.</summary>
    public float Sign() => Chance(0.5f) ? 1 : -1;

    public int Whole(int below) => (int)Math.BigMul(Bits(), (ulong)below, out _);

    public T Pick<T>(ReadOnlySpan<T> items) => items[Whole(items.Length)];

    /// <summary>An index, by weights.</summary>
    public int Weighted(ReadOnlySpan<float> weights)
    {
        var sum = 0f;
        foreach (var w in weights) sum += w;
        var at = Unit() * sum;
        for (var i = 0; i < weights.Length - 1; i++)
        {
            at -= weights[i];
            if (at < 0) return i;
        }

        return weights.Length - 1;
    }

    public static ulong Finish(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
