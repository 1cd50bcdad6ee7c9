using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Sinew.Imaging.JpegRegion;

/// <summary>
/// The inverse cosine transform of an 8×8 block in the integer arithmetic of libjpeg's accurate method
/// (<c>jidctint.c</c>: Loeffler, Ligtenberg and Moschytz 1989, constants of 13 bits, two extra bits after the first pass), so
/// that the pixels are the same.
/// </summary>
internal static class Idct
{
    private const int ConstBits = 13;
    private const int Pass1Bits = 2;

    /// <summary>Transforms one block.</summary>
    /// <param name="coefficients">64 dequantised coefficients, row by row.</param>
    /// <param name="target">Where the block's first pixel goes.</param>
    /// <param name="stride">Bytes from one row of pixels to the next.</param>
    public static void Block(ref int coefficients, ref byte target, int stride)
    {
        var r0 = Vector256.LoadUnsafe(ref coefficients);
        var r1 = Vector256.LoadUnsafe(ref coefficients, 8);
        var r2 = Vector256.LoadUnsafe(ref coefficients, 16);
        var r3 = Vector256.LoadUnsafe(ref coefficients, 24);
        var r4 = Vector256.LoadUnsafe(ref coefficients, 32);
        var r5 = Vector256.LoadUnsafe(ref coefficients, 40);
        var r6 = Vector256.LoadUnsafe(ref coefficients, 48);
        var r7 = Vector256.LoadUnsafe(ref coefficients, 56);
        Pass(ref r0, ref r1, ref r2, ref r3, ref r4, ref r5, ref r6, ref r7, ConstBits - Pass1Bits);
        Transpose(ref r0, ref r1, ref r2, ref r3, ref r4, ref r5, ref r6, ref r7);
        Pass(ref r0, ref r1, ref r2, ref r3, ref r4, ref r5, ref r6, ref r7, ConstBits + Pass1Bits + 3);
        Transpose(ref r0, ref r1, ref r2, ref r3, ref r4, ref r5, ref r6, ref r7);
        Store(r0, r1, ref target, stride);
        Store(r2, r3, ref Unsafe.Add(ref target, 2 * stride), stride);
        Store(r4, r5, ref Unsafe.Add(ref target, 4 * stride), stride);
        Store(r6, r7, ref Unsafe.Add(ref target, 6 * stride), stride);
    }

    /// <summary>A block whose only coefficient is the first: one level everywhere.</summary>
    /// <param name="dc">The dequantised coefficient.</param>
    /// <param name="target">Where the block's first pixel goes.</param>
    /// <param name="stride">Bytes from one row of pixels to the next.</param>
    public static void Flat(int dc, ref byte target, int stride)
    {
        var level = 0x0101010101010101UL * (byte)Math.Clamp(((dc + 4) >> 3) + 128, 0, 255);
        for (var y = 0; y < 8; y++) Unsafe.WriteUnaligned(ref Unsafe.Add(ref target, y * stride), level);
    }

    private static void Store(Vector256<int> a, Vector256<int> b, ref byte target, int stride)
    {
        // 128 is added after the saturation to signed bytes, which is the same as clamping to 0–255.
        var words = Avx2.Permute4x64(Avx2.PackSignedSaturate(a, b).AsInt64(), 0b11_01_10_00).AsInt16();
        var bytes = Sse2.PackSignedSaturate(words.GetLower(), words.GetUpper()).AsByte() ^ Vector128.Create((byte)0x80);
        Unsafe.WriteUnaligned(ref target, bytes.AsUInt64()[0]);
        Unsafe.WriteUnaligned(ref Unsafe.Add(ref target, stride), bytes.AsUInt64()[1]);
    }

    /// <summary>Eight one-dimensional transforms, one per lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Pass(
        ref Vector256<int> v0, ref Vector256<int> v1, ref Vector256<int> v2, ref Vector256<int> v3,
        ref Vector256<int> v4, ref Vector256<int> v5, ref Vector256<int> v6, ref Vector256<int> v7, int shift)
    {
        // The even part. Constants are cos and sin products times 2¹³, named in jidctint.c by their values.
        var z1 = (v2 + v6) * 4433;
        var t2 = z1 - (v6 * 15137);
        var t3 = z1 + (v2 * 6270);
        var t0 = (v0 + v4) << ConstBits;
        var t1 = (v0 - v4) << ConstBits;
        var half = Vector256.Create(1 << (shift - 1));
        var (e0, e3, e1, e2) = (t0 + t3 + half, t0 - t3 + half, t1 + t2 + half, t1 - t2 + half);

        // The odd part.
        var (o0, o1, o2, o3) = (v7, v5, v3, v1);
        z1 = (o0 + o3) * -7373;
        var z2 = (o1 + o2) * -20995;
        var z3 = o0 + o2;
        var z4 = o1 + o3;
        var z5 = (z3 + z4) * 9633;
        z3 = (z3 * -16069) + z5;
        z4 = (z4 * -3196) + z5;
        o0 = (o0 * 2446) + z1 + z3;
        o1 = (o1 * 16819) + z2 + z4;
        o2 = (o2 * 25172) + z2 + z3;
        o3 = (o3 * 12299) + z1 + z4;

        v0 = (e0 + o3) >> shift;
        v7 = (e0 - o3) >> shift;
        v1 = (e1 + o2) >> shift;
        v6 = (e1 - o2) >> shift;
        v2 = (e2 + o1) >> shift;
        v5 = (e2 - o1) >> shift;
        v3 = (e3 + o0) >> shift;
        v4 = (e3 - o0) >> shift;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transpose(
        ref Vector256<int> v0, ref Vector256<int> v1, ref Vector256<int> v2, ref Vector256<int> v3,
        ref Vector256<int> v4, ref Vector256<int> v5, ref Vector256<int> v6, ref Vector256<int> v7)
    {
        var (a0, a1) = (Avx2.UnpackLow(v0, v1).AsInt64(), Avx2.UnpackHigh(v0, v1).AsInt64());
        var (a2, a3) = (Avx2.UnpackLow(v2, v3).AsInt64(), Avx2.UnpackHigh(v2, v3).AsInt64());
        var (a4, a5) = (Avx2.UnpackLow(v4, v5).AsInt64(), Avx2.UnpackHigh(v4, v5).AsInt64());
        var (a6, a7) = (Avx2.UnpackLow(v6, v7).AsInt64(), Avx2.UnpackHigh(v6, v7).AsInt64());
        var (b0, b1) = (Avx2.UnpackLow(a0, a2).AsInt32(), Avx2.UnpackHigh(a0, a2).AsInt32());
        var (b2, b3) = (Avx2.UnpackLow(a1, a3).AsInt32(), Avx2.UnpackHigh(a1, a3).AsInt32());
        var (b4, b5) = (Avx2.UnpackLow(a4, a6).AsInt32(), Avx2.UnpackHigh(a4, a6).AsInt32());
        var (b6, b7) = (Avx2.UnpackLow(a5, a7).AsInt32(), Avx2.UnpackHigh(a5, a7).AsInt32());
        v0 = Avx2.Permute2x128(b0, b4, 0x20);
        v1 = Avx2.Permute2x128(b1, b5, 0x20);
        v2 = Avx2.Permute2x128(b2, b6, 0x20);
        v3 = Avx2.Permute2x128(b3, b7, 0x20);
        v4 = Avx2.Permute2x128(b0, b4, 0x31);
        v5 = Avx2.Permute2x128(b1, b5, 0x31);
        v6 = Avx2.Permute2x128(b2, b6, 0x31);
        v7 = Avx2.Permute2x128(b3, b7, 0x31);
    }
}
