using System.CommandLine;
using System.CommandLine.Parsing;
using Sinew.Yaml;

namespace Sinew.Cli.Frame;

/// <summary>What is wrong with a command line, in one line each.</summary>
internal static class UsageErrors
{
    /// <summary>Empty where the command line can be run.</summary>
    public static IReadOnlyList<string> Of(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        // The first is the cause; what follows it is often only its value.
        if (OptionsTakenForArguments(parsed).Concat(parsed.UnmatchedTokens).FirstOrDefault() is { } first) return [Unknown(first, parsed)];
        if (command.Action is null && parsed.Action is not (null or System.CommandLine.Invocation.ParseErrorAction)) return [];
        if (command.Action is null)
        {
            return [$"{Path(parsed.CommandResult)} needs one of: {string.Join(", ", command.Subcommands.Select(c => c.Name))}"];
        }

        string[] errors = [.. parsed.Errors.Select(e => $"{Path(parsed.CommandResult)}: {Plain(e.Message)}")];
        return errors.Length > 0 ? errors : [.. Empty(parsed.CommandResult).Take(1).Select(name => $"{Path(parsed.CommandResult)}: {name} is empty; give it a value")];
    }

    /// <summary>The error of a verb that there is not; null where all verbs are known.</summary>
    public static string? OfVerb(ParseResult parsed) =>
        parsed.CommandResult.Command.Subcommands.Count > 0 && parsed.UnmatchedTokens.FirstOrDefault(t => !t.StartsWith('-')) is { } first
            ? Unknown(first, parsed)
            : null;

    /// <summary>The words that lead to the command, such as <c>sinew skeleton show</c>.</summary>
    public static string Path(CommandResult result) =>
        result.Parent is CommandResult parent ? $"{Path(parent)} {result.Command.Name}" : result.Command.Name;

    // Options and arguments with "" for a value, as a variable leaves it that a script has not set: no verb has a use for that.
    private static IEnumerable<string> Empty(CommandResult? result)
    {
        for (; result is not null; result = result.Parent as CommandResult)
        {
            foreach (var child in result.Children.Where(c => c is not CommandResult && c.Tokens.Any(t => t.Value.Length == 0)))
            {
                yield return child switch
                {
                    OptionResult option => option.Option.Name,
                    ArgumentResult argument => $"<{argument.Argument.Name}>",
                    _ => "a value",
                };
            }
        }
    }

    // An argument that takes many values also takes a mistyped option for a value; after a lone "--" that is meant.
    private static IEnumerable<string> OptionsTakenForArguments(ParseResult parsed) =>
        parsed.Tokens.Any(t => t.Type == TokenType.DoubleDash)
            ? []
            : parsed.CommandResult.Children.OfType<ArgumentResult>()
                .SelectMany(a => a.Tokens)
                .Select(t => t.Value)
                .Where(v => v.StartsWith("--", StringComparison.Ordinal));

    private static string Unknown(string token, ParseResult parsed)
    {
        var (kind, candidates) = token.StartsWith('-')
            ? ("option", OptionNames(parsed.CommandResult))
            : parsed.CommandResult.Command.Subcommands.Count > 0
                ? ("verb", parsed.CommandResult.Command.Subcommands.Select(c => c.Name))
                : ("argument", []);
        var hint = Nearest.Of(token, candidates) is { } nearest
            ? $"did you mean '{nearest}'?"
            : $"'{Path(parsed.CommandResult)} --help' lists what there is";
        return $"unknown {kind} '{token}' for {Path(parsed.CommandResult)}; {hint}";
    }

    private static IEnumerable<string> OptionNames(CommandResult? result)
    {
        for (var own = true; result is not null; result = result.Parent as CommandResult, own = false)
        {
            foreach (var option in result.Command.Options.Where(o => !o.Hidden && (own || o.Recursive))) yield return option.Name;
        }
    }

    private static string Plain(string message) =>
        message.TrimEnd('.')
            .Replace("as expected type 'System.Int32'", "as a whole number", StringComparison.Ordinal)
            .Replace("as expected type 'System.Int64'", "as a whole number", StringComparison.Ordinal)
            .Replace("as expected type 'System.Single'", "as a number", StringComparison.Ordinal)
            .Replace("as expected type 'System.Double'", "as a number", StringComparison.Ordinal);
}
