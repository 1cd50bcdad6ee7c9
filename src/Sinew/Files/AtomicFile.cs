using System.Text;

namespace Sinew.Files;

/// <summary>Writes a file so that its name means the old content or the new one, never a half, whenever the process is killed.</summary>
public static class AtomicFile
{
    /// <summary>Writes beside the file, flushes to the disk, then puts the new file in the old one's place.</summary>
    /// <param name="path">The file; its folder is made where it is missing.</param>
    /// <param name="write">Writes the content.</param>
    /// <exception cref="SinewException">The file cannot be written.</exception>
    public static void Write(string path, Action<FileStream> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        using var file = new BesideFile(path);
        try
        {
            write(file.Stream);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SinewException($"{path}: cannot be written: {e.Message}", e);
        }

        file.Commit();
    }

    /// <summary>Writes a text as UTF-8.</summary>
    /// <param name="path">The file.</param>
    /// <param name="text">The text.</param>
    /// <exception cref="SinewException">The file cannot be written.</exception>
    public static void WriteText(string path, string text) => Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(text)));

    /// <summary>Opens a file for reading, or says in one line why not.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="SinewException">The file cannot be read.</exception>
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
