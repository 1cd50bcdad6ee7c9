using Sinew.Skeletons;
using Sinew.TestSupport;

namespace Sinew.Inference.Tests;

public class RawPoseModelTests
{
    public RawPoseModelTests() => Networks.NeedRuntime();

    [Fact]
    public void NetworksThatCannotBeRunAreTold()
    {
        var card = Networks.Card(PoseOutputKind.Heatmap, 5, 4);
        var huge = Assert.Throws<SinewException>(() => Networks.Raw(card, Networks.Channels(5, 4, 2_000_000)));
        Assert.Contains("takes 2000000 crops at once", huge.Message, StringComparison.Ordinal);
        Assert.Throws<SinewException>(() => Networks.Raw(card, new OnnxBuilder().Input("image", OnnxElementType.Float32, 1, 3, 4, 5).Build()));
    }

    [Theory]
    [InlineData(PeakRefinement.None)]
    [InlineData(PeakRefinement.Quarter)]
    [InlineData(PeakRefinement.Parabola)]
    [InlineData(PeakRefinement.Dark)]
    public void WhatIsNoNumberIsTold(PeakRefinement refinement)
    {
        var maps = Enumerable.Repeat(float.NaN, 3 * 20 * 20).ToArray();
        var network = new OnnxBuilder().Input("image", OnnxElementType.Float32, 1, 3, 20, 20).Gives("heatmaps", maps, 1, 3, 20, 20).Build();
        using var estimator = new PoseEstimator(Networks.Raw(Networks.Card(PoseOutputKind.Heatmap, 20, 20), network), new EstimatorOptions { Refine = refinement });
        using var image = new Imaging.Image(30, 30);
        Assert.Contains("NaN or infinite", Assert.Throws<SinewException>(() => estimator.Estimate(image)).Message, StringComparison.Ordinal);
        // beside the maximum it does no harm
        maps[0] = maps[400 + 210] = maps[800 + 399] = 1;
        network = new OnnxBuilder().Input("image", OnnxElementType.Float32, 1, 3, 20, 20).Gives("heatmaps", maps, 1, 3, 20, 20).Build();
        using var other = new PoseEstimator(Networks.Raw(Networks.Card(PoseOutputKind.Heatmap, 20, 20), network), new EstimatorOptions { Refine = refinement });
        Assert.All(other.Estimate(image).Keypoints, v => Assert.True(float.IsFinite(v)));
    }

    [Theory]
    [InlineData(ColourOrder.Rgb)]
    [InlineData(ColourOrder.Bgr)]
    public void PixelsAreNormalisedAsTheCardSays(ColourOrder colour)
    {
        var card = Networks.Card(PoseOutputKind.Heatmap, 5, 4);
        card = card with { Input = card.Input with { Colour = colour, Scale = 0.5, Mean = [10, 20, 30], Std = [2, 4, 8] } };
        using var model = Networks.Raw(card, Networks.Channels(5, 4));
        var crops = Noise(3 * 5 * 4 * 3);
        using var output = model.Run(crops, 3);
        Assert.Equal((3, 3, 5, 4), (output.Count, output.Joints, output.Width, output.Height));
        for (var n = 0; n < 3; n++)
        {
            for (var k = 0; k < 3; k++)
            {
                for (var p = 0; p < 20; p++)
                {
                    var channel = colour == ColourOrder.Rgb ? k : 2 - k;
                    var expected = ((crops[(((n * 20) + p) * 3) + channel] * 0.5) - card.Input.Mean[k]) / card.Input.Std[k];
                    Assert.Equal((float)expected, output.HeatmapsOf(n)[(k * 20) + p], 1e-5f);
                }
            }
        }
    }

    [Theory]
    [InlineData(ColourOrder.Rgb)]
    [InlineData(ColourOrder.Bgr)]
    public void InterleavedFloatsAreTheSameNumbersInAnotherOrder(ColourOrder colour)
    {
        const int Pixels = 48 * 32;
        var planar = new ModelInput { Width = 48, Height = 32, Colour = colour, Scale = 0.5, Mean = [10, 20, 30], Std = [2, 4, 8] };
        var crops = Noise(2 * Pixels * 3);
        var (planes, rows, whole) = (new float[crops.Length], new float[crops.Length], new int[crops.Length]);
        new CropEncoder(planar).Encode(crops, Pixels, planes);
        new CropEncoder(planar with { Layout = PixelLayout.Nhwc }).Encode(crops, Pixels, rows);
        new CropEncoder(planar).Widen(crops, Pixels, whole);
        for (var n = 0; n < 2; n++)
        {
            for (var c = 0; c < 3; c++)
            {
                for (var p = 0; p < Pixels; p++)
                {
                    var at = (((n * 3) + c) * Pixels) + p;
                    Assert.Equal(planes[at], rows[(((n * Pixels) + p) * 3) + c]);
                    Assert.Equal(((whole[at] * 0.5) - planar.Mean[c]) / planar.Std[c], planes[at], 1e-4);
                }
            }
        }
    }

    [Fact]
    public void AFixedBatchGivesWhatAFreeOneGives()
    {
        var crops = Noise(5 * 5 * 4 * 3);
        using var free = Networks.Raw(Networks.Card(PoseOutputKind.SimCC, 5, 4), Networks.ChannelMaxima(5, 4));
        using var pairs = Networks.Raw(Networks.Card(PoseOutputKind.SimCC, 5, 4), Networks.ChannelMaxima(5, 4, 2));
        using var a = free.Run(crops, 5);
        using var b = pairs.Run(crops, 5);
        Assert.Equal((5, 3, 5, 4), (b.Count, b.Joints, b.Width, b.Height));
        Assert.Equal(a.SimccX.ToArray(), b.SimccX.ToArray());
        Assert.Equal(a.SimccY.ToArray(), b.SimccY.ToArray());
        Assert.Equal(a.SimccYOf(4).ToArray(), b.SimccYOf(4).ToArray());
    }

    [Fact]
    public void SimccOutputsAreFoundByTheirNames()
    {
        using var model = Networks.Raw(Networks.Card(PoseOutputKind.SimCC, 5, 4), Networks.ChannelMaxima(5, 4));
        var crop = new byte[5 * 4 * 3];
        crop[(((2 * 5) + 3) * 3) + 1] = 200;
        using var output = model.Run(crop, 1);
        Assert.Equal((5, 4), (output.Width, output.Height));
        Assert.Equal([0f, 0, 0, 200, 0], output.SimccXOf(0)[5..10].ToArray());
        Assert.Equal([0f, 0, 200, 0], output.SimccYOf(0)[4..8].ToArray());
        Assert.Throws<InvalidOperationException>(() => output.Heatmaps.Length);
    }

    [Fact]
    public void WholeNumbersInRowsOfPixelsPassAsTheyAre()
    {
        var card = Networks.Card(PoseOutputKind.Coordinates, 5, 4);
        card = card with { Input = card.Input with { Layout = PixelLayout.Nhwc, Type = OnnxElementType.Int32 } };
        using var model = Networks.Raw(card, Networks.ColumnMaxima(5, 4), joints: 5);
        var crops = Noise(2 * 5 * 4 * 3);
        using var output = model.Run(crops, 2);
        Assert.Equal(5, output.Joints);
        for (var x = 0; x < 5; x++)
        {
            for (var c = 0; c < 3; c++)
            {
                var highest = Enumerable.Range(0, 4).Max(y => crops[((((4 + y) * 5) + x) * 3) + c]);
                Assert.Equal(highest, output.CoordinatesOf(1)[(x * 3) + c]);
            }
        }
    }

    [Fact]
    public void ACardThatDoesNotFitTheNetworkIsRefused()
    {
        using var network = OnnxModel.Load(Networks.Channels(5, 4), "channels.onnx", Networks.OneThread);
        Refused("its input is image Float32[-1,3,4,5], the card says Float32[N,3,5,5]", Networks.Card(PoseOutputKind.Heatmap, 5, 5));
        Refused("two outputs", Networks.Card(PoseOutputKind.SimCC, 5, 4));
        var wide = Networks.Card(PoseOutputKind.Heatmap, 5, 4);
        Refused("the card says Int32", wide with { Input = wide.Input with { Type = OnnxElementType.Int32 } });
        Refused("not a pose model", wide with { Kind = ModelKind.Detector, Output = null });
        Refused("gives 3 joints, its skeleton coco17 has 17", wide with { Skeleton = "coco17" });

        void Refused(string message, ModelCard card)
        {
            var e = Assert.Throws<SinewException>(() => new RawPoseModel(card, network));
            Assert.StartsWith("channels.onnx: ", e.Message, StringComparison.Ordinal);
            Assert.Contains(message, e.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void AModelMayCarryItsOwnCard()
    {
        using var folder = new ScratchFolder();
        var path = Path.Combine(folder.Path, "own.onnx");
        var card = Networks.Card(PoseOutputKind.Heatmap, 5, 4);
        var bytes = new OnnxBuilder().Input("image", OnnxElementType.Float32, -1, 3, 4, 5).Output("maps", OnnxElementType.Float32, -1, 3, 4, 5)
            .Node("Identity", "image", "maps").Metadata(ModelCard.MetadataKey, card.ToYaml()).Metadata(ModelCard.SkeletonKey, SkeletonFile.ToYaml(Networks.Skeleton())).Build();
        File.WriteAllBytes(path, bytes);
        using var model = RawPoseModel.Load(path, Networks.OneThread);
        Assert.Equal("small", model.Card.Name);
        Assert.Equal("letters", model.Skeleton.Name);
        Assert.Equal([1, 0, 2], model.Skeleton.SwapIndices);

        File.WriteAllBytes(path, Networks.Channels(5, 4));
        Assert.Contains("own.yaml", Assert.Throws<SinewException>(() => RawPoseModel.Load(path)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tinypose_coco17_256x192.onnx", 17)]
    [InlineData("efficientpose_rt_mpii16_224x224.onnx", 16)]
    [InlineData("efficientpose_i_mpii16_256x256.onnx", 16)]
    [InlineData("movenet_thunder_coco17.onnx", 17)]
    public void BuiltInCardsFitTheirNetworks(string file, int joints)
    {
        using var model = RawPoseModel.Load(Shared.Path("models/" + file), Networks.OneThread);
        Assert.Equal(joints, model.Joints);
        var size = model.Card.Input.Width * model.Card.Input.Height * 3;
        var crops = Noise(2 * size);
        using var both = model.Run(crops, 2);
        using var second = model.Run(crops.AsSpan(size), 1);
        var points = model.Output.Kind == PoseOutputKind.Coordinates;
        var a = points ? both.CoordinatesOf(1) : both.HeatmapsOf(1);
        var b = points ? second.Coordinates : second.Heatmaps;
        Assert.Equal(b.Length, a.Length);
        for (var i = 0; i < a.Length; i++) Assert.Equal(b[i], a[i], 1e-5f);
    }

    private static byte[] Noise(int count)
    {
        var bytes = new byte[count];
        new Random(5).NextBytes(bytes);
        return bytes;
    }
}
