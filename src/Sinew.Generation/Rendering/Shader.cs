using System.Runtime.InteropServices;
using Sinew.Generation.Numerics;
using Sinew.Generation.Scenes;

namespace Sinew.Generation.Rendering;

/// <summary>Lights the triangles that the rasteriser found, once per pixel and surface, and lays them over the background.</summary>
internal static class Shader
{
    public static void Resolve(Mesh mesh, Rasteriser raster, Camera camera, Lighting light, Canvas canvas)
    {
        var triangles = raster.Triangles;
        var stride = raster.Stride;
        ReadOnlySpan<Surface> surfaces = CollectionsMarshal.AsSpan(mesh.Surfaces);
        Span<int> found = stackalloc int[4];
        for (var y = raster.Top >> 1; y <= raster.Bottom >> 1; y++)
        {
            var upper = triangles.Slice(y * 2 * stride, stride);
            var lower = triangles.Slice(((y * 2) + 1) * stride, stride);
            for (var x = raster.Left >> 1; x <= Math.Min(canvas.Width - 1, raster.Right >> 1); x++)
            {
                (found[0], found[1], found[2], found[3]) = (upper[2 * x], upper[(2 * x) + 1], lower[2 * x], lower[(2 * x) + 1]);
                if ((found[0] & found[1] & found[2] & found[3]) == Rasteriser.Empty) continue;
                var color = V3.Zero;
                var covered = 0;
                for (var k = 0; k < 4; k++)
                {
                    var triangle = found[k];
                    if (triangle < 0) continue;
                    var surface = mesh.SurfaceOf[triangle];
                    var same = 1;
                    for (var m = k + 1; m < 4; m++)
                    {
                        if (found[m] < 0 || mesh.SurfaceOf[found[m]] != surface) continue;
                        same++;
                        found[m] = Rasteriser.Empty;
                    }

                    covered += same;
                    // Where all four samples are one surface the pixel's middle is shaded, else the sample itself.
                    var (sx, sy) = same == 4 ? ((2 * x) + 0.5f, (2 * y) + 0.5f) : ((2f * x) + (k & 1), (2f * y) + (k >> 1));
                    color += Shade(mesh, surfaces, raster, camera, light, triangle, sx, sy) * same;
                }

                var at = (y * canvas.Stride) + x;
                canvas.Set(at, covered == 4 ? color * 0.25f : (color * 0.25f) + (canvas.Get(at) * ((4 - covered) * 0.25f)));
            }
        }
    }

    private static V3 Shade(Mesh mesh, ReadOnlySpan<Surface> surfaces, Rasteriser raster, Camera camera, Lighting light, int triangle, float x, float y)
    {
        var (ia, ib, ic) = (mesh.Corners[triangle * 3], mesh.Corners[(triangle * 3) + 1], mesh.Corners[(triangle * 3) + 2]);
        var points = raster.Points;
        var (pa, pb, pc) = (points[ia], points[ib], points[ic]);
        var area = ((pb.X - pa.X) * (pc.Y - pa.Y)) - ((pc.X - pa.X) * (pb.Y - pa.Y));
        var (dx, dy) = (x - pa.X, y - pa.Y);
        var wb = ((dx * (pc.Y - pa.Y)) - ((pc.X - pa.X) * dy)) / area;
        var wc = (((pb.X - pa.X) * dy) - (dx * (pb.Y - pa.Y))) / area;
        // perspective: weights are linear over the picture only where divided by the distance
        (wb, wc) = (Portable.Part(wb), Portable.Part(wc));
        var wa = Math.Max(0, 1 - wb - wc);
        (wa, wb, wc) = (wa * pa.Nearness, wb * pb.Nearness, wc * pc.Nearness);
        var sum = 1 / (wa + wb + wc);
        (wa, wb, wc) = (wa * sum, wb * sum, wc * sum);
        ref readonly var a = ref mesh.Vertices[ia];
        ref readonly var b = ref mesh.Vertices[ib];
        ref readonly var c = ref mesh.Vertices[ic];
        var normal = ((a.Normal * wa) + (b.Normal * wb) + (c.Normal * wc)).Unit;
        var position = (a.Position * wa) + (b.Position * wb) + (c.Position * wc);
        var (u, v) = ((a.U * wa) + (b.U * wb) + (c.U * wc), (a.V * wa) + (b.V * wb) + (c.V * wc));
        var sun = (a.Sun * wa) + (b.Sun * wb) + (c.Sun * wc);
        var open = (a.Open * wa) + (b.Open * wb) + (c.Open * wc);
        ref readonly var surface = ref surfaces[mesh.SurfaceOf[triangle]];
        var view = camera.Position - position;
        if (surface.TwoSided && normal.Dot(view) < 0) normal = -normal;
        return Light(surface.Material, normal, view, u, v, sun, open, light);
    }

    private static V3 Light(Material material, V3 normal, V3 view, float u, float v, float sun, float open, Lighting light)
    {
        var albedo = Albedo.Of(material, u, v, out var shine);
        if (material.Folds > 0)
        {
            var (x, y) = ((u * material.Around * 130) + material.Offset, (v * 130) + (material.Offset >> 3));
            var fold = NoiseField.Fold(x, y, out var slope);
            normal = (normal + new V3(slope * material.Folds * 0.55f, fold * material.Folds * 0.3f, slope * material.Folds * -0.3f)).Unit;
            open *= 1 + (0.22f * material.Folds * (fold - 0.2f));
        }

        // a soft terminator stands in for the light that skin and cloth let through
        var facing = Math.Max(0, (normal.Dot(light.ToSun) + (0.25f * light.Softness) + 0.05f) / (1.05f + (0.25f * light.Softness))) * sun;
        var up = 0.5f + (0.5f * normal.Y);
        var incoming = (light.Sun * facing) + (light.Sky * (up * open)) + (light.Ground * ((1 - up) * open));
        var color = albedo * incoming;
        if (shine > 0.03f)
        {
            view = view.Unit;
            var half = (view + light.ToSun).Unit.Dot(normal);
            half *= half;
            half *= half;
            half *= half;
            half *= half;
            var rim = 1 - Math.Max(0, normal.Dot(view));
            color += ((light.Sun * (half * sun)) + (light.Sky * (rim * rim * rim * 0.6f * open))) * shine;
        }

        return color;
    }
}
