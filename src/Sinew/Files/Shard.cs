using Microsoft.Win32.SafeHandles;

namespace Sinew.Files;

/// <summary>A tar file that members are read from at any place, by any number of threads.</summary>
internal sealed class Shard
{
    private readonly SafeFileHandle? _kept;

    /// <summary>Opens a shard.</summary>
    /// <param name="path">The file.</param>
    /// <param name="keep">Whether it stays open; otherwise it is opened for each member.</param>
    /// <param name="index">Takes the members.</param>
    /// <exception cref="SinewException">It cannot be read.</exception>
    public Shard(string path, bool keep, Action<Shard, TarHeaders> index)
    {
        Path = path;
        var handle = Open();
        try
        {
            index(this, new TarHeaders(handle, path));
            if (keep) _kept = handle;
        }
        catch (IOException e)
        {
            throw Unreadable(e);
        }
        finally
        {
            if (_kept is null) handle.Dispose();
        }
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Reads bytes.</summary>
    /// <param name="offset">The first one's place.</param>
    /// <param name="bytes">Receives them.</param>
    /// <exception cref="SinewException">They cannot be read.</exception>
    public void Read(long offset, Span<byte> bytes)
    {
        var handle = _kept ?? Open();
        try
        {
            while (!bytes.IsEmpty)
            {
                var got = RandomAccess.Read(handle, bytes, offset);
                if (got == 0) throw new SinewException($"{Path}: is shorter than it was; do not change shards that are in use");
                offset += got;
                bytes = bytes[got..];
            }
        }
        catch (IOException e)
        {
            throw Unreadable(e);
        }
        finally
        {
            if (_kept is null) handle.Dispose();
        }
    }

    private SafeFileHandle Open()
    {
        try
        {
            // to open a pipe would wait until somebody writes to it
            if (new FileInfo(Path) is var file && ((file.LinkTarget is null ? file : file.ResolveLinkTarget(returnFinalTarget: true)) as FileInfo) is { Length: 0 })
                throw new SinewException($"{Path}: the file is empty, or no regular file; take it out of the folder");
            return File.OpenHandle(Path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, FileOptions.RandomAccess);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(e);
        }
    }

    private SinewException Unreadable(Exception e) => new($"{Path}: cannot be read: {e.Message.ReplaceLineEndings(" ")}", e);
}

/// <summary>One picture in a shard.</summary>
public readonly struct ShardMember
{
    private readonly Shard _shard;
    private readonly long _offset;

    internal ShardMember(Shard shard, long offset, long length) => (_shard, _offset, Length) = (shard, offset, length);

    /// <summary>The shard's path.</summary>
    public string Shard => _shard.Path;

    /// <summary>Bytes of the picture's file.</summary>
    public long Length { get; }

    /// <summary>Reads the picture's file. Any number of threads may do so at once.</summary>
    /// <param name="bytes">Receives it: <see cref="Length"/> bytes.</param>
    /// <exception cref="SinewException">It cannot be read.</exception>
    public void Read(Span<byte> bytes) => _shard.Read(_offset, bytes);
}
