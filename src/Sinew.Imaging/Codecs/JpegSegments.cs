using System.Buffers.Binary;

namespace Sinew.Imaging;

/// <summary>One marker segment before a JPEG's first scan.</summary>
/// <param name="Marker">The marker's second byte.</param>
/// <param name="Start">Where the payload starts in the file.</param>
/// <param name="Length">Bytes of payload.</param>
internal readonly record struct JpegSegment(byte Marker, int Start, int Length)
{
    /// <summary>A start of frame (the picture's size and components): SOF0–15 without DHT, JPG and DAC.</summary>
    public bool IsFrame => Marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC);

    public ReadOnlySpan<byte> Payload(ReadOnlySpan<byte> file) => file.Slice(Start, Length);
}

/// <summary>Walks the marker segments of a JPEG up to its first scan; stops at the first thing that is no segment.</summary>
internal ref struct JpegSegments(ReadOnlySpan<byte> file)
{
    private readonly ReadOnlySpan<byte> _file = file;
    private int _at = 2;

    public JpegSegment Current { get; private set; }

    public readonly JpegSegments GetEnumerator() => this;

    public bool MoveNext()
    {
        while (_at + 4 <= _file.Length && _file[_at] == 0xFF)
        {
            var marker = _file[_at + 1];
            if (marker == 0xFF)
            {
                _at++;
                continue;
            }

            if (marker is 0xD9 or 0xDA or 0x00) return false;
            if (marker is 0x01 or (>= 0xD0 and <= 0xD8))
            {
                _at += 2;
                continue;
            }

            var length = BinaryPrimitives.ReadUInt16BigEndian(_file[(_at + 2)..]);
            if (length < 2 || _at + 2 + length > _file.Length) return false;
            Current = new JpegSegment(marker, _at + 4, length - 2);
            _at += 2 + length;
            return true;
        }

        return false;
    }
}
