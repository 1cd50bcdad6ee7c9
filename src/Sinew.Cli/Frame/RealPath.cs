namespace Sinew.Cli.Frame;

/// <summary>Whether two paths mean the same file.</summary>
internal static class RealPath
{
    private const int MostLinks = 40;
    private static readonly bool IgnoresCase = OperatingSystem.IsWindows() || OperatingSystem.IsMacOS();

    /// <summary>The full path with all links resolved, as far as it is there; of two paths to one file it is the same text.</summary>
    /// <param name="path">The path; nothing needs to be there.</param>
    public static string Of(string path)
    {
        var real = Resolve(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)), 0);
        return IgnoresCase ? real.ToUpperInvariant() : real;
    }

    private static string Resolve(string full, int links)
    {
        if (Path.GetDirectoryName(full) is not { } folder) return full;
        // a link's target is told from where the link really lies
        var parent = Resolve(folder, links);
        var real = Path.Combine(parent, Path.GetFileName(full));
        return links < MostLinks && TargetOf(real) is { } target ? Resolve(Path.TrimEndingDirectorySeparator(Path.GetFullPath(target, parent)), links + 1) : real;
    }

    private static string? TargetOf(string path)
    {
        try
        {
            return new FileInfo(path).LinkTarget;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // whoever opens it says why it cannot be
            return null;
        }
    }
}
