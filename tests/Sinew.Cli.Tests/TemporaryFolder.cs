namespace Sinew.Cli.Tests;

/// <summary>A folder that is gone after the test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("sinew-test-");

    public string Root => _folder.FullName;

    public string File(string relative) => Path.Combine(Root, relative);

    public void Dispose() => _folder.Delete(recursive: true);
}
