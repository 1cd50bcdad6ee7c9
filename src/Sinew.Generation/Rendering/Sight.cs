using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Sinew.Generation.Bodies;
using Sinew.Generation.Numerics;
using Sinew.Generation.Scenes;
using Sinew.Geometry;

namespace Sinew.Generation.Rendering;

/// <summary>Who and what can be seen: joints against the depth of the nearest surface, people by their samples.</summary>
internal static class Sight
{
    public static IReadOnlyList<GeneratedPerson> Of(
        IReadOnlyList<Figure> figures, Camera camera, Mesh mesh, Rasteriser raster, int width, int height)
    {
        var count = figures.Count;
        var extents = Extents(mesh, raster, count, width);
        var people = new GeneratedPerson[count];
        var joints = new V3[BodyJoints.Count];
        for (var p = 0; p < count; p++)
        {
            var figure = figures[p];
            BodyJoints.Fill(figure, joints);
            var positions = new float[joints.Length * 2];
            var sights = new JointSight[joints.Length];
            for (var j = 0; j < joints.Length; j++)
            {
                var (x, y, depth) = camera.Project(joints[j]);
                (positions[2 * j], positions[(2 * j) + 1]) = (x, y);
                sights[j] = Look(mesh, raster, x, y, depth, p, BodyJoints.DepthOf(j) * figure.Shape.Scale, width, height);
            }

            var (left, top, right, bottom, samples) = extents[p];
            var box = samples == 0 ? default : new Box(left, top, right - left + 1, bottom - top + 1);
            people[p] = new GeneratedPerson(positions, sights, box, (samples + 2) / 4, figure.Pose.Kind);
        }

        return people;
    }

    private static JointSight Look(Mesh mesh, Rasteriser raster, float x, float y, float depth, int owner, float thickness, int width, int height)
    {
        if (depth < Camera.Near || !(x >= -0.5f && y >= -0.5f && x < width - 0.5f && y < height - 0.5f)) return JointSight.Outside;
        var at = (Math.Clamp((int)MathF.Round((y * 2) + 0.5f), 0, raster.Rows - 1) * raster.Stride) + Math.Clamp((int)MathF.Round((x * 2) + 0.5f), 0, (width * 2) - 1);
        var triangle = raster.Within(at) ? raster.Triangles[at] : Rasteriser.Empty;
        if (triangle < 0) return JointSight.Visible;
        var surface = 1 / raster.Nearness[at];
        // Another's skin may touch the joint's own; the own body covers a joint by its thickness.
        var allowed = mesh.Surfaces[mesh.SurfaceOf[triangle]].Owner == owner ? thickness : thickness * 0.35f;
        return surface < depth - allowed ? JointSight.Hidden : JointSight.Visible;
    }

    private static (int Left, int Top, int Right, int Bottom, int Samples)[] Extents(Mesh mesh, Rasteriser raster, int people, int width)
    {
        var found = new (int Left, int Top, int Right, int Bottom, int Samples)[people];
        Array.Fill(found, (int.MaxValue, int.MaxValue, int.MinValue, int.MinValue, 0));
        var owners = new int[mesh.Surfaces.Count];
        for (var i = 0; i < owners.Length; i++) owners[i] = mesh.Surfaces[i].Owner;
        for (var y = raster.Top; y <= raster.Bottom; y++)
        {
            var row = raster.Triangles.Slice(y * raster.Stride, raster.Stride);
            for (var block = raster.Left; block <= raster.Right; block += 8)
            {
                if (Vector256.LoadUnsafe(ref MemoryMarshal.GetReference(row[block..])) == Vector256<int>.AllBitsSet) continue;
                for (var x = block; x < Math.Min(block + 8, width * 2); x++)
                {
                    if (row[x] < 0) continue;
                    var owner = owners[mesh.SurfaceOf[row[x]]];
                    if (owner < 0) continue;
                    ref var e = ref found[owner];
                    e.Samples++;
                    if (x < e.Left) e.Left = x;
                    if (x > e.Right) e.Right = x;
                    if (y < e.Top) e.Top = y;
                    if (y > e.Bottom) e.Bottom = y;
                }
            }
        }

        foreach (ref var e in found.AsSpan()) e = (e.Left >> 1, e.Top >> 1, e.Right >> 1, e.Bottom >> 1, e.Samples);
        return found;
    }
}
