using System.Reflection;
using System.Runtime.InteropServices;

namespace Sinew.Imaging.Native;

/// <summary>
/// A C library that images need: the names that it goes by, and the Debian package that brings it. Loaded at first use, so
/// that whoever decodes no WebP needs no libwebp.
/// </summary>
internal sealed class ImageLibrary
{
    public const string TurboJpegName = "sinew:turbojpeg";
    public const string PngName = "sinew:png";
    public const string WebPName = "sinew:webp";

    public static readonly ImageLibrary TurboJpeg = new("libjpeg-turbo", "libturbojpeg0",
        ["libturbojpeg.so.0", "libturbojpeg.so", "libturbojpeg.0.dylib", "turbojpeg.dll", "libturbojpeg.dll"]);

    public static readonly ImageLibrary Png = new("libpng", "libpng16-16",
        ["libpng16.so.16", "libpng16.so", "libpng.so", "libpng16.16.dylib", "libpng16.dll"]);

    public static readonly ImageLibrary WebP = new("libwebp", "libwebp7",
        ["libwebp.so.7", "libwebp.so.6", "libwebp.so", "libwebp.7.dylib", "libwebp.dll"]);

    private readonly string _title;
    private readonly string _package;
    private readonly string[] _fileNames;
    private readonly Lazy<nint> _handle;

    static ImageLibrary() => NativeLibrary.SetDllImportResolver(typeof(ImageLibrary).Assembly, Resolve);

    internal ImageLibrary(string title, string package, string[] fileNames)
    {
        (_title, _package, _fileNames) = (title, package, fileNames);
        _handle = new Lazy<nint>(Load);
    }

    /// <summary>Makes sure that the library is there before a call into it.</summary>
    /// <exception cref="SinewException">It is not installed.</exception>
    public void Require() => _ = _handle.Value;

    private nint Load()
    {
        foreach (var name in _fileNames)
        {
            if (NativeLibrary.TryLoad(name, out var handle)) return handle;
        }

        throw new SinewException(
            $"{_title} is not installed (looked for {_fileNames[0]}): install it, on Debian with 'apt-get install {_package}'");
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path) =>
        name switch
        {
            TurboJpegName => TurboJpeg._handle.Value,
            PngName => Png._handle.Value,
            WebPName => WebP._handle.Value,
            _ => 0,
        };
}
