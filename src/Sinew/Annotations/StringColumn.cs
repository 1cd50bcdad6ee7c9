using System.Text;

namespace Sinew.Annotations;

/// <summary>Many short strings as one UTF-8 block with offsets: a file name costs its bytes and four more, not an object.</summary>
public sealed class StringColumn
{
    private readonly byte[] _bytes;
    private readonly int[] _ends;

    private StringColumn(byte[] bytes, int[] ends) => (_bytes, _ends) = (bytes, ends);

    /// <summary>How many strings there are.</summary>
    public int Count => _ends.Length;

    /// <summary>The string of one row (made anew at each call).</summary>
    /// <param name="row">The row.</param>
    public string this[int row] => Encoding.UTF8.GetString(Utf8(row));

    /// <summary>The UTF-8 bytes of one row.</summary>
    /// <param name="row">The row.</param>
    public ReadOnlySpan<byte> Utf8(int row)
    {
        var start = row == 0 ? 0 : _ends[row - 1];
        return _bytes.AsSpan(start, _ends[row] - start);
    }

    /// <summary>Collects rows one after the other.</summary>
    public sealed class Builder
    {
        private readonly List<int> _ends = [];
        private byte[] _bytes = new byte[256];
        private int _used;

        /// <summary>Appends one row.</summary>
        /// <param name="utf8">Its UTF-8 bytes.</param>
        public void Add(ReadOnlySpan<byte> utf8)
        {
            var needed = checked(_used + utf8.Length);
            if (needed > _bytes.Length) Array.Resize(ref _bytes, Math.Max(needed, _bytes.Length * 2));
            utf8.CopyTo(_bytes.AsSpan(_used));
            _used = needed;
            _ends.Add(_used);
        }

        /// <summary>Appends one row.</summary>
        /// <param name="text">The string.</param>
        public void Add(string text) => Add(Encoding.UTF8.GetBytes(text));

        /// <summary>The finished column.</summary>
        public StringColumn Build() => new(_bytes.AsSpan(0, _used).ToArray(), [.. _ends]);
    }
}
