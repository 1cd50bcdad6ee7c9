using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Sinew.Yaml;

/// <summary>What a YAML text must be before its nodes are built.</summary>
/// <remarks>
/// A graph of nodes is built and hashed by recursion: keys that are groups, aliases that lead back into themselves and deep nesting end the
/// process or take for ever. No file of this library needs any of them, and the parser's events show them while they are still harmless.
/// </remarks>
public static class YamlText
{
    private const int Deepest = 64;

    /// <summary>Refuses a text that is no YAML, or has what no file needs.</summary>
    /// <param name="text">The text.</param>
    /// <param name="file">Its name for errors.</param>
    /// <exception cref="SinewException">The text is wrong; the message names its line.</exception>
    public static void Check(string text, string file)
    {
        ArgumentNullException.ThrowIfNull(text);
        var parser = new Parser(new StringReader(text));
        var open = new Stack<Group>();
        var anchors = new HashSet<AnchorName>();
        try
        {
            while (parser.MoveNext())
            {
                var now = parser.Current!;
                if (now is DocumentStart) anchors.Clear();
                if (now is MappingEnd or SequenceEnd) open.Pop();
                if (now is not (NodeEvent or AnchorAlias)) continue;
                var isKey = open.TryPeek(out var group) && group.TakesKey();
                if (isKey && now is not Scalar) throw Refused("a key must be a plain text, not a group or an alias");
                if (now is AnchorAlias alias)
                {
                    if (!anchors.Contains(alias.Value)) throw Refused($"the alias *{alias.Value} stands before its anchor");
                    if (open.Any(g => g.Anchor == alias.Value)) throw Refused($"the alias *{alias.Value} stands inside its own anchor");
                }
                else if (now is NodeEvent { Anchor.IsEmpty: false } named)
                {
                    anchors.Add(named.Anchor);
                }

                if (now is MappingStart or SequenceStart) open.Push(new Group(now is MappingStart, ((NodeEvent)now).Anchor));
                if (open.Count > Deepest) throw Refused($"groups are nested deeper than {Deepest} levels");

                SinewException Refused(string what) => new($"{file}:{now.Start.Line}: {what}");
            }
        }
        catch (YamlException e)
        {
            throw Invalid(e, file);
        }
    }

    /// <summary>The one line of what the parser says.</summary>
    internal static SinewException Invalid(YamlException e, string file) =>
        new($"{file}:{e.Start.Line}: not valid YAML: {e.Message.ReplaceLineEndings(" ")}", e);

    /// <summary>A mapping or list that has begun and not ended.</summary>
    private sealed class Group(bool isMapping, AnchorName anchor)
    {
        private int _nodes;

        public AnchorName Anchor => anchor;

        /// <summary>True where the node that comes is a key: every other one of a mapping.</summary>
        public bool TakesKey() => isMapping && _nodes++ % 2 == 0;
    }
}
