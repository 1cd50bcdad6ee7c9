using System.Numerics;
using System.Runtime.InteropServices;

namespace Sinew.Training.Teachers;

/// <summary>Renders Gaussians as bin masses: each bin gets the integral over its own width, within ±4 standard deviations.</summary>
public static class GaussianBins
{
    /// <summary>Half the rendered window, in standard deviations; what lies beyond (0.006 %) is scaled into the window.</summary>
    public const float Reach = 4;

    // The error function by Abramowitz and Stegun, Handbook of Mathematical Functions, formula 7.1.26 (absolute error ≤ 1.5e-7).
    private const float P = 0.3275911f;
    private const float A1 = 0.254829592f;
    private const float A2 = -0.284496736f;
    private const float A3 = 1.421413741f;
    private const float A4 = -1.453152027f;
    private const float A5 = 1.061405429f;

    // erf(4 / √2): the mass of a normal distribution within the window.
    private const double MassWithinReach = 0.99993665751633376;
    private const int EdgesAtOnce = 256;

    private static readonly float InvSqrt2 = (float)(1 / Math.Sqrt(2));

    /// <summary>Adds a Gaussian's masses to the bins.</summary>
    /// <param name="bins">The bins that are added to.</param>
    /// <param name="mean">The mean in bins; it may lie beside them.</param>
    /// <param name="sigma">The standard deviation in bins, above 0.</param>
    /// <param name="mass">The mass that the whole Gaussian has.</param>
    /// <returns>The mass that fell on the bins: <paramref name="mass"/> less what lies beside them.</returns>
    public static float Add(Span<float> bins, float mean, float sigma, float mass)
    {
        if (!Window(bins.Length, mean, sigma, out var first, out var last)) return 0;
        Span<float> edges = stackalloc float[EdgesAtOnce + Vector<float>.Count];
        var cells = EdgesAtOnce - 1;
        var factor = (float)(0.5 / MassWithinReach * mass);
        var sum = Vector<float>.Zero;
        var tail = 0f;
        for (var start = first; start <= last; start += cells)
        {
            var count = Math.Min(cells, last - start + 1);
            var scale = InvSqrt2 / sigma;
            ErfOfEdges(edges, count + 1, (start - 0.5f - mean) * scale, scale);
            var target = bins.Slice(start, count);
            var k = 0;
            for (; k <= count - Vector<float>.Count; k += Vector<float>.Count)
            {
                var masses = Vector.Max(new Vector<float>(edges[(k + 1)..]) - new Vector<float>(edges[k..]), Vector<float>.Zero) * factor;
                sum += masses;
                (new Vector<float>(target[k..]) + masses).CopyTo(target[k..]);
            }

            for (; k < count; k++)
            {
                var one = Math.Max(edges[k + 1] - edges[k], 0) * factor;
                tail += one;
                target[k] += one;
            }
        }

        return Vector.Sum(sum) + tail;
    }

    /// <summary>The same without vector instructions, bin after bin.</summary>
    internal static float AddScalar(Span<float> bins, float mean, float sigma, float mass)
    {
        if (!Window(bins.Length, mean, sigma, out var first, out var last)) return 0;
        var factor = (float)(0.5 / MassWithinReach * mass);
        var scale = InvSqrt2 / sigma;
        var sum = 0f;
        for (var i = first; i <= last; i++)
        {
            var low = Math.Clamp((i - 0.5f - mean) * scale, -Reach * InvSqrt2, Reach * InvSqrt2);
            var high = Math.Clamp((i + 0.5f - mean) * scale, -Reach * InvSqrt2, Reach * InvSqrt2);
            var one = Math.Max(Erf(high) - Erf(low), 0) * factor;
            bins[i] += one;
            sum += one;
        }

        return sum;
    }

    /// <summary>The error function, absolute error at most 2e-7.</summary>
    /// <param name="z">The argument.</param>
    internal static float Erf(float z)
    {
        var x = Math.Abs(z);
        var t = 1 / (1 + (P * x));
        var y = 1 - (((((((((A5 * t) + A4) * t) + A3) * t) + A2) * t) + A1) * t * MathF.Exp(-x * x));
        return z < 0 ? -y : y;
    }

    // Bins whose interval meets mean ± Reach · sigma. False where there are none, or where the numbers are of no use.
    private static bool Window(int count, float mean, float sigma, out int first, out int last)
    {
        first = 0;
        last = -1;
        if (!float.IsFinite(mean) || !(sigma > 0) || !float.IsFinite(sigma)) return false;
        first = (int)Math.Max(Math.Ceiling(mean - (Reach * sigma) - 0.5), 0);
        last = (int)Math.Min(Math.Floor(mean + (Reach * sigma) + 0.5), count - 1);
        return first <= last;
    }

    // erf at count points from z on, one step apart, each clamped to the window; rounded up to whole vectors.
    private static void ErfOfEdges(Span<float> edges, int count, float z, float step)
    {
        var limit = new Vector<float>(Reach * InvSqrt2);
        var at = new Vector<float>(z) + (Vector<float>.Indices * step);
        var stride = new Vector<float>(step * Vector<float>.Count);
        ref var to = ref MemoryMarshal.GetReference(edges);
        for (var k = 0; k < count; k += Vector<float>.Count)
        {
            Erf(Vector.Min(Vector.Max(at, -limit), limit)).StoreUnsafe(ref to, (nuint)k);
            at += stride;
        }
    }

    private static Vector<float> Erf(Vector<float> z)
    {
        var x = Vector.Abs(z);
        var t = Vector<float>.One / (Vector<float>.One + (x * P));
        var poly = (((((((t * A5) + new Vector<float>(A4)) * t) + new Vector<float>(A3)) * t) + new Vector<float>(A2)) * t) + new Vector<float>(A1);
        return Vector.CopySign(Vector<float>.One - (poly * t * Vector.Exp(-(x * x))), z);
    }
}
