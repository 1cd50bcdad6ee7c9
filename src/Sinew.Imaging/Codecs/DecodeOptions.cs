namespace Sinew.Imaging;

/// <summary>How files are decoded. Plain data; the defaults suit photographs from anywhere.</summary>
public sealed record DecodeOptions
{
    /// <summary>The defaults.</summary>
    public static DecodeOptions Default { get; } = new();

    /// <summary>
    /// The largest picture that is decoded, pixels. Checked on the header, before anything is allocated. Default: 128
    /// million, 384 MB of RGB.
    /// </summary>
    public long MaxPixels { get; init; } = 128_000_000;

    /// <summary>The largest file that is read, bytes. Default: 256 MB.</summary>
    public long MaxFileBytes { get; init; } = 256_000_000;

    /// <summary>Whether the EXIF orientation is applied, so that the picture stands upright. Default: true.</summary>
    public bool ApplyOrientation { get; init; } = true;

    /// <summary>
    /// Whether a JPEG that breaks off or has damaged data is given as far as it can be decoded (the rest is grey), as
    /// OpenCV does, instead of being refused. Default: false.
    /// </summary>
    public bool AllowDamaged { get; init; }

    /// <summary>
    /// Decodes a JPEG at 1/1, 1/2, 1/4 or 1/8 of its size, which is several times faster; <see cref="Image.FullToImage"/>
    /// of the result says where the full picture's pixels went. Other formats are decoded in full. Default: 1.
    /// </summary>
    public int ScaleDenominator { get; init; } = 1;
}
