using System.Diagnostics;

namespace Sinew.Cli.Predict;

/// <summary>When a journal hands what it holds to the system, and when on to the disk: often enough that little is lost, seldom enough to cost nothing.</summary>
internal sealed class FlushTimer
{
    private static readonly TimeSpan FlushEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ToDiskEvery = TimeSpan.FromSeconds(15);

    private readonly Stopwatch _flushed = Stopwatch.StartNew();
    private readonly Stopwatch _toDisk = Stopwatch.StartNew();

    /// <summary>True where it is time to flush.</summary>
    public bool IsDue => _flushed.Elapsed > FlushEvery;

    /// <summary>Flushes by the given action, which is told whether on to the disk, and begins to wait anew.</summary>
    public void Flush(Action<bool> flush)
    {
        var toDisk = _toDisk.Elapsed > ToDiskEvery;
        flush(toDisk);
        _flushed.Restart();
        if (toDisk) _toDisk.Restart();
    }
}
