using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace Sinew.Yaml;

/// <summary>Builds the nodes of a YAML text, if they are such as any file of this library needs.</summary>
/// <remarks>
/// A graph of nodes is built and hashed by recursion: keys that are groups, aliases that lead back into themselves and deep nesting end the
/// process or take for ever. No file of this library needs any of them, and the parser's events show them while they are still harmless.
/// </remarks>
public static class YamlText
{
    private const int Deepest = 64;

    /// <summary>Reads a text; refuses one that is no YAML, or has what no file needs.</summary>
    /// <param name="text">The text.</param>
    /// <param name="file">Its name for errors.</param>
    /// <exception cref="SinewException">The text is wrong; the message names its line.</exception>
    public static YamlStream Load(string text, string file)
    {
        ArgumentNullException.ThrowIfNull(text);
        var stream = new YamlStream();
        try
        {
            stream.Load(new CheckedParser(new Parser(new StringReader(text)), file));
        }
        catch (YamlException e)
        {
            throw new SinewException($"{file}:{e.Start.Line}: not valid YAML: {e.Message.ReplaceLineEndings(" ")}", e);
        }

        return stream;
    }

    /// <summary>Hands events on, each looked at before anything is built of it.</summary>
    private sealed class CheckedParser(Parser parser, string file) : IParser
    {
        private readonly Stack<Group> _open = new();
        private readonly HashSet<AnchorName> _anchors = [];

        public ParsingEvent? Current => parser.Current;

        public bool MoveNext()
        {
            if (!parser.MoveNext()) return false;
            Check(parser.Current!);
            return true;
        }

        private void Check(ParsingEvent now)
        {
            if (now is DocumentStart) _anchors.Clear();
            if (now is MappingEnd or SequenceEnd) _open.Pop();
            if (now is not (NodeEvent or AnchorAlias)) return;
            var isKey = _open.TryPeek(out var group) && group.TakesKey();
            if (isKey && now is not Scalar) throw Refused("a key must be a plain text, not a group or an alias");
            if (now is AnchorAlias alias)
            {
                if (!_anchors.Contains(alias.Value)) throw Refused($"the alias *{alias.Value} stands before its anchor");
                if (_open.Any(g => g.Anchor == alias.Value)) throw Refused($"the alias *{alias.Value} stands inside its own anchor");
            }
            else if (now is NodeEvent { Anchor.IsEmpty: false } named)
            {
                _anchors.Add(named.Anchor);
            }

            if (now is MappingStart or SequenceStart) _open.Push(new Group(now is MappingStart, ((NodeEvent)now).Anchor));
            if (_open.Count > Deepest) throw Refused($"groups are nested deeper than {Deepest} levels");

            SinewException Refused(string what) => new($"{file}:{now.Start.Line}: {what}");
        }
    }

    /// <summary>A mapping or list that has begun and not ended.</summary>
    private sealed class Group(bool isMapping, AnchorName anchor)
    {
        private int _nodes;

        public AnchorName Anchor => anchor;

        /// <summary>True where the node that comes is a key: every other one of a mapping.</summary>
        public bool TakesKey() => isMapping && _nodes++ % 2 == 0;
    }
}
