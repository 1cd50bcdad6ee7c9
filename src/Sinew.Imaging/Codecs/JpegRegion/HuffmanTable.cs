namespace Sinew.Imaging.JpegRegion;

/// <summary>
/// One Huffman table of a baseline JPEG (ITU-T T.81, annex C and F.2.2), laid out for speed: the next ten bits of the stream
/// are looked up, which for most symbols gives code, run and coefficient at once.
/// </summary>
internal sealed class HuffmanTable
{
    /// <summary>Bits that are looked up at once.</summary>
    public const int LookUpBits = 10;

    /// <summary>Set in an entry whose coefficient is known from the looked-up bits alone.</summary>
    public const int HasValue = 1 << 15;

    /// <summary>
    /// By the next ten bits: bits 0–4 the number of bits to drop (0: the code is longer than ten bits), 8–11 the run of
    /// zeros, 12–14 unused, 15 <see cref="HasValue"/>; with it bits 16–31 are the coefficient, without it they are the
    /// symbol and the dropped bits are those of the code alone.
    /// </summary>
    public readonly int[] LookUp = new int[1 << LookUpBits];

    /// <summary>Per code length, the first code that is longer, aligned to 16 bits; codes below it have this length.</summary>
    private readonly int[] _limit = new int[18];

    /// <summary>Per code length, what to add to a code for its index in <see cref="_symbols"/>.</summary>
    private readonly int[] _offset = new int[17];

    private readonly byte[] _symbols = new byte[256];

    /// <summary>Reads a table.</summary>
    /// <param name="counts">Sixteen numbers of codes, by length.</param>
    /// <param name="symbols">The codes' symbols.</param>
    /// <param name="ac">Whether it codes AC coefficients (run and size) or DC differences (size).</param>
    /// <returns>False where the numbers make no prefix code.</returns>
    public bool TryBuild(ReadOnlySpan<byte> counts, ReadOnlySpan<byte> symbols, bool ac)
    {
        Array.Clear(LookUp);
        symbols.CopyTo(_symbols);
        int code = 0, index = 0;
        for (var length = 1; length <= 16; length++)
        {
            _offset[length] = index - code;
            for (var i = 0; i < counts[length - 1]; i++, code++, index++)
            {
                if (code >= 1 << length) return false;
                var symbol = symbols[index];
                if (!ac && symbol > 11) return false;
                if (length <= LookUpBits) Fill(code, length, symbol, ac);
            }

            _limit[length] = code << (16 - length);
            code <<= 1;
        }

        _limit[17] = int.MaxValue;
        return true;
    }

    /// <summary>Decodes a code of more than ten bits.</summary>
    /// <param name="bits">The next sixteen bits.</param>
    /// <param name="length">Receives the code's length, or 17 where there is no such code.</param>
    /// <returns>The symbol.</returns>
    public int DecodeLong(int bits, out int length)
    {
        length = LookUpBits + 1;
        while (bits >= _limit[length]) length++;
        return length > 16 ? 0 : _symbols[((bits >> (16 - length)) + _offset[length]) & 255];
    }

    private void Fill(int code, int length, int symbol, bool ac)
    {
        var size = symbol & 15;
        var run = ac ? symbol >> 4 : 0;
        var free = LookUpBits - length;
        for (var rest = 0; rest < 1 << free; rest++)
        {
            // Size 0 of an AC symbol is an end of block or sixteen zeros: no coefficient follows.
            var whole = size <= free && !(ac && size == 0);
            var value = whole ? Extend(rest >> (free - size), size) : symbol;
            LookUp[(code << free) | rest] = (value << 16) | (whole ? HasValue : 0) | (run << 8) | (length + (whole ? size : 0));
        }
    }

    /// <summary>The signed value of a coefficient's bits (T.81, F.2.2.1, EXTEND).</summary>
    public static int Extend(int bits, int size) => size == 0 || bits >= 1 << (size - 1) ? bits : bits - (1 << size) + 1;
}
