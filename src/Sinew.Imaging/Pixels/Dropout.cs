namespace Sinew.Imaging;

/// <summary>Hides a part of a crop.</summary>
public static class Dropout
{
    /// <summary>Makes a rectangle black.</summary>
    /// <param name="rgb"><c>[height, width, 3]</c>, changed in place.</param>
    /// <param name="width">Width of the crop, pixels.</param>
    /// <param name="x">Left edge, pixels.</param>
    /// <param name="y">Top edge, pixels.</param>
    /// <param name="holeWidth">Pixels.</param>
    /// <param name="holeHeight">Pixels.</param>
    /// <exception cref="ArgumentOutOfRangeException">The rectangle does not lie within the crop.</exception>
    public static void Apply(Span<byte> rgb, int width, int x, int y, int holeWidth, int holeHeight)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(x);
        ArgumentOutOfRangeException.ThrowIfNegative(holeWidth);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(x + holeWidth, width, nameof(holeWidth));
        for (var row = y; row < y + holeHeight; row++) rgb.Slice(((row * width) + x) * 3, holeWidth * 3).Clear();
    }
}
