using System.Collections.Concurrent;

namespace Sinew.Files;

/// <summary>A file that appears whole or not at all: written beside its place, flushed to the disk, renamed by <see cref="Commit"/>.</summary>
/// <remarks>
/// A link stays a link: the file that it leads to is replaced. What is no regular file (a pipe, a device) has no place beside it and is written
/// as it is. What is not committed when the process ends, for example because it was interrupted, is removed.
/// </remarks>
public sealed class BesideFile : IDisposable
{
    private static readonly Temporaries Unfinished = new();

    private readonly string _path;
    private readonly string _target;
    private readonly string? _beside;
    private readonly FileStream _stream;
    private bool _committed;

    /// <summary>Begins a file; its folder is made where it is missing.</summary>
    /// <param name="path">The file; one that is there stays as it is until <see cref="Commit"/>.</param>
    /// <exception cref="SinewException">The file cannot be written.</exception>
    public BesideFile(string path)
    {
        _path = path;
        try
        {
            _target = TargetOf(path);
            if (OpenSpecial(_target) is { } special)
            {
                _stream = special;
                return;
            }

            _beside = $"{_target}.{Guid.NewGuid():N}.tmp";
            if (Path.GetDirectoryName(Path.GetFullPath(_target)) is { } folder) Directory.CreateDirectory(folder);
            _stream = Unfinished.Create(_beside);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Failed(e);
        }
    }

    /// <summary>What is written to.</summary>
    public FileStream Stream => _stream;

    /// <summary>Flushes the file to the disk and puts it in its place.</summary>
    /// <exception cref="SinewException">The file cannot be written.</exception>
    public void Commit()
    {
        try
        {
            _stream.Flush(flushToDisk: _beside is not null);
            _stream.Dispose();
            if (_beside is null) return;
            File.Move(_beside, _target, overwrite: true);
            _committed = true;
            Unfinished.Remove(_beside);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Failed(e);
        }
    }

    /// <summary>Closes the file; without <see cref="Commit"/> nothing of it is left.</summary>
    public void Dispose()
    {
        try
        {
            _stream.Dispose();
        }
        catch (IOException) when (!_committed)
        {
            // What could not be written before cannot be now, and is not wanted any more.
        }

        if (_committed || _beside is null) return;
        File.Delete(_beside);
        Unfinished.Remove(_beside);
    }

    // The links of /proc/self/fd lead to names that are no files, such as pipe:[7]: those are opened by the link.
    private static string TargetOf(string path) =>
        new FileInfo(path).LinkTarget is not null && File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName is { } target
        && !target.StartsWith("/proc/", StringComparison.Ordinal) ? target : path;

    /// <summary>Opens what is there and is no regular file; null for all else.</summary>
    private static FileStream? OpenSpecial(string path)
    {
        if (!File.Exists(path)) return null;
        var full = Path.GetFullPath(path);
        var device = full.StartsWith("/dev/", StringComparison.Ordinal) && !full.StartsWith("/dev/shm/", StringComparison.Ordinal);
        FileStream stream;
        try
        {
            stream = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, 1 << 16);
        }
        catch (Exception e) when (!device && e is IOException or UnauthorizedAccessException)
        {
            // A file that may not be written may still be replaced.
            return null;
        }

        // Pipes and terminals cannot be sought in; /dev/null and its like say that they can.
        if (device || !stream.CanSeek) return stream;
        stream.Dispose();
        return null;
    }

    private SinewException Failed(Exception e) => new($"{_path}: cannot be written: {e.Message.ReplaceLineEndings(" ")}", e);

    /// <summary>The files of this process that stand beside their places.</summary>
    private sealed class Temporaries
    {
        private readonly ConcurrentDictionary<string, bool> _open = new(StringComparer.Ordinal);
        private volatile bool _ending;

        public Temporaries() => AppDomain.CurrentDomain.ProcessExit += (_, _) => RemoveAll();

        public FileStream Create(string path)
        {
            _open[path] = true;
            var stream = new FileStream(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, BufferSize = 1 << 16 });
            if (!_ending) return stream;
            stream.Dispose();
            File.Delete(path);
            throw new IOException("the process is ending");
        }

        public void Remove(string path) => _open.TryRemove(path, out _);

        private void RemoveAll()
        {
            _ending = true;
            foreach (var path in _open.Keys)
            {
                try
                {
                    File.Delete(path);
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException)
                {
                    // Nobody is left to tell.
                }
            }
        }
    }
}
