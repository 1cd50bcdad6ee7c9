namespace Sinew.Training.Teachers;

/// <summary>What becomes of the mass that falls beside the target's bins.</summary>
public enum OutsideMass
{
    /// <summary>It is dropped; the bins then sum to what is inside.</summary>
    Drop,

    /// <summary>It is dropped and the rest scaled up to the source's whole mass (unless hardly anything is inside).</summary>
    Renormalise,

    /// <summary>It is put into the nearest edge bin.</summary>
    Edge,
}

/// <summary>
/// Carries distributions from the bins of one crop to those of another by a 1-D affine map. Linear, and made once for all
/// people whose crops differ in the same way.
/// </summary>
/// <remarks>
/// <para>
/// A source bin's mass is spread evenly over the interval that the bin covers in the target (piecewise-constant density) and
/// shared among the target's bins by hat functions, which sum to one and reproduce linear functions: so the mass is kept, and
/// the mean moves by the map exactly, for any ratio of the bin widths. (Plain interval overlap keeps the mass too, but
/// moves the mean by up to half a bin.) Where both bins are equally wide the mass is not spread first, so that a shift by
/// whole bins, and the identity, change nothing.
/// </para>
/// <para>Deviations below a hundredth of a bin over the whole axis count as rounding of the geometry and are snapped to a shift by whole bins.</para>
/// </remarks>
public sealed class AxisResampling
{
    // A crop of few pixels far from the image's corner is known to some thousandths of a bin only: its geometry is in single precision.
    private const double Rounding = 0.01;
    internal const float HardlyAnything = 1e-3f;

    private readonly int[] _firstTarget;
    private readonly int[] _firstWeight;
    private readonly float[] _weights;
    private readonly OutsideMass _outside;

    /// <summary>Prepares the resampling.</summary>
    /// <param name="source">The bins that distributions are given on.</param>
    /// <param name="target">The bins that they are wanted on.</param>
    /// <param name="map">From the source's crop pixels to the target's.</param>
    /// <param name="outside">What becomes of mass beside the target's bins.</param>
    /// <exception cref="ArgumentException">An axis has no bins or no positive step, or the map is not finite or has scale 0.</exception>
    public AxisResampling(BinAxis source, BinAxis target, AxisMap map, OutsideMass outside = OutsideMass.Renormalise)
    {
        if (source.Count < 1 || target.Count < 1 || !(source.Step > 0) || !(target.Step > 0))
        {
            throw new ArgumentException($"an axis needs bins and a positive step, not {source} and {target}");
        }

        if (!double.IsFinite(map.Offset) || !double.IsFinite(map.Scale) || map.Scale == 0)
        {
            throw new ArgumentException($"the map {map} can't be used");
        }

        (Source, Target, Map, _outside) = (source, target, map, outside);
        var step = map.Scale * source.Step / target.Step;
        var first = target.BinOf(map.Apply(source.Origin));
        if (Math.Abs(Math.Abs(step) - 1) * source.Count < Rounding)
        {
            step = Math.Sign(step);
            if (Math.Abs(first - Math.Round(first)) < Rounding) first = Math.Round(first);
        }

        IsIdentity = step == 1 && first == 0 && source.Count == target.Count;
        (_firstTarget, _firstWeight, _weights) = IsIdentity ? ([], [], []) : Weights(step, first);
    }

    /// <summary>The bins that distributions are given on.</summary>
    public BinAxis Source { get; }

    /// <summary>The bins that they are carried to.</summary>
    public BinAxis Target { get; }

    /// <summary>From the source's crop pixels to the target's.</summary>
    public AxisMap Map { get; }

    /// <summary>True where the target's bins are the source's: distributions pass through bit for bit.</summary>
    public bool IsIdentity { get; }

    /// <summary>True where this resampling may serve for another map: they differ by less than 0.01 target bins on the whole axis.</summary>
    /// <param name="map">The other map.</param>
    public bool Serves(AxisMap map)
    {
        var last = Source.PixelOf(Source.Count - 1);
        return Math.Abs(Map.Apply(Source.Origin) - map.Apply(Source.Origin)) < Rounding * Target.Step
            && Math.Abs(Map.Apply(last) - map.Apply(last)) < Rounding * Target.Step;
    }

    /// <summary>Carries one distribution over.</summary>
    /// <param name="source">Masses on the source's bins, <c>[Source.Count]</c>, not negative.</param>
    /// <param name="target">Receives the masses on the target's bins, <c>[Target.Count]</c>.</param>
    /// <returns>The share of the source's mass, 0–1, that falls on the target's bins.</returns>
    /// <exception cref="ArgumentException">A span has another length than its axis.</exception>
    public float Apply(ReadOnlySpan<float> source, Span<float> target)
    {
        if (source.Length != Source.Count || target.Length != Target.Count)
        {
            throw new ArgumentException($"{Source.Count} and {Target.Count} bins are expected, not {source.Length} and {target.Length}");
        }

        if (IsIdentity)
        {
            source.CopyTo(target);
            return 1;
        }

        target.Clear();
        var whole = 0.0;
        for (var j = 0; j < source.Length; j++)
        {
            // Sharpened heatmaps are empty but for a few cells.
            var mass = source[j];
            if (mass == 0) continue;
            whole += mass;
            var weights = _weights.AsSpan(_firstWeight[j].._firstWeight[j + 1]);
            var to = target.Slice(_firstTarget[j], weights.Length);
            for (var k = 0; k < weights.Length; k++) to[k] += weights[k] * mass;
        }

        if (!(whole > 0)) return 0;
        var inside = 0.0;
        foreach (var mass in target) inside += mass;
        var share = (float)Math.Min(1, inside / whole);
        if (_outside == OutsideMass.Renormalise && share >= HardlyAnything)
        {
            var factor = (float)(whole / inside);
            for (var i = 0; i < target.Length; i++) target[i] *= factor;
        }

        return share;
    }

    // Per source bin, the run of target bins that it reaches and its share in each.
    private (int[] FirstTarget, int[] FirstWeight, float[] Weights) Weights(double step, double first)
    {
        var firstTarget = new int[Source.Count];
        var firstWeight = new int[Source.Count + 1];
        var weights = new List<float>();
        var half = Math.Abs(step) * 0.5;
        var spread = Math.Abs(step) != 1;
        var last = Target.Count - 1;
        for (var j = 0; j < Source.Count; j++)
        {
            var at = first + (j * step);
            var reach = spread ? half + 1 : 1;
            var edge = _outside == OutsideMass.Edge;
            var from = (int)Math.Clamp(Math.Floor(at - reach), 0, edge ? last : last + 1);
            var to = (int)Math.Clamp(Math.Ceiling(at + reach), edge ? 0 : -1, last);
            firstTarget[j] = Math.Min(from, last);
            for (var i = from; i <= to; i++)
            {
                var share = spread ? (HatIntegral(at + half - i) - HatIntegral(at - half - i)) / (2 * half) : Math.Max(0, 1 - Math.Abs(at - i));
                if (edge && i == 0) share += Beyond(-at);
                if (edge && i == last) share += Beyond(at - last);
                weights.Add((float)share);
            }

            firstWeight[j + 1] = weights.Count;

            // The share that hats beyond an edge bin would take of a source bin centred so far beyond it.
            double Beyond(double distance) => spread
                ? (RampIntegral(distance + half) - RampIntegral(distance - half)) / (2 * half)
                : Math.Clamp(distance, 0, 1);
        }

        return (firstTarget, firstWeight, [.. weights]);
    }

    // The integral from −∞ to z of the hat 1 − |z| on [−1, 1].
    private static double HatIntegral(double z) =>
        z <= -1 ? 0 : z >= 1 ? 1 : z < 0 ? (z + 1) * (z + 1) * 0.5 : 1 - ((1 - z) * (1 - z) * 0.5);

    // The integral of the ramp that is 0 below 0, z on [0, 1] and 1 above: the sum of all hats centred at 1, 2, ….
    private static double RampIntegral(double z) => z <= 0 ? 0 : z >= 1 ? z - 0.5 : z * z * 0.5;
}
