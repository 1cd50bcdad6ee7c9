namespace Sinew.Training.Data;

/// <summary>Where is kept what can be made again: under <c>SINEW_CACHE</c>, or <c>sinew</c> in the user's cache folder.</summary>
public static class CacheFolder
{
    /// <summary>What teachers said, see <see cref="TeacherSource"/>.</summary>
    public static string Teachers => Under("teachers");

    /// <summary>Generated people, see <see cref="GeneratedStore"/>.</summary>
    public static string Generated => Under("generated");

    private static string Under(string name)
    {
        if (Environment.GetEnvironmentVariable("SINEW_CACHE") is { Length: > 0 } named) return Path.Combine(named, name);
        var home = Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } xdg
            ? xdg
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
        return Path.Combine(home, "sinew", name);
    }
}
