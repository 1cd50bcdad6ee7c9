namespace Sinew.Training.Loop;

/// <summary>A run's folder belongs to one training at a time. The claim ends with the process, however it ends.</summary>
internal sealed class RunClaim : IDisposable
{
    private const string FileName = "running.lock";

    private readonly FileStream _file;

    private RunClaim(FileStream file) => _file = file;

    /// <summary>Claims a folder; it is made where it is missing.</summary>
    /// <param name="folder">The run's folder.</param>
    /// <exception cref="SinewException">Another training has it, or it cannot be written to.</exception>
    public static RunClaim Of(string folder)
    {
        var path = Path.Combine(folder, FileName);
        try
        {
            Directory.CreateDirectory(folder);
            return new RunClaim(new FileStream(path, new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None, Options = FileOptions.DeleteOnClose,
            }));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SinewException(
                File.Exists(path) ? $"{folder}: another training is writing into it; wait for it, or name another folder with --out"
                    : $"{folder}: cannot be written to: {e.Message.ReplaceLineEndings(" ")}", e);
        }
    }

    public void Dispose() => _file.Dispose();
}
