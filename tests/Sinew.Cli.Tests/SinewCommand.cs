using System.Diagnostics;

namespace Sinew.Cli.Tests;

/// <summary>Runs the built command as its users do, with standard output and error through pipes.</summary>
internal static class SinewCommand
{
    public sealed record Result(int ExitCode, string Output, string Error);

    public static Result Run(params string[] args) => Run(null, args);

    public static Result Run(Action<ProcessStartInfo>? change, params string[] args)
    {
        using var process = Start(change, args);
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new Result(process.ExitCode, output, error.Result);
    }

    public static Process Start(Action<ProcessStartInfo>? change, params string[] args)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "Sinew.Cli"), args)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        start.Environment.Remove("NO_COLOR");
        change?.Invoke(start);
        var process = Process.Start(start)!;
        process.StandardInput.Close();
        return process;
    }
}
