using Sinew.Geometry;
using Sinew.Imaging;

namespace Sinew.Inference.Tests;

/// <summary>Detectors and pose networks that look at a whole image, each with outputs whose boxes were worked out by hand.</summary>
public sealed class WholeImageTests : IDisposable
{
    private const int Side = 64;
    private const int Cells = 64 + 16 + 4;
    private readonly ScratchFolder _folder = new();

    public WholeImageTests() => Networks.NeedRuntime();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void YoloXGivesCellsOfThreeGrids()
    {
        var values = new float[Cells * 85];
        Set(row: (2 * 8) + 3, 0.5f, 0.25f, MathF.Log(2), MathF.Log(4), 0.9f, person: 0.8f); // stride 8, cell (3, 2): centre (28, 18), 16 x 32
        Set(row: (2 * 8) + 4, -0.5f, 0.25f, MathF.Log(2), MathF.Log(4), 0.9f, person: 0.7f); // the same box from the cell beside, a little less sure
        Set(row: 64 + 16 + 3, 0.25f, 0.5f, MathF.Log(0.5f), MathF.Log(0.25f), 1, person: 0.5f); // stride 32, cell (1, 1): centre (40, 48), 16 x 8
        Set(row: 5, 0, 0, 0, 0, 1, person: 0, other: 1); // a bicycle
        Set(row: 6, 0, 0, 0, 0, 0.1f, person: 0.9f); // unsure
        using var detector = PersonDetector.Load(Write(new OnnxBuilder().Gives("output", values, 1, Cells, 85)), onnx: Networks.OneThread);
        AssertBoxes(Detect(detector, Side, Side), (new Box(20, 2, 16, 32), 0.72f), (new Box(32, 44, 16, 8), 0.5f));

        void Set(int row, float x, float y, float w, float h, float objectness, float person, float other = 0) =>
            new[] { x, y, w, h, objectness, person, other }.CopyTo(values, row * 85);
    }

    [Fact]
    public void YoloGivesColumnsInInputPixels()
    {
        var values = new float[84 * Cells];
        Set(10, 32, 32, 20, 10, person: 0.6f);
        Set(11, 33, 32, 20, 10, person: 0.9f);
        Set(12, 10, 20, 4, 6, person: 0, other: 0.9f);
        using var detector = PersonDetector.Load(Write(new OnnxBuilder().Gives("output0", values, 1, 84, Cells)), onnx: Networks.OneThread);

        // twice as wide as high: half its size, and in the middle
        AssertBoxes(Detect(detector, 2 * Side, Side), (new Box(46, (27 - 16) * 2, 40, 20), 0.9f));

        void Set(int column, float x, float y, float w, float h, float person, float other = 0)
        {
            float[] rows = [x, y, w, h, person, other];
            for (var i = 0; i < rows.Length; i++) values[(i * Cells) + column] = rows[i];
        }
    }

    [Theory]
    [InlineData(false, 28, 20)] // NanoDet: cell (3, 2) of stride 8 has its centre there
    [InlineData(true, 24, 16)] // NanoDet-Plus: its corner
    public void NanoDetGivesDistancesToTheSides(bool plus, float centreX, float centreY)
    {
        var cells = plus ? Cells + 1 : Cells;
        var values = new float[cells * 112];
        var row = values.AsSpan(((2 * 8) + 3) * 112, 112);
        row[0] = 0.8f;
        int[] distances = [1, 2, 3, 4];
        for (var side = 0; side < 4; side++) row[80 + (side * 8) + distances[side]] = 50;
        using var detector = PersonDetector.Load(Write(new OnnxBuilder().Gives("output", values, 1, cells, 112)), onnx: Networks.OneThread);
        AssertBoxes(Detect(detector, Side, Side), (new Box(centreX - 8, centreY - 16, 32, 48), 0.8f));
    }

    [Theory]
    [InlineData("rtmo")]
    [InlineData("yolo-pose")]
    [InlineData("yolo-pose, suppressed")]
    public void PeopleComeWithTheirJoints(string form)
    {
        // joint k of the person lies at (10 + k, 20 + k) of the input and has the score k / 100
        var joints = Enumerable.Range(0, 17).SelectMany(k => new[] { 10f + k, 20 + k, k / 100f }).ToArray();
        var onnx = new OnnxBuilder();
        switch (form)
        {
            case "rtmo":
                onnx.Gives("dets", [8, 18, 40, 50, 0.9f, 0, 0, 9, 9, 0.1f], 1, 2, 5).Gives("keypoints", [.. joints, .. new float[51]], 1, 2, 17, 3);
                break;
            case "yolo-pose":
                var columns = new float[56 * Cells];
                foreach (var (column, score) in new[] { (7, 0.9f), (9, 0.8f) })
                {
                    float[] rows = [24, 34, 32, 32, score, .. joints];
                    for (var i = 0; i < rows.Length; i++) columns[(i * Cells) + column] = rows[i];
                }

                onnx.Gives("output0", columns, 1, 56, Cells);
                break;
            default:
                onnx.Gives("output0", [8, 18, 40, 50, 0.9f, 0, .. joints, .. new float[57]], 1, 2, 57);
                break;
        }

        using var estimator = PeopleEstimator.Load(Write(onnx), onnx: Networks.OneThread);
        using var image = new Image(2 * Side, Side);
        var person = Assert.Single(estimator.Estimate(image));

        // half its size; YOLO puts it in the middle, RTMO at the top
        var top = form == "rtmo" ? 0 : 16;
        Assert.Equal(0.9f, person.BoxScore);
        Assert.Equal(new Box(16, (18 - top) * 2, 64, Math.Min(64, (50 - top) * 2) - ((18 - top) * 2)), person.Box);
        for (var k = 0; k < 17; k++)
        {
            Assert.Equal((10 + k) * 2, person.Keypoints[2 * k], 0.01f);
            Assert.Equal((20 + k - top) * 2, person.Keypoints[(2 * k) + 1], 0.01f);
            Assert.Equal(k / 100f, person.Scores[k]);
        }
    }

    [Fact]
    public void ANetworkOfAnotherKindIsRefusedByName()
    {
        var path = Write(new OnnxBuilder().Gives("dets", new float[5], 1, 1, 5).Gives("keypoints", new float[51], 1, 1, 17, 3));
        Assert.Contains("People model", Assert.Throws<SinewException>(() => PersonDetector.Load(path)).Message, StringComparison.Ordinal);
        Assert.Contains("People model", Assert.Throws<SinewException>(() => PoseEstimator.Load(path)).Message, StringComparison.Ordinal);
    }

    private static IReadOnlyList<Detection> Detect(PersonDetector detector, int width, int height)
    {
        using var image = new Image(width, height);
        return detector.Detect(image);
    }

    private static void AssertBoxes(IReadOnlyList<Detection> found, params (Box Box, float Score)[] expected)
    {
        Assert.Equal(expected.Length, found.Count);
        foreach (var (a, b) in expected.Zip(found))
        {
            Assert.Equal(a.Score, b.Score, 1e-5f);
            Assert.Equal(a.Box.X, b.Box.X, 0.01f);
            Assert.Equal(a.Box.Y, b.Box.Y, 0.01f);
            Assert.Equal(a.Box.Width, b.Box.Width, 0.01f);
            Assert.Equal(a.Box.Height, b.Box.Height, 0.01f);
        }
    }

    private string Write(OnnxBuilder onnx)
    {
        var path = Path.Combine(_folder.Path, "net.onnx");
        File.WriteAllBytes(path, onnx.Input("images", OnnxElementType.Float32, 1, 3, Side, Side).Build());
        return path;
    }
}
