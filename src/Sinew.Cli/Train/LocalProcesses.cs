using System.Diagnostics;
using System.Globalization;
using Sinew.Tensors.Distributed;

namespace Sinew.Cli.Train;

/// <summary>The other processes of a training that are started on this machine, each the same command with a place of its own.</summary>
internal sealed class LocalProcesses : IDisposable
{
    private static readonly TimeSpan Goodbye = TimeSpan.FromSeconds(30);

    private readonly List<Process> _processes = [];
    private readonly Dictionary<int, string> _lastWords = [];

    /// <summary>Starts processes 1 to the last.</summary>
    /// <param name="first">The place of this one, process 0.</param>
    /// <param name="arguments">What follows the command's name: the same training without the option that starts processes.</param>
    public LocalProcesses(ProcessPlace first, IReadOnlyList<string> arguments)
    {
        for (var rank = 1; rank < first.Size; rank++)
        {
            var start = Command(arguments);
            start.RedirectStandardOutput = start.RedirectStandardError = true;
            foreach (var (name, value) in (first with { Rank = rank, LocalRank = rank }).ToVariables()) start.Environment[name] = value;
            var process = new Process { StartInfo = start };
            var place = rank;
            // read, so that it does not block; what it says is of interest only if it fails
            process.OutputDataReceived += static (_, _) => { };
            process.ErrorDataReceived += (_, line) =>
            {
                if (string.IsNullOrWhiteSpace(line.Data)) return;
                lock (_lastWords) _lastWords[place] = line.Data.Trim();
            };
            process.Start();
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
            _processes.Add(process);
        }
    }

    /// <summary>Throws if one of them has ended, which none does before the training.</summary>
    public void RequireAll()
    {
        if (_processes.Exists(p => p.HasExited)) throw Reason(new ProcessGroupException("another process of this training has ended"));
    }

    /// <summary>What made one of them end, in its own words.</summary>
    /// <param name="noticed">How this process noticed.</param>
    public SinewException Reason(ProcessGroupException noticed)
    {
        var until = Stopwatch.StartNew();
        while (until.Elapsed < TimeSpan.FromSeconds(5) && !_processes.Exists(p => p.HasExited)) Thread.Sleep(50);
        foreach (var (process, rank) in _processes.Select((p, i) => (p, i + 1)))
        {
            if (!process.HasExited) continue;
            // its last words may still be on their way
            process.WaitForExit();
            lock (_lastWords)
            {
                if (process.ExitCode is not (0 or Frame.ExitCode.Interrupted) && _lastWords.TryGetValue(rank, out var words) && !words.Contains("another process of this training", StringComparison.Ordinal))
                    return new SinewException($"process {rank} of {_processes.Count + 1}: {words}", noticed);
                if (process.ExitCode > 128) return new SinewException(string.Create(CultureInfo.InvariantCulture, $"process {rank} of {_processes.Count + 1} was ended by signal {process.ExitCode - 128}: go on with --resume"), noticed);
            }
        }

        return noticed;
    }

    /// <summary>Waits for their end, which is near once this process has left the group; ends those that hang.</summary>
    public void Dispose()
    {
        var until = Stopwatch.StartNew();
        foreach (var process in _processes)
        {
            var left = Goodbye - until.Elapsed;
            if (!process.WaitForExit(left > TimeSpan.Zero ? left : TimeSpan.Zero)) process.Kill(entireProcessTree: true);
            process.Dispose();
        }
    }

    private static ProcessStartInfo Command(IReadOnlyList<string> arguments)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "Sinew.Cli");
        return File.Exists(program)
            ? new ProcessStartInfo(program, arguments)
            : new ProcessStartInfo(Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet", [program + ".dll", .. arguments]);
    }
}
