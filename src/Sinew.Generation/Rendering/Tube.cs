using Sinew.Generation.Numerics;

namespace Sinew.Generation.Rendering;

/// <summary>One ring of a tube: an ellipse that may be deeper in front than behind.</summary>
/// <param name="Center">Its centre.</param>
/// <param name="Side">Unit vector to turn 0.</param>
/// <param name="Front">Unit vector to turn ¼.</param>
/// <param name="RadiusSide">Metres.</param>
/// <param name="RadiusFront">Metres.</param>
/// <param name="RadiusBack">Metres.</param>
/// <param name="Along">The material's second coordinate.</param>
/// <param name="Surface">The surface up to the next ring.</param>
internal readonly record struct Ring(
    V3 Center, V3 Side, V3 Front, float RadiusSide, float RadiusFront, float RadiusBack, float Along, ushort Surface);

/// <summary>Turns rings into triangles with smooth normals.</summary>
internal sealed class Tube
{
    private static readonly (float Sin, float Cos)[][] Circles =
        [.. Enumerable.Range(0, 33).Select(n => Enumerable.Range(0, n + 1).Select(i => Portable.SinCos(n == 0 ? 0 : 2 * MathF.PI * i / n)).ToArray())];

    private readonly List<Ring> _rings = [];

    public void Add(Ring ring) => _rings.Add(ring);

    /// <summary>Writes the tube's triangles and starts a new one.</summary>
    /// <param name="mesh">Where to.</param>
    /// <param name="segments">Corners of a ring, at most 32.</param>
    /// <param name="square">0 for ellipses, 0.2 for rounded rectangles.</param>
    public void Finish(Mesh mesh, int segments, float square = 0)
    {
        var columns = segments + 1;
        var first = mesh.Reserve(_rings.Count * columns);
        var circle = Circles[segments];
        for (var i = 0; i < _rings.Count; i++)
        {
            var ring = _rings[i];
            for (var j = 0; j < columns; j++)
            {
                var (s, c) = circle[j];
                var across = ring.RadiusSide * c * (1 + (square * s * s));
                var deep = (s >= 0 ? ring.RadiusFront : ring.RadiusBack) * s * (1 + (square * c * c));
                ref var vertex = ref mesh.Vertices[first + (i * columns) + j];
                vertex.Position = ring.Center + (ring.Side * across) + (ring.Front * deep);
                vertex.U = (float)j / segments;
                vertex.V = ring.Along;
            }
        }

        for (var i = 0; i < _rings.Count; i++)
        {
            var (above, below) = (Math.Max(0, i - 1), Math.Min(_rings.Count - 1, i + 1));
            var axis = i * 2 < _rings.Count ? _rings[0].Center - _rings[Math.Min(2, _rings.Count - 1)].Center : _rings[^1].Center - _rings[Math.Max(0, _rings.Count - 3)].Center;
            for (var j = 0; j < columns; j++)
            {
                var at = first + (i * columns) + j;
                var (left, right) = (j == 0 ? segments - 1 : j - 1, j == segments ? 1 : j + 1);
                var around = mesh.Vertices[first + (i * columns) + right].Position - mesh.Vertices[first + (i * columns) + left].Position;
                var along = mesh.Vertices[first + (below * columns) + j].Position - mesh.Vertices[first + (above * columns) + j].Position;
                var outward = mesh.Vertices[at].Position - _rings[i].Center;
                var normal = along.Cross(around);
                if (normal.Dot(normal) < 1e-12f) normal = axis;
                else if (normal.Dot(outward) < 0) normal = -normal;
                mesh.Vertices[at].Normal = normal.Unit;
            }
        }

        for (var i = 0; i + 1 < _rings.Count; i++)
        {
            for (var j = 0; j < segments; j++)
            {
                var a = first + (i * columns) + j;
                mesh.Quad(a, a + 1, a + columns, a + columns + 1, _rings[i].Surface);
            }
        }

        _rings.Clear();
    }
}
