using Sinew.Generation.Clothes;
using Sinew.Generation.Numerics;
using Sinew.Generation.Rendering;

namespace Sinew.Generation.Bodies;

/// <summary>Head, hair and hat. Metres of an average head, from the upper neck.</summary>
internal sealed class HeadMesher(Tube tube)
{
    /// <summary>Height, half width, depth in front and behind, and how far the middle lies in front of the neck.</summary>
    private static readonly (float Y, float Side, float Front, float Back, float Ahead)[] Profile =
    [
        (-0.012f, 0.014f, 0.02f, 0.02f, 0.045f), (-0.006f, 0.03f, 0.036f, 0.05f, 0.036f), (0.012f, 0.045f, 0.062f, 0.06f, 0.024f), (0.035f, 0.056f, 0.073f, 0.066f, 0.018f), (0.06f, 0.063f, 0.078f, 0.076f, 0.015f),
        (0.085f, 0.069f, 0.08f, 0.086f, 0.014f), (0.11f, 0.073f, 0.081f, 0.094f, 0.014f), (0.135f, 0.075f, 0.082f, 0.098f, 0.013f), (0.16f, 0.076f, 0.083f, 0.1f, 0.011f), (0.185f, 0.073f, 0.079f, 0.096f, 0.008f),
        (0.205f, 0.065f, 0.069f, 0.085f, 0.005f), (0.225f, 0.051f, 0.053f, 0.066f, 0.002f), (0.238f, 0.033f, 0.034f, 0.042f, 0), (0.246f, 0.014f, 0.014f, 0.018f, 0), (0.248f, 0.001f, 0.001f, 0.001f, 0),
    ];

    public void Build(Mesh mesh, Figure figure, Outfit outfit, int owner)
    {
        var s = figure.Shape.Scale * figure.Shape.HeadScale;
        var frame = figure.HeadFrame;
        var face = outfit.Head.Face!;
        var skin = mesh.Add(new Surface(outfit.Head, owner, BodyPart.Head));
        var hairSurface = mesh.Add(new Surface(outfit.Hair, owner, BodyPart.Head));
        var hatSurface = mesh.Add(new Surface(outfit.Hat, owner, BodyPart.Head, TwoSided: true));
        var first = mesh.VertexCount;
        const int Segments = 18;
        foreach (var (y, side, front, back, ahead) in Profile)
            tube.Add(new Ring(figure.HeadPoint(0, y, ahead), frame.X, frame.Z, side * s, front * s, back * s, y, skin));
        tube.Finish(mesh, Segments, 0.05f);
        Puff(mesh, first, figure, outfit, face, s);

        Nose(mesh, figure, s, mesh.Add(new Surface(outfit.Skin, owner, BodyPart.Head)));
        if (outfit.HairKind is not (HairKind.Long or HairKind.Medium or HairKind.Afro) && outfit.HatKind is not (HatKind.Scarf or HatKind.Helmet))
        {
            var ear = mesh.Add(new Surface(outfit.Skin, owner, BodyPart.Head));
            for (var i = 0; i < 2; i++)
                Shapes.Ellipsoid(mesh, tube, figure.HeadPoint(Figure.SideOf(i) * 0.077f, 0.105f, -0.002f), frame, new V3(0.01f, 0.031f, 0.018f) * s, ear, 6);
        }

        LongHair(mesh, figure, outfit, s, hairSurface);
        Hat(mesh, figure, outfit, s, hatSurface);
    }

    /// <summary>Hair and hats stand off the skull; the material draws them.</summary>
    private static void Puff(Mesh mesh, int first, Figure figure, Outfit outfit, FaceLook face, float s)
    {
        var thickness = outfit.HairKind switch
        {
            HairKind.Bald => 0,
            HairKind.Short => 0.008f,
            HairKind.Afro => 0.045f,
            _ => 0.014f,
        };
        if (outfit.HatKind is HatKind.Cap or HatKind.Beanie or HatKind.Helmet or HatKind.Scarf) thickness = outfit.HatKind == HatKind.Helmet ? 0.028f : 0.012f;
        var middle = figure.HeadPoint(0, 0.13f, 0);
        for (var i = first; i < mesh.VertexCount; i++)
        {
            ref var vertex = ref mesh.Vertices[i];
            var line = outfit.HatKind is HatKind.Cap or HatKind.Beanie or HatKind.Helmet ? 0.15f : face.Hairline(vertex.U);
            var off = thickness * Portable.Smooth(line - 0.005f, line + 0.03f, vertex.V) * s;
            if (off > 0) vertex.Position += (vertex.Position - middle).Unit * off;
        }
    }

    private void Nose(Mesh mesh, Figure figure, float s, ushort surface)
    {
        var frame = figure.HeadFrame;
        ReadOnlySpan<(float Y, float Z, float Wide, float Deep)> rings = [(0.138f, 0.091f, 0.004f, 0.002f), (0.12f, 0.093f, 0.009f, 0.009f), (0.1f, 0.094f, 0.013f, 0.019f), (0.09f, 0.092f, 0.016f, 0.024f), (0.082f, 0.092f, 0.012f, 0.012f), (0.08f, 0.092f, 0.002f, 0.002f)];
        foreach (var (y, z, wide, deep) in rings)
            tube.Add(new Ring(figure.HeadPoint(0, y, z), frame.X, frame.Z, wide * s, deep * s, 0.01f * s, y, surface));
        tube.Finish(mesh, 8);
    }

    private void LongHair(Mesh mesh, Figure figure, Outfit outfit, float s, ushort surface)
    {
        var frame = figure.HeadFrame;
        if (outfit.HatKind == HatKind.Scarf)
        {
            Curtain(mesh, figure, 0.1f, s, mesh.Add(new Surface(outfit.Hat, mesh.Surfaces[surface].Owner, BodyPart.Head)), 0.06f);
            return;
        }

        switch (outfit.HairKind)
        {
            case HairKind.Long:
                Curtain(mesh, figure, 0.34f, s, surface, 0.01f);
                break;
            case HairKind.Medium:
                Curtain(mesh, figure, 0.13f, s, surface, 0.02f);
                break;
            case HairKind.Ponytail:
                var root = figure.HeadPoint(0, 0.175f, -0.1f);
                var end = root + (frame.Z * (-0.07f * s)) + new V3(0, -0.1f * s, 0);
                Shapes.Rod(mesh, tube, root, end, 0.022f * s, 0.034f * s, surface);
                Shapes.Rod(mesh, tube, end, end + new V3(0, -0.17f * s, 0) + (frame.Z * (-0.02f * s)), 0.033f * s, 0.01f * s, surface);
                break;
            case HairKind.Bun:
                Shapes.Ellipsoid(mesh, tube, figure.HeadPoint(0, 0.205f, -0.095f), frame, new V3(0.045f, 0.042f, 0.042f) * s, surface);
                break;
        }
    }

    /// <summary>Hair that falls from the head to the shoulders, open in front.</summary>
    private void Curtain(Mesh mesh, Figure figure, float length, float s, ushort surface, float front)
    {
        const int Rings = 7;
        var head = figure.HeadFrame;
        var chest = figure.ChestFrame;
        for (var i = 0; i <= Rings; i++)
        {
            var t = (float)i / Rings;
            var y = 0.2f - (t * (length + 0.2f));
            // below the neck hair follows the back, and always falls
            var w = Portable.Smooth(0.06f, -0.08f, y);
            var frame = head.Mix(chest, w * 0.8f);
            var onHead = figure.HeadPoint(0, y, -0.012f);
            var onBack = figure.HeadPoint(0, 0.02f, 0) + (chest.Y * ((y - 0.02f) * s)) + (chest.Z * (-0.045f * s));
            var center = onHead.Mix(onBack, w);
            var wide = (0.078f + (0.014f * Portable.Smooth(0, 0.3f, t)) - (0.035f * Portable.Smooth(0.6f, 1, t))) * (i == 0 ? 0.6f : 1);
            var back = (i == 0 ? 0.05f : 0.1f) - (0.05f * Portable.Smooth(0.5f, 1, t));
            tube.Add(new Ring(center, frame.X, frame.Z, wide * s, front * s, back * s, y, surface));
        }

        var last = figure.HeadPoint(0, -0.02f - length, -0.03f).Mix(figure.HeadPoint(0, 0.02f, 0) + (chest.Y * ((-length - 0.04f) * s)) + (chest.Z * (-0.06f * s)), 0.9f);
        tube.Add(new Ring(last, chest.X, chest.Z, 0.01f * s, 0.005f * s, 0.01f * s, -length, surface));
        tube.Finish(mesh, 14);
    }

    private void Hat(Mesh mesh, Figure figure, Outfit outfit, float s, ushort surface)
    {
        var frame = figure.HeadFrame;
        switch (outfit.HatKind)
        {
            case HatKind.Cap:
                var tilted = frame.After(Frame.AboutX(8));
                Shapes.Disc(mesh, figure.HeadPoint(0, 0.172f, 0.01f), tilted, 0.07f * s, 0.076f * s, 0.165f * s, 0.08f * s, 0.002f, surface);
                Dome(mesh, figure, s, surface, 0.16f);
                break;
            case HatKind.Beanie or HatKind.Helmet:
                Dome(mesh, figure, s, surface, outfit.HatKind == HatKind.Helmet ? 0.135f : 0.15f);
                break;
            case HatKind.Brim:
                Shapes.Disc(mesh, figure.HeadPoint(0, 0.185f, 0.005f), frame, 0.07f * s, 0.17f * s, 0.175f * s, 0.175f * s, 0.025f * s, surface);
                Dome(mesh, figure, s, surface, 0.18f);
                break;
            case HatKind.Headband:
                tube.Add(new Ring(figure.HeadPoint(0, 0.165f, 0.01f), frame.X, frame.Z, 0.085f * s, 0.094f * s, 0.11f * s, 0, surface));
                tube.Add(new Ring(figure.HeadPoint(0, 0.2f, 0.006f), frame.X, frame.Z, 0.081f * s, 0.086f * s, 0.104f * s, 0.035f, surface));
                tube.Finish(mesh, 14);
                break;
        }
    }

    private void Dome(Mesh mesh, Figure figure, float s, ushort surface, float from)
    {
        var frame = figure.HeadFrame;
        for (var i = 0; i <= 5; i++)
        {
            var t = i / 5f;
            var round = MathF.Sqrt(Math.Max(0, 1 - (t * t)));
            tube.Add(new Ring(figure.HeadPoint(0, from + (t * (0.272f - from)), 0.008f * (1 - t)), frame.X, frame.Z, (0.09f * round) * s, (0.1f * round) * s, (0.116f * round) * s, t * 0.1f, surface));
        }

        tube.Finish(mesh, 14);
    }
}
