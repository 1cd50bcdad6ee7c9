using System.Runtime.InteropServices;
using Sinew.Training.Export.Format;
using DataType = Sinew.Training.Export.Format.TensorProto.Types.DataType;

namespace Sinew.Training.Export;

/// <summary>
/// Writes a graph with 16-bit floating-point convolutions. The head, whose attention squares its values, is computed in 32 bits from
/// weights that are stored in 16. Input and outputs stay 32-bit.
/// </summary>
internal sealed class HalfPrecision
{
    // below this a weight is a constant of the formula rather than something learned
    private const int FewestStored = 32;

    private readonly GraphProto _source;
    private readonly OnnxGraph _target;
    private readonly Dictionary<string, TensorProto> _weights;
    private readonly HashSet<string> _halfValues;
    private readonly HashSet<string> _written = new(StringComparer.Ordinal);

    private HalfPrecision(OnnxGraph source)
    {
        (_source, _target) = (source.Proto, new OnnxGraph(source.Opset));
        _weights = _source.Initializer.ToDictionary(w => w.Name, StringComparer.Ordinal);
        _halfValues = [.. _source.Node.Where(RtmPoseGraph.IsConvolutional).SelectMany(n => n.Output)];
    }

    /// <summary>Writes the graph.</summary>
    /// <param name="source">The graph in 32 bits; it is used up.</param>
    /// <exception cref="SinewException">A weight is too large for 16 bits.</exception>
    public static OnnxGraph Apply(OnnxGraph source)
    {
        var half = new HalfPrecision(source);
        half.Write();
        return half._target;
    }

    private void Write()
    {
        _target.Proto.Input.Add(_source.Input);
        foreach (var node in _source.Node)
        {
            var inHalf = RtmPoseGraph.IsConvolutional(node);
            _target.Nodes(node.OpType, node.Name, [.. node.Output], [.. node.Input.Select(i => inHalf ? AsHalf(i) : AsFloat(i))], [.. node.Attribute]);
        }

        _target.Proto.Output.Add(_source.Output);
    }

    private string AsHalf(string value)
    {
        if (_weights.TryGetValue(value, out var weight)) return Stored(weight);
        return _halfValues.Contains(value) ? value : Cast(value, value + ".half", DataType.Float16);
    }

    private string AsFloat(string value)
    {
        if (!_weights.TryGetValue(value, out var weight)) return _halfValues.Contains(value) ? Cast(value, value + ".float", DataType.Float) : value;
        if (weight.DataType == (int)DataType.Float && weight.RawData.Length >= FewestStored * sizeof(float)) return Cast(Stored(weight), value, DataType.Float);
        if (_written.Add(value)) _target.Proto.Initializer.Add(weight);
        return value;
    }

    private string Cast(string value, string name, DataType type)
    {
        if (_written.Add(name)) _target.Node("Cast", name, [value], OnnxGraph.Attribute("to", (long)type));
        return name;
    }

    private string Stored(TensorProto weight)
    {
        var name = weight.Name + ".half";
        if (!_written.Add(name + ".weight")) return name;
        var values = MemoryMarshal.Cast<byte, float>(weight.RawData.Span);
        var halves = new Half[values.Length];
        for (var i = 0; i < halves.Length; i++)
        {
            halves[i] = (Half)values[i];
            if (!Half.IsFinite(halves[i])) throw new SinewException($"{weight.Name}: a weight of {values[i]} is too large for 16 bits: export it with --precision fp32");
        }

        return _target.Weight<Half>(name, DataType.Float16, halves, [.. weight.Dims]);
    }
}
