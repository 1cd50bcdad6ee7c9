namespace Sinew.Cli.Predict;

/// <summary>Tells the one error of writing that every later file would meet too.</summary>
internal static class DiskFull
{
    private const int NoSpace = 28;
    private const int OverQuota = 122;
    private const int WindowsDiskFull = unchecked((int)0x80070070);

    /// <summary>True where nothing more can be written, by an error or by what it was made of.</summary>
    public static bool Is(Exception error) =>
        (error as IOException ?? error.InnerException as IOException)?.HResult is NoSpace or OverQuota or WindowsDiskFull || error.Message.Contains("No space left", StringComparison.Ordinal);
}
