using Sinew.Generation.Numerics;

namespace Sinew.Generation.Rendering;

/// <summary>Patterns: the colour of a material at a place.</summary>
internal static class Albedo
{
    public static V3 Of(Material m, float u, float v, out float shine)
    {
        shine = m.Gloss;
        if (m.Cut != Cut.None && IsCut(m, u, v))
        {
            shine = 0.05f;
            return m.CutColor;
        }

        switch (m.Pattern)
        {
            case Pattern.Bands:
                return Odd(v, m.Scale) ? m.Second : m.Color;
            case Pattern.Stripes:
                return Odd(u * m.Around, m.Scale) ? m.Second : m.Color;
            case Pattern.Checks:
                var (p, q) = (Odd(u * m.Around, m.Scale), Odd(v, m.Scale));
                return p && q ? m.Second : p || q ? m.Color.Mix(m.Second, 0.5f) : m.Color;
            case Pattern.Dots:
                var (x, y) = ((u * m.Around / m.Scale) + (Odd(v, m.Scale) ? 0.5f : 0), v / m.Scale);
                var (fx, fy) = (x - MathF.Floor(x) - 0.5f, y - MathF.Floor(y) - 0.5f);
                return (fx * fx) + (fy * fy) < 0.07f ? m.Second : m.Color;
            case Pattern.Blotches:
                var n = NoiseField.Cloud((u * m.Around / m.Scale * 12) + m.Offset, (v / m.Scale * 12) + (m.Offset >> 4));
                return n > 0.3f ? m.Third : n > -0.05f ? m.Second : m.Color;
            case Pattern.Blocks:
                return v + (0.02f * MathF.Floor(u * 2)) > m.Scale * (((m.Offset & 7) * 0.4f) - 1) ? m.Color : m.Second;
            case Pattern.Print:
                return Print(m, u, v);
            case Pattern.Grain:
                var strand = NoiseField.Fold((u * 150) + m.Offset, v * 22);
                return m.Color * (1 + (0.45f * strand));
            case Pattern.Face:
                return Face(m, u, v, ref shine);
            default:
                return m.Color;
        }
    }

    private static bool Odd(float x, float scale) => ((int)MathF.Floor(x / scale) & 1) != 0;

    private static bool IsCut(Material m, float u, float v)
    {
        // turn from the front's middle
        var front = MathF.Abs(u - 0.25f);
        switch (m.Cut)
        {
            case Cut.Neckline:
                return m.CutFrom - v < (m.CutDepth * (1 - (front * 7))) + 0.006f;
            case Cut.Straps:
                var below = m.CutFrom - v;
                if (below > 0.16f) return false;
                var side = MathF.Min(MathF.Abs(u), MathF.Min(MathF.Abs(u - 0.5f), MathF.Abs(u - 1)));
                var middle = MathF.Min(front, MathF.Abs(u - 0.75f));
                return (side < 0.1f * (1 - (below / 0.16f)) && below < 0.12f) || (middle < 0.1f && below < m.CutDepth);
            default:
                return front < m.CutDepth && v > m.CutFrom;
        }
    }

    private static V3 Print(Material m, float u, float v)
    {
        // on the chest, as wide as it is high: letters, a number or a shape
        var front = MathF.Abs(u - 0.25f) < 0.25f ? u - 0.25f : u - 0.75f;
        var (x, y) = (front * m.Around / m.Scale, (v - 0.36f) / m.Scale);
        if (MathF.Abs(x) > 0.6f || MathF.Abs(y) > 0.5f) return m.Color;
        return (m.Offset & 3) switch
        {
            0 => (x * x) + (y * y) < 0.2f ? m.Second : m.Color,
            1 => NoiseField.Cell((int)MathF.Floor(x * 7), (int)MathF.Floor(y * 5), m.Offset) > 0.5f ? m.Second : m.Color,
            2 => MathF.Abs(y) < 0.16f && NoiseField.Cell((int)MathF.Floor(x * 12), 0, m.Offset) > 0.3f ? m.Second : m.Color,
            _ => NoiseField.Cell((int)MathF.Floor(x * 9), (int)MathF.Floor(y * 9), m.Offset) > 0.72f ? m.Third : m.Second,
        };
    }

    private static V3 Face(Material m, float u, float v, ref float shine)
    {
        var face = m.Face!;
        var ragged = 0.008f * NoiseField.Detail((u * 90) + m.Offset, v * 250);
        if (v > face.Hairline(u) + ragged)
        {
            shine = 0.2f;
            return face.Hair * (1 + (0.4f * NoiseField.Fold((u * 170) + m.Offset, v * 50)));
        }

        var turn = u - 0.25f;
        if (MathF.Abs(turn) > 0.25f) return m.Color;
        var x = -turn * 2 * MathF.PI * 0.078f * (1 - (1.6f * turn * turn));
        var ax = MathF.Abs(x);
        var color = m.Color * (1 + (0.05f * NoiseField.Detail((u * 60) + m.Offset, v * 200)));
        // eye sockets, cheeks
        var socket = Ellipse(ax - 0.031f, v - 0.13f, 0.023f, 0.016f);
        if (socket < 1) color *= Portable.Mix(0.72f, 1, socket);
        var cheek = Ellipse(ax - 0.04f, v - 0.085f, 0.025f, 0.022f);
        if (cheek < 1) color = color.Mix(color * new V3(1.05f, 0.85f, 0.82f), (1 - cheek) * 0.6f);
        if (face.Sunglasses && Ellipse(ax - 0.032f, v - 0.127f, 0.028f, 0.019f) < 1)
        {
            shine = 0.6f;
            return new V3(0.01f, 0.01f, 0.012f);
        }

        if (Ellipse(ax - 0.032f, v - 0.128f, 0.0155f, 0.0078f * face.EyesOpen) is var eye && eye < 1)
        {
            var iris = Ellipse(ax - 0.032f, v - 0.128f, 0.0068f, 0.0075f);
            return iris < 0.25f ? new V3(0.008f, 0.008f, 0.008f) : iris < 1 ? face.Iris : eye > 0.72f ? color * 0.3f : new V3(0.72f, 0.7f, 0.68f);
        }

        var lift = 0.147f + (0.05f * (0.035f - ax) * (ax - 0.025f > 0 ? 1 : 0.6f));
        if (ax is > 0.012f and < 0.052f && MathF.Abs(v - lift) < 0.0038f) return face.Brow;
        var mouth = Ellipse(x, v - 0.05f, 0.026f, 0.0085f + (0.009f * face.MouthOpen));
        if (mouth < 1)
        {
            if (face.MouthOpen > 0 && Ellipse(x, v - 0.05f, 0.021f, 0.01f * face.MouthOpen) < 1) return v > 0.05f ? new V3(0.8f, 0.78f, 0.74f) : new V3(0.12f, 0.03f, 0.03f);
            return MathF.Abs(v - 0.05f) < 0.0016f ? face.Lips * 0.4f : face.Lips;
        }

        if (face.Beard > 0 && v < 0.075f - (ax * 0.2f) + (ax > 0.045f ? (ax - 0.045f) * 2.4f : 0)) color = color.Mix(face.Hair, face.Beard);
        if (v < 0.012f) color *= 0.8f;
        return color;
    }

    private static float Ellipse(float x, float y, float rx, float ry) => (x * x / (rx * rx)) + (y * y / (ry * ry));
}
