namespace Sinew.Annotations;

/// <summary>Why a record was left out.</summary>
public enum BadRecord
{
    /// <summary>A field that must be there is missing or of the wrong type.</summary>
    Malformed,

    /// <summary>The record has another number of joints than the skeleton.</summary>
    JointCount,

    /// <summary>A coordinate, an extent or a size is NaN or infinite, or a size that distances are measured by is not above 0.</summary>
    NotFinite,

    /// <summary>The box has a negative extent or area, or lies wholly outside its image.</summary>
    Box,

    /// <summary>An id was used before.</summary>
    DuplicateId,

    /// <summary>The person's image is not in the file.</summary>
    UnknownImage,

    /// <summary>The image is not in the images folder.</summary>
    MissingImage,
}

/// <summary>What a reader found in a label file.</summary>
public sealed class ReadReport
{
    private const int MostMessages = 20;

    private readonly SortedDictionary<BadRecord, int> _bad = [];
    private readonly List<string> _messages = [];

    /// <summary>The format that the file turned out to have; <see cref="AnnotationFormat.Coco"/> for files that state plain pixels and flags themselves.</summary>
    public AnnotationFormat Format { get; internal set; }

    /// <summary>The category that was read; null where the file's categories name no joints, or the format has none.</summary>
    public long? Category { get; internal set; }

    /// <summary>How many people's records the file has.</summary>
    public int Records { get; internal set; }

    /// <summary>How many people were kept.</summary>
    public int People { get; internal set; }

    /// <summary>How many images were kept.</summary>
    public int Images { get; internal set; }

    /// <summary>Records without joints or without any box (COCO-style files have such; they are no people to learn from or to score).</summary>
    public int Incomplete { get; internal set; }

    /// <summary>Records of other categories.</summary>
    public int OtherCategory { get; internal set; }

    /// <summary>Images whose width and height were found swapped and were put right (CrowdPose).</summary>
    public int SwappedSizes { get; internal set; }

    /// <summary>How many records were left out as wrong, of people and of images.</summary>
    public int Bad => _bad.Values.Sum();

    /// <summary>The same by reason.</summary>
    public IReadOnlyDictionary<BadRecord, int> BadByReason => _bad;

    /// <summary>The first wrong records, one line each with file and record.</summary>
    public IReadOnlyList<string> Messages => _messages;

    /// <summary>Counts a wrong record, or throws.</summary>
    internal void Add(BadRecord reason, OnBad onBad, string file, string record, string what)
    {
        var message = $"{file}: {record}: {what}";
        if (onBad == OnBad.Fail) throw new SinewException($"{message}; mend it, or leave wrong records out (on-bad: skip)");
        _bad[reason] = _bad.GetValueOrDefault(reason) + 1;
        if (_messages.Count < MostMessages) _messages.Add(message);
    }
}
