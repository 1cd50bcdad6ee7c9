using Sinew.Generation.Numerics;

namespace Sinew.Generation.Bodies;

/// <summary>A left hand's fingers: y against the fingers' direction, x away from the palm, z to the thumb; metres of a hand of 18.3 cm.</summary>
internal static class HandShape
{
    private static readonly (float Z, float Y, float Length)[] Fingers =
        [(0.03f, -0.025f, 0.066f), (0.028f, -0.092f, 0.074f), (0.009f, -0.097f, 0.083f), (-0.01f, -0.093f, 0.076f), (-0.027f, -0.084f, 0.06f)];

    /// <summary>The four joints of a finger, from its root to its tip.</summary>
    /// <param name="finger">0 is the thumb.</param>
    /// <param name="curl">0 stretched, 1 a fist.</param>
    /// <param name="points">Receives four points.</param>
    public static void Finger(int finger, float curl, Span<V3> points)
    {
        var (z, y, length) = Fingers[finger];
        points[0] = new V3(0, y, z);
        // The palm looks to −x.
        var spread = finger == 0 ? 0.75f - (0.45f * curl) : (z * 4 * (1 - curl));
        var bend = 0f;
        ReadOnlySpan<float> turns = finger == 0 ? [0.3f, 0.45f, 0.55f] : [1.15f, 1.6f, 1.0f];
        ReadOnlySpan<float> parts = [0.45f, 0.31f, 0.24f];
        for (var k = 0; k < 3; k++)
        {
            bend += turns[k] * curl;
            var (s, c) = Portable.SinCos(bend);
            points[k + 1] = points[k] + (new V3(-s, -c, c * spread).Unit * (length * parts[k]));
        }
    }
}
