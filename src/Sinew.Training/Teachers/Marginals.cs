using System.Numerics;

namespace Sinew.Training.Teachers;

/// <summary>Turns what networks put out into distributions over x and over y: non-negative masses that sum to one.</summary>
public static class Marginals
{
    // Below this a half-maximum walk has nothing to hold on to.
    private const float Nothing = 1e-20f;

    /// <summary>Softmax over the bins of each row: exp(sharpness · logit), normalised.</summary>
    /// <param name="logits">Rows of logits, <c>[rows, bins]</c>.</param>
    /// <param name="bins">Bins per row.</param>
    /// <param name="sharpness">The inverse temperature; RTMPose's own loss uses 10 (<c>KLDiscretLoss</c>'s β).</param>
    /// <param name="probabilities">Receives the probabilities, <c>[rows, bins]</c>; may be the logits themselves.</param>
    /// <exception cref="ArgumentException">The spans are not whole rows of the same length.</exception>
    public static void Softmax(ReadOnlySpan<float> logits, int bins, float sharpness, Span<float> probabilities)
    {
        RequireRows(logits.Length, bins, probabilities.Length);
        for (var row = 0; row < logits.Length; row += bins)
        {
            SoftmaxRow(logits.Slice(row, bins), sharpness, probabilities.Slice(row, bins));
        }
    }

    /// <summary>The same without vector instructions.</summary>
    internal static void SoftmaxScalar(ReadOnlySpan<float> logits, int bins, float sharpness, Span<float> probabilities)
    {
        RequireRows(logits.Length, bins, probabilities.Length);
        for (var row = 0; row < logits.Length; row += bins)
        {
            var max = float.NegativeInfinity;
            for (var i = row; i < row + bins; i++) max = Math.Max(max, logits[i]);
            var sum = 0f;
            for (var i = row; i < row + bins; i++) sum += probabilities[i] = MathF.Exp((logits[i] - max) * sharpness);
            for (var i = row; i < row + bins; i++) probabilities[i] /= sum;
        }
    }

    /// <summary>
    /// The marginals of one heatmap: values below 0, or below <paramref name="floor"/> of the peak, count as 0; the rest is raised
    /// to a power (which narrows a Gaussian of width σ to σ / √power), and summed over the other axis.
    /// </summary>
    /// <param name="heatmap">One joint's map, <c>[height, width]</c>.</param>
    /// <param name="power">The power, at least 1; small whole numbers are fastest.</param>
    /// <param name="floor">Share of the peak, 0–1, below which values count as 0: a flat background must not become mass.</param>
    /// <param name="x">Receives the masses over x, <c>[width]</c>; their sum is 1, or 0 for a map without a positive value.</param>
    /// <param name="y">Receives the masses over y, <c>[height]</c>, likewise.</param>
    /// <returns>The peak: the largest value of the map as it came (its sign kept).</returns>
    /// <exception cref="ArgumentException">The map is not height · width long.</exception>
    public static float OfHeatmap(ReadOnlySpan<float> heatmap, float power, float floor, Span<float> x, Span<float> y)
    {
        if (heatmap.Length != x.Length * y.Length || heatmap.Length == 0)
        {
            throw new ArgumentException($"a heatmap of {heatmap.Length} values is not {x.Length} wide and {y.Length} high");
        }

        x.Clear();
        y.Clear();
        var peak = Max(heatmap);
        if (!(peak > 0) || !float.IsFinite(peak)) return peak;

        var width = x.Length;
        var total = 0.0;
        for (var row = 0; row < y.Length; row++)
        {
            y[row] = AddRow(heatmap.Slice(row * width, width), 1 / peak, power, floor, x);
            total += y[row];
        }

        Scale(x, (float)(1 / total));
        Scale(y, (float)(1 / total));
        return peak;
    }

    /// <summary>The same without vector instructions.</summary>
    internal static float OfHeatmapScalar(ReadOnlySpan<float> heatmap, float power, float floor, Span<float> x, Span<float> y)
    {
        x.Clear();
        y.Clear();
        var peak = float.NegativeInfinity;
        foreach (var value in heatmap) peak = Math.Max(peak, value);
        if (!(peak > 0) || !float.IsFinite(peak)) return peak;

        var total = 0.0;
        for (var i = 0; i < heatmap.Length; i++)
        {
            var value = SharpenedScalar(heatmap[i] * (1 / peak), power, floor);
            x[i % x.Length] += value;
            y[i / x.Length] += value;
            total += value;
        }

        for (var i = 0; i < x.Length; i++) x[i] *= (float)(1 / total);
        for (var i = 0; i < y.Length; i++) y[i] *= (float)(1 / total);
        return peak;
    }

    /// <summary>
    /// Widens distributions that are narrower than wanted, by a Gaussian that makes up the difference: coarse heatmap cells become
    /// smooth, and a target is not a spike that no student of the codec's width could match. Wider ones stay as they are.
    /// </summary>
    /// <param name="masses">One distribution.</param>
    /// <param name="minimumSigma">The smallest standard deviation wanted around the peak, in bins.</param>
    /// <param name="scratch">As long as the distribution; what is in it is lost.</param>
    /// <returns>The standard deviation of the Gaussian used, 0 where none was.</returns>
    /// <remarks>The width of the main lobe is that of a Gaussian which falls to exp(−½) of its peak over the same distance, so a second, distant peak does not count.</remarks>
    public static float Widen(Span<float> masses, float minimumSigma, Span<float> scratch)
    {
        if (!(minimumSigma > 0)) return 0;
        var width = LobeSigma(masses);
        var missing = (minimumSigma * minimumSigma) - (width * width);
        if (!(missing > 0.01f)) return 0;
        var sigma = MathF.Sqrt(missing);
        Blur(masses, sigma, scratch[..masses.Length]);
        return sigma;
    }

    /// <summary>The standard deviation of a Gaussian as wide as the distribution's main lobe, in bins; 0 for an empty one.</summary>
    /// <param name="masses">One distribution.</param>
    public static float LobeSigma(ReadOnlySpan<float> masses)
    {
        if (masses.IsEmpty || !(Max(masses) > Nothing)) return 0;
        var peak = masses.IndexOf(Max(masses));
        const float atOneSigma = 0.60653066f;
        var level = masses[peak] * atOneSigma;
        var (left, leftFound) = Walk(masses, peak, -1, level);
        var (right, rightFound) = Walk(masses, peak, 1, level);

        // A lobe cut off by the edge is as wide as its other side says.
        return (leftFound, rightFound) switch
        {
            (true, true) => (left + right) * 0.5f,
            (true, false) => left,
            (false, true) => right,
            _ => masses.Length,
        };
    }

    internal static float Max(ReadOnlySpan<float> values)
    {
        var best = new Vector<float>(float.NegativeInfinity);
        var i = 0;
        for (; i <= values.Length - Vector<float>.Count; i += Vector<float>.Count) best = Vector.Max(best, new Vector<float>(values[i..]));
        var max = float.NegativeInfinity;
        for (var k = 0; k < Vector<float>.Count; k++) max = Math.Max(max, best[k]);
        for (; i < values.Length; i++) max = Math.Max(max, values[i]);
        return max;
    }

    internal static void Scale(Span<float> values, float factor)
    {
        var i = 0;
        for (; i <= values.Length - Vector<float>.Count; i += Vector<float>.Count) (new Vector<float>(values[i..]) * factor).CopyTo(values[i..]);
        for (; i < values.Length; i++) values[i] *= factor;
    }

    internal static float SharpenedScalar(float relative, float power, float floor)
    {
        if (!(relative > 0) || relative < floor) return 0;
        return power == 1 ? relative : MathF.Pow(relative, power);
    }

    /// <summary>One row of a heatmap as <see cref="OfHeatmap"/> sharpens it.</summary>
    /// <param name="row">The row.</param>
    /// <param name="scale">1 / the map's peak.</param>
    /// <param name="power">The power.</param>
    /// <param name="floor">Share of the peak below which values count as 0.</param>
    /// <param name="least">Sharpened values below this become 0.</param>
    /// <param name="sharpened">Receives the values, 0–1.</param>
    /// <returns>True where one is not 0.</returns>
    internal static bool SharpenRow(ReadOnlySpan<float> row, float scale, float power, float floor, float least, Span<float> sharpened)
    {
        var below = new Vector<float>(Math.Max(floor, MathF.Pow(least, 1 / power)));
        var whole = power is 1 or 2 or 4 or 8;
        var any = false;
        var i = 0;
        for (; i <= row.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            var value = new Vector<float>(row[i..]) * scale;
            value = Vector.ConditionalSelect(Vector.GreaterThanOrEqual(value, below), value, Vector<float>.Zero);
            if (!Vector.EqualsAll(value, Vector<float>.Zero))
            {
                any = true;
                value = Sharpened(value, power, whole);
            }

            value.CopyTo(sharpened[i..]);
        }

        for (; i < row.Length; i++)
        {
            var value = SharpenedScalar(row[i] * scale, power, below[0]);
            sharpened[i] = value;
            any |= value > 0;
        }

        return any;
    }

    private static void SoftmaxRow(ReadOnlySpan<float> logits, float sharpness, Span<float> probabilities)
    {
        var max = Max(logits);
        var offset = new Vector<float>(max);
        var sums = Vector<float>.Zero;
        var sum = 0f;
        var i = 0;
        for (; i <= logits.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            var e = Vector.Exp((new Vector<float>(logits[i..]) - offset) * sharpness);
            e.CopyTo(probabilities[i..]);
            sums += e;
        }

        for (; i < logits.Length; i++) sum += probabilities[i] = MathF.Exp((logits[i] - max) * sharpness);
        Scale(probabilities, 1 / (Vector.Sum(sums) + sum));
    }

    // Adds one row's sharpened values to the column sums and returns their sum.
    private static float AddRow(ReadOnlySpan<float> row, float scale, float power, float floor, Span<float> columns)
    {
        var whole = power is 1 or 2 or 4 or 8;
        var least = new Vector<float>(floor);
        var sums = Vector<float>.Zero;
        var sum = 0f;
        var i = 0;
        for (; i <= row.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            var value = Vector.Max(new Vector<float>(row[i..]) * scale, Vector<float>.Zero);
            value = Vector.ConditionalSelect(Vector.LessThan(value, least), Vector<float>.Zero, value);
            if (Vector.EqualsAll(value, Vector<float>.Zero)) continue;
            value = Sharpened(value, power, whole);
            sums += value;
            (new Vector<float>(columns[i..]) + value).CopyTo(columns[i..]);
        }

        for (; i < row.Length; i++)
        {
            var value = SharpenedScalar(row[i] * scale, power, floor);
            sum += value;
            columns[i] += value;
        }

        return Vector.Sum(sums) + sum;
    }

    private static Vector<float> Sharpened(Vector<float> value, float power, bool whole)
    {
        if (!whole) return Vector.ConditionalSelect(Vector.GreaterThan(value, Vector<float>.Zero), Vector.Exp(Vector.Log(value) * power), Vector<float>.Zero);
        for (var p = 1; p < power; p *= 2) value *= value;
        return value;
    }

    private static (float Distance, bool Found) Walk(ReadOnlySpan<float> masses, int peak, int direction, float level)
    {
        for (var i = peak + direction; i >= 0 && i < masses.Length; i += direction)
        {
            if (masses[i] > level) continue;
            var before = masses[i - direction];
            return (Math.Abs(i - peak) - ((level - masses[i]) / (before - masses[i])), true);
        }

        return (0, false);
    }

    // Convolves with a Gaussian; the mass that would leave at the ends stays in the end bins.
    private static void Blur(Span<float> masses, float sigma, Span<float> scratch)
    {
        var radius = Math.Min((int)MathF.Ceiling(3.5f * sigma), masses.Length);
        Span<float> kernel = stackalloc float[256];
        radius = Math.Min(radius, (kernel.Length - 1) / 2);
        kernel = kernel[..((2 * radius) + 1)];
        kernel.Clear();
        var total = GaussianBins.Add(kernel, radius, sigma, 1);
        Scale(kernel, 1 / total);
        masses.CopyTo(scratch);
        masses.Clear();
        for (var i = 0; i < scratch.Length; i++)
        {
            var mass = scratch[i];
            if (mass < 1e-9f) continue;
            var from = Math.Max(i - radius, 0);
            var to = Math.Min(i + radius, masses.Length - 1);
            AddScaled(kernel.Slice(from - i + radius, to - from + 1), mass, masses[from..]);
            for (var k = i - radius; k < 0; k++) masses[0] += kernel[k - i + radius] * mass;
            for (var k = i + radius; k >= masses.Length; k--) masses[^1] += kernel[k - i + radius] * mass;
        }
    }

    private static void AddScaled(ReadOnlySpan<float> values, float factor, Span<float> to)
    {
        var i = 0;
        for (; i <= values.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            (new Vector<float>(to[i..]) + (new Vector<float>(values[i..]) * factor)).CopyTo(to[i..]);
        }

        for (; i < values.Length; i++) to[i] += values[i] * factor;
    }

    private static void RequireRows(int values, int bins, int results)
    {
        if (bins < 1 || values % bins != 0 || values != results)
        {
            throw new ArgumentException($"{values} values and {results} results are not whole rows of {bins} bins");
        }
    }
}
