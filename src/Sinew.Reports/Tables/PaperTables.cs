namespace Sinew.Reports;

/// <summary>
/// The tables of "Estimating Human Poses Across Datasets" (arXiv 2405.20084) from the evaluations that exist, on whatever sets
/// they were made: PCK stands where no head sizes are labelled.
/// </summary>
internal static class PaperTables
{
    private const string Halpe = "halpe21";
    private static readonly string[] Ten = ["AP", "AP50", "AP75", "APM", "APL", "AR", "AR50", "AR75", "ARM", "ARL"];

    public static IEnumerable<ReportTable> All(IReadOnlyList<ReportRun> runs) =>
        new[] { Comparison(runs), Distillation(runs), TenNumbers(runs), Groups(runs), HalpeJoints(runs) }.OfType<ReportTable>();

    /// <summary>Sets by protocol, in the order in which they appear.</summary>
    public static IReadOnlyList<(string Set, string Protocol)> Sets(IReadOnlyList<ReportRun> runs) =>
        [.. runs.SelectMany(r => r.Evaluations).Select(e => (e.Set, e.Protocol)).Distinct()];

    private static ReportTable? Comparison(IReadOnlyList<ReportRun> runs)
    {
        var sets = Sets(runs).Where(s => s.Protocol != Halpe).ToArray();
        if (sets.Length == 0) return null;
        var columns = new List<ReportColumn> { new("run"), new("size"), new("trained on"), new("teachers") };
        foreach (var (set, protocol) in sets) columns.AddRange(Main(protocol).Select(m => ReportColumn.Score(Short(m), $"{set} · {protocol}")));
        columns.Add(new ReportColumn("joints", Numeric: true));
        columns.Add(ReportColumn.Score("mean"));
        var rows = new List<IReadOnlyList<ReportCell>>();
        var starred = false;
        foreach (var run in runs.Where(r => r.Evaluations.Any(e => e.Protocol != Halpe)))
        {
            if (sets.Any(s => run.Find(s.Set, s.Protocol) is not null)) rows.Add(Row(run, sets, ""));
            if (!run.Evaluations.Any(e => e.SomeJoints)) continue;
            starred = true;
            rows.Add(Row(run, sets, "*"));
        }

        var note = "Percent. The mean is over the sets' first numbers, where all are known."
            + (starred ? " Rows with * are scored on some of the joints only where such an evaluation exists (as a rule those that model and labels share)." : "");
        return new ReportTable("Table 1 · Every model on every set", note, columns, rows);
    }

    private static ReportCell[] Row(ReportRun run, (string Set, string Protocol)[] sets, string mark)
    {
        var cells = new List<ReportCell>
        {
            run.Name + mark, run.Recipe?.Size, run.Recipe is { } r ? string.Join(", ", r.Datasets) : null, Teachers(run),
        };
        var mains = new List<double?>();
        foreach (var (set, protocol) in sets)
        {
            var evaluation = (mark.Length > 0 ? run.Find(set, protocol, someJoints: true) : null) ?? run.Find(set, protocol);
            // a score on fewer joints is not the better one for being higher
            cells.AddRange(Main(protocol).Select(m => Comparable(evaluation, evaluation?.Value(m))));
            mains.Add(evaluation?.Main);
        }

        cells.Add(ReportCell.Number(run.Recipe?.Student?.Count, "0"));
        cells.Add(ReportCell.Percent(Mean(mains)) with { Value = mark.Length > 0 ? null : Mean(mains) });
        return [.. cells];
    }

    private static ReportCell Comparable(ReportEvaluation? evaluation, double? value) =>
        evaluation is { SomeJoints: true } ? ReportCell.Percent(value) with { Value = null } : ReportCell.Percent(value);

    private static ReportTable? Distillation(IReadOnlyList<ReportRun> runs)
    {
        var trained = runs.Where(r => r.Recipe is not null && r.Evaluations.Count > 0).ToArray();
        // the comparison says something only between runs of one size on the same data
        var kinds = trained.GroupBy(r => (r.Recipe!.Size, string.Join(", ", r.Recipe.Datasets)))
            .Where(g => g.Any(r => r.Recipe!.Teachers.Count == 0) && g.Any(r => r.Recipe!.Teachers.Count > 0)).ToArray();
        if (kinds.Length == 0) return null;
        var sets = Sets(trained).Where(s => s.Protocol != Halpe).ToArray();
        List<ReportColumn> columns = [new("size"), new("trained on"), new("distillation"), new("run"),
            .. sets.Select(s => ReportColumn.Score(Short(ReportEvaluation.MainMetricOf(s.Protocol)), s.Set)), ReportColumn.Score("mean")];
        var rows = kinds.SelectMany(g => g.OrderBy(r => r.Recipe!.Teachers.Count)).Select(run =>
        {
            double?[] mains = [.. sets.Select(s => run.Find(s.Set, s.Protocol)?.Main)];
            return (IReadOnlyList<ReportCell>)[run.Recipe!.Size, string.Join(", ", run.Recipe.Datasets), run.Recipe.Teachers.Count == 0 ? "no" : $"yes: {Teachers(run)}", run.Name,
                .. mains.Select(ReportCell.Percent), ReportCell.Percent(Mean(mains))];
        });
        return new ReportTable("Table 2 · With and without distillation", "Percent. Runs of one size on the same data sets.", columns, [.. rows]);
    }

    private static ReportTable? TenNumbers(IReadOnlyList<ReportRun> runs)
    {
        var rows = runs.SelectMany(run => run.Evaluations.Where(e => e.Protocol == "coco").OrderBy(e => e.Set, StringComparer.Ordinal).ThenBy(e => e.SomeJoints)
            .Select(e => (IReadOnlyList<ReportCell>)[run.Name, e.Set + (e.SomeJoints ? "*" : ""), .. Ten.Select(m => Comparable(e, e.Value(m)))])).ToArray();
        return rows.Length == 0 ? null : new ReportTable(
            "Table 3 · COCO's ten numbers", "Percent; a dash where nobody of that size is labelled.",
            [new("run"), new("set"), .. Ten.Select(m => ReportColumn.Score(m))], rows);
    }

    private static ReportTable? Groups(IReadOnlyList<ReportRun> runs)
    {
        var scored = runs.SelectMany(run => run.Evaluations.Where(e => e.Protocol is "mpii" or "pck")
            .Select(e => (Run: run, Evaluation: e, Groups: GroupsOf(e)))).Where(s => s.Groups.Count > 0).ToArray();
        if (scored.Length == 0) return null;
        var names = scored.SelectMany(s => s.Groups.Select(g => g.Key)).Distinct(StringComparer.OrdinalIgnoreCase).ToArray();
        var strict = scored.Any(s => s.Evaluation.Value("PCKh@0.1") is not null);
        return new ReportTable(
            "Table 4 · By group of joints",
            "Percent of correct keypoints: PCKh@0.5 for mpii, else the PCK that the evaluation says. A group is the mean of its left and right joint.",
            [new("run"), new("set"), .. names.Select(n => ReportColumn.Score(n)), ReportColumn.Score("mean"), .. strict ? [ReportColumn.Score("mean@0.1")] : Array.Empty<ReportColumn>()],
            [.. scored.Select(s => (IReadOnlyList<ReportCell>)[
                s.Run.Name, s.Evaluation.Set + (s.Evaluation.SomeJoints ? "*" : ""),
                .. names.Select(n => Comparable(s.Evaluation, s.Groups.TryGetValue(n, out var v) ? v : null)),
                Comparable(s.Evaluation, s.Evaluation.Main),
                .. strict ? [ReportCell.Percent(s.Evaluation.Value("PCKh@0.1"))] : Array.Empty<ReportCell>()])]);
    }

    private static ReportTable? HalpeJoints(IReadOnlyList<ReportRun> runs)
    {
        string[] metrics = ["AP", "AP50", "AP75", "APM", "APL", "AR"];
        var rows = runs.SelectMany(run => run.Evaluations.Where(e => e.Protocol == Halpe)
            .Select(e => (IReadOnlyList<ReportCell>)[run.Name, run.Recipe?.Size, e.Set, .. metrics.Select(m => ReportCell.Percent(e.Value(m)))])).ToArray();
        return rows.Length == 0 ? null : new ReportTable(
            "Table 5 · Halpe, 21 joints", "Percent. 20 joints matched by meaning; the thorax is the midpoint of the shoulders.",
            [new("run"), new("size"), new("set"), .. metrics.Select(m => ReportColumn.Score(m))], rows);
    }

    private static Dictionary<string, double> GroupsOf(ReportEvaluation evaluation)
    {
        const string GroupPrefix = "groups/";
        const string JointPrefix = "joints/";
        var groups = evaluation.Metrics.Where(m => m.Key.StartsWith(GroupPrefix, StringComparison.Ordinal) && m.Value >= 0)
            .GroupBy(m => m.Key[GroupPrefix.Length..], StringComparer.OrdinalIgnoreCase)
            .ToDictionary(g => g.Key, g => g.First().Value, StringComparer.OrdinalIgnoreCase);
        if (groups.Count > 0) return groups;
        return evaluation.Metrics.Where(m => m.Key.StartsWith(JointPrefix, StringComparison.Ordinal) && m.Value >= 0)
            .GroupBy(m => WithoutSide(m.Key[JointPrefix.Length..]), StringComparer.OrdinalIgnoreCase)
            .ToDictionary(g => g.Key, g => g.Average(m => m.Value), StringComparer.OrdinalIgnoreCase);
    }

    private static string WithoutSide(string joint) => joint.Replace("left_", "", StringComparison.Ordinal).Replace("right_", "", StringComparison.Ordinal);

    private static string? Teachers(ReportRun run) => run.Recipe is not { } recipe ? null
        : recipe.Teachers.Count == 0 ? "none" : string.Join(", ", recipe.Teachers);

    private static double? Mean(IReadOnlyList<double?> values) =>
        values.Count > 0 && values.All(v => v is not null) ? values.Average() : null;

    private static string[] Main(string protocol) => protocol switch
    {
        "coco" => ["AP", "AP50", "AP75", "AR", "AR50", "AR75"],
        "mpii" => ["PCKh", "PCKh@0.1"],
        "crowdpose" => ["AP", "AP50", "AP75", "AP_easy", "AP_medium", "AP_hard"],
        "wholebody" => ["wholebody/AP", "body/AP", "foot/AP", "face/AP", "hand/AP"],
        _ => ["PCK"],
    };

    private static string Short(string metric) => metric.Replace("/AP", "", StringComparison.Ordinal).Replace("AP_", "", StringComparison.Ordinal);

    /// <summary>What differs from the first run: the sets' first numbers, in points.</summary>
    public static ReportTable? Differences(IReadOnlyList<ReportRun> runs)
    {
        var sets = Sets(runs).Where(s => runs[0].Find(s.Set, s.Protocol)?.Main is not null).ToArray();
        if (runs.Count < 2 || sets.Length == 0) return null;
        var compared = runs.Where(r => sets.Any(s => r.Find(s.Set, s.Protocol)?.Main is not null)).ToArray();
        if (compared.Length < 2) return null;
        var rows = compared.Select((run, i) => (IReadOnlyList<ReportCell>)[run.Name, .. sets.Select(s =>
        {
            var own = run.Find(s.Set, s.Protocol)?.Main;
            return i == 0 ? ReportCell.Percent(own) with { Value = null } : ReportCell.Difference(own - runs[0].Find(s.Set, s.Protocol)!.Main);
        })]);
        return new ReportTable(
            "Scores beside the first run", "The first run in percent, the others' differences to it in points.",
            [new("run"), .. sets.Select(s => new ReportColumn(Short(ReportEvaluation.MainMetricOf(s.Protocol)), s.Set, Numeric: true))], [.. rows]);
    }

    /// <summary>The recipes' keys whose values differ.</summary>
    public static ReportTable? RecipeDifferences(IReadOnlyList<ReportRun> runs)
    {
        var trained = runs.Where(r => r.Recipe is not null).ToArray();
        if (trained.Length < 2) return null;
        var keys = trained.SelectMany(r => r.Recipe!.Values.Keys).Distinct(StringComparer.Ordinal)
            .Where(k => trained.Select(r => r.Recipe!.Values.GetValueOrDefault(k)).Distinct(StringComparer.Ordinal).Count() > 1).ToArray();
        return new ReportTable(
            "Recipes, where they differ", keys.Length == 0 ? "The recipes are the same." : "",
            [new("key"), .. trained.Select(r => new ReportColumn(r.Name))],
            [.. keys.Select(k => (IReadOnlyList<ReportCell>)[k, .. trained.Select(r => (ReportCell)r.Recipe!.Values.GetValueOrDefault(k))])]);
    }

    /// <summary>Speed of training and of evaluation.</summary>
    public static ReportTable? Speed(IReadOnlyList<ReportRun> runs)
    {
        var rows = runs.Select(run =>
        {
            var speeds = run.Log?.Find("people_per_second")?.Points.Select(p => p.Value).Order().ToArray() ?? [];
            var timed = run.Evaluations.Where(e => e.Seconds > 0 && e.People > 0).ToArray();
            var network = run.Evaluations.Select(e => e.PeoplePerSecond).OfType<double>().ToArray();
            return (IReadOnlyList<ReportCell>)[
                run.Name,
                ReportCell.Number(run.Log?.Steps, "#,0"),
                ReportCell.Number(run.Log is { Hours: > 0 } log ? log.Hours : null, "0.00"),
                ReportCell.Number(speeds.Length > 0 ? speeds[speeds.Length / 2] : null, "0.0"),
                ReportCell.Number(network.Length > 0 ? network.Max() : null, "0.0"),
                ReportCell.Number(timed.Length > 0 ? 1000 * timed.Sum(e => e.Seconds!.Value) / timed.Sum(e => e.People!.Value) : null, "0.0"),
            ];
        }).Where(r => r.Skip(1).Any(c => c.Value is not null)).ToArray();
        return rows.Length == 0 ? null : new ReportTable(
            "Speed", "Training: the median over the log, and the time between its entries. Evaluation: people per second through crop and network; milliseconds per person of the whole command.",
            [new("run"), new("steps", "training", true), new("hours", "training", true), new("people/s", "training", true), new("people/s", "evaluation", true), new("ms/person", "evaluation", true)],
            rows);
    }
}
