using System.Runtime.InteropServices;

namespace Sinew.Tensors.Files;

/// <summary>Tensors as raw little-endian bytes.</summary>
internal static class TensorBytes
{
    private const int Block = 1 << 20;

    /// <summary>Calls back with the elements of a tensor on any device, block by block, the last dimension running fastest.</summary>
    public static void Write(Tensor tensor, Stream stream)
    {
        using IDisposable noGrad = Torch.NoGrad();
        using var scope = new TensorScope();
        Tensor dense = tensor.Detach().To(Device.Cpu).Contiguous();
        stream.Write(Raw(dense));
    }

    /// <summary>Fills a dense tensor on the processor from a stream; false where the stream ends before.</summary>
    public static bool Fill(Tensor dense, Stream stream)
    {
        Span<byte> bytes = Raw(dense);
        while (bytes.Length > 0)
        {
            int read = stream.Read(bytes[..Math.Min(bytes.Length, Block)]);
            if (read == 0)
                return false;
            bytes = bytes[read..];
        }

        return true;
    }

    /// <summary>The memory of a dense tensor on the processor.</summary>
    public static Span<byte> Raw(Tensor dense) => dense.DType switch
    {
        DType.UInt8 => dense.Data<byte>(),
        DType.Int8 => MemoryMarshal.AsBytes(dense.Data<sbyte>()),
        DType.Int16 or DType.BFloat16 => MemoryMarshal.AsBytes(dense.Data<short>()),
        DType.Int32 => MemoryMarshal.AsBytes(dense.Data<int>()),
        DType.Int64 => MemoryMarshal.AsBytes(dense.Data<long>()),
        DType.Float16 => MemoryMarshal.AsBytes(dense.Data<Half>()),
        DType.Float32 => MemoryMarshal.AsBytes(dense.Data<float>()),
        DType.Float64 => MemoryMarshal.AsBytes(dense.Data<double>()),
        DType.Bool => MemoryMarshal.AsBytes(dense.Data<bool>()),
        _ => throw new NotSupportedException($"elements of type {dense.DType} are not stored"),
    };
}
