using Sinew.Generation.Numerics;

namespace Sinew.Generation.Rendering;

/// <summary>How bones take light from surfaces: the lamp's, tested in the plane across its rays, and the sky's where a bone is near.</summary>
internal sealed class CapsuleLight
{
    private const float Reach = 0.09f;
    private readonly Entry[] _bones;
    private readonly V3 _sun, _side, _up;

    /// <summary>A capsule in the world and across the lamp's rays, with the boxes that hold what it can take light from.</summary>
    private struct Entry
    {
        public V3 From, Axis;
        public float InverseSquare, Radius;
        public float LowX, HighX, LowY, HighY, LowZ, HighZ;
        public float U, V, W, DU, DV, DW, InverseFlat, Left, Right, Bottom, Top, Blur;
        public int Tag;
    }

    public CapsuleLight(List<Capsule> capsules, V3 toSun, float blur)
    {
        _sun = toSun;
        _side = toSun.Cross(MathF.Abs(toSun.Y) < 0.9f ? new V3(0, 1, 0) : new V3(1, 0, 0)).Unit;
        _up = _side.Cross(toSun);
        _bones = new Entry[capsules.Count];
        for (var i = 0; i < _bones.Length; i++)
        {
            var c = capsules[i];
            var axis = c.To - c.From;
            var (u, v) = (c.From.Dot(_side), c.From.Dot(_up));
            var (du, dv) = (axis.Dot(_side), axis.Dot(_up));
            var near = c.Radius + Reach + 0.07f;
            // Shadows blur with the distance; beyond two metres nothing of a bone's is left.
            var wide = c.Radius * (1.15f + (blur * 2));
            _bones[i] = new Entry
            {
                From = c.From, Axis = axis, InverseSquare = 1 / MathF.Max(axis.Dot(axis), 1e-9f), Radius = c.Radius, Tag = (c.Owner << 8) | c.Part,
                LowX = MathF.Min(c.From.X, c.To.X) - near, HighX = MathF.Max(c.From.X, c.To.X) + near,
                LowY = MathF.Min(c.From.Y, c.To.Y) - near, HighY = MathF.Max(c.From.Y, c.To.Y) + near,
                LowZ = MathF.Min(c.From.Z, c.To.Z) - near, HighZ = MathF.Max(c.From.Z, c.To.Z) + near,
                U = u, V = v, W = c.From.Dot(toSun), DU = du, DV = dv, DW = axis.Dot(toSun), InverseFlat = 1 / MathF.Max((du * du) + (dv * dv), 1e-9f),
                Left = MathF.Min(u, u + du) - wide, Right = MathF.Max(u, u + du) + wide, Bottom = MathF.Min(v, v + dv) - wide, Top = MathF.Max(v, v + dv) + wide,
                Blur = blur,
            };
        }
    }

    /// <summary>What reaches a place of a surface, both 0 to 1.</summary>
    /// <param name="position">The place.</param>
    /// <param name="normal">The surface's normal there.</param>
    /// <param name="tag">Owner and part of the surface, which its own bones do not shade.</param>
    /// <param name="lit">Whether the lamp can reach it at all.</param>
    public (float Sun, float Open) At(V3 position, V3 normal, int tag, bool lit)
    {
        var start = position + (normal * 0.02f);
        var probe = position + (normal * 0.07f);
        var (u, v, w) = (start.Dot(_side), start.Dot(_up), start.Dot(_sun));
        float sun = 1, open = 1;
        foreach (ref readonly var bone in _bones.AsSpan())
        {
            if (bone.Tag == tag) continue;
            if (probe.X > bone.LowX && probe.X < bone.HighX && probe.Y > bone.LowY && probe.Y < bone.HighY && probe.Z > bone.LowZ && probe.Z < bone.HighZ)
            {
                var between = probe - bone.From;
                var t = Portable.Part(between.Dot(bone.Axis) * bone.InverseSquare);
                var away = (between - (bone.Axis * t)).Length - bone.Radius;
                if (away < Reach) open *= 0.45f + (0.55f * Portable.Part((away + 0.03f) / 0.12f));
            }

            if (!lit || u < bone.Left || u > bone.Right || v < bone.Bottom || v > bone.Top) continue;
            var (x, y) = (u - bone.U, v - bone.V);
            var at = Portable.Part(((x * bone.DU) + (y * bone.DV)) * bone.InverseFlat);
            var along = bone.W + (bone.DW * at) - w;
            if (along < bone.Radius * 0.4f) continue;
            var (gapX, gapY) = (x - (bone.DU * at), y - (bone.DV * at));
            var soft = (0.15f + (bone.Blur * MathF.Min(along, 2))) * bone.Radius;
            sun = MathF.Min(sun, Portable.Smooth(bone.Radius - soft, bone.Radius + soft, MathF.Sqrt((gapX * gapX) + (gapY * gapY))));
        }

        return (sun, open);
    }
}
