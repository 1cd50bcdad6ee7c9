using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Sinew.Geometry;

namespace Sinew.Imaging;

/// <summary>Eight pixels at a time, the same integers as the scalar path.</summary>
public static partial class Warp
{
    /// <summary>r0 g0 b0 r1 g1 b1 → r0 r1 g0 g1 b0 b1, for the two pixels of a lane.</summary>
    private static Vector256<byte> Neighbours => Vector256.Create(
        (byte)0, 3, 1, 4, 2, 5, 255, 255, 8, 11, 9, 12, 10, 13, 255, 255,
        0, 3, 1, 4, 2, 5, 255, 255, 8, 11, 9, 12, 10, 13, 255, 255);

    /// <summary>Two weights of a pixel beside each of its channels.</summary>
    private static Vector256<byte> WeightsPerChannel => Vector256.Create(
        (byte)0, 1, 0, 1, 0, 1, 255, 255, 8, 9, 8, 9, 8, 9, 255, 255,
        0, 1, 0, 1, 0, 1, 255, 255, 8, 9, 8, 9, 8, 9, 255, 255);

    internal static void ApplyAvx2(
        Image image, Affine targetToImage, Span<byte> target, int width, int height, int originX = 0, int originY = 0)
    {
        var steps = ArrayPool<int>.Shared.Rent(2 * width);
        var stepX = steps.AsSpan(0, width);
        var stepY = steps.AsSpan(width, width);
        for (var x = 0; x < width; x++)
        {
            stepX[x] = Fixed(targetToImage.A * x);
            stepY[x] = Fixed(targetToImage.D * x);
        }

        for (var y = 0; y < height; y++)
        {
            var row = target.Slice(y * width * 3, width * 3);
            var startX = Fixed((targetToImage.B * y) + targetToImage.C) + RoundHalf - (originX << CoordinateBits);
            var startY = Fixed((targetToImage.E * y) + targetToImage.F) + RoundHalf - (originY << CoordinateBits);
            RowAvx2(image, row, stepX, stepY, startX, startY);
        }

        ArrayPool<int>.Shared.Return(steps);
    }

    private static void RowAvx2(Image image, Span<byte> row, ReadOnlySpan<int> stepX, ReadOnlySpan<int> stepY, int startX, int startY)
    {
        const int Cut = CoordinateBits - FractionBits;
        var (width, height, stride) = (image.Width, image.Height, image.Stride);
        ReadOnlySpan<byte> source = image.Pixels;
        ref var pixels = ref MemoryMarshal.GetReference(source);
        ref var to = ref MemoryMarshal.GetReference(row);
        ref var stepsX = ref MemoryMarshal.GetReference(stepX);
        ref var stepsY = ref MemoryMarshal.GetReference(stepY);
        var fraction = Vector256.Create(FractionOne - 1);
        var x = 0;
        for (; x + 8 <= stepX.Length; x += 8)
        {
            var u = (Vector256.LoadUnsafe(ref stepsX, (nuint)x) + Vector256.Create(startX)) >> Cut;
            var v = (Vector256.LoadUnsafe(ref stepsY, (nuint)x) + Vector256.Create(startY)) >> Cut;
            var (sx, sy) = (u >> FractionBits, v >> FractionBits);
            // Any sign bit: one of the eight has a neighbour outside the image.
            var inside = sx | sy | (Vector256.Create(width - 2) - sx) | (Vector256.Create(height - 2) - sy);
            if (inside.ExtractMostSignificantBits() != 0)
            {
                // A neighbour to the right or below may still be in the image where the pixel itself is just outside.
                var beyond = (sx + Vector256<int>.One) | (sy + Vector256<int>.One) | (Vector256.Create(width - 1) - sx) | (Vector256.Create(height - 1) - sy);
                if (beyond.ExtractMostSignificantBits() == 0xFF)
                {
                    row.Slice(x * 3, 24).Clear();
                    continue;
                }

                for (var i = 0; i < 8; i++) Sample(source, width, height, u[i], v[i], row.Slice((x + i) * 3, 3));
                continue;
            }

            var at = (sy * Vector256.Create(stride)) + (sx * Vector256.Create(3));
            var (fx, fy) = (u & fraction, v & fraction);
            var weightX = (Vector256.Create(FractionOne) - fx) | (fx << 8);
            var weightY = (Vector256.Create(FractionOne) - fy) | (fy << 16);
            var first = Four(ref pixels, at.GetLower(), stride, weightX.GetLower(), weightY, 0);
            var second = Four(ref pixels, at.GetUpper(), stride, weightX.GetUpper(), weightY, 4);
            // Per lane: pixels 0 1 4 5 and 2 3 6 7.
            var packed = Avx2.PackUnsignedSaturate(first, second).AsInt32();
            packed = Avx2.PermuteVar8x32(packed, Vector256.Create(0, 1, 4, 5, 2, 3, 6, 7));
            Rgb24.Store(packed, ref Unsafe.Add(ref to, x * 3));
        }

        for (; x < stepX.Length; x++)
        {
            Sample(source, width, height, (startX + stepX[x]) >> Cut, (startY + stepY[x]) >> Cut, row.Slice(x * 3, 3));
        }
    }

    /// <summary>Four pixels as 16-bit r, g, b, 0: pixels 0 1 in the lower lane, 2 3 in the upper.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<short> Four(
        ref byte pixels, Vector128<int> at, int stride, Vector128<int> weightX, Vector256<int> weightY, int firstLane)
    {
        // Each load reads two bytes more than the two pixels: Image keeps some slack behind its last one.
        ref var p0 = ref Unsafe.Add(ref pixels, at[0]);
        ref var p1 = ref Unsafe.Add(ref pixels, at[1]);
        ref var p2 = ref Unsafe.Add(ref pixels, at[2]);
        ref var p3 = ref Unsafe.Add(ref pixels, at[3]);
        var upper = Vector256.Create(Load(ref p0), Load(ref p1), Load(ref p2), Load(ref p3)).AsByte();
        var lower = Vector256.Create(
            Load(ref Unsafe.Add(ref p0, stride)), Load(ref Unsafe.Add(ref p1, stride)),
            Load(ref Unsafe.Add(ref p2, stride)), Load(ref Unsafe.Add(ref p3, stride))).AsByte();
        var horizontal = Avx2.Shuffle(Avx2.ConvertToVector256Int64(weightX).AsByte(), WeightsPerChannel).AsSByte();
        var above = Avx2.MultiplyAddAdjacent(Avx2.Shuffle(upper, Neighbours), horizontal);
        var below = Avx2.MultiplyAddAdjacent(Avx2.Shuffle(lower, Neighbours), horizontal);
        var even = Avx2.PermuteVar8x32(weightY, Vector256.Create(0, 0, 0, 0, 2, 2, 2, 2) + Vector256.Create(firstLane)).AsInt16();
        var odd = Avx2.PermuteVar8x32(weightY, Vector256.Create(1, 1, 1, 1, 3, 3, 3, 3) + Vector256.Create(firstLane)).AsInt16();
        var half = Vector256.Create(FractionOne * FractionOne / 2);
        var evenSums = (Avx2.MultiplyAddAdjacent(Avx2.UnpackLow(above, below), even) + half) >> (2 * FractionBits);
        var oddSums = (Avx2.MultiplyAddAdjacent(Avx2.UnpackHigh(above, below), odd) + half) >> (2 * FractionBits);
        return Avx2.PackSignedSaturate(evenSums, oddSums);
    }

    private static ulong Load(ref byte at) => Unsafe.ReadUnaligned<ulong>(ref at);
}
