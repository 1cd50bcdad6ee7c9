using System.Buffers;
using Sinew.Geometry;

namespace Sinew.Imaging;

/// <summary>
/// An 8-bit RGB picture: rows from top to bottom without padding, bytes red, green, blue per pixel
/// (<c>[Height, Width, 3]</c>).
/// </summary>
/// <remarks>
/// An image from <see cref="Rent(int, int)"/> (all decoders use it) borrows its bytes from a pool; <see cref="Dispose"/> gives them
/// back. Forgetting to costs nothing but garbage.
/// </remarks>
public sealed class Image : IDisposable
{
    /// <summary>
    /// Bytes that lie behind the last pixel of every image, so that a vector load may start at any pixel.
    /// </summary>
    internal const int Slack = 32;

    private byte[] _pixels;
    private readonly bool _rented;

    private Image(byte[] pixels, int width, int height, bool rented) =>
        (_pixels, Width, Height, _rented) = (pixels, width, height, rented);

    /// <summary>Makes a black image.</summary>
    /// <param name="width">Pixels.</param>
    /// <param name="height">Pixels.</param>
    /// <exception cref="ArgumentOutOfRangeException">A side is not positive, or there are more than 2³¹ bytes.</exception>
    public Image(int width, int height)
        : this(new byte[BytesFor(width, height) + Slack], width, height, rented: false)
    {
    }

    /// <summary>Width in pixels.</summary>
    public int Width { get; }

    /// <summary>Height in pixels.</summary>
    public int Height { get; }

    /// <summary>Bytes from one row to the next: 3 × <see cref="Width"/>.</summary>
    public int Stride => Width * 3;

    /// <summary>All pixels, <c>[Height, Width, 3]</c>.</summary>
    public Span<byte> Pixels => _pixels.AsSpan(0, Width * Height * 3);

    /// <summary>
    /// The map from the pixels of the file's full, upright picture to the pixels of this one: the identity unless the file
    /// was decoded at a reduced size or in part. Annotations and <see cref="CropGeometry"/> speak of the full picture.
    /// </summary>
    public Affine FullToImage => new Affine(1, 0, -OriginX, 0, 1, -OriginY).After(FullToReduced);

    /// <summary>The part of <see cref="FullToImage"/> that comes from a reduced size.</summary>
    internal Affine FullToReduced { get; private init; } = Affine.Identity;

    /// <summary>Where this image's first pixel lies in the picture that it is a part of: pixels.</summary>
    internal int OriginX { get; private init; }

    /// <summary>Where this image's first pixel lies in the picture that it is a part of: pixels.</summary>
    internal int OriginY { get; private init; }

    /// <summary>An image whose bytes come from a pool; its content is undefined.</summary>
    /// <param name="width">Pixels.</param>
    /// <param name="height">Pixels.</param>
    /// <exception cref="ArgumentOutOfRangeException">A side is not positive, or there are more than 2³¹ bytes.</exception>
    public static Image Rent(int width, int height) => Rent(width, height, Affine.Identity);

    /// <summary>An image around a copy of pixels that somebody else has.</summary>
    /// <param name="pixels"><c>[height, width, 3]</c>, red, green, blue.</param>
    /// <param name="width">Pixels.</param>
    /// <param name="height">Pixels.</param>
    /// <exception cref="ArgumentException">There are not width × height × 3 bytes.</exception>
    public static Image FromPixels(ReadOnlySpan<byte> pixels, int width, int height)
    {
        var image = new Image(width, height);
        if (pixels.Length != image.Pixels.Length)
        {
            throw new ArgumentException($"{width}×{height} pixels are {image.Pixels.Length} bytes, not {pixels.Length}", nameof(pixels));
        }

        pixels.CopyTo(image.Pixels);
        return image;
    }

    /// <summary>A copy with bytes of its own.</summary>
    public Image Copy()
    {
        var copy = new Image(Width, Height) { FullToReduced = FullToReduced, OriginX = OriginX, OriginY = OriginY };
        Pixels.CopyTo(copy.Pixels);
        return copy;
    }

    /// <summary>The pixels of one row, <c>[Width, 3]</c>.</summary>
    /// <param name="y">The row.</param>
    public Span<byte> Row(int y) => Pixels.Slice(y * Stride, Stride);

    /// <summary>Gives the bytes back to the pool. The image must not be used afterwards.</summary>
    public void Dispose()
    {
        var pixels = Interlocked.Exchange(ref _pixels, []);
        if (_rented && pixels.Length > 0) ArrayPool<byte>.Shared.Return(pixels);
    }

    internal static Image Rent(int width, int height, Affine fullToReduced) =>
        new(ArrayPool<byte>.Shared.Rent(BytesFor(width, height) + Slack), width, height, rented: true) { FullToReduced = fullToReduced };

    /// <summary>An image of a part of a picture.</summary>
    internal static Image RentPart(int width, int height, int originX, int originY) =>
        new(ArrayPool<byte>.Shared.Rent(BytesFor(width, height) + Slack), width, height, rented: true) { OriginX = originX, OriginY = originY };

    private static int BytesFor(int width, int height)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        var bytes = (long)width * height * 3;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, Array.MaxLength - Slack, "width × height × 3");
        return (int)bytes;
    }
}
