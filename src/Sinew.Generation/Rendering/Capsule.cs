using Sinew.Generation.Bodies;
using Sinew.Generation.Numerics;

namespace Sinew.Generation.Rendering;

/// <summary>A bone with its thickness, for shadows.</summary>
internal readonly record struct Capsule(V3 From, V3 To, float Radius, int Owner, int Part)
{
    public static void AddBody(List<Capsule> to, Figure f, int owner, float cloth)
    {
        var s = f.Shape.Scale;
        var wide = f.Shape.TrunkWidth * s;
        to.Add(new Capsule(f.HeadPoint(0, 0.09f, 0.01f), f.HeadPoint(0, 0.15f, 0), 0.09f * s * f.Shape.HeadScale, owner, BodyPart.Head));
        for (var side = 0; side < 2; side++)
        {
            var sign = Figure.SideOf(side);
            to.Add(new Capsule(
                f.Hip[side] + f.PelvisFrame.Apply(-sign * 0.03f * s, 0.02f * s, 0), f.ChestBase + f.ChestFrame.Apply(sign * 0.065f * wide, 0.16f * s, 0), 0.1f * wide, owner, BodyPart.Trunk));
            to.Add(new Capsule(f.Shoulder[side], f.Elbow[side], (0.044f + (cloth * 0.5f)) * s, owner, BodyPart.ArmLeft + side));
            to.Add(new Capsule(f.Elbow[side], f.Wrist[side] - (f.HandFrame[side].Y * (0.12f * s)), 0.034f * s, owner, BodyPart.ArmLeft + side));
            to.Add(new Capsule(f.Hip[side], f.Knee[side], (0.074f + (cloth * 0.5f)) * s, owner, BodyPart.LegLeft + side));
            to.Add(new Capsule(f.Knee[side], f.Ankle[side], (0.046f + (cloth * 0.5f)) * s, owner, BodyPart.LegLeft + side));
            to.Add(new Capsule(f.FootPoint(side, 0, -0.05f, -0.04f), f.FootPoint(side, 0, -0.06f, 0.15f), 0.035f * s, owner, BodyPart.LegLeft + side));
        }
    }

    /// <summary>How much of the lamp's light passes from a point, 0 to 1.</summary>
    public float Passing(V3 point, V3 toSun, float blur)
    {
        // The ray's and the segment's nearest points.
        var axis = To - From;
        var between = point - From;
        var (aa, ab, bb) = (axis.Dot(axis), axis.Dot(toSun), 1f);
        var (pa, pb) = (between.Dot(axis), between.Dot(toSun));
        var determinant = (aa * bb) - (ab * ab);
        var t = determinant > 1e-9f ? Math.Clamp((pa - (ab * pb)) / determinant, 0, 1) : 0.5f;
        var along = (ab * t) - pb;
        if (along < Radius * 0.4f) return 1;
        var gap = between + (toSun * along) - (axis * t);
        var distance = gap.Length;
        var soft = (0.15f + (blur * along)) * Radius;
        return Portable.Smooth(Radius - soft, Radius + soft, distance);
    }

    /// <summary>Distance of a point from the capsule's surface.</summary>
    public float Distance(V3 point)
    {
        var axis = To - From;
        var between = point - From;
        var t = Math.Clamp(between.Dot(axis) / Math.Max(axis.Dot(axis), 1e-9f), 0, 1);
        return (between - (axis * t)).Length - Radius;
    }
}
