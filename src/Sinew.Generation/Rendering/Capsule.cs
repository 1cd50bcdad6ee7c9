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
}
