using System.Text.Json;
using Spectre.Console;

namespace Sinew.Cli.Frame;

/// <summary>
/// Where a verb speaks: results go to <see cref="Out"/>, progress and warnings to <see cref="Status"/>, the machine-readable
/// result to <see cref="WriteJson"/>. With <c>--json -</c> standard output carries the JSON alone and <see cref="Out"/> is silent.
/// </summary>
internal sealed class Terminal
{
    private const int PipedWidth = 200;

    private readonly string? _json;
    private readonly bool _colorsOff;
    private readonly Lazy<IAnsiConsole> _out;
    private readonly Lazy<IAnsiConsole> _status;

    public Terminal(bool verbose, bool noColor, string? json)
    {
        Verbose = verbose;
        _json = json;
        _colorsOff = noColor
            || !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"))
            || Environment.GetEnvironmentVariable("TERM") is "dumb";
        var silent = json == JsonFile.StandardOutput;
        _out = new(() => Make(silent ? TextWriter.Null : Console.Out, silent || Console.IsOutputRedirected));
        _status = new(() => Make(Console.Error, Console.IsErrorRedirected));
    }

    /// <summary>True with <c>--verbose</c>.</summary>
    public bool Verbose { get; }

    /// <summary>The result for people, on standard output.</summary>
    public IAnsiConsole Out => _out.Value;

    /// <summary>Progress and remarks, on standard error.</summary>
    public IAnsiConsole Status => _status.Value;

    /// <summary>True where <c>--json</c> was given.</summary>
    public bool WantsJson => _json is not null;

    /// <summary>Writes the machine-readable result; does nothing where <c>--json</c> was not given.</summary>
    /// <param name="write">Writes exactly one JSON value.</param>
    public void WriteJson(Action<Utf8JsonWriter> write)
    {
        if (_json is not null) JsonFile.Write(_json, write);
    }

    /// <summary>One remark on standard error that does not end the run.</summary>
    public void Warn(string message) => WriteLine(message, "\e[33m");

    /// <summary>The one line of an error.</summary>
    public void Fail(string message) => WriteLine(message, "\e[31m");

    private void WriteLine(string message, string color)
    {
        var line = $"sinew: {OneLine.Of(message).Trim()}";
        Console.Error.WriteLine(_colorsOff || Console.IsErrorRedirected ? line : $"{color}{line}\e[0m");
    }

    private IAnsiConsole Make(TextWriter writer, bool piped)
    {
        var plain = piped || _colorsOff;
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = plain ? AnsiSupport.No : AnsiSupport.Detect,
            ColorSystem = plain ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
            Interactive = piped ? InteractionSupport.No : InteractionSupport.Detect,
            Enrichment = new ProfileEnrichment { UseDefaultEnrichers = false },
            Out = new AnsiConsoleOutput(writer),
        });
        if (piped) console.Profile.Width = PipedWidth;
        return console;
    }
}
