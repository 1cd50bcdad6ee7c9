using Xunit;

namespace Sinew.TestSupport;

/// <summary>
/// Material that some tests check against but that is not the project's to hand on: photographs, other people's models,
/// reference arrays. It lies in a folder named by SINEW_SHARED, or in <c>shared/</c> beside the checkout.
/// </summary>
public static class Shared
{
    private static readonly string? Root = FindRoot();

    /// <summary>The full path of a file or folder of the material; the calling test is skipped where it is absent.</summary>
    public static string Path(string relative)
    {
        var path = Root is null ? null : System.IO.Path.Combine(Root, relative);
        if (path is null || !(File.Exists(path) || Directory.Exists(path)))
        {
            Assert.Skip($"needs {relative} of the test material (set SINEW_SHARED to its folder)");
        }

        return path!;
    }

    /// <summary>An .npz archive of the material.</summary>
    public static Npz Npz(string relative) => TestSupport.Npz.Read(Path(relative));

    private static string? FindRoot()
    {
        if (Environment.GetEnvironmentVariable("SINEW_SHARED") is { Length: > 0 } named) return named;
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (!File.Exists(System.IO.Path.Combine(folder.FullName, "Sinew.slnx"))) continue;
            var beside = System.IO.Path.Combine(folder.FullName, "..", "shared");
            return Directory.Exists(beside) ? System.IO.Path.GetFullPath(beside) : null;
        }

        return null;
    }
}
