using System.Buffers;
using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace Sinew.Evaluation;

/// <summary>
/// Reads a JSON file token by token from a stream: what the readers of scoring files need, and numbers fast, because a file
/// of predictions is nothing but numbers. Gzip'd files are unpacked on the way.
/// </summary>
internal sealed class JsonScanner : IDisposable
{
    private const int BlockSize = 1 << 17;

    /// <summary>A single string or number may take this much; more is not a file of poses.</summary>
    private const int LongestToken = 1 << 24;

    private const int DeepestNesting = 64;

    private static readonly double[] PowersOfTen =
        [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22];

    private static readonly SearchValues<byte> WordEnds = SearchValues.Create(",]} \n\r\t"u8);

    private readonly Stream _stream;
    private readonly string _file;
    private byte[] _buffer = new byte[BlockSize + 1];
    private int _at;
    private int _end;
    private bool _ended;

    private JsonScanner(Stream stream, string file) => (_stream, _file) = (stream, file);

    /// <summary>What is being read, such as <c>annotation 17</c>; it stands in error messages.</summary>
    internal (string Kind, int Number) Record { get; set; }

    internal static JsonScanner Open(string path)
    {
        FileStream? file = null;
        try
        {
            file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1, FileOptions.SequentialScan);
            Span<byte> magic = stackalloc byte[2];
            var zipped = file.ReadAtLeast(magic, 2, throwOnEndOfStream: false) == 2 && magic[0] == 0x1F && magic[1] == 0x8B;
            file.Position = 0;
            Stream stream = zipped ? new GZipStream(file, CompressionMode.Decompress) : file;
            var scanner = new JsonScanner(stream, Path.GetFileName(path));
            if (scanner.Available(3) && scanner._buffer.AsSpan(0, 3).SequenceEqual("\uFEFF"u8)) scanner._at = 3;
            return scanner;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            file?.Dispose();
            throw new SinewException($"cannot read {path}: {e.Message}", e);
        }
    }

    public void Dispose() => _stream.Dispose();

    /// <summary>An error at the place that is being read.</summary>
    /// <param name="what">What is wrong, and what to do.</param>
    internal SinewException Fail(string what) =>
        new(Record.Kind is null ? $"{_file}: {what}" : $"{_file}: {Record.Kind} {Record.Number}: {what}");

    /// <summary>The next byte that is no white space, 0 at the end of the file.</summary>
    internal byte Peek()
    {
        while (true)
        {
            while (_at < _end)
            {
                var b = _buffer[_at];
                if (b is not ((byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t')) return b;
                _at++;
            }

            if (!Refill()) return 0;
        }
    }

    /// <summary>Takes one punctuation mark.</summary>
    internal void Expect(byte mark)
    {
        if (Peek() != mark) throw Unexpected($"'{(char)mark}'");
        _at++;
    }

    /// <summary>Goes on to the next member of an object or array; false takes the closing mark.</summary>
    /// <param name="close">The closing mark.</param>
    /// <param name="first">True before the first member; false afterwards.</param>
    internal bool Next(byte close, ref bool first)
    {
        var mark = Peek();
        if (mark == close)
        {
            _at++;
            return false;
        }

        if (first)
        {
            first = false;
            return true;
        }

        if (mark != (byte)',') throw Unexpected($"',' or '{(char)close}'");
        _at++;
        return true;
    }

    /// <summary>The name of the next member of an object, as it stands in the file; good until the next call.</summary>
    internal ReadOnlySpan<byte> Key()
    {
        Peek();
        var length = StringLength();
        // The mark after the name is looked for first: it may lie in the next block, and reading that moves the name.
        var after = length + 2;
        while (true)
        {
            if (!Available(after + 1)) throw Truncated();
            var b = _buffer[_at + after];
            if (b == (byte)':') break;
            if (b is not ((byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t')) throw Unexpected("':' after a name");
            after++;
        }

        var key = _buffer.AsSpan(_at + 1, length);
        _at += after + 1;
        return key;
    }

    /// <summary>A string value.</summary>
    internal string Text()
    {
        if (Peek() != (byte)'"') throw Unexpected("a string");
        var length = StringLength();
        var raw = _buffer.AsSpan(_at, length + 2);
        var text = raw.Contains((byte)'\\') ? Unescape(raw) : Encoding.UTF8.GetString(raw[1..^1]);
        _at += length + 2;
        return text;
    }

    /// <summary>True, and takes it, where the next value is <c>null</c>.</summary>
    internal bool TakeNull()
    {
        if (Peek() != (byte)'n' || !Available(4) || !_buffer.AsSpan(_at, 4).SequenceEqual("null"u8)) return false;
        _at += 4;
        return true;
    }

    /// <summary>A whole number.</summary>
    /// <param name="what">Its name in an error message.</param>
    internal long Whole(string what)
    {
        var value = Number(what);
        return value == Math.Floor(value) && Math.Abs(value) <= 1L << 53
            ? (long)value
            : throw Fail($"{what} is {value.ToString(CultureInfo.InvariantCulture)}, where a whole number belongs");
    }

    /// <summary>True for a number other than 0 and for <c>true</c>.</summary>
    /// <param name="what">Its name in an error message.</param>
    internal bool Flag(string what)
    {
        var isTrue = Peek() == (byte)'t';
        if (isTrue || Peek() == (byte)'f')
        {
            SkipWord();
            return isTrue;
        }

        return Number(what) != 0;
    }

    /// <summary>A number, correctly rounded.</summary>
    /// <param name="what">Its name in an error message.</param>
    internal double Number(string what)
    {
        Peek();
        while (true)
        {
            var (value, length) = ParseNumber(_buffer, _at);
            // A number that ends with the block may go on in the next one.
            if (_at + length >= _end && Refill()) continue;
            if (double.IsNaN(value)) throw NoNumber(what);
            _at += length;
            if (!double.IsFinite(value)) throw Fail($"{what} is too large a number");
            return value;
        }
    }

    /// <summary>An array of numbers.</summary>
    /// <param name="into">Receives the first ones.</param>
    /// <param name="what">Its name in an error message.</param>
    /// <returns>How many the array has, which may be more than fit; −1 for <c>null</c>.</returns>
    internal int Numbers(Span<double> into, string what)
    {
        if (TakeNull()) return -1;
        Expect((byte)'[');
        var (count, first) = (0, true);
        while (Next((byte)']', ref first))
        {
            var value = Number(what);
            if (count < into.Length) into[count] = value;
            count++;
        }

        return count;
    }

    /// <summary>Passes over a value of any kind.</summary>
    internal void Skip()
    {
        var depth = 0;
        do
        {
            var mark = Peek();
            switch (mark)
            {
                case 0:
                    throw Truncated();
                case (byte)'{' or (byte)'[':
                    if (++depth > DeepestNesting) throw Fail($"values are nested deeper than {DeepestNesting} levels; this is no file of poses");
                    _at++;
                    break;
                case (byte)'}' or (byte)']':
                    if (--depth < 0) throw Unexpected("a value");
                    _at++;
                    break;
                case (byte)'"':
                    var length = StringLength();
                    _at += length + 2;
                    break;
                case (byte)',' or (byte)':':
                    if (depth == 0) throw Unexpected("a value");
                    _at++;
                    break;
                default:
                    SkipWord();
                    break;
            }
        }
        while (depth > 0);
    }

    /// <summary>Checks that nothing follows.</summary>
    internal void ExpectEnd()
    {
        if (Peek() != 0 || _at < _end) throw Unexpected("the end of the file");
    }

    /// <summary>Value and length of the number that starts here; NaN, and as many bytes as were looked at, where none does.</summary>
    private static (double Value, int Length) ParseNumber(byte[] buffer, int start)
    {
        var at = start;
        var negative = buffer[at] == (byte)'-';
        if (negative) at++;
        var (mantissa, digits, fraction) = (0UL, 0, 0);
        uint digit;
        while ((digit = (uint)buffer[at] - '0') <= 9)
        {
            mantissa = (mantissa * 10) + digit;
            digits++;
            at++;
        }

        if (digits == 0) return (double.NaN, at - start);
        if (buffer[at] == (byte)'.')
        {
            at++;
            var dot = at;
            while ((digit = (uint)buffer[at] - '0') <= 9)
            {
                mantissa = (mantissa * 10) + digit;
                at++;
            }

            fraction = at - dot;
            digits += fraction;
        }

        // A mantissa below 2^53 and a power of ten up to 10^22 are exact, so their quotient is correctly rounded.
        if ((buffer[at] | 0x20) != 'e' && digits <= 19 && mantissa <= 1UL << 53 && fraction < PowersOfTen.Length)
        {
            var value = mantissa / PowersOfTen[fraction];
            return (negative ? -value : value, at - start);
        }

        while (buffer[at] is (>= (byte)'0' and <= (byte)'9') or (byte)'e' or (byte)'E' or (byte)'+' or (byte)'-' or (byte)'.') at++;
        return double.TryParse(buffer.AsSpan(start, at - start), NumberStyles.Float, CultureInfo.InvariantCulture, out var slow)
            ? (slow, at - start)
            : (double.NaN, at - start);
    }

    private static string Unescape(ReadOnlySpan<byte> quoted)
    {
        var reader = new System.Text.Json.Utf8JsonReader(quoted);
        reader.Read();
        return reader.GetString()!;
    }

    /// <summary>Bytes between the quotation marks of the string that starts here.</summary>
    private int StringLength()
    {
        if (_at >= _end) throw Truncated();
        if (_buffer[_at] != (byte)'"') throw Unexpected("a string");
        var length = 0;
        while (true)
        {
            var rest = _buffer.AsSpan(_at + 1 + length, _end - _at - 1 - length);
            var stop = rest.IndexOfAny((byte)'"', (byte)'\\');
            if (stop < 0)
            {
                length += rest.Length;
                if (!Refill()) throw Truncated();
            }
            else if (rest[stop] == (byte)'"')
            {
                return length + stop;
            }
            else
            {
                length += stop + 2;
                if (!Available(length + 2)) throw Truncated();
            }
        }
    }

    private void SkipWord()
    {
        while (true)
        {
            var rest = _buffer.AsSpan(_at, _end - _at);
            var stop = rest.IndexOfAny(WordEnds);
            if (stop >= 0)
            {
                _at += stop;
                return;
            }

            _at = _end;
            if (!Refill()) return;
        }
    }

    private bool Available(int bytes)
    {
        while (_end - _at < bytes)
        {
            if (!Refill()) return false;
        }

        return true;
    }

    /// <summary>Reads on, keeping what has not been taken yet; false at the end of the file.</summary>
    private bool Refill()
    {
        if (_ended) return false;
        var kept = _end - _at;
        if (kept > _buffer.Length / 2)
        {
            if (kept > LongestToken) throw Fail($"a single value takes more than {LongestToken >> 20} MB; this is no file of poses");
            Array.Resize(ref _buffer, (2 * (_buffer.Length - 1)) + 1);
        }

        _buffer.AsSpan(_at, kept).CopyTo(_buffer);
        (_at, _end) = (0, kept);
        int read;
        try
        {
            // One byte stays free: the 0 there ends every number.
            read = _stream.Read(_buffer, _end, _buffer.Length - 1 - _end);
        }
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
            throw Fail($"the file is damaged ({e.Message}); make it anew");
        }

        _ended = read == 0;
        _end += read;
        _buffer[_end] = 0;
        return !_ended;
    }

    private SinewException Truncated() => Fail("the file ends in the middle of its data; it is truncated, make it anew");

    private SinewException Unexpected(string wanted) =>
        _at >= _end ? Truncated() : Fail($"{wanted} expected, not '{Shown()}'; this is not the JSON it should be");

    private SinewException NoNumber(string what) =>
        _at >= _end ? Truncated() : Fail($"{what} is '{Shown()}', where a number belongs");

    private string Shown()
    {
        Available(12);
        var shown = _buffer.AsSpan(_at, Math.Min(12, _end - _at));
        var stop = shown.IndexOfAny(WordEnds);
        return Encoding.UTF8.GetString(stop > 0 ? shown[..stop] : shown[..Math.Min(1, shown.Length)]);
    }
}
