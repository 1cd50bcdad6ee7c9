namespace Sinew.Files;

/// <summary>A file that appears whole or not at all: written beside its place, flushed to the disk, renamed by <see cref="Commit"/>.</summary>
public sealed class BesideFile : IDisposable
{
    private readonly string _path;
    private readonly string _beside;
    private readonly FileStream _stream;
    private bool _committed;

    /// <summary>Begins a file; its folder is made where it is missing.</summary>
    /// <param name="path">The file; one that is there stays as it is until <see cref="Commit"/>.</param>
    /// <exception cref="SinewException">The file cannot be written.</exception>
    public BesideFile(string path)
    {
        _path = path;
        _beside = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder) Directory.CreateDirectory(folder);
            _stream = new FileStream(_beside, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, BufferSize = 1 << 16 });
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
            _stream.Flush(flushToDisk: true);
            _stream.Dispose();
            File.Move(_beside, _path, overwrite: true);
            _committed = true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Failed(e);
        }
    }

    /// <summary>Closes the file; without <see cref="Commit"/> nothing of it is left.</summary>
    public void Dispose()
    {
        _stream.Dispose();
        if (!_committed) File.Delete(_beside);
    }

    private SinewException Failed(Exception e) => new($"{_path}: cannot be written: {e.Message.ReplaceLineEndings(" ")}", e);
}
