using Sinew.Generation.Numerics;

namespace Sinew.Generation.Rendering;

/// <summary>A picture in linear light, interleaved red, green, blue.</summary>
internal sealed class Canvas
{
    public float[] Pixels { get; private set; } = [];

    public int Width { get; private set; }

    public int Height { get; private set; }

    public void Resize(int width, int height)
    {
        (Width, Height) = (width, height);
        if (Pixels.Length < width * height * 3) Pixels = new float[width * height * 3];
    }

    public void Set(int at, V3 color)
    {
        Pixels[at] = color.X;
        Pixels[at + 1] = color.Y;
        Pixels[at + 2] = color.Z;
    }

    public V3 Get(int at) => new(Pixels[at], Pixels[at + 1], Pixels[at + 2]);

    /// <summary>Doubles the size by bilinear interpolation; this canvas holds the half.</summary>
    public void EnlargeInto(Canvas full)
    {
        for (var y = 0; y < full.Height; y++)
        {
            var v = Math.Clamp((y * 0.5f) - 0.25f, 0, Height - 1);
            var y0 = (int)v;
            var y1 = Math.Min(y0 + 1, Height - 1);
            var ty = v - y0;
            for (var x = 0; x < full.Width; x++)
            {
                var u = Math.Clamp((x * 0.5f) - 0.25f, 0, Width - 1);
                var x0 = (int)u;
                var x1 = Math.Min(x0 + 1, Width - 1);
                var tx = u - x0;
                var (w11, w10) = (tx * ty, ty - (tx * ty));
                var (w01, w00) = (tx - w11, 1 - tx - ty + w11);
                var (a, b, c, d) = (((y0 * Width) + x0) * 3, ((y0 * Width) + x1) * 3, ((y1 * Width) + x0) * 3, ((y1 * Width) + x1) * 3);
                var to = ((y * full.Width) + x) * 3;
                for (var k = 0; k < 3; k++)
                    full.Pixels[to + k] = (Pixels[a + k] * w00) + (Pixels[b + k] * w01) + (Pixels[c + k] * w10) + (Pixels[d + k] * w11);
            }
        }
    }

    /// <summary>A box blur along rows or columns; <paramref name="other"/> receives the result.</summary>
    public void BoxInto(Canvas other, int radiusX, int radiusY)
    {
        other.Resize(Width, Height);
        var scale = 1f / (((2 * radiusX) + 1) * ((2 * radiusY) + 1));
        for (var y = 0; y < Height; y++)
        {
            for (var x = 0; x < Width; x++)
            {
                float r = 0, g = 0, b = 0;
                for (var dy = -radiusY; dy <= radiusY; dy++)
                {
                    var row = Math.Clamp(y + dy, 0, Height - 1) * Width;
                    for (var dx = -radiusX; dx <= radiusX; dx++)
                    {
                        var at = (row + Math.Clamp(x + dx, 0, Width - 1)) * 3;
                        r += Pixels[at];
                        g += Pixels[at + 1];
                        b += Pixels[at + 2];
                    }
                }

                var to = ((y * Width) + x) * 3;
                other.Pixels[to] = r * scale;
                other.Pixels[to + 1] = g * scale;
                other.Pixels[to + 2] = b * scale;
            }
        }
    }
}
