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
    // Beyond these the three points of the map fall together, or leave what single precision holds.
    private const float LeastSide = 1e-3f;
    private const float LeastSidePerPixel = 1e-6f;
    private const float Farthest = 1e9f;

    /// <summary>Whether a box has a place and an extent that a crop can be made of.</summary>
    /// <param name="box">A person's box, image pixels.</param>
    public static bool CanCrop(Box box)
    {
        var (side, reach) = (MathF.Max(box.Width, box.Height), MathF.Max(MathF.Abs(box.X), MathF.Abs(box.Y)));
        return box.Width >= 0 && box.Height >= 0 && side <= Farthest && reach <= Farthest && side >= MathF.Max(LeastSide, reach * LeastSidePerPixel);
    }

    /// <summary>What is said of a box that is not <see cref="CanCrop"/>.</summary>
    /// <param name="box">A person's box, image pixels.</param>
    public static string NoCrop(Box box) =>
        $"the person box [{box.X}, {box.Y}, {box.Width}, {box.Height}] (x, y, width, height) is too small, empty or not finite; correct or leave it out";

    /// <summary>The crop around a person's box: padded, then grown to the input's aspect ratio.</summary>
    /// <param name="box">The person's box, image pixels.</param>
    /// <param name="width">Width of the network's input, pixels.</param>
    /// <param name="height">Height of the network's input, pixels.</param>
    /// <param name="padding">Factor on the box's sides; RTMPose uses 1.25.</param>
    /// <exception cref="SinewException">Not <see cref="CanCrop"/>.</exception>
    public static CropGeometry FromBox(Box box, int width, int height, float padding = 1.25f)
    {
        if (!CanCrop(box)) throw new SinewException(NoCrop(box));
        return new CropGeometry(
            box.X + (box.Width * 0.5f), box.Y + (box.Height * 0.5f), box.Width * padding, box.Height * padding, 0, width, height)
            .WithFixedAspect();
    }

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
    /// <remarks>
    /// MMPose fixes the map by three points in single precision (the centre, the middle of the left edge, and the point a
    /// quarter turn from it) and OpenCV's <c>getAffineTransform</c> solves for it in double precision. Both roundings are
    /// kept: they decide on which side of a step of 1/1024 a source pixel falls, which shows in the crop.
    /// </remarks>
    public Affine ImageToCrop()
    {
        var (sin, cos) = Math.SinCos(Rotation * Math.PI / 180);
        var (leftX, leftY) = ((float)(CenterX - (cos * ScaleWidth * 0.5)), (float)(CenterY - (sin * ScaleWidth * 0.5)));
        var (thirdX, thirdY) = (leftX - (CenterY - leftY), leftY + (CenterX - leftX));
        var (middleX, middleY) = (Width * 0.5f, Height * 0.5f);
        var map = Affine.FromPoints(
            (CenterX, CenterY), (leftX, leftY), (thirdX, thirdY), (middleX, middleY), (0, middleY), (0, middleY + middleX));
        return Flip ? new Affine(-map.A, -map.B, Width - 1 - map.C, map.D, map.E, map.F) : map;
    }

    /// <summary>The map from crop pixels to image pixels.</summary>
    public Affine CropToImage() => ImageToCrop().Inverse();
}
