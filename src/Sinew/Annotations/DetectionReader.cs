using Sinew.Geometry;

namespace Sinew.Annotations;

/// <summary>Person boxes that a detector found, as columns.</summary>
/// <param name="ImageIds">The images' ids.</param>
/// <param name="Boxes">The boxes, image pixels.</param>
/// <param name="Scores">The detector's scores.</param>
public sealed record DetectionTable(long[] ImageIds, Box[] Boxes, double[] Scores)
{
    /// <summary>How many boxes there are.</summary>
    public int Count => ImageIds.Length;
}

/// <summary>
/// Reads COCO-style detection results: a list of <c>image_id</c>, <c>category_id</c>, <c>bbox</c> [x, y, width, height] and <c>score</c>.
/// </summary>
public static class DetectionReader
{
    /// <summary>Reads a file.</summary>
    /// <param name="path">The file, gzip or plain.</param>
    /// <param name="category">The category to keep (COCO's person is 1); boxes that state none are kept too.</param>
    /// <param name="lowestScore">Boxes that score less are left out.</param>
    /// <param name="onBad">What is done with a box that is wrong.</param>
    /// <exception cref="SinewException">The file is missing, no such JSON, truncated, or has a wrong box that is not to be skipped.</exception>
    public static DetectionTable Read(string path, long category = 1, double lowestScore = double.NegativeInfinity, OnBad onBad = OnBad.Fail) =>
        Read(path, category, lowestScore, onBad, out _);

    /// <summary>Reads a file and says what was found in it.</summary>
    /// <param name="path">The file, gzip or plain.</param>
    /// <param name="category">The category to keep (COCO's person is 1); boxes that state none are kept too.</param>
    /// <param name="lowestScore">Boxes that score less are left out.</param>
    /// <param name="onBad">What is done with a box that is wrong.</param>
    /// <param name="report">What was found.</param>
    /// <exception cref="SinewException">The file is missing, no such JSON, truncated, or has a wrong box that is not to be skipped.</exception>
    public static DetectionTable Read(string path, long category, double lowestScore, OnBad onBad, out ReadReport report)
    {
        ArgumentNullException.ThrowIfNull(path);
        report = new ReadReport();
        using var json = JsonScanner.Open(path);
        (json.Section, json.Record) = ("boxes", 0);
        var (ids, boxes, scores, numbers) = (new Chunked<long>(), new Chunked<Box>(), new Chunked<double>(), new NumberList());
        json.Expect('[');
        var first = true;
        for (; json.NextElement(ref first); json.Record++)
        {
            if (json.Peek() != '{') throw json.Error("not an object");
            report.Records++;
            var (image, itsCategory, score) = ReadBox(json, numbers);
            var box = numbers.Values;
            if (image is null || score is not { } known || box.Length != 4)
            {
                report.Add(BadRecord.Malformed, onBad, path, $"boxes[{json.Record}]", "image_id, bbox or score is missing or of the wrong type");
            }
            else if (!double.IsFinite(known + box[0] + box[1] + box[2] + box[3]))
            {
                report.Add(BadRecord.NotFinite, onBad, path, $"boxes[{json.Record}]", "a box or score that is not finite");
            }
            else if (box[2] < 0 || box[3] < 0)
            {
                report.Add(BadRecord.Box, onBad, path, $"boxes[{json.Record}]", "a box of negative extent");
            }
            else if (itsCategory is { } other && other != category)
            {
                report.OtherCategory++;
            }
            else if (known >= lowestScore)
            {
                ids.Add(image.Value);
                boxes.Add(new Box((float)box[0], (float)box[1], (float)box[2], (float)box[3]));
                scores.Add(known);
            }
        }

        json.ExpectEnd();
        report.People = ids.Count;
        return new DetectionTable(ids.Drain(), boxes.Drain(), scores.Drain());
    }

    private static (long? Image, long? Category, double? Score) ReadBox(JsonScanner json, NumberList box)
    {
        box.Clear();
        long? image = null;
        long? category = null;
        double? score = null;
        json.Expect('{');
        var first = true;
        while (json.NextKey(ref first))
        {
            if (json.Key.SequenceEqual("image_id"u8)) image = json.TryWhole(out var id) ? id : null;
            else if (json.Key.SequenceEqual("category_id"u8)) category = json.TryWhole(out var id) ? id : null;
            else if (json.Key.SequenceEqual("score"u8)) score = json.TryNumber(out var value) ? value : null;
            else if (!json.Key.SequenceEqual("bbox"u8)) json.SkipValue();
            else if (!json.TryNumbers(box)) box.Clear();
        }

        return (image, category, score);
    }
}
