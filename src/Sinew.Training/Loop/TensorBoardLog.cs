using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace Sinew.Training.Loop;

/// <summary>
/// Writes scalars as a TensorBoard event file: TFRecord frames around <c>Event</c> messages. Of that protobuf only five fields
/// are needed, which are written by hand. Every record is flushed: a reader sees it at once, and a kill loses none.
/// </summary>
public sealed class TensorBoardLog : IDisposable
{
    private readonly FileStream _file;
    private readonly TimeProvider _time;

    /// <summary>Opens a new event file.</summary>
    /// <param name="folder">Its folder.</param>
    /// <param name="time">The clock.</param>
    public TensorBoardLog(string folder, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        Directory.CreateDirectory(folder);
        _time = time;
        var seconds = time.GetUtcNow().ToUnixTimeSeconds();
        _file = new FileStream(Path.Combine(folder, $"events.out.tfevents.{seconds}.{Environment.ProcessId}.sinew"), FileMode.Append, FileAccess.Write, FileShare.Read);
        using var version = new MemoryStream();
        Field(version, 3, "brain.Event:2"u8);
        Write(0, version.ToArray());
    }

    /// <summary>Writes the values of one step.</summary>
    /// <param name="step">The step.</param>
    /// <param name="values">Tags and values.</param>
    public void Scalars(long step, IEnumerable<(string Tag, double Value)> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        using var summary = new MemoryStream();
        Span<byte> bits = stackalloc byte[4];
        foreach (var (tag, value) in values)
        {
            using var one = new MemoryStream();
            Field(one, 1, Encoding.UTF8.GetBytes(tag));
            one.WriteByte((2 << 3) | 5); // simple_value, 32 bits
            BinaryPrimitives.WriteSingleLittleEndian(bits, (float)value);
            one.Write(bits);
            Field(summary, 1, one.ToArray());
        }

        using var body = new MemoryStream();
        Field(body, 5, summary.ToArray());
        Write(step, body.ToArray());
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private static void Field(MemoryStream to, int number, ReadOnlySpan<byte> bytes)
    {
        to.WriteByte((byte)((number << 3) | 2));
        Varint(to, (ulong)bytes.Length);
        to.Write(bytes);
    }

    private static void Varint(MemoryStream to, ulong value)
    {
        for (; value >= 0x80; value >>= 7) to.WriteByte((byte)(value | 0x80));
        to.WriteByte((byte)value);
    }

    private static uint MaskedCrc(ReadOnlySpan<byte> bytes)
    {
        var crc = ~0u;
        foreach (var b in bytes) crc = BitOperations.Crc32C(crc, b);
        crc = ~crc;
        return BitOperations.RotateRight(crc, 15) + 0xA282EAD8;
    }

    private void Write(long step, ReadOnlySpan<byte> body)
    {
        using var message = new MemoryStream();
        message.WriteByte((1 << 3) | 1); // wall_time, 64 bits
        Span<byte> eight = stackalloc byte[8];
        BinaryPrimitives.WriteDoubleLittleEndian(eight, _time.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0);
        message.Write(eight);
        message.WriteByte(2 << 3); // step, varint
        Varint(message, (ulong)step);
        message.Write(body);

        var bytes = message.ToArray();
        var frame = new byte[12 + bytes.Length + 4];
        BinaryPrimitives.WriteUInt64LittleEndian(frame, (ulong)bytes.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(frame.AsSpan(8), MaskedCrc(frame.AsSpan(0, 8)));
        bytes.CopyTo(frame, 12);
        BinaryPrimitives.WriteUInt32LittleEndian(frame.AsSpan(12 + bytes.Length), MaskedCrc(bytes));
        _file.Write(frame);
        _file.Flush();
    }
}
