namespace Sinew.Evaluation;

/// <summary>Stable sorting by falling score: equal scores keep their order, as numpy's mergesort of the negated scores does.</summary>
internal static class ScoreOrder
{
    /// <summary>Below this, insertion is faster than counting.</summary>
    private const int Small = 32;

    /// <summary>Sorts row numbers by falling score, in place.</summary>
    /// <param name="rows">Row numbers.</param>
    /// <param name="scores">A finite score per row number.</param>
    internal static void Sort(Span<int> rows, ReadOnlySpan<double> scores)
    {
        if (rows.Length <= Small)
        {
            Insert(rows, scores);
        }
        else
        {
            Radix(rows, scores);
        }
    }

    private static void Insert(Span<int> rows, ReadOnlySpan<double> scores)
    {
        for (var i = 1; i < rows.Length; i++)
        {
            var row = rows[i];
            var score = scores[row];
            var at = i;
            for (; at > 0 && scores[rows[at - 1]] < score; at--) rows[at] = rows[at - 1];
            rows[at] = row;
        }
    }

    private static void Radix(Span<int> rows, ReadOnlySpan<double> scores)
    {
        var (from, to) = (new (ulong Key, int Row)[rows.Length], new (ulong Key, int Row)[rows.Length]);
        for (var i = 0; i < rows.Length; i++) from[i] = (Falling(scores[rows[i]]), rows[i]);
        Span<int> starts = stackalloc int[256];
        for (var shift = 0; shift < 64; shift += 8)
        {
            starts.Clear();
            foreach (ref readonly var entry in from.AsSpan()) starts[(int)(entry.Key >> shift) & 255]++;
            if (starts[(int)(from[0].Key >> shift) & 255] == from.Length) continue;
            var start = 0;
            foreach (ref var count in starts) (count, start) = (start, start + count);
            foreach (ref readonly var entry in from.AsSpan()) to[starts[(int)(entry.Key >> shift) & 255]++] = entry;
            (from, to) = (to, from);
        }

        for (var i = 0; i < rows.Length; i++) rows[i] = from[i].Row;
    }

    /// <summary>An unsigned key that rises as the score falls; 0 and −0 share one.</summary>
    private static ulong Falling(double score)
    {
        var bits = BitConverter.DoubleToUInt64Bits(score + 0.0);
        return (bits >> 63) == 0 ? ~bits ^ 0x8000_0000_0000_0000 : bits;
    }
}
