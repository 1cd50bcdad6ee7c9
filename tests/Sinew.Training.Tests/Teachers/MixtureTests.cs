using FsCheck;
using FsCheck.Fluent;
using Sinew.Geometry;
using Sinew.TestSupport;
using Sinew.Training.Teachers;

namespace Sinew.Training.Tests.Teachers;

public sealed class MixtureTests
{
    private static Gen<float> Real(double low, double high) => Gen.Choose(0, 1_000_000).Select(i => (float)(low + ((high - low) * i / 1e6)));

    private static void Draw(Span<float> map, int width, double height, double x, double y, double xx, double xy, double yy)
    {
        var det = (xx * yy) - (xy * xy);
        for (var i = 0; i < map.Length; i++)
        {
            var (dx, dy) = ((i % width) - x, (i / width) - y);
            map[i] += (float)(height * Math.Exp(-0.5 * ((yy * dx * dx) - (2 * xy * dx * dy) + (xx * dy * dy)) / det));
        }
    }

    [Fact]
    public void One_gaussian_is_found_again() => Prop.ForAll(
        (from x in Real(15, 33)
         from y in Real(15, 49)
         from xx in Real(1.5, 8)
         from yy in Real(1.5, 8)
         from correlation in Real(-0.7, 0.7)
         from height in Real(0.1, 2)
         select (x, y, xx, yy, correlation, height)).ToArbitrary(),
        c =>
        {
            var map = new float[48 * 64];
            var xy = c.correlation * Math.Sqrt(c.xx * c.yy);
            Draw(map, 48, c.height, c.x, c.y, c.xx, xy, c.yy);
            var found = new Gaussian2D[3];
            var count = new MixtureFit().FitHeatmap(map, 48, 2, 0, found, out var peak);
            var g = found[0];

            // Raised to the power 2 the covariance halves; the cells' own width adds 1/12; cells below 1e-4 are left out.
            return (count == 1).And(peak == map.Max()).And(g.Weight == 1)
                .And(Math.Abs(g.X - c.x) < 0.02).And(Math.Abs(g.Y - c.y) < 0.02)
                .And(Math.Abs(g.XX - (c.xx / 2) - (1 / 12.0)) < 0.02 + (0.02 * c.xx))
                .And(Math.Abs(g.YY - (c.yy / 2) - (1 / 12.0)) < 0.02 + (0.02 * c.yy))
                .And(Math.Abs(g.XY - (xy / 2)) < 0.02 + (0.02 * Math.Abs(xy)));
        }).Holds();

    [Fact]
    public void Two_distinct_peaks_become_two_components_in_their_proportion()
    {
        var map = new float[48 * 64];
        Draw(map, 48, 0.9, 12, 20, 4, 0, 4);
        Draw(map, 48, 0.45, 34, 41.5, 4, 1, 3);
        var found = new Gaussian2D[3];
        Assert.Equal(2, new MixtureFit().FitHeatmap(map, 48, 1, 0, found, out _));
        Assert.Equal(0.9 * 4 / ((0.9 * 4) + (0.45 * Math.Sqrt(11))), found[0].Weight, 0.005);
        Assert.Equal(12, found[0].X, 0.05f);
        Assert.Equal(34, found[1].X, 0.05f);
        Assert.Equal(41.5f, found[1].Y, 0.05f);
        Assert.InRange(found[1].XY, 0.9, 1.1);
    }

    [Fact]
    public void No_more_than_three_peaks_are_kept_and_the_highest_are()
    {
        var map = new float[48 * 64];
        for (var i = 0; i < 5; i++) Draw(map, 48, 0.5 + (0.1 * i), 8 + (8 * i), 10 + (10 * i), 2, 0, 2);
        var found = new Gaussian2D[3];
        Assert.Equal(3, new MixtureFit().FitHeatmap(map, 48, 4, 0, found, out _));
        var places = found.Select(g => g.X).Order().ToArray();
        Assert.Equal(32, places[1], 0.2f);
        Assert.Equal(40, places[2], 0.2f);
    }

    [Fact]
    public void A_large_flat_map_is_summarised_in_blocks()
    {
        var map = new float[256 * 256];
        Draw(map, 256, 1, 120, 90, 900, 0, 400);
        var found = new Gaussian2D[3];
        Assert.Equal(1, new MixtureFit().FitHeatmap(map, 256, 1, 0, found, out _));
        Assert.Equal(120, found[0].X, 0.5f);
        Assert.Equal(90, found[0].Y, 0.5f);
        Assert.InRange(found[0].XX, 850, 910);
        Assert.InRange(found[0].YY, 380, 410);
    }

    [Fact]
    public void Maps_without_anything_in_them_have_no_component()
    {
        var fit = new MixtureFit();
        var found = new Gaussian2D[3];
        Assert.Equal(0, fit.FitHeatmap(new float[12], 4, 2, 0, found, out _));
        Assert.Equal(0, fit.FitHeatmap([float.NaN, 1, 2, 3], 2, 2, 0, found, out _));
        Assert.Equal(0, fit.FitProduct(new float[4], [1, 0], found));
        Assert.Equal(1, fit.FitProduct([0, 1, 0], [1], found));
    }

    [Fact]
    public void A_product_of_marginals_has_their_moments()
    {
        var (x, y) = (new float[384], new float[512]);
        GaussianBins.Add(x, 100.25f, 5, 0.75f);
        GaussianBins.Add(x, 250, 6, 0.25f);
        GaussianBins.Add(y, 300, 7, 1);
        var found = new Gaussian2D[3];
        Assert.Equal(2, new MixtureFit().FitProduct(x, y, found));
        Assert.Equal(0.75f, found[0].Weight, 0.005f);
        Assert.Equal(100.25f, found[0].X, 0.05f);
        Assert.Equal(25.2f, found[0].XX, 0.5f);
        Assert.Equal(300, found[1].Y, 0.05f);
        Assert.Equal(250, found[1].X, 0.05f);
    }

    [Fact]
    public void Rendered_marginals_sum_to_one_and_have_the_carried_mean_and_variance() => Prop.ForAll(
        (from rotation in Real(-180, 180)
         from scale in Real(200, 600)
         from flip in Gen.Elements(true, false)
         from dx in Real(-30, 30)
         from dy in Real(-40, 40)
         from sx in Real(4, 12)
         from sy in Real(4, 12)
         from correlation in Real(-0.8, 0.8)
         select (rotation, scale, flip, dx, dy, sx, sy, correlation)).ToArbitrary(),
        c =>
        {
            var crop = new CropGeometry(400, 300, c.scale * 0.75f, c.scale, c.rotation, 192, 256, c.flip);
            var grid = BinGrid.SimCc(192, 256, 2);
            var image = new Gaussian2D(1, 400 + c.dx, 300 + c.dy, c.sx * c.sx, c.correlation * c.sx * c.sy, c.sy * c.sy);
            var (x, y) = (new float[384], new float[512]);
            var inside = MixtureRendering.Render([image.Through(crop.ImageToCrop())], grid, (0, 0), x, y);

            // The affine map by hand: u = the crop's x axis in the image, so the variance along it is uᵀ Σ u.
            var m = crop.ImageToCrop();
            var (px, py) = m.Apply(image.X, image.Y);
            var vx = (m.A * m.A * image.XX) + (2 * m.A * m.B * image.XY) + (m.B * m.B * image.YY);
            var vy = (m.D * m.D * image.XX) + (2 * m.D * m.E * image.XY) + (m.E * m.E * image.YY);
            return (inside > 0.9f)
                .And(Math.Abs(x.Sum() - 1) < 1e-4).And(Math.Abs(y.Sum() - 1) < 1e-4)
                .And(inside < 1 || (Math.Abs(Mean(x) / 2 - px) < 0.02 && Math.Abs(Mean(y) / 2 - py) < 0.02))
                .And(inside < 1 || (Math.Abs(Variance(x) / 4 - vx) < 0.05 + (0.02 * vx) && Math.Abs(Variance(y) / 4 - vy) < 0.05 + (0.02 * vy)));
        }).Holds();

    [Fact]
    public void A_component_outside_the_crop_on_one_axis_does_not_count_on_the_other()
    {
        var (x, y) = (new float[384], new float[512]);
        var share = MixtureRendering.Render(
            [new Gaussian2D(0.6f, 50, 60, 9, 0, 9), new Gaussian2D(0.4f, 100, 400, 9, 0, 9)], BinGrid.SimCc(192, 256, 2), (0, 0), x, y);
        Assert.Equal(0.6f, share, 1e-4);
        Assert.Equal(1, x.AsSpan(70, 60).ToArray().Sum(), 1e-4);
        Assert.Equal(1, y.Sum(), 1e-4);
        Assert.Equal(0, x.AsSpan(170, 60).ToArray().Sum(), 1e-4);
    }

    [Fact]
    public void Nothing_is_drawn_of_a_joint_outside_the_crop_or_of_broken_numbers()
    {
        var (x, y) = (new float[384], new float[512]);
        var grid = BinGrid.SimCc(192, 256, 2);
        Assert.Equal(0, MixtureRendering.Render([new Gaussian2D(1, -50, 60, 9, 0, 9)], grid, (0, 0), x, y));
        Assert.Equal(0, MixtureRendering.Render([new Gaussian2D(float.NaN, 50, 60, 9, 0, 9)], grid, (0, 0), x, y));
        Assert.Equal(0, MixtureRendering.Render([new Gaussian2D(1, float.NaN, 60, 9, 0, 9)], grid, (0, 0), x, y));
        Assert.Equal(0, MixtureRendering.Render([new Gaussian2D(1, 50, 60, float.NaN, 0, 9)], grid, (0, 0), x, y));
        Assert.Equal(0, x.Sum() + y.Sum());
    }

    [Fact]
    public void Narrow_components_are_drawn_with_the_minimum_width()
    {
        var (x, y) = (new float[384], new float[512]);
        MixtureRendering.Render([new Gaussian2D(1, 80, 90, 0.1f, 0, 100)], BinGrid.SimCc(192, 256, 2), (4.9f, 5.66f), x, y);
        Assert.Equal(4.9, Math.Sqrt(Variance(x)), 0.05);
        Assert.Equal(20, Math.Sqrt(Variance(y)), 0.05);
    }

    private static double Mean(float[] masses) => masses.Select((m, i) => (double)m * i).Sum() / masses.Sum(m => (double)m);

    private static double Variance(float[] masses)
    {
        var mean = Mean(masses);
        return masses.Select((m, i) => m * (i - mean) * (i - mean)).Sum() / masses.Sum(m => (double)m);
    }
}
