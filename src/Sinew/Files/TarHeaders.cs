using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Sinew.Files;

/// <summary>Where a regular file lies in a tar file.</summary>
/// <param name="Name">Its name, as the tar file has it.</param>
/// <param name="Offset">Its first byte.</param>
/// <param name="Length">Bytes.</param>
internal readonly record struct TarMember(string Name, long Offset, long Length);

/// <summary>
/// Walks over the headers of a tar file, of whichever kind (ustar, pax, GNU, or older than these), and reads nothing else. Links, folders,
/// devices and sparse files are passed over.
/// </summary>
/// <remarks>
/// The layout is that of POSIX's pax and of GNU tar's manual ("Basic Tar Format"). .NET's TarReader is not used here because it makes room for as
/// much as a header of a long name says, 2 GB in a file of 1 KB, and refuses files that have sparse members.
/// </remarks>
/// <param name="file">The file.</param>
/// <param name="path">What it is called in messages.</param>
internal sealed class TarHeaders(SafeFileHandle file, string path)
{
    private const int Block = 512;
    private const int SizeAt = 124, ChecksumAt = 148, TypeAt = 156, MagicAt = 257, PrefixAt = 345;
    private const int SparseGoesOnAt = 482, ExtensionGoesOnAt = 504;

    // pax headers may carry attributes beside the name, but no more than this
    private const int MostExtra = 1 << 20;
    private const int MostName = 4096;

    private readonly long _length = RandomAccess.GetLength(file);
    private readonly byte[] _window = new byte[1 << 13];
    private long _windowAt;
    private int _windowLength;
    private long _at;

    /// <summary>Goes to the next regular file.</summary>
    /// <param name="member">Where it lies.</param>
    /// <returns>False at the end of the archive.</returns>
    /// <exception cref="SinewException">The file is no tar file, damaged, or breaks off.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public bool Next(out TarMember member)
    {
        var extra = new Extra(null, null, false);
        while (true)
        {
            var header = BlockAt(_at);
            member = default;
            if (!header.ContainsAnyExcept((byte)0)) return false;
            RequireChecksum(header);
            var type = (char)header[TypeAt];
            var stated = Number(header.Slice(SizeAt, 12));
            var (name, sparse) = (NameOf(header), type == 'S' && header[SparseGoesOnAt] != 0);
            _at += Block;
            if (type is 'L' or 'K' or 'x' or 'g')
            {
                // a global header's fields are dates and comments; a long link's name is of no use here
                if (type == 'L') extra = extra with { Name = Text(ExtraOf(stated)) };
                else if (type == 'x') extra = Pax(ExtraOf(stated), extra);
                Skip(stated);
                continue;
            }

            while (sparse)
            {
                sparse = BlockAt(_at)[ExtensionGoesOnAt] != 0;
                _at += Block;
            }

            // links, devices, folders and pipes have no bytes behind them, whatever size is stated
            var length = type is >= '1' and <= '6' ? 0 : extra.Size ?? stated;
            member = new TarMember(extra.Name ?? name, _at, length);
            if (member.Name.Length > MostName) throw Broken($"a name of {member.Name.Length:N0} characters");
            Skip(length);
            if (type is '0' or '\0' or '7' && !extra.Sparse && !member.Name.EndsWith('/')) return true;
            extra = new Extra(null, null, false);
        }
    }

    private void Skip(long length)
    {
        if (length > _length - _at) throw Broken("breaks off in the middle of a member");
        _at += (length + Block - 1) / Block * Block;
    }

    private ReadOnlySpan<byte> ExtraOf(long length)
    {
        if (length > MostExtra) throw Broken($"a name or header of {length:N0} bytes");
        if (length > _length - _at) throw Broken("breaks off in the middle of a name");
        var bytes = new byte[length];
        return bytes.AsSpan(0, Read(bytes, _at));
    }

    private ReadOnlySpan<byte> BlockAt(long at)
    {
        if (at > _length - Block) throw Broken(_length == 0 ? "is empty" : "breaks off: it has no end of the archive");
        if (at < _windowAt || at + Block > _windowAt + _windowLength)
        {
            (_windowAt, _windowLength) = (at, Read(_window, at));
            if (_windowLength < Block) throw Broken("breaks off");
        }

        return _window.AsSpan((int)(at - _windowAt), Block);
    }

    private int Read(Span<byte> bytes, long at)
    {
        var read = 0;
        while (read < bytes.Length && RandomAccess.Read(file, bytes[read..], at + read) is var got and > 0) read += got;
        return read;
    }

    private void RequireChecksum(ReadOnlySpan<byte> header)
    {
        var (unsigned, signed) = (0, 0);
        for (var i = 0; i < Block; i++)
        {
            var b = i is >= ChecksumAt and < ChecksumAt + 8 ? (byte)' ' : header[i];
            unsigned += b;
            // some old programs summed up signed characters
            signed += (sbyte)b;
        }

        var stated = Number(header.Slice(ChecksumAt, 8));
        if (stated != unsigned && stated != signed) throw Broken("no tar file, or damaged (the header's checksum is wrong)");
    }

    /// <summary>Octal digits, or, where the first bit is set, bytes (GNU's base-256).</summary>
    private long Number(ReadOnlySpan<byte> field)
    {
        if ((field[0] & 0x80) != 0)
        {
            // bits 2⁶³ and above, and negative numbers
            if (field[0] != 0x80 || field[1..^8].ContainsAnyExcept((byte)0) || (field[^8] & 0x80) != 0) throw Broken("a size that cannot be");
            return BinaryPrimitives.ReadInt64BigEndian(field[^8..]);
        }

        var number = 0L;
        foreach (var b in field.TrimStart((byte)' '))
        {
            if (b is 0 or (byte)' ') break;
            if (b is < (byte)'0' or > (byte)'7') throw Broken("no tar file, or damaged (a number in the header is none)");
            number = (number << 3) | (uint)(b - '0');
        }

        return number;
    }

    private static string NameOf(ReadOnlySpan<byte> header)
    {
        var name = Text(header[..100]);
        // GNU's own magic word ends in a space, and its headers have dates where ustar has the prefix
        var prefix = header.Slice(MagicAt, 6).SequenceEqual("ustar\0"u8) ? Text(header.Slice(PrefixAt, 155)) : "";
        return prefix.Length == 0 ? name : $"{prefix}/{name}";
    }

    private static string Text(ReadOnlySpan<byte> field) =>
        Encoding.UTF8.GetString(field.IndexOf((byte)0) is var end and >= 0 ? field[..end] : field);

    /// <summary>A pax header's records, <c>LENGTH KEY=VALUE\n</c> each.</summary>
    private Extra Pax(ReadOnlySpan<byte> records, Extra extra)
    {
        while (!records.IsEmpty)
        {
            var space = records.IndexOf((byte)' ');
            if (space < 1 || !int.TryParse(records[..space], NumberStyles.None, CultureInfo.InvariantCulture, out var length) || length <= space + 1 || length > records.Length)
                throw Broken("a pax header that is none");
            var record = records[(space + 1)..length].TrimEnd((byte)'\n');
            records = records[length..];
            if (record.IndexOf((byte)'=') is not (var equals and > 0)) throw Broken("a pax header that is none");
            var key = record[..equals];
            var value = record[(equals + 1)..];
            if (key.SequenceEqual("path"u8))
            {
                extra = extra with { Name = Text(value) };
            }
            else if (key.SequenceEqual("size"u8))
            {
                if (!long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var size)) throw Broken("a size that cannot be");
                extra = extra with { Size = size };
            }
            else if (key.StartsWith("GNU.sparse."u8))
            {
                extra = extra with { Sparse = true };
            }
        }

        return extra;
    }

    private SinewException Broken(string what) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{path}: {what}, at byte {Math.Min(_at, _length)}; get or make this shard anew, or take it out of the folder"));

    /// <summary>What headers before a member's own say about it.</summary>
    private sealed record Extra(string? Name, long? Size, bool Sparse);
}
