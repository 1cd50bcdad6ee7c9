namespace Sinew.Imaging;

/// <summary>The file formats that can be decoded.</summary>
public enum ImageFormat
{
    /// <summary>None of those known here.</summary>
    Unknown,

    /// <summary>JPEG, baseline or progressive: grey, YCbCr, RGB, CMYK, YCCK.</summary>
    Jpeg,

    /// <summary>PNG of any depth and colour type.</summary>
    Png,

    /// <summary>WebP, one picture (no animation).</summary>
    WebP,
}

/// <summary>What a file's header says, read without decoding.</summary>
/// <param name="Format">The file format.</param>
/// <param name="Width">Width of the upright picture, pixels: <paramref name="Orientation"/> is applied.</param>
/// <param name="Height">Height of the upright picture, pixels.</param>
/// <param name="Orientation">EXIF orientation, 1 to 8 (1: as stored).</param>
public readonly record struct ImageInfo(ImageFormat Format, int Width, int Height, int Orientation);
