using System.Numerics;
using Sinew.Imaging;

namespace Sinew.Inference;

/// <summary>Brings RGB crops to a network's input as its card says: colour order, normalisation, layout, element type.</summary>
internal sealed class CropEncoder
{
    private readonly ModelInput _input;
    private readonly PixelNorm _norm;
    private readonly bool _swap;

    public CropEncoder(ModelInput input)
    {
        _input = input;
        _swap = input.Colour == ColourOrder.Bgr;

        // (p · scale − mean) / std is (p − mean / scale) / (std / scale); PixelNorm is red first.
        var (red, blue) = _swap ? (2, 0) : (0, 2);
        _norm = new PixelNorm(Mean(red), Mean(1), Mean(blue), Std(red), Std(1), Std(blue));

        float Mean(int channel) => (float)(input.Mean[channel] / input.Scale);
        float Std(int channel) => (float)(input.Std[channel] / input.Scale);
    }

    /// <summary>Writes float values.</summary>
    /// <param name="rgb">Crops, <c>[N, H, W, 3]</c>, red first.</param>
    /// <param name="pixels">Pixels of one crop.</param>
    /// <param name="target">The network's input, as many values as bytes in <paramref name="rgb"/>.</param>
    public void Encode(ReadOnlySpan<byte> rgb, int pixels, Span<float> target)
    {
        if (_input.Layout == PixelLayout.Nhwc)
        {
            EncodeInterleaved(rgb, target);
            return;
        }

        var size = pixels * 3;
        for (var start = 0; start < rgb.Length; start += size)
        {
            var planes = target.Slice(start, size);
            Normalise.ToPlanes(rgb.Slice(start, size), planes, _norm);
            if (_swap) Swap(planes[..pixels], planes[(2 * pixels)..]);
        }
    }

    /// <summary>Writes the pixels as they are, as whole numbers.</summary>
    /// <typeparam name="T">int or byte.</typeparam>
    /// <param name="rgb">Crops, <c>[N, H, W, 3]</c>, red first.</param>
    /// <param name="pixels">Pixels of one crop.</param>
    /// <param name="target">The network's input.</param>
    public void Widen<T>(ReadOnlySpan<byte> rgb, int pixels, Span<T> target)
        where T : unmanaged, INumberBase<T>
    {
        var (channel, pixel) = _input.Layout == PixelLayout.Nhwc ? (1, 3) : (pixels, 1);
        var (red, blue) = _swap ? (2 * channel, 0) : (0, 2 * channel);
        var size = pixels * 3;
        for (var start = 0; start < rgb.Length; start += size)
        {
            var source = rgb.Slice(start, size);
            var crop = target.Slice(start, size);
            for (int p = 0, i = 0; p < pixels; p++, i += 3)
            {
                var at = p * pixel;
                crop[at + red] = T.CreateTruncating(source[i]);
                crop[at + channel] = T.CreateTruncating(source[i + 1]);
                crop[at + blue] = T.CreateTruncating(source[i + 2]);
            }
        }
    }

    private static void Swap(Span<float> a, Span<float> b)
    {
        Span<float> block = stackalloc float[1024];
        for (var i = 0; i < a.Length; i += block.Length)
        {
            var some = Math.Min(block.Length, a.Length - i);
            a.Slice(i, some).CopyTo(block);
            b.Slice(i, some).CopyTo(a[i..]);
            block[..some].CopyTo(b[i..]);
        }
    }

    private void EncodeInterleaved(ReadOnlySpan<byte> rgb, Span<float> target)
    {
        var (red, blue) = _swap ? (2, 0) : (0, 2);
        var (scaleR, scaleG, scaleB) = (1 / _norm.StdR, 1 / _norm.StdG, 1 / _norm.StdB);
        for (var i = 0; i + 2 < rgb.Length; i += 3)
        {
            target[i + red] = (rgb[i] - _norm.MeanR) * scaleR;
            target[i + 1] = (rgb[i + 1] - _norm.MeanG) * scaleG;
            target[i + blue] = (rgb[i + 2] - _norm.MeanB) * scaleB;
        }
    }
}
