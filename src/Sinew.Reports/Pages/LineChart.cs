using System.Globalization;

namespace Sinew.Reports;

/// <summary>One line of a chart.</summary>
/// <param name="Name">Whose.</param>
/// <param name="Color">Index of its colour.</param>
/// <param name="Points">x ascending, and y.</param>
internal sealed record ChartLine(string Name, int Color, IReadOnlyList<(double X, double Y)> Points);

/// <summary>Draws curves over steps as SVG: faint as they are, strong where smoothed.</summary>
internal static class LineChart
{
    private const int Width = 520;
    private const int Height = 250;
    private const int Left = 52;
    private const int Right = 14;
    private const int Top = 12;
    private const int Bottom = 34;
    private const int MostPoints = 400;

    /// <summary>The chart.</summary>
    /// <param name="title">What is drawn, for readers of the page's text.</param>
    /// <param name="lines">The lines; those without points are left out.</param>
    /// <param name="smooth">True for noisy values: the curve is drawn smoothed over itself.</param>
    /// <param name="fromZero">True where the axis begins at 0.</param>
    public static Markup Of(string title, IEnumerable<ChartLine> lines, bool smooth, bool fromZero = false)
    {
        var drawn = lines.Where(l => l.Points.Count > 0).Select(l => l with { Points = Thinned(l.Points) }).ToArray();
        var svg = new Html();
        svg.Add($"""<svg class="chart" viewBox="0 0 {Width} {Height}" role="img"><title>{title}</title>""");
        if (drawn.Length == 0) return svg.Add($"</svg>").ToMarkup();
        var right = drawn.Max(l => l.Points[^1].X);
        var (low, high) = Range([.. drawn.SelectMany(l => l.Points.Select(p => p.Y))], fromZero);
        var (ticksX, ticksY) = (Ticks(0, right, 5), Ticks(low, high, 5));
        double X(double x) => Left + (right <= 0 ? 0 : x / right * (Width - Left - Right));
        double Y(double y) => Top + ((high - Math.Clamp(y, low, high)) / (high - low) * (Height - Top - Bottom));

        foreach (var y in ticksY)
        {
            svg.Add($"""<line class="grid" x1="{Left}" x2="{Width - Right}" y1="{Y(y)}" y2="{Y(y)}"/>""");
            svg.Add($"""<text x="{Left - 7}" y="{Y(y) + 3.5}" text-anchor="end">{Number(y, ticksY)}</text>""");
        }

        foreach (var x in ticksX) svg.Add($"""<text x="{X(x)}" y="{Height - Bottom + 16}" text-anchor="middle">{Number(x, ticksX)}</text>""");
        svg.Add($"""<line class="axis" x1="{Left}" x2="{Width - Right}" y1="{Height - Bottom}" y2="{Height - Bottom}"/>""");
        svg.Add($"""<text class="unit" x="{Width - Right}" y="{Height - 3}" text-anchor="end">step</text>""");
        foreach (var line in drawn)
        {
            var color = line.Color % Palette.Count;
            if (smooth && line.Points.Count > 8)
            {
                Path(svg, line.Points, X, Y, $"faint c{color}", line.Name);
                Path(svg, Smoothed(line.Points), X, Y, $"line c{color}", line.Name);
            }
            else
            {
                Path(svg, line.Points, X, Y, $"line c{color}", line.Name);
                if (line.Points.Count <= 30)
                {
                    foreach (var (x, y) in line.Points)
                    {
                        svg.Add($"""<circle class="dot c{color}" cx="{X(x)}" cy="{Y(y)}" r="3"><title>{line.Name}: {y:0.####} at step {x:0}</title></circle>""");
                    }
                }
            }
        }

        return svg.Add($"</svg>").ToMarkup();
    }

    private static void Path(Html svg, IReadOnlyList<(double X, double Y)> points, Func<double, double> x, Func<double, double> y, string style, string name)
    {
        svg.Add($"""<polyline class="{style}" points=" """);
        foreach (var p in points) svg.Add($"{x(p.X):0.#},{y(p.Y):0.#} ");
        svg.Add($""" "><title>{name}</title></polyline>""");
    }

    /// <summary>Least and largest value with air; where there are many, single spikes above the 98th percentile do not flatten the rest.</summary>
    internal static (double Low, double High) Range(double[] values, bool fromZero)
    {
        Array.Sort(values);
        var (low, high) = (fromZero ? Math.Min(0, values[0]) : values[0], values[^1]);
        var usual = values[(int)((values.Length - 1) * 0.98)];
        if (values.Length >= 50 && high - low > 2 * (usual - low) && usual > low) high = usual;
        if (high - low < 1e-9 * Math.Max(1, Math.Abs(high))) return (low - Math.Max(Math.Abs(low) * 0.1, 1e-6), high + Math.Max(Math.Abs(high) * 0.1, 1e-6));
        var air = (high - low) * 0.05;
        return (fromZero ? low : low - air, high + air);
    }

    /// <summary>Round numbers between two values.</summary>
    internal static double[] Ticks(double low, double high, int about)
    {
        if (!(high > low)) return [low];
        var raw = (high - low) / about;
        var power = Math.Pow(10, Math.Floor(Math.Log10(raw)));
        var step = power * (raw / power) switch { < 1.5 => 1, < 3.5 => 2, < 7.5 => 5, _ => 10 };
        var first = Math.Ceiling(low / step);
        return [.. Enumerable.Range(0, (int)Math.Floor((high / step) - first + 1e-9) + 1).Select(i => (first + i) * step)];
    }

    private static string Number(double value, double[] ticks)
    {
        var step = ticks.Length > 1 ? ticks[1] - ticks[0] : Math.Abs(value);
        if (value != 0 && Math.Abs(ticks[^1]) < 1e-3) return value.ToString("0.#e0", CultureInfo.InvariantCulture);
        if (step >= 1000) return (value / 1000).ToString(step >= 10_000 ? "0" : "0.#", CultureInfo.InvariantCulture) + "k";
        var digits = step <= 0 ? 0 : Math.Clamp((int)Math.Ceiling(-Math.Log10(step) - 1e-9), 0, 6);
        return value.ToString($"F{digits}", CultureInfo.InvariantCulture);
    }

    private static IReadOnlyList<(double X, double Y)> Thinned(IReadOnlyList<(double X, double Y)> points)
    {
        if (points.Count <= MostPoints) return points;
        var thinned = new List<(double, double)>(MostPoints);
        for (var i = 0; i < MostPoints; i++)
        {
            var (from, to) = ((int)((long)i * points.Count / MostPoints), (int)((long)(i + 1) * points.Count / MostPoints));
            var part = points.Skip(from).Take(to - from).ToArray();
            thinned.Add((part.Average(p => p.X), part.Average(p => p.Y)));
        }

        return thinned;
    }

    // a centred mean over a twentieth of the curve, shorter at both ends so that the ends stay where they are
    private static (double X, double Y)[] Smoothed(IReadOnlyList<(double X, double Y)> points)
    {
        var reach = Math.Max(1, points.Count / 40);
        return [.. points.Select((p, i) =>
        {
            var own = Math.Min(reach, Math.Min(i, points.Count - 1 - i));
            return (p.X, Enumerable.Range(i - own, (2 * own) + 1).Average(k => points[k].Y));
        })];
    }
}

/// <summary>The colours that tell runs apart; the page's style sheet has them for light and dark.</summary>
internal static class Palette
{
    public const int Count = 8;
}
