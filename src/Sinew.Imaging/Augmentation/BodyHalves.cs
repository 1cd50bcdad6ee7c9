using Sinew.Skeletons;

namespace Sinew.Imaging;

/// <summary>
/// Which joints are the lower body, for crops that show one half. The rule goes by canonical ids and gives what MMPose's
/// data set files list: pelvis, hips, knees, ankles, heels, toes and feet are the lower half, everything else the upper.
/// </summary>
public static class BodyHalves
{
    private static readonly string[] LowerParts = ["pelvis", "hip", "knee", "ankle", "heel", "toe", "foot"];

    /// <summary>Per joint, whether it belongs to the lower body.</summary>
    /// <param name="skeleton">The joints.</param>
    public static bool[] LowerJoints(Skeleton skeleton)
    {
        ArgumentNullException.ThrowIfNull(skeleton);
        return [.. skeleton.Joints.Select(j => j.Id.Split('_').Any(word => LowerParts.Contains(word)))];
    }
}
