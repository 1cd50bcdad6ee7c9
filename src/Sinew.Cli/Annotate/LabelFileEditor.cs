using System.Text;
using Sinew.Files;

namespace Sinew.Cli.Annotate;

/// <summary>What is done with the records of a label file.</summary>
internal interface IRecordEditor
{
    /// <summary>Writes a person's record, changed or as it is.</summary>
    /// <param name="record">The record's text, an object.</param>
    /// <param name="index">Its number in the file.</param>
    /// <param name="to">Where to.</param>
    void Person(ReadOnlySpan<byte> record, int index, Stream to);

    /// <summary>Writes a category's record, changed or as it is.</summary>
    void Category(ReadOnlySpan<byte> record, Stream to);

    /// <summary>A member that the file's top gets at its end: its text with the key; empty for none.</summary>
    /// <param name="keys">The keys that the top has.</param>
    string LastMember(IReadOnlySet<string> keys);
}

/// <summary>
/// Copies a label file byte by byte, but for the records of people (COCO's <c>annotations</c>, or all of a list) and categories, which an editor
/// writes. One record is held at a time.
/// </summary>
internal sealed class LabelFileEditor
{
    private const int LongestRecord = 1 << 28;
    private const int LongestKey = 256;

    private readonly IRecordEditor _editor;
    private readonly Stream _to;
    private readonly HashSet<string> _keys = new(StringComparer.Ordinal);
    private readonly List<byte> _text = [];
    private byte[] _record = new byte[1 << 16];
    private int _length;
    private int _depth;
    private int _people;
    private bool _isList;
    private bool _inString;
    private bool _escaped;
    private bool _inRecord;
    private string _key = "";

    private LabelFileEditor(IRecordEditor editor, Stream to) => (_editor, _to) = (editor, to);

    /// <summary>Copies a file.</summary>
    /// <param name="path">The file, gzip or plain.</param>
    /// <param name="to">Where to, plain.</param>
    /// <param name="editor">Writes the records.</param>
    /// <exception cref="SinewException">The file cannot be read.</exception>
    public static void Copy(string path, Stream to, IRecordEditor editor)
    {
        try
        {
            using var from = ZippedFile.OpenRead(path);
            var copy = new LabelFileEditor(editor, to);
            var buffer = new byte[1 << 16];
            while (from.Read(buffer) is > 0 and var count) copy.Take(buffer.AsSpan(0, count));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new SinewException($"{path}: cannot be copied: {e.Message.ReplaceLineEndings(" ")}", e);
        }
    }

    private void Take(ReadOnlySpan<byte> block)
    {
        // bytes outside of records are written in runs
        var written = 0;
        for (var i = 0; i < block.Length; i++)
        {
            var b = block[i];
            if (_inRecord)
            {
                Keep(b);
                if (!Ends(b)) continue;
                WriteRecord();
                written = i + 1;
                continue;
            }

            if (Begins(b))
            {
                _to.Write(block[written..i]);
                (_inRecord, _length) = (true, 0);
                Keep(b);
                _depth++;
                continue;
            }

            if (b == '}' && !_inString && _depth == 1 && !_isList)
            {
                _to.Write(block[written..i]);
                written = i;
                var last = _editor.LastMember(_keys);
                if (last.Length > 0) _to.Write(Encoding.UTF8.GetBytes(_keys.Count > 0 ? $", {last}" : last));
            }

            Follow(b);
        }

        if (!_inRecord) _to.Write(block[written..]);
    }

    private bool Begins(byte b) => b == '{' && !_inString && (_isList ? _depth == 1 : _depth == 2 && (_key is "annotations" or "categories"));

    /// <summary>Follows strings and brackets inside a record; true at its closing brace.</summary>
    private bool Ends(byte b)
    {
        if (_length == 1) return false;
        if (_inString)
        {
            if (_escaped) _escaped = false;
            else if (b == '\\') _escaped = true;
            else if (b == '"') _inString = false;
            return false;
        }

        if (b == '"') _inString = true;
        else if (b is (byte)'{' or (byte)'[') _depth++;
        else if (b is (byte)'}' or (byte)']') _depth--;
        return b == '}' && _depth == (_isList ? 1 : 2);
    }

    private void Follow(byte b)
    {
        if (_inString)
        {
            if (_escaped) _escaped = false;
            else if (b == '\\') _escaped = true;
            else if (b == '"') _inString = false;
            if (_inString && _depth == 1 && _text.Count < LongestKey) _text.Add(b);
            return;
        }

        switch (b)
        {
            case (byte)'"':
                _inString = true;
                if (_depth == 1) _text.Clear();
                break;
            case (byte)':' when _depth == 1:
                _key = Encoding.UTF8.GetString([.. _text]);
                _keys.Add(_key);
                break;
            case (byte)'{' or (byte)'[':
                if (_depth == 0) _isList = b == '[';
                _depth++;
                break;
            case (byte)'}' or (byte)']':
                _depth--;
                break;
        }
    }

    private void Keep(byte b)
    {
        if (_length == _record.Length)
        {
            if (_length >= LongestRecord) throw new SinewException($"record {_people} is longer than {LongestRecord >> 20} MB");
            Array.Resize(ref _record, _length * 2);
        }

        _record[_length++] = b;
    }

    private void WriteRecord()
    {
        _inRecord = false;
        if (!_isList && _key == "categories") _editor.Category(_record.AsSpan(0, _length), _to);
        else _editor.Person(_record.AsSpan(0, _length), _people++, _to);
    }
}
