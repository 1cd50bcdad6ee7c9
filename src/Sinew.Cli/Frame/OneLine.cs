namespace Sinew.Cli.Frame;

/// <summary>Names of files as they are told: on one line, without what a terminal would take for a command.</summary>
internal static class OneLine
{
    /// <summary>The text with each run of control characters as one space.</summary>
    public static string Of(string text) =>
        text.Any(char.IsControl) ? string.Join(' ', text.Split([.. text.Where(char.IsControl).Distinct()], StringSplitOptions.RemoveEmptyEntries)) : text;
}
