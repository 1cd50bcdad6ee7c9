using System.Globalization;

namespace Sinew.Reports;

/// <summary>A table as data: HTML and Markdown are written from it alike.</summary>
/// <param name="Title">Its heading.</param>
/// <param name="Note">What readers must know of it; may be empty.</param>
/// <param name="Columns">Its columns.</param>
/// <param name="Rows">A cell per column and row.</param>
public sealed record ReportTable(string Title, string Note, IReadOnlyList<ReportColumn> Columns, IReadOnlyList<IReadOnlyList<ReportCell>> Rows)
{
    /// <summary>True where the cell holds its column's best value, and the column has more than one.</summary>
    /// <param name="row">The row.</param>
    /// <param name="column">The column.</param>
    public bool IsBest(int row, int column)
    {
        if (!Columns[column].HigherIsBetter || Rows[row][column].Value is not { } own) return false;
        double[] all = [.. Rows.Select(r => r[column].Value).OfType<double>()];
        return all.Length > 1 && own >= all.Max() && all.Min() < all.Max();
    }
}

/// <summary>One column.</summary>
/// <param name="Name">Its heading.</param>
/// <param name="Group">Heading over several columns, such as a set's name; empty for none.</param>
/// <param name="Numeric">True for numbers, which stand to the right.</param>
/// <param name="HigherIsBetter">True where the highest value is worth showing.</param>
public sealed record ReportColumn(string Name, string Group = "", bool Numeric = false, bool HigherIsBetter = false)
{
    /// <summary>A column of scores.</summary>
    /// <param name="name">Its heading.</param>
    /// <param name="group">Heading over several columns.</param>
    public static ReportColumn Score(string name, string group = "") => new(name, group, Numeric: true, HigherIsBetter: true);
}

/// <summary>One cell: what it says, and its number where it has one.</summary>
/// <param name="Text">What it says.</param>
/// <param name="Value">The number behind it, by which the best is found; null for none.</param>
public readonly record struct ReportCell(string Text, double? Value = null)
{
    /// <summary>A fraction in percent; a dash where it is not known.</summary>
    /// <param name="fraction">0 to 1.</param>
    public static ReportCell Percent(double? fraction) => fraction is { } f
        ? new((f * 100).ToString("0.00", CultureInfo.InvariantCulture), f)
        : new("–");

    /// <summary>A difference of two fractions in points, with its sign.</summary>
    /// <param name="fraction">−1 to 1.</param>
    public static ReportCell Difference(double? fraction) => fraction is { } f
        ? new((f * 100).ToString("+0.00;−0.00;0.00", CultureInfo.InvariantCulture), f)
        : new("–");

    /// <summary>A number; a dash where it is not known.</summary>
    /// <param name="value">The number.</param>
    /// <param name="format">How it is written.</param>
    public static ReportCell Number(double? value, string format = "0.##") => value is { } v
        ? new(v.ToString(format, CultureInfo.InvariantCulture), v)
        : new("–");

    /// <summary>A text.</summary>
    /// <param name="text">The text; null gives a dash.</param>
    public static implicit operator ReportCell(string? text) => FromText(text);

    /// <summary>A text.</summary>
    /// <param name="text">The text; null gives a dash.</param>
    public static ReportCell FromText(string? text) => new(string.IsNullOrEmpty(text) ? "–" : text);
}
