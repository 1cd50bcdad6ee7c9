using Sinew.Geometry;

namespace Sinew.Imaging;

/// <summary>
/// Antialiased shapes on an image. A pixel takes as much of the colour as the shape covers of it, judged by the distance of
/// its centre from the edge. Whatever lies outside the image, or is no number, is not drawn.
/// </summary>
public static partial class Draw
{
    /// <summary>A line with round ends.</summary>
    /// <param name="image">Drawn on.</param>
    /// <param name="x0">x of one end, pixels.</param>
    /// <param name="y0">y of one end, pixels.</param>
    /// <param name="x1">x of the other end, pixels.</param>
    /// <param name="y1">y of the other end, pixels.</param>
    /// <param name="width">Thickness, pixels.</param>
    /// <param name="color">Colour.</param>
    /// <param name="opacity">0 to 1.</param>
    public static void Line(Image image, float x0, float y0, float x1, float y1, float width, RgbColor color, float opacity = 1)
    {
        ArgumentNullException.ThrowIfNull(image);
        var radius = width * 0.5f;
        if (!(radius > 0) || !float.IsFinite(radius) || !float.IsFinite(x0 + y0 + x1 + y1)) return;
        var reach = radius + 1;
        var (left, right) = Columns(image, MathF.Min(x0, x1) - reach, MathF.Max(x0, x1) + reach);
        var (top, bottom) = Rows(image, MathF.Min(y0, y1) - reach, MathF.Max(y0, y1) + reach);
        var (dx, dy) = (x1 - x0, y1 - y0);
        var squared = (dx * dx) + (dy * dy);
        var scale = squared > 0 ? 1 / squared : 0;
        var steep = MathF.Abs(dy) * scale * squared > 1e-3f;
        for (var y = top; y <= bottom; y++)
        {
            // Only the part of the row that can be within reach of the line is looked at.
            var (from, to) = (left, right);
            if (steep)
            {
                var slope = dx / dy;
                var at = x0 + ((y - y0) * slope);
                var half = reach * MathF.Sqrt(1 + (slope * slope));
                (from, to) = (Math.Max(left, (int)MathF.Max(at - half, -1)), Math.Min(right, (int)MathF.Min(at + half + 1, image.Width)));
            }

            var row = image.Row(y);
            for (var x = from; x <= to; x++)
            {
                var (px, py) = (x - x0, y - y0);
                var t = Math.Clamp(((px * dx) + (py * dy)) * scale, 0, 1);
                var (ex, ey) = (px - (t * dx), py - (t * dy));
                Blend(row.Slice(x * 3, 3), color, opacity * Math.Clamp(radius + 0.5f - MathF.Sqrt((ex * ex) + (ey * ey)), 0, 1));
            }
        }
    }

    /// <summary>A filled circle.</summary>
    /// <param name="image">Drawn on.</param>
    /// <param name="x">x of the centre, pixels.</param>
    /// <param name="y">y of the centre, pixels.</param>
    /// <param name="radius">Pixels.</param>
    /// <param name="color">Colour.</param>
    /// <param name="opacity">0 to 1.</param>
    public static void Disc(Image image, float x, float y, float radius, RgbColor color, float opacity = 1) =>
        Line(image, x, y, x, y, 2 * radius, color, opacity);

    /// <summary>A filled rectangle.</summary>
    /// <param name="image">Drawn on.</param>
    /// <param name="area">Pixels; a pixel's area reaches half a pixel around its centre.</param>
    /// <param name="color">Colour.</param>
    /// <param name="opacity">0 to 1.</param>
    public static void Fill(Image image, Box area, RgbColor color, float opacity = 1)
    {
        ArgumentNullException.ThrowIfNull(image);
        if (!float.IsFinite(area.X + area.Y + area.Width + area.Height)) return;
        var (left, right) = Columns(image, area.X - 1, area.Right + 1);
        var (top, bottom) = Rows(image, area.Y - 1, area.Bottom + 1);
        for (var y = top; y <= bottom; y++)
        {
            var covered = opacity * Overlap(y, area.Y, area.Bottom);
            var row = image.Row(y);
            for (var x = left; x <= right; x++) Blend(row.Slice(x * 3, 3), color, covered * Overlap(x, area.X, area.Right));
        }
    }

    /// <summary>The outline of a box.</summary>
    /// <param name="image">Drawn on.</param>
    /// <param name="box">Pixels.</param>
    /// <param name="color">Colour.</param>
    /// <param name="width">Thickness, pixels.</param>
    /// <param name="opacity">0 to 1.</param>
    public static void Outline(Image image, Box box, RgbColor color, float width = 2, float opacity = 1)
    {
        var half = width * 0.5f;
        Fill(image, new Box(box.X - half, box.Y - half, box.Width + width, width), color, opacity);
        Fill(image, new Box(box.X - half, box.Bottom - half, box.Width + width, width), color, opacity);
        Fill(image, new Box(box.X - half, box.Y + half, width, box.Height - width), color, opacity);
        Fill(image, new Box(box.Right - half, box.Y + half, width, box.Height - width), color, opacity);
    }

    /// <summary>A line of text (ASCII, × and °; other characters appear as an empty box).</summary>
    /// <param name="image">Drawn on.</param>
    /// <param name="x">Left edge of the first letter, pixels.</param>
    /// <param name="y">Top of the capital letters, pixels.</param>
    /// <param name="text">The text.</param>
    /// <param name="capHeight">Height of a capital letter, pixels.</param>
    /// <param name="color">Colour.</param>
    /// <param name="opacity">0 to 1.</param>
    public static void Text(Image image, float x, float y, string text, float capHeight, RgbColor color, float opacity = 1)
    {
        ArgumentNullException.ThrowIfNull(text);
        var unit = capHeight / StrokeFont.CapHeight;
        foreach (var letter in text)
        {
            foreach (var line in StrokeFont.Glyph(letter))
            {
                for (var i = 1; i < line.Length; i++)
                {
                    Line(
                        image, x + (line[i - 1].X * unit), y + (line[i - 1].Y * unit), x + (line[i].X * unit), y + (line[i].Y * unit),
                        MathF.Max(unit * 0.85f, 1), color, opacity);
                }
            }

            x += StrokeFont.Advance * unit;
        }
    }

    /// <summary>Width of a text, pixels.</summary>
    /// <param name="text">The text.</param>
    /// <param name="capHeight">Height of a capital letter, pixels.</param>
    public static float TextWidth(string text, float capHeight)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Length == 0 ? 0 : ((text.Length * StrokeFont.Advance) - (StrokeFont.Advance - 4)) * capHeight / StrokeFont.CapHeight;
    }

    /// <summary>A text on a plate, its lower left corner at a point; moved into the image where it would stick out.</summary>
    /// <param name="image">Drawn on.</param>
    /// <param name="x">Left edge of the plate, pixels.</param>
    /// <param name="y">Bottom edge of the plate, pixels.</param>
    /// <param name="text">The text.</param>
    /// <param name="capHeight">Height of a capital letter, pixels.</param>
    /// <param name="plate">Colour of the plate; the text is black or white, whichever stands out.</param>
    public static void Label(Image image, float x, float y, string text, float capHeight, RgbColor plate)
    {
        ArgumentNullException.ThrowIfNull(image);
        var unit = capHeight / StrokeFont.CapHeight;
        var margin = 1.6f * unit;
        var (width, height) = (TextWidth(text, capHeight) + (2 * margin), capHeight + (StrokeFont.Ascent + StrokeFont.Descent + 0.6f) * unit);
        x = MathF.Max(MathF.Min(x, image.Width - width), 0);
        y = MathF.Min(MathF.Max(y, height), image.Height);
        Fill(image, new Box(x - 0.5f, y - height - 0.5f, width, height), plate, 0.9f);
        var bright = (0.299f * plate.R) + (0.587f * plate.G) + (0.114f * plate.B) > 140;
        Text(image, x + margin, y - height + ((StrokeFont.Ascent + 0.6f) * unit), text, capHeight, bright ? RgbColor.Black : RgbColor.White);
    }

    /// <summary>How much of a pixel lies between two edges; its area is half a pixel to either side.</summary>
    private static float Overlap(int pixel, float from, float to) =>
        Math.Clamp(MathF.Min(pixel + 0.5f, to) - MathF.Max(pixel - 0.5f, from), 0, 1);

    private static (int First, int Last) Columns(Image image, float from, float to) =>
        ((int)MathF.Max(from, 0), (int)MathF.Min(to, image.Width - 1));

    private static (int First, int Last) Rows(Image image, float from, float to) =>
        ((int)MathF.Max(from, 0), (int)MathF.Min(to, image.Height - 1));

    private static void Blend(Span<byte> pixel, RgbColor color, float amount)
    {
        if (amount <= 0) return;
        pixel[0] = (byte)(pixel[0] + ((color.R - pixel[0]) * amount) + 0.5f);
        pixel[1] = (byte)(pixel[1] + ((color.G - pixel[1]) * amount) + 0.5f);
        pixel[2] = (byte)(pixel[2] + ((color.B - pixel[2]) * amount) + 0.5f);
    }
}
