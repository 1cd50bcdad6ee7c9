using Sinew.Generation.Numerics;

namespace Sinew.Generation.Scenes;

/// <summary>A pinhole camera whose picture may be cut out of a larger one.</summary>
/// <param name="Position">Metres.</param>
/// <param name="Right">Unit vector to the picture's right.</param>
/// <param name="Up">Unit vector to the picture's top.</param>
/// <param name="Forward">Unit vector into the picture.</param>
/// <param name="Focal">Pixels.</param>
/// <param name="CenterX">x of the principal point, pixels.</param>
/// <param name="CenterY">y of the principal point, pixels.</param>
internal sealed record Camera(V3 Position, V3 Right, V3 Up, V3 Forward, float Focal, float CenterX, float CenterY)
{
    /// <summary>Nearer points are not drawn, metres.</summary>
    public const float Near = 0.12f;

    public static Camera LookingAt(V3 position, V3 target, float rollDegrees)
    {
        var forward = (target - position).Unit;
        var right = forward.Cross(new V3(0, 1, 0)).Unit;
        var up = right.Cross(forward);
        var (s, c) = Portable.SinCos(rollDegrees * Portable.Degrees);
        return new Camera(position, (right * c) + (up * s), (up * c) - (right * s), forward, 1, 0, 0);
    }

    /// <summary>Distance along the view, and the pixel.</summary>
    public (float X, float Y, float Depth) Project(V3 point)
    {
        var d = point - Position;
        var depth = d.Dot(Forward);
        var scale = Focal / Math.Max(depth, 0.01f);
        return (CenterX + (d.Dot(Right) * scale), CenterY - (d.Dot(Up) * scale), depth);
    }

    /// <summary>The direction that a pixel looks in, not of unit length.</summary>
    public V3 Ray(float x, float y) => Forward + (Right * ((x - CenterX) / Focal)) - (Up * ((y - CenterY) / Focal));
}
