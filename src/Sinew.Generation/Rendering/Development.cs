using Sinew.Generation.Numerics;
using Sinew.Imaging;

namespace Sinew.Generation.Rendering;

/// <summary>From light to a picture: blurs, exposure, colour cast, tone curve, vignette, sensor noise.</summary>
internal sealed class Development(GeneratorRandom random)
{
    private const int Steps = 4096;
    private const float Brightest = 2.5f;
    private readonly byte[][] _curves = [new byte[Steps], new byte[Steps], new byte[Steps]];

    /// <summary>Returns the canvas that holds the blurred picture.</summary>
    public Canvas Blur(Canvas canvas, Canvas other)
    {
        var size = Math.Max(1, (int)MathF.Round(canvas.Height / 320f));
        switch (random.Weighted([72, 18, 5, 5]))
        {
            case 1:
                canvas.BoxInto(other, 1, 1);
                return other;
            case 2:
                canvas.BoxInto(other, random.Whole(4) * size, 0);
                return other;
            case 3:
                canvas.BoxInto(other, 0, random.Whole(3) * size);
                return other;
            default:
                return canvas;
        }
    }

    public void Develop(Canvas canvas, Image to)
    {
        var mean = Mean(canvas);
        var exposure = Portable.Mix(1, MathF.Sqrt(0.3f / MathF.Max(mean, 0.01f)), 0.65f) * random.Clipped(1, 0.22f, 0.5f, 1.8f);
        var cast = new V3(1 + random.Normal(0, 0.05f), 1 + random.Normal(0, 0.02f), 1 + random.Normal(0, 0.06f));
        var contrast = random.Clipped(1, 0.12f, 0.7f, 1.35f);
        var lift = random.Chance(0.3f) ? random.Range(0, 0.06f) : 0;
        Curve(_curves[0], exposure * cast.X, contrast, lift);
        Curve(_curves[1], exposure * cast.Y, contrast, lift);
        Curve(_curves[2], exposure * cast.Z, contrast, lift);
        var gray = random.Chance(0.05f);
        var saturation = gray ? 0 : random.Clipped(1, 0.13f, 0.5f, 1.4f);
        var vignette = random.Chance(0.35f) ? random.Range(0.05f, 0.45f) : 0;
        var noise = random.Chance(0.75f) ? random.Range(0.5f, 5) : random.Range(4, 14);
        const float Index = Steps / Brightest;
        var (w, h) = (canvas.Width, canvas.Height);
        var grain = NoiseField.Grain;
        for (var y = 0; y < h; y++)
        {
            var row = to.Row(y);
            var at = y * w * 3;
            var dy = ((float)y / h) - 0.5f;
            var offset = (int)(random.Bits() & 0xFFFF);
            for (var x = 0; x < w; x++)
            {
                var (r, g, b) = (canvas.Pixels[at], canvas.Pixels[at + 1], canvas.Pixels[at + 2]);
                var luma = (0.25f * r) + (0.65f * g) + (0.1f * b);
                (r, g, b) = (luma + ((r - luma) * saturation), luma + ((g - luma) * saturation), luma + ((b - luma) * saturation));
                if (vignette > 0)
                {
                    var dx = ((float)x / w) - 0.5f;
                    var dark = 1 - (vignette * 2 * ((dx * dx) + (dy * dy)));
                    (r, g, b) = (r * dark, g * dark, b * dark);
                }

                var n = grain[(offset + x) & 0xFFFF] * noise;
                row[x * 3] = Byte(_curves[0][Place(r * Index)] + n + (grain[(offset + x + 9001) & 0xFFFF] * noise * 0.6f));
                row[(x * 3) + 1] = Byte(_curves[1][Place(g * Index)] + n);
                row[(x * 3) + 2] = Byte(_curves[2][Place(b * Index)] + n + (grain[(offset + x + 30011) & 0xFFFF] * noise * 0.8f));
                at += 3;
            }
        }
    }

    private static int Place(float at) => Math.Clamp((int)at, 0, Steps - 1);

    private static byte Byte(float value) => (byte)Math.Clamp(value + 0.5f, 0, 255);

    private static float Mean(Canvas canvas)
    {
        var sum = 0f;
        var count = 0;
        for (var at = 0; at < canvas.Width * canvas.Height * 3; at += 3 * 61)
        {
            sum += MathF.Min(canvas.Pixels[at + 1], 1.2f);
            count++;
        }

        return sum / count;
    }

    private static void Curve(byte[] table, float exposure, float contrast, float lift)
    {
        for (var i = 0; i < table.Length; i++)
        {
            var light = i * Brightest / Steps * exposure;
            if (light > 0.65f) light = 0.65f + (0.4f * (1 - Portable.Exp((0.65f - light) / 0.4f)));
            var value = MathF.Sqrt(light);
            value = lift + ((1 - lift) * (((value - 0.5f) * contrast) + 0.5f));
            table[i] = Byte(Math.Clamp(value, 0, 1) * 255);
        }
    }
}
