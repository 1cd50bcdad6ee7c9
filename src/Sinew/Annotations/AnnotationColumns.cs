using Sinew.Files;
using Sinew.Geometry;
using Sinew.Skeletons;

namespace Sinew.Annotations;

/// <summary>The columns that a reader fills record by record, and their last checks, which need the whole file.</summary>
internal sealed class AnnotationColumns(string file, ReadOptions options, ReadReport report)
{
    private readonly StringColumn.Builder _fileNames = new();
    private readonly Chunked<long> _imageIds = new();
    private readonly Chunked<int> _widths = new();
    private readonly Chunked<int> _heights = new();
    private readonly Chunked<double> _crowdIndices = new();
    private readonly Dictionary<long, int> _rowOfImage = [];
    private readonly HashSet<long> _missing = [];

    private readonly Chunked<long> _ids = new();
    private readonly Chunked<long> _images = new();
    private readonly Chunked<long> _categories = new();
    private readonly Chunked<int> _records = new();
    private readonly Chunked<Box> _boxes = new();
    private readonly Chunked<double> _areas = new();
    private readonly Chunked<bool> _crowd = new();
    private readonly Chunked<int> _labelledCounts = new();
    private readonly Chunked<PersonSquare> _squares = new();
    private readonly Chunked<float> _headSizes = new();
    private readonly Chunked<int> _trackIds = new();
    private readonly Chunked<ValidParts> _validParts = new();
    private readonly Chunked<float> _keypoints = new();
    private readonly Chunked<JointState> _states = new();
    private readonly Chunked<int> _jointCounts = new();
    private readonly PictureFolder? _pictures = options.ImagesFolder is { } folder ? new PictureFolder(folder) : null;
    private bool _anyCrowdIndex;

    /// <summary>Joints that every person must have; 0 while that is not known. Those with another number are left out at the end.</summary>
    public int Joints { get; set; }

    public int ImageCount => _imageIds.Count;

    public bool HasCrowdIndices => _anyCrowdIndex;

    public void Bad(BadRecord reason, string record, string what) => report.Add(reason, options.OnBad, file, record, what);

    /// <summary>Row of an image that was added before, or −1.</summary>
    public int RowOfImage(long id) => _rowOfImage.GetValueOrDefault(id, -1);

    /// <summary>True for the id of an image that was added, whether it was found in the images folder or not.</summary>
    public bool HasImage(long id) => _rowOfImage.ContainsKey(id) || _missing.Contains(id);

    /// <summary>How many joints the first person of a category has whose number is one that can be; null where there is none.</summary>
    public int? FirstJoints(long? category, Func<int, bool> canBe)
    {
        for (var i = 0; i < _jointCounts.Count; i++)
        {
            if (IsOf(category, _categories[i]) && canBe(_jointCounts[i])) return _jointCounts[i];
        }

        return null;
    }

    public void AddImage(long id, ReadOnlySpan<byte> fileName, int width, int height, double? crowdIndex, string record)
    {
        if (HasImage(id))
        {
            Bad(BadRecord.DuplicateId, record, $"image id {id} was used before");
            return;
        }

        if (_pictures is not null && !ImageExists(_pictures, fileName, out var path))
        {
            _missing.Add(id);
            Bad(BadRecord.MissingImage, record, $"image {id}: there is no {path}");
            return;
        }

        _rowOfImage.Add(id, _imageIds.Count);
        _imageIds.Add(id);
        _fileNames.Add(fileName);
        _widths.Add(width);
        _heights.Add(height);
        _crowdIndices.Add(crowdIndex ?? double.NaN);
        _anyCrowdIndex |= crowdIndex is not null;
    }

    /// <summary>Appends a person whose own fields are in order.</summary>
    public void AddPerson(PersonRecord person, int record)
    {
        _ids.Add(person.Id);
        _images.Add(person.Image);
        _categories.Add(person.Category);
        _records.Add(record);
        _boxes.Add(person.Box);
        _areas.Add(person.Area);
        _crowd.Add(person.Crowd);
        AddOptional(_labelledCounts, person.LabelledCount, -1);
        AddOptional(_squares, person.Square, default);
        AddOptional(_headSizes, person.HeadSize, 0);
        AddOptional(_trackIds, person.Track, -1);
        AddOptional(_validParts, person.ValidParts, ValidParts.None);
        _keypoints.AddRange(person.Keypoints);
        _states.AddRange(person.States);
        _jointCounts.Add(person.States.Length);
    }

    /// <summary>Checks what needs the whole file, leaves out what is wrong, and makes the table.</summary>
    public PoseData Finish(Finishing plan)
    {
        var count = _ids.Count;
        var (widths, heights) = (_widths.Drain(), _heights.Drain());
        var rows = new int[count];
        for (var i = 0; i < count; i++) rows[i] = RowOfImage(_images[i]);
        var (ids, boxes, keypoints, states) = (_ids.Drain(), _boxes.Drain(), _keypoints.Drain(), _states.Drain());
        var jointCounts = _jointCounts.Drain();
        if (jointCounts.AsSpan().ContainsAnyExcept(Joints)) (keypoints, states) = Even(jointCounts, keypoints, states);
        ApplyConventions(plan, boxes, keypoints, states);
        if (plan.MendSwappedSizes) MendSwappedSizes(rows, boxes, keypoints, states, widths, heights);
        var kept = new Rows(count);
        var doubled = DoubledIds(ids);
        var seen = new HashSet<long>();
        for (var i = 0; i < count; i++)
        {
            if (!IsOf(plan.Category, _categories[i]))
            {
                report.OtherCategory++;
            }
            else if (jointCounts[i] != Joints)
            {
                Bad(BadRecord.JointCount, Where(i), $"{jointCounts[i]} joints, not {Joints}");
            }
            else if (doubled.Contains(ids[i]) && !seen.Add(ids[i]))
            {
                Bad(BadRecord.DuplicateId, Where(i), "the id was used before");
            }
            else if (rows[i] < 0)
            {
                if (_missing.Contains(_images[i])) Bad(BadRecord.MissingImage, Where(i), $"its image {_images[i]} is not in the images folder");
                else Bad(BadRecord.UnknownImage, Where(i), $"its image {_images[i]} is not in the file");
            }
            else if (plan.CheckBoxes && OutsideImage(boxes[i], widths[rows[i]], heights[rows[i]]))
            {
                Bad(BadRecord.Box, Where(i), $"its box {Describe(boxes[i])} lies outside its image of {widths[rows[i]]}×{heights[rows[i]]}");
            }
            else
            {
                kept.Keep(i);
            }
        }

        string Where(int i) => $"{plan.Section}[{_records[i]}] (id {ids[i]})";

        var images = new ImageTable(_imageIds.Drain(), _fileNames.Build(), widths, heights)
        {
            CrowdIndices = _anyCrowdIndex ? _crowdIndices.Drain() : null,
        };
        var people = new PeopleTable(kept.Of(ids), kept.Of(rows), kept.Of(boxes), kept.Of(_areas.Drain()), kept.Of(_crowd.Drain()))
        {
            LabelledCounts = kept.OfOptional(_labelledCounts),
            Squares = kept.OfOptional(_squares),
            HeadSizes = kept.OfOptional(_headSizes),
            TrackIds = kept.OfOptional(_trackIds),
            ValidParts = kept.OfOptional(_validParts),
        };
        (report.People, report.Images) = (people.Count, images.Count);
        return new PoseData(plan.Skeleton, images, people, kept.Of(keypoints, Joints * 2), kept.Of(states, Joints)) { Category = plan.Category };
    }

    /// <summary>x, y, width and height as an error shows them.</summary>
    public static string Describe(Box box) => $"[{box.X}, {box.Y}, {box.Width}, {box.Height}]";

    private static bool IsOf(long? wanted, long category) => wanted is null || category == wanted || category == PersonRecord.AnyCategory;

    private static bool OutsideImage(Box box, int width, int height) =>
        width > 0 && height > 0 && (box.X >= width || box.Y >= height || box.Right < 0 || box.Bottom < 0);

    /// <summary>The columns with <see cref="Joints"/> in each row; rows of another number, which are left out, are empty.</summary>
    private (float[] Keypoints, JointState[] States) Even(int[] jointCounts, float[] keypoints, JointState[] states)
    {
        var (evenKeypoints, evenStates) = (new float[jointCounts.Length * Joints * 2], new JointState[jointCounts.Length * Joints]);
        var from = 0;
        for (var i = 0; i < jointCounts.Length; from += jointCounts[i++])
        {
            if (jointCounts[i] != Joints) continue;
            keypoints.AsSpan(from * 2, Joints * 2).CopyTo(evenKeypoints.AsSpan(i * Joints * 2));
            states.AsSpan(from, Joints).CopyTo(evenStates.AsSpan(i * Joints));
        }

        return (evenKeypoints, evenStates);
    }

    // A column starts with the first person who has it: those before get the value that stands for none.
    private void AddOptional<T>(Chunked<T> column, T? value, T none)
        where T : struct
    {
        if (value is null && column.Count == 0) return;
        while (column.Count < _ids.Count - 1) column.Add(none);
        column.Add(value ?? none);
    }

    private static HashSet<long> DoubledIds(long[] ids)
    {
        var sorted = ids.AsSpan().ToArray();
        Array.Sort(sorted);
        var doubled = new HashSet<long>();
        for (var i = 1; i < sorted.Length; i++)
        {
            if (sorted[i] == sorted[i - 1]) doubled.Add(sorted[i]);
        }

        return doubled;
    }

    private static void ApplyConventions(Finishing plan, Box[] boxes, float[] keypoints, JointState[] states)
    {
        if (plan.FlagOneIsVisible) states.AsSpan().Replace(JointState.Occluded, JointState.Visible);
        if (plan.PixelOffset == 0) return;
        foreach (ref var box in boxes.AsSpan()) box = box with { X = box.X + plan.PixelOffset, Y = box.Y + plan.PixelOffset };
        for (var i = 0; i < keypoints.Length; i++)
        {
            if (states[i / 2] >= JointState.Occluded) keypoints[i] += plan.PixelOffset;
        }
    }

    private static bool ImageExists(PictureFolder pictures, ReadOnlySpan<byte> fileName, out string path)
    {
        var name = System.Text.Encoding.UTF8.GetString(fileName);
        path = pictures.PathOf(name);
        return pictures.Has(name);
    }

    // Evidence is an image whose labelled joints or boxes reach out of it by more than a pixel one way round and not the other. The
    // file's majority decides for the images that fit both ways; an image with evidence of its own decides for itself.
    private void MendSwappedSizes(int[] rows, Box[] boxes, float[] keypoints, JointState[] states, int[] widths, int[] heights)
    {
        var right = new float[widths.Length];
        var bottom = new float[widths.Length];
        for (var i = 0; i < rows.Length; i++)
        {
            if (rows[i] is not (var row and >= 0)) continue;
            right[row] = Math.Max(right[row], boxes[i].Right);
            bottom[row] = Math.Max(bottom[row], boxes[i].Bottom);
            for (var j = i * Joints; j < (i + 1) * Joints; j++)
            {
                if (states[j] < JointState.Occluded) continue;
                right[row] = Math.Max(right[row], keypoints[2 * j]);
                bottom[row] = Math.Max(bottom[row], keypoints[(2 * j) + 1]);
            }
        }

        var (upright, swapped) = (0, 0);
        var evidence = new sbyte[widths.Length];
        for (var row = 0; row < widths.Length; row++)
        {
            var fits = right[row] <= widths[row] + 1 && bottom[row] <= heights[row] + 1;
            var fitsSwapped = right[row] <= heights[row] + 1 && bottom[row] <= widths[row] + 1;
            evidence[row] = (sbyte)((fitsSwapped ? 1 : 0) - (fits ? 1 : 0));
            if (evidence[row] > 0) swapped++;
            if (evidence[row] < 0) upright++;
        }

        for (var row = 0; row < widths.Length; row++)
        {
            if (evidence[row] < 0 || (evidence[row] == 0 && swapped <= upright) || widths[row] == heights[row]) continue;
            (widths[row], heights[row]) = (heights[row], widths[row]);
            report.SwappedSizes++;
        }
    }

    /// <summary>The rows that are kept; where that is all of them, columns are handed on as they are.</summary>
    private sealed class Rows(int count)
    {
        private readonly int[] _kept = new int[count];
        private int _used;

        public void Keep(int row) => _kept[_used++] = row;

        public T[] Of<T>(T[] column, int width = 1)
        {
            if (_used == count) return column;
            var some = new T[_used * width];
            for (var i = 0; i < _used; i++) column.AsSpan(_kept[i] * width, width).CopyTo(some.AsSpan(i * width));
            return some;
        }

        public T[]? OfOptional<T>(Chunked<T> column)
            where T : struct => column.Count == 0 ? null : Of(column.Drain());
    }
}

/// <summary>What a whole file turned out to be.</summary>
internal sealed record Finishing
{
    /// <summary>The people's joints.</summary>
    public required Skeleton Skeleton { get; init; }

    /// <summary>Name of the list of people, for errors.</summary>
    public required string Section { get; init; }

    /// <summary>The category to keep; null keeps all.</summary>
    public long? Category { get; init; }

    /// <summary>Boxes must touch their image.</summary>
    public bool CheckBoxes { get; init; }

    /// <summary>Widths and heights of images may be swapped.</summary>
    public bool MendSwappedSizes { get; init; }

    /// <summary>Added to labelled joints and boxes: −1 where the file counts pixels from 1.</summary>
    public float PixelOffset { get; init; }

    /// <summary>The format's flag 1 says that a joint is labelled, not that it is hidden.</summary>
    public bool FlagOneIsVisible { get; init; }
}

/// <summary>One person as a reader hands it to the columns.</summary>
internal sealed class PersonRecord
{
    /// <summary>The category of a person whose record states none: it belongs to the one that is read.</summary>
    public const long AnyCategory = long.MinValue;

    public long Id { get; set; }

    public long Image { get; set; }

    public long Category { get; set; }

    public Box Box { get; set; }

    public double Area { get; set; }

    public bool Crowd { get; set; }

    public int? LabelledCount { get; set; }

    public PersonSquare? Square { get; set; }

    public float? HeadSize { get; set; }

    public int? Track { get; set; }

    public ValidParts? ValidParts { get; set; }

    public float[] Keypoints { get; private set; } = [];

    public JointState[] States { get; private set; } = [];

    /// <summary>Takes x, y, flag triples; unlabelled joints become 0, 0.</summary>
    /// <returns>False where a labelled joint's coordinate is not finite, or a flag is not.</returns>
    public bool SetJoints(ReadOnlySpan<double> triples)
    {
        var joints = triples.Length / 3;
        if (States.Length != joints) (Keypoints, States) = (new float[joints * 2], new JointState[joints]);
        for (var j = 0; j < joints; j++)
        {
            var (x, y, flag) = (triples[3 * j], triples[(3 * j) + 1], triples[(3 * j) + 2]);
            if (!double.IsFinite(flag)) return false;
            States[j] = flag <= 0 ? JointState.Unlabelled : flag >= 1.5 ? JointState.Visible : JointState.Occluded;
            if (flag <= 0)
            {
                (Keypoints[2 * j], Keypoints[(2 * j) + 1]) = (0, 0);
                continue;
            }

            if (!float.IsFinite((float)x) || !float.IsFinite((float)y)) return false;
            (Keypoints[2 * j], Keypoints[(2 * j) + 1]) = ((float)x, (float)y);
        }

        return true;
    }
}
