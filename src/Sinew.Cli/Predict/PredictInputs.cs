using System.IO.Enumeration;
using Sinew.Imaging;

namespace Sinew.Cli.Predict;

/// <summary>
/// What the command line named, one thing after the other: files, folders with all below them, patterns, addresses, cameras. Always in the
/// same order (as named; in folders by name), so that a run can go on where another stopped. A folder's names are held while it is read.
/// </summary>
internal sealed class PredictInputs
{
    private readonly string[] _named;
    private readonly string? _leftOut;

    /// <param name="named">As on the command line.</param>
    /// <param name="leftOut">A folder that is not looked into: where the results go.</param>
    /// <exception cref="SinewException">Something that was named is not there.</exception>
    public PredictInputs(string[] named, string? leftOut)
    {
        (_named, _leftOut) = (named, leftOut is null ? null : Path.TrimEndingDirectorySeparator(Path.GetFullPath(leftOut)));
        foreach (var name in named)
        {
            if (IsWeb(name) || IsCamera(name) || Path.Exists(name) || (IsPattern(name) && Split(name).Folder is var folder && (folder.Length == 0 || Directory.Exists(folder)))) continue;
            throw new SinewException($"{name}: there is no such file or folder");
        }
    }

    /// <summary>True where everything is a camera: such a run has no end of its own.</summary>
    public bool AllCameras => _named.All(IsCamera);

    /// <summary>True where there is work for every core without sharing one picture's: a video, or more pictures than cores.</summary>
    public bool AreMany()
    {
        var pictures = 0;
        foreach (var input in All())
        {
            if (input.Kind == InputKind.Camera) return false;
            if (input.Kind == InputKind.Video || ++pictures > Environment.ProcessorCount) return true;
        }

        return false;
    }

    /// <summary>Everything that was named.</summary>
    public IEnumerable<PredictInput> All() => _named.SelectMany(Expand);

    private IEnumerable<PredictInput> Expand(string name)
    {
        if (IsWeb(name)) return [new PredictInput(name, PredictInput.Below(Path.ChangeExtension(new Uri(name).AbsolutePath.Split('/')[^1], null)), InputKind.Web)];
        if (IsCamera(name)) return [new PredictInput(name, PredictInput.Below(name.Replace(':', '-')), InputKind.Camera)];
        if (Directory.Exists(name)) return Below(name, name, null, 0);
        if (File.Exists(name)) return [new PredictInput(name, Path.GetFileNameWithoutExtension(name), PredictInput.KindOf(name) ?? Sniff(name))];
        var (folder, pattern) = Split(name);
        return Below(folder, folder, pattern, 0);
    }

    /// <summary>The pictures and videos of a folder: all below it, or those that match a pattern's parts.</summary>
    private IEnumerable<PredictInput> Below(string root, string folder, string[]? pattern, int part)
    {
        if (_leftOut is not null && Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder.Length == 0 ? "." : folder)) == _leftOut) yield break;
        var last = pattern is null || part == pattern.Length - 1;
        var anyDepth = pattern is not null && pattern[part] == "**";
        foreach (var (name, isFolder) in Entries(folder))
        {
            var path = folder.Length == 0 ? name : Path.Combine(folder, name);
            if (isFolder)
            {
                if (pattern is null || anyDepth)
                {
                    foreach (var item in Below(root, path, pattern, part)) yield return item;
                }

                if (pattern is not null && !anyDepth && !last && Matches(pattern[part], name))
                {
                    foreach (var item in Below(root, path, pattern, part + 1)) yield return item;
                }
            }
            else if (PredictInput.KindOf(name) is { } kind && (pattern is null || (last && (anyDepth || Matches(pattern[part], name)))))
            {
                yield return new PredictInput(path, PredictInput.Below(Path.ChangeExtension(Path.GetRelativePath(root.Length == 0 ? "." : root, path), null)), kind);
            }
        }

        // '**' also stands for no folder at all
        if (anyDepth && !last)
        {
            foreach (var item in Below(root, folder, pattern, part + 1)) yield return item;
        }
    }

    /// <summary>What lies in a folder, by name; hidden things and links to folders, which may lead in circles, are left out.</summary>
    private static List<(string Name, bool IsFolder)> Entries(string folder)
    {
        try
        {
            var found = new FileSystemEnumerable<(string Name, bool IsFolder)>(
                folder.Length == 0 ? "." : folder, (ref FileSystemEntry entry) => (entry.FileName.ToString(), entry.IsDirectory),
                new EnumerationOptions { AttributesToSkip = 0 })
            {
                ShouldIncludePredicate = (ref FileSystemEntry entry) =>
                    !entry.FileName.StartsWith('.') && !(entry.IsDirectory && entry.Attributes.HasFlag(FileAttributes.ReparsePoint)),
            };
            var entries = found.ToList();
            entries.Sort((a, b) => string.CompareOrdinal(a.Name, b.Name));
            return entries;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SinewException($"{folder}: cannot be listed: {e.Message.ReplaceLineEndings(" ")}", e);
        }
    }

    private static bool Matches(string pattern, string name) => FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: false);

    private static bool IsWeb(string name) =>
        name.StartsWith("http://", StringComparison.OrdinalIgnoreCase) || name.StartsWith("https://", StringComparison.OrdinalIgnoreCase)
            ? Uri.TryCreate(name, UriKind.Absolute, out _) ? true : throw new SinewException($"{name}: not an address that can be read")
            : false;

    private static bool IsCamera(string name) =>
        name.StartsWith(PredictInput.CameraPrefix, StringComparison.Ordinal) || name.StartsWith("/dev/video", StringComparison.Ordinal);

    private static bool IsPattern(string name) => name.AsSpan().ContainsAny('*', '?');

    private static (string Folder, string[] Pattern) Split(string name)
    {
        var parts = name.Split('/');
        var first = Array.FindIndex(parts, IsPattern);
        var folder = string.Join('/', parts[..first]);
        return (folder.Length == 0 && name.StartsWith('/') ? "/" : folder.Length == 0 ? "" : folder, parts[first..]);
    }

    private static InputKind Sniff(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            Span<byte> start = stackalloc byte[12];
            return ImageDecoder.FormatOf(start[..file.ReadAtLeast(start, 12, throwOnEndOfStream: false)]) == ImageFormat.Unknown ? InputKind.Video : InputKind.Picture;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // it will be told when it is its turn
            return InputKind.Picture;
        }
    }
}
