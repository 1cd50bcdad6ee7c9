using System.Text.Json;
using Sinew.Evaluation;
using Sinew.Files;

namespace Sinew.Reports;

/// <summary>A model's score on one labelled set.</summary>
/// <param name="Set">Name of the set.</param>
/// <param name="Protocol">How it was scored: coco, mpii, crowdpose, wholebody, halpe21 or pck.</param>
/// <param name="Metrics">Numbers by their path, such as <c>AP</c> or <c>joints/left_knee</c>: 0 to 1, −1 where undefined.</param>
/// <param name="Source">Where it comes from, for readers.</param>
public sealed record ReportEvaluation(string Set, string Protocol, IReadOnlyDictionary<string, double> Metrics, string Source)
{
    private const long LargestFile = 64 << 20;

    /// <summary>People that were scored; null where not known.</summary>
    public int? People { get; init; }

    /// <summary>Notes of the scoring.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>True where only some of the set's joints were scored.</summary>
    public bool SomeJoints => Notes.Any(n => n.StartsWith("joints: ", StringComparison.Ordinal));

    /// <summary>Kinds of error per joint; null where they were not counted.</summary>
    public IReadOnlyList<JointErrors>? Errors { get; init; }

    /// <summary>The model's file or run folder; null where not known.</summary>
    public string? Model { get; init; }

    /// <summary>The label file; null where not known.</summary>
    public string? Data { get; init; }

    /// <summary>The pictures' folder; null where not known.</summary>
    public string? Images { get; init; }

    /// <summary>The labels' skeleton as it was given; null where the file says it.</summary>
    public string? Skeleton { get; init; }

    /// <summary>The predicted joints' names and canonical ids; null where no predictions are kept.</summary>
    public IReadOnlyList<(string Name, string Id)>? PredictedJoints { get; init; }

    /// <summary>Limbs between <see cref="PredictedJoints"/>.</summary>
    public IReadOnlyList<(int From, int To)> PredictedLimbs { get; init; } = [];

    /// <summary>The file of the predictions; null where none are kept.</summary>
    public string? Predictions { get; init; }

    /// <summary>Seconds of the whole evaluation; null where not known.</summary>
    public double? Seconds { get; init; }

    /// <summary>People per second through crop and network alone; null where not known.</summary>
    public double? PeoplePerSecond { get; init; }

    /// <summary>The number that models are ranked by: the protocol's first; null where it is undefined or absent.</summary>
    public double? Main => Value(MainMetric);

    /// <summary>Name of <see cref="Main"/>.</summary>
    public string MainMetric => MainMetricOf(Protocol);

    /// <summary>A number; null where it is undefined or absent.</summary>
    /// <param name="metric">Its path.</param>
    public double? Value(string metric) => Metrics.TryGetValue(metric, out var value) && value >= 0 ? value : null;

    /// <summary>The number that a protocol ranks models by.</summary>
    /// <param name="protocol">Its name.</param>
    public static string MainMetricOf(string protocol) => protocol switch
    {
        "mpii" => "PCKh",
        "pck" => "PCK",
        "wholebody" => "wholebody/AP",
        _ => "AP",
    };

    /// <summary>Reads what <c>sinew eval --json</c> or <c>--save</c> wrote.</summary>
    /// <param name="path">The file.</param>
    /// <returns>Null where the file is JSON of another kind.</returns>
    /// <exception cref="SinewException">The file cannot be read, or is no JSON.</exception>
    public static ReportEvaluation? Read(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        using var file = AtomicFile.Open(path);
        if (file.Length > LargestFile) throw new SinewException($"{path}: larger than {LargestFile >> 20} MB, which no evaluation needs to be");
        try
        {
            using var json = JsonDocument.Parse(file);
            var root = json.RootElement;
            return root.ValueKind == JsonValueKind.Object
                && root.TryGetProperty("protocol", out var protocol) && protocol.ValueKind == JsonValueKind.String
                && root.TryGetProperty("metrics", out var metrics) && metrics.ValueKind == JsonValueKind.Object
                ? From(root, protocol.GetString()!, metrics, path)
                : null;
        }
        catch (JsonException e)
        {
            throw new SinewException($"{path}:{(e.LineNumber ?? 0) + 1}: not valid JSON: write it again with sinew eval, or move it away", e);
        }
        catch (Exception e) when (e is InvalidOperationException or FormatException)
        {
            // A member that no evaluation has in that form, such as half of a surrogate pair for a text.
            return null;
        }
    }

    private static ReportEvaluation From(JsonElement root, string protocol, JsonElement metrics, string path)
    {
        var values = new Dictionary<string, double>(StringComparer.Ordinal);
        Flatten(metrics, "", values);
        var data = Text(root, "data");
        var joints = Items(root, "predicted_joints").Select(j => (Name: Text(j, "name") ?? "", Id: Text(j, "id") ?? "")).ToArray();
        return new ReportEvaluation(
            data is null ? Path.GetFileNameWithoutExtension(path) : Path.GetFileNameWithoutExtension(data), protocol, values, Path.GetFileName(path))
        {
            People = root.TryGetProperty("people", out var people) && people.ValueKind == JsonValueKind.Number && people.TryGetInt32(out var count) ? count : null,
            Notes = [.. Items(root, "notes").Where(n => n.ValueKind == JsonValueKind.String).Select(n => n.GetString()!)],
            Errors = ErrorsOf(root),
            Model = Text(root, "model"),
            Data = data,
            Images = Text(root, "images"),
            Skeleton = Text(root, "skeleton"),
            // only a file beside this one: a path from a file must not lead elsewhere
            Predictions = Text(root, "predictions") is { } name && name == Path.GetFileName(name) ? Path.Combine(Path.GetDirectoryName(path) ?? "", name) : null,
            PredictedJoints = joints.Length > 0 ? joints : null,
            PredictedLimbs = [.. Items(root, "predicted_limbs").Select(l => Limb(l, joints.Length)).OfType<(int, int)>()],
            Seconds = Number(root, "seconds"),
            PeoplePerSecond = Number(root, "people_per_second"),
        };
    }

    private static (int From, int To)? Limb(JsonElement limb, int joints) =>
        limb.ValueKind == JsonValueKind.Array && limb.GetArrayLength() == 2
        && limb[0].ValueKind == JsonValueKind.Number && limb[0].TryGetInt32(out var from)
        && limb[1].ValueKind == JsonValueKind.Number && limb[1].TryGetInt32(out var to)
        && from >= 0 && to >= 0 && from < joints && to < joints ? (from, to) : null;

    private static void Flatten(JsonElement metrics, string group, Dictionary<string, double> values)
    {
        foreach (var member in metrics.EnumerateObject())
        {
            if (member.Value.ValueKind == JsonValueKind.Object) Flatten(member.Value, $"{group}{member.Name}/", values);
            else if (member.Value.ValueKind == JsonValueKind.Number && member.Value.GetDouble() is var value && double.IsFinite(value)) values[group + member.Name] = value;
        }
    }

    private static JointErrors[]? ErrorsOf(JsonElement root)
    {
        if (!root.TryGetProperty("errors", out var errors) || errors.ValueKind != JsonValueKind.Object
            || !errors.TryGetProperty("joints", out var joints) || joints.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        return [.. joints.EnumerateObject().Where(j => j.Value.ValueKind == JsonValueKind.Object).Select(j => new JointErrors(
            j.Name, Count(j.Value, "good"), Count(j.Value, "jitter"), Count(j.Value, "inversion"), Count(j.Value, "swap"), Count(j.Value, "miss"),
            Number(j.Value, "similarity") ?? -1))];
    }

    private static int Count(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var count) && count >= 0 ? count : 0;

    private static double? Number(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && double.IsFinite(value.GetDouble()) ? value.GetDouble() : null;

    private static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static JsonElement[] Items(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray()] : [];
}
