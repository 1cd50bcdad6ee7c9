using System.Globalization;
using Sinew.Training.Export.Format;
using Sinew.Training.Models;

namespace Sinew.Training.Export;

/// <summary>
/// RTMPose as an ONNX graph for inference. Batch norms are folded; the factors of the head's norms, of its attention and of the
/// queries are folded into the weights beside them; the pyramid's max pools of 9 and 13 cells are made of three of 5, which gives the same
/// numbers from a third of the comparisons. Values bear the names that MMPose's state dict gives the layers.
/// </summary>
/// <remarks>
/// Kernels that work on blocks of channels are slow where a layer's channels are no multiple of the block. Such layers can be given
/// channels more, with weights of 0: SiLU of 0 is 0, so nothing else changes.
/// </remarks>
internal sealed class RtmPoseGraph
{
    public const string Input = "input";
    public const string OutputX = "simcc_x";
    public const string OutputY = "simcc_y";
    public const string Keypoints = "keypoints";

    private const string Halved = "halved";
    private const string Maps = "head.final_layer";
    private const string Depthwise = ".conv2.depthwise_conv";
    private const double NormEpsilon = 1e-5;
    private const double ScaleNormEpsilon = 1e-5;

    private readonly OnnxGraph _graph;
    private readonly RtmPose _network;
    private readonly NetworkWeights _weights;

    private readonly int _block;

    private RtmPoseGraph(RtmPose network, int opset, int block) =>
        (_network, _graph, _weights, _block) = (network, new OnnxGraph(opset), new NetworkWeights(network), block);

    /// <summary>Writes the graph.</summary>
    /// <param name="network">The network with its refiner, where it has one; its half resolution is part of the graph where it is set.</param>
    /// <param name="opset">The version of ONNX's operators.</param>
    /// <param name="bins">Bins per pixel, to decode in the graph: its output is <see cref="Keypoints"/> <c>[N, K, 3]</c> then; null for the logits.</param>
    /// <param name="block">Channels inside the network are filled up to multiples of this; 1 leaves them as they are.</param>
    public static OnnxGraph Of(RtmPose network, int opset, double? bins, int block = 1)
    {
        var writer = new RtmPoseGraph(network, opset, block);
        writer.Write(bins);
        return writer._graph;
    }

    /// <summary>True for what comes before the joints' tokens: the backbone, and the convolution to one map per joint.</summary>
    public static bool IsConvolutional(NodeProto node) =>
        node.Name == Halved || node.Name.StartsWith("backbone.", StringComparison.Ordinal) || node.Name.StartsWith(Maps, StringComparison.Ordinal);

    /// <summary>True for the first three convolutions, and for the halving before them.</summary>
    public static bool IsStem(NodeProto node) => node.Name == Halved || node.Name.StartsWith("backbone.stem.", StringComparison.Ordinal);

    private void Write(double? bins)
    {
        var (joints, proto) = (_network.Joints, _graph.Proto);
        proto.Input.Add(OnnxGraph.Port(Input, TensorProto.Types.DataType.Float, -1, 3, _network.Height, _network.Width));
        var maps = Backbone(new Channels(Input, [0, 1, 2], 3));
        var tokens = Tokens(maps[^1]);
        var (x, y) = _network.Refiner is null ? (OutputX, OutputY) : ("coarse_x", "coarse_y");
        _graph.Node("MatMul", x, [tokens, Linear("head.cls_x.weight")]);
        _graph.Node("MatMul", y, [tokens, Linear("head.cls_y.weight")]);
        if (_network.Refiner is not null)
            new RefinerGraph(_graph, _weights, joints).Write(x, _network.BinsX, y, _network.BinsY, RtmPose.RefinerMaps(maps), OutputX, OutputY);
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

    /// <summary>The maps of the stem and of the four stages.</summary>
    private Channels[] Backbone(Channels x)
    {
        var maps = new Channels[5];
        if (_network.HalfResolution)
            x = x with { Name = _graph.Node("AveragePool", Halved, [x.Name], OnnxGraph.Attribute("kernel_shape", 2, 2), OnnxGraph.Attribute("strides", 2, 2)) };
        x = Brick(x, "backbone.stem.0", stride: 2);
        x = Brick(x, "backbone.stem.1");
        maps[0] = x = Brick(x, "backbone.stem.2");
        for (var i = 1; i <= 4; i++)
        {
            var stage = $"backbone.stage{i.ToString(CultureInfo.InvariantCulture)}";
            x = Brick(x, stage + ".0", i == 4 ? _network.Backbone.LastStride : 2);
            maps[i] = x = i == 4 ? CspLayer(Pyramid(x, stage + ".1"), stage + ".2", identity: false) : CspLayer(x, stage + ".1", identity: true);
        }

        return maps;
    }

    private Channels CspLayer(Channels x, string name, bool identity)
    {
        var shortcut = Brick(x, name + ".short_conv");
        x = Brick(x, name + ".main_conv");
        for (var i = 0; _weights.Has($"{name}.blocks.{i}.conv1.conv.weight"); i++)
        {
            var block = $"{name}.blocks.{i.ToString(CultureInfo.InvariantCulture)}";
            var y = Brick(x, block + ".conv1");
            y = Brick(y, block + Depthwise);
            y = Brick(y, block + ".conv2.pointwise_conv");
            x = identity ? y with { Name = _graph.Node("Add", block, [y.Name, x.Name]) } : y;
        }

        var both = Concat(name + ".concat", x, shortcut);
        var attention = name + ".attention";
        var means = both with { Name = _graph.Node("GlobalAveragePool", attention + ".pool", [both.Name]) };
        var gate = Convolution(means, attention + ".fc", _weights.Convolution(attention + ".fc"), both).Name;
        gate = _graph.Node("HardSigmoid", attention + ".gate", [gate], OnnxGraph.Attribute("alpha", 1f / 6), OnnxGraph.Attribute("beta", 0.5f));
        return Brick(both with { Name = _graph.Node("Mul", attention, [both.Name, gate]) }, name + ".final_conv");
    }

    // stride 1 and a border that never wins: two pools of 5 reach as far as one of 9, three as far as one of 13
    private Channels Pyramid(Channels x, string name)
    {
        x = Brick(x, name + ".conv1");
        var five = Pool(x, name + ".pool5");
        var nine = Pool(five, name + ".pool9");
        var thirteen = Pool(nine, name + ".pool13");
        return Brick(Concat(name + ".concat", x, five, nine, thirteen), name + ".conv2");

        Channels Pool(Channels input, string output) => input with
        {
            Name = _graph.Node(
                "MaxPool", output, [input.Name], OnnxGraph.Attribute("kernel_shape", 5, 5), OnnxGraph.Attribute("strides", 1, 1), OnnxGraph.Attribute("pads", 2, 2, 2, 2)),
        };
    }

    private Channels Concat(string name, params ReadOnlySpan<Channels> parts)
    {
        var (places, count) = (new List<int>(), 0);
        var names = new List<string>();
        foreach (var part in parts)
        {
            foreach (var place in part.Places) places.Add(place + count);
            names.Add(part.Name);
            count += part.Count;
        }

        return new Channels(_graph.Node("Concat", name, [.. names], OnnxGraph.Attribute("axis", 1)), [.. places], count);
    }

    /// <summary>One token per joint, <c>[N, K, 256]</c>, after the gated attention unit.</summary>
    private string Tokens(Channels features)
    {
        const string Gau = "head.gau";
        var joints = Convolution(features, Maps, _weights.Convolution(Maps));
        var maps = joints.Name;
        if (joints.Count > _network.Joints)
        {
            maps = _graph.Node("Slice", "head.joints", [
                maps, _graph.Integers("head.joints.first", 0), _graph.Integers("head.joints.end", _network.Joints), _graph.Integers("head.joints.axis", 1),
            ]);
        }

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
        var norm = _graph.Reduce("ReduceL2", name + ".norm", x, -1);
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
                _graph.Reduce("ReduceMax", logits + ".max", logits, -1));
        }

        string Place(string bin, string axis) =>
            _graph.Node("Div", $"decode.{axis}", [_graph.Node("Where", $"decode.{axis}.bin", [found, bin, none]), pixel]);
    }

    /// <summary>Convolution with its folded norm, then SiLU.</summary>
    private Channels Brick(Channels x, string name, int stride = 1)
    {
        var output = Convolution(x, name, _weights.Folded(name, NormEpsilon), stride: stride);
        return output with { Name = Silu(output.Name, name) };
    }

    /// <summary>A convolution whose output channels are filled up, or lie where <paramref name="like"/>'s do.</summary>
    private Channels Convolution(Channels x, string name, FoldedConvolution conv, Channels? like = null, int stride = 1)
    {
        var (kernel, pad) = (conv.Shape[2], conv.Shape[2] / 2);

        // the only grouped convolutions of CSPNeXt are depthwise: their channels stay where they are
        var depthwise = name.EndsWith(Depthwise, StringComparison.Ordinal);
        var own = (int)conv.Shape[0];
        var output = (depthwise ? x : like ?? new Channels("", [.. Enumerable.Range(0, own)], (own + _block - 1) / _block * _block)) with { Name = name + ".conv" };
        var (columns, cells) = (depthwise ? 1 : x.Count, (int)(kernel * kernel));
        var weights = new float[output.Count * columns * cells];
        var bias = new float[output.Count];
        for (var o = 0; o < own; o++)
        {
            var row = output.Places[o];
            bias[row] = conv.Bias[o];
            for (var i = 0; i < conv.Shape[1]; i++)
            {
                var column = depthwise ? 0 : x.Places[i];
                conv.Kernel.AsSpan(((o * (int)conv.Shape[1]) + i) * cells, cells).CopyTo(weights.AsSpan(((row * columns) + column) * cells));
            }
        }

        _graph.Node(
            "Conv", output.Name,
            [x.Name, _graph.Weight(name + ".weight", weights, output.Count, columns, kernel, kernel), _graph.Weight(name + ".bias", bias, bias.Length)],
            OnnxGraph.Attribute("kernel_shape", kernel, kernel), OnnxGraph.Attribute("strides", stride, stride),
            OnnxGraph.Attribute("pads", pad, pad, pad, pad), OnnxGraph.Attribute("group", depthwise ? x.Count : 1));
        return output;
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
