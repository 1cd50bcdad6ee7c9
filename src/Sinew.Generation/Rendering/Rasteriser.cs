using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Sinew.Generation.Scenes;

namespace Sinew.Generation.Rendering;

/// <summary>
/// Finds which triangle is in front at 2 × 2 samples of every pixel. Eight neighbours are tested at once; a vector's lanes do what the plain
/// arithmetic does, so the answer is the same on every machine.
/// </summary>
internal sealed class Rasteriser
{
    /// <summary>No triangle here.</summary>
    public const int Empty = -1;

    private float[] _depth = [];
    private int[] _triangle = [];
    private ScreenPoint[] _points = [];

    internal struct ScreenPoint
    {
        public float X, Y, Nearness;
        public bool Away;
    }

    /// <summary>Samples per row; a multiple of eight, twice the picture's width or a little more.</summary>
    public int Stride { get; private set; }

    public int Rows { get; private set; }

    /// <summary>First and last row and column that anything can be in; the others are not even cleared. Columns are whole vectors.</summary>
    public int Top { get; private set; }

    public int Bottom { get; private set; }

    public int Left { get; private set; }

    public int Right { get; private set; }

    /// <summary>Per sample 1 / distance, 0 where nothing is; only within the rows and columns above.</summary>
    public ReadOnlySpan<float> Nearness => _depth.AsSpan(0, Stride * Rows);

    /// <summary>Per sample the triangle, or <see cref="Empty"/>; only within the rows and columns above.</summary>
    public ReadOnlySpan<int> Triangles => _triangle.AsSpan(0, Stride * Rows);

    /// <summary>Per vertex its place in samples (a pixel's centre lies between its four) and 1 / distance.</summary>
    public ReadOnlySpan<ScreenPoint> Points => _points;

    /// <summary>Whether all four samples of a pixel show something.</summary>
    public bool Covers(int x, int y)
    {
        var at = (y * 2 * Stride) + (x * 2);
        if (y * 2 < Top || (y * 2) + 1 > Bottom || x * 2 < Left || (x * 2) + 1 > Right) return false;
        return (_triangle[at] | _triangle[at + 1] | _triangle[at + Stride] | _triangle[at + Stride + 1]) >= 0;
    }

    /// <summary>Whether a sample lies in the rows and columns that are drawn.</summary>
    public bool Within(int at) => at / Stride >= Top && at / Stride <= Bottom && at % Stride >= Left && at % Stride <= Right;

    public void Draw(Mesh mesh, Camera camera, int width, int height)
    {
        Stride = ((width * 2) + 7) & ~7;
        Rows = height * 2;
        if (_depth.Length < Stride * Rows) (_depth, _triangle) = (new float[Stride * Rows], new int[Stride * Rows]);
        if (_points.Length < mesh.VertexCount) _points = new ScreenPoint[mesh.Vertices.Length];
        float left = float.MaxValue, top = float.MaxValue, right = float.MinValue, bottom = float.MinValue;
        for (var i = 0; i < mesh.VertexCount; i++)
        {
            var (x, y, depth) = camera.Project(mesh.Vertices[i].Position);
            _points[i] = new ScreenPoint { X = (x * 2) + 0.5f, Y = (y * 2) + 0.5f, Nearness = depth > Camera.Near ? 1 / depth : -1, Away = mesh.Vertices[i].Normal.Dot(mesh.Vertices[i].Position - camera.Position) > 0 };
            if (!(depth > Camera.Near)) continue;
            (left, top, right, bottom) = (MathF.Min(left, _points[i].X), MathF.Min(top, _points[i].Y), MathF.Max(right, _points[i].X), MathF.Max(bottom, _points[i].Y));
        }

        // whole pixels and whole vectors
        (Left, Right) = ((int)Math.Clamp(left, 0, Stride - 1) & ~7, (int)Math.Clamp(right, 0, Stride - 1) | 7);
        (Top, Bottom) = ((int)Math.Clamp(top, 0, Rows - 1) & ~1, (int)Math.Clamp(bottom, 0, Rows - 1) | 1);
        for (var y = Top; y <= Bottom; y++)
        {
            _depth.AsSpan((y * Stride) + Left, Right - Left + 1).Clear();
            _triangle.AsSpan((y * Stride) + Left, Right - Left + 1).Fill(Empty);
        }

        for (var t = 0; t < mesh.TriangleCount; t++)
        {
            var (a, b, c) = (mesh.Corners[t * 3], mesh.Corners[(t * 3) + 1], mesh.Corners[(t * 3) + 2]);
            if (_points[a].Away && _points[b].Away && _points[c].Away && !mesh.Surfaces[mesh.SurfaceOf[t]].TwoSided) continue;
            Fill(t, _points[a], _points[b], _points[c]);
        }
    }

    private void Fill(int triangle, ScreenPoint a, ScreenPoint b, ScreenPoint c)
    {
        if (a.Nearness < 0 || b.Nearness < 0 || c.Nearness < 0) return;
        var area = ((b.X - a.X) * (c.Y - a.Y)) - ((c.X - a.X) * (b.Y - a.Y));
        if (area < 0)
        {
            (b, c) = (c, b);
            area = -area;
        }

        if (!(area > 1e-6f)) return;
        var left = Math.Max(0, (int)MathF.Ceiling(MathF.Max(-1, MathF.Min(a.X, MathF.Min(b.X, c.X)))));
        var right = Math.Min(Stride - 1, (int)MathF.Floor(MathF.Min(Stride, MathF.Max(a.X, MathF.Max(b.X, c.X)))));
        var top = Math.Max(0, (int)MathF.Ceiling(MathF.Max(-1, MathF.Min(a.Y, MathF.Min(b.Y, c.Y)))));
        var bottom = Math.Min(Rows - 1, (int)MathF.Floor(MathF.Min(Rows, MathF.Max(a.Y, MathF.Max(b.Y, c.Y)))));
        if (left > right || top > bottom) return;
        // Weights of the corners as planes over the picture.
        var inverse = 1 / area;
        var (bx, by) = ((c.Y - a.Y) * inverse, (a.X - c.X) * inverse);
        var (cx, cy) = ((a.Y - b.Y) * inverse, (b.X - a.X) * inverse);
        var (nb, nc) = (b.Nearness - a.Nearness, c.Nearness - a.Nearness);
        var (nx, ny) = ((bx * nb) + (cx * nc), (by * nb) + (cy * nc));
        var aligned = left & ~7;
        var lanes = Vector256.Create(0f, 1, 2, 3, 4, 5, 6, 7);
        var number = Vector256.Create(triangle);
        for (var y = top; y <= bottom; y++)
        {
            var dy = y - a.Y;
            var (rowB, rowC, rowN) = (by * dy, cy * dy, a.Nearness + (ny * dy));
            for (var x = aligned; x <= right; x += 8)
            {
                var dx = lanes + Vector256.Create(x - a.X);
                var wb = (dx * bx) + Vector256.Create(rowB);
                var wc = (dx * cx) + Vector256.Create(rowC);
                var wa = Vector256<float>.One - wb - wc;
                var inside = Vector256.GreaterThanOrEqual(Vector256.Min(wa, Vector256.Min(wb, wc)), Vector256<float>.Zero);
                if (inside == Vector256<float>.Zero) continue;
                ref var depth = ref MemoryMarshal.GetReference(_depth.AsSpan((y * Stride) + x, 8));
                ref var index = ref MemoryMarshal.GetReference(_triangle.AsSpan((y * Stride) + x, 8));
                var near = (dx * nx) + Vector256.Create(rowN);
                var before = Vector256.LoadUnsafe(ref depth);
                var nearer = inside & Vector256.GreaterThan(near, before);
                Vector256.ConditionalSelect(nearer, near, before).StoreUnsafe(ref depth);
                Vector256.ConditionalSelect(nearer.AsInt32(), number, Vector256.LoadUnsafe(ref index)).StoreUnsafe(ref index);
            }
        }
    }
}
