using System.Globalization;
using System.Text.Json;

namespace Sinew.Reports;

/// <summary>One number over the steps of a training.</summary>
/// <param name="Name">Its name in the log, such as <c>loss/total</c>.</param>
/// <param name="Points">Steps, ascending, and values.</param>
public sealed record LogSeries(string Name, IReadOnlyList<(long Step, double Value)> Points);

/// <summary>What the log of a training says: losses and speed by step, scores by step.</summary>
/// <param name="Steps">The last step that was logged.</param>
/// <param name="Series">The numbers of the steps.</param>
/// <param name="Evaluations">Per evaluated set the numbers of each evaluation, in the order of their steps.</param>
/// <param name="Hours">Hours of training: the sum of the times between neighbouring entries, pauses of more than ten minutes left out.</param>
public sealed record LogFile(
    long Steps,
    IReadOnlyList<LogSeries> Series,
    IReadOnlyDictionary<string, IReadOnlyList<(long Step, IReadOnlyDictionary<string, double> Metrics)>> Evaluations,
    double Hours)
{
    private const string EvaluationPrefix = "evaluation/";
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(10);

    /// <summary>
    /// Reads <c>log.jsonl</c>. Where a training went on from an earlier checkpoint, the steps that it did again replace those
    /// that were lost. A last line without its end is left out: the training may be writing it now.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <exception cref="SinewException">The file cannot be read, or a line is no event.</exception>
    public static LogFile Read(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var series = new Dictionary<string, List<(long, double)>>(StringComparer.Ordinal);
        var evaluations = new Dictionary<string, List<(long, IReadOnlyDictionary<string, double>)>>(StringComparer.Ordinal);
        var (last, hours, before) = (0L, 0.0, (DateTimeOffset?)null);
        foreach (var (line, number) in Lines(path))
        {
            var (what, step, time, values) = Event(line, path, number);
            if (step < last || (step == last && what == "step"))
            {
                foreach (var points in series.Values) points.RemoveAll(p => p.Item1 >= step);
                foreach (var scores in evaluations.Values) scores.RemoveAll(s => s.Item1 >= step);
            }

            last = step;
            if (time - before is { } pause && pause > TimeSpan.Zero && pause < LongestPause) hours += pause.TotalHours;
            before = time ?? before;
            if (what == "step")
            {
                foreach (var (name, value) in values)
                {
                    if (!series.TryGetValue(name, out var points)) series.Add(name, points = []);
                    points.Add((step, value));
                }
            }
            else if (what.StartsWith(EvaluationPrefix, StringComparison.Ordinal))
            {
                var set = what[EvaluationPrefix.Length..];
                if (!evaluations.TryGetValue(set, out var scores)) evaluations.Add(set, scores = []);
                scores.Add((step, values));
            }
        }

        return new LogFile(
            last,
            [.. series.Select(s => new LogSeries(s.Key, s.Value))],
            evaluations.ToDictionary(e => e.Key, e => (IReadOnlyList<(long, IReadOnlyDictionary<string, double>)>)e.Value),
            hours);
    }

    /// <summary>The series of this name; null where there is none.</summary>
    /// <param name="name">Such as <c>loss/total</c>.</param>
    public LogSeries? Find(string name) => Series.FirstOrDefault(s => s.Name == name);

    private static IEnumerable<(string Line, int Number)> Lines(string path)
    {
        FileStream file;
        try
        {
            // the training that writes it may still run
            file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SinewException($"{path}: cannot be read: {e.Message}", e);
        }

        using (file)
        {
            var ended = file.Length == 0 || EndsLine(file);
            using var reader = new StreamReader(file);
            var number = 0;
            var line = reader.ReadLine();
            while (line is not null)
            {
                number++;
                var next = reader.ReadLine();
                if (next is null && !ended) yield break;
                if (line.Length > 0) yield return (line, number);
                line = next;
            }
        }
    }

    private static bool EndsLine(FileStream file)
    {
        file.Seek(-1, SeekOrigin.End);
        var last = file.ReadByte();
        file.Seek(0, SeekOrigin.Begin);
        return last == '\n';
    }

    private static (string What, long Step, DateTimeOffset? Time, IReadOnlyDictionary<string, double> Values) Event(string line, string path, int number)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            var root = json.RootElement;
            var what = root.GetProperty("event").GetString() ?? "";
            var step = root.GetProperty("step").GetInt64();
            var time = root.TryGetProperty("time", out var text) && text.ValueKind == JsonValueKind.String
                && DateTimeOffset.TryParse(text.GetString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var parsed) ? parsed : (DateTimeOffset?)null;
            var values = new Dictionary<string, double>(StringComparer.Ordinal);
            foreach (var member in root.EnumerateObject())
            {
                // numbers that are not finite stand there as texts, or as 1e999: a curve has a gap there
                if (member.Name is "event" or "step" || member.Value.ValueKind != JsonValueKind.Number) continue;
                if (member.Value.GetDouble() is var value && double.IsFinite(value)) values[member.Name] = value;
            }

            return (what, step, time, values);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new SinewException($"{path}:{number}: no event of a training's log: mend or remove the line", e);
        }
    }
}
