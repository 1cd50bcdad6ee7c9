using System.Runtime.InteropServices;
using Sinew.Training.Export.Format;
using DataType = Sinew.Training.Export.Format.TensorProto.Types.DataType;

namespace Sinew.Training.Export.Int8;

/// <summary>
/// Writes a graph of 32-bit nodes as one that ONNX Runtime computes in eight bits: around every chosen node its values are quantised and
/// brought back (QuantizeLinear, DequantizeLinear), which the runtime fuses into its integer kernels. Activations are unsigned with a
/// zero point per value, weights signed and symmetric with a scale per output channel, biases 32-bit.
/// </summary>
internal sealed class Quantiser
{
    /// <summary>ONNX Runtime's fast integer convolutions take whole blocks of this many channels.</summary>
    public const int Block = 16;

    private static readonly ValueRange SigmoidRange = new(0, 255f / 256);

    private readonly GraphProto _source;
    private readonly OnnxGraph _target;
    private readonly Dictionary<string, TensorProto> _weights;
    private readonly IReadOnlyDictionary<string, ValueRange> _ranges;
    private readonly HashSet<string> _values;
    private readonly HashSet<string> _kept = new(StringComparer.Ordinal);

    private Quantiser(OnnxGraph source, IReadOnlyDictionary<string, ValueRange> ranges)
    {
        (_source, _ranges) = (source.Proto, ranges);
        _target = new OnnxGraph(source.Opset);
        _weights = _source.Initializer.ToDictionary(w => w.Name, StringComparer.Ordinal);
        _values = Values(_source);
    }

    /// <summary>
    /// True for nodes that are computed in eight bits: the backbone behind its stem, and the convolution to the joints' maps. The stem stays
    /// in 32 bits: its maps are large and its channels few, so that eight bits save nothing there.
    /// </summary>
    public static bool Takes(NodeProto node) =>
        RtmPoseGraph.IsConvolutional(node)
        && !RtmPoseGraph.IsStem(node)
        && node.OpType is "Conv" or "Sigmoid" or "Mul" or "Add" or "Concat" or "MaxPool" or "GlobalAveragePool";

    /// <summary>Names of the values that go into or come from such nodes.</summary>
    public static HashSet<string> Values(GraphProto graph)
    {
        var weights = graph.Initializer.Select(w => w.Name).ToHashSet(StringComparer.Ordinal);
        return [.. graph.Node.Where(Takes).SelectMany(n => n.Input.Concat(n.Output)).Where(v => !weights.Contains(v))];
    }

    /// <summary>Writes the graph.</summary>
    /// <param name="source">The graph in 32 bits; it is used up.</param>
    /// <param name="ranges">Ranges of <see cref="Values"/>.</param>
    public static OnnxGraph Apply(OnnxGraph source, IReadOnlyDictionary<string, ValueRange> ranges)
    {
        var quantiser = new Quantiser(source, Shared(source.Proto, ranges));
        quantiser.Write();
        return quantiser._target;
    }

    /// <summary>A max pool gives numbers that it was given: it has its input's range. A sigmoid's is known.</summary>
    private static Dictionary<string, ValueRange> Shared(GraphProto graph, IReadOnlyDictionary<string, ValueRange> ranges)
    {
        var shared = new Dictionary<string, ValueRange>(ranges, StringComparer.Ordinal);
        foreach (var node in graph.Node)
        {
            if (node.OpType == "MaxPool") shared[node.Output[0]] = shared[node.Input[0]];
            if (node.OpType == "Sigmoid" && Takes(node)) shared[node.Output[0]] = SigmoidRange;
        }

        return shared;
    }

    private void Write()
    {
        foreach (var input in _source.Input)
        {
            _target.Proto.Input.Add(input);
            if (_values.Contains(input.Name)) Pair(input.Name);
        }

        foreach (var node in _source.Node)
        {
            var taken = Takes(node);
            if (taken && node.OpType == "Conv") WriteConvolution(node);
            else WriteNode(node);
            foreach (var output in node.Output.Where(_values.Contains)) Pair(output);
        }

        _target.Proto.Output.Add(_source.Output);
    }

    private void WriteNode(NodeProto node)
    {
        foreach (var weight in node.Input.Where(_weights.ContainsKey).Where(_kept.Add)) _target.Proto.Initializer.Add(_weights[weight]);
        _target.Nodes(node.OpType, node.Name, [.. node.Output], [.. node.Input.Select(Read)], [.. node.Attribute]);
    }

    private void WriteConvolution(NodeProto node)
    {
        var (weight, bias) = (_weights[node.Input[1]], _weights[node.Input[2]]);
        var kernel = MemoryMarshal.Cast<byte, float>(weight.RawData.Span);
        var offsets = MemoryMarshal.Cast<byte, float>(bias.RawData.Span);
        var (channels, size) = (offsets.Length, kernel.Length / offsets.Length);
        var inputScale = _ranges[node.Input[0]].Scale;
        var (small, scales, zeros) = (new sbyte[kernel.Length], new float[channels], new sbyte[channels]);
        var (wholes, biasScales, biasZeros) = (new int[channels], new float[channels], new int[channels]);
        for (var c = 0; c < channels; c++)
        {
            var row = kernel.Slice(c * size, size);
            var largest = 0f;
            foreach (var w in row) largest = Math.Max(largest, Math.Abs(w));

            // a bias far beyond what its channel's weights can bring would not fit: the channel's weights are rounded more then
            var scale = Math.Max(Math.Max(largest / 127, 1e-9f), Math.Abs(offsets[c]) / (inputScale * (1 << 30)));
            for (var i = 0; i < size; i++) small[(c * size) + i] = (sbyte)Math.Clamp(MathF.Round(row[i] / scale), -127, 127);
            scales[c] = scale;
            biasScales[c] = scale * inputScale;
            wholes[c] = (int)Math.Round(offsets[c] / (double)biasScales[c]);
        }

        var dequantised = Dequantised(weight.Name, DataType.Int8, small, [.. weight.Dims], scales, zeros);
        var dequantisedBias = Dequantised(bias.Name, DataType.Int32, wholes, [channels], biasScales, biasZeros);
        _target.Nodes("Conv", node.Name, [.. node.Output], [Read(node.Input[0]), dequantised, dequantisedBias], [.. node.Attribute]);
    }

    private string Dequantised<T>(string name, DataType type, T[] values, long[] shape, float[] scales, T[] zeros)
        where T : unmanaged
    {
        _target.Weight<T>(name + ".q", type, values, shape);
        _target.Weight(name + ".scale", scales, scales.Length);
        _target.Weight<T>(name + ".zero", type, zeros, zeros.Length);
        return _target.Node("DequantizeLinear", name, [name + ".q", name + ".scale", name + ".zero"], OnnxGraph.Attribute("axis", 0));
    }

    private string Read(string value) => _values.Contains(value) ? value + ".dq" : value;

    private void Pair(string value)
    {
        var range = _ranges[value];
        _target.Weight<float>(value + ".scale", DataType.Float, [range.Scale]);
        _target.Weight<byte>(value + ".zero", DataType.Uint8, [range.Zero]);
        _target.Node("QuantizeLinear", value + ".q", [value, value + ".scale", value + ".zero"]);
        _target.Node("DequantizeLinear", value + ".dq", [value + ".q", value + ".scale", value + ".zero"]);
    }
}
