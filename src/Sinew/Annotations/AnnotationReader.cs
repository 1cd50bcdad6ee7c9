namespace Sinew.Annotations;

/// <summary>Reads a label file of any format that is known.</summary>
public static class AnnotationReader
{
    /// <summary>The formats by the names that recipes and the command line use.</summary>
    public static IReadOnlyDictionary<string, AnnotationFormat> Formats { get; } = new Dictionary<string, AnnotationFormat>(StringComparer.Ordinal)
    {
        ["auto"] = AnnotationFormat.Auto,
        ["coco"] = AnnotationFormat.Coco,
        ["coco-wholebody"] = AnnotationFormat.CocoWholeBody,
        ["crowdpose"] = AnnotationFormat.CrowdPose,
        ["aic"] = AnnotationFormat.Aic,
        ["halpe"] = AnnotationFormat.Halpe,
        ["posetrack18"] = AnnotationFormat.PoseTrack18,
        ["ochuman"] = AnnotationFormat.OcHuman,
        ["jhmdb"] = AnnotationFormat.Jhmdb,
        ["mpii"] = AnnotationFormat.Mpii,
        ["mpii-trb"] = AnnotationFormat.MpiiTrb,
    };

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file, gzip or plain.</param>
    /// <param name="options">How it is read; null for the defaults.</param>
    /// <exception cref="SinewException">The file is missing, of no known format, truncated, or has a wrong record that is not to be skipped.</exception>
    public static PoseData Read(string path, ReadOptions? options = null) => Read(path, options, out _);

    /// <summary>Reads a file and says what was found in it.</summary>
    /// <param name="path">The file, gzip or plain.</param>
    /// <param name="options">How it is read; null for the defaults.</param>
    /// <param name="report">What was found.</param>
    /// <exception cref="SinewException">The file is missing, of no known format, truncated, or has a wrong record that is not to be skipped.</exception>
    public static PoseData Read(string path, ReadOptions? options, out ReadReport report)
    {
        ArgumentNullException.ThrowIfNull(path);
        options ??= new ReadOptions();
        if (options.Format == AnnotationFormat.Mpii) return MpiiReader.Read(path, options, out report);
        if (options.Format != AnnotationFormat.Auto) return CocoReader.Read(path, options, out report);
        // COCO's outline is an object, MPII's a list.
        using (var json = JsonScanner.Open(path))
        {
            if (json.Peek() == '{') return CocoReader.Read(json, options, out report);
            if (!json.CanReopen) throw new SinewException($"{path}: a list in a pipe, and whether it is one of people takes a second reading; name the format (mpii), or give a file");
            RequirePeople(json);
        }

        return MpiiReader.Read(path, options, out report);
    }

    // Lists of detections and of results are told apart by their first record's keys.
    private static void RequirePeople(JsonScanner json)
    {
        json.Expect('[');
        var first = true;
        if (!json.NextElement(ref first)) throw json.Error("an empty list: say which format it is");
        if (json.Peek() != '{') throw json.Error("a list, but not of people: this is no label file");
        json.Expect('{');
        first = true;
        var scored = false;
        while (json.NextKey(ref first))
        {
            if (json.Key.SequenceEqual("joints"u8)) return;
            scored |= json.Key.SequenceEqual("score"u8);
            json.SkipValue();
        }

        throw json.Error(scored ? "detections or predictions, not labels" : "a list whose first record has no 'joints': this is no label file");
    }
}
