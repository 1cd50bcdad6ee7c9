using FsCheck;
using FsCheck.Fluent;
using Sinew.TestSupport;
using Sinew.Training.Teachers;

namespace Sinew.Training.Tests.Teachers;

public sealed class MarginalsTests
{
    private static Gen<float> Real(double low, double high) => Gen.Choose(0, 1_000_000).Select(i => (float)(low + ((high - low) * i / 1e6)));

    [Fact]
    public void Softmax_of_log_probabilities_gives_the_probabilities_back()
    {
        float[] p = [0.05f, 0.1f, 0.15f, 0.2f, 0.05f, 0.05f, 0.1f, 0.1f, 0.1f, 0.06f, 0.04f];
        var logits = p.Select(v => MathF.Log(v) / 10).ToArray();
        var result = new float[p.Length];
        Marginals.Softmax(logits, p.Length, 10, result);
        Assert.All(p.Zip(result), pair => Assert.Equal(pair.First, pair.Second, 6));
    }

    [Fact]
    public void Softmax_equals_its_scalar_twin_and_sums_to_one() => Prop.ForAll(
        (from bins in Gen.Choose(1, 70)
         from values in Gen.ArrayOf(Real(-30, 30), bins * 3)
         from sharpness in Real(0.1, 10)
         select (bins, values, sharpness)).ToArbitrary(),
        c =>
        {
            var (fast, scalar) = (new float[c.values.Length], new float[c.values.Length]);
            Marginals.Softmax(c.values, c.bins, c.sharpness, fast);
            Marginals.SoftmaxScalar(c.values, c.bins, c.sharpness, scalar);
            return Close(fast, scalar, 2e-6f).And(Math.Abs(fast.Sum(v => (double)v) - 3) < 1e-5);
        }).Holds();

    [Fact]
    public void A_heatmaps_marginals_equal_their_scalar_twin_and_sum_to_one() => Prop.ForAll(
        (from width in Gen.Choose(1, 40)
         from height in Gen.Choose(1, 20)
         from values in Gen.ArrayOf(Real(-0.4, 0.9), width * height)
         from power in Gen.Elements(1f, 2f, 3f, 4f, 6.5f, 8f)
         from floor in Gen.Elements(0f, 0.05f, 0.3f)
         select (width, height, values, power, floor)).ToArbitrary(),
        c =>
        {
            var (x, y, xs, ys) = (new float[c.width], new float[c.height], new float[c.width], new float[c.height]);
            var peak = Marginals.OfHeatmap(c.values, c.power, c.floor, x, y);
            var same = Marginals.OfHeatmapScalar(c.values, c.power, c.floor, xs, ys);
            var whole = peak > 0 ? 1 : 0;
            return (peak == same).And(peak == c.values.Max()).And(Close(x, xs, 2e-5f)).And(Close(y, ys, 2e-5f))
                .And(Math.Abs(x.Sum() - whole) < 1e-5).And(Math.Abs(y.Sum() - whole) < 1e-5);
        }).Holds();

    [Fact]
    public void A_power_narrows_a_gaussian_by_its_root_and_leaves_its_mean()
    {
        var map = new float[64 * 48];
        for (var i = 0; i < map.Length; i++)
        {
            var (dx, dy) = ((i % 48) - 20.3, (i / 48) - 31.6);
            map[i] = 0.8f * (float)Math.Exp(-((dx * dx) + (dy * dy)) / (2 * 3.0 * 3.0));
        }

        var (x, y) = (new float[48], new float[64]);
        Assert.Equal(map.Max(), Marginals.OfHeatmap(map, 4, 0, x, y));
        var (meanX, sigmaX) = Moments(x);
        var (meanY, sigmaY) = Moments(y);
        Assert.Equal(20.3, meanX, 1e-3);
        Assert.Equal(31.6, meanY, 1e-3);
        Assert.Equal(1.5, sigmaX, 1e-3);
        Assert.Equal(1.5, sigmaY, 1e-3);
    }

    [Fact]
    public void An_empty_or_broken_heatmap_gives_no_mass()
    {
        var (x, y) = (new float[3], new float[2]);
        Assert.Equal(-1, Marginals.OfHeatmap([-1, -2, -3, -1, -2, -3], 2, 0, x, y));
        Assert.Equal(0, x.Sum() + y.Sum());
        Marginals.OfHeatmap([0, float.PositiveInfinity, 0, 0, 0, 0], 2, 0, x, y);
        Assert.Equal(0, x.Sum() + y.Sum());
        Assert.Throws<ArgumentException>(() => Marginals.OfHeatmap(new float[5], 1, 0, x, y));
    }

    [Fact]
    public void The_error_function_is_right_to_2e7()
    {
        // Values of Abramowitz and Stegun, table 7.1.
        (float Z, double Erf)[] table = [(0, 0), (0.1f, 0.1124629160), (0.5f, 0.5204998778), (1, 0.8427007929), (1.5f, 0.9661051465), (2, 0.9953222650), (-1, -0.8427007929)];
        Assert.All(table, row => Assert.InRange(GaussianBins.Erf(row.Z) - row.Erf, -2e-7, 2e-7));
    }

    [Fact]
    public void A_gaussians_masses_equal_their_scalar_twin_and_its_moments() => Prop.ForAll(
        (from mean in Real(60, 440)
         from sigma in Real(1, 12)
         from mass in Real(0.01, 1)
         select (mean, sigma, mass)).ToArbitrary(),
        c =>
        {
            var (fast, scalar) = (new float[512], new float[512]);
            var inside = GaussianBins.Add(fast, c.mean, c.sigma, c.mass);
            GaussianBins.AddScalar(scalar, c.mean, c.sigma, c.mass);
            var (mean, sigma) = Moments(fast);
            var binned = Math.Sqrt((c.sigma * c.sigma) + (1.0 / 12));
            return Close(fast, scalar, 1e-6f).And(Math.Abs(inside - c.mass) < 2e-6).And(fast.All(v => v >= 0))
                .And(Math.Abs(mean - c.mean) < 2e-3)
                .And(Math.Abs(sigma - binned) < 0.01 * binned);
        }).Holds();

    [Theory]
    [InlineData(-0.5f, 0.5f)]
    [InlineData(511.5f, 0.5f)]
    [InlineData(-41f, 0f)]
    [InlineData(1e30f, 0f)]
    [InlineData(float.NaN, 0f)]
    [InlineData(255.3f, 1f)]
    public void A_gaussian_beside_the_bins_gives_them_only_what_falls_on_them(float mean, float expected)
    {
        var bins = new float[512];
        Assert.Equal(expected, GaussianBins.Add(bins, mean, 10, 1), 1e-5);
        Assert.Equal(expected, bins.Sum(), 1e-5);
    }

    [Fact]
    public void A_gaussian_wider_than_the_axis_covers_all_of_it()
    {
        var (fast, scalar) = (new float[1000], new float[1000]);
        GaussianBins.Add(fast, 480, 300, 1);
        GaussianBins.AddScalar(scalar, 480, 300, 1);
        Assert.True(Close(fast, scalar, 1e-6f));
        Assert.True(fast.Min() > 0);
    }

    [Fact]
    public void Narrow_distributions_are_widened_to_the_minimum_and_wide_ones_left() => Prop.ForAll(
        (from mean in Real(100, 300)
         from sigma in Real(1.5, 9)
         select (mean, sigma)).ToArbitrary(),
        c =>
        {
            var masses = new float[400];
            GaussianBins.Add(masses, c.mean, c.sigma, 1);
            var before = masses.ToArray();
            var used = Marginals.Widen(masses, 5, new float[400]);
            var (mean, sigma) = Moments(masses);
            return (Math.Abs(masses.Sum() - 1) < 1e-4)
                .And(Math.Abs(mean - c.mean) < 0.01)
                .And(c.sigma < 4.8f ? Math.Abs(sigma - 5) < 0.12 && used > 0 : c.sigma < 5.2f || (used == 0 && masses.AsSpan().SequenceEqual(before)));
        }).Holds();

    [Fact]
    public void Blocky_cells_become_smooth_and_a_second_peak_does_not_count_as_width()
    {
        var masses = new float[384];
        masses.AsSpan(80, 8).Fill(0.05f);
        masses.AsSpan(300, 8).Fill(0.075f);
        Assert.InRange(Marginals.LobeSigma(masses), 3.5f, 4.5f);
        Marginals.Widen(masses, 6, new float[384]);
        Assert.Equal(1, masses.Sum(), 1e-4);
        Assert.InRange(masses[180..210].Sum(), 0, 1e-6);
        var steepest = Enumerable.Range(1, 383).Max(i => Math.Abs(masses[i] - masses[i - 1]));
        Assert.InRange(steepest, 0, 0.01);
    }

    private static bool Close(float[] a, float[] b, float tolerance) => a.Zip(b).All(p => Math.Abs(p.First - p.Second) <= tolerance);

    private static (double Mean, double Sigma) Moments(float[] masses)
    {
        double total = 0, first = 0, second = 0;
        for (var i = 0; i < masses.Length; i++) (total, first) = (total + masses[i], first + (masses[i] * (double)i));
        var mean = first / total;
        for (var i = 0; i < masses.Length; i++) second += masses[i] * (i - mean) * (i - mean);
        return (mean, Math.Sqrt(second / total));
    }
}
