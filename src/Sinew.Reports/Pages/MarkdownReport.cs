using System.Globalization;
using System.Text;

namespace Sinew.Reports;

/// <summary>Writes the report's tables as Markdown, for pull requests and notebooks.</summary>
public static class MarkdownReport
{
    private const string Special = "\\`*_{}[]()#!|~";

    /// <summary>The text.</summary>
    /// <param name="runs">The runs; the first one is what the others are compared with.</param>
    /// <param name="now">When it is written.</param>
    public static string Of(IReadOnlyList<ReportRun> runs, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(runs);
        if (runs.Count == 0) throw new ArgumentException("a report needs a run", nameof(runs));
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"# {(runs.Count == 1 ? Escaped(runs[0].Name) : $"{runs.Count} runs")}\n\nWritten {now:yyyy-MM-dd HH:mm} UTC by `sinew report`.\n");
        foreach (var table in PaperTables.All(runs).Concat([PaperTables.Speed(runs), PaperTables.Differences(runs), PaperTables.RecipeDifferences(runs)]).OfType<ReportTable>())
        {
            Append(text, table);
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, ReportTable table)
    {
        text.Append(CultureInfo.InvariantCulture, $"\n## {Escaped(table.Title)}\n\n");
        if (table.Note.Length > 0) text.Append(Escaped(table.Note)).Append("\n\n");
        if (table.Rows.Count == 0) return;
        Row(text, table.Columns.Select(c => Escaped(c.Group.Length > 0 ? $"{c.Group}: {c.Name}" : c.Name)));
        Row(text, table.Columns.Select(c => c.Numeric ? "---:" : "---"));
        for (var r = 0; r < table.Rows.Count; r++)
        {
            var row = r;
            Row(text, table.Rows[r].Select((cell, c) => table.IsBest(row, c) ? $"**{Escaped(cell.Text)}**" : Escaped(cell.Text)));
        }
    }

    private static void Row(StringBuilder text, IEnumerable<string> cells) => text.Append("| ").AppendJoin(" | ", cells).Append(" |\n");

    // texts from files must neither end a cell nor become markup
    private static string Escaped(string text)
    {
        var safe = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            // a sign of a number is no list
            if (c is '-' or '+' && !(i == 0 && text.Length > 1 && char.IsDigit(text[1]))) safe.Append(i == 0 ? "\\" : "").Append(c);
            else if (c is '-' or '+') safe.Append(c);
            else if (c is '<' or '>' or '&') safe.Append(c switch { '<' => "&lt;", '>' => "&gt;", _ => "&amp;" });
            else if (Special.Contains(c, StringComparison.Ordinal)) safe.Append('\\').Append(c);
            else safe.Append(char.IsControl(c) ? ' ' : c);
        }

        return safe.ToString();
    }
}
