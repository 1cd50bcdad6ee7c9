using Sinew.Geometry;
using Sinew.Skeletons;

namespace Sinew.Inference.Tests.Tracking;

/// <summary>People of COCO's joints who stand where they are put.</summary>
internal static class Walkers
{
    public static readonly Skeleton Skeleton = BuiltInSkeletons.Get("coco17");

    // x from the middle, y from the top, as parts of the person's height
    private static readonly float[] Standing =
    [
        0, 0.07f, 0.02f, 0.05f, -0.02f, 0.05f, 0.04f, 0.06f, -0.04f, 0.06f, 0.12f, 0.2f, -0.12f, 0.2f, 0.16f, 0.35f, -0.16f, 0.35f,
        0.17f, 0.48f, -0.17f, 0.48f, 0.08f, 0.52f, -0.08f, 0.52f, 0.09f, 0.74f, -0.09f, 0.74f, 0.1f, 0.95f, -0.1f, 0.95f,
    ];

    public static PosePerson At(float x, float y, float height = 200, float score = 0.9f, Func<int, float>? tremble = null)
    {
        var keypoints = new float[Standing.Length];
        for (var i = 0; i < keypoints.Length; i++) keypoints[i] = (i % 2 == 0 ? x : y) + (Standing[i] * height) + (tremble?.Invoke(i) ?? 0);
        var scores = new float[Skeleton.Count];
        Array.Fill(scores, 0.8f);
        return new PosePerson(new Box(x - (0.2f * height), y, 0.4f * height, height), score, keypoints, scores);
    }
}
