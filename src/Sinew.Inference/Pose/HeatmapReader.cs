using System.Buffers;
using Sinew.Codecs;

namespace Sinew.Inference;

/// <summary>Reads joints from heatmaps: the highest cell, refined, brought to crop pixels.</summary>
internal static class HeatmapReader
{
    // MMPose's kernel for DARK at the usual label sigma of 2 cells; OpenCV's rule gives it a sigma of 2 (getGaussianKernel).
    private const int DarkRadius = 5;
    private static readonly float[] DarkKernel = Gaussian(2, DarkRadius);

    /// <summary>Reads one crop's joints.</summary>
    /// <param name="maps"><c>[K, h, w]</c>.</param>
    /// <param name="width">w.</param>
    /// <param name="height">h.</param>
    /// <param name="how">Stride, offset, blur, refinement.</param>
    /// <param name="points">Filled with x, y pairs, <c>[K, 2]</c>, crop pixels.</param>
    /// <param name="scores">Filled with the maps' maxima, <c>[K]</c>.</param>
    public static void Read(ReadOnlySpan<float> maps, int width, int height, PoseOutput how, Span<float> points, Span<float> scores)
    {
        var size = width * height;
        var scratch = how.Blur > 0 ? ArrayPool<float>.Shared.Rent(2 * size) : null;
        var kernel = how.Blur > 0 ? Gaussian(how.Blur, (int)Math.Ceiling(4 * how.Blur)) : [];
        for (var k = 0; k < scores.Length; k++)
        {
            var map = maps.Slice(k * size, size);
            if (scratch is not null)
            {
                Blur(map, width, height, kernel, scratch.AsSpan(size, size), scratch.AsSpan(0, size));
                map = scratch.AsSpan(0, size);
            }

            var (cell, peak) = AxisMaximum.Find(map);
            var (x, y) = Refine(map, width, height, cell % width, cell / width, how.Refine);
            points[2 * k] = (float)((x * how.Stride) + how.Offset);
            points[(2 * k) + 1] = (float)((y * how.Stride) + how.Offset);
            scores[k] = peak;
        }

        if (scratch is not null) ArrayPool<float>.Shared.Return(scratch);
    }

    private static (float X, float Y) Refine(ReadOnlySpan<float> map, int width, int height, int x, int y, PeakRefinement refinement)
    {
        var row = map.Slice(y * width, width);
        switch (refinement)
        {
            case PeakRefinement.Quarter:
                var dx = x > 0 && x < width - 1 ? Step(row[x - 1], row[x + 1]) : 0;
                var dy = y > 0 && y < height - 1 ? Step(map[((y - 1) * width) + x], map[((y + 1) * width) + x]) : 0;
                return (x + (0.25f * dx), y + (0.25f * dy));
            case PeakRefinement.Parabola:
                return (
                    x + (x > 0 && x < width - 1 ? Vertex(row[x - 1], row[x], row[x + 1]) : 0),
                    y + (y > 0 && y < height - 1 ? Vertex(map[((y - 1) * width) + x], row[x], map[((y + 1) * width) + x]) : 0));
            case PeakRefinement.Dark when x > 1 && x < width - 2 && y > 1 && y < height - 2:
                return Newton(map, width, height, x, y);
            default:
                return (x, y);
        }
    }

    // Math.Sign throws at NaN, which a map may hold beside its maximum.
    private static int Step(float before, float after) => after > before ? 1 : after < before ? -1 : 0;

    private static float Vertex(float before, float middle, float after)
    {
        var curvature = before - (2 * middle) + after;
        return curvature < 0 ? Math.Clamp(0.5f * (before - after) / curvature, -0.5f, 0.5f) : 0;
    }

    /// <summary>DARK's step: gradient and Hessian of the blurred map's logarithm, with central differences two cells wide for the latter.</summary>
    private static (float X, float Y) Newton(ReadOnlySpan<float> map, int width, int height, int x, int y)
    {
        Span<double> log = stackalloc double[25];
        for (var v = -2; v <= 2; v++)
        {
            for (var u = -2; u <= 2; u++)
            {
                if (Math.Abs(u) + Math.Abs(v) > 2) continue;
                log[((v + 2) * 5) + u + 2] = Math.Log(Math.Max(Blurred(map, width, height, x + u, y + v), 1e-10));
            }
        }

        var dx = 0.5 * (log[13] - log[11]);
        var dy = 0.5 * (log[17] - log[7]);
        var dxx = 0.25 * (log[14] - (2 * log[12]) + log[10]);
        var dyy = 0.25 * (log[22] - (2 * log[12]) + log[2]);
        var dxy = 0.25 * (log[18] - log[8] - log[16] + log[6]);
        var det = (dxx * dyy) - (dxy * dxy);
        var (refinedX, refinedY) = (x - (((dyy * dx) - (dxy * dy)) / det), y - (((dxx * dy) - (dxy * dx)) / det));
        return float.IsFinite((float)refinedX) && float.IsFinite((float)refinedY) ? ((float)refinedX, (float)refinedY) : (x, y);
    }

    private static double Blurred(ReadOnlySpan<float> map, int width, int height, int x, int y)
    {
        var sum = 0.0;
        for (var v = Math.Max(-DarkRadius, -y); v <= Math.Min(DarkRadius, height - 1 - y); v++)
        {
            for (var u = Math.Max(-DarkRadius, -x); u <= Math.Min(DarkRadius, width - 1 - x); u++)
            {
                sum += DarkKernel[v + DarkRadius] * DarkKernel[u + DarkRadius] * map[((y + v) * width) + x + u];
            }
        }

        return sum;
    }

    /// <summary>A separable Gaussian blur whose edge is mirrored (the edge's own cell counts once on each side).</summary>
    private static void Blur(ReadOnlySpan<float> map, int width, int height, float[] kernel, Span<float> rows, Span<float> blurred)
    {
        var radius = kernel.Length / 2;
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                var sum = 0f;
                for (var i = -radius; i <= radius; i++) sum += kernel[i + radius] * map[(y * width) + Mirror(x + i, width)];
                rows[(y * width) + x] = sum;
            }
        }

        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                var sum = 0f;
                for (var i = -radius; i <= radius; i++) sum += kernel[i + radius] * rows[(Mirror(y + i, height) * width) + x];
                blurred[(y * width) + x] = sum;
            }
        }
    }

    private static int Mirror(int i, int length)
    {
        while ((uint)i >= (uint)length) i = i < 0 ? -1 - i : (2 * length) - 1 - i;
        return i;
    }

    private static float[] Gaussian(double sigma, int radius)
    {
        var weights = Enumerable.Range(-radius, (2 * radius) + 1).Select(i => Math.Exp(-0.5 * i * i / (sigma * sigma))).ToArray();
        var sum = weights.Sum();
        return [.. weights.Select(w => (float)(w / sum))];
    }
}
