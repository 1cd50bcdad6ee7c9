namespace Sinew.Reports;

/// <summary>Draws bars as SVG.</summary>
internal static class BarChart
{
    private const int Width = 520;
    private const int Left = 128;
    private const int Right = 46;

    /// <summary>The kinds of error in the order of their stacks.</summary>
    public static readonly string[] Kinds = ["good", "jitter", "inversion", "swap", "miss"];

    /// <summary>One group of bars per joint, a bar per run.</summary>
    /// <param name="title">What is drawn.</param>
    /// <param name="joints">The joints.</param>
    /// <param name="runs">Name, index of colour, and fraction per joint.</param>
    public static Markup Joints(string title, IReadOnlyList<string> joints, IReadOnlyList<(string Name, int Color, Func<string, double?> Value)> runs)
    {
        var bar = runs.Count switch { 1 => 11, 2 => 8, _ => 6 };
        var group = (runs.Count * (bar + 1)) + 6;
        var height = (joints.Count * group) + 22;
        var svg = new Html();
        svg.Add($"""<svg class="chart" viewBox="0 0 {Width} {height}" role="img"><title>{title}</title>""");
        foreach (var tick in new[] { 0, 25, 50, 75, 100 })
        {
            var x = X(tick / 100.0);
            svg.Add($"""<line class="grid" x1="{x}" x2="{x}" y1="0" y2="{height - 18}"/><text x="{x}" y="{height - 5}" text-anchor="middle">{tick}</text>""");
        }

        for (var j = 0; j < joints.Count; j++)
        {
            var top = (j * group) + 3;
            svg.Add($"""<text class="name" x="{Left - 8}" y="{top + ((group - 6) / 2.0) + 3.5}" text-anchor="end">{joints[j].Replace('_', ' ')}</text>""");
            for (var r = 0; r < runs.Count; r++)
            {
                if (runs[r].Value(joints[j]) is not { } value) continue;
                var y = top + (r * (bar + 1));
                svg.Add($"""<rect class="bar c{runs[r].Color % Palette.Count}" x="{Left}" y="{y}" width="{Math.Max(X(value) - Left, 0.5)}" height="{bar}" rx="1.5"><title>{runs[r].Name}, {joints[j]}: {value * 100:0.0}</title></rect>""");
                if (runs.Count <= 2) svg.Add($"""<text class="value" x="{X(value) + 5}" y="{y + bar - 1.5}">{value * 100:0.0}</text>""");
            }
        }

        return svg.Add($"</svg>").ToMarkup();
    }

    /// <summary>One stack per joint: which part of its predictions is of which kind.</summary>
    /// <param name="title">What is drawn.</param>
    /// <param name="errors">The joints.</param>
    public static Markup Errors(string title, IReadOnlyList<Evaluation.JointErrors> errors)
    {
        var shown = errors.Where(e => e.Labelled > 0).ToArray();
        var height = (shown.Length * 17) + 22;
        var svg = new Html();
        svg.Add($"""<svg class="chart" viewBox="0 0 {Width} {height}" role="img"><title>{title}</title>""");
        foreach (var tick in new[] { 0, 25, 50, 75, 100 })
        {
            svg.Add($"""<text x="{X(tick / 100.0)}" y="{height - 5}" text-anchor="middle">{tick}</text>""");
        }

        for (var j = 0; j < shown.Length; j++)
        {
            var joint = shown[j];
            svg.Add($"""<text class="name" x="{Left - 8}" y="{(j * 17) + 12}" text-anchor="end">{joint.Name.Replace('_', ' ')}</text>""");
            var from = 0.0;
            int[] counts = [joint.Good, joint.Jitter, joint.Inversion, joint.Swap, joint.Miss];
            for (var k = 0; k < counts.Length; k++)
            {
                if (counts[k] == 0) continue;
                var part = (double)counts[k] / joint.Labelled;
                svg.Add($"""<rect class="k{k}" x="{X(from):0.##}" y="{(j * 17) + 2}" width="{X(from + part) - X(from):0.##}" height="13"><title>{joint.Name}: {Kinds[k]} {part * 100:0.0} % ({counts[k]})</title></rect>""");
                from += part;
            }
        }

        return svg.Add($"</svg>").ToMarkup();
    }

    private static double X(double fraction) => Left + (Math.Clamp(fraction, 0, 1) * (Width - Left - Right));
}
