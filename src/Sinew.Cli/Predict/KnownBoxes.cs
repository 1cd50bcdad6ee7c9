using System.Globalization;
using System.Text.Json;
using Sinew.Annotations;
using Sinew.Files;
using Sinew.Inference;

namespace Sinew.Cli.Predict;

/// <summary>The people of one picture whose boxes are known.</summary>
/// <param name="ImageId">The file's id of the picture.</param>
/// <param name="Boxes">The boxes.</param>
/// <param name="AnnotationIds">Ids of the labelled people; null for detections.</param>
internal sealed record KnownPeople(long ImageId, Detection[] Boxes, long[]? AnnotationIds);

/// <summary>
/// People's boxes from a file in place of a detector: COCO detections, which name pictures by id, so that a picture's file name has to be its
/// id as COCO's are; or labels of any format that is read, which name them by file.
/// </summary>
internal sealed class KnownBoxes
{
    private readonly Dictionary<long, int[]> _rowsOf = [];
    private readonly Dictionary<string, long> _idOf = new(StringComparer.Ordinal);
    private readonly Detection[] _boxes;
    private readonly long[]? _annotations;

    private KnownBoxes(long[] images, Detection[] boxes, long[]? annotations)
    {
        (_boxes, _annotations) = (boxes, annotations);
        foreach (var image in Enumerable.Range(0, images.Length).Where(i => boxes[i].Box is { Width: > 0, Height: > 0 }).GroupBy(i => images[i])) _rowsOf.Add(image.Key, [.. image]);
    }

    /// <summary>The labelled people's category, or COCO's for detections: that of predictions for these boxes.</summary>
    public long Category { get; private init; } = CocoResultsWriter.PersonCategory;

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file, gzip or plain.</param>
    /// <param name="leastScore">Detections that score less are left out.</param>
    /// <exception cref="SinewException">It cannot be read, or holds neither boxes nor labels.</exception>
    public static KnownBoxes Read(string path, double leastScore)
    {
        if (HoldsDetections(path))
        {
            var table = DetectionReader.Read(path, lowestScore: leastScore, onBad: OnBad.Skip);
            return new KnownBoxes(table.ImageIds, [.. table.Boxes.Zip(table.Scores, (box, score) => new Detection(box, (float)score))], null);
        }

        var data = AnnotationReader.Read(path, new ReadOptions { OnBad = OnBad.Skip });
        int[] rows = [.. Enumerable.Range(0, data.People.Count).Where(p => !data.People.Crowd[p])];
        var known = new KnownBoxes(
            [.. rows.Select(p => data.Images.Ids[data.People.Image[p]])], [.. rows.Select(p => new Detection(data.People.Boxes[p], 1))], [.. rows.Select(p => data.People.Ids[p])])
        {
            Category = data.Category,
        };
        for (var i = 0; i < data.Images.Count; i++)
        {
            var name = data.Images.FileNames[i].Replace('\\', '/');
            known._idOf[name] = data.Images.Ids[i];
            // a name that two folders have stands for neither
            var plain = Path.GetFileName(name);
            if (plain != name) known._idOf[plain] = known._idOf.ContainsKey(plain) ? long.MinValue : data.Images.Ids[i];
        }

        return known;
    }

    /// <summary>The people of a picture; null where the file does not know it.</summary>
    /// <param name="path">The picture's path.</param>
    public KnownPeople? Of(string path)
    {
        if (IdOf(path.Replace('\\', '/')) is not { } id) return null;
        var rows = _rowsOf.GetValueOrDefault(id, []);
        return new KnownPeople(id, [.. rows.Select(r => _boxes[r])], _annotations is null ? null : [.. rows.Select(r => _annotations[r])]);
    }

    private long? IdOf(string path)
    {
        for (var rest = path; ;)
        {
            if (_idOf.TryGetValue(rest, out var id) && id != long.MinValue) return id;
            if (rest.IndexOf('/') is not (>= 0 and var slash)) break;
            rest = rest[(slash + 1)..];
        }

        return _idOf.Count == 0 && long.TryParse(Path.GetFileNameWithoutExtension(path), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
    }

    /// <summary>True for a list whose first record has no joints of MPII's kind: detections.</summary>
    private static bool HoldsDetections(string path)
    {
        try
        {
            using var stream = ZippedFile.OpenRead(path);
            var start = new byte[1 << 16];
            var json = new Utf8JsonReader(start.AsSpan(0, stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)), isFinalBlock: false, default);
            if (!json.Read() || json.TokenType != JsonTokenType.StartArray) return false;
            while (json.Read() && !(json.TokenType == JsonTokenType.EndObject && json.CurrentDepth == 1))
            {
                if (json.TokenType == JsonTokenType.PropertyName && json.CurrentDepth == 2 && json.ValueTextEquals("joints"u8)) return false;
            }

            return true;
        }
        catch (JsonException)
        {
            // whichever reader is asked then says what is wrong with it
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new SinewException($"{path}: cannot be read: {e.Message.ReplaceLineEndings(" ")}", e);
        }
    }
}
