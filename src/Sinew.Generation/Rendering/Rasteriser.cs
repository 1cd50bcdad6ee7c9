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
    }

    /// <summary>Samples per row; a multiple of eight, twice the picture's width or a little more.</summary>
    public int Stride { get; private set; }

    public int Rows { get; private set; }

    /// <summary>Per sample 1 / distance, 0 where nothing is.</summary>
    public ReadOnlySpan<float> Nearness => _depth.AsSpan(0, Stride * Rows);

    /// <summary>Per sample the triangle, or <see cref="Empty"/>.</summary>
    public ReadOnlySpan<int> Triangles => _triangle.AsSpan(0, Stride * Rows);

    /// <summary>Per vertex its place in samples (a pixel's centre lies between its four) and 1 / distance.</summary>
    public ReadOnlySpan<ScreenPoint> Points => _points;

    public void Draw(Mesh mesh, Camera camera, int width, int height)
    {
        Stride = ((width * 2) + 7) & ~7;
        Rows = height * 2;
        if (_depth.Length < Stride * Rows) (_depth, _triangle) = (new float[Stride * Rows], new int[Stride * Rows]);
        _depth.AsSpan(0, Stride * Rows).Clear();
        _triangle.AsSpan(0, Stride * Rows).Fill(Empty);
        if (_points.Length < mesh.VertexCount) _points = new ScreenPoint[mesh.Vertices.Length];
        for (var i = 0; i < mesh.VertexCount; i++)
        {
            var (x, y, depth) = camera.Project(mesh.Vertices[i].Position);
            _points[i] = new ScreenPoint { X = (x * 2) + 0.5f, Y = (y * 2) + 0.5f, Nearness = depth > Camera.Near ? 1 / depth : -1 };
        }

        for (var t = 0; t < mesh.TriangleCount; t++)
        {
            var (a, b, c) = (mesh.Corners[t * 3], mesh.Corners[(t * 3) + 1], mesh.Corners[(t * 3) + 2]);
            if (!mesh.Surfaces[mesh.SurfaceOf[t]].TwoSided && FacesAway(mesh, camera, a, b, c)) continue;
            Fill(t, _points[a], _points[b], _points[c]);
        }
    }

    private static bool FacesAway(Mesh mesh, Camera camera, int a, int b, int c)
    {
        ref readonly var va = ref mesh.Vertices[a];
        ref readonly var vb = ref mesh.Vertices[b];
        ref readonly var vc = ref mesh.Vertices[c];
        return va.Normal.Dot(va.Position - camera.Position) > 0 && vb.Normal.Dot(vb.Position - camera.Position) > 0 && vc.Normal.Dot(vc.Position - camera.Position) > 0;
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
