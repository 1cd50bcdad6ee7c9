using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Reflection;

namespace Sinew.Cli.Frame;

/// <summary>The whole command: parses, runs one verb, returns the exit code.</summary>
internal static class CommandLine
{
    // File names may begin with '@'; a response file is nothing this command knows.
    private static readonly ParserConfiguration Parsing = new() { ResponseFileTokenReplacer = null, EnablePosixBundling = false };

    /// <summary>The root with every verb and the options that all of them take.</summary>
    public static Verb Root(IEnumerable<Command> verbs)
    {
        var root = new Verb(
            "sinew",
            "Trains small 2D pose estimators on the union of many skeletons, runs them, and scores them.",
            [.. verbs.OfType<Verb>().SelectMany(v => v.Examples.Take(1))]);
        var help = new HelpOption("--help", "-h") { Recursive = true };
        help.Action = new HelpWithExamples((HelpAction)help.Action!);
        root.Add(help);
        CommonOptions.Version.Action = new ShowVersion();
        root.Add(CommonOptions.Version);
        root.Add(CommonOptions.Verbose);
        root.Add(CommonOptions.NoColor);
        foreach (var verb in verbs) root.Add(verb);
        return root;
    }

    /// <summary>Parses one command line without running it.</summary>
    public static ParseResult Parse(Verb root, IReadOnlyList<string> args) => root.Parse(args, Parsing);

    public static async Task<int> RunAsync(IReadOnlyList<Command> verbs, string[] args)
    {
        var root = Root(verbs);
        var parsed = Parse(root, args.Length == 0 ? ["--help"] : args);
        // Help for a verb that there is not would be the list of all: whoever asked would not see why.
        var errors = parsed.Action is not CommandLineAction { ClearsParseErrors: true } ? UsageErrors.Of(parsed) : UsageErrors.OfVerb(parsed) is { } verb ? [verb] : [];
        if (errors.Count > 0)
        {
            var terminal = new Terminal(verbose: false, noColor: args.Contains(CommonOptions.NoColor.Name), json: null);
            foreach (var error in errors) terminal.Fail(error);
            return ExitCode.BadInput;
        }

        using var interruption = new Interruption();
        var running = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
        return await parsed.InvokeAsync(running, interruption.Token).ConfigureAwait(false);
    }

    private sealed class ShowVersion : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            var version = typeof(ShowVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
            parseResult.InvocationConfiguration.Output.WriteLine($"sinew {version}");
            return ExitCode.Done;
        }
    }
}
