using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Sinew.Imaging;

/// <summary>
/// What a network expects of its input: (value − mean) / standard deviation per channel, red, green, blue, values 0–255.
/// </summary>
/// <param name="MeanR">Mean of red.</param>
/// <param name="MeanG">Mean of green.</param>
/// <param name="MeanB">Mean of blue.</param>
/// <param name="StdR">Standard deviation of red.</param>
/// <param name="StdG">Standard deviation of green.</param>
/// <param name="StdB">Standard deviation of blue.</param>
public readonly record struct PixelNorm(float MeanR, float MeanG, float MeanB, float StdR, float StdG, float StdB)
{
    /// <summary>ImageNet's, as RTMPose uses it.</summary>
    public static PixelNorm ImageNet => new(123.675f, 116.28f, 103.53f, 58.395f, 57.12f, 57.375f);

    /// <summary>Changes nothing but the type: values 0–255.</summary>
    public static PixelNorm None => new(0, 0, 0, 1, 1, 1);
}

/// <summary>Brings crops into a network's input tensor.</summary>
public static partial class Normalise
{
    /// <summary>From interleaved bytes to normalised planes.</summary>
    /// <param name="rgb">The crop, <c>[height, width, 3]</c>.</param>
    /// <param name="planes">Receives <c>[3, height, width]</c>: red, green, blue; usually one person's part of the batch tensor.</param>
    /// <param name="norm">Mean and standard deviation.</param>
    /// <exception cref="ArgumentException">The two are not equally long, or not three channels.</exception>
    public static void ToPlanes(ReadOnlySpan<byte> rgb, Span<float> planes, PixelNorm norm)
    {
        if (rgb.Length != planes.Length || rgb.Length % 3 != 0)
        {
            throw new ArgumentException($"{rgb.Length} bytes of RGB do not fill {planes.Length} floats", nameof(planes));
        }

        var done = Avx2.IsSupported ? ToPlanesAvx2(rgb, planes, norm) : 0;
        ToPlanesScalar(rgb, planes, norm, done);
    }

    internal static void ToPlanesScalar(ReadOnlySpan<byte> rgb, Span<float> planes, PixelNorm norm, int start = 0)
    {
        var count = rgb.Length / 3;
        var (scaleR, scaleG, scaleB) = (1 / norm.StdR, 1 / norm.StdG, 1 / norm.StdB);
        for (var i = start; i < count; i++)
        {
            planes[i] = (rgb[3 * i] - norm.MeanR) * scaleR;
            planes[count + i] = (rgb[(3 * i) + 1] - norm.MeanG) * scaleG;
            planes[(2 * count) + i] = (rgb[(3 * i) + 2] - norm.MeanB) * scaleB;
        }
    }

    private static int ToPlanesAvx2(ReadOnlySpan<byte> rgb, Span<float> planes, PixelNorm norm)
    {
        var count = rgb.Length / 3;
        ref var from = ref MemoryMarshal.GetReference(rgb);
        ref var to = ref MemoryMarshal.GetReference(planes);
        var (meanR, meanG, meanB) = (Vector256.Create(norm.MeanR), Vector256.Create(norm.MeanG), Vector256.Create(norm.MeanB));
        var (scaleR, scaleG, scaleB) = (Vector256.Create(1 / norm.StdR), Vector256.Create(1 / norm.StdG), Vector256.Create(1 / norm.StdB));
        var low = Vector256.Create(255);
        var i = 0;
        for (; i + 8 <= count; i += 8)
        {
            var pixels = Rgb24.Load(ref Unsafe.Add(ref from, 3 * i));
            ((Vector256.ConvertToSingle(pixels & low) - meanR) * scaleR).StoreUnsafe(ref to, (nuint)i);
            ((Vector256.ConvertToSingle((pixels >>> 8) & low) - meanG) * scaleG).StoreUnsafe(ref to, (nuint)(count + i));
            ((Vector256.ConvertToSingle(pixels >>> 16) - meanB) * scaleB).StoreUnsafe(ref to, (nuint)((2 * count) + i));
        }

        return i;
    }
}
