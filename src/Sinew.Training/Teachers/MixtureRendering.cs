namespace Sinew.Training.Teachers;

/// <summary>Renders mixtures as distributions over the student's bins.</summary>
public static class MixtureRendering
{
    // Where less than this lies in the crop, there is nothing to teach.
    private const float LeastInside = 1e-3f;

    /// <summary>
    /// The marginals over x and over y, given that the joint lies in the crop: a component counts for what of it is inside (its
    /// share on one axis times that on the other; their correlation is neglected in this), and each marginal sums to 1.
    /// </summary>
    /// <param name="components">The components in crop pixels; their weights sum to 1.</param>
    /// <param name="grid">The student's bins.</param>
    /// <param name="minimumSigma">The smallest standard deviations, in bins of x and of y, that components are drawn with.</param>
    /// <param name="x">Receives the masses over x; all 0 where the joint lies outside.</param>
    /// <param name="y">Receives the masses over y; all 0 where the joint lies outside.</param>
    /// <returns>The share of the mass, 0–1, that lies inside the crop.</returns>
    public static float Render(
        ReadOnlySpan<Gaussian2D> components, BinGrid grid, (float X, float Y) minimumSigma, Span<float> x, Span<float> y)
    {
        x.Clear();
        y.Clear();
        Span<Drawn> drawn = stackalloc Drawn[MixtureFit.MaxComponents];
        var inside = 0f;
        for (var k = 0; k < components.Length; k++)
        {
            ref readonly var c = ref components[k];
            ref var d = ref drawn[k];
            d.MeanX = (float)grid.X.BinOf(c.X);
            d.MeanY = (float)grid.Y.BinOf(c.Y);
            d.SigmaX = Math.Max(MathF.Sqrt(Math.Max(c.XX, 0)) / (float)grid.X.Step, minimumSigma.X);
            d.SigmaY = Math.Max(MathF.Sqrt(Math.Max(c.YY, 0)) / (float)grid.Y.Step, minimumSigma.Y);
            (d.InsideX, d.InsideY) = (Inside(d.MeanX, d.SigmaX, x.Length), Inside(d.MeanY, d.SigmaY, y.Length));
            inside += c.Weight * d.InsideX * d.InsideY;
        }

        if (!(inside > LeastInside)) return 0;
        var scale = 1 / inside;
        for (var k = 0; k < components.Length; k++)
        {
            ref readonly var d = ref drawn[k];
            var weight = components[k].Weight * scale;
            GaussianBins.Add(x, d.MeanX, d.SigmaX, weight * d.InsideY);
            GaussianBins.Add(y, d.MeanY, d.SigmaY, weight * d.InsideX);
        }

        return Math.Min(inside, 1);
    }

    private static float Inside(float mean, float sigma, int bins)
    {
        if (!(sigma > 0) || !float.IsFinite(mean) || !float.IsFinite(sigma)) return 0;
        if (mean - (GaussianBins.Reach * sigma) > -0.5f && mean + (GaussianBins.Reach * sigma) < bins - 0.5f) return 1;
        return Math.Max(GaussianBins.ShareBelow((bins - 0.5f - mean) / sigma) - GaussianBins.ShareBelow((-0.5f - mean) / sigma), 0);
    }

    private struct Drawn
    {
        public float MeanX;
        public float MeanY;
        public float SigmaX;
        public float SigmaY;
        public float InsideX;
        public float InsideY;
    }
}
