using System.Globalization;
using System.Runtime.InteropServices;
using Google.Protobuf;
using Sinew.Training.Export.Format;

namespace Sinew.Training.Export;

/// <summary>
/// A network's graph in the ONNX format while it is written: weights, then nodes in the order of their evaluation. A node is named as the
/// value that it gives.
/// </summary>
/// <param name="opset">The version of ONNX's operators that the nodes are of.</param>
internal sealed class OnnxGraph(int opset)
{
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);

    /// <summary>The graph as it is so far.</summary>
    public GraphProto Proto { get; } = new() { Name = "sinew" };

    /// <summary>The version of ONNX's operators.</summary>
    public int Opset { get; } = opset;

    /// <summary>The version of the file format that first has <see cref="Opset"/>.</summary>
    public int IrVersion => Opset switch { <= 18 => 8, <= 20 => 9, _ => 10 };

    public static AttributeProto Attribute(string name, long value) =>
        new() { Name = name, Type = AttributeProto.Types.AttributeType.Int, I = value };

    public static AttributeProto Attribute(string name, float value) =>
        new() { Name = name, Type = AttributeProto.Types.AttributeType.Float, F = value };

    public static AttributeProto Attribute(string name, string value) =>
        new() { Name = name, Type = AttributeProto.Types.AttributeType.String, S = ByteString.CopyFromUtf8(value) };

    public static AttributeProto Attribute(string name, params ReadOnlySpan<long> values)
    {
        var attribute = new AttributeProto { Name = name, Type = AttributeProto.Types.AttributeType.Ints };
        foreach (var value in values) attribute.Ints.Add(value);
        return attribute;
    }

    /// <summary>A value's description; an axis below 0 is free and named <c>batch</c>.</summary>
    public static ValueInfoProto Port(string name, TensorProto.Types.DataType type, params ReadOnlySpan<long> shape)
    {
        var axes = new TensorShapeProto();
        foreach (var axis in shape)
            axes.Dim.Add(axis < 0 ? new TensorShapeProto.Types.Dimension { DimParam = "batch" } : new TensorShapeProto.Types.Dimension { DimValue = axis });
        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)type, Shape = axes } } };
    }

    /// <summary>Adds a constant and gives its name.</summary>
    public string Weight<T>(string name, TensorProto.Types.DataType type, ReadOnlySpan<T> values, params ReadOnlySpan<long> shape)
        where T : unmanaged
    {
        var tensor = Tensor(Take(name), type, values, shape);
        Proto.Initializer.Add(tensor);
        return name;
    }

    /// <summary>A constant of 32-bit floating-point numbers.</summary>
    public string Weight(string name, ReadOnlySpan<float> values, params ReadOnlySpan<long> shape) =>
        Weight(name, TensorProto.Types.DataType.Float, values, shape);

    /// <summary>A constant list of whole numbers.</summary>
    public string Integers(string name, params ReadOnlySpan<long> values) => Weight(name, TensorProto.Types.DataType.Int64, values, values.Length);

    /// <summary>Adds a node with one output and gives its name.</summary>
    public string Node(string op, string output, ReadOnlySpan<string> inputs, params ReadOnlySpan<AttributeProto> attributes)
    {
        Nodes(op, output, [output], inputs, attributes);
        return output;
    }

    /// <summary>Adds a node with several outputs.</summary>
    public void Nodes(string op, string name, ReadOnlySpan<string> outputs, ReadOnlySpan<string> inputs, params ReadOnlySpan<AttributeProto> attributes)
    {
        var node = new NodeProto { OpType = op, Name = name };
        foreach (var input in inputs) node.Input.Add(input);
        foreach (var output in outputs) node.Output.Add(Take(output));
        foreach (var attribute in attributes) node.Attribute.Add(attribute);
        Proto.Node.Add(node);
    }

    /// <summary>A reduction over one axis, which stays with one element. From opset 18 on the axes are an input.</summary>
    public string Reduce(string op, string output, string input, long axis)
    {
        // ReduceSum alone had its axes as an input before; it is not used here
        if (Opset < 18) return Node(op, output, [input], Attribute("axes", (ReadOnlySpan<long>)[axis]), Attribute("keepdims", 1));
        return Node(op, output, [input, Integers(output + ".axes", axis)], Attribute("keepdims", 1));
    }

    /// <summary>The whole file.</summary>
    /// <param name="metadata">Entries beside the graph.</param>
    public ModelProto ToModel(IEnumerable<KeyValuePair<string, string>> metadata)
    {
        var model = new ModelProto
        {
            IrVersion = IrVersion,
            ProducerName = "sinew",
            ProducerVersion = typeof(OnnxGraph).Assembly.GetName().Version?.ToString(3) ?? "",
            Graph = Proto,
        };
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = Opset });
        foreach (var (key, value) in metadata) model.MetadataProps.Add(new StringStringEntryProto { Key = key, Value = value });
        return model;
    }

    internal static TensorProto Tensor<T>(string name, TensorProto.Types.DataType type, ReadOnlySpan<T> values, params ReadOnlySpan<long> shape)
        where T : unmanaged
    {
        var count = 1L;
        var tensor = new TensorProto { Name = name, DataType = (int)type };
        foreach (var axis in shape)
        {
            tensor.Dims.Add(axis);
            count *= axis;
        }

        if (count != values.Length) throw new ArgumentException($"{name}: {values.Length} values do not fill its shape of {count.ToString(CultureInfo.InvariantCulture)}", nameof(values));
        tensor.RawData = UnsafeByteOperations.UnsafeWrap(MemoryMarshal.AsBytes(values).ToArray());
        return tensor;
    }

    private string Take(string name) => _names.Add(name) ? name : throw new ArgumentException($"the graph has two values '{name}'", nameof(name));
}
