using System.Globalization;
using Sinew.Training.Export.Format;
using Sinew.Training.Models;

namespace Sinew.Training.Export;

/// <summary>
/// RTMPose as an ONNX graph for inference. Batch norms are folded; the factors of the head's norms, of its attention and of the
/// queries are folded into the weights beside them; the pyramid's max pools of 9 and 13 cells are made of three of 5, which gives the same
/// numbers from a third of the comparisons. Values bear the names that MMPose's state dict gives the layers.
/// </summary>
internal sealed class RtmPoseGraph
{
    public const string Input = "input";
    public const string OutputX = "simcc_x";
    public const string OutputY = "simcc_y";
    public const string Keypoints = "keypoints";

    private const string Halved = "halved";
    private const string Maps = "head.final_layer";
    private const double NormEpsilon = 1e-5;
    private const double ScaleNormEpsilon = 1e-5;

    private readonly OnnxGraph _graph;
    private readonly RtmPose _network;
    private readonly NetworkWeights _weights;

    private RtmPoseGraph(RtmPose network, int opset) => (_network, _graph, _weights) = (network, new OnnxGraph(opset), new NetworkWeights(network));

    /// <summary>Writes the graph.</summary>
    /// <param name="network">The network; its half resolution is part of the graph where it is set.</param>
    /// <param name="opset">The version of ONNX's operators.</param>
    /// <param name="bins">Bins per pixel, to decode in the graph: its output is <see cref="Keypoints"/> <c>[N, K, 3]</c> then; null for the logits.</param>
    public static OnnxGraph Of(RtmPose network, int opset, double? bins)
    {
        var writer = new RtmPoseGraph(network, opset);
        writer.Write(bins);
        return writer._graph;
    }

    /// <summary>True for what comes before the joints' tokens: the backbone, and the convolution to one map per joint.</summary>
    public static bool IsConvolutional(NodeProto node) =>
        node.Name == Halved || node.Name.StartsWith("backbone.", StringComparison.Ordinal) || node.Name.StartsWith(Maps, StringComparison.Ordinal);

    private void Write(double? bins)
    {
        var (joints, proto) = (_network.Joints, _graph.Proto);
        proto.Input.Add(OnnxGraph.Port(Input, TensorProto.Types.DataType.Float, -1, 3, _network.Height, _network.Width));
        var features = Backbone(Input);
        var tokens = Tokens(features);
        _graph.Node("MatMul", OutputX, [tokens, Linear("head.cls_x.weight")]);
        _graph.Node("MatMul", OutputY, [tokens, Linear("head.cls_y.weight")]);
        if (bins is { } perPixel)
        {
            Decode(perPixel);
            proto.Output.Add(OnnxGraph.Port(Keypoints, TensorProto.Types.DataType.Float, -1, joints, 3));
        }
        else
        {
            proto.Output.Add(OnnxGraph.Port(OutputX, TensorProto.Types.DataType.Float, -1, joints, _network.BinsX));
            proto.Output.Add(OnnxGraph.Port(OutputY, TensorProto.Types.DataType.Float, -1, joints, _network.BinsY));
        }
    }

    private string Backbone(string x)
    {
        if (_network.HalfResolution)
            x = _graph.Node("AveragePool", Halved, [x], OnnxGraph.Attribute("kernel_shape", 2, 2), OnnxGraph.Attribute("strides", 2, 2));
        x = Brick(x, "backbone.stem.0", stride: 2);
        x = Brick(x, "backbone.stem.1");
        x = Brick(x, "backbone.stem.2");
        for (var i = 1; i <= 4; i++)
        {
            var stage = $"backbone.stage{i.ToString(CultureInfo.InvariantCulture)}";
            x = Brick(x, stage + ".0", i == 4 ? _network.Backbone.LastStride : 2);
            x = i == 4 ? CspLayer(Pyramid(x, stage + ".1"), stage + ".2", identity: false) : CspLayer(x, stage + ".1", identity: true);
        }

        return x;
    }

    private string CspLayer(string x, string name, bool identity)
    {
        var shortcut = Brick(x, name + ".short_conv");
        x = Brick(x, name + ".main_conv");
        for (var i = 0; _weights.Has($"{name}.blocks.{i}.conv1.conv.weight"); i++)
        {
            var block = $"{name}.blocks.{i.ToString(CultureInfo.InvariantCulture)}";
            var y = Brick(x, block + ".conv1");
            y = Brick(y, block + ".conv2.depthwise_conv");
            y = Brick(y, block + ".conv2.pointwise_conv");
            x = identity ? _graph.Node("Add", block, [y, x]) : y;
        }

        var both = _graph.Node("Concat", name + ".concat", [x, shortcut], OnnxGraph.Attribute("axis", 1));
        var attention = name + ".attention";
        var means = _graph.Node("GlobalAveragePool", attention + ".pool", [both]);
        var gate = Convolution(means, attention + ".fc", _weights.Convolution(attention + ".fc"));
        gate = _graph.Node("HardSigmoid", attention + ".gate", [gate], OnnxGraph.Attribute("alpha", 1f / 6), OnnxGraph.Attribute("beta", 0.5f));
        return Brick(_graph.Node("Mul", attention, [both, gate]), name + ".final_conv");
    }

    // stride 1 and a border that never wins: two pools of 5 reach as far as one of 9, three as far as one of 13
    private string Pyramid(string x, string name)
    {
        x = Brick(x, name + ".conv1");
        var five = Pool(x, name + ".pool5");
        var nine = Pool(five, name + ".pool9");
        var thirteen = Pool(nine, name + ".pool13");
        return Brick(_graph.Node("Concat", name + ".concat", [x, five, nine, thirteen], OnnxGraph.Attribute("axis", 1)), name + ".conv2");

        string Pool(string input, string output) => _graph.Node(
            "MaxPool", output, [input], OnnxGraph.Attribute("kernel_shape", 5, 5), OnnxGraph.Attribute("strides", 1, 1), OnnxGraph.Attribute("pads", 2, 2, 2, 2));
    }

    /// <summary>One token per joint, <c>[N, K, 256]</c>, after the gated attention unit.</summary>
    private string Tokens(string features)
    {
        const string Gau = "head.gau";
        var maps = Convolution(features, Maps, _weights.Convolution(Maps));
        var rows = _graph.Node("Reshape", "head.rows", [maps, _graph.Integers("head.rows.shape", 0, 0, -1)]);
        rows = ScaleNorm(rows, "head.mlp.0", _network.Head.Cells);
        var tokens = _graph.Node("MatMul", "head.mlp.1", [rows, Linear("head.mlp.1.weight", NormFactor("head.mlp.0", _network.Head.Cells))]);

        var normed = ScaleNorm(tokens, Gau + ".ln", RtmccHead.HiddenWidth);
        var uv = Silu(_graph.Node("MatMul", Gau + ".uv", [normed, Linear(Gau + ".uv.weight", NormFactor(Gau + ".ln", RtmccHead.HiddenWidth))]), Gau + ".uv");
        var keyWidth = GatedAttentionUnit.KeyWidth;
        var valueWidth = (_weights.ShapeOf(Gau + ".uv.weight")[0] - keyWidth) / 2;
        var (u, v, shared) = (Gau + ".u", Gau + ".v", Gau + ".shared");
        _graph.Nodes(
            "Split", Gau + ".split", [u, v, shared], [uv, _graph.Integers(Gau + ".split.sizes", valueWidth, valueWidth, keyWidth)], OnnxGraph.Attribute("axis", 2));

        var query = Affine(shared, "query", row: 0, 1 / Math.Sqrt(keyWidth));
        var key = _graph.Node("Transpose", Gau + ".key.transposed", [Affine(shared, "key", row: 1, 1)], OnnxGraph.Attribute("perm", 0, 2, 1));
        var attention = _graph.Node("Relu", Gau + ".relu", [_graph.Node("MatMul", Gau + ".qk", [query, key])]);
        attention = _graph.Node("Mul", Gau + ".attention", [attention, attention]);
        var gated = _graph.Node("Mul", Gau + ".gated", [u, _graph.Node("MatMul", Gau + ".values", [attention, v])]);
        var output = _graph.Node("MatMul", Gau + ".o", [gated, Linear(Gau + ".o.weight")]);
        var residual = _graph.Node("Mul", Gau + ".res_scale", [tokens, Vector(Gau + ".res_scale.scale", _weights.Get(Gau + ".res_scale.scale"))]);
        return _graph.Node("Add", Gau, [residual, output]);

        string Affine(string x, string name, int row, double factor)
        {
            var gamma = Row(Gau + ".gamma");
            var beta = Row(Gau + ".beta");
            var scaled = _graph.Node("Mul", $"{Gau}.{name}.scaled", [x, Vector($"{Gau}.{name}.gamma", gamma)]);
            return _graph.Node("Add", $"{Gau}.{name}", [scaled, Vector($"{Gau}.{name}.beta", beta)]);

            float[] Row(string parameter) => [.. _weights.Get(parameter).AsSpan(row * keyWidth, keyWidth).ToArray().Select(p => (float)(p * factor))];
        }
    }

    // x / max(‖x‖·d^−½, ε)·g is x / max(‖x‖, ε·d^½) times a factor that the layer behind takes into its weights
    private string ScaleNorm(string x, string name, int width)
    {
        var norm = _graph.ReduceLast("ReduceL2", name + ".norm", x);
        var least = _graph.Weight(name + ".least", [(float)(ScaleNormEpsilon * Math.Sqrt(width))]);
        return _graph.Node("Div", name, [x, _graph.Node("Max", name + ".divisor", [norm, least])]);
    }

    private double NormFactor(string name, int width) => _weights.Get(name + ".g")[0] * Math.Sqrt(width);

    private void Decode(double binsPerPixel)
    {
        var none = _graph.Weight("decode.none", [-1f]);
        var zero = _graph.Weight("decode.zero", [0f]);
        var pixel = _graph.Weight("decode.bins", [(float)binsPerPixel]);
        var (binX, maxX) = Largest(OutputX);
        var (binY, maxY) = Largest(OutputY);
        var score = _graph.Node("Min", "decode.score", [maxX, maxY]);
        var found = _graph.Node("Greater", "decode.found", [score, zero]);
        _graph.Node("Concat", Keypoints, [Place(binX, "x"), Place(binY, "y"), score], OnnxGraph.Attribute("axis", 2));

        (string Bin, string Value) Largest(string logits)
        {
            var bin = _graph.Node("ArgMax", logits + ".bin", [logits], OnnxGraph.Attribute("axis", -1), OnnxGraph.Attribute("keepdims", 1));
            return (
                _graph.Node("Cast", logits + ".place", [bin], OnnxGraph.Attribute("to", (long)TensorProto.Types.DataType.Float)),
                _graph.ReduceLast("ReduceMax", logits + ".max", logits));
        }

        string Place(string bin, string axis) =>
            _graph.Node("Div", $"decode.{axis}", [_graph.Node("Where", $"decode.{axis}.bin", [found, bin, none]), pixel]);
    }

    /// <summary>Convolution with its folded norm, then SiLU.</summary>
    private string Brick(string x, string name, int stride = 1) => Silu(Convolution(x, name, _weights.Folded(name, NormEpsilon), stride), name);

    private string Convolution(string x, string name, FoldedConvolution conv, int stride = 1)
    {
        var (kernel, pad) = (conv.Shape[2], conv.Shape[2] / 2);
        // the only grouped convolutions of CSPNeXt are depthwise
        var groups = name.EndsWith(".depthwise_conv", StringComparison.Ordinal) ? conv.Shape[0] : 1;
        return _graph.Node(
            "Conv", name + ".conv",
            [x, _graph.Weight(name + ".weight", conv.Kernel, conv.Shape), _graph.Weight(name + ".bias", conv.Bias, conv.Bias.Length)],
            OnnxGraph.Attribute("kernel_shape", kernel, kernel), OnnxGraph.Attribute("strides", stride, stride),
            OnnxGraph.Attribute("pads", pad, pad, pad, pad), OnnxGraph.Attribute("group", groups));
    }

    private string Silu(string x, string name) =>
        _graph.Node("Mul", name + ".silu", [x, _graph.Node("Sigmoid", name + ".sigmoid", [x])]);

    private string Linear(string weight, double factor = 1)
    {
        var shape = _weights.ShapeOf(weight);
        return _graph.Weight(weight, _weights.Transposed(weight, factor), shape[1], shape[0]);
    }

    private string Vector(string name, float[] values) => _graph.Weight(name, values, values.Length);
}
