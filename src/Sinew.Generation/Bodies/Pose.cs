using Sinew.Generation.Numerics;

namespace Sinew.Generation.Bodies;

/// <summary>What an inverse-kinematics target of a hand is relative to.</summary>
internal enum HandTarget
{
    /// <summary>The arm is set by its angles.</summary>
    None,

    /// <summary>A point in the pelvis' frame.</summary>
    Pelvis,

    /// <summary>A point in the chest's frame.</summary>
    Chest,

    /// <summary>A point in the head's frame.</summary>
    Head,

    /// <summary>A point on the thigh of the same side, in its frame.</summary>
    Thigh,
}

/// <summary>What keeps a person where it is.</summary>
internal enum Support
{
    /// <summary>The lowest point touches the ground.</summary>
    Ground,

    /// <summary>The lowest point is above the ground.</summary>
    Air,

    /// <summary>On a seat that is drawn below.</summary>
    Seat,

    /// <summary>Hanging by the hands from a bar that is drawn.</summary>
    Bar,
}

/// <summary>One leg's angles in degrees: at the hip forward, outward and turned outward, at the knee bent, at the ankle stretched.</summary>
internal record struct LegPose(float Flex, float Abduct, float Twist, float Knee, float Stretch);

/// <summary>
/// One arm's angles in degrees: raised from hanging (0) to overhead (180) in a plane (0 is forward, 90 sideways), turned outward, bent
/// at the elbow, the hand turned, bent and tilted; how far the fingers are curled (0 to 1).
/// </summary>
internal record struct ArmPose(float Raise, float Plane, float Twist, float Elbow, float Turn, float Wrist, float Tilt, float Curl)
{
    /// <summary>Where the wrist shall be, instead of the first four angles.</summary>
    public HandTarget Target { get; set; }

    /// <summary>The target, metres of an average body; x is outward on either side.</summary>
    public V3 Point { get; set; }

    /// <summary>Which way the elbow points, in the chest's frame; x is outward.</summary>
    public V3 ElbowHint { get; set; }
}

/// <summary>All angles of a body, degrees.</summary>
internal sealed class Pose
{
    public string Kind { get; set; } = "";

    /// <summary>The pelvis' rotation before the person is turned about the vertical.</summary>
    public Frame Root { get; set; } = Frame.Identity;

    public Support Support { get; set; }

    /// <summary>Metres above the ground, for <see cref="Support.Air"/>.</summary>
    public float Height { get; set; }

    public float SpineFlex { get; set; }

    public float SpineSide { get; set; }

    public float SpineTwist { get; set; }

    public float NeckFlex { get; set; }

    public float NeckSide { get; set; }

    public float NeckTwist { get; set; }

    public LegPose[] Legs { get; } = [new(0, 4, 6, 3, 0), new(0, 4, 6, 3, 0)];

    public ArmPose[] Arms { get; } = [new(8, 90, 0, 12, 0, 0, 0, 0.35f), new(8, 90, 0, 12, 0, 0, 0, 0.35f)];

    /// <summary>Whether long skirts can follow the legs.</summary>
    public bool LegsTogether { get; set; } = true;

    /// <summary>The same pose with left and right exchanged.</summary>
    public Pose Mirrored()
    {
        // Mirroring at the plane x = 0 turns a rotation R into MRM.
        static V3 Flip(V3 v) => new(-v.X, v.Y, v.Z);
        var pose = new Pose
        {
            Kind = Kind, Support = Support, Height = Height, LegsTogether = LegsTogether,
            Root = new Frame(-Flip(Root.X), Flip(Root.Y), Flip(Root.Z)),
            SpineFlex = SpineFlex, SpineSide = -SpineSide, SpineTwist = -SpineTwist,
            NeckFlex = NeckFlex, NeckSide = -NeckSide, NeckTwist = -NeckTwist,
        };
        (pose.Legs[0], pose.Legs[1], pose.Arms[0], pose.Arms[1]) = (Legs[1], Legs[0], Arms[1], Arms[0]);
        return pose;
    }
}
