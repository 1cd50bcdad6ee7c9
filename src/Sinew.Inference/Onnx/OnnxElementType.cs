namespace Sinew.Inference;

/// <summary>What a tensor's elements are; the values are ONNX's own (<c>TensorProto.DataType</c>).</summary>
public enum OnnxElementType
{
    /// <summary>Not a tensor, or a type that is not known here.</summary>
    Undefined = 0,

    /// <summary><see cref="float"/>.</summary>
    Float32 = 1,

    /// <summary><see cref="byte"/>.</summary>
    UInt8 = 2,

    /// <summary><see cref="sbyte"/>.</summary>
    Int8 = 3,

    /// <summary><see cref="int"/>.</summary>
    Int32 = 6,

    /// <summary><see cref="long"/>.</summary>
    Int64 = 7,

    /// <summary>Texts.</summary>
    String = 8,

    /// <summary><see cref="bool"/>.</summary>
    Bool = 9,

    /// <summary><see cref="System.Half"/>.</summary>
    Float16 = 10,

    /// <summary><see cref="double"/>.</summary>
    Float64 = 11,
}

/// <summary>The element types that have a .NET type.</summary>
internal static class OnnxElementTypes
{
    /// <summary>ONNX's type of a .NET type; <see cref="OnnxElementType.Undefined"/> where there is none.</summary>
    public static OnnxElementType Of<T>()
        where T : unmanaged =>
        typeof(T) == typeof(float) ? OnnxElementType.Float32
        : typeof(T) == typeof(byte) ? OnnxElementType.UInt8
        : typeof(T) == typeof(sbyte) ? OnnxElementType.Int8
        : typeof(T) == typeof(int) ? OnnxElementType.Int32
        : typeof(T) == typeof(long) ? OnnxElementType.Int64
        : typeof(T) == typeof(bool) ? OnnxElementType.Bool
        : typeof(T) == typeof(Half) ? OnnxElementType.Float16
        : typeof(T) == typeof(double) ? OnnxElementType.Float64
        : OnnxElementType.Undefined;
}
