namespace Sinew.TestSupport;

/// <summary>A folder of its own for one test, deleted with everything in it at the end.</summary>
public sealed class TempFolder : IDisposable
{
    public TempFolder() => FullName = Directory.CreateTempSubdirectory("sinew-test-").FullName;

    public string FullName { get; }

    public string File(string name) => Path.Combine(FullName, name);

    public string Write(string name, string text)
    {
        System.IO.File.WriteAllText(File(name), text);
        return File(name);
    }

    public void Dispose() => Directory.Delete(FullName, recursive: true);
}
