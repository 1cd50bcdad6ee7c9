using System.Formats.Tar;
using System.Globalization;
using System.Text;
using Sinew.Files;

namespace Sinew.Imaging;

/// <summary>Writes WebDataset shards, one after the other. Each is whole or not there, and the same samples give the same bytes.</summary>
internal sealed class ShardWriter(string folder, string name, long most) : IDisposable
{
    private const int Block = 512;
    private const int LongestPlainName = 100;

    private BesideFile? _file;
    private TarWriter? _tar;

    /// <summary>Shards that are finished.</summary>
    public int Shards { get; private set; }

    /// <summary>Bytes of the finished shards.</summary>
    public long Bytes { get; private set; }

    /// <summary>The file of one shard.</summary>
    public static string NameOf(string name, int shard) => string.Create(CultureInfo.InvariantCulture, $"{name}-{shard:D6}.tar");

    /// <summary>Adds a sample, to a new shard where the last one would grow too large.</summary>
    /// <param name="picture">Name and content of the picture.</param>
    /// <param name="record">Name and content of what is known about it.</param>
    /// <exception cref="SinewException">A shard cannot be written.</exception>
    public void Add((string Name, byte[] Bytes) picture, (string Name, byte[] Bytes) record)
    {
        // two empty blocks end the archive
        if (_file is not null && _file.Stream.Position + Room(picture) + Room(record) + (2 * Block) > most) Finish();
        var path = Path.Combine(folder, NameOf(name, Shards));
        _file ??= new BesideFile(path);
        _tar ??= new TarWriter(_file.Stream, TarEntryFormat.Ustar, leaveOpen: true);
        try
        {
            Write(picture);
            Write(record);
        }
        catch (IOException e)
        {
            throw new SinewException($"{path}: cannot be written: {e.Message}", e);
        }
    }

    /// <summary>Finishes the last shard.</summary>
    /// <exception cref="SinewException">It cannot be written.</exception>
    public void Finish()
    {
        if (_file is null || _tar is null) return;
        try
        {
            _tar.Dispose();
            Bytes += _file.Stream.Position;
        }
        catch (IOException e)
        {
            throw new SinewException($"{Path.Combine(folder, NameOf(name, Shards))}: cannot be written: {e.Message}", e);
        }

        _file.Commit();
        _file.Dispose();
        (_file, _tar) = (null, null);
        Shards++;
    }

    /// <summary>Takes a shard away that is not finished.</summary>
    public void Dispose()
    {
        try
        {
            _tar?.Dispose();
        }
        catch (IOException)
        {
            // its end could not be written either, and is not wanted any more
        }

        _file?.Dispose();
    }

    private void Write((string Name, byte[] Bytes) member)
    {
        // the form that every reader knows, and GNU's for names that it has no room for
        TarEntry entry = IsPlain(member.Name)
            ? new UstarTarEntry(TarEntryType.RegularFile, member.Name)
            : new GnuTarEntry(TarEntryType.RegularFile, member.Name) { AccessTime = DateTimeOffset.UnixEpoch, ChangeTime = DateTimeOffset.UnixEpoch };
        entry.Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
        entry.ModificationTime = DateTimeOffset.UnixEpoch;
        entry.DataStream = new MemoryStream(member.Bytes, writable: false);
        _tar!.WriteEntry(entry);
    }

    private static bool IsPlain(string name) => name.Length <= LongestPlainName && Ascii.IsValid(name);

    private static long Room((string Name, byte[] Bytes) member)
    {
        var room = Block + Padded(member.Bytes.Length);
        return IsPlain(member.Name) ? room : room + Block + Padded(Encoding.UTF8.GetByteCount(member.Name) + 1);
    }

    private static long Padded(long length) => (length + Block - 1) / Block * Block;
}
