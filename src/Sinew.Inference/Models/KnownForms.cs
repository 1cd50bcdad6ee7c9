namespace Sinew.Inference;

/// <summary>
/// Networks that need no card, as the names and shapes of their inputs and outputs leave no doubt: RTMPose, RTMW and DWPose (SimCC),
/// heatmap networks of COCO's joints, RTMDet and RTMO as MMPose and MMDeploy export them, MoveNet, YOLO's detectors and pose networks,
/// YOLOX and NanoDet as their authors export them.
/// </summary>
/// <remarks>
/// YOLOX as MMDeploy exports it has RTMDet's outputs, but takes pixels that are not normalised: only its 416 × 416 input tells it
/// from RTMDet. Other sizes of it need a card.
/// </remarks>
internal static class KnownForms
{
    // By MMPose's model zoo. 21 joints are not here: hands have as many as body21.
    private static readonly Dictionary<long, string> SkeletonOfSimCC = new()
    {
        [16] = "mpii16", [17] = "coco17", [26] = "halpe26", [133] = "coco-wholebody133",
    };

    /// <summary>A card for the network, or null.</summary>
    public static ModelCard? Recognise(OnnxModel model, string file)
    {
        if (model.Inputs is not [{ Shape.Count: 4 } input]) return null;
        return SimCC(model, input, file) ?? People(model, input, file) ?? Detector(model, input, file) ?? Grid(model, input, file)
            ?? Heatmaps(model, input, file) ?? MoveNet(model, input, file);
    }

    private static ModelCard Photo(string name, ModelKind kind, string file, OnnxPort input, DetectorOutput boxes) => new()
    {
        Name = name, Kind = kind, File = file, Boxes = boxes,
        Input = new ModelInput { Width = checked((int)Side(input.Shape[3], 640)), Height = checked((int)Side(input.Shape[2], 640)) },
    };

    // A free axis takes any size; what is asked for has to be a multiple of 32 anyway.
    private static long Side(long axis, long otherwise) => axis > 0 ? axis : otherwise;

    private static bool TakesPhotos(OnnxPort input) =>
        input is { ElementType: OnnxElementType.Float32, Shape: [1 or -1, 3, var height, var width] }
        && Side(height, 640) is > 0 and <= 4096 && Side(width, 640) is > 0 and <= 4096 && Side(height, 640) % 32 == 0 && Side(width, 640) % 32 == 0;

    // people with their joints: COCO's 17 are the only ones that are published so
    private static ModelCard? People(OnnxModel model, OnnxPort input, string file)
    {
        if (!TakesPhotos(input)) return null;
        if (model.Outputs.Any(o => o is { Name: "dets", Shape: [_, _, 5 or -1] }) && model.Outputs.Any(o => o is { Name: "keypoints", Shape: [_, _, 17, 3] }))
        {
            var card = Photo("rtmo", ModelKind.People, file, input, new DetectorOutput { Form = DetectorForm.Rtmo });
            return card with { Skeleton = "coco17", Input = card.Input with { Colour = ColourOrder.Bgr } };
        }

        if (model.Outputs is not [{ ElementType: OnnxElementType.Float32, Shape: [_, 56, _] or [_, _, 57] }]) return null;
        return Yolo(Photo("yolo-pose", ModelKind.People, file, input, new DetectorOutput { Form = DetectorForm.YoloPose })) with { Skeleton = "coco17" };
    }

    private static ModelCard Yolo(ModelCard card) => card with { Input = card.Input with { Scale = 1.0 / 255 }, Letterbox = new Letterbox { Centred = true } };

    /// <summary>Detectors that give a row or column per cell of their grids: the count of cells tells whose they are.</summary>
    private static ModelCard? Grid(OnnxModel model, OnnxPort input, string file)
    {
        if (!TakesPhotos(input) || model.Outputs is not [{ ElementType: OnnxElementType.Float32, Shape: [_, var rows, var columns] }]) return null;
        var (three, four) = (Cells(3), Cells(4));
        if (columns == 85 && rows == three)
        {
            var card = Photo("yolox", ModelKind.Detector, file, input, new DetectorOutput { Form = DetectorForm.YoloX });
            return card with { Input = card.Input with { Colour = ColourOrder.Bgr } };
        }

        if (rows is 84 or 5 && columns == three) return Yolo(Photo("yolo", ModelKind.Detector, file, input, new DetectorOutput { Form = DetectorForm.Yolo }));
        if (CandidateReader.BinsOf(columns) > 0 && (rows == three || rows == four))
        {
            var card = Photo("nanodet", ModelKind.Detector, file, input, new DetectorOutput { Form = DetectorForm.NanoDet, Overlap = 0.6 });
            return card with { Input = card.Input with { Colour = ColourOrder.Bgr, Mean = [103.53, 116.28, 123.675], Std = [57.375, 57.12, 58.395] } };
        }

        return null;

        long Cells(int levels) => CandidateReader.Cells(Side(input.Shape[3], 640), Side(input.Shape[2], 640), levels);
    }

    // one cell every four pixels and COCO's joints: MMPose's heatmap heads on HRNet, ResNet, ViT and others
    private static ModelCard? Heatmaps(OnnxModel model, OnnxPort input, string file)
    {
        if (input is not { ElementType: OnnxElementType.Float32, Shape: [_, 3, > 0 and <= 4096 and var height, > 0 and <= 4096 and var width] }
            || model.Outputs is not [{ ElementType: OnnxElementType.Float32, Shape: [_, 17 or 133, var mapHeight, var mapWidth] } output]
            || mapHeight * 4 != height || mapWidth * 4 != width)
        {
            return null;
        }

        return new ModelCard
        {
            Name = "heatmaps", Kind = ModelKind.Pose, File = file, Skeleton = SkeletonOfSimCC[output.Shape[1]],
            Input = new ModelInput { Width = (int)width, Height = (int)height, Mean = [123.675, 116.28, 103.53], Std = [58.395, 57.12, 57.375] },
            Output = new PoseOutput { Kind = PoseOutputKind.Heatmap, Stride = 4, Refine = PeakRefinement.Quarter },
        };
    }

    private static ModelCard? SimCC(OnnxModel model, OnnxPort input, string file)
    {
        var x = model.Outputs.FirstOrDefault(o => o.Name == "simcc_x");
        var y = model.Outputs.FirstOrDefault(o => o.Name == "simcc_y");
        if (input is not { ElementType: OnnxElementType.Float32, Shape: [_, 3, > 0 and var height, > 0 and var width] }
            || x is not { Shape: [_, var joints, var xBins] } || y is not { Shape: [_, var yJoints, var yBins] }
            || joints != yJoints || !SkeletonOfSimCC.TryGetValue(joints, out var skeleton) || xBins * height != yBins * width)
        {
            return null;
        }

        return new ModelCard
        {
            Name = "rtmpose", Kind = ModelKind.Pose, File = file, Skeleton = skeleton,
            Input = new ModelInput
            {
                Width = checked((int)width), Height = checked((int)height), Mean = [123.675, 116.28, 103.53], Std = [58.395, 57.12, 57.375],
            },
            Output = new PoseOutput { Kind = PoseOutputKind.SimCC, Split = (double)xBins / width },
        };
    }

    private static ModelCard? Detector(OnnxModel model, OnnxPort input, string file)
    {
        if (input is not { ElementType: OnnxElementType.Float32, Shape: [_, 3, var height, var width] }
            || !model.Outputs.Any(o => o is { Name: "dets", Shape: [_, _, 5 or -1] }) || !model.Outputs.Any(o => o.Name == "labels"))
        {
            return null;
        }

        if (height == 416 && width == 416)
        {
            var yolox = Photo("yolox", ModelKind.Detector, file, input, new DetectorOutput());
            return yolox with { Input = yolox.Input with { Colour = ColourOrder.Bgr } };
        }

        return new ModelCard
        {
            Name = "rtmdet", Kind = ModelKind.Detector, File = file,
            Input = new ModelInput
            {
                Width = width > 0 ? checked((int)width) : 320, Height = height > 0 ? checked((int)height) : 320, Colour = ColourOrder.Bgr,
                Mean = [103.53, 116.28, 123.675], Std = [57.375, 57.12, 58.395],
            },
            Boxes = new DetectorOutput(),
        };
    }

    private static ModelCard? MoveNet(OnnxModel model, OnnxPort input, string file)
    {
        if (input is not { ElementType: OnnxElementType.Int32, Shape: [_, > 0 and var height, > 0 and var width, 3] }
            || model.Outputs is not [{ ElementType: OnnxElementType.Float32, Shape: [_, 1, 17, 3] }])
        {
            return null;
        }

        return new ModelCard
        {
            Name = "movenet", Kind = ModelKind.Pose, File = file, Skeleton = "coco17",
            Input = new ModelInput
            {
                Layout = PixelLayout.Nhwc, Type = OnnxElementType.Int32, Width = checked((int)width), Height = checked((int)height),
            },
            Output = new PoseOutput { Kind = PoseOutputKind.Coordinates },
            Crop = new CropRule { Padding = 1 },
        };
    }
}
