using System.Runtime.InteropServices;
using Sinew.Geometry;

namespace Sinew.Imaging;

/// <summary>Turns a picture as it is stored into the upright one, by EXIF orientation (EXIF 2.3, table of tag 0x0112).</summary>
internal static class ImageOrientation
{
    [StructLayout(LayoutKind.Sequential, Pack = 1)]
    private struct Rgb
    {
        public byte R, G, B;
    }

    /// <summary>
    /// The map from a stored pixel to its place in the upright picture, for a stored picture of this size.
    /// </summary>
    public static Affine StoredToUpright(int orientation, int width, int height)
    {
        double right = width - 1, bottom = height - 1;
        return orientation switch
        {
            2 => new Affine(-1, 0, right, 0, 1, 0),
            3 => new Affine(-1, 0, right, 0, -1, bottom),
            4 => new Affine(1, 0, 0, 0, -1, bottom),
            5 => new Affine(0, 1, 0, 1, 0, 0),
            6 => new Affine(0, -1, bottom, 1, 0, 0),
            7 => new Affine(0, -1, bottom, -1, 0, right),
            8 => new Affine(0, 1, 0, -1, 0, right),
            _ => Affine.Identity,
        };
    }

    /// <summary>The upright picture; the stored one is given back to the pool where another is made.</summary>
    /// <param name="stored">The picture as decoded, perhaps at a reduced size.</param>
    /// <param name="orientation">EXIF orientation, 1 to 8.</param>
    /// <param name="fullWidth">Width of the file's full picture as stored, pixels.</param>
    /// <param name="fullHeight">Height of the file's full picture as stored, pixels.</param>
    public static Image Apply(Image stored, int orientation, int fullWidth, int fullHeight)
    {
        if (orientation is < 2 or > 8) return stored;
        var (width, height) = (stored.Width, stored.Height);
        var turn = StoredToUpright(orientation, width, height);
        var fullToUpright = turn.After(stored.FullToImage).After(StoredToUpright(orientation, fullWidth, fullHeight).Inverse());
        var upright = orientation >= 5 ? Image.Rent(height, width, fullToUpright) : Image.Rent(width, height, fullToUpright);
        var from = MemoryMarshal.Cast<byte, Rgb>(stored.Pixels);
        var to = MemoryMarshal.Cast<byte, Rgb>(upright.Pixels);
        var (stepX, stepY) = ((int)(turn.A + (turn.D * upright.Width)), (int)(turn.B + (turn.E * upright.Width)));
        var start = (int)(turn.C + (turn.F * upright.Width));
        for (var y = 0; y < height; y++)
        {
            var row = from.Slice(y * width, width);
            var at = start + (y * stepY);
            foreach (var pixel in row)
            {
                to[at] = pixel;
                at += stepX;
            }
        }

        stored.Dispose();
        return upright;
    }
}
