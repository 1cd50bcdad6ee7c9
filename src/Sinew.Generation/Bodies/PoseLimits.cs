using Sinew.Generation.Numerics;

namespace Sinew.Generation.Bodies;

/// <summary>How far joints turn, degrees: a limber person's range, as gymnasts have it.</summary>
internal static class PoseLimits
{
    public const float KneeMax = 152, ElbowMax = 148;

    /// <summary>Brings every angle into its range.</summary>
    public static void Apply(Pose pose)
    {
        pose.SpineFlex = Math.Clamp(pose.SpineFlex, -55, 95);
        pose.SpineSide = Math.Clamp(pose.SpineSide, -45, 45);
        pose.SpineTwist = Math.Clamp(pose.SpineTwist, -55, 55);
        pose.NeckFlex = Math.Clamp(pose.NeckFlex, -55, 55);
        pose.NeckSide = Math.Clamp(pose.NeckSide, -38, 38);
        pose.NeckTwist = Math.Clamp(pose.NeckTwist, -78, 78);
        foreach (ref var leg in pose.Legs.AsSpan())
        {
            leg.Flex = Math.Clamp(leg.Flex, -75, 150);
            leg.Abduct = Math.Clamp(leg.Abduct, -28, 92);
            leg.Twist = Math.Clamp(leg.Twist, -45, 60);
            leg.Knee = Math.Clamp(leg.Knee, 0, KneeMax);
            leg.Stretch = Math.Clamp(leg.Stretch, -30, 70);
        }

        foreach (ref var arm in pose.Arms.AsSpan())
        {
            arm.Raise = Math.Clamp(arm.Raise, 0, 182);
            // The further back, the less an arm is raised.
            arm.Plane = Math.Clamp(arm.Plane, -45, arm.Raise < 65 ? 180 : 115);
            arm.Twist = Math.Clamp(arm.Twist, -95, 95);
            arm.Elbow = Math.Clamp(arm.Elbow, 0, ElbowMax);
            arm.Turn = Math.Clamp(arm.Turn, -90, 90);
            arm.Wrist = Math.Clamp(arm.Wrist, -75, 75);
            arm.Tilt = Math.Clamp(arm.Tilt, -30, 30);
            arm.Curl = Math.Clamp(arm.Curl, 0, 1);
        }
    }

    /// <summary>Whether an upper arm can point there.</summary>
    /// <param name="direction">In the chest's frame, x outward; a unit vector.</param>
    public static bool AllowsUpperArm(V3 direction) =>
        direction.X > -0.72f && direction.Z > -0.87f && (direction.Z > -0.55f || direction.Y < 0.25f);
}
