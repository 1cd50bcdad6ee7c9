namespace Sinew.Imaging;

/// <summary>A colour, 8 bits a channel.</summary>
/// <param name="R">Red.</param>
/// <param name="G">Green.</param>
/// <param name="B">Blue.</param>
public readonly record struct RgbColor(byte R, byte G, byte B)
{
    /// <summary>White.</summary>
    public static RgbColor White => new(255, 255, 255);

    /// <summary>Black.</summary>
    public static RgbColor Black => default;
}
