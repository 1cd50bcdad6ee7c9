using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Sinew.Generation.Numerics;

namespace Sinew.Generation.Rendering;

/// <summary>A picture in linear light: three planes whose rows are padded to whole vectors.</summary>
internal sealed class Canvas
{
    private readonly float[][] _planes = [[], [], []];

    public int Width { get; private set; }

    public int Height { get; private set; }

    /// <summary>Floats from one row to the next.</summary>
    public int Stride { get; private set; }

    public float[] Red => _planes[0];

    public float[] Green => _planes[1];

    public float[] Blue => _planes[2];

    public void Resize(int width, int height)
    {
        (Width, Height, Stride) = (width, height, (width + 15) & ~7);
        for (var p = 0; p < 3; p++)
        {
            if (_planes[p].Length < Stride * height) _planes[p] = new float[Stride * height];
        }
    }

    public Span<float> Row(int plane, int y) => _planes[plane].AsSpan(y * Stride, Stride);

    public void Set(int at, V3 color)
    {
        Red[at] = color.X;
        Green[at] = color.Y;
        Blue[at] = color.Z;
    }

    public V3 Get(int at) => new(Red[at], Green[at], Blue[at]);

    /// <summary>Doubles the size by bilinear interpolation; this canvas holds the half.</summary>
    public void EnlargeInto(Canvas full)
    {
        Span<float> mixed = stackalloc float[Stride];
        for (var plane = 0; plane < 3; plane++)
        {
            for (var y = 0; y < full.Height; y++)
            {
                // A pixel of the half lies between two of the whole: the weights are ¼ and ¾.
                var (near, far) = (Math.Min(y >> 1, Height - 1), Math.Clamp((y & 1) == 0 ? (y >> 1) - 1 : (y >> 1) + 1, 0, Height - 1));
                var a = Row(plane, near);
                var b = Row(plane, far);
                for (var i = 0; i + 8 <= Stride; i += 8)
                    ((Load(a, i) * 0.75f) + (Load(b, i) * 0.25f)).StoreUnsafe(ref mixed[i]);
                var to = full.Row(plane, y);
                var last = Width - 1;
                to[0] = mixed[0];
                var x = 0;
                for (; x + 8 <= last; x += 8)
                {
                    var (left, right) = (Load(mixed, x), Load(mixed, x + 1));
                    var (odd, even) = ((left * 0.75f) + (right * 0.25f), (left * 0.25f) + (right * 0.75f));
                    // one after the other: as the halves of 64 bits
                    var (oddLow, oddHigh) = Vector256.Widen(odd.AsUInt32());
                    var (evenLow, evenHigh) = Vector256.Widen(even.AsUInt32());
                    (oddLow | (evenLow << 32)).AsSingle().StoreUnsafe(ref to[(2 * x) + 1]);
                    (oddHigh | (evenHigh << 32)).AsSingle().StoreUnsafe(ref to[(2 * x) + 9]);
                }

                for (; x < last; x++)
                {
                    var (left, right) = (mixed[x], mixed[x + 1]);
                    to[(2 * x) + 1] = (left * 0.75f) + (right * 0.25f);
                    to[(2 * x) + 2] = (left * 0.25f) + (right * 0.75f);
                }

                to[(2 * last) + 1] = mixed[last];
            }
        }
    }

    /// <summary>A box blur of odd sides; <paramref name="other"/> is room for one pass.</summary>
    public void Box(Canvas other, int radiusX, int radiusY)
    {
        other.Resize(Width, Height);
        for (var plane = 0; plane < 3; plane++)
        {
            for (var y = 0; y < Height; y++)
            {
                var to = other.Row(plane, y);
                Row(plane, y).CopyTo(to);
                if (radiusX == 0) continue;
                var from = Row(plane, y);
                var scale = 1f / ((2 * radiusX) + 1);
                var x = radiusX;
                for (; x + 8 <= Width - radiusX; x += 8)
                {
                    var sums = Vector256<float>.Zero;
                    for (var dx = -radiusX; dx <= radiusX; dx++) sums += Load(from, x + dx);
                    (sums * scale).StoreUnsafe(ref to[x]);
                }

                for (; x < Width - radiusX; x++)
                {
                    var sum = 0f;
                    for (var dx = -radiusX; dx <= radiusX; dx++) sum += from[x + dx];
                    to[x] = sum * scale;
                }
            }

            var vertical = Vector256.Create(1f / ((2 * radiusY) + 1));
            for (var y = 0; y < Height; y++)
            {
                var to = Row(plane, y);
                for (var x = 0; x + 8 <= Stride; x += 8)
                {
                    var sum = Vector256<float>.Zero;
                    for (var dy = -radiusY; dy <= radiusY; dy++) sum += Load(other.Row(plane, Math.Clamp(y + dy, 0, Height - 1)), x);
                    (sum * vertical).StoreUnsafe(ref to[x]);
                }
            }
        }
    }

    public static Vector256<float> Load(ReadOnlySpan<float> row, int x) => Vector256.LoadUnsafe(ref MemoryMarshal.GetReference(row[x..(x + 8)]));
}
