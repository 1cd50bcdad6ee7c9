using Sinew.Generation.Clothes;
using Sinew.Generation.Numerics;
using Sinew.Generation.Rendering;

namespace Sinew.Generation.Bodies;

/// <summary>Parts of a person, for shadows: a part's own bones do not shade it.</summary>
internal static class BodyPart
{
    public const int Trunk = 0, Head = 1, ArmLeft = 2, ArmRight = 3, LegLeft = 4, LegRight = 5, Loose = 6;
}

/// <summary>Turns a figure and its outfit into triangles.</summary>
internal sealed class BodyMesher
{
    /// <summary>Height (of an average body), half width, depth in front and behind; metres.</summary>
    private static readonly (float Y, float Side, float Front, float Back)[] TrunkProfile =
    [
        (-0.105f, 0.02f, 0.02f, 0.02f), (-0.09f, 0.075f, 0.06f, 0.07f), (-0.06f, 0.135f, 0.088f, 0.11f), (-0.02f, 0.163f, 0.102f, 0.126f), (0.02f, 0.168f, 0.105f, 0.128f),
        (0.06f, 0.16f, 0.105f, 0.116f), (0.1f, 0.149f, 0.103f, 0.1f), (0.15f, 0.139f, 0.1f, 0.09f), (0.2f, 0.137f, 0.1f, 0.092f), (0.26f, 0.143f, 0.106f, 0.1f), (0.32f, 0.152f, 0.114f, 0.108f),
        (0.37f, 0.16f, 0.117f, 0.113f), (0.41f, 0.163f, 0.113f, 0.115f), (0.445f, 0.158f, 0.1f, 0.11f), (0.47f, 0.14f, 0.083f, 0.1f), (0.487f, 0.11f, 0.07f, 0.088f), (0.5f, 0.082f, 0.062f, 0.076f),
        (0.515f, 0.064f, 0.056f, 0.064f), (0.54f, 0.056f, 0.052f, 0.058f), (0.57f, 0.054f, 0.05f, 0.056f), (0.6f, 0.05f, 0.045f, 0.05f),
    ];

    /// <summary>Place along the limb (0 hip, 1 knee, 2 ankle), half width, depth in front and behind.</summary>
    private static readonly (float T, float Side, float Front, float Back)[] LegProfile =
    [
        (-0.2f, 0.03f, 0.03f, 0.03f), (-0.14f, 0.066f, 0.066f, 0.07f), (0f, 0.083f, 0.085f, 0.098f), (0.12f, 0.085f, 0.088f, 0.096f), (0.28f, 0.081f, 0.086f, 0.086f), (0.45f, 0.073f, 0.079f, 0.076f),
        (0.62f, 0.064f, 0.07f, 0.065f), (0.78f, 0.056f, 0.061f, 0.057f), (0.9f, 0.051f, 0.057f, 0.05f), (1f, 0.05f, 0.056f, 0.048f), (1.08f, 0.049f, 0.051f, 0.051f), (1.2f, 0.05f, 0.046f, 0.06f),
        (1.34f, 0.051f, 0.043f, 0.064f), (1.5f, 0.045f, 0.041f, 0.056f), (1.66f, 0.038f, 0.037f, 0.046f), (1.82f, 0.033f, 0.034f, 0.039f), (1.95f, 0.032f, 0.035f, 0.038f), (2.04f, 0.031f, 0.036f, 0.038f),
        (2.12f, 0.02f, 0.02f, 0.02f),
    ];

    private static readonly (float T, float Side, float Front, float Back)[] ArmProfile =
    [
        (-0.19f, 0.012f, 0.012f, 0.012f), (-0.15f, 0.034f, 0.034f, 0.034f), (-0.07f, 0.047f, 0.048f, 0.048f), (0.03f, 0.05f, 0.052f, 0.052f), (0.17f, 0.048f, 0.051f, 0.05f), (0.35f, 0.043f, 0.046f, 0.045f),
        (0.55f, 0.039f, 0.042f, 0.042f), (0.75f, 0.036f, 0.038f, 0.039f), (0.9f, 0.035f, 0.035f, 0.037f), (1f, 0.036f, 0.034f, 0.037f), (1.1f, 0.039f, 0.037f, 0.037f), (1.25f, 0.039f, 0.038f, 0.036f),
        (1.45f, 0.034f, 0.034f, 0.032f), (1.65f, 0.029f, 0.028f, 0.027f), (1.85f, 0.026f, 0.022f, 0.022f), (1.98f, 0.026f, 0.02f, 0.02f), (2.06f, 0.025f, 0.018f, 0.018f),
    ];

    private readonly Tube _tube = new();
    private readonly HeadMesher _head;
    private Mesh _mesh = null!;
    private Figure _figure = null!;
    private Outfit _outfit = null!;
    private int _owner;
    private ushort _skinTrunk;

    public BodyMesher() => _head = new HeadMesher(_tube);

    public void Build(Mesh mesh, Figure figure, Outfit outfit, int owner)
    {
        (_mesh, _figure, _outfit, _owner) = (mesh, figure, outfit, owner);
        _skinTrunk = Surface(outfit.Skin with { Around = 0.95f }, BodyPart.Trunk);
        Trunk();
        for (var side = 0; side < 2; side++)
        {
            ShoulderLink(side);
            Arm(side);
            Leg(side);
            Hand(side);
            Foot(side);
        }

        if (outfit.Skirt > 0) Skirt();
        _head.Build(mesh, figure, outfit, owner);
        if (outfit.Backpack) Shapes.Ellipsoid(mesh, _tube, figure.ChestBase + figure.ChestFrame.Apply(0, 0.06f * S, -0.17f * S), figure.ChestFrame, new V3(0.14f, 0.21f, 0.09f) * S, Surface(outfit.Bag, BodyPart.Loose), 10);
        if (outfit.Handbag) Bag();
    }

    private float S => _figure.Shape.Scale;

    private ushort Surface(Material material, int part, bool twoSided = false) => _mesh.Add(new Surface(material, _owner, part, twoSided));

    /// <summary>A ring's place on the spine, skinned between pelvis, loin, chest and neck.</summary>
    private (V3 Center, Frame Frame) Spine(float y)
    {
        var (shape, f) = (_figure.Shape, _figure);
        var (y1, y2, y3) = (shape.Lumbar, shape.Lumbar + shape.Waist, shape.Lumbar + shape.Waist + shape.Chest);
        const float Blend = 0.065f;
        var (w1, w2, w3) = (Portable.Smooth(y1 - Blend, y1 + Blend, y), Portable.Smooth(y2 - Blend, y2 + Blend, y), Portable.Smooth(y3 - 0.03f, y3 + 0.03f, y));
        var s = S;
        var center = f.Pelvis + (f.PelvisFrame.Y * (y * s));
        var frame = f.PelvisFrame;
        if (w1 > 0) (center, frame) = (center.Mix(f.Lumbar + (f.SpineFrame.Y * ((y - y1) * s)), w1), frame.Mix(f.SpineFrame, w1));
        if (w2 > 0) (center, frame) = (center.Mix(f.ChestBase + (f.ChestFrame.Y * ((y - y2) * s)), w2), frame.Mix(f.ChestFrame, w2));
        if (w3 > 0) (center, frame) = (center.Mix(f.NeckBase + (f.NeckFrame.Apply(0, (y - y3) * s, 0.006f * s)), w3), frame.Mix(f.NeckFrame, w3));
        return (center, frame);
    }

    private (float Side, float Front, float Back) TrunkRadii(float profileY)
    {
        var (side, front, back) = Lookup(TrunkProfile, profileY);
        var shape = _figure.Shape;
        var width = profileY < 0.48f ? shape.TrunkWidth : 1 + ((shape.Girth - 1) * 0.5f);
        var curves = shape.Curves;
        side += curves * ((0.008f * Bump(profileY, -0.02f, 0.09f)) - (0.018f * Bump(profileY, 0.17f, 0.08f)) - (0.012f * Bump(profileY, 0.42f, 0.1f)));
        front += (curves * 0.032f * Bump(profileY, 0.335f, 0.055f)) + (shape.Belly * 0.085f * Bump(profileY, 0.13f, 0.11f)) + (shape.Muscle * 0.008f * Bump(profileY, 0.39f, 0.06f));
        back += curves * 0.012f * Bump(profileY, -0.02f, 0.07f);
        // shoulders as wide as the clavicles
        side *= 1 + (((shape.Clavicle / 0.14f) - 1) * Portable.Smooth(0.25f, 0.42f, profileY) * (1 - Portable.Smooth(0.47f, 0.51f, profileY)));
        return (side * width, front * width, back * width);
    }

    private void Trunk()
    {
        var (o, shape) = (_outfit, _figure.Shape);
        var top = Surface(o.Top with { Around = 0.95f, CutFrom = shape.Lumbar + shape.Waist + shape.Chest }, BodyPart.Trunk);
        var bottom = Surface(o.Bottom, BodyPart.Trunk);
        var hem = o.NoTop ? 2 : Math.Max(o.TopHem, -0.1f);
        var collar = shape.Lumbar + shape.Waist + shape.Chest + 0.004f;
        // Rest heights of this body are those of the profile, stretched piecewise.
        float Actual(float y) => y <= 0 ? y : y < 0.095f ? y / 0.095f * shape.Lumbar
            : y < 0.245f ? shape.Lumbar + ((y - 0.095f) / 0.15f * shape.Waist)
            : y < 0.5f ? shape.Lumbar + shape.Waist + ((y - 0.245f) / 0.255f * shape.Chest)
            : shape.Lumbar + shape.Waist + shape.Chest + ((y - 0.5f) / 0.066f * shape.Neck);
        var waist = hem < o.Waist ? hem : o.Waist;
        float Ease(float y)
        {
            if (y < waist) return 0.004f + (o.Skirt > 0 ? 0 : Math.Min(o.LegLoose, 0.012f));
            if (y < hem || y > collar) return 0;
            // cloth hangs from the chest and stands off most at its hem
            return 0.004f + (o.TopLoose * (1 - (0.6f * Portable.Smooth(0.25f, 0.42f, y)))) - (0.003f * Portable.Smooth(collar - 0.04f, collar, y));
        }

        ushort Band(float y) => y < waist ? bottom : y >= hem && y < collar ? top : _skinTrunk;
        var s = S;
        void Add(float profileY, float y, float easeAt, ushort surface)
        {
            var (center, frame) = Spine(y);
            var (side, front, back) = TrunkRadii(profileY);
            var ease = Ease(easeAt);
            // loose cloth does not follow the hollow of the back
            _tube.Add(new Ring(center, frame.X, frame.Z, (side + ease) * s, (front + ease) * s, (back + ease) * s, y, surface));
        }

        Span<float> steps = [waist, hem, collar];
        var previous = float.MinValue;
        foreach (var (profileY, _, _, _) in TrunkProfile)
        {
            var y = Actual(profileY);
            foreach (var step in steps)
            {
                if (step <= previous || step > y || (step == hem && hem == waist && previous >= hem)) continue;
                var at = Inverse(step);
                Add(at, step - 0.0005f, step - 0.001f, Band(step + 0.001f));
                Add(at, step, step + 0.001f, Band(step + 0.001f));
                previous = step;
            }

            Add(profileY, y, y + 0.0001f, Band(y + 0.0001f));
            previous = y;
        }

        float Inverse(float y) => y <= 0 ? y : y < shape.Lumbar ? y / shape.Lumbar * 0.095f
            : y < shape.Lumbar + shape.Waist ? 0.095f + ((y - shape.Lumbar) / shape.Waist * 0.15f)
            : y < collar - 0.004f ? 0.245f + ((y - shape.Lumbar - shape.Waist) / shape.Chest * 0.255f) : 0.5f + ((y - collar + 0.004f) / shape.Neck * 0.066f);
        _tube.Finish(_mesh, 18, 0.14f);
    }

    /// <summary>The slope from the neck to the shoulder.</summary>
    private void ShoulderLink(int side)
    {
        var (f, s) = (_figure, S);
        var from = f.NeckBase + f.ChestFrame.Apply(Figure.SideOf(side) * 0.03f * s, -0.03f * s, -0.012f * s);
        var to = f.Shoulder[side] + f.ChestFrame.Apply(-Figure.SideOf(side) * 0.012f * s, 0.004f * s, 0);
        var strap = _outfit.NoTop || _outfit.Top.Cut == Cut.Straps;
        var surface = strap ? _skinTrunk : Surface(_outfit.Top.Cut == Cut.None ? _outfit.Top : _outfit.Top with { Cut = Cut.None, Pattern = Pattern.Plain }, BodyPart.Trunk);
        var ease = strap ? 0 : 0.004f + (_outfit.TopLoose * 0.3f);
        Shapes.Rod(_mesh, _tube, from, to, (0.048f + ease) * s, (0.047f + ease) * s * _figure.Shape.Girth, surface, 10);
    }

    private void Arm(int side)
    {
        var (f, o, s) = (_figure, _outfit, S);
        var part = BodyPart.ArmLeft + side;
        var skin = Surface(o.Skin with { Around = 0.28f }, part);
        var cloth = Surface(o.Sleeve, part);
        var girth = f.Shape.Girth * (0.93f + (0.14f * f.Shape.Muscle)) * (1 - (0.06f * f.Shape.Curves));
        Limb(ArmProfile, f.Shoulder[side], f.Elbow[side], f.Wrist[side], f.UpperArmFrame[side], f.ForearmFrame[side], girth, 12, (t, after) =>
        {
            var covered = t < o.Sleeves || (t == o.Sleeves && !after);
            return covered ? (0.004f + (o.SleeveLoose * Portable.Smooth(-0.1f, 0.4f, t)), cloth) : (0, skin);
        }, o.Sleeves);
    }

    private void Leg(int side)
    {
        var (f, o) = (_figure, _outfit);
        var part = BodyPart.LegLeft + side;
        var skin = Surface(o.Skin with { Around = 0.45f }, part);
        var cloth = Surface(o.Leg with { Offset = o.Leg.Offset + (side * 7919) }, part);
        var sock = Surface(o.Sock, part);
        var girth = f.Shape.Girth * (1 + (0.03f * f.Shape.Curves));
        Limb(LegProfile, f.Hip[side], f.Knee[side], f.Ankle[side], f.ThighFrame[side], f.ShinFrame[side], girth, 12, (t, after) =>
        {
            var covered = o.Legs > 0 && (t < o.Legs || (t == o.Legs && !after));
            if (covered) return (0.003f + (o.LegLoose * Portable.Smooth(0, 0.5f, t)) + (o.LegFlare * Portable.Smooth(0.5f, 2, t)), cloth);
            return !o.Barefoot && t >= o.Socks ? (0.003f, sock) : (0, skin);
        }, o.Legs);
    }

    /// <summary>A limb of two bones: rings skinned around its middle joint, with a step where cloth ends.</summary>
    private void Limb(
        (float T, float Side, float Front, float Back)[] profile, V3 a, V3 b, V3 c, Frame upper, Frame lower, float girth, int segments,
        Func<float, bool, (float Ease, ushort Surface)> dress, float step)
    {
        var s = S;
        var (l1, l2) = ((b - a).Length, (c - b).Length);
        void Add(float t, bool after)
        {
            var (side, front, back) = Lookup(profile, t);
            var w = Portable.Smooth(0.86f, 1.14f, t);
            var center = (a - (upper.Y * (t * l1))).Mix(b - (lower.Y * ((t - 1) * l2)), w);
            var frame = upper.Mix(lower, w);
            var (ease, surface) = dress(t, after);
            var along = t < 1 ? t * l1 : l1 + ((t - 1) * l2);
            _tube.Add(new Ring(center, frame.X, frame.Z, ((side * girth) + ease) * s, ((front * girth) + ease) * s, ((back * girth) + ease) * s, along, surface));
        }

        var previous = float.MinValue;
        foreach (var (t, _, _, _) in profile)
        {
            if (step > previous && step <= t && step > 0)
            {
                Add(step, false);
                Add(step, true);
            }

            if (step != t) Add(t, true);
            previous = t;
        }

        _tube.Finish(_mesh, segments);
    }

    private void Hand(int side)
    {
        var (f, s) = (_figure, S);
        var size = f.Shape.Hand / 0.183f * s;
        var sign = Figure.SideOf(side);
        var skin = Surface(_outfit.Skin with { Around = 0.2f }, BodyPart.ArmLeft + side);
        var (wrist, frame) = (f.Wrist[side], f.HandFrame[side]);
        ReadOnlySpan<(float Y, float Wide, float Thick)> palm = [(0.012f, 0.024f, 0.018f), (0, 0.026f, 0.018f), (-0.03f, 0.034f, 0.017f), (-0.06f, 0.041f, 0.016f), (-0.09f, 0.042f, 0.013f), (-0.102f, 0.03f, 0.006f)];
        foreach (var (y, wide, thick) in palm)
            _tube.Add(new Ring(wrist + frame.Apply(0, y * size, 0), frame.Z, frame.X, wide * size, thick * size, thick * size, y, skin));
        _tube.Finish(_mesh, 8);
        Span<V3> points = stackalloc V3[4];
        for (var finger = 0; finger < 5; finger++)
        {
            HandShape.Finger(finger, f.Pose.Arms[side].Curl, points);
            var radius = (finger == 0 ? 0.0115f : finger == 4 ? 0.0085f : 0.0098f) * size;
            for (var k = 0; k < 4; k++)
            {
                var direction = frame.Apply(Mirror(points[Math.Min(k + 1, 3)] - points[Math.Max(k - 1, 0)], sign)).Unit;
                var across = direction.Cross(frame.Z).Unit;
                var thick = radius * (1 - (0.13f * k));
                _tube.Add(new Ring(wrist + frame.Apply(Mirror(points[k], sign) * size), across, across.Cross(direction), thick, thick, thick, k * 0.025f, skin));
            }

            var tip = wrist + frame.Apply(Mirror(points[3], sign) * size);
            var end = frame.Apply(Mirror(points[3] - points[2], sign)).Unit;
            _tube.Add(new Ring(tip + (end * (radius * 0.7f)), frame.X, frame.Z, 0, 0, 0, 0.1f, skin));
            _tube.Finish(_mesh, 5);
        }
    }

    private static V3 Mirror(V3 v, float sign) => new(v.X * sign, v.Y, v.Z);

    private void Foot(int side)
    {
        var (f, o) = (_figure, _outfit);
        var s = S * f.Shape.FootLength / 0.255f;
        var ease = o.Barefoot ? 0 : 0.006f;
        var surface = Surface(o.Barefoot ? o.Skin with { Around = 0.2f } : o.Shoe, BodyPart.LegLeft + side);
        var frame = f.FootFrame[side];
        ReadOnlySpan<(float Z, float Wide, float Top)> rings =
        [
            (-0.068f, 0.008f, -0.045f), (-0.062f, 0.024f, -0.022f), (-0.045f, 0.032f, 0.006f), (-0.015f, 0.035f, 0.028f), (0.02f, 0.036f, 0.014f), (0.06f, 0.039f, -0.014f),
            (0.1f, 0.044f, -0.034f), (0.135f, 0.046f, -0.046f), (0.165f, 0.041f, -0.053f), (0.183f, 0.029f, -0.058f), (0.19f, 0.008f, -0.066f),
        ];
        foreach (var (z, wide, top) in rings)
        {
            const float Sole = -0.078f;
            var middle = (top + Sole) * 0.5f;
            var bend = Figure.SideOf(side) * -0.006f * Portable.Smooth(0.02f, 0.15f, z);
            var center = f.FootPoint(side, bend, middle, z);
            var half = ((top - Sole) * 0.5f) + ease;
            _tube.Add(new Ring(center, frame.X, frame.Y, (wide + ease) * s, half * s, half * s, z, surface));
        }

        _tube.Finish(_mesh, 10, 0.16f);
        if (o.Heel > 0 && !o.Barefoot)
            Shapes.Rod(_mesh, _tube, f.FootPoint(side, 0, -0.07f, -0.04f), f.FootPoint(side, 0, -0.075f - o.Heel, -0.045f), 0.018f * s, 0.009f * s, surface, 5);
    }

    private void Skirt()
    {
        var (f, o, s) = (_figure, _outfit, S);
        var surface = Surface(o.Bottom with { Around = 1.1f }, BodyPart.Loose, twoSided: true);
        var (center, frame) = Spine(0.115f);
        var (side, front, back) = TrunkRadii(0.115f);
        _tube.Add(new Ring(center, frame.X, frame.Z, (side + 0.006f) * s, (front + 0.006f) * s, (back + 0.006f) * s, 0.115f, surface));
        (center, frame) = Spine(0.01f);
        (side, front, back) = TrunkRadii(0.01f);
        _tube.Add(new Ring(center, frame.X, frame.Z, (side + 0.014f) * s, (front + 0.012f) * s, (back + 0.012f) * s, 0.01f, surface));
        var count = 4 + (int)(o.Skirt * 6);
        for (var i = 1; i <= count; i++)
        {
            var t = o.Skirt * i / count;
            var (left, right) = (LegPoint(0, t), LegPoint(1, t));
            var middle = (left + right) * 0.5f;
            var down = (LegPoint(0, t + 0.05f) + LegPoint(1, t + 0.05f) - left - right).Unit;
            var across = f.PelvisFrame.X - (down * f.PelvisFrame.X.Dot(down));
            across = across.Unit;
            var forward = across.Cross(-down);
            var (legSide, legFront, legBack) = Lookup(LegProfile, t);
            var ease = 0.012f + (o.SkirtFlare * t);
            float wide = 0, ahead = 0, behind = 0;
            foreach (var leg in (ReadOnlySpan<V3>)[left, right])
            {
                var offset = leg - middle;
                wide = Math.Max(wide, MathF.Abs(offset.Dot(across)));
                ahead = Math.Max(ahead, offset.Dot(forward));
                behind = Math.Max(behind, -offset.Dot(forward));
            }

            var girth = f.Shape.Girth;
            _tube.Add(new Ring(
                middle, across, forward, wide + (((legSide * girth) + ease) * s), ahead + (((legFront * girth) + (ease * 0.9f)) * s), behind + (((legBack * girth) + (ease * 0.9f)) * s), -t * 0.43f, surface));
        }

        _tube.Finish(_mesh, 20, 0.1f);
    }

    private V3 LegPoint(int side, float t)
    {
        var f = _figure;
        return t < 1
            ? f.Hip[side] - (f.ThighFrame[side].Y * (t * f.Shape.Thigh * S))
            : f.Knee[side] - (f.ShinFrame[side].Y * ((t - 1) * f.Shape.Shin * S));
    }

    private void Bag()
    {
        var (f, s) = (_figure, S);
        var surface = Surface(_outfit.Bag, BodyPart.Loose);
        var hand = f.Wrist[0] + (f.HandFrame[0].Y * (-0.09f * s));
        Shapes.Rod(_mesh, _tube, hand, hand + new V3(0, -0.12f * s, 0), 0.008f, 0.008f, surface, 5);
        Shapes.Box(_mesh, hand + new V3(0, -0.25f * s, 0), Frame.AboutY(f.Pose.NeckTwist), new V3(0.15f, 0.12f, 0.05f) * s, surface);
    }

    private static float Bump(float x, float at, float width)
    {
        var d = (x - at) / width;
        return Portable.Exp(-d * d);
    }

    private static (float Side, float Front, float Back) Lookup((float At, float Side, float Front, float Back)[] profile, float at)
    {
        var i = 1;
        while (i < profile.Length - 1 && profile[i].At < at) i++;
        var (from, to) = (profile[i - 1], profile[i]);
        var t = Portable.Part((at - from.At) / (to.At - from.At));
        return (Portable.Mix(from.Side, to.Side, t), Portable.Mix(from.Front, to.Front, t), Portable.Mix(from.Back, to.Back, t));
    }
}
