using System.Buffers.Binary;

namespace Sinew.Cli.Tests;

/// <summary>Picture files that no camera made.</summary>
internal static class Pictures
{
    /// <summary>A small PNG file whose header, correct to the last bit, speaks of a huge picture.</summary>
    public static byte[] HugePng(int width, int height)
    {
        var file = new byte[33 + 12];
        ReadOnlySpan<byte> start = [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];
        start.CopyTo(file);
        BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(8), 13);
        "IHDR"u8.CopyTo(file.AsSpan(12));
        BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(16), width);
        BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(20), height);
        (file[24], file[25]) = (8, 2);
        BinaryPrimitives.WriteUInt32BigEndian(file.AsSpan(29), Crc(file.AsSpan(12, 17)));
        "IEND"u8.CopyTo(file.AsSpan(37));
        BinaryPrimitives.WriteUInt32BigEndian(file.AsSpan(41), Crc(file.AsSpan(37, 4)));
        return file;
    }

    /// <summary>A PNG file whose pixels are noise where they should be compressed.</summary>
    public static byte[] Damaged(byte[] png)
    {
        var damaged = (byte[])png.Clone();
        new Random(3).NextBytes(damaged.AsSpan(60, damaged.Length - 80));
        return damaged;
    }

    // PNG's checksum, bit by bit
    private static uint Crc(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var b in bytes)
        {
            crc ^= b;
            for (var i = 0; i < 8; i++) crc = (crc & 1) != 0 ? (crc >> 1) ^ 0xEDB88320 : crc >> 1;
        }

        return ~crc;
    }
}
