namespace Sinew.Inference;

/// <summary>
/// Networks that need no card, as the names and shapes of their inputs and outputs leave no doubt: RTMPose and DWPose (SimCC) and
/// RTMDet as MMDeploy exports them, MoveNet.
/// </summary>
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
        return SimCC(model, input, file) ?? Detector(model, input, file) ?? MoveNet(model, input, file);
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
