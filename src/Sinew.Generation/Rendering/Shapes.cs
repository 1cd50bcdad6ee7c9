using Sinew.Generation.Numerics;

namespace Sinew.Generation.Rendering;

/// <summary>Simple bodies: boxes, ellipsoids, rods, discs.</summary>
internal static class Shapes
{
    public static void Box(Mesh mesh, V3 center, Frame frame, V3 half, ushort surface)
    {
        Span<V3> axes = [frame.X * half.X, frame.Y * half.Y, frame.Z * half.Z];
        Span<float> sizes = [half.X, half.Y, half.Z];
        for (var face = 0; face < 6; face++)
        {
            var (a, b, c) = (face % 3, (face + 1) % 3, (face + 2) % 3);
            var sign = face < 3 ? 1f : -1f;
            var first = mesh.Reserve(4);
            for (var k = 0; k < 4; k++)
            {
                var (p, q) = ((k & 1) == 0 ? -1f : 1f, (k & 2) == 0 ? -1f : 1f);
                mesh.Vertices[first + k] = new Vertex
                {
                    Position = center + (axes[a] * sign) + (axes[b] * p) + (axes[c] * q),
                    Normal = (axes[a] * sign).Unit,
                    U = p * sizes[b] * 2,
                    V = q * sizes[c],
                };
            }

            mesh.Quad(first, first + 1, first + 2, first + 3, surface);
        }
    }

    public static void Ellipsoid(Mesh mesh, Tube tube, V3 center, Frame frame, V3 radii, ushort surface, int segments = 8)
    {
        const int Rings = 7;
        for (var i = 0; i <= Rings; i++)
        {
            var (s, c) = Portable.SinCos(MathF.PI * i / Rings);
            tube.Add(new Ring(center + (frame.Y * (radii.Y * c)), frame.X, frame.Z, radii.X * s, radii.Z * s, radii.Z * s, radii.Y * c, surface));
        }

        tube.Finish(mesh, segments);
    }

    /// <summary>A rod with round ends.</summary>
    public static void Rod(Mesh mesh, Tube tube, V3 from, V3 to, float fromRadius, float toRadius, ushort surface, int segments = 7)
    {
        var along = (to - from).Unit;
        var side = along.Cross(MathF.Abs(along.Y) < 0.9f ? new V3(0, 1, 0) : new V3(1, 0, 0)).Unit;
        var front = side.Cross(along);
        tube.Add(new Ring(from - (along * (fromRadius * 0.8f)), side, front, 0, 0, 0, 0, surface));
        tube.Add(new Ring(from - (along * (fromRadius * 0.5f)), side, front, fromRadius * 0.75f, fromRadius * 0.75f, fromRadius * 0.75f, 0, surface));
        tube.Add(new Ring(from, side, front, fromRadius, fromRadius, fromRadius, 0, surface));
        var length = (to - from).Length;
        tube.Add(new Ring(to, side, front, toRadius, toRadius, toRadius, length, surface));
        tube.Add(new Ring(to + (along * (toRadius * 0.5f)), side, front, toRadius * 0.75f, toRadius * 0.75f, toRadius * 0.75f, length, surface));
        tube.Add(new Ring(to + (along * (toRadius * 0.8f)), side, front, 0, 0, 0, length, surface));
        tube.Finish(mesh, segments);
    }

    /// <summary>A flat ring around an axis, as a hat's brim.</summary>
    public static void Disc(Mesh mesh, V3 center, Frame frame, float inner, float outerSide, float outerFront, float outerBack, float droop, ushort surface, int segments = 14)
    {
        var first = mesh.Reserve((segments + 1) * 2);
        for (var i = 0; i <= segments; i++)
        {
            var (s, c) = Portable.SinCos(2 * MathF.PI * i / segments);
            var deep = s >= 0 ? outerFront : outerBack;
            mesh.Vertices[first + (i * 2)] = new Vertex { Position = center + frame.Apply(inner * c, 0, inner * s), Normal = frame.Y, U = (float)i / segments };
            mesh.Vertices[first + (i * 2) + 1] = new Vertex { Position = center + frame.Apply(outerSide * c, -droop, deep * s), Normal = frame.Y, U = (float)i / segments, V = 0.1f };
        }

        for (var i = 0; i < segments; i++) mesh.Quad(first + (i * 2), first + (i * 2) + 1, first + (i * 2) + 2, first + (i * 2) + 3, surface);
    }
}
