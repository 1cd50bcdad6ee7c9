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

    /// <summary>The pose model of verbs that look at pictures; where it is not given, <see cref="Sinew.Inference.BuiltInModel"/>.</summary>
    public static readonly Option<string?> Model = new("--model")
    {
        Description = "The model: .safetensors, .onnx, a model card, or a run's folder (the one that comes with Sinew where it is left out)",
        HelpName = "FILE",
    };

    public static readonly Option<bool> Version = new("--version") { Description = "Show the version" };

    public static readonly Option<string?> Json = new("--json")
    {
        Description = "Write the result as JSON; '-' is standard output, and then nothing else goes there",
        HelpName = "FILE",
    };
}
