namespace Sinew.Inference;

/// <summary>Brings RGB crops to a network's input as its card says: colour order, normalisation, layout, element type.</summary>
internal sealed class CropEncoder
{
    private readonly ModelInput _input;
    private readonly float[] _values = new float[3 * 256];

    public CropEncoder(ModelInput input)
    {
        _input = input;

        // A pixel has 256 values: a table per channel is exact in double and as fast as the arithmetic.
        for (var c = 0; c < 3; c++)
        {
            for (var p = 0; p < 256; p++) _values[(c * 256) + p] = (float)(((p * input.Scale) - input.Mean[c]) / input.Std[c]);
        }
    }

    /// <summary>Writes float values.</summary>
    /// <param name="rgb">Crops, <c>[N, H, W, 3]</c>, red first.</param>
    /// <param name="pixels">Pixels of one crop.</param>
    /// <param name="target">The network's input, as many values as bytes in <paramref name="rgb"/>.</param>
    public void Encode(ReadOnlySpan<byte> rgb, int pixels, Span<float> target)
    {
        var (first, third) = _input.Colour == ColourOrder.Rgb ? (0, 2) : (2, 0);
        ReadOnlySpan<float> t0 = _values.AsSpan(0, 256), t1 = _values.AsSpan(256, 256), t2 = _values.AsSpan(512, 256);
        var size = pixels * 3;
        for (var start = 0; start < rgb.Length; start += size)
        {
            var source = rgb.Slice(start, size);
            var crop = target.Slice(start, size);
            if (_input.Layout == PixelLayout.Nhwc)
            {
                for (var i = 0; i + 2 < source.Length; i += 3)
                {
                    crop[i] = t0[source[i + first]];
                    crop[i + 1] = t1[source[i + 1]];
                    crop[i + 2] = t2[source[i + third]];
                }
            }
            else
            {
                Span<float> a = crop[..pixels], b = crop.Slice(pixels, pixels), c = crop.Slice(2 * pixels, pixels);
                for (var p = 0; p < a.Length; p++)
                {
                    var pixel = source.Slice(p * 3, 3);
                    a[p] = t0[pixel[first]];
                    b[p] = t1[pixel[1]];
                    c[p] = t2[pixel[third]];
                }
            }
        }
    }

    /// <summary>Writes the pixels as they are, as whole numbers.</summary>
    /// <typeparam name="T">int or byte.</typeparam>
    /// <param name="rgb">Crops, <c>[N, H, W, 3]</c>, red first.</param>
    /// <param name="pixels">Pixels of one crop.</param>
    /// <param name="target">The network's input.</param>
    public void Widen<T>(ReadOnlySpan<byte> rgb, int pixels, Span<T> target)
        where T : unmanaged, System.Numerics.INumberBase<T>
    {
        var (channel, pixel) = _input.Layout == PixelLayout.Nhwc ? (1, 3) : (pixels, 1);
        var (red, blue) = _input.Colour == ColourOrder.Rgb ? (0, 2 * channel) : (2 * channel, 0);
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
}
