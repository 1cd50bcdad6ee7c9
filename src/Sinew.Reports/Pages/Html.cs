using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace Sinew.Reports;

/// <summary>HTML or SVG that is finished: it is not escaped again.</summary>
internal readonly record struct Markup(string Text);

/// <summary>
/// Writes HTML: the literal parts of an interpolated string are markup, what is put into it is text and escaped. So nothing
/// that comes from a file can become markup, whoever writes the next line of the page.
/// </summary>
internal sealed class Html
{
    private readonly StringBuilder _text = new();

    /// <summary>Adds markup with escaped texts in it.</summary>
#pragma warning disable CA1822, IDE0060 // the handler has written to this object already
    public Html Add([InterpolatedStringHandlerArgument("")] ref Handler markup) => this;
#pragma warning restore CA1822, IDE0060

    /// <summary>Adds finished markup.</summary>
    public Html Add(Markup markup)
    {
        _text.Append(markup.Text);
        return this;
    }

    /// <summary>What was written.</summary>
    public Markup ToMarkup() => new(_text.ToString());

    private void Escape(string? text)
    {
        if (text is null) return;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            _ = c switch
            {
                '&' => _text.Append("&amp;"),
                '<' => _text.Append("&lt;"),
                '>' => _text.Append("&gt;"),
                '"' => _text.Append("&quot;"),
                '\'' => _text.Append("&#39;"),
                '\n' or '\t' => _text.Append(c),
                '\r' => _text,
                _ when char.IsControl(c) => _text.Append('\uFFFD'),
                _ when char.IsHighSurrogate(c) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]) => _text.Append(c).Append(text[++i]),
                _ when char.IsSurrogate(c) => _text.Append('\uFFFD'),
                _ => _text.Append(c),
            };
        }
    }

    /// <summary>Takes the parts of an interpolated string.</summary>
    [InterpolatedStringHandler]
    internal readonly struct Handler
    {
        private readonly Html _html;

#pragma warning disable IDE0060 // the compiler gives both
        public Handler(int literalLength, int formattedCount, Html html) => _html = html;
#pragma warning restore IDE0060

        public void AppendLiteral(string markup) => _html._text.Append(markup);

        public void AppendFormatted(string? text) => _html.Escape(text);

        public void AppendFormatted(Markup markup) => _html._text.Append(markup.Text);

        public void AppendFormatted(int number) => _html._text.Append(CultureInfo.InvariantCulture, $"{number}");

        public void AppendFormatted(long number) => _html._text.Append(CultureInfo.InvariantCulture, $"{number}");

        public void AppendFormatted(double number) => AppendFormatted(number, "0.##");

        public void AppendFormatted(double number, string format) => _html.Escape(number.ToString(format, CultureInfo.InvariantCulture));
    }
}
