using System.IO.Compression;

namespace Sinew.Files;

/// <summary>Reads files that may be gzip'd, whatever they are called.</summary>
public static class ZippedFile
{
    /// <summary>Opens a file; one that begins as gzip does is unpacked while it is read.</summary>
    /// <param name="path">The file.</param>
    /// <returns>Its text, from the beginning, unbuffered: to be read in large blocks.</returns>
    /// <exception cref="IOException">It cannot be opened; reading may throw <see cref="InvalidDataException"/> where gzip is damaged.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static Stream OpenRead(string path)
    {
        var file = new FileStream(path, new FileStreamOptions { BufferSize = 0, Options = FileOptions.SequentialScan });
        try
        {
            Span<byte> magic = stackalloc byte[2];
            var zipped = file.ReadAtLeast(magic, 2, throwOnEndOfStream: false) == 2 && magic is [0x1f, 0x8b];
            file.Position = 0;
            return zipped ? new GZipStream(file, CompressionMode.Decompress) : file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }
}
