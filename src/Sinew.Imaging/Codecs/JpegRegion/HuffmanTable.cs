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

    /// <summary>Bits that are looked up at once where coefficients are only skipped.</summary>
    public const int SkipBits = 12;

    /// <summary>Added to the places of a skip that ends the block.</summary>
    public const int EndOfBlock = 128;

    /// <summary>
    /// By the next ten bits: bits 0–4 the number of bits to drop (0: the code is longer than ten bits), 8–11 the run of
    /// zeros, 12–14 unused, 15 <see cref="HasValue"/>; with it bits 16–31 are the coefficient, without it they are the
    /// symbol and the dropped bits are those of the code alone.
    /// </summary>
    public readonly int[] LookUp = new int[1 << LookUpBits];

    /// <summary>
    /// By the next twelve bits, of AC tables: bits 0–4 the number of bits of all symbols whose codes are among them, above
    /// that the number of coefficients that these stand for; 0 where not even the first code is known.
    /// </summary>
    public readonly ushort[] Skip = new ushort[1 << SkipBits];

    /// <summary>Per code length, the first code that is longer, aligned to 16 bits; codes below it have this length.</summary>
    private readonly int[] _limit = new int[18];

    /// <summary>Per code length, what to add to a code for its index in <see cref="_symbols"/>.</summary>
    private readonly int[] _offset = new int[17];

    private readonly byte[] _counts = new byte[16];
    private readonly byte[] _symbols = new byte[256];
    private bool _built;

    /// <summary>Reads a table.</summary>
    /// <param name="counts">Sixteen numbers of codes, by length.</param>
    /// <param name="symbols">The codes' symbols.</param>
    /// <param name="ac">Whether it codes AC coefficients (run and size) or DC differences (size).</param>
    /// <returns>False where the numbers make no prefix code.</returns>
    public bool TryBuild(ReadOnlySpan<byte> counts, ReadOnlySpan<byte> symbols, bool ac)
    {
        // Files of one source often have the same tables.
        if (_built && counts.SequenceEqual(_counts) && symbols.SequenceEqual(_symbols.AsSpan(0, symbols.Length))) return true;
        _built = false;
        Array.Clear(LookUp);
        counts.CopyTo(_counts);
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
        if (ac) FillSkips();
        return _built = true;
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

    /// <summary>The signed value of a coefficient's bits (T.81, F.2.2.1, EXTEND).</summary>
    /// <param name="bits">The bits.</param>
    /// <param name="size">How many there are.</param>
    public static int Extend(int bits, int size) => size == 0 || bits >= 1 << (size - 1) ? bits : bits - (1 << size) + 1;

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

    private void FillSkips()
    {
        for (var bits = 0; bits < Skip.Length; bits++)
        {
            int used = 0, places = 0;
            while (used < SkipBits && places < 64)
            {
                var entry = LookUp[((bits << used) & (Skip.Length - 1)) >> (SkipBits - LookUpBits)];
                var whole = (entry & HasValue) != 0;
                var length = entry & 31;
                // Bits beyond the twelve are unknown: the code must end among them, its coefficient's bits need not be seen.
                if (length == 0 || (whole ? CodeLength(entry) : length) > SkipBits - used) break;
                var symbol = (entry >> 16) & 255;
                if (!whole && (symbol & 15) == 0 && symbol != 0xF0)
                {
                    used += length;
                    places += EndOfBlock;
                    break;
                }

                used += whole ? length : length + (symbol & 15);
                places += ((entry >> 8) & 15) + 1;
            }

            Skip[bits] = (ushort)((places << 5) | used);
        }
    }

    /// <summary>The length of the code alone of an entry with a coefficient.</summary>
    private static int CodeLength(int entry) => (entry & 31) - (32 - int.LeadingZeroCount(Math.Abs(entry >> 16)));
}
