using Sinew.Generation.Bodies;
using Sinew.Generation.Clothes;
using Sinew.Generation.Numerics;
using Sinew.Generation.Rendering;

namespace Sinew.Generation.Scenes;

/// <summary>Things: what people sit on, hang from and hold, what stands about, and what is in the way of the camera.</summary>
internal sealed class Props(GeneratorRandom random, Mesh mesh, Tube tube)
{
    /// <summary>What a pose needs.</summary>
    public void For(Figure figure)
    {
        var s = figure.Shape.Scale;
        switch (figure.Pose.Support)
        {
            case Support.Seat:
                Seat(figure, s);
                break;
            case Support.Bar:
                var hands = (figure.Wrist[0] + figure.Wrist[1]) * 0.5f;
                var across = (figure.Wrist[0] - figure.Wrist[1]).Unit;
                var grip = hands - ((figure.HandFrame[0].Y + figure.HandFrame[1].Y) * (0.04f * s));
                var flat = new V3(across.X, 0, across.Z).Unit;
                Shapes.Rod(mesh, tube, grip - (flat * 2), grip + (flat * 2), 0.018f, 0.018f, Any(0.3f));
                break;
        }

        if (random.Chance(0.22f)) Held(figure, s);
    }

    /// <summary>Furniture, poles, boxes and balls around and behind the people.</summary>
    public void Clutter(int count, float behind)
    {
        for (var i = 0; i < count; i++)
        {
            var at = new V3(random.Range(-3.5f, 3.5f), 0, random.Range(-behind, -0.5f));
            var turn = Frame.AboutY(random.Range(0, 180));
            switch (random.Whole(5))
            {
                case 0 or 1:
                    var half = new V3(random.Range(0.1f, 0.7f), random.Range(0.1f, 0.9f), random.Range(0.1f, 0.5f));
                    Shapes.Box(mesh, at + new V3(0, half.Y, 0), turn, half, Any(0.1f));
                    break;
                case 2:
                    Shapes.Rod(mesh, tube, at, at + new V3(random.Normal(0, 0.3f), random.Range(0.8f, 4), 0), random.Range(0.02f, 0.2f), random.Range(0.02f, 0.15f), Any(0.1f));
                    break;
                case 3:
                    var radius = random.Range(0.1f, 0.7f);
                    Shapes.Ellipsoid(mesh, tube, at + new V3(0, radius, 0), turn, new V3(radius, radius * random.Range(0.6f, 1.3f), radius), Any(0.05f));
                    break;
                default:
                    Fence(at);
                    break;
            }
        }
    }

    /// <summary>Something between the camera and a person that hides a part of it.</summary>
    public void InTheWay(Camera camera, V3 person)
    {
        var t = random.Range(0.45f, 0.8f);
        var at = camera.Position.Mix(person + (camera.Right * random.Normal(0, 0.35f)) + (camera.Up * random.Normal(-0.25f, 0.45f)), t);
        var size = (person - camera.Position).Length * (1 - t) * 0.12f;
        switch (random.Whole(4))
        {
            case 0:
                Shapes.Box(mesh, at, Frame.AboutY(random.Range(0, 180)).After(Frame.AboutX(random.Normal(0, 15))), new V3(random.Range(0.1f, 0.4f), random.Range(0.08f, 0.3f), 0.1f) * (0.5f + size), Any(0.1f));
                break;
            case 1:
                var tilt = (camera.Up * random.Range(0.3f, 1)) + (camera.Right * random.Normal());
                Shapes.Rod(mesh, tube, at - (tilt * 2), at + (tilt * 2), random.Range(0.01f, 0.06f), random.Range(0.01f, 0.06f), Any(0.2f));
                break;
            case 2:
                Shapes.Ellipsoid(mesh, tube, at, Frame.Identity, new V3(1, random.Range(0.6f, 1.2f), 1) * random.Range(0.06f, 0.18f), Any(0.2f));
                break;
            default:
                for (var i = 0; i < 7; i++)
                {
                    var leaf = at + (camera.Right * random.Normal(0, 0.22f)) + (camera.Up * random.Normal(-0.1f, 0.2f));
                    Shapes.Ellipsoid(mesh, tube, leaf, Frame.AboutZ(random.Range(0, 180)).After(Frame.AboutX(random.Range(0, 90))), new V3(0.02f, 0.09f, 0.01f), Leaf(), 5);
                }

                break;
        }
    }

    private void Seat(Figure figure, float s)
    {
        var surface = Any(0.1f);
        var turn = figure.PelvisFrame.Z;
        var flat = new V3(turn.X, 0, turn.Z).Unit;
        var frame = new Frame(new V3(0, 1, 0).Cross(flat), new V3(0, 1, 0), flat);
        var top = figure.Pelvis.Y - (0.105f * s);
        if (top < 0.08f) return;
        var middle = new V3(figure.Pelvis.X, 0, figure.Pelvis.Z) + (flat * 0.1f);
        switch (random.Whole(4))
        {
            case 0: // a block, a wall, a bench
                Shapes.Box(mesh, middle + new V3(0, top * 0.5f, 0), frame, new V3(random.Range(0.25f, 1.4f), top * 0.5f, 0.22f), surface);
                break;
            case 1: // a stool
                Shapes.Box(mesh, middle + new V3(0, top - 0.03f, 0), frame, new V3(0.2f, 0.03f, 0.2f), surface);
                Legs(middle, frame, 0.17f, top - 0.05f, surface);
                break;
            default: // a chair with a back
                Shapes.Box(mesh, middle + new V3(0, top - 0.03f, 0), frame, new V3(0.23f, 0.03f, 0.24f), surface);
                Legs(middle, frame, 0.2f, top - 0.05f, surface);
                var high = random.Range(0.2f, 0.36f);
                Shapes.Box(mesh, middle - (flat * 0.25f) + new V3(0, top + high, 0), frame, new V3(0.23f, high, 0.02f), surface);
                break;
        }
    }

    private void Legs(V3 middle, Frame frame, float half, float top, ushort surface)
    {
        for (var i = 0; i < 4; i++)
        {
            var foot = middle + frame.Apply((i & 1) == 0 ? half : -half, 0, (i & 2) == 0 ? half : -half);
            Shapes.Rod(mesh, tube, foot, foot + new V3(0, top, 0), 0.018f, 0.018f, surface, 5);
        }
    }

    private void Held(Figure figure, float s)
    {
        var side = random.Whole(2);
        var (wrist, frame) = (figure.Wrist[side], figure.HandFrame[side]);
        var palm = wrist - (frame.Y * (0.085f * s)) - (frame.X * (Figure.SideOf(side) * 0.03f * s));
        var surface = Any(0.3f);
        switch (random.Whole(5))
        {
            case 0: // a ball
                var radius = random.Pick<float>([0.034f, 0.1f, 0.12f]);
                Shapes.Ellipsoid(mesh, tube, palm - (frame.X * (Figure.SideOf(side) * radius)), frame, new V3(radius, radius, radius), surface, 10);
                break;
            case 1: // a racket
                var neck = palm + (frame.Z * 0.36f);
                Shapes.Rod(mesh, tube, palm, neck, 0.014f, 0.012f, surface, 5);
                Shapes.Ellipsoid(mesh, tube, neck + (frame.Z * 0.15f), new Frame(frame.X, frame.Z, -frame.Y), new V3(0.012f, 0.16f, 0.12f), surface, 10);
                break;
            case 2: // a stick, a bat, a pole
                Shapes.Rod(mesh, tube, palm - (frame.Z * random.Range(0.05f, 0.9f)), palm + (frame.Z * random.Range(0.5f, 1)), random.Range(0.008f, 0.02f), random.Range(0.008f, 0.035f), surface, 6);
                break;
            case 3: // a telephone, a book, a bag
                Shapes.Box(mesh, palm - (frame.Y * 0.02f), frame, random.Chance(0.5f) ? new V3(0.006f, 0.07f, 0.036f) : new V3(0.02f, 0.14f, 0.1f), surface);
                break;
            default: // a cup, a bottle
                Shapes.Rod(mesh, tube, palm - (frame.Z * 0.05f), palm + (frame.Z * 0.12f), 0.034f, 0.026f, surface, 7);
                break;
        }
    }

    private void Fence(V3 at)
    {
        var surface = Any(0.1f);
        var (high, wide) = (random.Range(0.6f, 1.3f), random.Range(1, 3f));
        Shapes.Rod(mesh, tube, at + new V3(-wide, high, 0), at + new V3(wide, high, 0), 0.03f, 0.03f, surface, 5);
        for (var x = -wide; x <= wide; x += 0.3f) Shapes.Rod(mesh, tube, at + new V3(x, 0, 0), at + new V3(x, high, 0), 0.015f, 0.015f, surface, 5);
    }

    private ushort Any(float gloss) => mesh.Add(new Surface(
        new Material
        {
            Color = Palette.Any(random), Second = Palette.Any(random), Third = Palette.Any(random),
            Pattern = (Pattern)random.Weighted([60, 8, 8, 6, 0, 14]), Scale = random.Range(0.05f, 0.3f), Around = 0.6f, Gloss = gloss, Offset = random.Whole(65536),
        },
        -1, -1));

    private ushort Leaf() => mesh.Add(new Surface(new Material { Color = new V3(random.Range(0.03f, 0.3f), random.Range(0.1f, 0.4f), 0.04f) }, -1, -1));
}
