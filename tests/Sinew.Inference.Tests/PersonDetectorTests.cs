using System.Text.Json;
using Sinew.Geometry;
using Sinew.Imaging;
using Sinew.TestSupport;

namespace Sinew.Inference.Tests;

public class PersonDetectorTests
{
    public PersonDetectorTests() => Networks.NeedRuntime();

    // Ground truth x1, y1, x2, y2 (rounded to pixels); then IoU and score that were measured elsewhere at 320 and at 640; 0 where
    // nothing was found.
    private static readonly (string File, Box Truth, double[] Iou, double[] Score)[] Measured =
    [
        ("000000000785", Edges(281, 45, 499, 391), [0.93, 0.93], [0.86, 0.90]),
        ("000000040083", Edges(38, 111, 213, 286), [0.85, 0.91], [0.73, 0.87]),
        ("000000040083", Edges(258, 139, 398, 293), [0.94, 0.93], [0.61, 0.77]),
        ("000000040083", Edges(275, 126, 286, 195), [0, 0.75], [0, 0.38]),
        ("000000196141", Edges(248, 74, 417, 375), [0.96, 0.93], [0.86, 0.91]),
        ("000000196141", Edges(556, 100, 604, 213), [0.83, 0.88], [0.70, 0.68]),
        ("000000196141", Edges(441, 73, 458, 106), [0, 0.73], [0, 0.62]),
        ("000000196141", Edges(454, 207, 631, 418), [0.96, 0.98], [0.83, 0.88]),
        ("000000196141", Edges(36, 68, 67, 164), [0.87, 0.85], [0.69, 0.77]),
        ("000000197388", Edges(139, 102, 362, 344), [0.76, 0.74], [0.79, 0.81]),
        ("000000197388", Edges(287, 62, 362, 227), [0.83, 0], [0.42, 0]),
        ("000000197388", Edges(540, 49, 640, 272), [0.93, 0.95], [0.72, 0.52]),
        ("000000197388", Edges(373, 171, 639, 388), [0.90, 0.97], [0.75, 0.85]),
        ("000000197388", Edges(0, 44, 91, 264), [0.95, 0.96], [0.80, 0.85]),
    ];

    [Theory]
    [InlineData(320)]
    [InlineData(640)]
    public void RtmDetFindsThePeopleThatWereMeasuredAndNobodyElse(int size)
    {
        using var detector = PersonDetector.Load(Shared.Path("models/rtmdet_nano_person.onnx"), new DetectorOptions { Size = size }, Networks.OneThread);
        foreach (var group in Measured.GroupBy(m => m.File))
        {
            using var image = ImageDecoder.Decode(Shared.Path($"data/samples/coco/{group.Key}.jpg"));
            var found = detector.Detect(image);
            Assert.True(found.Zip(found.Skip(1)).All(p => p.First.Score >= p.Second.Score), "the best box comes first");
            foreach (var (_, rounded, iou, score) in group)
            {
                var truth = Exact(group.Key, rounded);
                var (expectedIou, expectedScore) = size == 320 ? (iou[0], score[0]) : (iou[1], score[1]);
                var best = found.OrderByDescending(d => Iou(d.Box, truth)).First();
                if (expectedIou == 0)
                {
                    Assert.True(Iou(best.Box, truth) < 0.5, $"{group.Key} at {size}: {best}");
                    continue;
                }

                Assert.Equal(expectedIou, Iou(best.Box, truth), 0.008);
                Assert.Equal(expectedScore, best.Score, 0.008);
            }

            // At 640 one person is found twice, the second time with a score of 0.303.
            Assert.Equal(group.Count(m => m.Iou[size == 320 ? 0 : 1] > 0), found.Count(d => d.Score > 0.31));
        }
    }

    [Fact]
    public void AHigherScoreLeavesBoxesOut()
    {
        using var image = ImageDecoder.Decode(Shared.Path("data/samples/coco/000000197388.jpg"));
        using var detector = PersonDetector.Load(Shared.Path("models/rtmdet_nano_person.onnx"), new DetectorOptions { Score = 0.74f }, Networks.OneThread);
        Assert.Equal(3, detector.Detect(image).Count);
    }

    [Fact]
    public void AnImageDecodedAtHalfSizeGivesBoxesOfTheFullOne()
    {
        var path = Shared.Path("data/samples/coco/000000000785.jpg");
        using var detector = PersonDetector.Load(Shared.Path("models/rtmdet_nano_person.onnx"), onnx: Networks.OneThread);
        using var image = ImageDecoder.Decode(path, new DecodeOptions { ScaleDenominator = 2 });
        Assert.True(Iou(Assert.Single(detector.Detect(image)).Box, new Box(281, 45, 218, 346)) > 0.9);
    }

    [Theory]
    [InlineData(640, 480, false, 0, 0, 320, 240)]
    [InlineData(480, 640, false, 0, 0, 240, 320)]
    [InlineData(480, 640, true, 40, 0, 240, 320)]
    [InlineData(100, 51, true, 0, 78, 320, 163)]
    [InlineData(5000, 3, false, 0, 0, 320, 1)]
    public void TheImageKeepsItsAspectRatio(int imageWidth, int imageHeight, bool centred, int left, int top, int width, int height)
    {
        var placement = LetterboxPlacement.Of(imageWidth, imageHeight, 320, 320, centred);
        Assert.Equal((left, top, width, height), (placement.Left, placement.Top, placement.Width, placement.Height));
        var (x, y) = placement.ToImage(left + width, top + height);
        Assert.Equal(imageWidth, x, 1e-9);
        Assert.Equal(imageHeight, y, 1e-9);
    }

    [Theory]
    [InlineData(50, 20)]
    [InlineData(900, 400)]
    public void AnEvenImageStaysEvenAndThePaddingIsGrey(int width, int height)
    {
        using var image = new Image(width, height);
        image.Pixels.Fill(200);
        var placement = LetterboxPlacement.Of(width, height, 64, 64, centred: true);
        var canvas = new byte[64 * 64 * 3];
        placement.Draw(image, 114, canvas);
        for (var y = 0; y < 64; y++)
        {
            for (var x = 0; x < 64; x++)
            {
                var inside = x >= placement.Left && x < placement.Left + placement.Width && y >= placement.Top && y < placement.Top + placement.Height;
                Assert.Equal(inside ? 200 : 114, canvas[((y * 64) + x) * 3]);
            }
        }
    }

    [Fact]
    public void WrongUseIsTold()
    {
        var card = new ModelCard { Name = "d", Kind = ModelKind.Detector, File = "d.onnx", Input = new ModelInput { Width = 64, Height = 64 }, Boxes = new DetectorOutput() };
        using var model = OnnxModel.Load(Networks.Channels(64, 64), "channels.onnx", Networks.OneThread);
        Says("multiple of 32", () => new PersonDetector(card, model, new DetectorOptions { Size = 50 }));
        Says("takes no float32 image of 96x96", () => new PersonDetector(card, model, new DetectorOptions { Size = 96 }));
        Says("not a detector", () => new PersonDetector(Networks.Card(PoseOutputKind.Heatmap, 64, 64), model));
        using var image = new Image(10, 10);
        Says("not [1,n,5] boxes", () => new PersonDetector(card, model).Detect(image));

        static void Says(string what, Func<object> use) =>
            Assert.Contains(what, Assert.Throws<SinewException>(() => { _ = use(); }).Message, StringComparison.Ordinal);
    }

    private static Box Edges(float x1, float y1, float x2, float y2) => new(x1, y1, x2 - x1, y2 - y1);

    /// <summary>The labelled box that the table's was rounded from.</summary>
    private static Box Exact(string file, Box rounded)
    {
        using var labels = JsonDocument.Parse(File.ReadAllBytes(Shared.Path("data/samples/coco/test_coco.json")));
        var image = labels.RootElement.GetProperty("images").EnumerateArray().Single(i => i.GetProperty("file_name").GetString() == $"{file}.jpg").GetProperty("id").GetInt64();
        return labels.RootElement.GetProperty("annotations").EnumerateArray().Where(a => a.GetProperty("image_id").GetInt64() == image)
            .Select(a => a.GetProperty("bbox").EnumerateArray().Select(v => v.GetSingle()).ToArray()).Select(b => new Box(b[0], b[1], b[2], b[3]))
            .MaxBy(b => Iou(b, rounded));
    }

    private static double Iou(Box a, Box b)
    {
        var w = Math.Min(a.Right, b.Right) - Math.Max(a.X, b.X);
        var h = Math.Min(a.Bottom, b.Bottom) - Math.Max(a.Y, b.Y);
        return w <= 0 || h <= 0 ? 0 : w * h / (a.Area + b.Area - (w * h));
    }
}
