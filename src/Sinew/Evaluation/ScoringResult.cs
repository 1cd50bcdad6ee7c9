using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Sinew.Evaluation;

/// <summary>A number, or a group of numbers, with its name.</summary>
/// <param name="Name">The name, as it stands in JSON.</param>
/// <param name="Value">A fraction from 0 to 1, −1 where undefined; no meaning for a group.</param>
/// <param name="Parts">The members of a group; null for a number.</param>
public sealed record ScoringMetric(string Name, double Value, IReadOnlyList<ScoringMetric>? Parts = null);

/// <summary>What a scoring found.</summary>
/// <param name="Protocol">The protocol's name, as users write it.</param>
/// <param name="People">How many labelled people were scored.</param>
/// <param name="Metrics">The protocol's numbers.</param>
/// <param name="Notes">How it was done where there are several ways, and what was left out: a line each.</param>
/// <param name="Errors">Kinds of error, where they were asked for.</param>
/// <param name="MeanOks">
/// Mean OKS of the labelled people, each with its best-scored prediction and 0 without one; null where the protocol is not coco or halpe21.
/// </param>
public sealed record ScoringResult(
    string Protocol, int People, IReadOnlyList<ScoringMetric> Metrics, IReadOnlyList<string> Notes, PoseErrors? Errors = null, double? MeanOks = null)
{
    /// <summary>A number by its path of names, such as <c>wholebody</c>, <c>AP</c>; NaN where there is none.</summary>
    /// <param name="path">Names from the outermost group to the number.</param>
    public double this[params string[] path]
    {
        get
        {
            IReadOnlyList<ScoringMetric>? level = Metrics;
            ScoringMetric? found = null;
            foreach (var name in path)
            {
                found = level?.FirstOrDefault(m => m.Name == name);
                level = found?.Parts;
            }

            return found is { Parts: null } ? found.Value : double.NaN;
        }
    }

    /// <summary>One JSON object: protocol, people, metrics, notes and, where asked for, errors.</summary>
    public string ToJson()
    {
        using var memory = new MemoryStream();
        using (var json = new Utf8JsonWriter(memory, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            WriteMembers(json);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(memory.ToArray());
    }

    /// <summary>Writes the members of <see cref="ToJson"/> into an object that has been begun.</summary>
    /// <param name="json">The writer.</param>
    public void WriteMembers(Utf8JsonWriter json)
    {
        ArgumentNullException.ThrowIfNull(json);
        json.WriteString("protocol", Protocol);
        json.WriteNumber("people", People);
        json.WriteStartObject("metrics");
        Write(json, Metrics);
        json.WriteEndObject();
        if (MeanOks is { } mean) json.WriteNumber("mean_oks", mean);
        json.WriteStartArray("notes");
        foreach (var note in Notes) json.WriteStringValue(note);
        json.WriteEndArray();
        if (Errors is not null) WriteErrors(json, Errors);
    }

    /// <summary>Lines for a terminal: the numbers in percent, the notes below.</summary>
    public string ToText()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{Protocol}: {People} people\n");
        AppendTo(text, Metrics, "  ");
        if (MeanOks is { } mean) AppendTo(text, [new ScoringMetric("mean OKS", mean)], "  ");
        if (Errors is not null) AppendTo(text, Errors);
        foreach (var note in Notes) text.Append(note).Append('\n');
        return text.ToString();
    }

    private static void Write(Utf8JsonWriter json, IReadOnlyList<ScoringMetric> metrics)
    {
        foreach (var metric in metrics)
        {
            if (metric.Parts is null)
            {
                json.WriteNumber(metric.Name, metric.Value);
                continue;
            }

            json.WriteStartObject(metric.Name);
            Write(json, metric.Parts);
            json.WriteEndObject();
        }
    }

    private static void WriteErrors(Utf8JsonWriter json, PoseErrors errors)
    {
        json.WriteStartObject("errors");
        json.WriteNumber("matched", errors.Matched);
        json.WriteNumber("unmatched", errors.Unmatched);
        Write(json, errors.Total, "all");
        json.WriteStartObject("joints");
        foreach (var joint in errors.Joints) Write(json, joint, joint.Name);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, JointErrors joint, string name)
    {
        json.WriteStartObject(name);
        json.WriteNumber("labelled", joint.Labelled);
        json.WriteNumber("similarity", joint.Similarity);
        json.WriteNumber("good", joint.Good);
        json.WriteNumber("jitter", joint.Jitter);
        json.WriteNumber("inversion", joint.Inversion);
        json.WriteNumber("swap", joint.Swap);
        json.WriteNumber("miss", joint.Miss);
        json.WriteEndObject();
    }

    private static void AppendTo(StringBuilder text, IReadOnlyList<ScoringMetric> metrics, string indent)
    {
        var width = metrics.Max(m => m.Name.Length);
        foreach (var metric in metrics)
        {
            if (metric.Parts is null)
            {
                var value = metric.Value < 0 ? "undefined" : (metric.Value * 100).ToString("F2", CultureInfo.InvariantCulture);
                text.Append(CultureInfo.InvariantCulture, $"{indent}{metric.Name.PadRight(width)}  {value,9}\n");
                continue;
            }

            text.Append(CultureInfo.InvariantCulture, $"{indent}{metric.Name}\n");
            AppendTo(text, metric.Parts, indent + "  ");
        }
    }

    private static void AppendTo(StringBuilder text, PoseErrors errors)
    {
        var width = errors.Joints.Select(j => j.Name.Length).Append("joint".Length).Max();
        text.Append(CultureInfo.InvariantCulture, $"  {"joint".PadRight(width)}  labelled    good  jitter  inversion    swap    miss  similarity\n");
        foreach (var joint in errors.Joints.Append(errors.Total))
        {
            if (joint.Labelled == 0) continue;
            double Percent(int count) => 100.0 * count / joint.Labelled;
            text.Append(
                CultureInfo.InvariantCulture,
                $"  {joint.Name.PadRight(width)}  {joint.Labelled,8}  {Percent(joint.Good),6:F2}  {Percent(joint.Jitter),6:F2}  {Percent(joint.Inversion),9:F2}  {Percent(joint.Swap),6:F2}  {Percent(joint.Miss),6:F2}  {100 * joint.Similarity,10:F2}\n");
        }
    }
}
