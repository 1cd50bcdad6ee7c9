using System.Buffers.Binary;

namespace Sinew.Imaging;

/// <summary>Finds the EXIF orientation in a file. Damaged metadata counts as none: the picture itself may be sound.</summary>
internal static class Exif
{
    private const ushort OrientationTag = 0x0112;
    private const ushort ShortType = 3;

    public static int Orientation(ReadOnlySpan<byte> file, ImageFormat format) => format switch
    {
        ImageFormat.Jpeg => OfJpeg(file),
        ImageFormat.Png => OfPng(file),
        ImageFormat.WebP => OfWebP(file),
        _ => 1,
    };

    private static int OfJpeg(ReadOnlySpan<byte> file)
    {
        foreach (var segment in new JpegSegments(file))
        {
            if (segment.Marker == 0xE1 && segment.Payload(file) is var app1 && app1.StartsWith("Exif\0\0"u8)) return OfTiff(app1[6..]);
        }

        return 1;
    }

    private static int OfPng(ReadOnlySpan<byte> file)
    {
        var at = 8;
        while (at + 12 <= file.Length)
        {
            var length = BinaryPrimitives.ReadUInt32BigEndian(file[at..]);
            var type = file.Slice(at + 4, 4);
            if (length > (uint)(file.Length - at - 12) || type.SequenceEqual("IDAT"u8)) return 1;
            if (type.SequenceEqual("eXIf"u8)) return OfTiff(file.Slice(at + 8, (int)length));
            at += 12 + (int)length;
        }

        return 1;
    }

    private static int OfWebP(ReadOnlySpan<byte> file)
    {
        var at = 12;
        while (at + 8 <= file.Length)
        {
            var length = BinaryPrimitives.ReadUInt32LittleEndian(file[(at + 4)..]);
            if (length > (uint)(file.Length - at - 8)) return 1;
            if (file.Slice(at, 4).SequenceEqual("EXIF"u8))
            {
                var block = file.Slice(at + 8, (int)length);
                return OfTiff(block.StartsWith("Exif\0\0"u8) ? block[6..] : block);
            }

            at += 8 + (int)length + (int)(length & 1);
        }

        return 1;
    }

    /// <summary>The orientation in a TIFF block's first directory (EXIF 2.3, 4.6.4), or 1.</summary>
    private static int OfTiff(ReadOnlySpan<byte> tiff)
    {
        if (tiff.Length < 8) return 1;
        var little = tiff.StartsWith("II*\0"u8);
        if (!little && !tiff.StartsWith("MM\0*"u8)) return 1;
        var directory = UInt32(tiff[4..], little);
        if (directory > (uint)(tiff.Length - 2)) return 1;
        var entries = tiff[(int)directory..];
        var count = UInt16(entries, little);
        entries = entries[2..];
        for (var i = 0; i < count && entries.Length >= 12; i++, entries = entries[12..])
        {
            if (UInt16(entries, little) != OrientationTag || UInt16(entries[2..], little) != ShortType) continue;
            var value = UInt16(entries[8..], little);
            return value is >= 1 and <= 8 ? value : 1;
        }

        return 1;
    }

    private static ushort UInt16(ReadOnlySpan<byte> bytes, bool little) =>
        little ? BinaryPrimitives.ReadUInt16LittleEndian(bytes) : BinaryPrimitives.ReadUInt16BigEndian(bytes);

    private static uint UInt32(ReadOnlySpan<byte> bytes, bool little) =>
        little ? BinaryPrimitives.ReadUInt32LittleEndian(bytes) : BinaryPrimitives.ReadUInt32BigEndian(bytes);
}
