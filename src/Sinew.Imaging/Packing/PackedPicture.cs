using Sinew.Files;

namespace Sinew.Imaging;

/// <summary>A picture's file as it goes into a shard.</summary>
/// <param name="Bytes">The file.</param>
/// <param name="Ending">The ending of its name, with the dot.</param>
/// <param name="Width">Pixels, upright.</param>
/// <param name="Height">Pixels, upright.</param>
/// <param name="FullWidth">Pixels before it was shrunk.</param>
/// <param name="FullHeight">Pixels before it was shrunk.</param>
internal sealed record PackedPicture(byte[] Bytes, string Ending, int Width, int Height, int FullWidth, int FullHeight)
{
    public bool IsShrunk => (Width, Height) != (FullWidth, FullHeight);

    /// <summary>Reads a picture, and makes it smaller where it is larger than it should be.</summary>
    /// <exception cref="SinewException">It is missing, no picture, or (where it has to be shrunk) damaged.</exception>
    public static PackedPicture Read(PictureFolder images, string name, PackOptions options)
    {
        using var file = ImageFile.Read(images, name, DecodeOptions.Default.MaxFileBytes, out var called);
        var (format, width, height, _) = ImageDecoder.Identify(file.Bytes, null, called);
        if (options.Longest is not { } longest || Math.Max(width, height) <= longest)
        {
            var ending = PictureFolder.IsPictureName(name) ? Path.GetExtension(name) : format switch
            {
                ImageFormat.Png => ".png",
                ImageFormat.WebP => ".webp",
                _ => ".jpg",
            };
            return new PackedPicture(file.Bytes.ToArray(), ending, width, height, width, height);
        }

        var shrink = (double)Math.Max(width, height) / longest;
        var (smallWidth, smallHeight) = (Side(width), Side(height));
        // JPEGs are decoded at a half, a quarter or an eighth for less than a whole one takes; what is left is shrunk here
        using var image = ImageDecoder.Decode(file.Bytes, new DecodeOptions { ScaleDenominator = shrink switch { >= 8 => 8, >= 4 => 4, >= 2 => 2, _ => 1 } }, called);
        var reduced = image.FullToImage;
        using var small = Shrink.To(
            image, Math.Min(smallWidth, image.Width), Math.Min(smallHeight, image.Height), (double)width / smallWidth * reduced.A, (double)height / smallHeight * reduced.E);
        return new PackedPicture(ImageEncoder.Jpeg(small, options.Quality), ".jpg", small.Width, small.Height, width, height);

        int Side(int full) => Math.Max(1, (int)Math.Round(full / shrink, MidpointRounding.AwayFromZero));
    }
}
