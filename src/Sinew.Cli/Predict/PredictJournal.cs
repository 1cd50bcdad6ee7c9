using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Sinew.Cli.Predict;

/// <summary>
/// The records of a run, appended as they come, and a second file that says how far they go: a line per finished input with the records'
/// length after it. A run that was ended at any moment is taken up behind the last finished input; what came after is cut off.
/// </summary>
/// <remarks>Of each finished input 16 bytes are held in memory, a hash of its name.</remarks>
internal sealed class PredictJournal : IDisposable
{
    public const string RecordsName = "poses.jsonl";
    public const string JournalName = "poses.journal";

    private readonly HashSet<UInt128> _done = [];
    private readonly FileStream _records;
    private readonly FileStream _journal;
    private readonly StringBuilder _pending = new();
    private readonly FlushTimer _timer = new();
    private readonly string? _temporary;

    private PredictJournal(string folder, bool temporary)
    {
        _temporary = temporary ? folder : null;
        RecordsPath = Path.Combine(folder, RecordsName);
        try
        {
            Directory.CreateDirectory(folder);
            _records = new FileStream(RecordsPath, new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.Read, BufferSize = 1 << 18 });
            // who else holds it open is running into the same folder
            _journal = new FileStream(Path.Combine(folder, JournalName), new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None });
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _records?.Dispose();
            throw new SinewException($"{folder}: cannot be written to: {e.Message.ReplaceLineEndings(" ")}", e);
        }
    }

    /// <summary>The file with the records.</summary>
    public string RecordsPath { get; }

    /// <summary>How many inputs earlier runs finished.</summary>
    public int DoneBefore { get; private set; }

    /// <summary>Opens the records of a folder, or begins them.</summary>
    /// <param name="folder">The folder; null for records that are needed until the end of the run only.</param>
    /// <param name="anew">Drop what is there.</param>
    /// <param name="claim">Called when the folder is this run's alone and nothing in it is changed yet; throws where it is not to be.</param>
    /// <exception cref="SinewException">The folder cannot be written to, or another run is using it.</exception>
    public static PredictJournal Open(string? folder, bool anew, Action? claim = null)
    {
        var journal = new PredictJournal(folder ?? Directory.CreateTempSubdirectory("sinew-predict-").FullName, folder is null);
        try
        {
            claim?.Invoke();
            if (anew) journal.Truncate(0, 0);
            else journal.TakeUp();
            return journal;
        }
        catch
        {
            journal.Dispose();
            throw;
        }
    }

    /// <summary>True for an input that an earlier run finished.</summary>
    /// <param name="name">The input's name.</param>
    public bool IsDone(string name) => _done.Count > 0 && _done.Contains(Hash(name));

    /// <summary>Appends the record of a picture or frame.</summary>
    public void Add(Shot shot, int width, int height) => PoseRecord.Write(_records, shot, width, height);

    /// <summary>Where the records of the next input begin.</summary>
    public long Position => _records.Position;

    /// <summary>Drops what was appended since a position: an input that turned out bad half-way.</summary>
    public void DropSince(long position)
    {
        _records.Flush();
        _records.SetLength(position);
        _records.Position = position;
    }

    /// <summary>Says that an input's records are all there.</summary>
    public void Finish(string name)
    {
        _pending.Append(CultureInfo.InvariantCulture, $"{_records.Position}\t{Hash(name):x32}\n");
        if (_timer.IsDue) Flush();
    }

    /// <summary>Hands everything to the system: records first, so that the journal never promises more than there is.</summary>
    public void Flush() => _timer.Flush(toDisk =>
    {
        _records.Flush(toDisk);
        _journal.Write(Encoding.ASCII.GetBytes(_pending.ToString()));
        _pending.Clear();
        _journal.Flush(toDisk);
    });

    public void Dispose()
    {
        Flush();
        _records.Dispose();
        _journal.Dispose();
        if (_temporary is not null) Directory.Delete(_temporary, recursive: true);
    }

    private void TakeUp()
    {
        using var reader = new StreamReader(_journal, Encoding.ASCII, detectEncodingFromByteOrderMarks: false, 1 << 16, leaveOpen: true);
        var finished = new List<(long End, long Used, UInt128 Hash)>();
        var used = 0L;
        while (reader.ReadLine() is { } line)
        {
            // a cut or damaged line ends what can be trusted, and so does one that promises records that never reached the disk
            var tab = line.IndexOf('\t');
            if (tab < 0 || !long.TryParse(line.AsSpan(0, tab), NumberStyles.None, CultureInfo.InvariantCulture, out var end) || end > _records.Length
                || line.Length != tab + 33 || used + line.Length + 1 > _journal.Length || !UInt128.TryParse(line.AsSpan(tab + 1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var hash))
            {
                break;
            }

            used += line.Length + 1;
            finished.Add((end, used, hash));
        }

        // after a power failure the records may be as long as promised, but empty from some place on
        while (finished.Count > 0 && !EndsRecord(finished[^1].End)) finished.RemoveAt(finished.Count - 1);
        foreach (var input in finished) _done.Add(input.Hash);
        DoneBefore = _done.Count;
        var last = finished.Count > 0 ? finished[^1] : default;
        Truncate(last.End, last.Used);
    }

    /// <summary>True where a record ends, or where there is none before.</summary>
    private bool EndsRecord(long end)
    {
        if (end == 0) return true;
        _records.Position = end - 1;
        return _records.ReadByte() == '\n';
    }

    private void Truncate(long records, long journal)
    {
        _records.SetLength(records);
        _records.Position = records;
        _journal.SetLength(journal);
        _journal.Position = journal;
    }

    private static UInt128 Hash(string name)
    {
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(Encoding.UTF8.GetBytes(name), hash);
        return System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(hash);
    }
}
