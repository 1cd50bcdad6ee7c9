using System.Runtime.Intrinsics;
using Sinew.Generation.Numerics;
using Sinew.Imaging;

namespace Sinew.Generation.Rendering;

/// <summary>From light to a picture: blurs, exposure, colour cast, tone curve, vignette, sensor noise.</summary>
internal sealed class Development(GeneratorRandom random)
{
    private const int GrainMask = 0x7FFF;

    /// <summary>Defocus or motion, at times.</summary>
    public void Blur(Canvas canvas, Canvas other)
    {
        var size = Math.Max(1, (int)MathF.Round(canvas.Height / 320f));
        switch (random.Weighted([72, 18, 5, 5]))
        {
            case 1:
                canvas.Box(other, 1, 1);
                break;
            case 2:
                canvas.Box(other, (1 + random.Whole(3)) * size, 0);
                break;
            case 3:
                canvas.Box(other, 0, (1 + random.Whole(2)) * size);
                break;
        }
    }

    public void Develop(Canvas canvas, Image to)
    {
        var mean = Mean(canvas);
        var exposure = Portable.Mix(1, MathF.Sqrt(0.3f / MathF.Max(mean, 0.01f)), 0.65f) * random.Clipped(1, 0.22f, 0.5f, 1.8f);
        Span<float> gains = [exposure * (1 + random.Normal(0, 0.05f)), exposure * (1 + random.Normal(0, 0.02f)), exposure * (1 + random.Normal(0, 0.06f))];
        var contrast = random.Clipped(1, 0.12f, 0.7f, 1.35f);
        var lift = random.Chance(0.3f) ? random.Range(0, 0.06f) : 0;
        var saturation = random.Chance(0.05f) ? 0 : random.Clipped(1, 0.13f, 0.5f, 1.4f);
        var vignette = random.Chance(0.35f) ? random.Range(0.05f, 0.45f) : 0;
        var noise = random.Chance(0.75f) ? random.Range(0.5f, 5) : random.Range(4, 14);

        // value = ((√light − ½) · contrast + ½) · (1 − lift) + lift, in 255ths
        var scale = Vector256.Create(255 * (1 - lift) * contrast);
        var offset = Vector256.Create((255 * ((1 - lift) * 0.5f * (1 - contrast))) + (255 * lift) + 0.5f);
        var (w, h) = (canvas.Width, canvas.Height);
        var lanes = Vector256.Create(0f, 1, 2, 3, 4, 5, 6, 7);
        var bytes = new int[3 * canvas.Stride];
        var grain = NoiseField.Grain.AsSpan();
        for (var y = 0; y < h; y++)
        {
            var dy = ((float)y / h) - 0.5f;
            var speck = (int)(random.Bits() & GrainMask);
            for (var x = 0; x < w; x += 8)
            {
                var (r, g, b) = (Canvas.Load(canvas.Row(0, y), x), Canvas.Load(canvas.Row(1, y), x), Canvas.Load(canvas.Row(2, y), x));
                var luma = (r * 0.25f) + (g * 0.65f) + (b * 0.1f);
                (r, g, b) = (luma + ((r - luma) * saturation), luma + ((g - luma) * saturation), luma + ((b - luma) * saturation));
                if (vignette > 0)
                {
                    var dx = ((lanes + Vector256.Create((float)x)) * (1f / w)) - Vector256.Create(0.5f);
                    var dark = Vector256<float>.One - (((dx * dx) + Vector256.Create(dy * dy)) * (2 * vignette));
                    (r, g, b) = (r * dark, g * dark, b * dark);
                }

                var common = Canvas.Load(grain, speck + x & GrainMask) * noise;
                Tone(r * gains[0], scale, offset, common + (Canvas.Load(grain, (speck + x + 9001) & GrainMask) * (noise * 0.6f))).StoreUnsafe(ref bytes[x]);
                Tone(g * gains[1], scale, offset, common).StoreUnsafe(ref bytes[canvas.Stride + x]);
                Tone(b * gains[2], scale, offset, common + (Canvas.Load(grain, (speck + x + 20011) & GrainMask) * (noise * 0.8f))).StoreUnsafe(ref bytes[(2 * canvas.Stride) + x]);
            }

            var row = to.Row(y);
            ReadOnlySpan<int> red = bytes.AsSpan(0, w), green = bytes.AsSpan(canvas.Stride, w), blue = bytes.AsSpan(2 * canvas.Stride, w);
            for (var x = 0; x < red.Length; x++)
            {
                row[3 * x] = (byte)red[x];
                row[(3 * x) + 1] = (byte)green[x];
                row[(3 * x) + 2] = (byte)blue[x];
            }
        }
    }

    /// <summary>A root for the screen's curve, and a shoulder above 0.65 that never quite reaches white.</summary>
    private static Vector256<int> Tone(Vector256<float> light, Vector256<float> scale, Vector256<float> offset, Vector256<float> noise)
    {
        const float Shoulder = 0.65f, Rest = 0.4f;
        light = Vector256.Max(light, Vector256<float>.Zero);
        var over = (light - Vector256.Create(Shoulder)) * (1 / Rest);
        // 1 / (1 + d + d² / 2) falls nearly as e^−d
        var bent = Vector256.Create(Shoulder + Rest) - (Vector256.Create(Rest) / (Vector256<float>.One + over + (over * over * 0.5f)));
        light = Vector256.ConditionalSelect(Vector256.GreaterThan(over, Vector256<float>.Zero), bent, light);
        var value = (Vector256.Sqrt(light) * scale) + offset + noise;
        return Vector256.ConvertToInt32(Vector256.Min(Vector256.Max(value, Vector256<float>.Zero), Vector256.Create(255f)));
    }

    private static float Mean(Canvas canvas)
    {
        var sum = 0f;
        var count = 0;
        for (var y = 3; y < canvas.Height; y += 8)
        {
            var row = canvas.Row(1, y);
            for (var x = 3; x < canvas.Width; x += 8, count++) sum += MathF.Min(row[x], 1.2f);
        }

        return sum / Math.Max(1, count);
    }
}
