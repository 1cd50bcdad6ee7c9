using Sinew.Files;

namespace Sinew.Cli.Predict;

/// <summary>What kind of thing people are looked for in.</summary>
internal enum InputKind
{
    Picture,
    Video,
    Web,
    Camera,
}

/// <summary>One picture, video, address or camera.</summary>
/// <param name="Name">As the records call it: the path as it was given, or as it continues what was given.</param>
/// <param name="Relative">Where its drawing goes under the output folder, without ending.</param>
/// <param name="Kind">What it is.</param>
internal sealed record PredictInput(string Name, string Relative, InputKind Kind)
{
    public const string CameraPrefix = "camera:";

    private static readonly string[] VideoEndings = [".mp4", ".mov", ".mkv", ".avi", ".webm", ".m4v", ".mpg", ".mpeg", ".wmv"];

    /// <summary>What a file's ending says it is; null where it is neither picture nor video.</summary>
    public static InputKind? KindOf(string path)
    {
        return PictureFolder.IsPictureName(path) ? InputKind.Picture
            : VideoEndings.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase) ? InputKind.Video
            : null;
    }

    /// <summary>All endings that are looked for in folders, for messages.</summary>
    public static string Endings => string.Join(", ", PictureFolder.Endings.Concat(VideoEndings));

    /// <summary>A path under the output folder that cannot lead out of it.</summary>
    public static string Below(string path)
    {
        var parts = path.Split('/', '\\').Where(p => p is not ("" or "." or "..")).Select(Safe).ToArray();
        return parts.Length == 0 ? "picture" : Path.Combine(parts);

        static string Safe(string part) => string.Concat(part.Select(c => Path.GetInvalidFileNameChars().Contains(c) || c is ':' or '?' or '*' ? '_' : c));
    }
}
