using Sinew.Generation.Numerics;

namespace Sinew.Generation.Bodies;

/// <summary>The 68 landmarks of iBUG's order on the generated head; metres of an average head, x to the person's left, from the upper neck.</summary>
internal static class FacePoints
{
    /// <summary>x, y, z of each landmark.</summary>
    public static readonly (float X, float Y, float Z)[] All = Build();

    private static (float X, float Y, float Z)[] Build()
    {
        var points = new List<(float X, float Y, float Z)>(68);
        void Add(float x, float y) => points.Add((x, y, Depth(x, y)));
        // the jaw, from the person's right ear over the chin to the left
        for (var i = 0; i <= 16; i++)
        {
            var (s, c) = Portable.SinCos(MathF.PI * (i - 8) / 16);
            Add(0.07f * s * (1 - (0.12f * c)), 0.118f - (0.118f * c));
        }

        for (var i = 0; i < 5; i++) Add(-0.052f + (0.009f * i), 0.148f + (0.006f * (2 - MathF.Abs(i - 2)) * 0.5f));
        for (var i = 0; i < 5; i++) Add(0.016f + (0.009f * i), 0.148f + (0.006f * (2 - MathF.Abs(i - 2)) * 0.5f));
        for (var i = 0; i < 4; i++) points.Add((0, 0.132f - (0.0133f * i), 0.097f + (0.007f * i)));
        for (var i = -2; i <= 2; i++) points.Add((0.007f * i, 0.084f, 0.108f - (0.004f * MathF.Abs(i))));
        foreach (var middle in (ReadOnlySpan<float>)[-0.032f, 0.032f])
        {
            ReadOnlySpan<(float X, float Y)> eye = [(-0.014f, 0), (-0.005f, 0.005f), (0.005f, 0.005f), (0.014f, 0), (0.005f, -0.005f), (-0.005f, -0.005f)];
            foreach (var (x, y) in eye) Add(middle + x, 0.128f + y);
        }

        Ellipse(12, 0.025f, 0.010f);
        Ellipse(8, 0.018f, 0.004f);
        return [.. points];

        // around the mouth, from the person's right corner over the upper lip
        void Ellipse(int count, float wide, float high)
        {
            for (var i = 0; i < count; i++)
            {
                var (s, c) = Portable.SinCos(2 * MathF.PI * i / count);
                Add(-wide * c, 0.05f + (high * s));
            }
        }
    }

    private static float Depth(float x, float y)
    {
        var around = Math.Clamp(1 - (x * x / (0.075f * 0.075f)), 0, 1);
        return 0.014f + ((y < 0.05f ? 0.062f + (0.36f * y) : 0.08f) * MathF.Sqrt(around));
    }
}
