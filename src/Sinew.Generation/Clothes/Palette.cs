using Sinew.Generation.Numerics;

namespace Sinew.Generation.Clothes;

/// <summary>Colours in linear light.</summary>
internal static class Palette
{
    private static readonly V3[] SkinTones =
    [
        Srgb(255, 224, 196), Srgb(244, 205, 175), Srgb(233, 188, 154), Srgb(222, 171, 127), Srgb(203, 146, 106), Srgb(176, 122, 84),
        Srgb(146, 97, 64), Srgb(112, 74, 50), Srgb(82, 54, 39), Srgb(250, 214, 190), Srgb(238, 194, 165),
    ];

    private static readonly V3[] HairColors =
    [
        Srgb(28, 22, 20), Srgb(38, 28, 24), Srgb(56, 38, 28), Srgb(84, 56, 36), Srgb(118, 80, 48), Srgb(168, 124, 72), Srgb(206, 168, 110), Srgb(146, 66, 34),
        Srgb(150, 150, 150), Srgb(210, 208, 204), Srgb(20, 18, 20),
    ];

    private static readonly V3[] Cloths =
    [
        Srgb(20, 20, 24), Srgb(36, 38, 44), Srgb(240, 240, 238), Srgb(225, 222, 214), Srgb(120, 124, 128), Srgb(70, 74, 80), Srgb(38, 52, 92), Srgb(32, 70, 140),
        Srgb(70, 110, 170), Srgb(140, 170, 205), Srgb(178, 34, 40), Srgb(214, 60, 54), Srgb(120, 26, 36), Srgb(228, 128, 40), Srgb(240, 190, 50), Srgb(48, 110, 62),
        Srgb(96, 120, 60), Srgb(80, 84, 56), Srgb(120, 92, 66), Srgb(196, 170, 136), Srgb(150, 80, 140), Srgb(230, 150, 170), Srgb(70, 170, 170), Srgb(244, 230, 90),
    ];

    private static readonly V3[] Denims = [Srgb(40, 54, 84), Srgb(64, 88, 128), Srgb(110, 140, 176), Srgb(150, 178, 206), Srgb(30, 34, 46)];

    public static V3 Srgb(float r, float g, float b) => new(Linear(r), Linear(g), Linear(b));

    public static V3 Skin(GeneratorRandom random) => Vary(random, random.Pick<V3>(SkinTones), 0.1f);

    public static V3 Hair(GeneratorRandom random) =>
        random.Chance(0.03f) ? Any(random) : Vary(random, random.Pick<V3>(HairColors), 0.2f);

    /// <summary>A colour of cloth: mostly one that people wear, at times any.</summary>
    public static V3 Cloth(GeneratorRandom random) =>
        random.Chance(0.2f) ? Any(random) : Vary(random, random.Pick<V3>(Cloths), 0.25f);

    public static V3 Denim(GeneratorRandom random) => Vary(random, random.Pick<V3>(Denims), 0.15f);

    public static V3 Any(GeneratorRandom random)
    {
        var value = random.Range(0.05f, 0.95f);
        // Most things of this world are rather gray.
        var gray = random.Chance(0.3f) ? random.Range(0, 0.4f) : random.Range(0.4f, 1);
        float Channel() => Portable.Mix(random.Unit(), 0.6f, gray) * value * 255;
        return Srgb(Channel(), Channel(), Channel());
    }

    public static V3 Vary(GeneratorRandom random, V3 color, float by)
    {
        var light = 1 + random.Normal(0, by);
        float Channel(float c) => Math.Clamp(c * light * (1 + random.Normal(0, by * 0.4f)), 0.004f, 0.95f);
        return new V3(Channel(color.X), Channel(color.Y), Channel(color.Z));
    }

    // A square is near enough to sRGB's curve, and its root is exact everywhere.
    private static float Linear(float value) => value * value / (255f * 255f);
}
