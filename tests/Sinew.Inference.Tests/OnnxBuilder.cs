using System.Text;

namespace Sinew.Inference.Tests;

/// <summary>Writes small ONNX files (opset 13): enough of the protobuf format for graphs of a few nodes.</summary>
#pragma warning disable CA1001 // memory streams hold nothing that has to be given back
internal sealed class OnnxBuilder
{
    private readonly MemoryStream _graph = new();
    private readonly MemoryStream _metadata = new();

    public OnnxBuilder Input(string name, OnnxElementType type, params long[] shape) => Port(11, name, type, shape);

    public OnnxBuilder Output(string name, OnnxElementType type, params long[] shape) => Port(12, name, type, shape);

    public OnnxBuilder Node(string op, string input, string output, params (string Name, long[] Values)[] attributes)
    {
        var node = new MemoryStream();
        Bytes(node, 1, Encoding.UTF8.GetBytes(input));
        Bytes(node, 2, Encoding.UTF8.GetBytes(output));
        Bytes(node, 4, Encoding.UTF8.GetBytes(op));
        foreach (var (name, values) in attributes)
        {
            var attribute = new MemoryStream();
            Bytes(attribute, 1, Encoding.UTF8.GetBytes(name));
            var isList = name == "axes";
            foreach (var value in values) Number(attribute, isList ? 8 : 3, value);
            Number(attribute, 20, isList ? 7 : 2);
            Bytes(node, 5, attribute.ToArray());
        }

        Bytes(_graph, 1, node.ToArray());
        return this;
    }

    /// <summary>A constant list of whole numbers.</summary>
    public OnnxBuilder Constant(string name, params long[] values)
    {
        var tensor = new MemoryStream();
        Number(tensor, 1, values.Length);
        Number(tensor, 2, (long)OnnxElementType.Int64);
        foreach (var value in values) Number(tensor, 7, value);
        Bytes(tensor, 8, Encoding.UTF8.GetBytes(name));
        Bytes(_graph, 5, tensor.ToArray());
        return this;
    }

    /// <summary>A constant output, whatever the input is.</summary>
    public OnnxBuilder Gives(string name, float[] values, params long[] shape)
    {
        var tensor = new MemoryStream();
        foreach (var axis in shape) Number(tensor, 1, axis);
        Number(tensor, 2, (long)OnnxElementType.Float32);
        Bytes(tensor, 8, Encoding.UTF8.GetBytes(name + ".values"));
        Bytes(tensor, 9, System.Runtime.InteropServices.MemoryMarshal.AsBytes(values.AsSpan()).ToArray());
        Bytes(_graph, 5, tensor.ToArray());
        return Output(name, OnnxElementType.Float32, shape).Node("Identity", name + ".values", name);
    }

    public OnnxBuilder Metadata(string key, string value)
    {
        var entry = new MemoryStream();
        Bytes(entry, 1, Encoding.UTF8.GetBytes(key));
        Bytes(entry, 2, Encoding.UTF8.GetBytes(value));
        Bytes(_metadata, 14, entry.ToArray());
        return this;
    }

    public byte[] Build()
    {
        Bytes(_graph, 2, "g"u8.ToArray());
        var opset = new MemoryStream();
        Number(opset, 2, 13);
        var model = new MemoryStream();
        Number(model, 1, 7);
        Bytes(model, 7, _graph.ToArray());
        Bytes(model, 8, opset.ToArray());
        _metadata.WriteTo(model);
        return model.ToArray();
    }

    private static void Varint(Stream to, ulong value)
    {
        for (; value >= 0x80; value >>= 7) to.WriteByte((byte)(value | 0x80));
        to.WriteByte((byte)value);
    }

    private static void Number(Stream to, int field, long value)
    {
        Varint(to, (ulong)field << 3);
        Varint(to, (ulong)value);
    }

    private static void Bytes(Stream to, int field, byte[] value)
    {
        Varint(to, ((ulong)field << 3) | 2);
        Varint(to, (ulong)value.Length);
        to.Write(value);
    }

    private OnnxBuilder Port(int field, string name, OnnxElementType type, long[] shape)
    {
        var axes = new MemoryStream();
        foreach (var axis in shape)
        {
            var dim = new MemoryStream();
            if (axis >= 0) Number(dim, 1, axis);
            else Bytes(dim, 2, "free"u8.ToArray());
            Bytes(axes, 1, dim.ToArray());
        }

        var tensor = new MemoryStream();
        Number(tensor, 1, (long)type);
        Bytes(tensor, 2, axes.ToArray());
        var typeProto = new MemoryStream();
        Bytes(typeProto, 1, tensor.ToArray());
        var info = new MemoryStream();
        Bytes(info, 1, Encoding.UTF8.GetBytes(name));
        Bytes(info, 2, typeProto.ToArray());
        Bytes(_graph, field, info.ToArray());
        return this;
    }
}
