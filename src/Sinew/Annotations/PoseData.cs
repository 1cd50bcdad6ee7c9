using Sinew.Geometry;
using Sinew.Skeletons;

namespace Sinew.Annotations;

/// <summary>
/// The annotations of one data set as columns: one row per image, one row per person. People of an image need not be
/// neighbours. Reading is by index and span; nothing is allocated per person.
/// </summary>
public sealed partial class PoseData
{
    private readonly float[] _keypoints;
    private readonly JointState[] _states;

    /// <summary>Makes the table from its columns, which it owns from then on.</summary>
    /// <param name="skeleton">The joints that every person's row has.</param>
    /// <param name="images">The images.</param>
    /// <param name="people">The people's own columns.</param>
    /// <param name="keypoints">x, y pairs, <c>[people, joints, 2]</c>, image pixels; 0, 0 where not labelled.</param>
    /// <param name="states">Joint states, <c>[people, joints]</c>.</param>
    /// <exception cref="ArgumentException">The columns' lengths do not fit each other.</exception>
    public PoseData(Skeleton skeleton, ImageTable images, PeopleTable people, float[] keypoints, JointState[] states)
    {
        ArgumentNullException.ThrowIfNull(skeleton);
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(people);
        ArgumentNullException.ThrowIfNull(keypoints);
        ArgumentNullException.ThrowIfNull(states);
        if (states.Length != people.Count * skeleton.Count || keypoints.Length != states.Length * 2)
        {
            throw new ArgumentException(
                $"{people.Count} people of {skeleton.Count} joints need {people.Count * skeleton.Count} states and twice as many coordinates, " +
                $"not {states.Length} and {keypoints.Length}");
        }

        (Skeleton, Images, People, _keypoints, _states) = (skeleton, images, people, keypoints, states);
    }

    /// <summary>The joints that every person's row has.</summary>
    public Skeleton Skeleton { get; }

    /// <summary>The images.</summary>
    public ImageTable Images { get; }

    /// <summary>The people's own columns: image, id, box, area, flags.</summary>
    public PeopleTable People { get; }

    /// <summary>The number that the people's category has in the file that they were read from, which results for that file have to give; null where it has none.</summary>
    public long? Category { get; init; }

    /// <summary>One person's coordinates: x, y per joint, image pixels.</summary>
    /// <param name="person">Row of the person.</param>
    public ReadOnlySpan<float> KeypointsOf(int person) => _keypoints.AsSpan(person * Skeleton.Count * 2, Skeleton.Count * 2);

    /// <summary>One person's joint states.</summary>
    /// <param name="person">Row of the person.</param>
    public ReadOnlySpan<JointState> StatesOf(int person) => _states.AsSpan(person * Skeleton.Count, Skeleton.Count);
}

/// <summary>The images of a data set, as columns.</summary>
/// <param name="Ids">Each image's id, as the file gives it.</param>
/// <param name="FileNames">Each image's file name, relative to the data set's image folder.</param>
/// <param name="Widths">Pixels; 0 where the file does not say.</param>
/// <param name="Heights">Pixels; 0 where the file does not say.</param>
public sealed record ImageTable(long[] Ids, StringColumn FileNames, int[] Widths, int[] Heights)
{
    /// <summary>How many images there are.</summary>
    public int Count => Ids.Length;

    /// <summary>Each image's crowd index, 0 to 1 (CrowdPose's <c>crowdIndex</c>); null where the data set has none.</summary>
    public double[]? CrowdIndices { get; init; }

    /// <summary>Several tables as one, row after row.</summary>
    internal static ImageTable Concat(IReadOnlyList<ImageTable> parts)
    {
        var names = new StringColumn.Builder();
        foreach (var part in parts)
        {
            for (var i = 0; i < part.Count; i++) names.Add(part.FileNames.Utf8(i));
        }

        return new ImageTable(
            [.. parts.SelectMany(p => p.Ids)], names.Build(), [.. parts.SelectMany(p => p.Widths)], [.. parts.SelectMany(p => p.Heights)])
        {
            CrowdIndices = Columns.Join(parts, p => p.CrowdIndices, p => p.Count, double.NaN),
        };
    }
}

/// <summary>What is known of each person beside the joints, as columns.</summary>
/// <param name="Ids">Annotation ids.</param>
/// <param name="Image">Row of the person's image in <see cref="ImageTable"/>.</param>
/// <param name="Boxes">Person boxes, image pixels.</param>
/// <param name="Areas">
/// Areas in square pixels for OKS (the file's <c>area</c>, or a stated rule where it has none). Doubles, because the limits
/// 32² and 96² and OKS thresholds decide on the file's exact value.
/// </param>
/// <param name="Crowd">True for COCO's <c>iscrowd</c> regions.</param>
public sealed record PeopleTable(long[] Ids, int[] Image, Box[] Boxes, double[] Areas, bool[] Crowd)
{
    /// <summary>How many people there are.</summary>
    public int Count => Ids.Length;

    /// <summary>Head sizes in pixels for PCKh (MPII); null where the data set has none.</summary>
    public float[]? HeadSizes { get; init; }

    /// <summary>The file's own <c>num_keypoints</c>, by which people without joints are ignored in scoring; null counts the states.</summary>
    public int[]? LabelledCounts { get; init; }

    /// <summary>
    /// The square that the data set itself gives around each person (MPII's centre and scale); null where it gives none. Crops pad it like
    /// any box.
    /// </summary>
    public PersonSquare[]? Squares { get; init; }

    /// <summary>Track ids (PoseTrack, JHMDB): the same person has the same id in all frames of a video; null where the data set has none.</summary>
    public int[]? TrackIds { get; init; }

    /// <summary>Which parts' labels are called valid (COCO-WholeBody's <c>foot_valid</c> and so on); null where the data set does not say.</summary>
    public ValidParts[]? ValidParts { get; init; }

    /// <summary>Several tables as one, row after row; the rows of <see cref="Image"/> are the parts' own.</summary>
    internal static PeopleTable Concat(IReadOnlyList<PeopleTable> parts) => new(
        [.. parts.SelectMany(p => p.Ids)],
        [.. parts.SelectMany(p => p.Image)],
        [.. parts.SelectMany(p => p.Boxes)],
        [.. parts.SelectMany(p => p.Areas)],
        [.. parts.SelectMany(p => p.Crowd)])
    {
        HeadSizes = Columns.Join(parts, p => p.HeadSizes, p => p.Count, 0),
        // A table without counts counts its states, which is not known here: one such part leaves the whole without.
        LabelledCounts = parts.All(p => p.LabelledCounts is not null) ? [.. parts.SelectMany(p => p.LabelledCounts!)] : null,
        Squares = Columns.Join(parts, p => p.Squares, p => p.Count, default),
        TrackIds = Columns.Join(parts, p => p.TrackIds, p => p.Count, -1),
        ValidParts = Columns.Join(parts, p => p.ValidParts, p => p.Count, Annotations.ValidParts.None),
    };

    /// <summary>Some of the rows, in the order given.</summary>
    internal PeopleTable Select(ReadOnlySpan<int> rows) => new(
        Columns.Pick(Ids, rows), Columns.Pick(Image, rows), Columns.Pick(Boxes, rows), Columns.Pick(Areas, rows), Columns.Pick(Crowd, rows))
    {
        HeadSizes = HeadSizes is null ? null : Columns.Pick(HeadSizes, rows),
        LabelledCounts = LabelledCounts is null ? null : Columns.Pick(LabelledCounts, rows),
        Squares = Squares is null ? null : Columns.Pick(Squares, rows),
        TrackIds = TrackIds is null ? null : Columns.Pick(TrackIds, rows),
        ValidParts = ValidParts is null ? null : Columns.Pick(ValidParts, rows),
    };
}

/// <summary>What all columns have in common.</summary>
internal static class Columns
{
    public static T[] Pick<T>(T[] column, ReadOnlySpan<int> rows)
    {
        var some = new T[rows.Length];
        for (var i = 0; i < rows.Length; i++) some[i] = column[rows[i]];
        return some;
    }

    /// <summary>Optional columns as one; null where no part has it, and <paramref name="none"/> for the rows of parts that have not.</summary>
    public static TValue[]? Join<TTable, TValue>(
        IReadOnlyList<TTable> parts, Func<TTable, TValue[]?> column, Func<TTable, int> count, TValue none) =>
        parts.All(p => column(p) is null) ? null : [.. parts.SelectMany(p => column(p) ?? Enumerable.Repeat(none, count(p)))];
}

/// <summary>A square around a person, image pixels.</summary>
/// <param name="CenterX">x of its centre.</param>
/// <param name="CenterY">y of its centre.</param>
/// <param name="Side">Length of its side.</param>
public readonly record struct PersonSquare(float CenterX, float CenterY, float Side);

/// <summary>Parts of a person whose labels are valid.</summary>
[Flags]
public enum ValidParts : byte
{
    /// <summary>None beside the body.</summary>
    None = 0,

    /// <summary>The feet.</summary>
    Foot = 1,

    /// <summary>The face.</summary>
    Face = 2,

    /// <summary>The left hand.</summary>
    LeftHand = 4,

    /// <summary>The right hand.</summary>
    RightHand = 8,
}
