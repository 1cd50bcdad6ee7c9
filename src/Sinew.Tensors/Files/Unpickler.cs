using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Text;

namespace Sinew.Tensors.Files;

/// <summary>
/// Reads one pickle without running anything: the opcodes that containers, strings, numbers and tensors are made of, and no
/// object whose class is not one of the few below. Opcodes are those of Python's pickle protocols 0 to 5
/// (Lib/pickletools.py describes each).
/// </summary>
/// <param name="path">The file, for messages.</param>
/// <param name="data">The bytes that the pickle lies in.</param>
/// <param name="storage">Makes the tensor that holds a storage from a persistent id's parts.</param>
internal sealed class Unpickler(string path, ReadOnlyMemory<byte> data, Func<object?[], Tensor> storage)
{
    private const int MaxObjects = 4_000_000;
    private const int MaxContainers = 1_000_000;
    private const long MaxRepeated = 1 << 24;

    private static readonly object Mark = new();

    private readonly List<object?> _stack = [];
    private readonly List<int> _marks = [];
    private readonly Dictionary<long, object?> _memo = [];
    private int _position;
    private int _objects;
    private int _containers;

    /// <summary>Where the pickle ended.</summary>
    public int Position => _position;

    /// <summary>Reads the pickle that starts at a position.</summary>
    /// <param name="start">Where it starts.</param>
    /// <returns>
    /// null, bool, long, BigInteger, double, string, byte[], <see cref="List{T}"/> of these, object[] for a tuple,
    /// <see cref="OrderedDictionary{TKey, TValue}"/> with keys of strings and numbers, <see cref="Tensor"/>, <see cref="DType"/>.
    /// </returns>
    public object? Read(int start = 0)
    {
        _position = start;
        _stack.Clear();
        _marks.Clear();
        _memo.Clear();
        while (true)
        {
            byte opcode = Take(1)[0];
            if (opcode == (byte)'.')
            {
                object? result = Pop();
                if (_stack.Count != 0 || result is PickleGlobal or NumpyShell or NumpyType)
                    throw Bad("leaves something unfinished");
                return result;
            }

            Step(opcode);
        }
    }

    private void Step(byte opcode)
    {
        switch (opcode)
        {
            case 0x80: // PROTO
                byte version = Take(1)[0];
                if (version > 5)
                    throw Bad($"is of protocol {version}, newer than what is read");
                break;
            case 0x95: // FRAME: only says how much follows
                Take(8);
                break;
            case (byte)'(':
                _marks.Add(_stack.Count);
                Push(Mark);
                break;
            case (byte)'0':
                Pop();
                break;
            case (byte)'1':
                PopToMark();
                break;
            case (byte)'2':
                object? top = Pop();
                Push(top);
                Push(top);
                break;
            case (byte)'N':
                Push(null);
                break;
            case 0x88:
                Push(true);
                break;
            case 0x89:
                Push(false);
                break;
            case (byte)'J':
                Push((long)BinaryPrimitives.ReadInt32LittleEndian(Take(4)));
                break;
            case (byte)'K':
                Push((long)Take(1)[0]);
                break;
            case (byte)'M':
                Push((long)BinaryPrimitives.ReadUInt16LittleEndian(Take(2)));
                break;
            case 0x8a:
                PushLong(Take(1)[0]);
                break;
            case 0x8b:
                PushLong(TakeLength(4));
                break;
            case (byte)'I':
                PushDecimal(TakeLine());
                break;
            case (byte)'L':
                PushDecimal(TakeLine().TrimEnd('L'));
                break;
            case (byte)'F':
                Push(ParseDouble(TakeLine()));
                break;
            case (byte)'G':
                Push(BinaryPrimitives.ReadDoubleBigEndian(Take(8)));
                break;
            case 0x8c:
                PushText(Take(1)[0]);
                break;
            case (byte)'X':
                PushText(TakeLength(4));
                break;
            case 0x8d:
                PushText(TakeLength(8));
                break;
            case (byte)'U': // Python 2's strings: text where it is ASCII
                Push(Encoding.Latin1.GetString(Take(Take(1)[0])));
                break;
            case (byte)'T':
                Push(Encoding.Latin1.GetString(Take(TakeLength(4))));
                break;
            case (byte)'C':
                Push(Take(Take(1)[0]).ToArray());
                break;
            case (byte)'B':
                Push(Take(TakeLength(4)).ToArray());
                break;
            case 0x8e:
                Push(Take(TakeLength(8)).ToArray());
                break;
            case (byte)']':
                Push(Container(new List<object?>()));
                break;
            case (byte)'l':
                Push(Container(new List<object?>(PopToMark())));
                break;
            case (byte)'a':
                object? item = Pop();
                Peek<List<object?>>("a list").Add(item);
                break;
            case (byte)'e':
                object?[] items = PopToMark();
                Peek<List<object?>>("a list").AddRange(items);
                break;
            case (byte)')':
                Push(Array.Empty<object?>());
                break;
            case 0x85:
                Push(Container(PopMany(1)));
                break;
            case 0x86:
                Push(Container(PopMany(2)));
                break;
            case 0x87:
                Push(Container(PopMany(3)));
                break;
            case (byte)'t':
                Push(Container(PopToMark()));
                break;
            case (byte)'}':
                Push(NewDictionary());
                break;
            case (byte)'d':
                object?[] pairs = PopToMark();
                OrderedDictionary<object, object?> made = NewDictionary();
                SetItems(made, pairs);
                Push(made);
                break;
            case (byte)'s':
                object?[] pair = PopMany(2);
                SetItems(Peek<OrderedDictionary<object, object?>>("a dictionary"), pair);
                break;
            case (byte)'u':
                object?[] more = PopToMark();
                SetItems(Peek<OrderedDictionary<object, object?>>("a dictionary"), more);
                break;
            case (byte)'c':
                Push(Global(TakeLine(), TakeLine()));
                break;
            case 0x93: // STACK_GLOBAL
                string name = Pop<string>("a name");
                Push(Global(Pop<string>("a module's name"), name));
                break;
            case (byte)'R': // REDUCE
            case 0x81: // NEWOBJ
                object?[] arguments = Pop<object?[]>("a tuple");
                Push(Make(Pop<PickleGlobal>("something that can be made"), arguments));
                break;
            case (byte)'b':
                Build(Pop());
                break;
            case (byte)'Q':
                Push(storage(Pop<object?[]>("a persistent id")));
                break;
            case (byte)'q':
                Memorise(Take(1)[0]);
                break;
            case (byte)'r':
                Memorise(BinaryPrimitives.ReadUInt32LittleEndian(Take(4)));
                break;
            case (byte)'p':
                Memorise(ParseIndex(TakeLine()));
                break;
            case 0x94:
                Memorise(_memo.Count);
                break;
            case (byte)'h':
                Push(Recall(Take(1)[0]));
                break;
            case (byte)'j':
                Push(Recall(BinaryPrimitives.ReadUInt32LittleEndian(Take(4))));
                break;
            case (byte)'g':
                Push(Recall(ParseIndex(TakeLine())));
                break;
            default:
                throw Bad($"uses opcode 0x{opcode:x2}, which weights do not need");
        }
    }

    private static PickleGlobal? Known(string module, string name) => (module, name) switch
    {
        ("collections", "OrderedDict") => new PickleGlobal(PickleClass.OrderedDictionary),
        ("torch._utils", "_rebuild_tensor_v2") => new PickleGlobal(PickleClass.Tensor),
        ("torch._utils", "_rebuild_parameter") => new PickleGlobal(PickleClass.Parameter),
        ("torch", "Size") => new PickleGlobal(PickleClass.Size),
        ("torch", "device") => new PickleGlobal(PickleClass.Device),
        ("_codecs", "encode") => new PickleGlobal(PickleClass.Encode),
        ("numpy.core.multiarray" or "numpy._core.multiarray", "_reconstruct") => new PickleGlobal(PickleClass.NumpyArray),
        ("numpy.core.multiarray" or "numpy._core.multiarray", "scalar") => new PickleGlobal(PickleClass.NumpyScalar),
        ("numpy", "ndarray") => new PickleGlobal(PickleClass.NumpyArrayType),
        ("numpy", "dtype") => new PickleGlobal(PickleClass.NumpyType),
        ("torch", _) when TorchNames.StorageOf(name) is { } dtype => new PickleGlobal(PickleClass.Storage, dtype),
        _ => null,
    };

    private object Global(string module, string name)
    {
        if (module == "torch" && TorchNames.DTypeOf(name) is { } dtype)
            return dtype;
        return Known(module, name)
            ?? throw new SinewException($"{path}: holds an object of '{module}.{name}', which is not read, as loading it could run code; save the weights alone, as tensors in plain dictionaries");
    }

    private object? Make(PickleGlobal global, object?[] arguments)
    {
        switch (global.Class, arguments)
        {
            case (PickleClass.OrderedDictionary, []):
                return NewDictionary();
            case (PickleClass.OrderedDictionary, [List<object?> items]):
                OrderedDictionary<object, object?> dictionary = NewDictionary();
                foreach (object? item in items)
                {
                    object?[] pair = item switch
                    {
                        object?[] { Length: 2 } tuple => tuple,
                        List<object?> { Count: 2 } list => [.. list],
                        _ => throw Bad("makes a dictionary of something that is no pair"),
                    };
                    SetItems(dictionary, pair);
                }

                return dictionary;
            case (PickleClass.Tensor, [Tensor of, long offset, object?[] size, object?[] stride, ..]):
                return View(of, offset, size, stride);
            case (PickleClass.Parameter, [Tensor value, ..]):
                return value;
            case (PickleClass.Size, [object?[] lengths]):
                return lengths;
            case (PickleClass.Device, [string type, ..]):
                return type;
            case (PickleClass.Encode, [string text, "latin1" or "latin-1"]):
                return Latin1(text);
            case (PickleClass.Encode, [string text]):
                return Latin1(text);
            case (PickleClass.NumpyArray, [PickleGlobal { Class: PickleClass.NumpyArrayType }, ..]):
                return new NumpyShell();
            case (PickleClass.NumpyType, [string code, ..]):
                return new NumpyType(code);
            case (PickleClass.NumpyScalar, [NumpyType type, byte[] bytes]):
                return type.Scalar(bytes) ?? throw Bad($"holds a numpy number of type '{type.Code}', which is not read");
            default:
                throw Bad($"makes a {global.Class} from arguments that do not fit it");
        }
    }

    private void Build(object? state)
    {
        switch (Pop())
        {
            case OrderedDictionary<object, object?> dictionary:
                // Attributes such as a state_dict's _metadata: versions of modules, not needed to read the tensors.
                Push(dictionary);
                break;
            case NumpyType type when state is object?[] { Length: >= 2 } parts && parts[1] is string order:
                type.BigEndian = order == ">";
                Push(type);
                break;
            case NumpyShell shell when state is object?[] parts:
                Tensor array = BuildArray(parts);
                foreach (long index in shell.MemoIndices)
                    _memo[index] = array;
                Push(array);
                break;
            default:
                throw Bad("sets the state of something that has none");
        }
    }

    private Tensor BuildArray(object?[] parts)
    {
        if (parts is not [_, object?[] shapeParts, NumpyType type, bool fortran, byte[] bytes])
            throw Bad("holds a numpy array in a form that is not read");
        if (type.DType is not { } dtype || (type.BigEndian && dtype.Size() > 1))
            throw Bad($"holds a numpy array of type '{type.Code}', which is not read");
        long[] shape = Lengths(shapeParts, "a numpy array's shape");
        long count = CountOf(shape);
        if (count * dtype.Size() != bytes.Length)
            throw Bad($"holds a numpy array of shape [{string.Join(", ", shape)}] with {bytes.Length} bytes");
        if (!fortran || shape.Length < 2)
        {
            Tensor dense = Tensor.Empty(shape, dtype);
            bytes.CopyTo(TensorBytes.Raw(dense));
            return dense;
        }

        Array.Reverse(shape);
        using Tensor reversed = Tensor.Empty(shape, dtype);
        bytes.CopyTo(TensorBytes.Raw(reversed));
        using Tensor turned = reversed.Permute([.. Enumerable.Range(0, shape.Length).Reverse().Select(i => (long)i)]);
        return turned.Contiguous();
    }

    private Tensor View(Tensor of, long offset, object?[] sizeParts, object?[] strideParts)
    {
        long[] size = Lengths(sizeParts, "a tensor's shape");
        long[] stride = Lengths(strideParts, "a tensor's strides");
        if (size.Length != stride.Length || offset < 0)
            throw Bad("holds a tensor whose shape and strides do not fit together");
        long count = CountOf(size);
        long available = of.Count;
        if (count > 0)
        {
            long last = offset;
            for (int i = 0; i < size.Length; i++)
            {
                if (size[i] > 1 && stride[i] > (available - last) / (size[i] - 1))
                    throw Bad($"holds a tensor of shape [{string.Join(", ", size)}] that reaches beyond its storage of {available} elements");
                last += (size[i] - 1) * stride[i];
            }

            // A small storage repeated by strides of 0 would grow beyond all bounds when it is copied.
            if (last >= available || count > Math.Max(available, MaxRepeated))
                throw Bad($"holds a tensor of shape [{string.Join(", ", size)}] that its storage of {available} elements does not fill");
        }

        return Ops.AsStrided.Call(of, size, stride, Math.Min(offset, available));
    }

    private long CountOf(long[] shape)
    {
        long count = 1;
        foreach (long length in shape)
        {
            if (length > 0 && count > (1L << 40) / length)
                throw Bad($"holds an array of impossible shape [{string.Join(", ", shape)}]");
            count *= length;
        }

        return count;
    }

    private long[] Lengths(object?[] parts, string what)
    {
        const int MaxRank = 64;
        if (parts.Length > MaxRank)
            throw Bad($"gives {what} {parts.Length} dimensions");
        var lengths = new long[parts.Length];
        for (int i = 0; i < parts.Length; i++)
            lengths[i] = parts[i] is long and >= 0 and long length ? length : throw Bad($"gives {what} something other than whole numbers");
        return lengths;
    }

    private byte[] Latin1(string text)
    {
        var bytes = new byte[text.Length];
        for (int i = 0; i < text.Length; i++)
            bytes[i] = text[i] <= 0xff ? (byte)text[i] : throw Bad("holds bytes written as text that are none");
        return bytes;
    }

    private void SetItems(OrderedDictionary<object, object?> dictionary, object?[] pairs)
    {
        if (pairs.Length % 2 != 0)
            throw Bad("gives a dictionary a key without a value");
        for (int i = 0; i < pairs.Length; i += 2)
        {
            object key = pairs[i] is string or long or double or bool
                ? pairs[i]!
                : throw Bad("has a dictionary whose key is neither a string nor a number");
            dictionary[key] = pairs[i + 1];
        }
    }

    private OrderedDictionary<object, object?> NewDictionary() => Container(new OrderedDictionary<object, object?>());

    private T Container<T>(T container)
    {
        if (++_containers > MaxContainers)
            throw Bad($"holds more than {MaxContainers} containers");
        return container;
    }

    private void Memorise(long index)
    {
        if (_stack.Count == 0)
            throw Bad("remembers nothing");
        object? top = _stack[^1];
        if (ReferenceEquals(top, Mark))
            throw Bad("remembers a mark");
        if (_memo.Count >= MaxObjects)
            throw Bad($"remembers more than {MaxObjects} objects");
        (top as NumpyShell)?.MemoIndices.Add(index);
        _memo[index] = top;
    }

    private object? Recall(long index) =>
        _memo.TryGetValue(index, out object? value) ? value : throw Bad("recalls what it never remembered");

    private void Push(object? value)
    {
        if (++_objects > MaxObjects)
            throw Bad($"holds more than {MaxObjects} objects");
        _stack.Add(value);
    }

    private object? Pop()
    {
        if (_stack.Count == 0)
            throw Bad("takes from an empty stack");
        object? value = _stack[^1];
        _stack.RemoveAt(_stack.Count - 1);
        if (ReferenceEquals(value, Mark))
            throw Bad("takes a mark for a value");
        return value;
    }

    private T Pop<T>(string what)
        where T : class => Pop() as T ?? throw Bad($"lacks {what} where it needs one");

    private T Peek<T>(string what)
        where T : class =>
        (_stack.Count > 0 ? _stack[^1] as T : null) ?? throw Bad($"lacks {what} where it needs one");

    private object?[] PopMany(int count)
    {
        var values = new object?[count];
        for (int i = count - 1; i >= 0; i--)
            values[i] = Pop();
        return values;
    }

    private object?[] PopToMark()
    {
        if (_marks.Count == 0)
            throw Bad("lacks a mark");
        int mark = _marks[^1];
        _marks.RemoveAt(_marks.Count - 1);
        if (mark >= _stack.Count)
            throw Bad("has lost a mark");
        object?[] values = [.. _stack.Skip(mark + 1)];
        _stack.RemoveRange(mark, _stack.Count - mark);
        return values;
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > data.Length - _position)
            throw Bad("ends too early");
        ReadOnlySpan<byte> taken = data.Span.Slice(_position, count);
        _position += count;
        return taken;
    }

    private int TakeLength(int bytes)
    {
        ReadOnlySpan<byte> taken = Take(bytes);
        ulong length = bytes == 4 ? BinaryPrimitives.ReadUInt32LittleEndian(taken) : BinaryPrimitives.ReadUInt64LittleEndian(taken);
        if (length > (ulong)(data.Length - _position))
            throw Bad("ends too early");
        return (int)length;
    }

    private string TakeLine()
    {
        const int MaxLine = 1000;
        ReadOnlySpan<byte> rest = data.Span[_position..];
        int end = rest[..Math.Min(rest.Length, MaxLine)].IndexOf((byte)'\n');
        if (end < 0)
            throw Bad("has a line without an end");
        _position += end + 1;
        return Encoding.UTF8.GetString(rest[..end]);
    }

    private void PushText(int length) => Push(Encoding.UTF8.GetString(Take(length)));

    private void PushLong(int length)
    {
        const int MaxBytes = 32;
        if (length > MaxBytes)
            throw Bad($"holds a number of {length} bytes");
        var value = new BigInteger(Take(length));
        Push(value >= long.MinValue && value <= long.MaxValue ? (object)(long)value : value);
    }

    private void PushDecimal(string line)
    {
        // Protocol 0 writes truth values as these two integers.
        if (line is "00" or "01")
            Push(line == "01");
        else
            Push(long.TryParse(line, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value) ? value : throw Bad("holds a number that is none"));
    }

    private double ParseDouble(string line) =>
        double.TryParse(line, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) ? value : throw Bad("holds a number that is none");

    private long ParseIndex(string line) =>
        long.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out long value) ? value : throw Bad("has an index that is none");

    private SinewException Bad(string what) =>
        new($"{path}: the pickle inside {what} (byte {_position.ToString(CultureInfo.InvariantCulture)}); the file is damaged or no file of weights: get it anew");
}
