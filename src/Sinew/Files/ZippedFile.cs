using System.IO.Compression;

namespace Sinew.Files;

/// <summary>Reads files that may be gzip'd, whatever they are called, and pipes.</summary>
public static class ZippedFile
{
    /// <summary>Opens a file; one that begins as gzip does is unpacked while it is read.</summary>
    /// <param name="path">The file.</param>
    /// <returns>Its text, from the beginning, unbuffered: to be read in large blocks.</returns>
    /// <exception cref="IOException">It cannot be opened; reading may throw <see cref="InvalidDataException"/> where gzip is damaged.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static Stream OpenRead(string path) => OpenRead(path, out _);

    /// <summary>Opens a file and says whether that can be done a second time.</summary>
    /// <param name="path">The file.</param>
    /// <param name="again">False for a pipe, which gives its content once.</param>
    /// <returns>Its text, from the beginning, unbuffered: to be read in large blocks.</returns>
    /// <exception cref="IOException">It cannot be opened; reading may throw <see cref="InvalidDataException"/> where gzip is damaged.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    internal static Stream OpenRead(string path, out bool again)
    {
        var file = new FileStream(path, new FileStreamOptions { BufferSize = 0, Options = FileOptions.SequentialScan });
        try
        {
            again = file.CanSeek;
            var magic = new byte[2];
            var read = file.ReadAtLeast(magic, magic.Length, throwOnEndOfStream: false);
            if (again) file.Position = 0;
            Stream whole = again ? file : new Resumed(magic.AsMemory(0, read), file);
            return read == 2 && magic is [0x1f, 0x8b] ? new GZipStream(whole, CompressionMode.Decompress) : whole;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>A stream whose first bytes have been read already, from its beginning.</summary>
    private sealed class Resumed(ReadOnlyMemory<byte> first, Stream rest) : Stream
    {
        private ReadOnlyMemory<byte> _first = first;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(Span<byte> buffer)
        {
            if (_first.IsEmpty) return rest.Read(buffer);
            var count = Math.Min(_first.Length, buffer.Length);
            _first.Span[..count].CopyTo(buffer);
            _first = _first[count..];
            return count;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing) rest.Dispose();
            base.Dispose(disposing);
        }
    }
}
