namespace Sinew.Geometry;

/// <summary>An axis-aligned box in image pixels, COCO's form: corner and extent.</summary>
/// <param name="X">Left edge, pixels.</param>
/// <param name="Y">Top edge, pixels.</param>
/// <param name="Width">Extent to the right, pixels.</param>
/// <param name="Height">Extent downwards, pixels.</param>
public readonly record struct Box(float X, float Y, float Width, float Height)
{
    /// <summary>Right edge, pixels.</summary>
    public float Right => X + Width;

    /// <summary>Bottom edge, pixels.</summary>
    public float Bottom => Y + Height;

    /// <summary>Width × height, square pixels.</summary>
    public float Area => Width * Height;
}
