using Sinew.Generation.Bodies;
using Sinew.Generation.Clothes;
using Sinew.Generation.Numerics;
using Sinew.Generation.Rendering;

namespace Sinew.Generation.Scenes;

/// <summary>One person of a scene before it is drawn.</summary>
internal sealed record Actor(Figure Figure, Outfit Outfit);

/// <summary>Draws who is where, what stands about and where the camera is.</summary>
internal sealed class SceneBuilder(GeneratorOptions options, long index)
{
    private const int ShapeStream = 1, PoseStream = 2, ClothesStream = 3, PlaceStream = 4, CameraStream = 5, PropStream = 6;

    private readonly GeneratorRandom _camera = new(options.Seed, index, CameraStream);
    private readonly GeneratorRandom _props = new(options.Seed, index, PropStream);

    /// <summary>A or B.</summary>
    public GeneratorDomain Look { get; private set; }

    public List<Actor> Actors { get; } = [];

    public List<Capsule> Capsules { get; } = [];

    public Camera Camera { get; private set; } = null!;

    public Lighting Light { get; private set; } = null!;

    public Backdrop Backdrop { get; private set; } = null!;

    public void Build(Mesh mesh, BodyMesher mesher, Tube tube)
    {
        var place = new GeneratorRandom(options.Seed, index, PlaceStream);
        Look = options.Domain == GeneratorDomain.Truth ? place.Chance(0.5f) ? GeneratorDomain.A : GeneratorDomain.B : options.Domain;
        // the draw is left out where all scenes are of one kind: they stay what they are for a seed
        var calm = options.Difficulty < 1 && !place.Chance((float)options.Difficulty);
        var crowded = options.Crowded > 0 && place.Chance((float)options.Crowded);
        var look = DomainLook.Of(Look, calm);
        Backdrop = Backdrop.Sample(place, look.Places);
        Light = Lighting.Sample(place, Backdrop.Place == Place.Studio);
        People(look, calm, crowded);
        PointCamera(look, calm);
        mesh.Clear();
        for (var i = 0; i < Actors.Count; i++) mesher.Build(mesh, Actors[i].Figure, Actors[i].Outfit, i);
        if (!calm) AddProps(mesh, tube);
        Illuminate(mesh);
    }

    private void People(DomainLook look, bool calm, bool crowded)
    {
        var shapes = new GeneratorRandom(options.Seed, index, ShapeStream);
        var poses = new GeneratorRandom(options.Seed, index, PoseStream);
        var clothes = new GeneratorRandom(options.Seed, index, ClothesStream);
        var count = crowded ? Math.Min(3 + _camera.Whole(Math.Max(1, options.MaxPeople - 2)), options.MaxPeople) : 1;
        while (!calm && !crowded && count < options.MaxPeople && _camera.Chance(count == 1 ? 0.34f : 0.45f)) count++;
        for (var i = 0; i < count; i++)
        {
            var shape = BodyShape.Sample(shapes, look.Children, look.Female);
            var pose = PoseLibrary.Sample(poses, look.Poses);
            var yaw = _camera.Chance(look.FacingCamera) ? _camera.Normal(0, 32) : _camera.Range(-180, 180);
            var figure = new Figure(shape, pose, yaw);
            var outfit = Wardrobe.Sample(clothes, shape.Curves > 0.4f || (shape.IsChild && clothes.Chance(0.5f)), look.Sporty, pose.LegsTogether);
            Settle(figure, i, crowded);
            Actors.Add(new Actor(figure, outfit));
            Capsule.AddBody(Capsules, figure, i, outfit.LegLoose);
        }
    }

    /// <summary>Puts a figure on the ground, into the air or on its bar.</summary>
    private void Settle(Figure figure, int number, bool crowded)
    {
        var bones = new List<Capsule>(14);
        Capsule.AddBody(bones, figure, 0, 0);
        var low = bones.Min(c => MathF.Min(c.From.Y, c.To.Y) - c.Radius);
        var height = figure.Pose.Support switch
        {
            Support.Air => figure.Pose.Height,
            Support.Bar => _camera.Range(0.1f, 0.8f),
            _ => 0,
        };
        var (x, z) = number == 0 ? (0, 0)
            : crowded ? (_camera.Range(0.1f, 0.6f) * _camera.Sign(), _camera.Range(-1.2f, 0.6f))
            : (_camera.Range(0.25f, 1.4f) * _camera.Sign(), _camera.Range(-2f, 0.7f));
        figure.Move(new V3(x, height - low, z));
    }

    private void PointCamera(DomainLook look, bool calm)
    {
        var main = Actors[0].Figure;
        var joints = new V3[BodyJoints.Count];
        BodyJoints.Fill(main, joints);
        var middle = V3.Zero;
        for (var i = 0; i < 27; i++) middle += joints[i] * (1f / 27);

        var distance = !calm && _camera.Chance(0.2f) ? _camera.Range(1.9f, 3) : _camera.Range(3, 9);
        var tall = _camera.Unit();
        var height = tall < look.LowCamera ? _camera.Range(0.2f, 0.9f) : tall > 1 - look.HighCamera ? _camera.Range(1.9f, 4.5f) : _camera.Range(0.9f, 1.75f);
        var gap = height - middle.Y;
        var flat = MathF.Sqrt(MathF.Max(1, (distance * distance) - (gap * gap)));
        var sway = _camera.Normal(0, 0.15f) * flat;
        var roll = _camera.Chance(0.15f) ? _camera.Normal(0, 9) : _camera.Normal(0, 1.5f);
        var camera = Camera.LookingAt(middle + new V3(sway, gap, flat), middle, roll);

        // The picture is cut so that the first person, and at times everybody, is in it.
        var box = Extent(camera, joints.AsSpan(0, 27));
        if (Actors.Count > 1 && _camera.Chance(0.35f))
        {
            var others = new V3[BodyJoints.Count];
            foreach (var actor in Actors.Skip(1))
            {
                BodyJoints.Fill(actor.Figure, others);
                var other = Extent(camera, others.AsSpan(0, 27));
                box = (MathF.Min(box.Left, other.Left), MathF.Min(box.Top, other.Top), MathF.Max(box.Right, other.Right), MathF.Max(box.Bottom, other.Bottom));
            }
        }

        var (wide, high) = ((box.Right - box.Left) * 1.12f, (box.Bottom - box.Top) * 1.08f);
        var fits = MathF.Min(options.Width / wide, options.Height / high);
        var cut = !calm && _camera.Chance((float)options.Truncated);
        var focal = fits * (cut ? _camera.Range(1.05f, 1.9f) : _camera.Chance(0.7f) ? _camera.Range(0.75f, 1) : _camera.Range(0.45f, 0.85f));
        // Up to where the box's border meets the picture's; cut people may lie across it.
        var (slackX, slackY) = (MathF.Abs(options.Width - (wide * focal)) * 0.5f, MathF.Abs(options.Height - (high * focal)) * 0.5f);
        var (centerX, centerY) = ((box.Left + box.Right) * 0.5f, (box.Top + box.Bottom) * 0.5f);
        var placeX = (options.Width * 0.5f) + (slackX * _camera.Range(-0.95f, 0.95f));
        var placeY = (options.Height * 0.5f) + (slackY * _camera.Range(-0.95f, 0.95f));
        Camera = camera with { Focal = focal, CenterX = placeX - (centerX * focal), CenterY = placeY - (centerY * focal) };
    }

    private static (float Left, float Top, float Right, float Bottom) Extent(Camera camera, ReadOnlySpan<V3> points)
    {
        var box = (Left: float.MaxValue, Top: float.MaxValue, Right: float.MinValue, Bottom: float.MinValue);
        foreach (var point in points)
        {
            var (x, y, _) = camera.Project(point);
            box = (MathF.Min(box.Left, x), MathF.Min(box.Top, y), MathF.Max(box.Right, x), MathF.Max(box.Bottom, y));
        }

        return box;
    }

    private void AddProps(Mesh mesh, Tube tube)
    {
        var props = new Props(_props, mesh, tube);
        foreach (var actor in Actors) props.For(actor.Figure);
        var clutter = Backdrop.Place is Place.Studio or Place.Dark ? 0.08f : 0.6f;
        if (_props.Chance(clutter)) props.Clutter(1 + _props.Whole(Backdrop.Place == Place.Clutter ? 7 : 4), MathF.Min(Backdrop.Distance, 5) + 0.4f);
        if (_props.Chance(Backdrop.Place == Place.Studio ? 0.04f : 0.14f)) props.InTheWay(Camera, Actors[0].Figure.Pelvis);
    }

    /// <summary>How much of lamp and sky reaches each corner, past the bones of all people.</summary>
    private void Illuminate(Mesh mesh)
    {
        var blur = 0.05f + (0.5f * Light.Softness);
        var surfaces = mesh.Surfaces;
        var part = new int[mesh.VertexCount];
        for (var t = 0; t < mesh.TriangleCount; t++)
        {
            var surface = surfaces[mesh.SurfaceOf[t]];
            var tag = (surface.Owner << 8) | (surface.Part & 255);
            part[mesh.Corners[t * 3]] = part[mesh.Corners[(t * 3) + 1]] = part[mesh.Corners[(t * 3) + 2]] = tag;
        }

        var bones = new CapsuleLight(Capsules, Light.ToSun, blur);
        for (var i = 0; i < mesh.VertexCount; i++)
        {
            ref var vertex = ref mesh.Vertices[i];
            var lit = vertex.Normal.Dot(Light.ToSun) > -0.3f;
            var (sun, open) = bones.At(vertex.Position, vertex.Normal, part[i], lit);
            vertex.Sun = sun;
            vertex.Open = MathF.Max(0.3f, open) * (0.75f + (0.25f * Portable.Smooth(0, 0.5f, vertex.Position.Y)));
        }
    }
}
