namespace Sinew.Annotations;

/// <summary>
/// A column that grows by chunks: appending copies nothing, and turning it into one array frees chunk by chunk, so that a column never
/// exists twice in full.
/// </summary>
internal sealed class Chunked<T>
    where T : struct
{
    private const int Shift = 15;
    private const int Size = 1 << Shift;

    private readonly List<T[]?> _chunks = [];

    public int Count { get; private set; }

    public T this[int row] => _chunks[row >> Shift]![row & (Size - 1)];

    public void Add(T value)
    {
        if (Count >> Shift == _chunks.Count) _chunks.Add(new T[Size]);
        _chunks[Count >> Shift]![Count & (Size - 1)] = value;
        Count++;
    }

    public void AddRange(ReadOnlySpan<T> values)
    {
        while (values.Length > 0)
        {
            if (Count >> Shift == _chunks.Count) _chunks.Add(new T[Size]);
            var room = _chunks[Count >> Shift].AsSpan(Count & (Size - 1));
            var some = values[..Math.Min(values.Length, room.Length)];
            some.CopyTo(room);
            Count += some.Length;
            values = values[some.Length..];
        }
    }

    /// <summary>The column as one array; the column is empty afterwards.</summary>
    public T[] Drain()
    {
        var all = new T[Count];
        for (var i = 0; i < _chunks.Count; i++)
        {
            var start = i << Shift;
            _chunks[i].AsSpan(0, Math.Min(Size, Count - start)).CopyTo(all.AsSpan(start));
            _chunks[i] = null;
        }

        _chunks.Clear();
        Count = 0;
        return all;
    }
}
