using System.Runtime.InteropServices;
using Sinew.Generation.Numerics;
using Sinew.Generation.Rendering;

namespace Sinew.Generation.Scenes;

/// <summary>What bodies take of the light on the ground and on the wall behind.</summary>
internal sealed class PlaneShadows
{
    private readonly List<Blob> _ground = [], _contact = [], _wall = [];
    private readonly (float Left, float Right, float Low, float High) _groundBox, _contactBox, _wallBox;

    /// <summary>A segment on a plane with the widths of its two ends and of its soft edge, and the box beyond which it takes nothing.</summary>
    private readonly record struct Blob(float Ax, float Ay, float Bx, float By, float Radius, float Soft, float Strength)
    {
        public float Left { get; } = MathF.Min(Ax, Bx) - Radius - Soft;

        public float Right { get; } = MathF.Max(Ax, Bx) + Radius + Soft;

        public float Low { get; } = MathF.Min(Ay, By) - Radius - Soft;

        public float High { get; } = MathF.Max(Ay, By) + Radius + Soft;
    }

    public PlaneShadows(List<Capsule> bodies, Lighting light, float distance)
    {
        var l = light.ToSun;
        foreach (var c in bodies)
        {
            if (l.Y > 0.12f)
            {
                var (a, b) = (c.From - (l * (c.From.Y / l.Y)), c.To - (l * (c.To.Y / l.Y)));
                var height = Math.Max(0, MathF.Min(c.From.Y, c.To.Y));
                _ground.Add(new Blob(a.X, a.Z, b.X, b.Z, c.Radius, 0.015f + ((0.05f + (0.5f * light.Softness)) * (0.1f + height)), 1));
            }

            if (l.Z > 0.15f)
            {
                var (a, b) = (c.From - (l * ((c.From.Z + distance) / l.Z)), c.To - (l * ((c.To.Z + distance) / l.Z)));
                var gap = Math.Max(0, MathF.Min(c.From.Z, c.To.Z) + distance);
                _wall.Add(new Blob(a.X, a.Y, b.X, b.Y, c.Radius, 0.015f + ((0.05f + (0.5f * light.Softness)) * (0.1f + gap)), 1));
            }

            var low = MathF.Min(c.From.Y, c.To.Y) - c.Radius;
            if (low < 0.45f) _contact.Add(new Blob(c.From.X, c.From.Z, c.To.X, c.To.Z, c.Radius * 0.7f, 0.05f + (0.5f * Math.Max(0, low)), 0.55f * (1 - (Math.Max(0, low) / 0.45f))));
        }

        (_groundBox, _contactBox, _wallBox) = (Extent(_ground), Extent(_contact), Extent(_wall));
    }

    public float SunOnGround(float x, float z) => Passing(_ground, _groundBox, x, z);

    public float SunOnWall(float x, float y) => Passing(_wall, _wallBox, x, y);

    public float SkyOnGround(float x, float z) => Passing(_contact, _contactBox, x, z);

    private static (float Left, float Right, float Low, float High) Extent(List<Blob> blobs)
    {
        var box = (Left: float.MaxValue, Right: float.MinValue, Low: float.MaxValue, High: float.MinValue);
        foreach (var b in blobs)
        {
            box = (MathF.Min(box.Left, b.Left), MathF.Max(box.Right, b.Right), MathF.Min(box.Low, b.Low), MathF.Max(box.High, b.High));
        }

        return box;
    }

    private static float Passing(List<Blob> blobs, (float Left, float Right, float Low, float High) box, float x, float y)
    {
        if (x < box.Left || x > box.Right || y < box.Low || y > box.High) return 1;
        var passing = 1f;
        foreach (ref readonly var b in CollectionsMarshal.AsSpan(blobs))
        {
            if (x < b.Left || x > b.Right || y < b.Low || y > b.High) continue;
            var (dx, dy) = (b.Bx - b.Ax, b.By - b.Ay);
            var (px, py) = (x - b.Ax, y - b.Ay);
            var t = Portable.Part(((px * dx) + (py * dy)) / MathF.Max((dx * dx) + (dy * dy), 1e-9f));
            var (gx, gy) = (px - (dx * t), py - (dy * t));
            var reach = b.Radius + b.Soft;
            var square = (gx * gx) + (gy * gy);
            if (square > reach * reach) continue;
            var light = Portable.Smooth(b.Radius - b.Soft, reach, MathF.Sqrt(square));
            passing = MathF.Min(passing, 1 - (b.Strength * (1 - light)));
        }

        return passing;
    }
}
