using System.CommandLine;

namespace Sinew.Cli.Frame;

/// <summary>Turns what a verb throws into one line on standard error and an exit code.</summary>
internal static class Guard
{
    private const int BrokenPipe = 32;

    public static async Task<int> RunAsync(VerbAction action, ParseResult options, CancellationToken cancel)
    {
        var terminal = new Terminal(
            options.GetValue(CommonOptions.Verbose),
            options.GetValue(CommonOptions.NoColor),
            options.GetResult(CommonOptions.Json) is null ? null : options.GetValue(CommonOptions.Json));
        try
        {
            return await action(options, terminal, cancel).ConfigureAwait(false);
        }
        catch (SinewException e)
        {
            return Report(terminal, e, e.Message, ExitCode.BadInput);
        }
        catch (OperationCanceledException e) when (cancel.IsCancellationRequested)
        {
            return Report(terminal, e, "interrupted", ExitCode.Interrupted);
        }
        catch (IOException e) when (e.HResult == BrokenPipe)
        {
            // Whoever read our output has seen enough, as in `sinew … | head`.
            return ExitCode.Done;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Report(terminal, e, e.Message, ExitCode.Failed);
        }
#pragma warning disable CA1031 // the outermost frame: whatever is left is a defect and must still be one line
        catch (Exception e)
#pragma warning restore CA1031
        {
            var hint = terminal.Verbose ? "" : " (--verbose shows where; please report it)";
            return Report(terminal, e, $"unexpected {e.GetType().Name}: {e.Message}{hint}", ExitCode.Failed);
        }
    }

    private static int Report(Terminal terminal, Exception error, string message, int exitCode)
    {
        terminal.Fail(message);
        if (terminal.Verbose) Console.Error.WriteLine(error);
        return exitCode;
    }
}
