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
        var triangle = raster.Triangles[at];
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
        for (var y = 0; y < raster.Rows; y++)
        {
            var row = raster.Triangles.Slice(y * raster.Stride, width * 2);
            for (var x = 0; x < row.Length; x++)
            {
                if (row[x] < 0) continue;
                var owner = owners[mesh.SurfaceOf[row[x]]];
                if (owner < 0) continue;
                ref var e = ref found[owner];
                e = (Math.Min(e.Left, x >> 1), Math.Min(e.Top, y >> 1), Math.Max(e.Right, x >> 1), Math.Max(e.Bottom, y >> 1), e.Samples + 1);
            }
        }

        return found;
    }
}
