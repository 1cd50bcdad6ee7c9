using Sinew.Generation.Numerics;

namespace Sinew.Generation.Bodies;

/// <summary>Draws poses of many kinds. Every kind varies widely, and every angle is jittered.</summary>
internal static class PoseLibrary
{
    /// <summary>The kinds of pose, in the order of the weights.</summary>
    public static readonly string[] Kinds =
    [
        "stand", "fashion", "walk", "run", "kick", "throw", "jump", "split", "handstand", "flip", "hang", "sit", "floor", "crouch", "kneel", "lie",
        "bend", "prop", "lunge", "random",
    ];

    private delegate void Shaper(Pose pose, GeneratorRandom random);

    private static readonly Shaper[] Shapers =
    [
        Stand, Fashion, Walk, Run, Kick, Throw, Jump, Split, Handstand, Flip, Hang, Sit, Floor, Crouch, Kneel, Lie, BendOver, Prop, Lunge, Any,
    ];

    public static Pose Sample(GeneratorRandom random, ReadOnlySpan<float> weights)
    {
        var kind = random.Weighted(weights);
        var pose = new Pose { Kind = Kinds[kind] };
        Shapers[kind](pose, random);
        if (random.Chance(0.5f)) pose = pose.Mirrored();
        Jitter(pose, random);
        PoseLimits.Apply(pose);
        return pose;
    }

    private static void Jitter(Pose pose, GeneratorRandom random)
    {
        var size = random.Range(0.3f, 1.5f);
        float Draw(float deviation) => random.Normal() * deviation * size;
        pose.SpineFlex += Draw(4);
        pose.SpineSide += Draw(3);
        pose.SpineTwist += Draw(5);
        pose.NeckFlex += Draw(7);
        pose.NeckSide += Draw(5);
        pose.NeckTwist += Draw(10);
        for (var i = 0; i < 2; i++)
        {
            ref var leg = ref pose.Legs[i];
            leg.Flex += Draw(3);
            leg.Abduct += Draw(2.5f);
            leg.Twist += Draw(6);
            leg.Knee += Math.Abs(Draw(4));
            leg.Stretch += Draw(4);
            ref var arm = ref pose.Arms[i];
            arm.Raise += Draw(5);
            arm.Plane += Draw(8);
            arm.Twist += Draw(9);
            arm.Elbow += Draw(8);
            arm.Turn += Draw(20);
            arm.Wrist += Draw(10);
            arm.Tilt += Draw(6);
            arm.Curl += Draw(0.15f);
            if (arm.Target != HandTarget.None) arm.Point += new V3(Draw(0.012f), Draw(0.018f), Draw(0.012f));
        }
    }

    private static void Look(Pose pose, GeneratorRandom random)
    {
        pose.NeckTwist = random.Normal(0, 22);
        pose.NeckFlex = random.Normal(4, 11);
        pose.NeckSide = random.Normal(0, 7);
    }

    /// <summary>Arms as somebody holds them who stands or walks about.</summary>
    private static void EverydayArm(ref ArmPose arm, GeneratorRandom r)
    {
        switch (r.Weighted([30, 10, 9, 7, 7, 7, 6, 6, 5, 5, 4, 4]))
        {
            case 0:
                arm = new ArmPose(r.Range(2, 22), r.Range(50, 130), r.Range(-25, 15), r.Range(3, 35), r.Range(-30, 30), 0, 0, r.Range(0.2f, 0.7f));
                break;
            case 1: // hand on the hip
                Reach(ref arm, HandTarget.Pelvis, new V3(r.Range(0.15f, 0.18f), r.Range(0.07f, 0.15f), r.Range(-0.04f, 0.07f)), new V3(1, 0.1f, -0.45f + r.Normal(0, 0.25f)));
                arm.Curl = 0.5f;
                break;
            case 2: // hand in the pocket
                Reach(ref arm, HandTarget.Pelvis, new V3(r.Range(0.14f, 0.18f), r.Range(-0.06f, 0.03f), r.Range(0.0f, 0.1f)), new V3(1, 0, -0.9f));
                break;
            case 3: // hand at the face or the hair
                Reach(ref arm, HandTarget.Head, new V3(r.Range(-0.02f, 0.12f), r.Range(-0.06f, 0.14f), r.Range(0.02f, 0.17f)), new V3(r.Range(0.1f, 1.2f), r.Range(-1, 0.4f), r.Range(0, 0.6f)));
                break;
            case 4: // across the body
                Reach(ref arm, HandTarget.Chest, new V3(r.Range(-0.16f, 0.04f), r.Range(-0.06f, 0.12f), r.Range(0.15f, 0.22f)), new V3(1, -0.6f, 0.3f));
                break;
            case 5: // both hands before the belly, holding something
                Reach(ref arm, HandTarget.Chest, new V3(r.Range(0.0f, 0.12f), r.Range(-0.15f, 0.15f), r.Range(0.2f, 0.38f)), new V3(0.8f, -1, 0));
                break;
            case 6: // raised, greeting
                arm = new ArmPose(r.Range(95, 175), r.Range(40, 95), r.Range(0, 80), r.Range(5, 110), r.Range(-60, 60), 0, 0, r.Range(0, 0.5f));
                break;
            case 7: // pointing, showing
                arm = new ArmPose(r.Range(45, 110), r.Range(0, 95), r.Range(-40, 40), r.Range(0, 50), r.Range(-90, 90), r.Range(-40, 40), 0, r.Range(0, 0.6f));
                break;
            case 8: // hand on the head
                Reach(ref arm, HandTarget.Head, new V3(r.Range(0.02f, 0.1f), r.Range(0.15f, 0.28f), r.Range(-0.08f, 0.06f)), new V3(1, r.Range(-0.1f, 0.8f), 0.1f));
                break;
            case 9: // behind the back
                Reach(ref arm, HandTarget.Pelvis, new V3(r.Range(0, 0.1f), r.Range(0.02f, 0.14f), r.Range(-0.19f, -0.14f)), new V3(1, 0.1f, -1));
                break;
            case 10: // elbow bent at the side, as with a bag or a cup
                arm = new ArmPose(r.Range(5, 30), r.Range(30, 100), r.Range(-50, 20), r.Range(70, 140), r.Range(-70, 70), 0, 0, 0.8f);
                break;
            default: // any
                AnyArm(ref arm, r);
                break;
        }
    }

    private static void Reach(ref ArmPose arm, HandTarget target, V3 point, V3 hint)
    {
        arm.Target = target;
        arm.Point = point;
        arm.ElbowHint = hint;
    }

    private static void AnyArm(ref ArmPose arm, GeneratorRandom r) =>
        arm = new ArmPose(r.Range(0, 180), r.Range(-25, 110), r.Range(-70, 80), Math.Abs(r.Normal(0, 62)), r.Range(-80, 80), r.Normal(0, 25), 0, r.Unit());

    private static void EverydayArms(Pose pose, GeneratorRandom r)
    {
        EverydayArm(ref pose.Arms[0], r);
        EverydayArm(ref pose.Arms[1], r);
        if (r.Chance(0.35f)) pose.Arms[1] = pose.Arms[0];
        if (!r.Chance(0.05f)) return;
        // folded
        for (var i = 0; i < 2; i++)
        {
            var front = i == 0 ? 0.19f : 0.15f;
            Reach(ref pose.Arms[i], HandTarget.Chest, new V3(r.Range(-0.12f, -0.06f), r.Range(0.0f, 0.06f), front), new V3(1, -0.8f, 0.35f));
        }
    }

    private static void Stand(Pose pose, GeneratorRandom r)
    {
        Look(pose, r);
        pose.SpineFlex = r.Normal(1, 5);
        pose.Root = Frame.AboutZ(r.Normal(0, 2)).After(Frame.AboutX(r.Normal(0, 3)));
        var spread = r.Range(0, 13);
        pose.Legs[0] = new LegPose(r.Normal(1, 4), spread + r.Normal(0, 2), r.Range(0, 22), r.Range(0, 9), 0);
        pose.Legs[1] = new LegPose(r.Normal(1, 4), spread + r.Normal(0, 2), r.Range(0, 22), r.Range(0, 9), 0);
        EverydayArms(pose, r);
    }

    private static void Fashion(Pose pose, GeneratorRandom r)
    {
        Look(pose, r);
        var tilt = r.Range(-9, 9);
        pose.Root = Frame.AboutZ(tilt).After(Frame.AboutX(r.Normal(0, 4)));
        pose.SpineSide = -tilt * r.Range(0.6f, 1.6f);
        pose.SpineTwist = r.Normal(0, 12);
        pose.SpineFlex = r.Normal(0, 8);
        pose.NeckSide = r.Normal(0, 11);
        // The weight is on one leg; the other is put forward, crossed, or raised.
        pose.Legs[1] = new LegPose(r.Normal(0, 4), -tilt + r.Range(-3, 6), r.Range(0, 20), r.Range(0, 5), 0);
        pose.Legs[0] = r.Weighted([5, 3, 3, 2, 2]) switch
        {
            0 => new LegPose(r.Range(2, 28), r.Range(-2, 14) + tilt, r.Range(0, 35), r.Range(5, 40), r.Range(-5, 20)),
            1 => new LegPose(r.Range(3, 18), r.Range(-16, -5), r.Range(0, 25), r.Range(5, 25), r.Range(0, 25)),
            2 => new LegPose(r.Range(-14, 2), r.Range(0, 12), r.Range(0, 30), r.Range(5, 50), r.Range(0, 45)),
            3 => new LegPose(r.Range(35, 95), r.Range(-5, 20), r.Range(0, 25), r.Range(60, 140), r.Range(0, 50)),
            _ => new LegPose(r.Range(-10, 20), r.Range(0, 16), r.Range(0, 20), r.Range(60, 130), r.Range(10, 50)),
        };
        EverydayArms(pose, r);
    }

    private static void Walk(Pose pose, GeneratorRandom r)
    {
        Look(pose, r);
        var step = r.Range(8, 30);
        var lift = r.Unit();
        pose.SpineFlex = r.Range(0, 9);
        pose.SpineTwist = r.Range(-4, 12);
        pose.Legs[0] = new LegPose(step * r.Range(0.7f, 1.2f), r.Range(-2, 5), r.Range(0, 12), r.Range(2, 22) + (lift * 12), r.Range(-12, 5));
        pose.Legs[1] = new LegPose(-step * r.Range(0.5f, 0.9f), r.Range(-2, 5), r.Range(0, 12), r.Range(8, 20) + (lift * 45), r.Range(5, 30));
        pose.Arms[0] = new ArmPose(r.Range(5, 35), r.Range(140, 178), r.Range(-20, 10), r.Range(5, 35), 0, 0, 0, r.Range(0.3f, 0.8f));
        pose.Arms[1] = new ArmPose(r.Range(8, 38), r.Range(0, 40), r.Range(-20, 10), r.Range(10, 60), 0, 0, 0, r.Range(0.3f, 0.8f));
        if (r.Chance(0.3f)) EverydayArm(ref pose.Arms[0], r);
        if (r.Chance(0.3f)) EverydayArm(ref pose.Arms[1], r);
    }

    private static void Run(Pose pose, GeneratorRandom r)
    {
        Look(pose, r);
        pose.NeckFlex = r.Normal(-6, 9);
        pose.Root = Frame.AboutX(r.Range(0, 16));
        pose.SpineFlex = r.Range(-2, 14);
        pose.SpineTwist = r.Range(0, 18);
        pose.LegsTogether = false;
        var stride = r.Range(0.55f, 1.1f);
        pose.Legs[0] = new LegPose(stride * r.Range(45, 92), r.Range(-3, 8), r.Range(-5, 12), r.Range(30, 115), r.Range(-15, 20));
        pose.Legs[1] = new LegPose(-stride * r.Range(5, 42), r.Range(-4, 6), r.Range(-5, 15), r.Chance(0.6f) ? r.Range(5, 45) : r.Range(60, 125), r.Range(10, 50));
        pose.Arms[0] = new ArmPose(r.Range(20, 62), r.Range(145, 178), r.Range(-25, 15), r.Range(60, 125), 0, 0, 0, r.Range(0.5f, 1));
        pose.Arms[1] = new ArmPose(r.Range(10, 65), r.Range(-10, 40), r.Range(-45, 10), r.Range(65, 130), 0, 0, 0, r.Range(0.5f, 1));
        if (!r.Chance(0.45f)) return;
        pose.Support = Support.Air;
        pose.Height = r.Range(0.02f, 0.15f);
    }

    private static void Kick(Pose pose, GeneratorRandom r)
    {
        Look(pose, r);
        pose.LegsTogether = false;
        pose.Root = Frame.AboutX(r.Range(-35, 12)).After(Frame.AboutZ(r.Range(-28, 12)));
        pose.SpineFlex = r.Range(-20, 35);
        pose.SpineTwist = r.Range(-30, 30);
        pose.Legs[0] = r.Weighted([4, 3, 3]) switch
        {
            0 => new LegPose(r.Range(40, 125), r.Range(-12, 35), r.Range(-10, 35), r.Range(0, 55), r.Range(0, 55)),
            1 => new LegPose(r.Range(-20, 35), r.Range(55, 92), r.Range(-20, 20), r.Range(0, 70), r.Range(0, 55)),
            _ => new LegPose(r.Range(-60, -15), r.Range(0, 25), r.Range(0, 30), r.Range(15, 110), r.Range(10, 60)),
        };
        pose.Legs[1] = new LegPose(r.Range(-12, 22), r.Range(-5, 14), r.Range(0, 40), r.Range(3, 40), r.Range(-10, 30));
        AnyArm(ref pose.Arms[0], r);
        AnyArm(ref pose.Arms[1], r);
    }

    private static void Throw(Pose pose, GeneratorRandom r)
    {
        Look(pose, r);
        pose.LegsTogether = false;
        pose.Root = Frame.AboutZ(r.Range(-14, 18)).After(Frame.AboutX(r.Range(-12, 18)));
        pose.SpineFlex = r.Range(-20, 30);
        pose.SpineTwist = r.Range(-45, 45);
        pose.SpineSide = r.Range(-22, 22);
        pose.Legs[0] = new LegPose(r.Range(5, 75), r.Range(0, 30), r.Range(0, 30), r.Range(5, 80), r.Range(-10, 20));
        pose.Legs[1] = new LegPose(r.Range(-38, 15), r.Range(0, 32), r.Range(0, 35), r.Range(5, 70), r.Range(0, 40));
        pose.Arms[1] = new ArmPose(r.Range(65, 175), r.Range(45, 112), r.Range(-20, 90), r.Range(5, 125), r.Range(-60, 60), r.Range(-30, 30), 0, r.Unit());
        pose.Arms[0] = new ArmPose(r.Range(20, 135), r.Range(0, 100), r.Range(-50, 40), r.Range(0, 100), r.Range(-60, 60), 0, 0, r.Unit());
        if (r.Chance(0.25f)) // both arms, as with a bat, a club or a racket
        {
            Reach(ref pose.Arms[0], HandTarget.Chest, new V3(r.Range(-0.25f, 0.2f), r.Range(0.0f, 0.45f), r.Range(0.2f, 0.4f)), new V3(1, -0.7f, 0));
            Reach(ref pose.Arms[1], HandTarget.Chest, new V3(-pose.Arms[0].Point.X, pose.Arms[0].Point.Y + 0.06f, pose.Arms[0].Point.Z), new V3(1, -0.5f, 0));
        }

        if (!r.Chance(0.25f)) return;
        pose.Support = Support.Air;
        pose.Height = r.Range(0.05f, 0.5f);
    }

    private static void AirborneRoot(Pose pose, GeneratorRandom r, float turn)
    {
        pose.Support = Support.Air;
        pose.Height = r.Range(0.08f, 1.3f);
        pose.Root = Frame.AboutZ(r.Normal(0, turn * 0.6f)).After(Frame.AboutX(r.Normal(0, turn)));
    }

    private static void Jump(Pose pose, GeneratorRandom r)
    {
        Look(pose, r);
        pose.LegsTogether = false;
        AirborneRoot(pose, r, 16);
        pose.SpineFlex = r.Range(-25, 40);
        pose.SpineTwist = r.Range(-22, 22);
        pose.SpineSide = r.Range(-15, 15);
        switch (r.Whole(5))
        {
            case 0: // tucked
                for (var i = 0; i < 2; i++) pose.Legs[i] = new LegPose(r.Range(65, 130), r.Range(0, 35), r.Range(0, 25), r.Range(60, 145), r.Range(-10, 45));
                break;
            case 1: // a star
                for (var i = 0; i < 2; i++) pose.Legs[i] = new LegPose(r.Range(-15, 30), r.Range(15, 70), r.Range(0, 40), r.Range(0, 35), r.Range(0, 50));
                break;
            case 2: // heels up behind
                for (var i = 0; i < 2; i++) pose.Legs[i] = new LegPose(r.Range(-40, 15), r.Range(-3, 20), r.Range(0, 20), r.Range(50, 135), r.Range(10, 60));
                pose.SpineFlex = r.Range(-45, 5);
                break;
            case 3: // a long jump, a header, a layup
                pose.Legs[0] = new LegPose(r.Range(40, 105), r.Range(-3, 20), r.Range(0, 20), r.Range(20, 110), r.Range(-10, 40));
                pose.Legs[1] = new LegPose(r.Range(-35, 35), r.Range(-3, 20), r.Range(0, 20), r.Range(5, 110), r.Range(10, 60));
                break;
            default: // straight
                for (var i = 0; i < 2; i++) pose.Legs[i] = new LegPose(r.Range(-15, 20), r.Range(-2, 12), r.Range(0, 20), r.Range(0, 40), r.Range(15, 65));
                break;
        }

        for (var i = 0; i < 2; i++)
        {
            if (r.Chance(0.4f)) pose.Arms[i] = new ArmPose(r.Range(100, 180), r.Range(0, 100), r.Range(-30, 60), r.Range(0, 60), r.Range(-60, 60), 0, 0, r.Unit());
            else AnyArm(ref pose.Arms[i], r);
        }
    }

    private static void Split(Pose pose, GeneratorRandom r)
    {
        Look(pose, r);
        pose.LegsTogether = false;
        if (r.Chance(0.75f)) AirborneRoot(pose, r, 22);
        pose.SpineFlex = r.Range(-30, 35);
        pose.SpineTwist = r.Range(-20, 20);
        if (r.Chance(0.5f))
        {
            for (var i = 0; i < 2; i++) pose.Legs[i] = new LegPose(r.Range(-10, 90), r.Range(55, 90), r.Range(0, 40), r.Range(0, 18), r.Range(20, 65));
        }
        else
        {
            pose.Legs[0] = new LegPose(r.Range(60, 120), r.Range(0, 25), r.Range(0, 25), r.Range(0, 25), r.Range(20, 65));
            pose.Legs[1] = new LegPose(r.Range(-75, -25), r.Range(0, 25), r.Range(0, 30), r.Range(0, 70), r.Range(20, 65));
        }

        if (pose.Support == Support.Ground) pose.Root = Frame.AboutX(r.Range(-10, 30));
        for (var i = 0; i < 2; i++) pose.Arms[i] = new ArmPose(r.Range(30, 180), r.Range(20, 100), r.Range(-30, 50), r.Range(0, 45), r.Range(-60, 60), 0, 0, r.Range(0, 0.5f));
    }

    private static void Handstand(Pose pose, GeneratorRandom r)
    {
        pose.LegsTogether = false;
        pose.NeckFlex = r.Range(-50, 15);
        pose.Root = Frame.AboutZ(r.Normal(0, 12)).After(Frame.AboutX(180 + r.Normal(0, 18)));
        if (r.Chance(0.35f)) pose.Root = Frame.AboutZ(180 + r.Range(-65, 65)).After(Frame.AboutX(r.Normal(0, 15))); // a cartwheel
        pose.SpineFlex = r.Range(-40, 20);
        pose.SpineTwist = r.Normal(0, 10);
        switch (r.Whole(4))
        {
            case 0:
                for (var i = 0; i < 2; i++) pose.Legs[i] = new LegPose(r.Range(-15, 12), r.Range(-2, 6), r.Range(0, 10), r.Range(0, 20), r.Range(20, 65));
                break;
            case 1:
                for (var i = 0; i < 2; i++) pose.Legs[i] = new LegPose(r.Range(-20, 60), r.Range(25, 85), r.Range(0, 20), r.Range(0, 30), r.Range(20, 65));
                break;
            case 2:
                pose.Legs[0] = new LegPose(r.Range(20, 110), r.Range(0, 20), r.Range(0, 10), r.Range(0, 90), r.Range(10, 65));
                pose.Legs[1] = new LegPose(r.Range(-65, 20), r.Range(0, 20), r.Range(0, 10), r.Range(0, 100), r.Range(10, 65));
                break;
            default:
                for (var i = 0; i < 2; i++) pose.Legs[i] = new LegPose(r.Range(-50, 90), r.Range(0, 40), r.Range(0, 20), r.Range(20, 120), r.Range(10, 65));
                break;
        }

        for (var i = 0; i < 2; i++) pose.Arms[i] = new ArmPose(r.Range(150, 180), r.Range(0, 90), r.Range(-20, 40), r.Range(0, 30), r.Range(-40, 40), r.Range(-70, 0), 0, 0.05f);
        if (r.Chance(0.2f)) AnyArm(ref pose.Arms[0], r);
    }

    private static void Flip(Pose pose, GeneratorRandom r)
    {
        Look(pose, r);
        pose.LegsTogether = false;
        pose.Support = Support.Air;
        pose.Height = r.Range(0.15f, 1.6f);
        pose.Root = Frame.AboutZ(r.Normal(0, 35)).After(Frame.AboutX(r.Range(0, 360)));
        pose.SpineFlex = r.Range(-45, 75);
        pose.SpineTwist = r.Range(-30, 30);
        pose.SpineSide = r.Range(-15, 15);
        var tucked = r.Chance(0.55f);
        for (var i = 0; i < 2; i++)
        {
            pose.Legs[i] = tucked
                ? new LegPose(r.Range(55, 140), r.Range(0, 30), r.Range(0, 20), r.Range(40, 145), r.Range(0, 60))
                : new LegPose(r.Range(-35, 110), r.Range(-2, 35), r.Range(0, 20), r.Range(0, 35), r.Range(10, 65));
            if (tucked && r.Chance(0.5f)) Reach(ref pose.Arms[i], HandTarget.Thigh, new V3(0, -0.38f, 0.1f), new V3(1, -0.3f, 0.2f));
            else AnyArm(ref pose.Arms[i], r);
        }
    }

    private static void Hang(Pose pose, GeneratorRandom r)
    {
        Look(pose, r);
        pose.LegsTogether = false;
        pose.Support = Support.Bar;
        pose.SpineFlex = r.Range(-20, 30);
        pose.Root = Frame.AboutX(r.Range(-30, 30)).After(Frame.AboutZ(r.Normal(0, 6)));
        if (r.Chance(0.25f)) pose.Root = Frame.AboutX(r.Range(-150, 150));
        var (plane, bent) = (r.Range(0, 85), r.Chance(0.6f) ? r.Range(0, 25) : r.Range(40, 120));
        var together = r.Chance(0.6f);
        var leg = new LegPose(r.Range(-25, 110), r.Range(-2, 15), r.Range(0, 20), r.Range(0, 110), r.Range(10, 60));
        for (var i = 0; i < 2; i++)
        {
            pose.Arms[i] = new ArmPose(r.Range(165, 180) - (bent * 0.35f), plane, r.Range(-10, 20), bent, 0, 0, 0, 1);
            pose.Legs[i] = together ? leg : new LegPose(r.Range(-30, 110), r.Range(-2, 50), r.Range(0, 20), r.Range(0, 120), r.Range(10, 60));
        }
    }

    private static void Sit(Pose pose, GeneratorRandom r)
    {
        Look(pose, r);
        pose.Support = Support.Seat;
        pose.Root = Frame.AboutX(r.Range(-18, 10));
        pose.SpineFlex = r.Range(0, 38);
        pose.SpineTwist = r.Normal(0, 10);
        pose.NeckFlex = r.Normal(8, 15);
        var lean = r.Normal(0, 6);
        for (var i = 0; i < 2; i++)
            pose.Legs[i] = new LegPose(85 + lean + r.Normal(0, 6), r.Range(-2, 24), r.Range(0, 18), r.Range(60, 115), r.Range(-10, 15));
        if (r.Chance(0.25f)) pose.Legs[0] = new LegPose(r.Range(95, 115), r.Range(-20, -8), r.Range(5, 20), r.Range(65, 110), r.Range(0, 30)); // crossed
        else if (r.Chance(0.15f)) pose.Legs[0] = new LegPose(r.Range(80, 95), r.Range(20, 40), r.Range(45, 60), r.Range(85, 120), 0); // ankle on the knee
        for (var i = 0; i < 2; i++)
        {
            if (r.Chance(0.45f)) Reach(ref pose.Arms[i], HandTarget.Thigh, new V3(r.Range(-0.06f, 0.05f), r.Range(-0.42f, -0.1f), r.Range(0.08f, 0.12f)), new V3(1, -0.4f, -0.6f));
            else EverydayArm(ref pose.Arms[i], r);
        }
    }

    private static void Floor(Pose pose, GeneratorRandom r)
    {
        Look(pose, r);
        pose.LegsTogether = false;
        pose.Root = Frame.AboutX(r.Range(-35, 12));
        pose.SpineFlex = r.Range(0, 50);
        pose.SpineTwist = r.Normal(0, 15);
        switch (r.Whole(4))
        {
            case 0: // legs out straight
                for (var i = 0; i < 2; i++) pose.Legs[i] = new LegPose(r.Range(70, 105), r.Range(-2, 40), r.Range(0, 30), r.Range(0, 35), r.Range(0, 40));
                break;
            case 1: // cross-legged
                for (var i = 0; i < 2; i++) pose.Legs[i] = new LegPose(r.Range(85, 110), r.Range(35, 55), r.Range(30, 60), r.Range(110, 145), r.Range(0, 30));
                break;
            case 2: // knees drawn up
                for (var i = 0; i < 2; i++) pose.Legs[i] = new LegPose(r.Range(105, 140), r.Range(-2, 25), r.Range(0, 20), r.Range(80, 140), r.Range(0, 30));
                break;
            default:
                pose.Legs[0] = new LegPose(r.Range(95, 140), r.Range(0, 30), r.Range(0, 25), r.Range(80, 140), r.Range(0, 30));
                pose.Legs[1] = new LegPose(r.Range(70, 100), r.Range(0, 50), r.Range(0, 45), r.Range(0, 130), r.Range(0, 40));
                break;
        }

        for (var i = 0; i < 2; i++)
        {
            switch (r.Whole(3))
            {
                case 0: // propped behind
                    pose.Arms[i] = new ArmPose(r.Range(25, 60), r.Range(110, 170), r.Range(-30, 40), r.Range(0, 30), r.Range(-60, 60), r.Range(-60, 0), 0, 0.1f);
                    break;
                case 1:
                    Reach(ref pose.Arms[i], HandTarget.Thigh, new V3(0, r.Range(-0.5f, -0.25f), 0.09f), new V3(1, -0.5f, 0));
                    break;
                default:
                    EverydayArm(ref pose.Arms[i], r);
                    break;
            }
        }
    }

    private static void Crouch(Pose pose, GeneratorRandom r)
    {
        Look(pose, r);
        pose.LegsTogether = false;
        pose.NeckFlex = r.Range(-45, 15);
        pose.Root = Frame.AboutX(r.Range(0, 45));
        pose.SpineFlex = r.Range(0, 55);
        pose.SpineTwist = r.Normal(0, 10);
        var depth = r.Range(0.25f, 1);
        for (var i = 0; i < 2; i++)
        {
            pose.Legs[i] = new LegPose((depth * r.Range(85, 140)) + 10, r.Range(0, 40), r.Range(0, 35), (depth * r.Range(100, 145)) + 5, r.Range(-25, 25));
            switch (r.Whole(3))
            {
                case 0:
                    Reach(ref pose.Arms[i], HandTarget.Thigh, new V3(0, r.Range(-0.45f, -0.3f), 0.09f), new V3(1, -0.2f, 0));
                    break;
                case 1:
                    pose.Arms[i] = new ArmPose(r.Range(20, 95), r.Range(0, 50), r.Range(-30, 30), r.Range(0, 70), r.Range(-60, 60), 0, 0, r.Unit());
                    break;
                default:
                    AnyArm(ref pose.Arms[i], r);
                    break;
            }
        }
    }

    private static void Kneel(Pose pose, GeneratorRandom r)
    {
        Look(pose, r);
        pose.LegsTogether = false;
        pose.Root = Frame.AboutX(r.Range(-12, 25));
        pose.SpineFlex = r.Range(-10, 30);
        for (var i = 0; i < 2; i++)
        {
            pose.Legs[i] = new LegPose(r.Range(-5, 60), r.Range(0, 20), r.Range(0, 15), r.Range(90, 150), r.Range(30, 65));
            EverydayArm(ref pose.Arms[i], r);
        }

        if (r.Chance(0.5f)) pose.Legs[0] = new LegPose(r.Range(80, 115), r.Range(0, 25), r.Range(0, 20), r.Range(75, 115), r.Range(-15, 10));
    }

    private static void Lie(Pose pose, GeneratorRandom r)
    {
        Look(pose, r);
        pose.LegsTogether = false;
        pose.Root = r.Whole(3) switch
        {
            0 => Frame.AboutX(-90 + r.Normal(0, 6)),
            1 => Frame.AboutX(90 + r.Normal(0, 6)),
            _ => Frame.AboutX(-90).After(Frame.AboutY(r.Range(60, 120) * r.Sign())),
        };
        pose.SpineFlex = r.Range(-20, 35);
        for (var i = 0; i < 2; i++)
        {
            pose.Legs[i] = new LegPose(r.Chance(0.5f) ? r.Range(-10, 15) : r.Range(20, 100), r.Range(-2, 30), r.Range(0, 30), Math.Abs(r.Normal(0, 55)), r.Range(10, 55));
            AnyArm(ref pose.Arms[i], r);
        }
    }

    private static void BendOver(Pose pose, GeneratorRandom r)
    {
        Look(pose, r);
        var tilt = r.Range(10, 70);
        pose.Root = Frame.AboutX(tilt);
        pose.SpineFlex = r.Range(5, 80);
        pose.SpineTwist = r.Normal(0, 15);
        pose.NeckFlex = r.Range(-45, 35);
        for (var i = 0; i < 2; i++)
        {
            pose.Legs[i] = new LegPose(tilt + r.Normal(0, 10), r.Range(-2, 20), r.Range(0, 20), r.Range(0, 45), r.Range(-10, 10));
            pose.Arms[i] = new ArmPose(r.Range(20, 140), r.Range(-10, 70), r.Range(-30, 30), r.Range(0, 60), r.Range(-60, 60), 0, 0, r.Unit());
        }

        if (!r.Chance(0.2f)) return;
        pose.Legs[1] = new LegPose(r.Range(-30, 10), 5, 5, r.Range(0, 40), r.Range(10, 60)); // an arabesque
        pose.LegsTogether = false;
    }

    private static void Prop(Pose pose, GeneratorRandom r)
    {
        // On hands and feet or knees: push-ups, crawling, climbing, a bridge.
        Look(pose, r);
        pose.LegsTogether = false;
        var bridge = r.Chance(0.2f);
        pose.Root = Frame.AboutX(bridge ? r.Range(-100, -70) : r.Range(55, 105));
        pose.NeckFlex = r.Range(-50, 10);
        pose.SpineFlex = bridge ? r.Range(-55, -20) : r.Range(-25, 25);
        for (var i = 0; i < 2; i++)
        {
            pose.Legs[i] = bridge
                ? new LegPose(r.Range(-30, 15), r.Range(0, 20), r.Range(0, 20), r.Range(70, 110), r.Range(0, 40))
                : new LegPose(r.Chance(0.5f) ? r.Range(-10, 20) : r.Range(40, 110), r.Range(-2, 20), r.Range(0, 15), r.Chance(0.5f) ? r.Range(0, 15) : r.Range(40, 110), r.Range(-20, 50));
            pose.Arms[i] = bridge
                ? new ArmPose(r.Range(160, 180), r.Range(0, 40), 0, r.Range(0, 30), 0, -60, 0, 0.1f)
                : new ArmPose(r.Range(65, 120), r.Range(0, 40), r.Range(-20, 30), r.Range(0, 60), r.Range(-30, 30), r.Range(-70, -20), 0, 0.1f);
        }
    }

    private static void Lunge(Pose pose, GeneratorRandom r)
    {
        Look(pose, r);
        pose.LegsTogether = false;
        pose.Root = Frame.AboutX(r.Range(-10, 25)).After(Frame.AboutZ(r.Normal(0, 8)));
        pose.SpineFlex = r.Range(-15, 35);
        pose.SpineTwist = r.Normal(0, 18);
        pose.Legs[0] = new LegPose(r.Range(50, 105), r.Range(-2, 40), r.Range(0, 35), r.Range(40, 110), r.Range(-20, 15));
        pose.Legs[1] = new LegPose(r.Range(-50, 15), r.Range(0, 45), r.Range(0, 35), r.Range(0, 75), r.Range(0, 50));
        AnyArm(ref pose.Arms[0], r);
        AnyArm(ref pose.Arms[1], r);
    }

    private static void Any(Pose pose, GeneratorRandom r)
    {
        Look(pose, r);
        pose.LegsTogether = false;
        AirborneRoot(pose, r, 45);
        if (r.Chance(0.4f)) pose.Support = Support.Ground;
        pose.SpineFlex = r.Normal(8, 25);
        pose.SpineSide = r.Normal(0, 14);
        pose.SpineTwist = r.Normal(0, 18);
        for (var i = 0; i < 2; i++)
        {
            pose.Legs[i] = new LegPose(r.Normal(28, 48), r.Normal(14, 22), r.Normal(8, 16), Math.Abs(r.Normal(0, 65)), r.Normal(15, 22));
            AnyArm(ref pose.Arms[i], r);
        }
    }
}
