namespace Sinew.Annotations;

/// <summary>A file that appears whole or not at all: written beside its place, flushed to the disk, renamed by <see cref="Commit"/>.</summary>
internal sealed class BesideFile : IDisposable
{
    private readonly string _path;
    private readonly string _beside;
    private readonly FileStream _stream;
    private bool _committed;

    public BesideFile(string path)
    {
        _path = path;
        _beside = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            _stream = new FileStream(_beside, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 1 << 16 });
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SinewException($"{path}: cannot be written: {e.Message.ReplaceLineEndings(" ")}", e);
        }
    }

    public Stream Stream => _stream;

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
            throw new SinewException($"{_path}: cannot be written: {e.Message.ReplaceLineEndings(" ")}", e);
        }
    }

    public void Dispose()
    {
        _stream.Dispose();
        if (!_committed) File.Delete(_beside);
    }
}
