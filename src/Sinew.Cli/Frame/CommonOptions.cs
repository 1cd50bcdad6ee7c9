using System.CommandLine;

namespace Sinew.Cli.Frame;

/// <summary>Options that more than one verb takes; one object each, so that a parse result can be asked for them.</summary>
internal static class CommonOptions
{
    public static readonly Option<bool> Verbose = new("--verbose")
    {
        Description = "Show stack traces of errors",
        Recursive = true,
    };

    public static readonly Option<bool> NoColor = new("--no-color")
    {
        Description = "Print without colours (so does a set NO_COLOR, or a pipe)",
        Recursive = true,
    };

    public static readonly Option<bool> Version = new("--version") { Description = "Show the version" };

    public static readonly Option<string?> Json = new("--json")
    {
        Description = "Write the result as JSON; '-' is standard output, and then nothing else goes there",
        HelpName = "FILE",
    };
}
