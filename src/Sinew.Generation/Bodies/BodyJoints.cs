using Sinew.Generation.Numerics;

namespace Sinew.Generation.Bodies;

/// <summary>
/// The joints that a generated person has, by canonical id, and where they are. Shoulders, elbows, wrists, hips, knees and ankles are the
/// joints' centres, which is where COCO's and MPII's annotators put them; thorax, upper neck and head top follow MPII.
/// </summary>
internal static class BodyJoints
{
    private static readonly string[] Sided = ["shoulder", "elbow", "wrist", "hip", "knee", "ankle", "big_toe", "small_toe", "heel"];
    private static readonly string[] FingerNames = ["thumb", "forefinger", "middle_finger", "ring_finger", "pinky_finger"];

    /// <summary>Canonical ids.</summary>
    public static readonly string[] Ids = BuildIds();

    /// <summary>How far below a surface a joint may lie and still be seen, metres of an average body; at least what its limb measures.</summary>
    private static readonly float[] Depths = BuildDepths();

    private static readonly Dictionary<string, int> Index = Ids.Select((id, i) => (id, i)).ToDictionary(p => p.id, p => p.i, StringComparer.Ordinal);

    /// <summary>How many joints there are.</summary>
    public static int Count => Ids.Length;

    /// <summary>Index of a joint, or −1.</summary>
    public static int IndexOf(string id) => Index.GetValueOrDefault(id, -1);

    /// <summary>How far below a surface this joint may lie and still be seen.</summary>
    public static float DepthOf(int joint) => Depths[joint];

    /// <summary>Writes all positions.</summary>
    public static void Fill(Figure f, Span<V3> to)
    {
        to[0] = f.HeadPoint(0, 0.092f, 0.118f);
        to[1] = f.HeadPoint(0.032f, 0.128f, 0.086f);
        to[2] = f.HeadPoint(-0.032f, 0.128f, 0.086f);
        to[3] = f.HeadPoint(0.077f, 0.105f, 0);
        to[4] = f.HeadPoint(-0.077f, 0.105f, 0);
        to[5] = f.Pelvis + f.PelvisFrame.Apply(0, 0.02f * f.Shape.Scale, 0);
        to[6] = ((f.Shoulder[0] + f.Shoulder[1]) * 0.5f) + f.ChestFrame.Apply(0, 0.015f * f.Shape.Scale, 0);
        to[7] = f.UpperNeck;
        to[8] = f.HeadPoint(0, 0.248f, 0);
        var at = 9;
        for (var side = 0; side < 2; side++)
        {
            var sign = Figure.SideOf(side);
            ReadOnlySpan<V3> points =
            [
                f.Shoulder[side], f.Elbow[side], f.Wrist[side], f.Hip[side], f.Knee[side], f.Ankle[side],
                f.FootPoint(side, -0.018f * sign, -0.062f, 0.182f), f.FootPoint(side, 0.036f * sign, -0.066f, 0.14f), f.FootPoint(side, 0, -0.06f, -0.062f),
            ];
            points.CopyTo(to[at..]);
            at += points.Length;
        }

        Span<V3> finger = stackalloc V3[4];
        for (var side = 0; side < 2; side++)
        {
            var size = f.Shape.Hand / 0.183f * f.Shape.Scale;
            var sign = Figure.SideOf(side);
            to[at++] = f.Wrist[side];
            for (var k = 0; k < 5; k++)
            {
                HandShape.Finger(k, f.Pose.Arms[side].Curl, finger);
                foreach (var p in finger) to[at++] = f.Wrist[side] + f.HandFrame[side].Apply(p.X * sign * size, p.Y * size, p.Z * size);
            }
        }

        foreach (var (x, y, z) in FacePoints.All) to[at++] = f.HeadPoint(x, y, z);
        to[at++] = f.HeadPoint(0, 0.105f, 0.07f);
        to[at] = f.Lumbar + f.SpineFrame.Apply(0, 0.05f * f.Shape.Scale, 0);
    }

    private static string[] BuildIds()
    {
        var ids = new List<string> { "nose", "left_eye", "right_eye", "left_ear", "right_ear", "pelvis", "thorax", "upper_neck", "head_top" };
        foreach (var side in (ReadOnlySpan<string>)["left", "right"]) ids.AddRange(Sided.Select(s => $"{side}_{s}"));
        foreach (var side in (ReadOnlySpan<string>)["left", "right"])
        {
            ids.Add($"{side}_hand_root");
            ids.AddRange(FingerNames.SelectMany(n => Enumerable.Range(1, 4).Select(k => $"{side}_{n}{k}")));
        }

        ids.AddRange(Enumerable.Range(0, FacePoints.All.Length).Select(i => $"face-{i}"));
        ids.AddRange(["face_center", "belly"]);
        return [.. ids];
    }

    private static float[] BuildDepths() => [.. Ids.Select(Depth)];

    private static float Depth(string id) => id switch
    {
        "nose" or "left_eye" or "right_eye" => 0.03f,
        "left_ear" or "right_ear" => 0.045f,
        "pelvis" or "thorax" or "belly" => 0.2f,
        "upper_neck" => 0.11f,
        "head_top" or "face_center" => 0.12f,
        _ when id.EndsWith("shoulder", StringComparison.Ordinal) => 0.1f,
        _ when id.EndsWith("hip", StringComparison.Ordinal) => 0.15f,
        _ when id.EndsWith("knee", StringComparison.Ordinal) => 0.095f,
        _ when id.EndsWith("elbow", StringComparison.Ordinal) => 0.07f,
        _ when id.EndsWith("ankle", StringComparison.Ordinal) => 0.07f,
        _ when id.EndsWith("wrist", StringComparison.Ordinal) => 0.05f,
        _ when id.EndsWith("toe", StringComparison.Ordinal) || id.EndsWith("heel", StringComparison.Ordinal) => 0.05f,
        _ => 0.03f,
    };
}
