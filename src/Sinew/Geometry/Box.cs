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

    /// <summary>The part of the box within an image, edges at most on its last pixel's centre, as MMPose clips the boxes of COCO-style data sets.</summary>
    /// <param name="imageWidth">Width of the image, pixels; the box stays as it is where it is 0 (not known).</param>
    /// <param name="imageHeight">Height of the image, pixels; the box stays as it is where it is 0 (not known).</param>
    public Box ClippedTo(int imageWidth, int imageHeight)
    {
        if (imageWidth <= 0 || imageHeight <= 0) return this;
        var (left, top) = (Math.Clamp(X, 0, imageWidth - 1), Math.Clamp(Y, 0, imageHeight - 1));
        return new Box(left, top, Math.Clamp(Right, 0, imageWidth - 1) - left, Math.Clamp(Bottom, 0, imageHeight - 1) - top);
    }
}
