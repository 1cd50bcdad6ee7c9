using System.ComponentModel;
using System.Diagnostics;

namespace Sinew.Imaging;

/// <summary>An ffmpeg or ffprobe process with pipes, started without a shell. Killed when disposed before its end.</summary>
internal sealed class FfmpegProcess : IDisposable
{
    private const string Setsid = "/usr/bin/setsid";

    // What ffmpeg says of whole files too: of streams that were cut between key frames, and of encoders that number their frames in their own way.
    private static readonly string[] Harmless = ["mmco: unref short failure", "co located POCs unavailable", "non monotonically increasing dts"];

    private readonly Process _process;
    private readonly Task<string> _errors;

    private FfmpegProcess(Process process)
    {
        _process = process;
        // Read all along: a full pipe would stop the process.
        _errors = process.StandardError.ReadToEndAsync();
    }

    public Stream Output => _process.StandardOutput.BaseStream;

    public Stream Input => _process.StandardInput.BaseStream;

    public static FfmpegProcess Start(string program, params IEnumerable<string> arguments)
    {
        // In a session of its own the program does not get the Ctrl-C that is meant for us: we end it when what it holds is safe.
        var apart = OperatingSystem.IsLinux() && File.Exists(Setsid) && IsOnPath(program);
        var info = new ProcessStartInfo(apart ? Setsid : program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        if (apart) info.ArgumentList.Add(program);
        foreach (var argument in arguments) info.ArgumentList.Add(argument);
        try
        {
            return new FfmpegProcess(Process.Start(info)!);
        }
        catch (Win32Exception e)
        {
            throw new SinewException($"{program} cannot be started ({e.Message}): install it, on Debian with 'apt-get install ffmpeg'", e);
        }
    }

    private static bool IsOnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).Any(p => File.Exists(Path.Combine(p, program)));

    /// <summary>
    /// A file's name as ffmpeg's input or output: never an option or a protocol, whatever the name looks like.
    /// </summary>
    public static string FileUrl(string path) => "file:" + Path.GetFullPath(path);

    public string ReadOutputToEnd() => _process.StandardOutput.ReadToEnd();

    /// <summary>Waits for the end; the last line of what it complained about where it failed, else null.</summary>
    public string? WaitForFailure()
    {
        _process.WaitForExit();
        return _process.ExitCode == 0 ? null : Complaints().LastOrDefault() ?? $"exit code {_process.ExitCode}";
    }

    /// <summary>
    /// Waits for the end; the first line of what it complained about, even where it says that all is well: it does so of files that break off
    /// or are damaged, and gives what it can.
    /// </summary>
    public string? WaitForComplaint() => WaitForFailure() ?? Complaints().FirstOrDefault(line => !Harmless.Any(h => line.Contains(h, StringComparison.Ordinal)));

    private string[] Complaints() => _errors.Result.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    public void Dispose()
    {
        try
        {
            if (!_process.HasExited) _process.Kill();
            _process.WaitForExit();
        }
        catch (InvalidOperationException)
        {
            // It ended between the question and the kill.
        }

        _process.Dispose();
    }
}
