using System.Buffers.Binary;
using System.Text;

namespace Sinew.Training.Teachers;

/// <summary>
/// A cache that is being built: the key, then one record per person as they come, each with its length and checksum. After a
/// kill it is read as far as it is whole and gone on with. One process at a time may have it open.
/// </summary>
internal sealed class TeacherCacheLog : IDisposable
{
    private const int RecordHeaderBytes = 12;

    private readonly FileStream _file;
    private readonly TeacherCacheKey _key;

    private TeacherCacheLog(FileStream file, TeacherCacheKey key) => (_file, _key) = (file, key);

    private static ReadOnlySpan<byte> Magic => "SINEWTCL"u8;

    /// <summary>Opens the log, takes over what it holds for this key, and cuts off the rest.</summary>
    /// <param name="path">The file; made where it is missing.</param>
    /// <param name="key">What the records must be made from; a log of another key is begun anew.</param>
    /// <param name="records">Receives the records, by person; others stay null.</param>
    public static TeacherCacheLog Open(string path, TeacherCacheKey key, byte[]?[] records)
    {
        FileStream file;
        try
        {
            file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (e is not (FileNotFoundException or DirectoryNotFoundException))
        {
            throw new SinewException($"{path}: cannot be opened ({e.Message}); is another process making the same cache?", e);
        }

        var log = new TeacherCacheLog(file, key);
        try
        {
            log.TakeOver(records);
        }
        catch
        {
            file.Dispose();
            throw;
        }

        return log;
    }

    /// <summary>Appends one person's record. The caller sees to it that only one thread does.</summary>
    public void Append(int person, ReadOnlySpan<byte> record)
    {
        Span<byte> header = stackalloc byte[RecordHeaderBytes];
        BinaryPrimitives.WriteInt32LittleEndian(header, person);
        BinaryPrimitives.WriteInt32LittleEndian(header[4..], record.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(header[8..], Checksum(person, record));
        _file.Write(header);
        _file.Write(record);
    }

    /// <summary>Hands what was appended to the system, so that it outlives this process.</summary>
    public void Flush() => _file.Flush();

    public void Dispose() => _file.Dispose();

    // FNV-1a, 32 bits: it has to tell a torn record from a whole one, no more.
    private static uint Checksum(int person, ReadOnlySpan<byte> record)
    {
        var hash = 2166136261u ^ (uint)person;
        foreach (var b in record) hash = (hash ^ b) * 16777619u;
        return hash;
    }

    private void TakeOver(byte[]?[] records)
    {
        byte[] head = [.. Magic, .. Encoding.UTF8.GetBytes(_key.ToText()), (byte)'\n', 0];
        var found = new byte[head.Length];
        if (_file.Length < head.Length || _file.ReadAtLeast(found, found.Length, throwOnEndOfStream: false) < found.Length || !found.AsSpan().SequenceEqual(head))
        {
            _file.SetLength(0);
            _file.Position = 0;
            _file.Write(head);
            _file.Flush();
            return;
        }

        var whole = _file.Position;
        var joints = _key.JointCount;
        var header = new byte[RecordHeaderBytes];
        while (_file.ReadAtLeast(header, header.Length, throwOnEndOfStream: false) == header.Length)
        {
            var person = BinaryPrimitives.ReadInt32LittleEndian(header);
            var length = BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(4));
            if (person < 0 || person >= records.Length || length < 0 || length > TeacherCacheRecord.MaxBytes(joints)) break;
            var record = new byte[length];
            if (_file.ReadAtLeast(record, length, throwOnEndOfStream: false) < length) break;
            if (BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(8)) != Checksum(person, record)) break;
            if (!TeacherCacheRecord.IsWhole(record, joints)) break;
            records[person] = record;
            whole = _file.Position;
        }

        _file.SetLength(whole);
        _file.Position = whole;
    }
}
