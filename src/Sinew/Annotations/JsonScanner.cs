using System.Buffers;
using System.Buffers.Text;
using System.Text;
using Sinew.Files;

namespace Sinew.Annotations;

/// <summary>
/// A forward-only reader of JSON files that are larger than they are interesting: the caller asks for what it expects, everything
/// else is skipped by a vectorised search for the next bracket or quote. One buffer, no objects per value. Python's NaN and Infinity are read.
/// </summary>
/// <remarks>
/// <see cref="System.Text.Json.Utf8JsonReader"/> tokenises (and so pays for) every number of every polygon, refuses NaN, and cannot
/// read a stream by itself; the 250 MB of a large data set are mostly such numbers.
/// </remarks>
internal sealed class JsonScanner : IDisposable
{
    private const int FirstBuffer = 1 << 18;
    private const int LargestBuffer = 1 << 26;
    private const int LongestNumber = 128;

    private static readonly SearchValues<byte> Structure = SearchValues.Create("\"[]{}"u8);
    private static readonly double[] PowersOfTen =
        [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22];

    private readonly Stream _stream;
    private readonly byte[] _key = new byte[64];
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(FirstBuffer);
    private byte[] _unescaped = [];
    private int _keyLength;
    private int _pos;
    private int _end;
    private long _before;
    private bool _ended;

    private JsonScanner(Stream stream, string file, bool again) => (_stream, File, CanReopen) = (stream, file, again);

    /// <summary>The file's name, as errors give it.</summary>
    public string File { get; }

    /// <summary>False for a pipe, which gives its content once.</summary>
    public bool CanReopen { get; }

    /// <summary>The list that is being read, for errors.</summary>
    public string Section { get; set; } = "";

    /// <summary>The record of <see cref="Section"/> that is being read, for errors; −1 outside of records.</summary>
    public int Record { get; set; } = -1;

    /// <summary>The key that <see cref="NextKey"/> found (empty where it is longer than any that is asked for).</summary>
    public ReadOnlySpan<byte> Key => _key.AsSpan(0, _keyLength);

    /// <summary>Opens a file, gzip or plain.</summary>
    public static JsonScanner Open(string path)
    {
        try
        {
            var scanner = new JsonScanner(ZippedFile.OpenRead(path, out var again), path, again);
            if (scanner.Fill(3) && scanner._buffer.AsSpan(0, scanner._end).StartsWith("\uFEFF"u8)) scanner._pos = 3;
            return scanner;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SinewException($"{path}: cannot be read: {e.Message.ReplaceLineEndings(" ")}", e);
        }
    }

    /// <summary>The next byte that is no white space, not consumed.</summary>
    /// <exception cref="SinewException">The file ends here.</exception>
    public byte Peek()
    {
        while (true)
        {
            while (_pos < _end)
            {
                var b = _buffer[_pos];
                if (b > (byte)' ') return b;
                if (b is not ((byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t')) throw Broken("a value");
                _pos++;
            }

            if (!Refill()) throw Truncated();
        }
    }

    /// <summary>Consumes the next byte that is no white space, which must be this one.</summary>
    public void Expect(char wanted)
    {
        if (Peek() != wanted) throw Broken($"'{wanted}'");
        _pos++;
    }

    /// <summary>Moves to the next key of an object, after its '{' was consumed; false at its end.</summary>
    /// <param name="first">True before the first key; the method clears it.</param>
    public bool NextKey(ref bool first)
    {
        var b = Peek();
        if (b == '}')
        {
            _pos++;
            return false;
        }

        if (!first) Expect(',');
        first = false;
        if (Peek() != '"') throw Broken("a key");
        var key = Text();
        _keyLength = key.Length <= _key.Length ? key.Length : 0;
        key[.._keyLength].CopyTo(_key);
        Expect(':');
        return true;
    }

    /// <summary>Moves to the next element of a list, after its '[' was consumed; false at its end.</summary>
    /// <param name="first">True before the first element; the method clears it.</param>
    public bool NextElement(ref bool first)
    {
        if (Peek() == ']')
        {
            _pos++;
            return false;
        }

        if (!first) Expect(',');
        first = false;
        if (Peek() is (byte)']' or (byte)',') throw Broken("a value");
        return true;
    }

    /// <summary>Checks that nothing follows.</summary>
    public void ExpectEnd()
    {
        while (_pos < _end || Refill())
        {
            if (_buffer[_pos] > (byte)' ') throw Broken("the end of the file");
            _pos++;
        }
    }

    /// <summary>A string's UTF-8 bytes, unescaped; valid until the next call of anything.</summary>
    public ReadOnlySpan<byte> Text()
    {
        Expect('"');
        var scanned = 0;
        while (true)
        {
            var rest = _buffer.AsSpan(_pos + scanned, _end - _pos - scanned);
            var at = rest.IndexOfAny((byte)'"', (byte)'\\');
            if (at >= 0 && rest[at] == '"')
            {
                var text = _buffer.AsSpan(_pos, scanned + at);
                _pos += scanned + at + 1;
                return text;
            }

            if (at >= 0) return EscapedText();
            scanned = _end - _pos;
            if (!Refill()) throw Truncated();
        }
    }

    /// <summary>A number; false (and the value is skipped) where there is something else.</summary>
    public bool TryNumber(out double value)
    {
        var b = Peek();
        if (b is not ((>= (byte)'0' and <= (byte)'9') or (byte)'-' or (byte)'N' or (byte)'I'))
        {
            value = double.NaN;
            SkipValue();
            return false;
        }

        Fill(LongestNumber);
        var p = _pos;
        var negative = b == '-';
        if (negative) p++;
        var (mantissa, digits, scale) = (0UL, 0, 0);
        for (; (uint)(_buffer[p] - '0') <= 9; p++, digits++) mantissa = (mantissa * 10) + (ulong)(_buffer[p] - '0');
        if (_buffer[p] == '.')
        {
            var point = p++;
            for (; (uint)(_buffer[p] - '0') <= 9; p++, digits++) mantissa = (mantissa * 10) + (ulong)(_buffer[p] - '0');
            scale = p - point - 1;
        }

        // Both the digits and the power of ten are exact doubles here, so their quotient is the correctly rounded value.
        if (digits is > 0 and <= 18 && mantissa <= 1UL << 53 && scale <= 22 && _buffer[p] is not ((byte)'e' or (byte)'E'))
        {
            _pos = p;
            value = mantissa / PowersOfTen[scale];
            if (negative) value = -value;
            return true;
        }

        return SlowNumber(out value);
    }

    /// <summary>A whole number; false (and the value is skipped) where there is something else.</summary>
    public bool TryWhole(out long value)
    {
        value = 0;
        var b = Peek();
        if (b is not ((>= (byte)'0' and <= (byte)'9') or (byte)'-'))
        {
            SkipValue();
            return false;
        }

        Fill(LongestNumber);
        if (Utf8Parser.TryParse(_buffer.AsSpan(_pos, _end - _pos), out value, out var used) && EndsValue(_buffer[_pos + used]))
        {
            _pos += used;
            return true;
        }

        // 17.0 is a whole number too.
        if (!TryNumber(out var number) || number != Math.Floor(number) || Math.Abs(number) > 1L << 53) return false;
        value = (long)number;
        return true;
    }

    /// <summary>true, false, or a number other than 0; false (and the value is skipped) where there is something else.</summary>
    public bool TryFlag(out bool value)
    {
        var b = Peek();
        if (b is (byte)'t' or (byte)'f')
        {
            value = b == 't';
            SkipValue();
            return true;
        }

        var known = TryNumber(out var number);
        value = known && number != 0;
        return known;
    }

    /// <summary>A list of numbers, appended to <paramref name="list"/>; lists within it are flattened.</summary>
    /// <returns>False (and the value is skipped) where there is something else, or something else among the numbers.</returns>
    public bool TryNumbers(NumberList list)
    {
        if (Peek() != '[')
        {
            SkipValue();
            return false;
        }

        _pos++;
        var (depth, good) = (1, true);
        // What stands before the next byte: a value, a comma, or neither (a bracket that opened a list).
        var (afterValue, afterComma) = (false, false);
        while (depth > 0)
        {
            var b = Peek();
            if (afterValue && b is not ((byte)',' or (byte)']')) throw Broken("','");
            if ((afterComma && b == ']') || (!afterValue && b == ',')) throw Broken("a value");
            (afterValue, afterComma) = (b is not ((byte)'[' or (byte)','), b == ',');
            switch (b)
            {
                case (byte)'[':
                    depth++;
                    _pos++;
                    break;
                case (byte)']':
                    depth--;
                    _pos++;
                    break;
                case (byte)',':
                    _pos++;
                    break;
                default:
                    good &= TryNumber(out var value);
                    if (good && !list.Add(value)) throw new SinewException($"{File}: {Where}: a list of more than {NumberList.Most} numbers");
                    break;
            }
        }

        return good;
    }

    /// <summary>Skips one value, whatever it is.</summary>
    public void SkipValue()
    {
        switch (Peek())
        {
            case (byte)'"':
                _pos++;
                SkipString();
                break;
            case (byte)'[' or (byte)'{':
                SkipNested();
                break;
            default:
                SkipWord();
                break;
        }
    }

    /// <summary>An error at the record that is being read.</summary>
    public SinewException Error(string message) => new($"{File}: {Where}: {message}");

    /// <inheritdoc/>
    public void Dispose()
    {
        _stream.Dispose();
        var buffer = Interlocked.Exchange(ref _buffer, []);
        if (buffer.Length > 0) ArrayPool<byte>.Shared.Return(buffer);
    }

    private static bool EndsValue(byte b) => b is (byte)',' or (byte)']' or (byte)'}' or <= (byte)' ';

    private string Where => Record >= 0 ? $"{Section}[{Record}]" : Section.Length > 0 ? Section : "top";

    private SinewException Broken(string expected) =>
        Error($"not valid JSON at byte {_before + _pos}: expected {expected}, not '{(char)_buffer[_pos]}'");

    private SinewException TooLong() => Error($"a text of more than {LargestBuffer >> 20} MB, which no such file has");

    private SinewException Truncated() => Error($"the file ends in the middle, after {_before + _end} bytes: it is truncated, get it again");

    private void SkipString()
    {
        while (true)
        {
            var at = _buffer.AsSpan(_pos, _end - _pos).IndexOfAny((byte)'"', (byte)'\\');
            if (at < 0)
            {
                _pos = _end;
                if (!Refill()) throw Truncated();
            }
            else if (_buffer[_pos + at] == '"')
            {
                _pos += at + 1;
                return;
            }
            else
            {
                _pos += at + 1;
                if (_pos == _end && !Refill()) throw Truncated();
                _pos++;
            }
        }
    }

    private void SkipNested()
    {
        var depth = 0;
        do
        {
            var at = _buffer.AsSpan(_pos, _end - _pos).IndexOfAny(Structure);
            if (at < 0)
            {
                _pos = _end;
                if (!Refill()) throw Truncated();
                continue;
            }

            _pos += at + 1;
            switch (_buffer[_pos - 1])
            {
                case (byte)'"':
                    SkipString();
                    break;
                case (byte)'[' or (byte)'{':
                    depth++;
                    break;
                default:
                    depth--;
                    break;
            }
        }
        while (depth > 0);
    }

    private void SkipWord()
    {
        var start = _before + _pos;
        while (_pos < _end || Refill())
        {
            var b = _buffer[_pos];
            if (!(b is (byte)'-' or (byte)'+' or (byte)'.' || char.IsAsciiLetterOrDigit((char)b))) break;
            _pos++;
        }

        if (_before + _pos == start) throw Broken("a value");
    }

    private bool SlowNumber(out double value)
    {
        var token = _buffer.AsSpan(_pos, _end - _pos);
        foreach (var (word, meaning) in (ReadOnlySpan<(string, double)>)
            [("NaN", double.NaN), ("Infinity", double.PositiveInfinity), ("-Infinity", double.NegativeInfinity)])
        {
            if (token.Length < word.Length || !Ascii.Equals(token[..word.Length], word)) continue;
            _pos += word.Length;
            value = meaning;
            return true;
        }

        if (Utf8Parser.TryParse(token, out value, out var used) && used <= LongestNumber && EndsValue(_buffer[_pos + used]))
        {
            _pos += used;
            return true;
        }

        throw Broken("a number");
    }

    private ReadOnlySpan<byte> EscapedText()
    {
        var length = 0;
        while (true)
        {
            if (_pos == _end && !Refill()) throw Truncated();
            var b = _buffer[_pos++];
            if (b == '"') return _unescaped.AsSpan(0, length);
            if (length > LargestBuffer) throw TooLong();
            if (length + 4 > _unescaped.Length) Array.Resize(ref _unescaped, Math.Max(256, _unescaped.Length * 2));
            if (b != '\\')
            {
                _unescaped[length++] = b;
                continue;
            }

            if (_pos == _end && !Refill()) throw Truncated();
            length += Escape(_buffer[_pos++], _unescaped.AsSpan(length));
        }
    }

    private int Escape(byte letter, Span<byte> into)
    {
        var plain = letter switch
        {
            (byte)'n' => '\n',
            (byte)'t' => '\t',
            (byte)'r' => '\r',
            (byte)'b' => '\b',
            (byte)'f' => '\f',
            (byte)'"' or (byte)'\\' or (byte)'/' => (char)letter,
            (byte)'u' => '\0',
            _ => throw Broken("an escape"),
        };
        if (letter != 'u')
        {
            into[0] = (byte)plain;
            return 1;
        }

        var high = Hex4();
        if (char.IsHighSurrogate(high) && Fill(6) && _buffer[_pos] == '\\' && _buffer[_pos + 1] == 'u')
        {
            _pos += 2;
            var low = Hex4();
            if (char.IsLowSurrogate(low)) return new Rune(high, low).EncodeToUtf8(into);
        }

        return (Rune.TryCreate(high, out var rune) ? rune : Rune.ReplacementChar).EncodeToUtf8(into);
    }

    private char Hex4()
    {
        if (!Fill(4)) throw Truncated();
        if (!Utf8Parser.TryParse(_buffer.AsSpan(_pos, 4), out ushort value, out var used, 'x') || used != 4) throw Broken("four hexadecimal digits");
        _pos += 4;
        return (char)value;
    }

    /// <summary>Makes sure that so many bytes lie ahead in the buffer; false where the file ends before.</summary>
    private bool Fill(int count)
    {
        while (_end - _pos < count)
        {
            if (!Refill()) return false;
        }

        return true;
    }

    // Keeps what is not consumed yet. A zero behind the last byte stops the number loops without a bound check of their own.
    private bool Refill()
    {
        if (_ended) return false;
        var kept = _end - _pos;
        if (kept >= _buffer.Length - 1) Grow();
        else if (_pos > 0) _buffer.AsSpan(_pos, kept).CopyTo(_buffer);
        _before += _pos;
        (_pos, _end) = (0, kept);
        int read;
        try
        {
            read = _stream.Read(_buffer, _end, _buffer.Length - 1 - _end);
        }
        catch (InvalidDataException e)
        {
            throw new SinewException($"{File}: {Where}: the gzip file is damaged: copy or download it again", e);
        }
        catch (IOException e)
        {
            throw new SinewException($"{File}: {Where}: cannot be read on: {e.Message.ReplaceLineEndings(" ")}", e);
        }

        _ended = read == 0;
        _end += read;
        _buffer[_end] = 0;
        return read > 0;
    }

    private void Grow()
    {
        if (_buffer.Length >= LargestBuffer) throw TooLong();
        var larger = ArrayPool<byte>.Shared.Rent(_buffer.Length * 2);
        _buffer.AsSpan(_pos, _end - _pos).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}

/// <summary>Numbers of one record, in an array that is used again for the next.</summary>
internal sealed class NumberList
{
    /// <summary>More numbers than this have no business in one list of a person.</summary>
    public const int Most = 1 << 16;

    private double[] _values = new double[64];

    public int Count { get; private set; }

    public ReadOnlySpan<double> Values => _values.AsSpan(0, Count);

    public void Clear() => Count = 0;

    public bool Add(double value)
    {
        if (Count == _values.Length)
        {
            if (Count == Most) return false;
            Array.Resize(ref _values, Count * 2);
        }

        _values[Count++] = value;
        return true;
    }
}
