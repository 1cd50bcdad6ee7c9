using System.Runtime.Intrinsics.X86;
using Sinew.Geometry;

namespace Sinew.Imaging;

/// <summary>
/// The top-down crop: bilinear resampling of a rotated rectangle, black outside the image. The arithmetic is that of
/// OpenCV's <c>warpAffine</c> with <c>INTER_LINEAR</c> (<c>modules/imgproc/src/imgwarp.cpp</c>): source coordinates in
/// 1/1024 pixel, cut to 1/32 for the weights, which sum up to 1024.
/// </summary>
public static partial class Warp
{
    private const int CoordinateBits = 10;
    private const int FractionBits = 5;
    private const int FractionOne = 1 << FractionBits;
    private const int RoundHalf = 1 << (CoordinateBits - FractionBits - 1);

    /// <summary>Crops an image as a network sees it.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="geometry">Which part of the full picture (see <see cref="Image.FullToImage"/>).</param>
    /// <param name="rgbCrop">Receives <c>[geometry.Height, geometry.Width, 3]</c>.</param>
    /// <exception cref="ArgumentException">The span is not that long, or the geometry is degenerate.</exception>
    public static void Crop(Image image, CropGeometry geometry, Span<byte> rgbCrop)
    {
        ArgumentNullException.ThrowIfNull(image);
        if (geometry.Width <= 0 || geometry.Height <= 0 || rgbCrop.Length != (long)geometry.Width * geometry.Height * 3)
        {
            throw new ArgumentException($"a crop of {geometry.Width}×{geometry.Height} needs {(long)geometry.Width * geometry.Height * 3} bytes, not {rgbCrop.Length}", nameof(rgbCrop));
        }

        if (!(geometry.ScaleWidth > 0) || !float.IsFinite(geometry.ScaleWidth) || !float.IsFinite(geometry.CenterX + geometry.CenterY + geometry.Rotation))
        {
            throw new ArgumentException($"a crop needs a finite centre and rotation and a positive scale, not {geometry}", nameof(geometry));
        }

        Resample(image, image.FullToReduced.After(geometry.CropToImage()), image.OriginX, image.OriginY, rgbCrop, geometry.Width, geometry.Height);
    }

    /// <summary>Resamples an image by any affine map.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="targetToImage">Where in <paramref name="image"/> a pixel of the target lies.</param>
    /// <param name="target">Receives <c>[height, width, 3]</c>.</param>
    /// <param name="width">Width of the target, pixels.</param>
    /// <param name="height">Height of the target, pixels.</param>
    /// <exception cref="ArgumentException">The span is not width × height × 3 long, or the map not finite.</exception>
    public static void Apply(Image image, Affine targetToImage, Span<byte> target, int width, int height)
    {
        ArgumentNullException.ThrowIfNull(image);
        if (target.Length != (long)width * height * 3) throw new ArgumentException("the target is not width × height × 3 bytes", nameof(target));
        Resample(image, targetToImage, 0, 0, target, width, height);
    }

    /// <summary>
    /// The origin is taken off after rounding, so that a part of a picture gives the very pixels that the whole picture does.
    /// </summary>
    private static void Resample(Image image, Affine targetToPicture, int originX, int originY, Span<byte> target, int width, int height)
    {
        var (a, b, c, d, e, f) = targetToPicture;
        if (!double.IsFinite(a + b + c + d + e + f)) throw new ArgumentException($"{targetToPicture} is no map", nameof(targetToPicture));
        if (Avx2.IsSupported) ApplyAvx2(image, targetToPicture, target, width, height, originX, originY);
        else ApplyScalar(image, targetToPicture, target, width, height, originX, originY);
    }

    internal static void ApplyScalar(
        Image image, Affine targetToImage, Span<byte> target, int width, int height, int originX = 0, int originY = 0)
    {
        var source = image.Pixels;
        for (var y = 0; y < height; y++)
        {
            var row = target.Slice(y * width * 3, width * 3);
            var startX = Fixed((targetToImage.B * y) + targetToImage.C) + RoundHalf - (originX << CoordinateBits);
            var startY = Fixed((targetToImage.E * y) + targetToImage.F) + RoundHalf - (originY << CoordinateBits);
            for (var x = 0; x < width; x++)
            {
                var u = (startX + Fixed(targetToImage.A * x)) >> (CoordinateBits - FractionBits);
                var v = (startY + Fixed(targetToImage.D * x)) >> (CoordinateBits - FractionBits);
                Sample(source, image.Width, image.Height, u, v, row.Slice(x * 3, 3));
            }
        }
    }

    /// <summary>One pixel at (u, v) / 32, with black around the image.</summary>
    private static void Sample(ReadOnlySpan<byte> source, int width, int height, int u, int v, Span<byte> pixel)
    {
        var (x, y, fx, fy) = (u >> FractionBits, v >> FractionBits, u & (FractionOne - 1), v & (FractionOne - 1));
        int r = 0, g = 0, b = 0;
        for (var dy = 0; dy < 2; dy++)
        {
            if ((uint)(y + dy) >= (uint)height) continue;
            for (var dx = 0; dx < 2; dx++)
            {
                if ((uint)(x + dx) >= (uint)width) continue;
                var weight = (dx == 0 ? FractionOne - fx : fx) * (dy == 0 ? FractionOne - fy : fy);
                var at = source.Slice((((y + dy) * width) + x + dx) * 3, 3);
                r += weight * at[0];
                g += weight * at[1];
                b += weight * at[2];
            }
        }

        const int Half = FractionOne * FractionOne / 2;
        pixel[0] = (byte)((r + Half) >> (2 * FractionBits));
        pixel[1] = (byte)((g + Half) >> (2 * FractionBits));
        pixel[2] = (byte)((b + Half) >> (2 * FractionBits));
    }

    /// <summary>A coordinate in 1/1024 pixel, rounded half to even, kept where sums of two cannot overflow.</summary>
    private static int Fixed(double coordinate) =>
        (int)Math.Clamp(Math.Round(coordinate * (1 << CoordinateBits)), -(1 << 29), 1 << 29);
}
