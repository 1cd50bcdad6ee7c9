using Sinew.Skeletons;

namespace Sinew.Inference.Tests;

/// <summary>Networks of one or two nodes whose output is plain to see, and what the tests need to run them.</summary>
internal static class Networks
{
    public static readonly OnnxOptions OneThread = new() { Threads = 1 };

    /// <summary>Skips the calling test where ONNX Runtime's library is not installed.</summary>
    public static void NeedRuntime()
    {
        try
        {
            OnnxRuntime.Get();
        }
        catch (SinewException e) when (e.Message.Contains("was not found", StringComparison.Ordinal))
        {
            Assert.Skip("needs ONNX Runtime's library (eng/get-onnxruntime.sh)");
        }
    }

    /// <summary>Gives back what it gets.</summary>
    public static byte[] Same(OnnxElementType type, params long[] shape) =>
        new OnnxBuilder().Input("in", type, shape).Output("out", type, shape).Node("Identity", "in", "out").Build();

    /// <summary>Three joints: the heatmap of joint k is the input's colour channel k.</summary>
    public static byte[] Channels(int width, int height, int batch = -1) =>
        new OnnxBuilder().Input("image", OnnxElementType.Float32, batch, 3, height, width)
            .Output("heatmaps", OnnxElementType.Float32, batch, 3, height, width).Node("Identity", "image", "heatmaps").Build();

    /// <summary>Three joints: the bins of joint k are the column and row maxima of colour channel k (y comes first in the graph).</summary>
    public static byte[] ChannelMaxima(int width, int height, int batch = -1) =>
        new OnnxBuilder().Input("image", OnnxElementType.Float32, batch, 3, height, width)
            .Output("simcc_y", OnnxElementType.Float32, batch, 3, height).Output("simcc_x", OnnxElementType.Float32, batch, 3, width)
            .Node("ReduceMax", "image", "simcc_x", ("axes", [2]), ("keepdims", [0]))
            .Node("ReduceMax", "image", "simcc_y", ("axes", [3]), ("keepdims", [0])).Build();

    /// <summary>One joint per column: y, x and score are the red, green and blue maxima of the column.</summary>
    public static byte[] ColumnMaxima(int width, int height) =>
        new OnnxBuilder().Input("image", OnnxElementType.Int32, -1, height, width, 3)
            .Output("points", OnnxElementType.Float32, -1, 1, width, 3)
            .Node("Cast", "image", "floats", ("to", [(long)OnnxElementType.Float32]))
            .Node("ReduceMax", "floats", "points", ("axes", [1]), ("keepdims", [1])).Build();

    /// <summary>Joints a, b, c …; a and b swap in a flip.</summary>
    public static Skeleton Skeleton(int joints = 3) => new(
        "letters",
        [.. Enumerable.Range(0, joints).Select(i => new Joint($"{(char)('a' + i)}", $"{(char)('a' + i)}", i == 0 ? "b" : i == 1 ? "a" : null, 0.05, null))]);

    public static RawPoseModel Raw(ModelCard card, byte[] onnx, int joints = 3) => new(card, OnnxModel.Load(onnx, card.Name, OneThread), Skeleton(joints));

    public static ModelCard Card(PoseOutputKind kind, int width, int height) => new()
    {
        Name = "small", Kind = ModelKind.Pose, File = "small.onnx", Skeleton = "letters",
        Input = new ModelInput { Width = width, Height = height },
        Output = new PoseOutput { Kind = kind },
    };
}
