namespace Sinew.Geometry;

/// <summary>
/// Which part of an image a top-down network sees: a rotated rectangle of the image, brought to the network's input size.
/// MMPose's centre–scale–rotation (<c>mmpose/structures/bbox/transforms.py</c>, <c>get_warp_matrix</c>, without UDP).
/// </summary>
/// <param name="CenterX">x of the rectangle's centre, image pixels.</param>
/// <param name="CenterY">y of the rectangle's centre, image pixels.</param>
/// <param name="ScaleWidth">Width of the rectangle, image pixels.</param>
/// <param name="ScaleHeight">Height of the rectangle, image pixels. Its ratio to the width is that of the input.</param>
/// <param name="Rotation">Rotation of the rectangle in degrees, MMPose's sign.</param>
/// <param name="Width">Width of the crop, pixels.</param>
/// <param name="Height">Height of the crop, pixels.</param>
/// <param name="Flip">The crop is mirrored left to right after the warp (joint x becomes Width − 1 − x).</param>
public readonly record struct CropGeometry(
    float CenterX, float CenterY, float ScaleWidth, float ScaleHeight, float Rotation, int Width, int Height, bool Flip = false)
{
    /// <summary>The crop around a person's box: padded, then grown to the input's aspect ratio.</summary>
    /// <param name="box">The person's box, image pixels.</param>
    /// <param name="width">Width of the network's input, pixels.</param>
    /// <param name="height">Height of the network's input, pixels.</param>
    /// <param name="padding">Factor on the box's sides; RTMPose uses 1.25.</param>
    public static CropGeometry FromBox(Box box, int width, int height, float padding = 1.25f) =>
        new CropGeometry(
            box.X + (box.Width * 0.5f), box.Y + (box.Height * 0.5f), box.Width * padding, box.Height * padding, 0, width, height)
            .WithFixedAspect();

    /// <summary>The same crop, its shorter side grown so that the rectangle has the input's aspect ratio.</summary>
    public CropGeometry WithFixedAspect()
    {
        var aspect = (float)Width / Height;
        return ScaleWidth > ScaleHeight * aspect
            ? this with { ScaleHeight = ScaleWidth / aspect }
            : this with { ScaleWidth = ScaleHeight * aspect };
    }

    /// <summary>The same rectangle of the image brought to another input size (as two networks see one person).</summary>
    /// <param name="width">Width of the other input, pixels.</param>
    /// <param name="height">Height of the other input, pixels.</param>
    public CropGeometry Resized(int width, int height) =>
        (this with { Width = width, Height = height }).WithFixedAspect();

    /// <summary>The map from image pixels to crop pixels.</summary>
    public Affine ImageToCrop()
    {
        var s = Width / (double)ScaleWidth;
        var radians = Rotation * Math.PI / 180;
        var (sin, cos) = Math.SinCos(radians);
        var (a, b, d, e) = (s * cos, s * sin, -s * sin, s * cos);
        var c = (Width * 0.5) - (a * CenterX) - (b * CenterY);
        var f = (Height * 0.5) - (d * CenterX) - (e * CenterY);
        return Flip ? new Affine(-a, -b, Width - 1 - c, d, e, f) : new Affine(a, b, c, d, e, f);
    }

    /// <summary>The map from crop pixels to image pixels.</summary>
    public Affine CropToImage() => ImageToCrop().Inverse();
}
