using Sinew.Generation.Numerics;

namespace Sinew.Generation.Bodies;

/// <summary>A body in a pose: where its bones are. Index 0 is left, 1 right. World coordinates, metres, y up.</summary>
internal sealed class Figure
{
    private readonly V3[] _clavicle = new V3[2];

    public Figure(BodyShape shape, Pose pose, float yaw)
    {
        (Shape, Pose) = (shape, pose);
        var s = shape.Scale;
        PelvisFrame = Frame.AboutY(yaw).After(pose.Root);
        SpineFrame = PelvisFrame.After(Bend(pose.SpineFlex * 0.5f, pose.SpineSide * 0.5f, pose.SpineTwist * 0.4f));
        ChestFrame = SpineFrame.After(Bend(pose.SpineFlex * 0.5f, pose.SpineSide * 0.5f, pose.SpineTwist * 0.6f));
        NeckFrame = ChestFrame.After(Bend(pose.NeckFlex * 0.45f, pose.NeckSide * 0.5f, pose.NeckTwist * 0.4f));
        HeadFrame = NeckFrame.After(Bend(pose.NeckFlex * 0.55f, pose.NeckSide * 0.5f, pose.NeckTwist * 0.6f));
        Pelvis = V3.Zero;
        Lumbar = Pelvis + (PelvisFrame.Y * (shape.Lumbar * s));
        ChestBase = Lumbar + (SpineFrame.Y * (shape.Waist * s));
        NeckBase = ChestBase + (ChestFrame.Y * (shape.Chest * s));
        UpperNeck = NeckBase + NeckFrame.Apply(0, shape.Neck * s, 0.012f * s);
        for (var side = 0; side < 2; side++)
        {
            SetArm(side);
            SetLeg(side);
        }
    }

    public BodyShape Shape { get; }

    public Pose Pose { get; }

    public V3 Pelvis { get; private set; }

    public V3 Lumbar { get; private set; }

    public V3 ChestBase { get; private set; }

    public V3 NeckBase { get; private set; }

    public V3 UpperNeck { get; private set; }

    public Frame PelvisFrame { get; }

    public Frame SpineFrame { get; }

    public Frame ChestFrame { get; }

    public Frame NeckFrame { get; }

    public Frame HeadFrame { get; }

    public V3[] Shoulder { get; } = new V3[2];

    public V3[] Elbow { get; } = new V3[2];

    public V3[] Wrist { get; } = new V3[2];

    public V3[] Hip { get; } = new V3[2];

    public V3[] Knee { get; } = new V3[2];

    public V3[] Ankle { get; } = new V3[2];

    public Frame[] UpperArmFrame { get; } = new Frame[2];

    public Frame[] ForearmFrame { get; } = new Frame[2];

    public Frame[] HandFrame { get; } = new Frame[2];

    public Frame[] ThighFrame { get; } = new Frame[2];

    public Frame[] ShinFrame { get; } = new Frame[2];

    public Frame[] FootFrame { get; } = new Frame[2];

    /// <summary>1 for left, −1 for right.</summary>
    public static float SideOf(int side) => side == 0 ? 1 : -1;

    /// <summary>A point of the head: x left, y up from the upper neck, z forward; metres of an average head.</summary>
    public V3 HeadPoint(float x, float y, float z)
    {
        var s = Shape.Scale * Shape.HeadScale;
        return UpperNeck + HeadFrame.Apply(x * s, y * s, z * s);
    }

    /// <summary>A point of a foot: x to the person's left, y up and z forward from the ankle; metres of a foot of 25.5 cm.</summary>
    public V3 FootPoint(int side, float x, float y, float z)
    {
        var s = Shape.Scale * (Shape.FootLength / 0.255f);
        return Ankle[side] + FootFrame[side].Apply(x * s, y * s, z * s);
    }

    public void Move(V3 by)
    {
        Pelvis += by;
        Lumbar += by;
        ChestBase += by;
        NeckBase += by;
        UpperNeck += by;
        for (var side = 0; side < 2; side++)
        {
            Shoulder[side] += by;
            Elbow[side] += by;
            Wrist[side] += by;
            Hip[side] += by;
            Knee[side] += by;
            Ankle[side] += by;
            _clavicle[side] += by;
        }
    }

    private static Frame Bend(float flex, float side, float twist) =>
        Frame.AboutX(flex).After(Frame.AboutZ(side)).After(Frame.AboutY(twist));

    private void SetLeg(int side)
    {
        var (leg, s, sign) = (Pose.Legs[side], Shape.Scale, SideOf(side));
        Hip[side] = Pelvis + (PelvisFrame.X * (sign * Shape.HipHalf * s));
        ThighFrame[side] = PelvisFrame.After(Frame.AboutX(-leg.Flex)).After(Frame.AboutZ(sign * leg.Abduct)).After(Frame.AboutY(sign * leg.Twist));
        Knee[side] = Hip[side] - (ThighFrame[side].Y * (Shape.Thigh * s));
        ShinFrame[side] = ThighFrame[side].After(Frame.AboutX(leg.Knee));
        Ankle[side] = Knee[side] - (ShinFrame[side].Y * (Shape.Shin * s));
        FootFrame[side] = ShinFrame[side].After(Frame.AboutX(leg.Stretch)).After(Frame.AboutY(sign * 6));
    }

    private void SetArm(int side)
    {
        var (arm, s, sign) = (Pose.Arms[side], Shape.Scale, SideOf(side));
        var root = ChestBase + ChestFrame.Apply(sign * 0.022f * s, Shape.ShoulderHeight * s, 0.01f * s);
        _clavicle[side] = root;
        // Shoulder blades help where an arm goes up: the clavicle turns up by a third of what is above 30°.
        var raise = arm.Target == HandTarget.None ? arm.Raise : 45;
        PlaceShoulder(side, root, raise);
        if (arm.Target != HandTarget.None && TryReach(side, arm)) return;

        var plane = sign * arm.Plane;
        UpperArmFrame[side] = ChestFrame.After(Frame.AboutY(plane)).After(Frame.AboutX(-arm.Raise)).After(Frame.AboutY((sign * arm.Twist) - plane));
        Elbow[side] = Shoulder[side] - (UpperArmFrame[side].Y * (Shape.UpperArm * s));
        ForearmFrame[side] = UpperArmFrame[side].After(Frame.AboutX(-arm.Elbow));
        Wrist[side] = Elbow[side] - (ForearmFrame[side].Y * (Shape.Forearm * s));
        SetHand(side, arm);
    }

    private void PlaceShoulder(int side, V3 root, float raise)
    {
        var lift = Frame.AboutZ(SideOf(side) * (2 + (0.2f * Math.Max(0, raise - 40))));
        Shoulder[side] = root + ChestFrame.Apply(lift.Apply(SideOf(side) * Shape.Clavicle * Shape.Scale, 0, -0.012f * Shape.Scale));
    }

    private void SetHand(int side, ArmPose arm)
    {
        var sign = SideOf(side);
        HandFrame[side] = ForearmFrame[side].After(Frame.AboutY(sign * arm.Turn)).After(Frame.AboutX(-arm.Tilt)).After(Frame.AboutZ(-sign * arm.Wrist));
    }

    private V3 TargetPoint(int side, ArmPose arm)
    {
        var p = new V3(arm.Point.X * SideOf(side), arm.Point.Y, arm.Point.Z) * Shape.Scale;
        var wide = new V3(p.X * Shape.TrunkWidth, p.Y, p.Z * Shape.TrunkWidth);
        return arm.Target switch
        {
            HandTarget.Pelvis => Pelvis + PelvisFrame.Apply(wide),
            HandTarget.Chest => ChestBase + ChestFrame.Apply(wide),
            HandTarget.Thigh => Hip[side] + ThighFrame[side].Apply(p),
            _ => UpperNeck + HeadFrame.Apply(p),
        };
    }

    /// <summary>Two bones to a target; false where the shoulder would have to turn too far.</summary>
    private bool TryReach(int side, ArmPose arm)
    {
        if (arm.Target == HandTarget.Thigh)
        {
            // The thigh is needed before its turn.
            var (leg, sign) = (Pose.Legs[side], SideOf(side));
            Hip[side] = Pelvis + (PelvisFrame.X * (sign * Shape.HipHalf * Shape.Scale));
            ThighFrame[side] = PelvisFrame.After(Frame.AboutX(-leg.Flex)).After(Frame.AboutZ(sign * leg.Abduct)).After(Frame.AboutY(sign * leg.Twist));
        }

        var target = TargetPoint(side, arm);
        var (upper, lower) = (Shape.UpperArm * Shape.Scale, Shape.Forearm * Shape.Scale);
        var to = target - Shoulder[side];
        var cosMax = Portable.Cos(PoseLimits.ElbowMax * Portable.Degrees);
        var nearest = MathF.Sqrt((upper * upper) + (lower * lower) + (2 * upper * lower * cosMax));
        var distance = Math.Clamp(to.Length, nearest * 1.001f, (upper + lower) * 0.9985f);
        var along = to.Unit;
        var hint = ChestFrame.Apply(arm.ElbowHint.X * SideOf(side), arm.ElbowHint.Y, arm.ElbowHint.Z);
        var pole = (hint - (along * along.Dot(hint))).Unit;
        var part = ((upper * upper) - (lower * lower) + (distance * distance)) / (2 * distance);
        var height = MathF.Sqrt(Math.Max(0, (upper * upper) - (part * part)));
        var elbow = Shoulder[side] + (along * part) + (pole * height);
        var down = (elbow - Shoulder[side]).Unit;
        var local = ChestFrame.Inverse(down);
        if (!PoseLimits.AllowsUpperArm(new V3(local.X * SideOf(side), local.Y, local.Z))) return false;
        var wrist = Shoulder[side] + (along * distance);
        var forearm = (wrist - elbow).Unit;
        var front = (forearm - (down * down.Dot(forearm))).Unit;
        var y = -down;
        UpperArmFrame[side] = new Frame(y.Cross(front), y, front);
        var lowerY = -forearm;
        var x = UpperArmFrame[side].X;
        ForearmFrame[side] = new Frame(x, lowerY, x.Cross(lowerY));
        (Elbow[side], Wrist[side]) = (elbow, wrist);
        SetHand(side, arm);
        return true;
    }
}
