using System.Buffers;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Sinew.Imaging;

/// <summary>Box and median blurs of 3, 5 or 7 pixels, equal to OpenCV's <c>blur</c> and <c>medianBlur</c>.</summary>
public static class Blur
{
    /// <summary>Replaces each pixel by the rounded mean around it; the border is mirrored without its last pixel (OpenCV's REFLECT_101).</summary>
    /// <param name="rgb"><c>[height, width, 3]</c>, changed in place.</param>
    /// <param name="width">Pixels.</param>
    /// <param name="height">Pixels.</param>
    /// <param name="size">Side of the box: 3, 5 or 7.</param>
    /// <exception cref="ArgumentException">The span is not width × height × 3, or the size is another.</exception>
    public static void Box(Span<byte> rgb, int width, int height, int size)
    {
        Check(rgb, width, height, size);
        BoxBlur(rgb, width, height, size, Avx2.IsSupported);
    }

    /// <summary>Replaces each value by the median around it, per channel; the border is repeated.</summary>
    /// <param name="rgb"><c>[height, width, 3]</c>, changed in place.</param>
    /// <param name="width">Pixels.</param>
    /// <param name="height">Pixels.</param>
    /// <param name="size">Side of the square: 3, 5 or 7.</param>
    /// <exception cref="ArgumentException">The span is not width × height × 3, or the size is another.</exception>
    public static void Median(Span<byte> rgb, int width, int height, int size)
    {
        Check(rgb, width, height, size);
        MedianBlur(rgb, width, height, size, Avx2.IsSupported);
    }

    internal static void BoxBlur(Span<byte> rgb, int width, int height, int size, bool vector)
    {
        var radius = size / 2;
        var stride = width * 3;
        var padded = ArrayPool<byte>.Shared.Rent((width + (2 * radius)) * 3);
        var sums = ArrayPool<ushort>.Shared.Rent(stride * (height + 1));
        try
        {
            for (var y = 0; y < height; y++)
            {
                var row = rgb.Slice(y * stride, stride);
                row.CopyTo(padded.AsSpan(radius * 3));
                for (var k = 1; k <= radius; k++)
                {
                    row.Slice(Mirror(-k, width) * 3, 3).CopyTo(padded.AsSpan((radius - k) * 3));
                    row.Slice(Mirror(width - 1 + k, width) * 3, 3).CopyTo(padded.AsSpan((radius + width - 1 + k) * 3));
                }

                SumOfNeighbours(padded, sums.AsSpan(y * stride, stride), size, vector);
            }

            var column = sums.AsSpan(height * stride, stride);
            column.Clear();
            for (var k = -radius; k <= radius; k++) AddRow(column, sums.AsSpan(Mirror(k, height) * stride, stride), vector);
            for (var y = 0; ; y++)
            {
                Divide(column, rgb.Slice(y * stride, stride), size, vector);
                if (y == height - 1) break;
                AddRow(column, sums.AsSpan(Mirror(y + 1 + radius, height) * stride, stride), vector);
                SubtractRow(column, sums.AsSpan(Mirror(y - radius, height) * stride, stride), vector);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(padded);
            ArrayPool<ushort>.Shared.Return(sums);
        }
    }

    internal static void MedianBlur(Span<byte> rgb, int width, int height, int size, bool vector)
    {
        var radius = size / 2;
        var (stride, wide) = (width * 3, (width + (2 * radius)) * 3);
        var buffer = ArrayPool<byte>.Shared.Rent(wide * (height + (2 * radius)));
        try
        {
            var padded = buffer.AsSpan(0, wide * (height + (2 * radius)));
            for (var y = -radius; y < height + radius; y++)
            {
                var from = rgb.Slice(Math.Clamp(y, 0, height - 1) * stride, stride);
                var to = padded.Slice((y + radius) * wide, wide);
                from.CopyTo(to[(radius * 3)..]);
                for (var k = 0; k < radius; k++)
                {
                    from[..3].CopyTo(to[(k * 3)..]);
                    from[^3..].CopyTo(to[(((radius + width + k) * 3))..]);
                }
            }

            for (var y = 0; y < height; y++)
            {
                var row = rgb.Slice(y * stride, stride);
                var around = padded.Slice(y * wide, wide * size);
                var done = !vector ? 0 : size == 3 ? Median9Row(around, wide, row) : MedianRow(around, wide, row, size);
                MedianRowScalar(around, wide, row, size, done);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static void Check(Span<byte> rgb, int width, int height, int size)
    {
        if (width <= 0 || height <= 0 || rgb.Length != (long)width * height * 3) throw new ArgumentException("not width × height RGB pixels", nameof(rgb));
        if (size is not (3 or 5 or 7)) throw new ArgumentException($"a blur is 3, 5 or 7 pixels wide, not {size}", nameof(size));
    }

    /// <summary>…c b | a b c | b a…, also where the side is shorter than the reach.</summary>
    private static int Mirror(int i, int count)
    {
        if (count == 1) return 0;
        while ((uint)i >= (uint)count) i = i < 0 ? -i : (2 * (count - 1)) - i;
        return i;
    }

    private static void SumOfNeighbours(ReadOnlySpan<byte> padded, Span<ushort> sums, int size, bool vector)
    {
        var i = 0;
        if (vector)
        {
            ref var from = ref MemoryMarshal.GetReference(padded);
            ref var to = ref MemoryMarshal.GetReference(sums);
            for (; i + 16 <= sums.Length; i += 16)
            {
                var sum = Vector256<ushort>.Zero;
                for (var k = 0; k < size; k++)
                {
                    sum += Avx2.ConvertToVector256Int16(Vector128.LoadUnsafe(ref from, (nuint)(i + (3 * k)))).AsUInt16();
                }

                sum.StoreUnsafe(ref to, (nuint)i);
            }
        }

        for (; i < sums.Length; i++)
        {
            var sum = 0;
            for (var k = 0; k < size; k++) sum += padded[i + (3 * k)];
            sums[i] = (ushort)sum;
        }
    }

    private static void AddRow(Span<ushort> column, ReadOnlySpan<ushort> row, bool vector)
    {
        var i = 0;
        if (vector)
        {
            ref var to = ref MemoryMarshal.GetReference(column);
            ref var from = ref MemoryMarshal.GetReference(row);
            for (; i + 16 <= row.Length; i += 16)
            {
                (Vector256.LoadUnsafe(ref to, (nuint)i) + Vector256.LoadUnsafe(ref from, (nuint)i)).StoreUnsafe(ref to, (nuint)i);
            }
        }

        for (; i < row.Length; i++) column[i] += row[i];
    }

    private static void SubtractRow(Span<ushort> column, ReadOnlySpan<ushort> row, bool vector)
    {
        var i = 0;
        if (vector)
        {
            ref var to = ref MemoryMarshal.GetReference(column);
            ref var from = ref MemoryMarshal.GetReference(row);
            for (; i + 16 <= row.Length; i += 16)
            {
                (Vector256.LoadUnsafe(ref to, (nuint)i) - Vector256.LoadUnsafe(ref from, (nuint)i)).StoreUnsafe(ref to, (nuint)i);
            }
        }

        for (; i < row.Length; i++) column[i] -= row[i];
    }

    /// <summary>sum / size², rounded. size² is odd, so there are no halves.</summary>
    private static void Divide(ReadOnlySpan<ushort> sums, Span<byte> row, int size, bool vector)
    {
        var count = size * size;
        var i = 0;
        if (vector)
        {
            // x / count = (x · m) >> (16 + shift), exact for every x ≤ 255 · count + count / 2 with m = ⌈2^(16 + shift) / count⌉.
            var shift = size == 3 ? 3 : size == 5 ? 4 : 5;
            var factor = Vector256.Create((ushort)(((1 << (16 + shift)) + count - 1) / count));
            var half = Vector256.Create((ushort)(count / 2));
            ref var from = ref MemoryMarshal.GetReference(sums);
            ref var to = ref MemoryMarshal.GetReference(row);
            for (; i + 32 <= row.Length; i += 32)
            {
                var a = Avx2.MultiplyHigh(Vector256.LoadUnsafe(ref from, (nuint)i) + half, factor) >>> shift;
                var b = Avx2.MultiplyHigh(Vector256.LoadUnsafe(ref from, (nuint)i + 16) + half, factor) >>> shift;
                Vector256.Narrow(a, b).StoreUnsafe(ref to, (nuint)i);
            }
        }

        for (; i < row.Length; i++) row[i] = (byte)((sums[i] + (count / 2)) / count);
    }

    private static void MedianRowScalar(ReadOnlySpan<byte> around, int wide, Span<byte> row, int size, int start)
    {
        Span<byte> window = stackalloc byte[49];
        window = window[..(size * size)];
        for (var i = start; i < row.Length; i++)
        {
            for (var k = 0; k < window.Length; k++) window[k] = around[(k / size * wide) + i + (k % size * 3)];
            window.Sort();
            row[i] = window[window.Length / 2];
        }
    }

    /// <summary>
    /// The median by its bits from the highest: a bit is set where at least half of the values reach the number so far with
    /// that bit. 32 values at a time.
    /// </summary>
    private static int MedianRow(ReadOnlySpan<byte> around, int wide, Span<byte> row, int size)
    {
        ref var from = ref MemoryMarshal.GetReference(around);
        ref var to = ref MemoryMarshal.GetReference(row);
        // The comparison instruction is for signed bytes.
        var sign = Vector256.Create((byte)0x80);
        var need = Vector256.Create((byte)((size * size) / 2));
        var i = 0;
        for (; i + 32 <= row.Length; i += 32)
        {
            var median = Vector256<byte>.Zero;
            for (var bit = 0x80; bit > 0; bit >>= 1)
            {
                var candidate = median | Vector256.Create((byte)bit);
                var below = ((candidate - Vector256<byte>.One) ^ sign).AsSByte();
                var reached = Vector256<byte>.Zero;
                for (var y = 0; y < size; y++)
                {
                    ref var line = ref System.Runtime.CompilerServices.Unsafe.Add(ref from, (y * wide) + i);
                    for (var x = 0; x < size; x++)
                    {
                        var values = (Vector256.LoadUnsafe(ref line, (nuint)(3 * x)) ^ sign).AsSByte();
                        reached -= Vector256.GreaterThan(values, below).AsByte();
                    }
                }

                var enough = Vector256.GreaterThan(reached.AsSByte(), need.AsSByte()).AsByte();
                median = Vector256.ConditionalSelect(enough, candidate, median);
            }

            median.StoreUnsafe(ref to, (nuint)i);
        }

        return i;
    }

    /// <summary>
    /// The median of nine by sorting the three columns, then taking the median of the largest minimum, the middle of the
    /// middles and the smallest maximum.
    /// </summary>
    private static int Median9Row(ReadOnlySpan<byte> around, int wide, Span<byte> row)
    {
        ref var from = ref MemoryMarshal.GetReference(around);
        ref var to = ref MemoryMarshal.GetReference(row);
        var i = 0;
        for (; i + 32 <= row.Length; i += 32)
        {
            var (low0, mid0, high0) = SortedColumn(ref from, i, wide);
            var (low1, mid1, high1) = SortedColumn(ref from, i + 3, wide);
            var (low2, mid2, high2) = SortedColumn(ref from, i + 6, wide);
            var low = Vector256.Max(low0, Vector256.Max(low1, low2));
            var high = Vector256.Min(high0, Vector256.Min(high1, high2));
            MiddleOf(low, MiddleOf(mid0, mid1, mid2), high).StoreUnsafe(ref to, (nuint)i);
        }

        return i;
    }

    private static (Vector256<byte> Low, Vector256<byte> Middle, Vector256<byte> High) SortedColumn(ref byte from, int at, int wide)
    {
        var a = Vector256.LoadUnsafe(ref from, (nuint)at);
        var b = Vector256.LoadUnsafe(ref from, (nuint)(at + wide));
        var c = Vector256.LoadUnsafe(ref from, (nuint)(at + (2 * wide)));
        (a, b) = (Vector256.Min(a, b), Vector256.Max(a, b));
        (b, c) = (Vector256.Min(b, c), Vector256.Max(b, c));
        (a, b) = (Vector256.Min(a, b), Vector256.Max(a, b));
        return (a, b, c);
    }

    private static Vector256<byte> MiddleOf(Vector256<byte> a, Vector256<byte> b, Vector256<byte> c) =>
        Vector256.Max(Vector256.Min(a, b), Vector256.Min(Vector256.Max(a, b), c));
}
