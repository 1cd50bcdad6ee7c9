using System.Buffers;
using Sinew.Geometry;
using Sinew.Imaging;

namespace Sinew.Inference;

/// <summary>Where an image lies in a detector's input.</summary>
/// <param name="Left">Left edge, input pixels.</param>
/// <param name="Top">Top edge, input pixels.</param>
/// <param name="Width">Width there, input pixels.</param>
/// <param name="Height">Height there, input pixels.</param>
/// <param name="ScaleX">Input pixels per image pixel, horizontally.</param>
/// <param name="ScaleY">Input pixels per image pixel, vertically.</param>
/// <param name="CanvasWidth">Width of the input, pixels.</param>
internal readonly record struct LetterboxPlacement(int Left, int Top, int Width, int Height, double ScaleX, double ScaleY, int CanvasWidth)
{
    public static LetterboxPlacement Of(int imageWidth, int imageHeight, int width, int height, bool centred)
    {
        var scale = Math.Min((double)width / imageWidth, (double)height / imageHeight);
        var w = Math.Clamp((int)Math.Round(imageWidth * scale), 1, width);
        var h = Math.Clamp((int)Math.Round(imageHeight * scale), 1, height);
        var (left, top) = centred ? ((width - w) / 2, (height - h) / 2) : (0, 0);
        return new LetterboxPlacement(left, top, w, h, (double)w / imageWidth, (double)h / imageHeight, width);
    }

    /// <summary>An input point in image pixels, by the edges of the two rectangles, as detectors' boxes are meant.</summary>
    public (double X, double Y) ToImage(float x, float y) => ((x - Left) / ScaleX, (y - Top) / ScaleY);

    /// <summary>Fills the input with the padding and the resized image (bilinear, pixel centres aligned).</summary>
    public void Draw(Image image, byte pad, Span<byte> canvas)
    {
        canvas.Fill(pad);
        var resized = ArrayPool<byte>.Shared.Rent(Width * Height * 3);
        var source = ScaleX > 1 || ScaleY > 1 ? WithEdge(image) : null;
        try
        {
            var shift = source is null ? 0 : 1;
            var (a, e) = (1 / ScaleX, 1 / ScaleY);
            var target = resized.AsSpan(0, Width * Height * 3);
            Warp.Apply(source ?? image, new Affine(a, 0, (0.5 * a) - 0.5 + shift, 0, e, (0.5 * e) - 0.5 + shift), target, Width, Height);
            for (var y = 0; y < Height; y++)
            {
                target.Slice(y * Width * 3, Width * 3).CopyTo(canvas.Slice((((Top + y) * CanvasWidth) + Left) * 3, Width * 3));
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(resized);
            source?.Dispose();
        }
    }

    /// <summary>The image with its outermost pixels doubled: when it grows, the warp would fade it into black there.</summary>
    private static Image WithEdge(Image image)
    {
        var larger = Image.Rent(image.Width + 2, image.Height + 2);
        for (var y = 0; y < larger.Height; y++)
        {
            var source = image.Row(Math.Clamp(y - 1, 0, image.Height - 1));
            var target = larger.Row(y);
            source.CopyTo(target[3..]);
            source[..3].CopyTo(target);
            source[^3..].CopyTo(target[^3..]);
        }

        return larger;
    }
}
