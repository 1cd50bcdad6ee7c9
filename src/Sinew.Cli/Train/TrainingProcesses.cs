using Sinew.Cli.Frame;
using Sinew.Tensors.Distributed;
using Spectre.Console;

namespace Sinew.Cli.Train;

/// <summary>The processes that a training runs in: this one alone, those that it starts, or those that a launcher has started.</summary>
internal sealed class TrainingProcesses : IDisposable
{
    private static readonly TimeSpan TellAfter = TimeSpan.FromSeconds(5);

    private readonly LocalProcesses? _started;
    private readonly string? _folder;

    private TrainingProcesses(ProcessGroup? group, LocalProcesses? started)
    {
        (Group, _started) = (group, started);
        if (!IsFirst) _folder = Directory.CreateTempSubdirectory("sinew-process-").FullName;
    }

    /// <summary>The group; null for one process.</summary>
    public ProcessGroup? Group { get; }

    /// <summary>True for the process that speaks and writes.</summary>
    public bool IsFirst => Group?.IsFirst ?? true;

    /// <summary>Finds or starts the other processes, and joins them.</summary>
    /// <param name="count">How many are asked for; null where nobody asked.</param>
    /// <param name="arguments">The command's arguments, without those that ask for processes.</param>
    /// <param name="terminal">Where it is told what is waited for.</param>
    /// <param name="cancel">Ends the wait.</param>
    /// <exception cref="SinewException">The environment or the option cannot be, or a process has ended before all were there.</exception>
    public static TrainingProcesses Open(int? count, IReadOnlyList<string> arguments, Terminal terminal, CancellationToken cancel)
    {
        if (count is < 1) throw new SinewException($"--processes {count}: give 1 or more");
        if (count == 1) return new TrainingProcesses(null, null);
        var place = ProcessPlace.Of(Environment.GetEnvironmentVariable);
        if (place is null) return count is { } many ? Start(many, arguments, cancel) : new TrainingProcesses(null, null);
        if (count is not null) throw new SinewException($"--processes {count}: {place.Launcher} has started {place.Size} processes already; leave the option out, or give --processes 1 for a training alone");
        var since = TimeProvider.System.GetTimestamp();
        var told = false;
        var meeting = MeetingPlace.Of(place, cancel);
        return Joined(place, meeting, null, there =>
        {
            if (told || place.Rank > 0 || TimeProvider.System.GetElapsedTime(since) < TellAfter) return;
            told = true;
            terminal.Status.WriteLine($"{there} of {place.Size} processes are at {meeting}: waiting for the others");
        }, cancel);
    }

    /// <summary>The folder to train in: the run's own for the first process, one of no use after for the others.</summary>
    /// <param name="run">The run's folder.</param>
    public string FolderOf(string run) => _folder is null ? run : Path.Combine(_folder, Path.GetFileName(Path.TrimEndingDirectorySeparator(run)));

    /// <summary>The first's answer to a question that its files answer.</summary>
    public bool Agreed(bool answer) => Group?.Broadcast(answer) ?? answer;

    /// <summary>Does the work; where another process has ended, throws what that one said.</summary>
    public T Run<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (ProcessGroupException e) when (_started is not null)
        {
            throw _started.Reason(e);
        }
    }

    /// <summary>Leaves the group, and waits for the processes that were started.</summary>
    public void Dispose()
    {
        Group?.Dispose();
        _started?.Dispose();
        if (_folder is not null) Directory.Delete(_folder, recursive: true);
    }

    private static TrainingProcesses Start(int count, IReadOnlyList<string> arguments, CancellationToken cancel)
    {
        const string here = "127.0.0.1";
        var meeting = MeetingPlace.Open(here, 0);
        var place = new ProcessPlace(0, count, 0, count, here, meeting.Port, "--processes");
        var started = new LocalProcesses(place, arguments);
        try
        {
            return Joined(place, meeting, started, _ => started.RequireAll(), cancel);
        }
        catch
        {
            meeting.Dispose();
            started.Dispose();
            throw;
        }
    }

    private static TrainingProcesses Joined(ProcessPlace place, MeetingPlace meeting, LocalProcesses? started, Action<long> waiting, CancellationToken cancel) =>
        new(ProcessGroup.Join(place, meeting, waiting, cancel), started);
}
