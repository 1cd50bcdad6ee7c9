using FsCheck.Fluent;
using Sinew.Generation.Bodies;
using Sinew.Generation.Clothes;
using Sinew.Generation.Numerics;
using Sinew.Generation.Rendering;
using Sinew.Generation.Scenes;
using Sinew.TestSupport;

namespace Sinew.Generation.Tests;

public class BodyTests
{
    private static readonly float[] AllKinds = [.. PoseLibrary.Kinds.Select(_ => 1f)];

    [Fact]
    public void Bones_keep_their_lengths_in_every_pose() => Prop.ForAll<int, int>((person, pose) =>
    {
        var shape = BodyShape.Sample(new GeneratorRandom(person, 0, 1), 0.2f, 0.5f);
        var figure = new Figure(shape, PoseLibrary.Sample(new GeneratorRandom(pose, 0, 2), AllKinds), pose % 360);
        var s = shape.Scale;
        for (var side = 0; side < 2; side++)
        {
            Assert.Equal(shape.Thigh * s, (figure.Hip[side] - figure.Knee[side]).Length, 1e-4);
            Assert.Equal(shape.Shin * s, (figure.Knee[side] - figure.Ankle[side]).Length, 1e-4);
            Assert.Equal(shape.UpperArm * s, (figure.Shoulder[side] - figure.Elbow[side]).Length, 1e-4);
            Assert.Equal(shape.Forearm * s, (figure.Elbow[side] - figure.Wrist[side]).Length, 1e-4);
        }

        Assert.Equal(2 * shape.HipHalf * s, (figure.Hip[0] - figure.Hip[1]).Length, 1e-4);
        Assert.Equal(shape.Chest * s, (figure.ChestBase - figure.NeckBase).Length, 1e-4);
    }).Holds();

    [Fact]
    public void Joints_turn_only_as_far_as_they_can() => Prop.ForAll<int, int>((person, seed) =>
    {
        var shape = BodyShape.Sample(new GeneratorRandom(person, 0, 1), 0.2f, 0.5f);
        var pose = PoseLibrary.Sample(new GeneratorRandom(seed, 1, 2), AllKinds);
        var figure = new Figure(shape, pose, 0);
        for (var side = 0; side < 2; side++)
        {
            // the angle between two bones' directions, and on which side of the joint the lower one lies
            Assert.True(figure.ThighFrame[side].Y.Dot(figure.ShinFrame[side].Y) >= Cos(PoseLimits.KneeMax) - 1e-3f);
            Assert.True(figure.ShinFrame[side].Y.Dot(figure.ThighFrame[side].Z) >= -1e-4f, "a knee bends backwards only");
            Assert.True(figure.UpperArmFrame[side].Y.Dot(figure.ForearmFrame[side].Y) >= Cos(PoseLimits.ElbowMax) - 2e-2f);
            Assert.True(-figure.ForearmFrame[side].Y.Dot(figure.UpperArmFrame[side].Z) >= -1e-4f, "an elbow bends forwards only");
            Assert.InRange(pose.Legs[side].Flex, -75, 150);
            Assert.InRange(pose.Legs[side].Abduct, -28, 92);
        }

        Assert.InRange(pose.NeckTwist, -78, 78);
        Assert.InRange(pose.SpineFlex, -55, 95);
    }).Holds();

    [Fact]
    public void A_mirrored_pose_is_the_mirror_image() => Prop.ForAll<int>(seed =>
    {
        var shape = BodyShape.Sample(new GeneratorRandom(seed, 0, 1), 0.2f, 0.5f);
        var pose = PoseLibrary.Sample(new GeneratorRandom(seed, 1, 2), AllKinds);
        var (figure, mirrored) = (new Figure(shape, pose, 0), new Figure(shape, pose.Mirrored(), 0));
        Span<V3> joints = new V3[BodyJoints.Count], other = new V3[BodyJoints.Count];
        BodyJoints.Fill(figure, joints);
        BodyJoints.Fill(mirrored, other);
        for (var j = 0; j < BodyJoints.Count; j++)
        {
            if (BodyJoints.Ids[j].StartsWith("face", StringComparison.Ordinal)) continue;
            var id = BodyJoints.Ids[j];
            var swap = id.StartsWith("left_", StringComparison.Ordinal) ? $"right_{id[5..]}" : id.StartsWith("right_", StringComparison.Ordinal) ? $"left_{id[6..]}" : id;
            var expected = joints[BodyJoints.IndexOf(swap)];
            Assert.True((new V3(-expected.X, expected.Y, expected.Z) - other[j]).Length < 1e-3f, id);
        }
    }).Holds();

    [Fact]
    public void Who_stands_behind_somebody_is_hidden_and_who_stands_before_is_not()
    {
        var (back, front) = (Standing(), Standing());
        front.Move(new V3(0, 0, 1));
        var sights = Look([back, front], out _);

        foreach (var id in (ReadOnlySpan<string>)["left_hip", "right_hip", "thorax", "pelvis"])
        {
            Assert.Equal(JointSight.Hidden, sights[0].Sights.Span[BodyJoints.IndexOf(id)]);
            Assert.Equal(JointSight.Visible, sights[1].Sights.Span[BodyJoints.IndexOf(id)]);
        }

        Assert.True(sights[1].Area > 2 * sights[0].Area);
    }

    [Fact]
    public void The_far_arm_of_somebody_seen_from_the_side_is_hidden_and_a_face_from_behind()
    {
        var left = Look([Standing(-90)], out _)[0];
        var behind = Look([Standing(180)], out _)[0];

        Assert.Equal(JointSight.Visible, At(left, "right_ear") == JointSight.Visible ? JointSight.Visible : At(left, "left_ear"));
        Assert.NotEqual(At(left, "right_shoulder"), At(left, "left_shoulder"));
        Assert.NotEqual(At(left, "right_elbow"), At(left, "left_elbow"));
        Assert.Equal(JointSight.Hidden, At(behind, "nose"));
        Assert.Equal(JointSight.Hidden, At(behind, "left_eye"));
        Assert.Equal(JointSight.Visible, At(behind, "right_elbow"));

        static JointSight At(GeneratedPerson person, string id) => person.Sights.Span[BodyJoints.IndexOf(id)];
    }

    [Fact]
    public void A_persons_left_is_on_the_pictures_right_when_it_faces_the_camera()
    {
        var person = Look([Standing()], out var camera)[0];

        Assert.True(X("left_shoulder") > X("right_shoulder"));
        Assert.True(X("left_eye") > X("right_eye"));
        Assert.True(Y("head_top") < Y("nose") && Y("nose") < Y("pelvis") && Y("pelvis") < Y("left_knee") && Y("left_knee") < Y("left_heel"));
        Assert.True(camera.Focal > 0);

        float X(string id) => person.Positions.Span[2 * BodyJoints.IndexOf(id)];
        float Y(string id) => person.Positions.Span[(2 * BodyJoints.IndexOf(id)) + 1];
    }

    [Fact]
    public void Sines_and_exponentials_are_as_exact_as_a_float()
    {
        for (var x = -40f; x < 40; x += 0.37f)
        {
            var (sin, cos) = Portable.SinCos(x);
            Assert.Equal(Math.Sin(x), sin, 1e-7);
            Assert.Equal(Math.Cos(x), cos, 1e-7);
            Assert.Equal(1, Portable.Exp(x) / Math.Exp(x), 2e-7);
        }
    }

    private static float Cos(float degrees) => MathF.Cos(degrees * MathF.PI / 180);

    private static Figure Standing(float yaw = 0)
    {
        var figure = new Figure(BodyShape.Sample(new GeneratorRandom(1, 0, 1), 0, 0), new Pose(), yaw);
        figure.Move(new V3(0, 0.95f, 0));
        return figure;
    }

    private static IReadOnlyList<GeneratedPerson> Look(IReadOnlyList<Figure> figures, out Camera camera)
    {
        camera = Camera.LookingAt(new V3(0, 1, 4), new V3(0, 1, 0), 0) with { Focal = 320, CenterX = 120, CenterY = 120 };
        var (mesh, raster, mesher) = (new Mesh(), new Rasteriser(), new BodyMesher());
        var outfit = Wardrobe.Sample(new GeneratorRandom(3, 0, 3), female: false, sporty: 1, skirts: false) with { HatKind = HatKind.None };
        for (var i = 0; i < figures.Count; i++) mesher.Build(mesh, figures[i], outfit, i);
        raster.Draw(mesh, camera, 240, 240);
        return Sight.Of(figures, camera, mesh, raster, 240, 240);
    }
}
