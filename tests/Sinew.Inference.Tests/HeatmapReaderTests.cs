using FsCheck.Fluent;
using Sinew.TestSupport;

namespace Sinew.Inference.Tests;

public class HeatmapReaderTests
{
    private const int Width = 24;
    private const int Height = 32;

    // A Gaussian's peak anywhere inside the map: how far each way of reading it may be off, cells.
    [Theory]
    [InlineData(PeakRefinement.None, 0.5001)]
    [InlineData(PeakRefinement.Quarter, 0.2501)]
    [InlineData(PeakRefinement.Parabola, 0.06)]
    [InlineData(PeakRefinement.Dark, 1e-3)]
    public void AGaussiansPeakIsFound(PeakRefinement refinement, double within)
    {
        var places = from x in Gen.Choose(7_000, 16_000) from y in Gen.Choose(7_000, 24_000) select (X: x / 1000.0, Y: y / 1000.0);
        Prop.ForAll(places.ToArbitrary(), place =>
        {
            var (x, y, score) = Read(Gaussian(place.X, place.Y), new PoseOutput { Kind = PoseOutputKind.Heatmap, Refine = refinement });
            return Math.Abs(x - place.X) <= within && Math.Abs(y - place.Y) <= within && score > 0.9;
        }).Holds();
    }

    [Fact]
    public void StrideAndOffsetBringCellsToPixels()
    {
        var (x, y, _) = Read(Gaussian(5, 9), new PoseOutput { Kind = PoseOutputKind.Heatmap, Stride = 4, Offset = 1.5 });
        Assert.Equal((21.5f, 37.5f), (x, y));
    }

    [Theory]
    [InlineData(PeakRefinement.Quarter)]
    [InlineData(PeakRefinement.Parabola)]
    [InlineData(PeakRefinement.Dark)]
    public void APeakInACornerStaysThere(PeakRefinement refinement)
    {
        foreach (var (cx, cy) in new[] { (0, 0), (Width - 1, 0), (0, Height - 1), (Width - 1, Height - 1) })
        {
            var (x, y, score) = Read(Gaussian(cx, cy), new PoseOutput { Kind = PoseOutputKind.Heatmap, Refine = refinement });
            Assert.Equal((cx, cy, 1f), (x, y, score));
        }
    }

    [Fact]
    public void BlurringKeepsASymmetricPeakAndRemovesALoneCell()
    {
        var map = Gaussian(12, 14);
        map[(3 * Width) + 3] = 1.5f;
        var (x, y, _) = Read(map, new PoseOutput { Kind = PoseOutputKind.Heatmap });
        Assert.Equal((3f, 3f), (x, y));
        (x, y, var score) = Read(map, new PoseOutput { Kind = PoseOutputKind.Heatmap, Blur = 1 });
        Assert.Equal((12f, 14f), (x, y));

        // A Gaussian of sigma 2 blurred by sigma 1: its peak falls to s² / (s² + 1) in two dimensions.
        Assert.Equal(4.0 / 5, score, 2e-3);
    }

    [Fact]
    public void AnEvenMapStaysEvenUnderABlurAtItsEdgesToo()
    {
        var map = new float[Width * Height];
        map.AsSpan().Fill(0.25f);
        var (_, _, score) = Read(map, new PoseOutput { Kind = PoseOutputKind.Heatmap, Blur = 3 });
        Assert.Equal(0.25f, score, 1e-6f);
    }

    private static (float X, float Y, float Score) Read(float[] map, PoseOutput how)
    {
        var point = new float[2];
        var score = new float[1];
        HeatmapReader.Read(map, Width, Height, how, point, score);
        return (point[0], point[1], score[0]);
    }

    private static float[] Gaussian(double x, double y)
    {
        var map = new float[Width * Height];
        for (var v = 0; v < Height; v++)
        {
            for (var u = 0; u < Width; u++) map[(v * Width) + u] = (float)Math.Exp(-(((u - x) * (u - x)) + ((v - y) * (v - y))) / 8);
        }

        return map;
    }
}
