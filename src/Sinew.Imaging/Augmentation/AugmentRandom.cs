using System.Numerics;

namespace Sinew.Imaging;

/// <summary>
/// The random numbers of one person's augmentation: xoshiro256++ (Blackman and Vigna, 2019) seeded through SplitMix64. The
/// same seed, epoch and person give the same numbers on every machine, whatever thread asks, because only integer
/// arithmetic and exact floating-point operations are used.
/// </summary>
public struct AugmentRandom
{
    private ulong _s0, _s1, _s2, _s3;

    /// <summary>Starts the stream of one person in one epoch.</summary>
    /// <param name="seed">The run's seed.</param>
    /// <param name="epoch">The epoch.</param>
    /// <param name="person">The person's number, the same in every epoch.</param>
    public AugmentRandom(ulong seed, long epoch, long person)
    {
        // Each number is mixed before the next is added, so that (1, 2) and (2, 1) are different streams.
        var key = seed;
        key = SplitMix(ref key) ^ (ulong)epoch;
        key = SplitMix(ref key) ^ (ulong)person;
        (_s0, _s1, _s2, _s3) = (SplitMix(ref key), SplitMix(ref key), SplitMix(ref key), SplitMix(ref key));
    }

    internal AugmentRandom(ulong s0, ulong s1, ulong s2, ulong s3) => (_s0, _s1, _s2, _s3) = (s0, s1, s2, s3);

    /// <summary>64 random bits.</summary>
    public ulong NextBits()
    {
        var result = BitOperations.RotateLeft(_s0 + _s3, 23) + _s0;
        var t = _s1 << 17;
        _s2 ^= _s0;
        _s3 ^= _s1;
        _s1 ^= _s2;
        _s0 ^= _s3;
        _s2 ^= t;
        _s3 = BitOperations.RotateLeft(_s3, 45);
        return result;
    }

    /// <summary>Uniform in [0, 1), a multiple of 2⁻⁵³.</summary>
    public double NextUnit() => (NextBits() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Uniform between two values.</summary>
    /// <param name="low">Smallest value.</param>
    /// <param name="high">Not reached, but for rounding.</param>
    public double Uniform(double low, double high) => low + (NextUnit() * (high - low));

    /// <summary>Uniform among 0 … <paramref name="count"/> − 1, each equally likely.</summary>
    /// <param name="count">How many values; positive.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is not positive.</exception>
    public int Below(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        var n = (uint)count;
        // Lemire, "Fast random integer generation in an interval" (2019): the few draws that would favour small values are repeated.
        var product = (ulong)(uint)(NextBits() >> 32) * n;
        if ((uint)product < n)
        {
            var refused = (uint)-(int)n % n;
            while ((uint)product < refused) product = (ulong)(uint)(NextBits() >> 32) * n;
        }

        return (int)(product >> 32);
    }

    /// <summary>True with a given probability.</summary>
    /// <param name="probability">0 to 1.</param>
    public bool Chance(double probability) => NextUnit() < probability;

    /// <summary>A standard normal value, given that it lies in [−1, 1], as MMPose's box transform draws it.</summary>
    /// <remarks>
    /// A uniform x is kept with probability exp(−x²/2), which von Neumann's comparison method decides without computing an
    /// exponential: the length of a falling run of uniforms that starts at x²/2 is even with just that probability.
    /// </remarks>
    public double TruncatedNormal()
    {
        while (true)
        {
            var x = Uniform(-1, 1);
            var last = x * x * 0.5;
            var length = 0;
            for (double u; (u = NextUnit()) < last; last = u) length++;
            if (length % 2 == 0) return x;
        }
    }

    internal static ulong SplitMix(ref ulong state)
    {
        var z = state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
