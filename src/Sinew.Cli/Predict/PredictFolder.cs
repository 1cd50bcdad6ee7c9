using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Sinew.Annotations;
using Sinew.Cli.Frame;
using Sinew.Files;
using Sinew.Geometry;
using Sinew.Skeletons;

namespace Sinew.Cli.Predict;

/// <summary>What lies beside the records in a run's folder: what made them, what failed, and the COCO results.</summary>
internal static class PredictFolder
{
    private const string About = "run.json";
    private const string Failures = "failed.txt";
    private const string Results = "poses.json";

    /// <summary>All files that a run may write into its folder, beside the drawings.</summary>
    public static IEnumerable<string> Files(string folder) =>
        new[] { About, Failures, Results, PredictJournal.RecordsName, PredictJournal.JournalName }.Select(name => Path.Combine(folder, name));

    /// <summary>Writes what made the records, or sees that a folder's earlier records were made the same way.</summary>
    /// <exception cref="SinewException">They were not.</exception>
    public static void Claim(string folder, PredictOptions options, string model, string? detector, bool flip, Skeleton skeleton)
    {
        var text = Describe(options, model, detector, flip, skeleton);
        var path = Path.Combine(folder, About);
        if (File.Exists(path) && new FileInfo(Path.Combine(folder, PredictJournal.RecordsName)) is { Exists: true, Length: > 0 } && !options.Force)
        {
            if (File.ReadAllText(path) == text) return;
            throw new SinewException($"{folder}: holds poses of another model or other options ({About}); give another folder with --out, or begin it anew with --force");
        }

        AtomicFile.WriteText(path, text);
    }

    /// <summary>Lists what failed, or removes an earlier run's list.</summary>
    public static void WriteFailures(string folder, IReadOnlyCollection<(string Name, string Error)> failed)
    {
        var path = Path.Combine(folder, Failures);
        if (failed.Count == 0) File.Delete(path);
        else AtomicFile.WriteText(path, string.Concat(failed.Select(f => $"{OneLine.Of(f.Name)}\t{OneLine.Of(f.Error)}\n")));
    }

    /// <summary>
    /// Makes COCO results of the records. A picture's id is that of the boxes' file; else the number that its file name is, where no other
    /// picture has it; else minus the number of its line in the records.
    /// </summary>
    /// <param name="folder">The folder.</param>
    /// <param name="records">The file of records.</param>
    /// <param name="joints">Joints of a person.</param>
    /// <param name="category">The people's category, as the boxes' file numbers it.</param>
    /// <returns>The file.</returns>
    public static string WriteCoco(string folder, string records, int joints, long category = CocoResultsWriter.PersonCategory)
    {
        var path = Path.Combine(folder, Results);
        using var results = new CocoResultsWriter(path, category);
        var (keypoints, scores) = (new float[joints * 2], new float[joints]);
        var taken = new HashSet<long>();
        var line = 0L;
        foreach (var text in Lines(records))
        {
            line++;
            using var json = JsonDocument.Parse(text);
            var record = json.RootElement;
            var id = IdOf(record, taken) ?? -line;
            foreach (var person in record.GetProperty("people").EnumerateArray())
            {
                var i = 0;
                foreach (var value in person.GetProperty("keypoints").EnumerateArray())
                {
                    if (i % 3 < 2) keypoints[(i / 3 * 2) + (i % 3)] = value.GetSingle();
                    else scores[i / 3] = value.GetSingle();
                    i++;
                }

                var box = person.GetProperty("box");
                results.Add(
                    id, keypoints, scores, person.GetProperty("score").GetDouble(),
                    new Box(box[0].GetSingle(), box[1].GetSingle(), box[2].GetSingle(), box[3].GetSingle()),
                    person.TryGetProperty("annotation_id", out var annotation) ? annotation.GetInt64() : null);
            }
        }

        results.Complete();
        return path;
    }

    /// <summary>The records, whole lines of JSON.</summary>
    public static IEnumerable<string> Lines(string records)
    {
        using var reader = new StreamReader(new FileStream(records, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 1 << 16));
        while (reader.ReadLine() is { } line) yield return line;
    }

    private static long? IdOf(JsonElement record, HashSet<long> taken)
    {
        if (record.TryGetProperty("image_id", out var known)) return known.GetInt64();
        return !record.TryGetProperty("frame", out _) && long.TryParse(Path.GetFileNameWithoutExtension(record.GetProperty("file").GetString()), out var id) && id >= 0 && taken.Add(id)
            ? id : null;
    }

    private static string Describe(PredictOptions options, string model, string? detector, bool flip, Skeleton skeleton)
    {
        using var text = new MemoryStream();
        using (var json = new Utf8JsonWriter(text, new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("model", Identity(model));
            json.WriteString("skeleton", skeleton.Name);
            json.WriteStartArray("joints");
            foreach (var joint in skeleton.Joints) json.WriteStringValue(joint.Name);
            json.WriteEndArray();
            if (detector is not null) json.WriteString("detector", Identity(detector));
            if (options.Boxes is not null) json.WriteString("boxes", Identity(options.Boxes));
            if (options.BoxScore is { } score) json.WriteNumber("box_score", score);
            json.WriteBoolean("flip_test", flip);
            json.WriteBoolean("track", options.Track);
            json.WriteBoolean("smooth", options.Smooth);
            json.WriteNumber("detect_every", options.DetectEvery);
            json.WriteNumber("frames", options.Frames);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(text.ToArray()) + "\n";
    }

    /// <summary>A file's name and its content's hash.</summary>
    public static string Identity(string path)
    {
        if (Directory.Exists(path)) path = Path.Combine(path, Training.Loop.Trainer.ModelFileName);
        using var file = AtomicFile.Open(path);
        return $"{Path.GetFileName(path)} {Convert.ToHexStringLower(SHA256.HashData(file))[..16]}";
    }
}
