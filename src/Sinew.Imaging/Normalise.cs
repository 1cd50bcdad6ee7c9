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

        ToPlanesScalar(rgb, planes, norm);
    }

    internal static void ToPlanesScalar(ReadOnlySpan<byte> rgb, Span<float> planes, PixelNorm norm)
    {
        var count = rgb.Length / 3;
        Channel(rgb, planes[..count], 0, norm.MeanR, norm.StdR);
        Channel(rgb, planes.Slice(count, count), 1, norm.MeanG, norm.StdG);
        Channel(rgb, planes.Slice(2 * count, count), 2, norm.MeanB, norm.StdB);
    }

    private static void Channel(ReadOnlySpan<byte> rgb, Span<float> plane, int channel, float mean, float std)
    {
        for (var i = 0; i < plane.Length; i++) plane[i] = (rgb[(i * 3) + channel] - mean) / std;
    }
}
