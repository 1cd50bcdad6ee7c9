namespace Sinew.Tensors.Files;

/// <summary>Writes a file so that its name means the old content or the new one, never a half.</summary>
internal static class AtomicFile
{
    public static void Write(string path, Action<FileStream> write)
    {
        string full = Path.GetFullPath(path);
        string beside = $"{full}.{Environment.ProcessId}-{Guid.NewGuid():N}.tmp";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(full)!);
            using (var stream = new FileStream(beside, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1 << 16))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(beside, full, overwrite: true);
        }
        catch (Exception e)
        {
            File.Delete(beside);
            if (e is IOException or UnauthorizedAccessException)
                throw new SinewException($"{path}: cannot be written: {e.Message}", e);
            throw;
        }
    }

    /// <summary>Opens a file for reading, or says in one line why not.</summary>
    public static FileStream Open(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SinewException($"{path}: cannot be read: {e.Message}", e);
        }
    }
}
