using System.Buffers.Binary;
using System.Collections;
using System.Globalization;
using System.Numerics;
using System.Text;

namespace Sinew.Tensors.Files;

/// <summary>Writes a tree of plain containers, numbers, strings and tensors as a pickle of protocol 2, as torch.save does.</summary>
internal sealed class Pickler : IDisposable
{
    private const int MaxDepth = 100;

    private readonly MemoryStream _out = new();

    /// <summary>The tensors met, in order; a tensor's position is the key of its storage.</summary>
    public List<Tensor> Storages { get; } = [];

    public byte[] Write(object? tree)
    {
        _out.Write([0x80, 2]);
        WriteValue(tree, 0);
        _out.WriteByte((byte)'.');
        return _out.ToArray();
    }

    public void Dispose() => _out.Dispose();

    private void WriteValue(object? value, int depth)
    {
        if (depth > MaxDepth)
            throw new ArgumentException($"a tree of more than {MaxDepth} levels is not written");
        switch (value)
        {
            case null:
                _out.WriteByte((byte)'N');
                break;
            case bool truth:
                _out.WriteByte(truth ? (byte)0x88 : (byte)0x89);
                break;
            case int or long or short or byte or uint or sbyte or ushort:
                WriteInteger(Convert.ToInt64(value, CultureInfo.InvariantCulture));
                break;
            case float or double:
                _out.WriteByte((byte)'G');
                Span<byte> real = stackalloc byte[8];
                BinaryPrimitives.WriteDoubleBigEndian(real, Convert.ToDouble(value, CultureInfo.InvariantCulture));
                _out.Write(real);
                break;
            case string text:
                WriteText(text);
                break;
            case byte[] bytes:
                // Protocol 2 has no bytes; Python 3 writes them as text that is encoded on loading.
                WriteGlobal("_codecs", "encode");
                WriteText(Encoding.Latin1.GetString(bytes));
                WriteText("latin1");
                _out.WriteByte(0x86);
                _out.WriteByte((byte)'R');
                break;
            case Tensor tensor:
                WriteTensor(tensor);
                break;
            case DType dtype:
                WriteGlobal("torch", TorchNames.Name(dtype));
                break;
            case IDictionary dictionary:
                WriteDictionary(dictionary, depth);
                break;
            case Array tuple:
                _out.WriteByte((byte)'(');
                foreach (object? item in tuple)
                    WriteValue(item, depth + 1);
                _out.WriteByte((byte)'t');
                break;
            case IList list:
                _out.Write("]("u8);
                foreach (object? item in list)
                    WriteValue(item, depth + 1);
                _out.WriteByte((byte)'e');
                break;
            default:
                throw new ArgumentException($"a value of type {value.GetType().Name} is not written; give tensors, numbers, strings, lists, arrays and dictionaries");
        }
    }

    private void WriteDictionary(IDictionary dictionary, int depth)
    {
        // An OrderedDict, as a state_dict is one.
        WriteGlobal("collections", "OrderedDict");
        _out.Write(")R("u8);
        foreach (DictionaryEntry entry in dictionary)
        {
            WriteValue(entry.Key, depth + 1);
            WriteValue(entry.Value, depth + 1);
        }

        _out.WriteByte((byte)'u');
    }

    private void WriteTensor(Tensor tensor)
    {
        long[] shape = tensor.Shape;
        var strides = new long[shape.Length];
        long stride = 1;
        for (int i = shape.Length - 1; i >= 0; i--)
        {
            strides[i] = stride;
            stride *= Math.Max(shape[i], 1);
        }

        WriteGlobal("torch._utils", "_rebuild_tensor_v2");
        _out.Write("(("u8);
        WriteText("storage");
        WriteGlobal("torch", TorchNames.Storage(tensor.DType));
        WriteText(Storages.Count.ToString(CultureInfo.InvariantCulture));
        WriteText("cpu");
        WriteInteger(tensor.Count);
        _out.Write("tQ"u8);
        WriteInteger(0);
        WriteTuple(shape);
        WriteTuple(strides);
        _out.WriteByte(0x89);
        WriteGlobal("collections", "OrderedDict");
        _out.Write(")RtR"u8);
        Storages.Add(tensor);
    }

    private void WriteTuple(long[] values)
    {
        _out.WriteByte((byte)'(');
        foreach (long value in values)
            WriteInteger(value);
        _out.WriteByte((byte)'t');
    }

    private void WriteInteger(long value)
    {
        if (value is >= int.MinValue and <= int.MaxValue)
        {
            Span<byte> bytes = stackalloc byte[4];
            BinaryPrimitives.WriteInt32LittleEndian(bytes, (int)value);
            _out.WriteByte((byte)'J');
            _out.Write(bytes);
            return;
        }

        byte[] digits = new BigInteger(value).ToByteArray();
        _out.WriteByte(0x8a);
        _out.WriteByte((byte)digits.Length);
        _out.Write(digits);
    }

    private void WriteText(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
        _out.WriteByte((byte)'X');
        _out.Write(length);
        _out.Write(bytes);
    }

    private void WriteGlobal(string module, string name)
    {
        _out.WriteByte((byte)'c');
        _out.Write(Encoding.ASCII.GetBytes($"{module}\n{name}\n"));
    }
}
