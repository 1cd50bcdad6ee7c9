using System.Buffers.Binary;

namespace Sinew.Tensors.Files;

/// <summary>The classes and functions that a file of weights may name.</summary>
internal enum PickleClass
{
    OrderedDictionary,
    Tensor,
    Parameter,
    Size,
    Device,
    Encode,
    NumpyArray,
    NumpyScalar,
    NumpyArrayType,
    NumpyType,
    Storage,
}

/// <summary>A class or function by name, not yet called.</summary>
internal sealed record PickleGlobal(PickleClass Class, DType? DType = null);

/// <summary>A numpy array between its making and its filling.</summary>
internal sealed class NumpyShell
{
    public List<long> MemoIndices { get; } = [];
}

/// <summary>A numpy element type, such as "f4".</summary>
internal sealed class NumpyType(string code)
{
    public string Code { get; } = code;

    public bool BigEndian { get; set; }

    public DType? DType => Code.TrimStart('<', '=', '|') switch
    {
        "f2" => Tensors.DType.Float16,
        "f4" => Tensors.DType.Float32,
        "f8" => Tensors.DType.Float64,
        "i1" => Tensors.DType.Int8,
        "i2" => Tensors.DType.Int16,
        "i4" => Tensors.DType.Int32,
        "i8" => Tensors.DType.Int64,
        "u1" => Tensors.DType.UInt8,
        "b1" => Tensors.DType.Bool,
        _ => null,
    };

    /// <summary>One number of this type; null where the bytes are none.</summary>
    public object? Scalar(byte[] bytes)
    {
        if (DType is not { } dtype || bytes.Length != dtype.Size() || (BigEndian && bytes.Length > 1))
            return null;
        return dtype switch
        {
            Tensors.DType.Float16 => (double)BinaryPrimitives.ReadHalfLittleEndian(bytes),
            Tensors.DType.Float32 => (double)BinaryPrimitives.ReadSingleLittleEndian(bytes),
            Tensors.DType.Float64 => BinaryPrimitives.ReadDoubleLittleEndian(bytes),
            Tensors.DType.Int8 => (long)(sbyte)bytes[0],
            Tensors.DType.Int16 => (long)BinaryPrimitives.ReadInt16LittleEndian(bytes),
            Tensors.DType.Int32 => (long)BinaryPrimitives.ReadInt32LittleEndian(bytes),
            Tensors.DType.Int64 => BinaryPrimitives.ReadInt64LittleEndian(bytes),
            Tensors.DType.UInt8 => (long)bytes[0],
            _ => bytes[0] != 0,
        };
    }
}

/// <summary>PyTorch's names of element types.</summary>
internal static class TorchNames
{
    private static readonly (DType DType, string Storage, string Name)[] Names =
    [
        (DType.UInt8, "ByteStorage", "uint8"),
        (DType.Int8, "CharStorage", "int8"),
        (DType.Int16, "ShortStorage", "int16"),
        (DType.Int32, "IntStorage", "int32"),
        (DType.Int64, "LongStorage", "int64"),
        (DType.Float16, "HalfStorage", "float16"),
        (DType.Float32, "FloatStorage", "float32"),
        (DType.Float64, "DoubleStorage", "float64"),
        (DType.Bool, "BoolStorage", "bool"),
        (DType.BFloat16, "BFloat16Storage", "bfloat16"),
    ];

    public static DType? StorageOf(string storage)
    {
        int index = Array.FindIndex(Names, n => n.Storage == storage);
        return index < 0 ? null : Names[index].DType;
    }

    public static DType? DTypeOf(string name)
    {
        int index = Array.FindIndex(Names, n => n.Name == name);
        return index < 0 ? null : Names[index].DType;
    }

    public static string Storage(DType dtype) => Array.Find(Names, n => n.DType == dtype).Storage;

    public static string Name(DType dtype) => Array.Find(Names, n => n.DType == dtype).Name;
}
