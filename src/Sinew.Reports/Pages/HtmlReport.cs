using System.Globalization;
using System.Text;

namespace Sinew.Reports;

/// <summary>Writes runs as one HTML page that needs nothing beside itself: no network, no scripts, style and pictures inside.</summary>
public static class HtmlReport
{
    private const int MostCharts = 40;
    private static readonly string[] SpeedSeries = ["people_per_second", "learning_rate", "gradient_norm"];

    /// <summary>The page.</summary>
    /// <param name="runs">The runs; the first one is what the others are compared with.</param>
    /// <param name="now">When it is written.</param>
    public static string Of(IReadOnlyList<ReportRun> runs, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(runs);
        if (runs.Count == 0) throw new ArgumentException("a report needs a run", nameof(runs));
        var title = runs.Count == 1 ? runs[0].Name : $"{runs.Count} runs";
        var html = new Html();
        var sections = Sections(runs);
        html.Add($"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
            <link rel="icon" href="data:,">
            <title>Report · {title}</title>
            <style>
            {Style()}</style>
            </head>
            <body>
            <header>
            <h1>{title}</h1>
            <div class="soft">written {now.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)} UTC by <code>sinew report</code></div>
            <nav>
            """);
        foreach (var (id, name, _) in sections) html.Add($"""<a href="#{id}">{name}</a>""");
        html.Add($"""

            </nav>
            </header>
            <main>
            <div class="cards">
            """);
        for (var i = 0; i < runs.Count; i++) Card(html, runs[i], i);
        html.Add($"</div>\n");
        foreach (var (id, name, body) in sections) html.Add($"""<section id="{id}"><h2>{name}</h2>{body}</section>{"\n"}""");
        html.Add($"""
            </main>
            <footer class="soft">Percent stand without their sign. A dash is a number that nobody has measured, or that is undefined.</footer>
            </body>
            </html>

            """);
        return html.ToMarkup().Text;
    }

    private static List<(string Id, string Name, Markup Body)> Sections(IReadOnlyList<ReportRun> runs)
    {
        var all = new (string, string, Markup?)[]
        {
            ("results", "Results", Results(runs)),
            ("curves", "Learning curves", Curves(runs)),
            ("losses", "Losses", Losses(runs)),
            ("joints", "Joints", Joints(runs)),
            ("errors", "Kinds of error", Errors(runs)),
            ("people", "Worst and typical predictions", People(runs)),
            ("speed", "Speed", SpeedOf(runs)),
            ("skeleton", "Skeleton", Skeletons(runs)),
            ("differences", "Differences between the runs", Tables([PaperTables.Differences(runs), PaperTables.RecipeDifferences(runs)])),
            ("recipe", "Recipe", Recipes(runs)),
        };
        return [.. all.Where(s => s.Item3 is not null).Select(s => (s.Item1, s.Item2, s.Item3!.Value))];
    }

    private static Markup Style()
    {
        using var stream = typeof(HtmlReport).Assembly.GetManifestResourceStream("page.css")!;
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return new Markup(reader.ReadToEnd());
    }

    private static void Card(Html html, ReportRun run, int index)
    {
        html.Add($"""<div class="card c{index % Palette.Count}"><h3>{run.Name}</h3><dl>""");
        void Fact(string name, string? value)
        {
            if (!string.IsNullOrEmpty(value)) html.Add($"<dt>{name}</dt><dd>{value}</dd>");
        }

        Fact("model", run.Recipe?.Find("student.model"));
        Fact("method", run.Recipe?.Find("method"));
        Fact("joints", run.Recipe?.Student is { } student ? $"{student.Count.ToString(CultureInfo.InvariantCulture)} ({student.Name})" : null);
        Fact("data", run.Recipe is { } recipe ? string.Join(", ", recipe.Datasets) : null);
        Fact("teachers", run.Recipe is { Teachers.Count: > 0 } taught ? string.Join(", ", taught.Teachers) : null);
        Fact("steps", run.Log is { } log ? log.Steps.ToString("#,0", CultureInfo.InvariantCulture) : null);
        Fact("time", run.Log is { Hours: > 0 } timed ? Hours(timed.Hours) : null);
        foreach (var evaluation in run.Evaluations.Where(e => e.Main is not null).OrderBy(e => e.SomeJoints).DistinctBy(e => (e.Set, e.Protocol)))
            Fact(evaluation.Set + (evaluation.SomeJoints ? "*" : ""), $"{evaluation.MainMetric} {(evaluation.Main!.Value * 100).ToString("0.00", CultureInfo.InvariantCulture)}");
        html.Add($"</dl></div>\n");
    }

    private static string Hours(double hours) => hours >= 1
        ? string.Create(CultureInfo.InvariantCulture, $"{(int)hours} h {(int)(hours % 1 * 60):00} min")
        : string.Create(CultureInfo.InvariantCulture, $"{hours * 60:0} min");

    private static Markup? Results(IReadOnlyList<ReportRun> runs)
    {
        var tables = PaperTables.All(runs).ToArray();
        return tables.Length > 0 ? Tables(tables)
            : new Html().Add($"<p class=\"note\">No model has been scored yet: sinew eval --save RUN/evaluations/NAME scores one.</p>").ToMarkup();
    }

    private static Markup? Tables(IEnumerable<ReportTable?> tables)
    {
        var html = new Html();
        var any = false;
        foreach (var table in tables)
        {
            if (table is null) continue;
            any = true;
            Table(html, table);
        }

        return any ? html.ToMarkup() : null;
    }

    private static void Table(Html html, ReportTable table)
    {
        if (table.Title.Length > 0) html.Add($"<h3>{table.Title}</h3>");
        if (table.Note.Length > 0) html.Add($"""<p class="note">{table.Note}</p>""");
        if (table.Rows.Count == 0) return;
        html.Add($"""<div class="wide"><table><thead>""");
        if (table.Columns.Any(c => c.Group.Length > 0))
        {
            html.Add($"<tr>");
            for (var c = 0; c < table.Columns.Count;)
            {
                var span = table.Columns.Skip(c).TakeWhile(x => x.Group == table.Columns[c].Group).Count();
                html.Add($"""<th colspan="{span}">{table.Columns[c].Group}</th>""");
                c += span;
            }

            html.Add($"</tr>");
        }

        html.Add($"<tr>");
        foreach (var column in table.Columns) html.Add($"""<th class="{(column.Numeric ? "n" : "")}">{column.Name}</th>""");
        html.Add($"</tr></thead><tbody>");
        for (var r = 0; r < table.Rows.Count; r++)
        {
            html.Add($"<tr>");
            for (var c = 0; c < table.Columns.Count; c++)
            {
                html.Add($"""<td class="{(table.Columns[c].Numeric ? "n" : "text")}{(table.IsBest(r, c) ? " best" : "")}">{table.Rows[r][c].Text}</td>""");
            }

            html.Add($"</tr>\n");
        }

        html.Add($"</tbody></table></div>\n");
    }

    private static Markup Legend(IReadOnlyList<ReportRun> runs, Func<ReportRun, bool> shown)
    {
        var html = new Html().Add($"""<ul class="legend">""");
        for (var i = 0; i < runs.Count; i++)
        {
            if (shown(runs[i])) html.Add($"""<li><svg viewBox="0 0 12 12"><rect class="c{i % Palette.Count}" width="12" height="12" rx="3"/></svg>{runs[i].Name}</li>""");
        }

        return html.Add($"</ul>").ToMarkup();
    }

    private static Markup? Curves(IReadOnlyList<ReportRun> runs)
    {
        var html = new Html();
        var charts = 0;
        foreach (var set in runs.SelectMany(r => r.Log?.Evaluations.Keys ?? []).Distinct(StringComparer.Ordinal))
        {
            var protocol = runs.Select(r => r.Recipe?.Find($"evaluations.{set}.protocol")).FirstOrDefault(p => p is not null) ?? "coco";
            var metric = ReportEvaluation.MainMetricOf(protocol);
            var lines = runs.Select((run, i) => new ChartLine(run.Name, i, run.Log?.Evaluations.GetValueOrDefault(set) is { } scores
                ? [.. scores.Where(s => s.Metrics.TryGetValue(metric, out var v) && v >= 0).Select(s => ((double)s.Step, s.Metrics[metric] * 100))] : [])).ToArray();
            // one point is no curve: it stands in the tables
            if (lines.All(l => l.Points.Count < 2)) continue;
            charts++;
            html.Add($"""<figure><h3>{set}: {metric}</h3>{LineChart.Of($"{metric} on {set} by step", lines, smooth: false)}</figure>""");
        }

        return charts == 0 ? null : new Html().Add($"""{Legend(runs, r => r.Log is not null)}<div class="grid2">{html.ToMarkup()}</div>""").ToMarkup();
    }

    private static Markup? Losses(IReadOnlyList<ReportRun> runs)
    {
        var names = runs.SelectMany(r => r.Log?.Series.Select(s => s.Name) ?? []).Where(n => n.StartsWith("loss/", StringComparison.Ordinal))
            .Distinct(StringComparer.Ordinal).Take(MostCharts).ToArray();
        return names.Length == 0 ? null : Charts(runs, names, n => n["loss/".Length..]);
    }

    private static Markup? SpeedOf(IReadOnlyList<ReportRun> runs)
    {
        var table = Tables([PaperTables.Speed(runs) is { } speed ? speed with { Title = "" } : null]);
        if (table is null) return null;
        string[] names = [.. SpeedSeries.Where(n => runs.Any(r => r.Log?.Find(n) is not null))];
        var html = new Html().Add(table.Value);
        return names.Length == 0 ? table : html.Add(Charts(runs, names, n => n.Replace('_', ' '))).ToMarkup();
    }

    private static Markup Charts(IReadOnlyList<ReportRun> runs, string[] names, Func<string, string> title)
    {
        var html = new Html().Add($"""{Legend(runs, r => r.Log is not null)}<div class="grid2">""");
        foreach (var name in names)
        {
            var lines = runs.Select((run, i) => new ChartLine(run.Name, i, run.Log?.Find(name) is { } series
                ? [.. series.Points.Select(p => ((double)p.Step, p.Value))] : []));
            html.Add($"""<figure><h3>{title(name)}</h3>{LineChart.Of($"{title(name)} by step", lines, smooth: name != "learning_rate", fromZero: name is "people_per_second" or "learning_rate")}</figure>""");
        }

        return html.Add($"</div>").ToMarkup();
    }

    private static Markup? Joints(IReadOnlyList<ReportRun> runs)
    {
        const string JointPrefix = "joints/";
        var html = new Html();
        var any = false;
        foreach (var (set, protocol) in PaperTables.Sets(runs))
        {
            var scored = runs.Select((run, i) => (run, i, Evaluation: run.Find(set, protocol) ?? run.Find(set, protocol, someJoints: true)))
                .Where(s => s.Evaluation is { } e && (e.Errors is not null || e.Metrics.Keys.Any(k => k.StartsWith(JointPrefix, StringComparison.Ordinal)))).ToArray();
            if (scored.Length == 0) continue;
            any = true;
            var pck = scored.Any(s => s.Evaluation!.Metrics.Keys.Any(k => k.StartsWith(JointPrefix, StringComparison.Ordinal)));
            string[] joints = [.. scored.SelectMany(s => pck
                ? s.Evaluation!.Metrics.Keys.Where(k => k.StartsWith(JointPrefix, StringComparison.Ordinal)).Select(k => k[JointPrefix.Length..])
                : s.Evaluation!.Errors!.Where(e => e.Labelled > 0).Select(e => e.Name)).Distinct(StringComparer.Ordinal)];
            var what = pck ? "correct keypoints, percent" : "mean similarity to the label, percent";
            var bars = scored.Select(s => (s.run.Name, s.i, (Func<string, double?>)(joint => pck
                ? s.Evaluation!.Value(JointPrefix + joint)
                : s.Evaluation!.Errors!.FirstOrDefault(e => e.Name == joint) is { Similarity: >= 0 } e ? e.Similarity : null))).ToArray();
            html.Add($"""<figure><h3>{set}</h3><div class="note">{what}</div>{BarChart.Joints($"{set}: {what}", joints, bars)}</figure>""");
        }

        return any ? new Html().Add($"""{Legend(runs, r => r.Evaluations.Count > 0)}<div class="grid2">{html.ToMarkup()}</div>""").ToMarkup() : null;
    }

    private static Markup? Errors(IReadOnlyList<ReportRun> runs)
    {
        var html = new Html();
        var any = false;
        foreach (var run in runs)
        {
            foreach (var evaluation in run.Evaluations.Where(e => e.Errors is { Count: > 0 } errors && errors.Any(j => j.Labelled > 0)))
            {
                any = true;
                var name = $"{run.Name} on {evaluation.Set}{(evaluation.SomeJoints ? " (some joints)" : "")}";
                html.Add($"<figure><h3>{name}</h3>{BarChart.Errors($"Kinds of error of {name}", evaluation.Errors!)}</figure>");
            }
        }

        if (!any) return null;
        var legend = new Html().Add($"""<ul class="legend">""");
        for (var k = 0; k < BarChart.Kinds.Length; k++) legend.Add($"""<li><svg viewBox="0 0 12 12"><rect class="k{k}" width="12" height="12" rx="3"/></svg>{BarChart.Kinds[k]}</li>""");
        legend.Add($"</ul>");
        return new Html().Add($"""
            <p class="note">Percent of the labelled joints of people that were found (OKS of at least 0.1). Good: similarity of 0.85 or more; jitter: near the label; inversion: on the
            other side's joint; swap: on another person; miss: near none of these. After Ronchi and Perona, ICCV 2017.</p>
            {legend.ToMarkup()}<div class="grid2">{html.ToMarkup()}</div>
            """).ToMarkup();
    }

    private static Markup? People(IReadOnlyList<ReportRun> runs)
    {
        var html = new Html();
        var any = false;
        foreach (var run in runs)
        {
            foreach (var evaluation in run.Evaluations.Where(e => e.Predictions is not null))
            {
                any = true;
                html.Add($"<h3>{run.Name} on {evaluation.Set}</h3>");
                if (PredictedPeople.Of(evaluation, out var why) is not { } people)
                {
                    html.Add($"""<p class="note">No pictures: {why}.</p>""");
                    continue;
                }

                html.Add($"""<p class="note">Similarity (OKS) of all {people.Histogram.Sum()} people with at least five labelled joints: median {people.MedianOks * 100:0.0}.</p>{Histogram(people)}""");
                html.Add($"""<p class="note">Worst: <span class="swatch label"></span>label <span class="swatch guess"></span>prediction</p>""");
                Gallery(html, people.Worst);
                html.Add($"""<p class="note">Typical: around the median</p>""");
                Gallery(html, people.Typical);
            }
        }

        return any ? html.ToMarkup() : null;
    }

    private static Markup Histogram(PredictedPeople people)
    {
        const int Bar = 24;
        const int Height = 56;
        var most = Math.Max(1, people.Histogram.Max());
        var svg = new Html().Add($"""<svg class="chart" style="max-width:520px" viewBox="0 0 {PredictedPeople.Bins * Bar} {Height + 16}" role="img"><title>People by similarity</title>""");
        for (var b = 0; b < PredictedPeople.Bins; b++)
        {
            var size = (double)people.Histogram[b] / most * Height;
            svg.Add($"""<rect class="c7" x="{(b * Bar) + 2}" y="{Height - size}" width="{Bar - 4}" height="{size}"><title>{b * 5}–{(b + 1) * 5}: {people.Histogram[b]} people</title></rect>""");
            if (b % 4 == 0) svg.Add($"""<text x="{b * Bar}" y="{Height + 13}">{b * 5}</text>""");
        }

        return svg.Add($"</svg>").ToMarkup();
    }

    private static void Gallery(Html html, IReadOnlyList<PredictedPerson> people)
    {
        html.Add($"""<div class="people">""");
        foreach (var person in people)
        {
            html.Add($"""<figure class="person"><svg viewBox="0 0 {person.Width} {person.Height}" role="img"><title>{person.What}</title>""");
            html.Add($"""<image width="{person.Width}" height="{person.Height}" href="data:image/jpeg;base64,{new Markup(Convert.ToBase64String(person.Jpeg))}"/>""");
            Pose(html, person.Label, person.LabelLimbs, "label", 2.6);
            Pose(html, person.Prediction, person.PredictionLimbs, "guess", 2);
            html.Add($"""</svg><figcaption>OKS {person.Oks * 100:0.0} · {person.What}</figcaption></figure>{"\n"}""");
        }

        html.Add($"</div>\n");
    }

    private static void Pose(Html html, IReadOnlyList<(double X, double Y)> points, IReadOnlyList<(int From, int To)> limbs, string style, double radius)
    {
        bool Known(int j) => Math.Abs(points[j].X) < 1e4 && Math.Abs(points[j].Y) < 1e4;
        foreach (var (from, to) in limbs)
        {
            if (Known(from) && Known(to))
                html.Add($"""<line class="{style}" x1="{points[from].X:0.#}" y1="{points[from].Y:0.#}" x2="{points[to].X:0.#}" y2="{points[to].Y:0.#}"/>""");
        }

        for (var j = 0; j < points.Count; j++)
        {
            if (Known(j)) html.Add($"""<circle class="{style}" cx="{points[j].X:0.#}" cy="{points[j].Y:0.#}" r="{radius}"/>""");
        }
    }

    private static Markup? Skeletons(IReadOnlyList<ReportRun> runs)
    {
        var html = new Html();
        var drawn = new HashSet<string>(StringComparer.Ordinal);
        foreach (var run in runs)
        {
            if (run.Recipe is not { Student: { } student, Skeletons: var members }) continue;
            var svg = SkeletonSvg.OfOrigins(student, [.. members.Select(m => (m.Dataset, m.Skeleton))], "skeleton");
            if (!drawn.Add(svg)) continue;
            html.Add($"""<figure><h3>{run.Name}: {student.Name}, {student.Count} joints</h3>{new Markup(svg)}</figure>""");
        }

        return drawn.Count == 0 ? null : new Html().Add($"""<p class="note">Colours tell which data sets label a joint.</p><div class="grid2">{html.ToMarkup()}</div>""").ToMarkup();
    }

    private static Markup? Recipes(IReadOnlyList<ReportRun> runs)
    {
        var html = new Html();
        var any = false;
        foreach (var run in runs)
        {
            if (run.Recipe is not { } recipe) continue;
            any = true;
            html.Add($"""<details><summary>{run.Name}</summary><pre>{recipe.Text}</pre></details>""");
        }

        return any ? html.ToMarkup() : null;
    }
}
