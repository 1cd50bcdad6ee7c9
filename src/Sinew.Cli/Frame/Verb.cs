using System.CommandLine;

namespace Sinew.Cli.Frame;

/// <summary>What a verb does: reads its options, speaks through the terminal, returns an <see cref="ExitCode"/>.</summary>
internal delegate Task<int> VerbAction(ParseResult options, Terminal terminal, CancellationToken cancel);

/// <summary>One verb, or a group of verbs, with examples for its help.</summary>
internal sealed class Verb : Command
{
    /// <param name="name">The word on the command line.</param>
    /// <param name="description">One line for the list of verbs.</param>
    /// <param name="examples">Whole command lines that work, for <c>--help</c>.</param>
    public Verb(string name, string description, params string[] examples)
        : base(name, description) => Examples = examples;

    /// <summary>Whole command lines, for <c>--help</c>.</summary>
    public IReadOnlyList<string> Examples { get; }

    /// <summary>Sets what the verb does; errors become one line and an exit code.</summary>
    public Verb Does(VerbAction action)
    {
        SetAction((options, cancel) => Guard.RunAsync(action, options, cancel));
        return this;
    }

    /// <summary>Sets what a verb does that knows of no interruption: it is left alone then, and ends with the process.</summary>
    /// <remarks>Nothing half-written stays: a <see cref="Sinew.Files.BesideFile"/> that is not committed goes with the process.</remarks>
    public Verb Does(Func<ParseResult, Terminal, int> action) =>
        Does((options, terminal, cancel) => Task.Run(() => action(options, terminal), CancellationToken.None).WaitAsync(cancel));
}
