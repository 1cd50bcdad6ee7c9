using Sinew.Generation.Clothes;
using Sinew.Generation.Numerics;
using Sinew.Generation.Rendering;

namespace Sinew.Generation.Scenes;

/// <summary>Where a scene plays.</summary>
internal enum Place
{
    Studio,
    Room,
    Street,
    Park,
    Pitch,
    Hall,
    Shore,
    Dark,
    Clutter,
}

/// <summary>The ground, a wall far behind or a row of trees or houses, and the sky above it.</summary>
internal sealed record Backdrop
{
    public Place Place { get; private init; }

    public PlaneTexture Ground { get; private init; } = null!;

    public PlaneTexture Wall { get; private init; } = null!;

    /// <summary>The wall stands at z = −Distance.</summary>
    public float Distance { get; private init; }

    public float WallHeight { get; private init; }

    public float Skyline { get; private init; }

    public V3 SkyLow { get; private init; }

    public V3 SkyHigh { get; private init; }

    public float Clouds { get; private init; }

    /// <summary>How much the ground and the wall flow into one another (a studio's paper).</summary>
    public float Sweep { get; private init; }

    public float Exposure { get; private init; } = 1;

    /// <summary>How far it is out of focus: it is drawn at 1, ½ or ¼ of its size.</summary>
    public int Reduction { get; private init; } = 1;

    public int Seed { get; private init; }

    public static Backdrop Sample(GeneratorRandom r, ReadOnlySpan<float> places)
    {
        var place = (Place)r.Weighted(places);
        var seed = r.Whole(1 << 16);
        // Plain paper has nothing that would show the difference.
        var reduction = 1 << r.Weighted(place is Place.Studio or Place.Dark ? [0, 3, 2] : [20, 48, 32]);
        static V3 Gray(GeneratorRandom q) => new V3(1, 1, 1) * q.Range(0.05f, 0.8f);
        static V3 Green(GeneratorRandom q) => new(q.Range(0.04f, 0.3f), q.Range(0.12f, 0.4f), q.Range(0.02f, 0.1f));
        static V3 Wood(GeneratorRandom q) => Palette.Vary(q, Palette.Srgb(150, 104, 66), 0.45f);
        static V3 Sand(GeneratorRandom q) => Palette.Vary(q, Palette.Srgb(205, 180, 140), 0.25f);
        static V3 Blue(GeneratorRandom q) => Palette.Vary(q, Palette.Srgb(90, 140, 205), 0.3f);
        var skyGray = r.Range(0, 1f);
        var sky = Palette.Vary(r, Palette.Srgb(80, 140, 220), 0.25f).Mix(new V3(0.8f, 0.82f, 0.86f), skyGray);
        var common = new Backdrop { Place = place, Seed = seed, Reduction = reduction, SkyHigh = sky, SkyLow = sky.Mix(new V3(0.92f, 0.94f, 0.96f), r.Range(0.2f, 0.9f)), Clouds = r.Chance(0.6f) ? r.Range(0.2f, 1) : 0 };
        switch (place)
        {
            case Place.Studio:
                var paper = r.Weighted([4, 3, 4]) switch { 0 => new V3(1, 1, 1) * r.Range(0.55f, 0.95f), 1 => Gray(r), _ => Palette.Any(r) };
                var plain = new PlaneTexture(PlaneKind.Plain, paper, paper, paper, 1, r.Range(0, 0.5f), seed);
                var wall = r.Chance(0.15f) ? PlaneTexture.Sample(r, [PlaneKind.Clouds, PlaneKind.Bricks, PlaneKind.Boards, PlaneKind.Curtain], Gray) : plain;
                return common with { Ground = r.Chance(0.1f) ? PlaneTexture.Sample(r, [PlaneKind.Boards, PlaneKind.Speckle], Wood) : plain, Wall = wall, Distance = r.Range(0.4f, 3), WallHeight = 100, Sweep = wall == plain ? r.Range(0.2f, 1.2f) : 0 };
            case Place.Room:
                return common with
                {
                    Ground = PlaneTexture.Sample(r, [PlaneKind.Boards, PlaneKind.Boards, PlaneKind.Tiles, PlaneKind.Plain, PlaneKind.Clouds, PlaneKind.Speckle, PlaneKind.Checker], r.Chance(0.6f) ? Wood : Palette.Any),
                    Wall = PlaneTexture.Sample(r, [PlaneKind.Plain, PlaneKind.Plain, PlaneKind.Posters, PlaneKind.Stripes, PlaneKind.Windows, PlaneKind.Shelves, PlaneKind.Bricks, PlaneKind.Curtain, PlaneKind.Tiles, PlaneKind.Boards], Palette.Any),
                    Distance = r.Range(0.6f, 5),
                    WallHeight = 100,
                };
            case Place.Street:
                return common with
                {
                    Ground = PlaneTexture.Sample(r, [PlaneKind.Speckle, PlaneKind.Tiles, PlaneKind.Tiles, PlaneKind.Bricks, PlaneKind.Clouds, PlaneKind.Lines], Gray),
                    Wall = PlaneTexture.Sample(r, [PlaneKind.Windows, PlaneKind.Windows, PlaneKind.Bricks, PlaneKind.Posters, PlaneKind.Camouflage, PlaneKind.Clouds, PlaneKind.Shelves], r.Chance(0.5f) ? Gray : Palette.Any),
                    Distance = r.Range(1.5f, 14),
                    WallHeight = r.Range(1.2f, 12),
                    Skyline = r.Range(0, 0.6f),
                };
            case Place.Park:
                return common with
                {
                    Ground = r.Chance(0.75f) ? PlaneTexture.Sample(r, [PlaneKind.Grass], Green) : PlaneTexture.Sample(r, [PlaneKind.Speckle, PlaneKind.Clouds], Sand),
                    Wall = PlaneTexture.Sample(r, [PlaneKind.Foliage], Green),
                    Distance = r.Range(2, 18),
                    WallHeight = r.Range(1.5f, 9),
                    Skyline = r.Range(0.3f, 1),
                };
            case Place.Pitch:
                return common with
                {
                    Ground = PlaneTexture.Sample(r, [PlaneKind.Grass, PlaneKind.Lines, PlaneKind.Lines, PlaneKind.Plain, PlaneKind.Speckle], r.Chance(0.6f) ? Green : r.Chance(0.5f) ? q => Palette.Vary(q, Palette.Srgb(170, 80, 60), 0.2f) : Blue),
                    Wall = PlaneTexture.Sample(r, [PlaneKind.Foliage, PlaneKind.Crowd, PlaneKind.Crowd, PlaneKind.Posters, PlaneKind.Clouds, PlaneKind.Stripes], r.Chance(0.5f) ? Green : Palette.Any),
                    Distance = r.Range(4, 25),
                    WallHeight = r.Range(0.8f, 8),
                    Skyline = r.Range(0, 0.3f),
                };
            case Place.Hall:
                return common with
                {
                    Ground = PlaneTexture.Sample(r, [PlaneKind.Boards, PlaneKind.Lines, PlaneKind.Plain, PlaneKind.Plain], r.Chance(0.5f) ? Wood : Palette.Any),
                    Wall = PlaneTexture.Sample(r, [PlaneKind.Crowd, PlaneKind.Crowd, PlaneKind.Crowd, PlaneKind.Bricks, PlaneKind.Posters, PlaneKind.Curtain, PlaneKind.Windows, PlaneKind.Plain], Palette.Any),
                    Distance = r.Range(3, 14),
                    WallHeight = 100,
                    Exposure = r.Range(0.55f, 1),
                };
            case Place.Shore:
                return common with
                {
                    Ground = PlaneTexture.Sample(r, [PlaneKind.Speckle, PlaneKind.Clouds], Sand),
                    Wall = PlaneTexture.Sample(r, [PlaneKind.Clouds, PlaneKind.Foliage], Blue),
                    Distance = r.Range(5, 60),
                    WallHeight = r.Range(0.1f, 1.5f),
                    Skyline = r.Range(0, 0.3f),
                };
            case Place.Dark:
                return common with
                {
                    Ground = PlaneTexture.Sample(r, [PlaneKind.Plain, PlaneKind.Boards, PlaneKind.Speckle], q => Palette.Any(q) * q.Range(0.02f, 0.4f)),
                    Wall = PlaneTexture.Sample(r, [PlaneKind.Plain, PlaneKind.Clouds, PlaneKind.Curtain, PlaneKind.Crowd], q => Palette.Any(q) * q.Range(0, 0.08f)),
                    Distance = r.Range(2, 12),
                    WallHeight = 100,
                };
            default:
                return common with
                {
                    Ground = PlaneTexture.Sample(r, Enum.GetValues<PlaneKind>(), Palette.Any),
                    Wall = PlaneTexture.Sample(r, Enum.GetValues<PlaneKind>(), Palette.Any),
                    Distance = r.Range(0.5f, 8),
                    WallHeight = r.Chance(0.5f) ? 100 : r.Range(0.5f, 4),
                    Skyline = r.Range(0, 1),
                };
        }
    }

    /// <summary>Paints the whole picture, with the shadows of the bodies; what <paramref name="before"/> covers wholly is left as it is where nothing is blurred.</summary>
    public void Paint(Canvas canvas, Canvas half, Canvas quarter, Camera camera, Lighting light, List<Capsule> bodies, Rasteriser before)
    {
        if (Reduction == 1)
        {
            Paint(canvas, camera, light, bodies, before);
            return;
        }

        half.Resize((canvas.Width + 1) / 2, (canvas.Height + 1) / 2);
        if (Reduction == 2)
        {
            Paint(half, Halved(camera), light, bodies, null);
        }
        else
        {
            quarter.Resize((half.Width + 1) / 2, (half.Height + 1) / 2);
            Paint(quarter, Halved(Halved(camera)), light, bodies, null);
            quarter.EnlargeInto(half);
        }

        half.EnlargeInto(canvas);
    }

    private static Camera Halved(Camera camera) =>
        camera with { Focal = camera.Focal * 0.5f, CenterX = (camera.CenterX * 0.5f) - 0.25f, CenterY = (camera.CenterY * 0.5f) - 0.25f };

    /// <summary>Paints every pixel, with the shadows of the bodies; those that <paramref name="before"/> covers wholly are left as they are.</summary>
    private void Paint(Canvas canvas, Camera camera, Lighting light, List<Capsule> bodies, Rasteriser? before)
    {
        var groundLight = (light.Sky * 1.1f) + (light.Sun * Math.Max(0, light.ToSun.Y));
        var wallLight = (light.Sky * 0.65f) + (light.Ground * 0.35f) + (light.Sun * (0.12f + Math.Max(0, light.ToSun.Z)));
        var shadows = new PlaneShadows(bodies, light, Distance);
        for (var y = 0; y < canvas.Height; y++)
        {
            var ray = camera.Ray(0, y);
            var step = camera.Right * (1 / camera.Focal);
            var at = y * canvas.Stride;
            for (var x = 0; x < canvas.Width; x++, at++, ray += step)
            {
                if (before is null || !before.Covers(x, y)) canvas.Set(at, Color(camera, ray, groundLight, wallLight, light, shadows) * Exposure);
            }
        }
    }

    private V3 Color(Camera camera, V3 ray, V3 groundLight, V3 wallLight, Lighting light, PlaneShadows shadows)
    {
        var toWall = ray.Z < -1e-4f ? (-Distance - camera.Position.Z) / ray.Z : float.MaxValue;
        var toGround = ray.Y < -1e-4f ? -camera.Position.Y / ray.Y : float.MaxValue;
        if (toGround < toWall)
        {
            var (x, z) = (camera.Position.X + (ray.X * toGround), camera.Position.Z + (ray.Z * toGround));
            var near = camera.Focal / toGround;
            var arriving = (groundLight - (light.Sun * (MathF.Max(0, light.ToSun.Y) * (1 - shadows.SunOnGround(x, z))))) * shadows.SkyOnGround(x, z);
            // paper that curves up: the light changes over the curve
            if (Sweep > 0 && toWall < float.MaxValue) arriving = arriving.Mix(wallLight, Portable.Smooth(Sweep, 0, z + Distance));
            return Ground.At(x, -z, near * 0.5f) * arriving;
        }

        if (toWall < float.MaxValue)
        {
            var (x, y) = (camera.Position.X + (ray.X * toWall), camera.Position.Y + (ray.Y * toWall));
            if (y < WallHeight && (WallHeight >= 100 || y < HeightAt(x)))
                return Wall.At(x, y, camera.Focal / toWall) * (wallLight - (light.Sun * (Math.Max(0, light.ToSun.Z) * (1 - shadows.SunOnWall(x, y)))));
        }

        return Sky(ray.Unit);
    }

    private float HeightAt(float x)
    {
        if (Skyline <= 0) return WallHeight;
        if (Wall.Kind == PlaneKind.Foliage)
            return WallHeight * (1 + (Skyline * 0.6f * NoiseField.Cloud((x * 6) + Seed, 3)) + (Skyline * 0.15f * NoiseField.Detail((x * 40) + Seed, 9)));
        return WallHeight * (1 - (Skyline * NoiseField.Cell((int)MathF.Floor(x / (WallHeight * 0.7f)), 1, Seed)));
    }

    private V3 Sky(V3 direction)
    {
        var up = Portable.Part(direction.Y * 1.8f);
        var color = SkyLow.Mix(SkyHigh, up);
        if (Clouds <= 0) return color;
        var scale = 20 / (0.25f + Math.Max(0, direction.Y));
        var cloud = NoiseField.Cloud((direction.X * scale) + Seed, (direction.Z * scale) + Seed);
        return color.Mix(new V3(0.93f, 0.93f, 0.94f), Clouds * Portable.Smooth(-0.1f, 0.5f, cloud));
    }
}
