using System.Globalization;

namespace Sinew.Reports;

/// <summary>A training, or a model that somebody else trained, with all that is known of it.</summary>
/// <param name="Name">Short name, different from every other's in the report.</param>
/// <param name="Folder">The run's folder, or the model's file.</param>
/// <param name="Recipe">Its recipe; null where there is none.</param>
/// <param name="Log">Its log; null where there is none.</param>
/// <param name="Evaluations">Its scores.</param>
public sealed record ReportRun(string Name, string Folder, ReportRecipe? Recipe, LogFile? Log, IReadOnlyList<ReportEvaluation> Evaluations)
{
    private const string LogName = "log.jsonl";
    private const string RecipeName = "recipe.yaml";
    private const string EvaluationsFolder = "evaluations";

    /// <summary>Reads runs.</summary>
    /// <param name="paths">
    /// Folders of trainings, whose evaluations lie in them, in <c>evaluations/</c>, or beside them with the folder as their
    /// model; or files that <c>sinew eval --json</c> wrote.
    /// </param>
    /// <exception cref="SinewException">A path is neither, holds nothing, or a file in it is broken.</exception>
    public static IReadOnlyList<ReportRun> Load(IEnumerable<string> paths)
    {
        ArgumentNullException.ThrowIfNull(paths);
        var runs = new List<ReportRun>();
        var models = new Dictionary<string, List<ReportEvaluation>>(StringComparer.Ordinal);
        foreach (var path in paths)
        {
            if (Directory.Exists(path))
            {
                runs.AddRange(StagesOf(path) is { Length: > 0 } stages ? stages : [FromFolder(path)]);
                continue;
            }

            if (!File.Exists(path)) throw new SinewException($"{path}: there is no such run's folder or evaluation");
            var evaluation = ReportEvaluation.Read(path)
                ?? throw new SinewException($"{path}: no evaluation: give a run's folder, or what sinew eval --json wrote");
            var model = evaluation.Model ?? path;
            if (!models.TryGetValue(model, out var own)) models.Add(model, own = []);
            own.Add(evaluation);
        }

        runs.AddRange(models.Select(m => new ReportRun(Path.GetFileNameWithoutExtension(m.Key.TrimEnd('/')), m.Key, null, null, m.Value)));
        return WithSetNames(WithOwnNames(runs));
    }

    /// <summary>The evaluation of a set: of all joints, or of some of them only.</summary>
    /// <param name="set">Name of the set.</param>
    /// <param name="protocol">How it was scored.</param>
    /// <param name="someJoints">True for one that scores some joints only.</param>
    public ReportEvaluation? Find(string set, string protocol, bool someJoints = false) =>
        Evaluations.FirstOrDefault(e => e.Set == set && e.Protocol == protocol && e.SomeJoints == someJoints);

    // a run of several stages keeps each in a folder of its own; what was scored with the run as the model is the last stage's
    private static ReportRun[] StagesOf(string folder)
    {
        folder = Path.GetFullPath(folder).TrimEnd(Path.DirectorySeparatorChar);
        if (File.Exists(Path.Combine(folder, LogName))) return [];
        string[] folders = [.. Directory.EnumerateDirectories(folder).Where(d => File.Exists(Path.Combine(d, LogName))).OrderBy(d => File.GetLastWriteTimeUtc(Path.Combine(d, LogName))).ThenBy(d => d, StringComparer.Ordinal)];
        ReportRun[] stages = [.. folders.Select(FromFolder).Select(r => r with { Name = $"{Path.GetFileName(folder)}/{r.Name}" })];
        if (stages.Length == 0) return [];
        List<ReportEvaluation> whole = [.. FilesOf(folder), .. Beside(folder)];
        ReportEvaluation[] older = [.. stages[^1].Evaluations.Where(e => !whole.Any(w => w.Protocol == e.Protocol && w.SomeJoints == e.SomeJoints && w.Data is { } data
            && (stages[^1].Recipe?.EvaluationOf(data) ?? w.Set) == e.Set))];
        stages[^1] = stages[^1] with { Evaluations = [.. whole, .. older] };
        return stages;
    }

    private static IEnumerable<ReportEvaluation> FilesOf(string folder) => new[] { folder, Path.Combine(folder, EvaluationsFolder) }
        .Where(Directory.Exists).SelectMany(Evaluation).Select(ReportEvaluation.Read).OfType<ReportEvaluation>();

    private static ReportRun FromFolder(string folder)
    {
        folder = Path.GetFullPath(folder).TrimEnd(Path.DirectorySeparatorChar);
        var (logPath, recipePath) = (Path.Combine(folder, LogName), Path.Combine(folder, RecipeName));
        var log = File.Exists(logPath) ? LogFile.Read(logPath) : null;
        var recipe = File.Exists(recipePath) ? ReportRecipe.Read(recipePath) : null;
        List<ReportEvaluation> evaluations = [.. FilesOf(folder), .. Beside(folder)];
        if (log is { Steps: 0, Series.Count: 0, Evaluations.Count: 0 } && evaluations.Count == 0)
            throw new SinewException($"{folder}: its {LogName} is empty and it has no evaluation: there is nothing to report yet");
        if (log is null && evaluations.Count == 0)
            throw new SinewException($"{folder}: holds neither a {LogName} nor an evaluation: is it the folder of a training?");
        return new ReportRun(Path.GetFileName(folder), folder, recipe, log, [.. evaluations, .. Logged(log, recipe, evaluations)]);
    }

    private static IEnumerable<string> Evaluation(string folder) => Directory.EnumerateFiles(folder, "*.json")
        .Where(f => !f.EndsWith(".predictions.json", StringComparison.Ordinal)).Order(StringComparer.Ordinal);

    // files beside the run may be anybody's: only those that name this run as their model are taken, and none is an error
    private static IEnumerable<ReportEvaluation> Beside(string folder)
    {
        if (Path.GetDirectoryName(folder) is not { } parent) yield break;
        foreach (var file in Evaluation(parent))
        {
            ReportEvaluation? found = null;
            try
            {
                found = ReportEvaluation.Read(file);
            }
            catch (SinewException)
            {
                continue;
            }

            if (found?.Model is not { Length: > 0 } model || model.Contains('\0', StringComparison.Ordinal)) continue;
            var full = Path.GetFullPath(model, parent).TrimEnd(Path.DirectorySeparatorChar);
            if (full == folder || Path.GetDirectoryName(full) == folder) yield return found;
        }
    }

    // the log's last scores stand for sets that eval did not score on all joints
    private static IEnumerable<ReportEvaluation> Logged(LogFile? log, ReportRecipe? recipe, List<ReportEvaluation> files)
    {
        if (log is null || recipe is null) yield break;
        foreach (var (set, scores) in log.Evaluations)
        {
            if (scores.Count == 0 || recipe.Find($"evaluations.{set}.protocol") is not { } protocol) continue;
            if (files.Any(f => !f.SomeJoints && f.Protocol == protocol && f.Data is { } data && recipe.EvaluationOf(data) == set)) continue;
            var (step, metrics) = scores[^1];
            yield return new ReportEvaluation(set, protocol, metrics, string.Create(CultureInfo.InvariantCulture, $"log, step {step}"));
        }
    }

    // two runs may have folders of the same name
    private static List<ReportRun> WithOwnNames(List<ReportRun> runs)
    {
        var named = new List<ReportRun>();
        foreach (var run in runs)
        {
            var name = run.Name;
            if (runs.Count(r => r.Name == name) > 1) name = $"{Path.GetFileName(Path.GetDirectoryName(run.Folder))}/{run.Name}";
            for (var i = 2; named.Any(r => r.Name == name); i++) name = $"{run.Name} ({i.ToString(CultureInfo.InvariantCulture)})";
            named.Add(run with { Name = name });
        }

        return named;
    }

    // a set goes by the name that a recipe evaluates its label file under, and by the file's name otherwise
    private static List<ReportRun> WithSetNames(List<ReportRun> runs)
    {
        string NameOf(ReportRun run, ReportEvaluation e) => e.Data is not { } data ? e.Set
            : run.Recipe?.EvaluationOf(data) ?? runs.Select(r => r.Recipe?.EvaluationOf(data)).FirstOrDefault(n => n is not null) ?? e.Set;
        return [.. runs.Select(run => run with { Evaluations = [.. run.Evaluations.Select(e => e with { Set = NameOf(run, e) })] })];
    }
}
