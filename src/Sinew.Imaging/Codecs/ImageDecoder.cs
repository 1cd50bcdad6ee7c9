using System.Buffers;
using Sinew.Files;
using Sinew.Geometry;
using Sinew.Imaging.JpegRegion;

namespace Sinew.Imaging;

/// <summary>Decodes JPEG, PNG and WebP files to upright 8-bit RGB.</summary>
/// <remarks>
/// Grey pictures get three equal channels, 16-bit samples their upper byte's value (rounded), CMYK is brought to RGB by
/// r = c·k as other readers do, and alpha is dropped as OpenCV's <c>IMREAD_COLOR</c> does. Embedded colour profiles are ignored.
/// Safe to call from many threads.
/// </remarks>
public static class ImageDecoder
{
    /// <summary>Decodes a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <exception cref="SinewException">The file is missing, no picture, damaged, or larger than the options allow.</exception>
    public static Image Decode(string path, DecodeOptions? options = null)
    {
        options ??= DecodeOptions.Default;
        using var file = ImageFile.Read(path, options.MaxFileBytes);
        return Decode(file.Bytes, options, path);
    }

    /// <summary>Decodes a picture of a folder, a loose file or a member of a shard.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="name">The picture's name relative to it.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <exception cref="SinewException">The picture is missing, none, damaged, or larger than the options allow.</exception>
    public static Image Decode(PictureFolder folder, string name, DecodeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(folder);
        options ??= DecodeOptions.Default;
        using var file = ImageFile.Read(folder, name, options.MaxFileBytes, out var called);
        return Decode(file.Bytes, options, called);
    }

    /// <summary>Decodes a file's content.</summary>
    /// <param name="file">The bytes of the file.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="name">What the file is called in messages.</param>
    /// <exception cref="SinewException">It is no picture, damaged, or larger than the options allow.</exception>
    public static Image Decode(ReadOnlySpan<byte> file, DecodeOptions? options = null, string? name = null)
    {
        options ??= DecodeOptions.Default;
        if (options.ScaleDenominator is not (1 or 2 or 4 or 8))
        {
            throw new ArgumentException($"ScaleDenominator is 1, 2, 4 or 8, not {options.ScaleDenominator}", nameof(options));
        }

        var called = name ?? "image";
        var (format, width, height, orientation) = ReadHeader(file, called);
        CheckSize(width, height, options, called);
        var stored = format switch
        {
            ImageFormat.Jpeg => JpegDecoder.Decode(file, width, height, options, called),
            ImageFormat.Png => PngDecoder.Decode(file, width, height, called),
            _ => WebPDecoder.Decode(file, width, height, called),
        };
        return options.ApplyOrientation ? ImageOrientation.Apply(stored, orientation, width, height) : stored;
    }

    /// <summary>Decodes at least a part of a picture: of most JPEGs only that, several times faster, of other files all.</summary>
    /// <remarks>
    /// The pixels are those that decoding the whole gives. <see cref="Warp.Crop"/> takes the result like a whole picture, as
    /// long as the crop looks at nothing outside the part.
    /// </remarks>
    /// <param name="file">The bytes of the file.</param>
    /// <param name="part">What is needed of the upright picture, pixels; what sticks out of it is ignored.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="name">What the file is called in messages.</param>
    /// <exception cref="SinewException">It is no picture, damaged, or larger than the options allow.</exception>
    public static Image DecodePart(ReadOnlySpan<byte> file, Box part, DecodeOptions? options = null, string? name = null)
    {
        options ??= DecodeOptions.Default;
        if (FormatOf(file) == ImageFormat.Jpeg && options.ScaleDenominator == 1)
        {
            var header = ReadHeader(file, name ?? "image");
            CheckSize(header.Width, header.Height, options, name ?? "image");
            if (header.Orientation == 1 || !options.ApplyOrientation)
            {
                var (left, right) = Range(part.X, part.Right, header.Width);
                var (top, bottom) = Range(part.Y, part.Bottom, header.Height);
                if (RegionDecoder.TryDecode(file, new Region(left, top, right, bottom)) is { } image) return image;
            }
        }

        return Decode(file, options, name);

        // At least one pixel, so that a part wholly outside is still an image.
        static (int First, int End) Range(float from, float to, int size)
        {
            var first = (int)Math.Clamp(from, 0, size - 1);
            return (first, (int)Math.Clamp(MathF.Ceiling(to), first + 1, size));
        }
    }

    /// <summary>Reads a file's header: what it is and how large.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <exception cref="SinewException">The file is missing or its header is not that of a picture.</exception>
    public static ImageInfo Identify(string path, DecodeOptions? options = null)
    {
        using var file = ImageFile.Read(path, (options ?? DecodeOptions.Default).MaxFileBytes);
        return Identify(file.Bytes, options, path);
    }

    /// <summary>Reads the header of a picture of a folder, a loose file or a member of a shard.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="name">The picture's name relative to it.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <exception cref="SinewException">The picture is missing or its header is not that of one.</exception>
    public static ImageInfo Identify(PictureFolder folder, string name, DecodeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(folder);
        using var file = ImageFile.Read(folder, name, (options ?? DecodeOptions.Default).MaxFileBytes, out var called);
        return Identify(file.Bytes, options, called);
    }

    /// <summary>Reads the header of a file's content: what it is and how large.</summary>
    /// <param name="file">The bytes of the file.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="name">What the file is called in messages.</param>
    /// <exception cref="SinewException">The header is not that of a picture.</exception>
    public static ImageInfo Identify(ReadOnlySpan<byte> file, DecodeOptions? options = null, string? name = null)
    {
        var header = ReadHeader(file, name ?? "image");
        var turned = (options ?? DecodeOptions.Default).ApplyOrientation && header.Orientation >= 5;
        return turned ? header with { Width = header.Height, Height = header.Width } : header;
    }

    /// <summary>The format that the first bytes of a file tell.</summary>
    /// <param name="file">The bytes of the file, or its first twelve.</param>
    public static ImageFormat FormatOf(ReadOnlySpan<byte> file)
    {
        if (file.StartsWith<byte>([0xFF, 0xD8, 0xFF])) return ImageFormat.Jpeg;
        if (file.StartsWith<byte>([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])) return ImageFormat.Png;
        return file.Length >= 12 && file.StartsWith("RIFF"u8) && file.Slice(8, 4).SequenceEqual("WEBP"u8) ? ImageFormat.WebP : ImageFormat.Unknown;
    }

    /// <summary>The header with the sizes as stored (orientation not applied).</summary>
    internal static ImageInfo ReadHeader(ReadOnlySpan<byte> file, string name)
    {
        if (file.IsEmpty) throw new SinewException($"{name}: the file is empty");
        var format = FormatOf(file);
        var (width, height) = format switch
        {
            ImageFormat.Jpeg => JpegDecoder.ReadSize(file, name),
            ImageFormat.Png => PngDecoder.ReadSize(file, name),
            ImageFormat.WebP => WebPDecoder.ReadSize(file, name),
            _ => throw new SinewException($"{name}: not a JPEG, PNG or WebP file; convert it to one of these"),
        };
        return new ImageInfo(format, width, height, Exif.Orientation(file, format));
    }

    internal static void CheckSize(int width, int height, DecodeOptions options, string name)
    {
        if ((long)width * height > options.MaxPixels)
        {
            throw new SinewException(
                $"{name}: {width}×{height} pixels are more than the {options.MaxPixels:N0} allowed; make the picture smaller");
        }
    }
}

/// <summary>A file's bytes in a pooled buffer.</summary>
internal readonly ref struct ImageFile
{
    private readonly byte[] _buffer;
    private readonly int _length;

    private ImageFile(byte[] buffer, int length) => (_buffer, _length) = (buffer, length);

    public Span<byte> Bytes => _buffer.AsSpan(0, _length);

    public static ImageFile Read(string path, long maxBytes)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        try
        {
            RefusePipe(path);
            using var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read, FileOptions.SequentialScan);
            var length = RandomAccess.GetLength(handle);
            if (length > maxBytes) throw TooLarge(path, length, maxBytes);

            var buffer = ArrayPool<byte>.Shared.Rent((int)Math.Max(length, 1));
            var read = 0;
            while (read < length)
            {
                var got = RandomAccess.Read(handle, buffer.AsSpan(read, (int)length - read), read);
                if (got == 0) break;
                read += got;
            }

            return new ImageFile(buffer, read);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            var what = e is FileNotFoundException or DirectoryNotFoundException ? "no such file" : e.Message;
            throw new SinewException($"{path}: {what}", e);
        }
    }

    /// <summary>Reads a picture of a folder, a loose file or a member of a shard.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="name">The picture's name relative to it.</param>
    /// <param name="maxBytes">The largest file.</param>
    /// <param name="called">What the picture is called in messages.</param>
    public static ImageFile Read(PictureFolder folder, string name, long maxBytes, out string called)
    {
        called = folder.PathOf(name);
        if (folder.InShard(name) is not { } member) return Read(called, maxBytes);
        called = $"{member.Shard}: {name}";
        if (member.Length > maxBytes) throw TooLarge(called, member.Length, maxBytes);
        var buffer = ArrayPool<byte>.Shared.Rent((int)Math.Max(member.Length, 1));
        member.Read(buffer.AsSpan(0, (int)member.Length));
        return new ImageFile(buffer, (int)member.Length);
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(_buffer);

    private static SinewException TooLarge(string called, long length, long maxBytes) =>
        new($"{called}: {length:N0} bytes are more than the {maxBytes:N0} allowed; make the file smaller");

    /// <summary>Refuses what has no length: an empty file, and a pipe, which to open would wait until somebody writes to it.</summary>
    /// <exception cref="SinewException">The file is empty or no regular one.</exception>
    internal static void RefusePipe(string path)
    {
        var file = new FileInfo(path);
        if (file.LinkTarget is not null) file = file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo;
        if (file is { Exists: true, Length: 0 }) throw new SinewException($"{path}: the file is empty, or no regular file");
    }
}
