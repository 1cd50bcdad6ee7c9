using Sinew.TestSupport;

namespace Sinew.Inference.Tests;

public class KnownFormsTests
{
    public KnownFormsTests() => Networks.NeedRuntime();

    [Theory]
    [InlineData(16, "mpii16")]
    [InlineData(17, "coco17")]
    [InlineData(26, "halpe26")]
    [InlineData(133, "coco-wholebody133")]
    [InlineData(21, null)]
    public void RtmPoseIsKnownByItsOutputs(int joints, string? skeleton)
    {
        var card = Recognise(SimCC(joints, 192, 256, 384, 512));
        Assert.Equal(skeleton, card?.Skeleton);
        if (card is null) return;
        Assert.Equal((192, 256, ColourOrder.Rgb), (card.Input.Width, card.Input.Height, card.Input.Colour));
        Assert.Equal((PoseOutputKind.SimCC, 2.0), (card.Output!.Kind, card.Output.Split));
        Assert.Equal([123.675, 116.28, 103.53], card.Input.Mean);
    }

    [Fact]
    public void WhatCouldBeSomethingElseIsNotGuessed()
    {
        Assert.Null(Recognise(SimCC(17, 192, 256, 384, 500)));
        Assert.Null(Recognise(SimCC(17, -1, 256, 384, 512)));
        Assert.Null(Recognise(Networks.Channels(48, 64)));
        Assert.Null(Recognise(Networks.Same(OnnxElementType.Float32, 1, 3)));
    }

    [Fact]
    public void AnUnknownNetworkAsksForACard()
    {
        using var folder = new ScratchFolder();
        var path = Path.Combine(folder.Path, "net.onnx");
        File.WriteAllBytes(path, Networks.Channels(48, 64));
        var e = Assert.Throws<SinewException>(() => ModelCards.Open(path));
        Assert.Contains("heatmaps Float32[-1,3,64,48] is no form that is known; write a card beside it (net.yaml)", e.Message, StringComparison.Ordinal);
    }

    // The built-in cards of these two were written from their authors' descriptions, not from the shapes.
    [Theory]
    [InlineData("movenet_thunder_coco17.onnx")]
    [InlineData("rtmdet_nano_person.onnx")]
    public void RealNetworksAreRecognisedAsTheirCardsSay(string file)
    {
        var path = Shared.Path("models/" + file);
        using var model = OnnxModel.Load(path, Networks.OneThread);
        var card = ModelCards.Find(path).Card!;
        var guessed = KnownForms.Recognise(model, file)!;
        Assert.Equal(
            (card with { Licence = null, Source = null, Sha256 = null, Name = "" }).ToYaml(), (guessed with { Name = "" }).ToYaml());
    }

    [Theory]
    [InlineData(17, 256, 192, "coco17")]
    [InlineData(133, 384, 288, "coco-wholebody133")]
    [InlineData(16, 256, 256, null)] // two orders of MPII's joints are in use
    public void HeatmapsOfCocosJointsAreKnown(int joints, int height, int width, string? skeleton)
    {
        var card = Recognise(new OnnxBuilder().Input("input", OnnxElementType.Float32, -1, 3, height, width)
            .Output("output", OnnxElementType.Float32, -1, joints, height / 4, width / 4)
            .Constant("shape", 1, joints, height / 4, width / 4).Node("ConstantOfShape", "shape", "output").Build());
        Assert.Equal(skeleton, card?.Skeleton);
        if (card is not null) Assert.Equal((PoseOutputKind.Heatmap, 4.0), (card.Output!.Kind, card.Output.Stride));
    }

    [Theory]
    [InlineData(DetectorForm.YoloX, 8400, 85, 640, ColourOrder.Bgr, 1.0, false)]
    [InlineData(DetectorForm.Yolo, 84, 8400, 640, ColourOrder.Rgb, 1.0 / 255, true)]
    [InlineData(DetectorForm.NanoDet, 2125, 112, 320, ColourOrder.Bgr, 1.0, false)]
    [InlineData(DetectorForm.NanoDet, 3598, 112, 416, ColourOrder.Bgr, 1.0, false)]
    [InlineData(DetectorForm.YoloPose, 56, 8400, 640, ColourOrder.Rgb, 1.0 / 255, true)]
    [InlineData(DetectorForm.YoloPose, 300, 57, 640, ColourOrder.Rgb, 1.0 / 255, true)]
    [InlineData(null, 25200, 85, 640, ColourOrder.Rgb, 1.0, false)] // three anchors a cell: YOLOv5
    public void NetworksForWholeImagesAreKnownByTheirCells(DetectorForm? form, int rows, int columns, int size, ColourOrder colour, double scale, bool centred)
    {
        var card = Recognise(new OnnxBuilder().Input("images", OnnxElementType.Float32, 1, 3, size, size)
            .Output("output", OnnxElementType.Float32, 1, rows, columns).Constant("shape", 1, rows, columns).Node("ConstantOfShape", "shape", "output").Build());
        Assert.Equal(form, card?.Boxes?.Form);
        if (card is null) return;
        Assert.Equal((size, colour, scale, centred), (card.Input.Width, card.Input.Colour, card.Input.Scale, card.Letterbox.Centred));
        Assert.Equal(form == DetectorForm.YoloPose ? (ModelKind.People, "coco17") : (ModelKind.Detector, null), (card.Kind, card.Skeleton));
        Assert.Equal(card.ToYaml(), ModelCard.Parse(card.ToYaml(), "again").ToYaml());
    }

    [Fact]
    public void RtmoIsKnownByItsOutputs()
    {
        var card = Recognise(new OnnxBuilder().Input("input", OnnxElementType.Float32, 1, 3, 64, 64)
            .Gives("dets", new float[5], 1, 1, 5).Gives("keypoints", new float[51], 1, 1, 17, 3).Build());
        Assert.Equal((ModelKind.People, DetectorForm.Rtmo, ColourOrder.Bgr, "coco17"), (card!.Kind, card.Boxes!.Form, card.Input.Colour, card.Skeleton));
    }

    private static ModelCard? Recognise(byte[] onnx)
    {
        using var model = OnnxModel.Load(onnx, "m", Networks.OneThread);
        return KnownForms.Recognise(model, "m.onnx");
    }

    // The declared shapes are what is looked at; nodes that cannot give them would only warn.
    private static byte[] SimCC(int joints, int width, int height, int xBins, int yBins) =>
        new OnnxBuilder().Input("input", OnnxElementType.Float32, -1, 3, height, width)
            .Output("simcc_x", OnnxElementType.Float32, -1, joints, xBins).Output("simcc_y", OnnxElementType.Float32, -1, joints, yBins)
            .Constant("shape_x", 1, joints, xBins).Constant("shape_y", 1, joints, yBins)
            .Node("ConstantOfShape", "shape_x", "simcc_x").Node("ConstantOfShape", "shape_y", "simcc_y").Build();
}
