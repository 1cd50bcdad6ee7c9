using Sinew.Geometry;
using Sinew.Imaging;

namespace Sinew.Inference.Tests;

public class PoseEstimatorTests
{
    private const int Width = 48;
    private const int Height = 64;

    public PoseEstimatorTests() => Networks.NeedRuntime();

    // The three joints are a red, a green and a blue dot: the network's maps are the colour channels themselves.
    [Theory]
    [InlineData(PoseOutputKind.Heatmap, PeakRefinement.None)]
    [InlineData(PoseOutputKind.Heatmap, PeakRefinement.Quarter)]
    [InlineData(PoseOutputKind.Heatmap, PeakRefinement.Parabola)]
    [InlineData(PoseOutputKind.SimCC, PeakRefinement.None)]
    [InlineData(PoseOutputKind.SimCC, PeakRefinement.Parabola)]
    public void DotsOfAnImageAreFoundWhereTheyAre(PoseOutputKind kind, PeakRefinement refinement)
    {
        using var image = new Image(200, 150);
        Box[] boxes = [new(20, 30, 60, 90), new(110, 20, 70, 100)];
        float[] places = [40, 50, 60, 100, 30, 90, 130, 40, 160, 60, 145, 100];
        for (var i = 0; i < 6; i++) Dot(image, places[2 * i], places[(2 * i) + 1], i % 3);
        using var estimator = Make(kind, new EstimatorOptions { Refine = refinement });
        var people = estimator.Estimate(image, [new Detection(boxes[0], 0.9f), new Detection(boxes[1], 0.8f)]);
        Assert.Equal((2, 0.9f, boxes[1]), (people.Length, people[0].BoxScore, people[1].Box));
        var found = people.SelectMany(p => p.Keypoints).ToArray();

        // One crop pixel is up to 2.9 image pixels here.
        for (var i = 0; i < found.Length; i++) Assert.Equal(places[i], found[i], 1.6f);
        Assert.All(people.SelectMany(p => p.Scores), s => Assert.InRange(s, 100, 255));
    }

    [Fact]
    public void WhoIsSomewhereInAnImageIsLookedAtTwice()
    {
        using var image = new Image(200, 150);
        float[] places = [50, 30, 81, 35, 64, 76];
        for (var i = 0; i < 3; i++) Dot(image, places[2 * i], places[(2 * i) + 1], i);
        using var estimator = Make(PoseOutputKind.Heatmap, new EstimatorOptions());
        var first = estimator.Estimate(image, [new Detection(new Box(0, 0, 200, 150), 1)])[0];
        var person = estimator.Estimate(image);
        Assert.Equal(first.BoxOfJoints(), person.Box);
        Assert.InRange(person.Box.Width, 30, 55);
        float Furthest(float[] found) => found.Zip(places, (a, b) => MathF.Abs(a - b)).Max();
        Assert.True(Furthest(person.Keypoints) < Math.Min(1.6f, Furthest(first.Keypoints)), $"{Furthest(first.Keypoints)} px at the first look, {Furthest(person.Keypoints)} at the second");
    }

    [Fact]
    public void TheBoxOfJointsHoldsTheSureOnes()
    {
        var person = new PosePerson(new Box(0, 0, 640, 480), 1, [100, 100, 200, 300, 150, 200, 5000, 5000], [1, 1, 1, 0]);
        var box = person.BoxOfJoints()!.Value;
        Assert.Equal((84f, 84f, 132f, 232f), (MathF.Round(box.X, 3), MathF.Round(box.Y, 3), MathF.Round(box.Width, 3), MathF.Round(box.Height, 3)));
        Assert.Null((person with { Scores = [0, 0, 0, 0] }).BoxOfJoints());
        Assert.Null((person with { Keypoints = [1, 1, 2, 2, 3, 3, 4, 4] }).BoxOfJoints());
    }

    [Theory]
    [InlineData(PoseOutputKind.Heatmap)]
    [InlineData(PoseOutputKind.SimCC)]
    public void ManyPeopleGiveWhatEachAloneGives(PoseOutputKind kind)
    {
        using var image = Noise(300, 200);
        var boxes = Enumerable.Range(0, 7).Select(i => new Box(i * 20, i * 5, 60 + (10 * i), 100)).ToArray();
        using var together = Make(kind, new EstimatorOptions { MaxBatch = 3 });
        var (keypoints, scores) = (new float[7 * 3 * 2], new float[7 * 3]);
        together.Estimate(image, boxes, keypoints, scores);
        for (var i = 0; i < boxes.Length; i++)
        {
            var alone = together.Estimate(image, [new Detection(boxes[i], 1)])[0];
            Assert.Equal(alone.Keypoints, keypoints[(i * 6)..((i + 1) * 6)]);
            Assert.Equal(alone.Scores, scores[(i * 3)..((i + 1) * 3)]);
        }

        var geometries = boxes.Select(together.CropOf).ToArray();
        var crops = new byte[7 * Width * Height * 3];
        for (var i = 0; i < 7; i++) Warp.Crop(image, geometries[i], crops.AsSpan(i * Width * Height * 3, Width * Height * 3));
        var (again, scoresAgain) = (new float[7 * 3 * 2], new float[7 * 3]);
        together.Estimate(crops, geometries, again, scoresAgain);
        Assert.Equal(keypoints, again);
        Assert.Equal(scores, scoresAgain);
    }

    // Red and green swap in a flip, but this network goes by colour alone: so each of the two gets half of its own dot and half of
    // the other's, and blue, which has no partner, stays as it is.
    [Theory]
    [InlineData(PoseOutputKind.Heatmap)]
    [InlineData(PoseOutputKind.SimCC)]
    public void TheFlipTestAveragesWithTheMirrorImageAndSwapsJoints(PoseOutputKind kind)
    {
        var crop = new byte[Width * Height * 3];
        Set(crop, 10, 20, 0, 200);
        Set(crop, 37, 20, 1, 100);
        Set(crop, 30, 40, 2, 80);
        using var plain = Make(kind, new EstimatorOptions());
        using var flip = Make(kind, new EstimatorOptions { FlipTest = true });
        var (points, scores) = Crop(plain, crop);
        Assert.Equal([10f, 20, 37, 20, 30, 40], points);
        Assert.Equal([200f, 100, 80], scores);
        (points, scores) = Crop(flip, crop);
        Assert.Equal([10f, 20, 10, 20, 30, 40], points);
        Assert.Equal([100f, 100, 80], scores);
    }

    [Fact]
    public void FlippedCoordinatesAreBroughtBack()
    {
        // 256 wide: x of 0.25 is pixel 64, whose mirror image is pixel 191.
        float[] points = [0.5f, 64f / 256, 1, 0.25f, 100f / 256, 0.5f, 0.1f, 0.2f, 0.3f];
        float[] mirror = [0.25f, 155f / 256, 0.7f, 0.5f, 191f / 256, 0.8f, 0.1f, 1 - (1f / 256) - 0.2f, 0.3f];
        var mean = new float[9];
        FlipTest.AveragePoints(points, mirror, 256, [1, 0, 2], mean);
        float[] expected = [0.5f, 64f / 256, 0.9f, 0.25f, 100f / 256, 0.6f, 0.1f, 0.2f, 0.3f];
        for (var i = 0; i < 9; i++) Assert.Equal(expected[i], mean[i], 1e-6f);
    }

    [Theory]
    [InlineData(4, 0, 192, 48, 1)]
    [InlineData(1, 0, 256, 256, 0)]
    [InlineData(8, 3.5, 256, 32, 0)]
    public void MirroredMapsAreShiftedWhereTheirCellsAreNotMirrored(double stride, double offset, int input, int map, int shift) =>
        Assert.Equal(shift, FlipTest.ShiftOf(new PoseOutput { Kind = PoseOutputKind.Heatmap, Stride = stride, Offset = offset }, input, map));

    [Fact]
    public void AShiftMovesTheMirroredMapToTheRight()
    {
        var mean = new float[5];
        FlipTest.Average([0f, 0, 0, 0, 0], [1f, 2, 3, 4, 5], 5, [0], 1, mean);
        Assert.Equal([2.5f, 2.5f, 2, 1.5f, 1], mean);
    }

    [Fact]
    public void WithoutBoxesThePersonIsTheWholeImage()
    {
        using var image = new Image(90, 120);
        Dot(image, 30, 80, 2);
        using var estimator = Make(PoseOutputKind.Heatmap, new EstimatorOptions());
        var person = estimator.Estimate(image);
        Assert.Equal(new Box(0, 0, 90, 120), person.Box);
        Assert.Equal(30, person.Keypoints[4], 2f);
        Assert.Equal(80, person.Keypoints[5], 2f);
        Assert.Empty(estimator.Estimate(image, []));
    }

    [Theory]
    [InlineData(float.NaN, 0, 10, 10)]
    [InlineData(0, 0, 0, 0)]
    [InlineData(0, 0, -5, 10)]
    [InlineData(0, float.PositiveInfinity, 5, 10)]
    [InlineData(10, 10, 1e-30f, 1e-30f)]
    [InlineData(1e6f, 0, 0.01f, 0.01f)]
    [InlineData(0, 0, 3e38f, 1)]
    public void ABoxThatIsNoneIsTold(float x, float y, float width, float height)
    {
        using var image = new Image(90, 120);
        using var estimator = Make(PoseOutputKind.Heatmap, new EstimatorOptions());
        var e = Assert.Throws<SinewException>(() => estimator.Estimate(image, [new Detection(new Box(x, y, width, height), 1)]));
        Assert.Contains("empty or not finite", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void OptionsThatDoNotFitAreTold()
    {
        Says("1 or more", new EstimatorOptions { MaxBatch = 0 });
        Says("padding", new EstimatorOptions { Padding = 0 });
        Says("quarter", new EstimatorOptions { Refine = PeakRefinement.Quarter });

        static void Says(string what, EstimatorOptions options) =>
            Assert.Contains(what, Assert.Throws<SinewException>(() => Make(PoseOutputKind.SimCC, options)).Message, StringComparison.Ordinal);
    }

    private static PoseEstimator Make(PoseOutputKind kind, EstimatorOptions options)
    {
        var card = Networks.Card(kind, Width, Height);
        card = card with { Output = card.Output! with { Split = 1 } };
        return new PoseEstimator(Networks.Raw(card, kind == PoseOutputKind.SimCC ? Networks.ChannelMaxima(Width, Height) : Networks.Channels(Width, Height)), options);
    }

    private static (float[] Points, float[] Scores) Crop(PoseEstimator estimator, byte[] crop)
    {
        var (points, scores) = (new float[6], new float[3]);
        var whole = new CropGeometry(Width / 2f, Height / 2f, Width, Height, 0, Width, Height);
        estimator.Estimate(crop, [whole], points, scores);
        return (points, scores);
    }

    private static void Set(byte[] crop, int x, int y, int channel, byte value) => crop[(((y * Width) + x) * 3) + channel] = value;

    private static void Dot(Image image, float x, float y, int channel)
    {
        for (var v = (int)y - 6; v <= y + 6; v++)
        {
            for (var u = (int)x - 6; u <= x + 6; u++)
            {
                image.Row(v)[(u * 3) + channel] = (byte)(255 * Math.Exp(-(((u - x) * (u - x)) + ((v - y) * (v - y))) / 8));
            }
        }
    }

    private static Image Noise(int width, int height)
    {
        var image = new Image(width, height);
        new Random(3).NextBytes(image.Pixels);
        return image;
    }
}
