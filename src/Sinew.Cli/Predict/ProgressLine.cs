using System.Diagnostics;
using System.Globalization;
using Sinew.Cli.Frame;
using Spectre.Console;

namespace Sinew.Cli.Predict;

/// <summary>
/// How far a run is: a line that is written over on a terminal, and one line every half minute in a log. People a second, and the time that
/// is left where the end is known.
/// </summary>
internal sealed class ProgressLine(Terminal terminal)
{
    private readonly bool _live = !Console.IsErrorRedirected;
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private TimeSpan _next = Console.IsErrorRedirected ? TimeSpan.FromSeconds(30) : TimeSpan.Zero;
    private bool _shown;

    /// <summary>Time since the run began.</summary>
    public TimeSpan Elapsed => _clock.Elapsed;

    /// <summary>Tells where the run is, not more often than one can read.</summary>
    /// <param name="what">What is counted, such as <c>frames of a.mp4</c>.</param>
    /// <param name="done">How many are done.</param>
    /// <param name="all">How many there are; 0 while that is not known.</param>
    /// <param name="ran">How many of the done were done in this run, by which the time left is reckoned.</param>
    /// <param name="people">People found in this run.</param>
    public void Tell(string what, long done, long all, long ran, long people)
    {
        if (_clock.Elapsed < _next) return;
        _next = _clock.Elapsed + (_live ? TimeSpan.FromSeconds(0.2) : TimeSpan.FromSeconds(30));
        var line = Text(what, done, all, ran, people, _clock.Elapsed);
        if (!_live)
        {
            terminal.Status.WriteLine(line);
            return;
        }

        Console.Error.Write($"\r{line}\e[K");
        _shown = true;
    }

    /// <summary>Makes room for another line.</summary>
    public void Clear()
    {
        if (_shown) Console.Error.Write("\r\e[K");
        _shown = false;
    }

    internal static string Text(string what, long done, long all, long ran, long people, TimeSpan elapsed)
    {
        var of = all > 0 ? string.Create(CultureInfo.InvariantCulture, $" of {all:N0}") : "";
        var line = string.Create(CultureInfo.InvariantCulture, $"{done:N0}{of} {what}, {people / Math.Max(elapsed.TotalSeconds, 1e-3):N1} people/s");
        if (all <= done || ran == 0) return line;
        var left = TimeSpan.FromSeconds(Math.Ceiling(elapsed.TotalSeconds * (all - done) / ran));
        return $"{line}, {(left.TotalHours >= 1 ? string.Create(CultureInfo.InvariantCulture, $"{(int)left.TotalHours}:{left:mm\\:ss}") : left.ToString("m\\:ss", CultureInfo.InvariantCulture))} left";
    }
}
