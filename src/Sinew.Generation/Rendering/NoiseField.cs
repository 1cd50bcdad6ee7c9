using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Sinew.Generation.Numerics;

namespace Sinew.Generation.Rendering;

/// <summary>Tables of noise that tile, made once; values from −1 to 1. As bytes all of them stay in a core's cache.</summary>
internal static class NoiseField
{
    public const int Side = 256;
    private const int Mask = Side - 1;

    /// <summary>Clouds: features from a quarter of the table down to a few cells.</summary>
    private static readonly sbyte[] Clouds = Make(1, [4, 8, 16, 32, 64], 0.62f);

    /// <summary>Fine noise.</summary>
    private static readonly sbyte[] Fine = Make(2, [32, 64, 128], 0.9f);

    /// <summary>Folds of cloth: ridges, longer than wide.</summary>
    private static readonly sbyte[] Folds = MakeFolds();

    /// <summary>Sensor noise: about normal, deviation ⅓.</summary>
    public static readonly float[] Grain = MakeGrain();

    public static float Cloud(float x, float y) => Smooth(Clouds, x, y);

    public static float Detail(float x, float y) => Smooth(Fine, x, y);

    public static float Fold(float x, float y) => Smooth(Folds, x, y);

    /// <summary>Folds, and how much they rise over one and a half cells of x.</summary>
    public static float Fold(float x, float y, out float slope)
    {
        var (fx, fy) = (MathF.Floor(x), MathF.Floor(y));
        var (tx, ty) = (x - fx, y - fy);
        var (x0, y0) = ((int)fx & Mask, ((int)fy & Mask) * Side);
        var (x1, y1) = ((x0 + 1) & Mask, (y0 + Side) & (Mask * Side));
        ref var first = ref MemoryMarshal.GetArrayDataReference(Folds);
        float a = Unsafe.Add(ref first, y0 + x0), b = Unsafe.Add(ref first, y0 + x1), c = Unsafe.Add(ref first, y1 + x0), d = Unsafe.Add(ref first, y1 + x1);
        var (top, bottom) = (b - a, d - c);
        slope = (top + ((bottom - top) * ty)) * (1.5f / 127);
        return (a + (top * tx) + ((c - a + ((bottom - top) * tx)) * ty)) * (1 / 127f);
    }

    /// <summary>Any of 0 to 1 for a cell of a grid.</summary>
    public static float Cell(int x, int y, int seed)
    {
        var h = ((uint)x * 0x9E3779B1u) ^ ((uint)y * 0x85EBCA77u) ^ ((uint)seed * 0xC2B2AE3Du);
        h = (h ^ (h >> 15)) * 0x2C1B3C6Du;
        h = (h ^ (h >> 12)) * 0x297A2D39u;
        return ((h ^ (h >> 15)) >> 8) * (1f / (1 << 24));
    }

    private static float Smooth(sbyte[] table, float x, float y)
    {
        var (fx, fy) = (MathF.Floor(x), MathF.Floor(y));
        var (tx, ty) = (x - fx, y - fy);
        var (x0, y0) = ((int)fx & Mask, ((int)fy & Mask) * Side);
        var (x1, y1) = ((x0 + 1) & Mask, (y0 + Side) & (Mask * Side));
        ref var first = ref MemoryMarshal.GetArrayDataReference(table);
        float a = Unsafe.Add(ref first, y0 + x0), b = Unsafe.Add(ref first, y0 + x1), c = Unsafe.Add(ref first, y1 + x0), d = Unsafe.Add(ref first, y1 + x1);
        var top = a + ((b - a) * tx);
        return (top + ((c + ((d - c) * tx) - top) * ty)) * (1 / 127f);
    }

    private static sbyte[] Make(int seed, ReadOnlySpan<int> grids, float falloff)
    {
        var table = new float[Side * Side];
        var weight = 1f;
        foreach (var grid in grids)
        {
            Octave(table, seed * 100, grid, grid, weight);
            weight *= falloff;
        }

        return Normalise(table);
    }

    private static sbyte[] MakeFolds()
    {
        var (a, b) = (new float[Side * Side], new float[Side * Side]);
        Octave(a, 301, 10, 26, 1);
        Octave(b, 302, 26, 12, 1);
        for (var i = 0; i < a.Length; i++) a[i] = (1 - (2 * MathF.Abs(a[i]))) + (0.7f * (1 - (2 * MathF.Abs(b[i]))));
        return Normalise(a);
    }

    private static float[] MakeGrain()
    {
        var random = new GeneratorRandom(77, 0, 0);
        var table = new float[1 << 16];
        for (var i = 0; i < table.Length; i++) table[i] = random.Normal() * 0.33f;
        return table;
    }

    private static void Octave(float[] table, int seed, int gridX, int gridY, float weight)
    {
        for (var y = 0; y < Side; y++)
        {
            var v = (float)y * gridY / Side;
            var (iy, ty) = ((int)v, v - (int)v);
            ty = ty * ty * (3 - (2 * ty));
            for (var x = 0; x < Side; x++)
            {
                var u = (float)x * gridX / Side;
                var (ix, tx) = ((int)u, u - (int)u);
                tx = tx * tx * (3 - (2 * tx));
                float At(int cx, int cy) => (Cell(cx % gridX, cy % gridY, seed + gridX) * 2) - 1;
                var top = Portable.Mix(At(ix, iy), At(ix + 1, iy), tx);
                var bottom = Portable.Mix(At(ix, iy + 1), At(ix + 1, iy + 1), tx);
                table[(y * Side) + x] += weight * Portable.Mix(top, bottom, ty);
            }
        }
    }

    private static sbyte[] Normalise(float[] table)
    {
        double sum = 0, squares = 0;
        foreach (var v in table)
        {
            sum += v;
            squares += (double)v * v;
        }

        var mean = sum / table.Length;
        var scale = 0.45 / Math.Sqrt((squares / table.Length) - (mean * mean));
        return [.. table.Select(v => (sbyte)Math.Round(127 * Math.Clamp((v - mean) * scale, -1, 1)))];
    }
}
