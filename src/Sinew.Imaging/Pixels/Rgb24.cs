using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Sinew.Imaging;

/// <summary>Eight interleaved RGB pixels as eight 32-bit lanes (red lowest), and back.</summary>
internal static class Rgb24
{
    private static Vector256<byte> Spread => Vector256.Create(
        (byte)0, 1, 2, 255, 3, 4, 5, 255, 6, 7, 8, 255, 9, 10, 11, 255,
        4, 5, 6, 255, 7, 8, 9, 255, 10, 11, 12, 255, 13, 14, 15, 255);

    private static Vector256<byte> Pack => Vector256.Create(
        (byte)0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 255, 255, 255, 255,
        0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 255, 255, 255, 255);

    /// <summary>Reads 24 bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Load(ref byte rgb)
    {
        var halves = Vector256.Create(Vector128.LoadUnsafe(ref rgb), Vector128.LoadUnsafe(ref rgb, 8));
        return Avx2.Shuffle(halves, Spread).AsInt32();
    }

    /// <summary>Writes 24 bytes; the lanes' upper bytes are dropped.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector256<int> pixels, ref byte rgb)
    {
        var packed = Avx2.PermuteVar8x32(Avx2.Shuffle(pixels.AsByte(), Pack).AsInt32(), Vector256.Create(0, 1, 2, 4, 5, 6, 7, 7));
        packed.GetLower().AsByte().StoreUnsafe(ref rgb);
        Unsafe.WriteUnaligned(ref Unsafe.Add(ref rgb, 16), packed.AsUInt64().GetElement(2));
    }
}
