using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Sinew.Imaging.JpegRegion;

/// <summary>
/// From planes of Y, Cb and Cr to RGB in libjpeg's integer arithmetic: triangle-filter ("fancy") upsampling
/// (<c>jdsample.c</c>) and JFIF's colour equations with 16-bit constants (<c>jdcolor.c</c>).
/// </summary>
internal static class RegionColors
{
    public static void Fill(Image image, Frame frame, byte[][] planes, Region region, Region mcus)
    {
        var lumaStride = mcus.Width * 8 * frame.MaxH;
        var (lumaX, lumaY) = (region.Left - (mcus.Left * 8 * frame.MaxH), region.Top - (mcus.Top * 8 * frame.MaxV));
        if (frame.ComponentCount == 1)
        {
            for (var y = 0; y < region.Height; y++) Grey(planes[0].AsSpan(((lumaY + y) * lumaStride) + lumaX, region.Width), image.Row(y));
            return;
        }

        var chromaStride = mcus.Width * 8;
        if (frame.MaxH == 1)
        {
            for (var y = 0; y < region.Height; y++)
            {
                var at = ((lumaY + y) * lumaStride) + lumaX;
                ToRgb(planes[0].AsSpan(at, region.Width), planes[1].AsSpan(at, region.Width), planes[2].AsSpan(at, region.Width), image.Row(y));
            }

            return;
        }

        // Chroma columns that the region's pixels lie in, and one more to either side.
        var (first, last) = (region.Left / 2, (region.Right - 1) / 2);
        var columns = last - first + 1;
        var chromaWidth = (frame.Width + 1) / 2;
        var chromaHeight = (frame.Height + frame.MaxV - 1) / frame.MaxV;
        var sums = ArrayPool<ushort>.Shared.Rent(columns + 2 + 16);
        var wide = ArrayPool<byte>.Shared.Rent(2 * ((2 * columns) + 32));
        var cbRow = wide.AsSpan(0, 2 * columns);
        var crRow = wide.AsSpan((2 * columns) + 32, 2 * columns);
        for (var y = 0; y < region.Height; y++)
        {
            var row = region.Top + y;
            // 4:2:0: three parts of the nearer row and one of the next; the picture's edge is repeated.
            var near = frame.MaxV == 1 ? row : row / 2;
            var far = frame.MaxV == 1 ? row : Math.Clamp(row % 2 == 0 ? near - 1 : near + 1, 0, chromaHeight - 1);
            for (var c = 1; c <= 2; c++)
            {
                var nearRow = planes[c].AsSpan((near - (mcus.Top * 8)) * chromaStride, chromaStride);
                var farRow = planes[c].AsSpan((far - (mcus.Top * 8)) * chromaStride, chromaStride);
                for (var i = -1; i <= columns; i++)
                {
                    var x = Math.Clamp(first + i, 0, chromaWidth - 1) - (mcus.Left * 8);
                    sums[i + 1] = (ushort)(frame.MaxV == 1 ? nearRow[x] : (3 * nearRow[x]) + farRow[x]);
                }

                Widen(sums, columns, frame.MaxV == 2, c == 1 ? cbRow : crRow);
            }

            var skip = region.Left - (2 * first);
            ToRgb(
                planes[0].AsSpan(((lumaY + y) * lumaStride) + lumaX, region.Width),
                cbRow.Slice(skip, region.Width), crRow.Slice(skip, region.Width), image.Row(y));
        }

        ArrayPool<ushort>.Shared.Return(sums);
        ArrayPool<byte>.Shared.Return(wide);
    }

    /// <summary>Two pixels from each chroma sample: three parts of it and one of its neighbour to that side.</summary>
    /// <param name="sums">Samples (times four after the vertical step), with one neighbour before and behind.</param>
    /// <param name="columns">Samples without the neighbours.</param>
    /// <param name="summed">Whether the vertical step has been done.</param>
    /// <param name="row">Receives two values a sample.</param>
    private static void Widen(ReadOnlySpan<ushort> sums, int columns, bool summed, Span<byte> row)
    {
        // Rounding alternates, as libjpeg has it: 8 and 7 of 16, 1 and 2 of 4.
        var (evenHalf, oddHalf, shift) = summed ? (8, 7, 4) : (1, 2, 2);
        ref var from = ref MemoryMarshal.GetReference(sums);
        ref var to = ref MemoryMarshal.GetReference(row);
        var i = 0;
        for (; i + 16 <= columns; i += 16)
        {
            var here = Vector256.LoadUnsafe(ref from, (nuint)i + 1) * 3;
            var even = (here + Vector256.LoadUnsafe(ref from, (nuint)i) + Vector256.Create((ushort)evenHalf)) >>> shift;
            var odd = (here + Vector256.LoadUnsafe(ref from, (nuint)i + 2) + Vector256.Create((ushort)oddHalf)) >>> shift;
            (even | (odd << 8)).AsByte().StoreUnsafe(ref to, (nuint)(2 * i));
        }

        for (; i < columns; i++)
        {
            var here = 3 * sums[i + 1];
            row[2 * i] = (byte)((here + sums[i] + evenHalf) >> shift);
            row[(2 * i) + 1] = (byte)((here + sums[i + 2] + oddHalf) >> shift);
        }
    }

    private static void Grey(ReadOnlySpan<byte> luma, Span<byte> rgb)
    {
        for (var i = 0; i < luma.Length; i++) (rgb[3 * i], rgb[(3 * i) + 1], rgb[(3 * i) + 2]) = (luma[i], luma[i], luma[i]);
    }

    private static void ToRgb(ReadOnlySpan<byte> luma, ReadOnlySpan<byte> cb, ReadOnlySpan<byte> cr, Span<byte> rgb)
    {
        // 1.402, 1.772, 0.34414 and 0.71414 times 2¹⁶.
        const int RedCr = 91881, BlueCb = 116130, GreenCb = 22554, GreenCr = 46802, Half = 1 << 15;
        var i = 0;
        if (luma.Length >= 8)
        {
            ref var ys = ref MemoryMarshal.GetReference(luma);
            ref var us = ref MemoryMarshal.GetReference(cb);
            ref var vs = ref MemoryMarshal.GetReference(cr);
            ref var to = ref MemoryMarshal.GetReference(rgb);
            var (zero, full, middle, half) = (Vector256<int>.Zero, Vector256.Create(255), Vector256.Create(128), Vector256.Create(Half));
            while (true)
            {
                var y = Load(ref ys, i);
                var u = Load(ref us, i) - middle;
                var v = Load(ref vs, i) - middle;
                var r = y + (((v * RedCr) + half) >> 16);
                var g = y + ((half - (u * GreenCb) - (v * GreenCr)) >> 16);
                var b = y + (((u * BlueCb) + half) >> 16);
                r = Vector256.Min(Vector256.Max(r, zero), full);
                g = Vector256.Min(Vector256.Max(g, zero), full);
                b = Vector256.Min(Vector256.Max(b, zero), full);
                Rgb24.Store(r | (g << 8) | (b << 16), ref Unsafe.Add(ref to, 3 * i));
                i += 8;
                if (i == luma.Length) return;
                // The last eight overlap those before.
                if (i + 8 > luma.Length) i = luma.Length - 8;
            }
        }

        for (; i < luma.Length; i++)
        {
            var (y, u, v) = (luma[i], cb[i] - 128, cr[i] - 128);
            rgb[3 * i] = (byte)Math.Clamp(y + (((v * RedCr) + Half) >> 16), 0, 255);
            rgb[(3 * i) + 1] = (byte)Math.Clamp(y + ((Half - (u * GreenCb) - (v * GreenCr)) >> 16), 0, 255);
            rgb[(3 * i) + 2] = (byte)Math.Clamp(y + (((u * BlueCb) + Half) >> 16), 0, 255);
        }
    }

    private static Vector256<int> Load(ref byte at, int i) =>
        Avx2.ConvertToVector256Int32(Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref at, i))).AsByte());
}
