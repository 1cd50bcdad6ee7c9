using System.Buffers.Binary;
using System.IO.Compression;

namespace Sinew.Imaging.Tests;

/// <summary>Pictures and files made in code.</summary>
internal static class TestImages
{
    /// <summary>Smooth colours with a few edges: something that JPEG keeps well and that has no symmetry.</summary>
    public static Image Scene(int width, int height)
    {
        var image = new Image(width, height);
        for (var y = 0; y < height; y++)
        {
            var row = image.Row(y);
            for (var x = 0; x < width; x++)
            {
                row[x * 3] = (byte)(40 + (180 * x / width));
                row[(x * 3) + 1] = (byte)(30 + (190 * y / height));
                row[(x * 3) + 2] = (byte)(x * 2 < width && y * 3 < height ? 220 : 60);
            }
        }

        return image;
    }

    public static Image Noise(int width, int height, int seed)
    {
        var image = new Image(width, height);
        new Random(seed).NextBytes(image.Pixels);
        return image;
    }

    /// <summary>A copy of a JPEG with an EXIF segment that holds only the orientation.</summary>
    public static byte[] WithOrientation(byte[] jpeg, int orientation, bool littleEndian)
    {
        byte[] tiff = littleEndian
            ? [(byte)'I', (byte)'I', 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, (byte)orientation, 0, 0, 0, 0, 0, 0, 0]
            : [(byte)'M', (byte)'M', 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, (byte)orientation, 0, 0, 0, 0, 0, 0];
        byte[] segment = [0xFF, 0xE1, 0, (byte)(2 + 6 + tiff.Length), .. "Exif\0\0"u8, .. tiff];
        return [.. jpeg[..2], .. segment, .. jpeg[2..]];
    }

    /// <summary>A PNG of any header with given raw scan lines (each with its filter byte), as an encoder would lay it out.</summary>
    public static byte[] Png(int width, int height, int depth, int colorType, byte[] scanLines, params (string Type, byte[] Data)[] extra)
    {
        using var file = new MemoryStream();
        file.Write([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]);
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        (header[8], header[9]) = ((byte)depth, (byte)colorType);
        Chunk(file, "IHDR", header);
        foreach (var (type, data) in extra) Chunk(file, type, data);
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true)) zlib.Write(scanLines);
        Chunk(file, "IDAT", packed.ToArray());
        Chunk(file, "IEND", []);
        return file.ToArray();
    }

    private static void Chunk(Stream file, string type, byte[] data)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        file.Write(number);
        byte[] body = [.. System.Text.Encoding.ASCII.GetBytes(type), .. data];
        file.Write(body);
        BinaryPrimitives.WriteUInt32BigEndian(number, Crc(body));
        file.Write(number);
    }

    private static uint Crc(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var b in bytes)
        {
            crc ^= b;
            for (var i = 0; i < 8; i++) crc = (crc >> 1) ^ ((crc & 1) * 0xEDB88320);
        }

        return ~crc;
    }

    public static double MeanDifference(Image a, Image b)
    {
        Assert.Equal((a.Width, a.Height), (b.Width, b.Height));
        long sum = 0;
        for (var i = 0; i < a.Pixels.Length; i++) sum += Math.Abs(a.Pixels[i] - b.Pixels[i]);
        return sum / (double)a.Pixels.Length;
    }
}
