using Sinew.Generation.Clothes;
using Sinew.Generation.Numerics;
using Sinew.Generation.Rendering;

namespace Sinew.Generation.Scenes;

/// <summary>What covers a ground or a wall.</summary>
internal enum PlaneKind
{
    Plain,
    Clouds,
    Grass,
    Boards,
    Tiles,
    Bricks,
    Windows,
    Stripes,
    Checker,
    Crowd,
    Posters,
    Foliage,
    Lines,
    Speckle,
    Curtain,
    Shelves,
    Camouflage,
}

/// <summary>A pattern over a plane; coordinates are metres.</summary>
internal sealed record PlaneTexture(PlaneKind Kind, V3 Color, V3 Second, V3 Third, float Scale, float Contrast, int Seed)
{
    public static PlaneTexture Sample(GeneratorRandom random, ReadOnlySpan<PlaneKind> kinds, Func<GeneratorRandom, V3> color)
    {
        var kind = random.Pick(kinds);
        var first = color(random);
        var near = random.Chance(0.6f);
        return new PlaneTexture(
            kind, first, near ? Palette.Vary(random, first, 0.3f) : color(random), near ? Palette.Vary(random, first, 0.3f) : Palette.Any(random),
            random.Range(0.6f, 1.6f), random.Range(0.4f, 1), random.Whole(1 << 20));
    }

    /// <summary>The colour at a place.</summary>
    /// <param name="a">Metres across.</param>
    /// <param name="b">Metres up, or away.</param>
    /// <param name="pixelsPerMetre">How fine the picture is there: what it cannot show is left out.</param>
    public V3 At(float a, float b, float pixelsPerMetre)
    {
        switch (Kind)
        {
            case PlaneKind.Clouds:
                return Color.Mix(Second, 0.5f + (0.5f * Contrast * NoiseField.Cloud((a * 22 / Scale) + Seed, b * 22 / Scale)));
            case PlaneKind.Grass:
                var blade = NoiseField.Detail((a * 260) + Seed, b * 70) * Fade(pixelsPerMetre, 0.02f);
                var patch = NoiseField.Cloud((a * 14) + Seed, b * 14);
                return Color.Mix(Second, 0.5f + (0.4f * patch)) * (1 + (0.55f * blade));
            case PlaneKind.Boards:
                return Boards(a, b, pixelsPerMetre) * Wash(a, b);
            case PlaneKind.Tiles:
                var size = 0.4f * Scale;
                var joint = Edge(a / size, 0.03f) || Edge(b / size, 0.03f);
                var tint = 0.85f + (0.3f * NoiseField.Cell((int)MathF.Floor(a / size), (int)MathF.Floor(b / size), Seed));
                return (joint ? Color.Mix(Second, 0.7f * Fade(pixelsPerMetre, size)) : Color * Portable.Mix(1, tint, Contrast * Fade(pixelsPerMetre, size))) * Wash(a, b);
            case PlaneKind.Bricks:
                return Bricks(a, b, pixelsPerMetre) * Wash(a, b);
            case PlaneKind.Windows:
                return Windows(a, b) * Wash(a, b);
            case PlaneKind.Stripes:
                return (((int)MathF.Floor(a / (0.25f * Scale)) & 1) == 0 ? Color : Second) * Wash(a, b);
            case PlaneKind.Checker:
                return ((((int)MathF.Floor(a / (0.5f * Scale)) + (int)MathF.Floor(b / (0.5f * Scale))) & 1) == 0 ? Color : Second) * Wash(a, b);
            case PlaneKind.Crowd:
                return Crowd(a, b);
            case PlaneKind.Posters:
                return Posters(a, b) * Wash(a, b);
            case PlaneKind.Foliage:
                var leaves = NoiseField.Cloud((a * 30 / Scale) + Seed, (b * 30 / Scale) + (Seed >> 4));
                var fine = NoiseField.Detail((a * 110 / Scale) + Seed, b * 110 / Scale);
                var depth = leaves + (0.6f * fine);
                return depth < -0.35f ? Color * 0.12f : Color.Mix(Second, 0.5f + (0.5f * leaves)) * Math.Max(0.15f, 0.75f + (0.75f * depth));
            case PlaneKind.Lines:
                var (x, y) = (a / (1.2f * Scale), b / (4f * Scale));
                return Edge(x, 0.05f) || Edge(y, 0.016f) ? Second : Color * Wash(a, b);
            case PlaneKind.Speckle:
                return Color * (Wash(a, b) + (0.35f * Contrast * NoiseField.Detail((a * 190 / Scale) + Seed, b * 190 / Scale) * Fade(pixelsPerMetre, 0.03f)));
            case PlaneKind.Curtain:
                return Color * (0.75f + (0.35f * Contrast * NoiseField.Fold((b * 3) + Seed, a * 60 / Scale)) + (0.25f * Portable.Sin(a * 26 / Scale)));
            case PlaneKind.Shelves:
                return Shelves(a, b);
            case PlaneKind.Camouflage:
                var n = NoiseField.Cloud((a * 30 / Scale) + Seed, (b * 30 / Scale) + Seed);
                return n > 0.35f ? Third : n > -0.1f ? Second : Color;
            default:
                return Color * Portable.Mix(1, Wash(a, b), 0.6f);
        }
    }

    /// <summary>Slow changes of brightness that every real surface has.</summary>
    private float Wash(float a, float b) => 1 + (0.16f * Contrast * NoiseField.Cloud((a * 9) + Seed, (b * 9) + (Seed >> 6)));

    private static float Fade(float pixelsPerMetre, float metres) => Portable.Smooth(0.7f, 3, pixelsPerMetre * metres);

    private static bool Edge(float x, float width) => x - MathF.Floor(x) < width;

    private V3 Boards(float a, float b, float pixelsPerMetre)
    {
        var width = 0.14f * Scale;
        var row = (int)MathF.Floor(a / width);
        var length = (b / 1.4f) + (NoiseField.Cell(row, 7, Seed) * 5);
        var tint = NoiseField.Cell(row, (int)MathF.Floor(length), Seed);
        var grain = NoiseField.Fold((b * 14) + (row * 37), a * 160) * 0.16f;
        var color = Color.Mix(Second, tint * 0.5f) * (0.9f + (0.2f * tint) + (Contrast * grain));
        return Edge(a / width, 0.05f) || Edge(length, 0.006f) ? color * Portable.Mix(1, 0.5f, Fade(pixelsPerMetre, width)) : color;
    }

    private V3 Bricks(float a, float b, float pixelsPerMetre)
    {
        var row = (int)MathF.Floor(b / (0.08f * Scale));
        var x = (a / (0.24f * Scale)) + ((row & 1) * 0.5f);
        var tint = NoiseField.Cell((int)MathF.Floor(x), row, Seed);
        var fade = Fade(pixelsPerMetre, 0.08f * Scale);
        var brick = Color.Mix(Second, tint * fade * Contrast);
        return Edge(x, 0.06f) || Edge(b / (0.08f * Scale), 0.16f) ? brick.Mix(Third, fade * 0.8f) : brick;
    }

    private V3 Windows(float a, float b)
    {
        var (x, y) = (a / (1.9f * Scale), b / (2.6f * Scale));
        var (fx, fy) = (x - MathF.Floor(x), y - MathF.Floor(y));
        if (fx is < 0.22f or > 0.78f || fy is < 0.2f or > 0.75f) return Color;
        if (fx is < 0.26f or > 0.74f || fy is < 0.24f or > 0.71f || MathF.Abs(fx - 0.5f) < 0.02f) return Third;
        var dark = NoiseField.Cell((int)MathF.Floor(x), (int)MathF.Floor(y), Seed);
        return Second * (0.15f + (0.6f * dark)) * (0.7f + (0.5f * fy));
    }

    private V3 Crowd(float a, float b)
    {
        // rows of seats, a person in most: a head over shoulders
        var size = 0.5f * Scale;
        var row = (int)MathF.Floor(b / size);
        var x = (a / size) + ((row & 1) * 0.5f);
        var cell = (int)MathF.Floor(x);
        var (fx, fy) = (x - cell - 0.5f + ((NoiseField.Cell(cell, row, Seed + 3) - 0.5f) * 0.3f), (b / size) - row);
        var who = NoiseField.Cell(cell, row, Seed);
        if (who < 0.12f) return Color * 0.4f;
        var tint = NoiseField.Cell(cell, row, Seed + 1);
        var hue = NoiseField.Cell(cell, row, Seed + 2);
        var head = (fx * fx) + ((fy - 0.72f) * (fy - 0.72f));
        if (head < 0.03f) return fy > 0.78f ? new V3(0.03f, 0.025f, 0.02f) : new V3(0.55f, 0.33f, 0.22f) * (0.4f + (0.6f * tint));
        return fy < 0.6f && MathF.Abs(fx) < 0.36f ? Color.Mix(tint > 0.5f ? Second : Third, hue) * (0.3f + tint) : Color * (0.25f + (0.2f * hue));
    }

    private V3 Posters(float a, float b)
    {
        var (x, y) = (a / (1.3f * Scale), (b / (1.1f * Scale)) + 0.3f);
        var (cx, cy) = ((int)MathF.Floor(x), (int)MathF.Floor(y));
        var (fx, fy) = (x - cx, y - cy);
        var chance = NoiseField.Cell(cx, cy, Seed);
        if (chance < 0.5f || fx < 0.15f || fx > 0.35f + (0.5f * NoiseField.Cell(cx, cy, Seed + 1)) || fy is < 0.15f or > 0.85f) return Color;
        if (fx < 0.19f || fy is < 0.2f or > 0.8f) return Third * 0.5f;
        return Second.Mix(Third, 0.5f + (0.5f * NoiseField.Cloud((fx * 40) + (cx * 31), (fy * 40) + (cy * 17))));
    }

    private V3 Shelves(float a, float b)
    {
        var size = 0.36f * Scale;
        var row = (int)MathF.Floor(b / size);
        if (Edge(b / size, 0.08f)) return Color * 0.8f;
        var x = a / 0.06f;
        var cell = (int)MathF.Floor(x);
        var tall = 0.5f + (0.45f * NoiseField.Cell(cell, row, Seed));
        if ((b / size) - row > tall) return Color * 0.25f;
        var pick = NoiseField.Cell(cell, row, Seed + 5);
        return (pick < 0.4f ? Second : pick < 0.7f ? Third : Color) * (0.3f + NoiseField.Cell(cell, row, Seed + 9));
    }
}
