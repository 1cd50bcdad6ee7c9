using Sinew.Generation.Numerics;

namespace Sinew.Generation.Scenes;

/// <summary>One sun or lamp, and what comes from above and below.</summary>
/// <param name="ToSun">Unit vector to the lamp.</param>
/// <param name="Sun">Its colour and strength.</param>
/// <param name="Sky">Light from above.</param>
/// <param name="Ground">Light from below.</param>
/// <param name="Softness">0 for hard shadows, 1 for none.</param>
internal sealed record Lighting(V3 ToSun, V3 Sun, V3 Sky, V3 Ground, float Softness)
{
    public static Lighting Sample(GeneratorRandom random, bool studio)
    {
        var turn = random.Range(0, 360);
        // A photographer has the light behind or beside; contre-jour is rarer.
        if (random.Chance(0.7f)) turn = random.Range(-100, 100);
        var (s, c) = Portable.SinCos(turn * Portable.Degrees);
        var (up, flat) = Portable.SinCos(random.Range(18, 80) * Portable.Degrees);
        var warm = random.Normal(0, 0.1f);
        var soft = studio ? random.Range(0.4f, 1) : random.Chance(0.4f) ? random.Range(0.5f, 1) : random.Range(0, 0.5f);
        var strength = Portable.Mix(1.15f, 0.45f, soft) * random.Range(0.7f, 1.25f);
        var fill = Portable.Mix(0.28f, 0.62f, soft) * random.Range(0.7f, 1.3f);
        return new Lighting(
            new V3(s * flat, up, c * flat),
            new V3(strength * (1 + warm), strength, strength * (1 - warm)),
            new V3(fill * (1 - (warm * 0.7f)), fill, fill * (1 + (warm * 0.7f))),
            new V3(fill, fill, fill) * random.Range(0.35f, 0.75f),
            soft);
    }
}
