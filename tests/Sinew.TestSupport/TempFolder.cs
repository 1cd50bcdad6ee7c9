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

    /// <summary>A named pipe; what is to be read from it must be written by somebody else at the same time.</summary>
    public string Pipe(string name)
    {
        using var make = System.Diagnostics.Process.Start("mkfifo", [File(name)]);
        make.WaitForExit();
        return File(name);
    }

    public void Dispose() => Directory.Delete(FullName, recursive: true);
}
