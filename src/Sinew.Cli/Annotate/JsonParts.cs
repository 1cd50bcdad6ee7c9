namespace Sinew.Cli.Annotate;

/// <summary>
/// Finds the parts of one JSON value by their places in its text, so that they can be copied as they are. The text is known to be JSON: it was
/// read before.
/// </summary>
internal static class JsonParts
{
    /// <summary>A member of an object: where its key's text (without quotes) and its value lie.</summary>
    public readonly record struct Member(Range Key, Range Value);

    /// <summary>The members of an object, in order.</summary>
    /// <param name="text">The object, from its brace on.</param>
    /// <exception cref="SinewException">It is no object.</exception>
    public static List<Member> Members(ReadOnlySpan<byte> text)
    {
        var members = new List<Member>();
        var at = Open(text, (byte)'{');
        while (text[at] != '}')
        {
            var keyEnd = End(text, at);
            var value = Skip(text, Skip(text, keyEnd) + 1);
            var end = End(text, value);
            members.Add(new Member((at + 1)..(keyEnd - 1), value..end));
            at = Next(text, end);
        }

        return members;
    }

    /// <summary>The elements of a list, in order.</summary>
    /// <param name="text">The list, from its bracket on.</param>
    /// <exception cref="SinewException">It is no list.</exception>
    public static List<Range> Elements(ReadOnlySpan<byte> text)
    {
        var elements = new List<Range>();
        var at = Open(text, (byte)'[');
        while (text[at] != ']')
        {
            var end = End(text, at);
            elements.Add(at..end);
            at = Next(text, end);
        }

        return elements;
    }

    private static int Open(ReadOnlySpan<byte> text, byte bracket)
    {
        var at = Skip(text, 0);
        return text[at] == bracket ? Skip(text, at + 1) : throw Broken();
    }

    /// <summary>The next element's place after a value's end, or that of the closing bracket.</summary>
    private static int Next(ReadOnlySpan<byte> text, int end)
    {
        var at = Skip(text, end);
        return text[at] == ',' ? Skip(text, at + 1) : at;
    }

    private static int Skip(ReadOnlySpan<byte> text, int at)
    {
        while (at < text.Length && text[at] <= ' ') at++;
        return at < text.Length ? at : throw Broken();
    }

    /// <summary>The end of the value that begins at a place.</summary>
    private static int End(ReadOnlySpan<byte> text, int at)
    {
        if (text[at] == '"') return StringEnd(text, at);
        if (text[at] is not ((byte)'[' or (byte)'{'))
        {
            while (at < text.Length && text[at] is not ((byte)',' or (byte)']' or (byte)'}' or <= (byte)' ')) at++;
            return at;
        }

        for (var depth = 0; at < text.Length;)
        {
            if (text[at] == '"')
            {
                at = StringEnd(text, at);
                continue;
            }

            if (text[at] is (byte)'[' or (byte)'{') depth++;
            else if (text[at] is (byte)']' or (byte)'}') depth--;
            at++;
            if (depth == 0) return at;
        }

        throw Broken();
    }

    private static int StringEnd(ReadOnlySpan<byte> text, int at)
    {
        for (at++; at < text.Length; at++)
        {
            if (text[at] == '\\') at++;
            else if (text[at] == '"') return at + 1;
        }

        throw Broken();
    }

    private static SinewException Broken() => new("a record that is no JSON object; the file was changed while it was read");
}
