using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace Sinew.Tensors;

/// <summary>One argument of an operator: a tensor, a number, a list, an element type, a device, a string, none, or the default.</summary>
public readonly struct Arg
{
    private readonly object? _object;
    private readonly long _bits;
    private readonly NativeKind _kind;

    private Arg(NativeKind kind, long bits, object? reference)
    {
        _kind = kind;
        _bits = bits;
        _object = reference;
    }

    /// <summary>No value, for an optional argument.</summary>
    public static Arg None => default;

    /// <summary>The value that the operator's schema gives when the argument is left out.</summary>
    public static Arg Default => new(NativeKind.Default, 0, null);

    internal object? Reference => _object;

    /// <summary>A tensor, or none.</summary>
    /// <param name="value">The tensor.</param>
    public static implicit operator Arg(Tensor? value) =>
        value is null ? default : new Arg(NativeKind.Tensor, 0, value);

    /// <summary>A floating-point number.</summary>
    /// <param name="value">The number.</param>
    public static implicit operator Arg(double value) =>
        new(NativeKind.Double, BitConverter.DoubleToInt64Bits(value), null);

    /// <summary>A floating-point number, or none.</summary>
    /// <param name="value">The number.</param>
    public static implicit operator Arg(double? value) => value is { } number ? (Arg)number : default;

    /// <summary>An integer.</summary>
    /// <param name="value">The number.</param>
    public static implicit operator Arg(long value) => new(NativeKind.Long, value, null);

    /// <summary>An integer.</summary>
    /// <param name="value">The number.</param>
    public static implicit operator Arg(int value) => new(NativeKind.Long, value, null);

    /// <summary>An integer, or none.</summary>
    /// <param name="value">The number.</param>
    public static implicit operator Arg(long? value) => value is { } number ? (Arg)number : default;

    /// <summary>A number, integer or floating.</summary>
    /// <param name="value">The number.</param>
    public static implicit operator Arg(Scalar value) => value.IsInteger ? (Arg)value.Integer : (Arg)value.Real;

    /// <summary>A number, integer or floating, or none.</summary>
    /// <param name="value">The number.</param>
    public static implicit operator Arg(Scalar? value) => value is { } number ? (Arg)number : default;

    /// <summary>A truth value.</summary>
    /// <param name="value">The truth.</param>
    public static implicit operator Arg(bool value) => new(NativeKind.Bool, value ? 1 : 0, null);

    /// <summary>An element type, or none.</summary>
    /// <param name="value">The element type.</param>
    public static implicit operator Arg(DType? value) => value is { } dtype ? (Arg)(long)dtype : default;

    /// <summary>An element type.</summary>
    /// <param name="value">The element type.</param>
    public static implicit operator Arg(DType value) => (long)value;

    /// <summary>A device, or none.</summary>
    /// <param name="value">The device.</param>
    public static implicit operator Arg(Device? value) =>
        value is null ? default : new Arg(NativeKind.Device, 0, value);

    /// <summary>A list of integers, or none.</summary>
    /// <param name="value">The list.</param>
    public static implicit operator Arg(long[]? value) =>
        value is null ? default : new Arg(NativeKind.LongList, 0, value);

    /// <summary>A list of floating-point numbers, or none.</summary>
    /// <param name="value">The list.</param>
    public static implicit operator Arg(double[]? value) =>
        value is null ? default : new Arg(NativeKind.DoubleList, 0, value);

    /// <summary>A list of truth values, or none.</summary>
    /// <param name="value">The list.</param>
    public static implicit operator Arg(bool[]? value) =>
        value is null ? default : new Arg(NativeKind.BoolList, 0, value);

    /// <summary>A list of tensors, or none.</summary>
    /// <param name="value">The list.</param>
    public static implicit operator Arg(Tensor[]? value) =>
        value is null ? default : new Arg(NativeKind.TensorList, 0, value);

    /// <summary>A string, or none.</summary>
    /// <param name="value">The string.</param>
    public static implicit operator Arg(string? value) =>
        value is null ? default : new Arg(NativeKind.String, 0, value);

    /// <summary>A list of tensors in which some may be missing, as indexing takes it.</summary>
    /// <param name="value">The list.</param>
    /// <returns>The argument.</returns>
    public static Arg OptionalTensors(Tensor?[] value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return new Arg(NativeKind.OptionalTensorList, 0, value);
    }

    /// <summary>How many bytes of scratch memory <see cref="Write"/> needs, a multiple of 8.</summary>
    internal int ScratchBytes() => _object switch
    {
        null or Tensor or Device => 0,
        long[] list => list.Length * sizeof(long),
        double[] list => list.Length * sizeof(double),
        Tensor?[] list => list.Length * sizeof(long),
        bool[] list => (list.Length + 7) & ~7,
        string text => (Encoding.UTF8.GetByteCount(text) + 7) & ~7,
        _ => throw new InvalidOperationException("an argument of unknown type"),
    };

    /// <summary>Writes the native form, its list into <paramref name="scratch"/>; returns where the next list goes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal unsafe byte* Write(NativeValue* value, byte* scratch)
    {
        value->Kind = _kind;
        value->Length = 0;
        if (_object is null)
        {
            value->Integer = _bits;
            return scratch;
        }

        if (_kind == NativeKind.Tensor)
        {
            value->Integer = Unsafe.As<Tensor>(_object).Handle;
            return scratch;
        }

        return WriteList(value, scratch);
    }

    /// <summary>The argument as an error message shows it: a tensor by its element type and shape.</summary>
    internal string Describe() => _kind switch
    {
        NativeKind.None => "none",
        NativeKind.Default => "default",
        NativeKind.Double => BitConverter.Int64BitsToDouble(_bits).ToString(CultureInfo.InvariantCulture),
        NativeKind.Long => _bits.ToString(CultureInfo.InvariantCulture),
        NativeKind.Bool => _bits != 0 ? "true" : "false",
        _ => _object switch
        {
            Tensor tensor => tensor.DescribeShape(),
            Tensor?[] list => Join(list, t => t?.DescribeShape() ?? "none"),
            long[] list => Join(list, n => n.ToString(CultureInfo.InvariantCulture)),
            double[] list => Join(list, n => n.ToString(CultureInfo.InvariantCulture)),
            bool[] list => Join(list, b => b ? "true" : "false"),
            string text => $"\"{text}\"",
            Device device => device.ToString(),
            _ => "?",
        },
    };

    private static string Join<T>(T[] list, Func<T, string> describe)
    {
        const int Shown = 8;
        string items = string.Join(", ", list.Take(Shown).Select(describe));
        return list.Length > Shown ? $"[{items}, … {list.Length} in all]" : $"[{items}]";
    }

    private unsafe byte* WriteList(NativeValue* value, byte* scratch)
    {
        value->Pointer = scratch;
        switch (_object)
        {
            case long[] list:
                list.CopyTo(new Span<long>(scratch, list.Length));
                value->Length = list.Length;
                return scratch + (list.Length * sizeof(long));
            case double[] list:
                list.CopyTo(new Span<double>(scratch, list.Length));
                value->Length = list.Length;
                return scratch + (list.Length * sizeof(double));
            case Tensor?[] list:
                nint* handles = (nint*)scratch;
                for (int i = 0; i < list.Length; i++)
                {
                    handles[i] = list[i] is { } tensor
                        ? tensor.Handle
                        : _kind == NativeKind.OptionalTensorList ? 0 : throw new ArgumentException("a list of tensors has a null in it");
                }

                value->Length = list.Length;
                return scratch + (list.Length * sizeof(nint));
            case bool[] list:
                list.CopyTo(new Span<bool>(scratch, list.Length));
                value->Length = list.Length;
                return scratch + ((list.Length + 7) & ~7);
            case string text:
                value->Length = Encoding.UTF8.GetBytes(text, new Span<byte>(scratch, Encoding.UTF8.GetByteCount(text)));
                return scratch + ((value->Length + 7) & ~7);
            case Device device:
                value->Integer = device.TypeNumber;
                value->Length = device.Index;
                return scratch;
            default:
                throw new InvalidOperationException("an argument of unknown type");
        }
    }
}
