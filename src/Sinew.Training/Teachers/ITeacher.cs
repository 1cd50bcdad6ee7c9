using Sinew.Geometry;
using Sinew.Skeletons;

namespace Sinew.Training.Teachers;

/// <summary>
/// Something that knows where joints are and says so as distributions: a network of any input size, joints and kind of
/// output. It never learns. Its methods may be called from several threads at the same time.
/// </summary>
public interface ITeacher : IDisposable
{
    /// <summary>Short name, used in logs and messages.</summary>
    string Name { get; }

    /// <summary>The joints that it knows, in the order of its output.</summary>
    Skeleton Skeleton { get; }

    /// <summary>Width of the crops that it wants, pixels.</summary>
    int Width { get; }

    /// <summary>Height of the crops that it wants, pixels.</summary>
    int Height { get; }

    /// <summary>Factor on the sides of a person's box that makes the crops which it was trained on; the box then grows to its aspect ratio.</summary>
    float Padding { get; }

    /// <summary>Changes whenever its output may: the hash of its weights and the settings with which they are read.</summary>
    string Fingerprint { get; }

    /// <summary>
    /// Shows it crops and writes what it says in the student's bins. Its crops are the students' geometries brought to its own
    /// input size (<see cref="CropGeometry.Resized"/>), augmentation and flip included.
    /// </summary>
    /// <param name="crops">8-bit RGB crops, <c>[N, Height, Width, 3]</c>.</param>
    /// <param name="students">The geometry of each student's crop, <c>[N]</c>.</param>
    /// <param name="targets">Where to write to.</param>
    void Predict(ReadOnlySpan<byte> crops, ReadOnlySpan<CropGeometry> students, TeacherTargetSpans targets);

    /// <summary>Shows it crops and summarises what it says of each joint as Gaussians in crop pixels, for caching.</summary>
    /// <param name="crops">8-bit RGB crops, <c>[N, Height, Width, 3]</c>.</param>
    /// <param name="summaries">Receives one summary per crop, <c>[N]</c>.</param>
    void Summarise(ReadOnlySpan<byte> crops, ReadOnlySpan<TeacherSummary> summaries);
}

/// <summary>Where distributions are written to: rows of the student's joints, in the student's bins.</summary>
/// <remarks>Rows of joints that the teacher does not know are left at mass and confidence 0.</remarks>
public readonly ref struct TeacherTargetSpans
{
    /// <summary>Gathers the spans.</summary>
    /// <param name="grid">The student's bins.</param>
    /// <param name="rows">Which of the teacher's joints each row is of.</param>
    /// <param name="minimumSigma">The smallest standard deviations, in bins of x and of y, that a target has.</param>
    /// <param name="x">Masses over x, <c>[N, K, Wx]</c>.</param>
    /// <param name="y">Masses over y, <c>[N, K, Wy]</c>.</param>
    /// <param name="confidence">The teacher's score times the share of the mass that lies in the crop, <c>[N, K]</c>.</param>
    /// <exception cref="ArgumentException">The spans are not of the same number of people.</exception>
    public TeacherTargetSpans(BinGrid grid, JointRows rows, (float X, float Y) minimumSigma, Span<float> x, Span<float> y, Span<float> confidence)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var people = rows.Count == 0 ? 0 : confidence.Length / rows.Count;
        if (confidence.Length != people * rows.Count || x.Length != confidence.Length * grid.X.Count || y.Length != confidence.Length * grid.Y.Count)
        {
            throw new ArgumentException(
                $"{confidence.Length} confidences, {x.Length} masses over x and {y.Length} over y are not whole people of {rows.Count} joints " +
                $"with {grid.X.Count} and {grid.Y.Count} bins");
        }

        Grid = grid;
        Rows = rows;
        MinimumSigma = minimumSigma;
        X = x;
        Y = y;
        Confidence = confidence;
        People = people;
    }

    /// <summary>The student's bins.</summary>
    public BinGrid Grid { get; }

    /// <summary>Which of the teacher's joints each row is of.</summary>
    public JointRows Rows { get; }

    /// <summary>The smallest standard deviations, in bins of x and of y, that a target has.</summary>
    public (float X, float Y) MinimumSigma { get; }

    /// <summary>Masses over x, <c>[N, K, Wx]</c>.</summary>
    public Span<float> X { get; }

    /// <summary>Masses over y, <c>[N, K, Wy]</c>.</summary>
    public Span<float> Y { get; }

    /// <summary>The teacher's score times the share of the mass that lies in the crop, <c>[N, K]</c>.</summary>
    public Span<float> Confidence { get; }

    /// <summary>How many people there is room for.</summary>
    public int People { get; }

    /// <summary>One joint's masses over x.</summary>
    /// <param name="person">The person.</param>
    /// <param name="row">The row among the student's joints.</param>
    public Span<float> XOf(int person, int row) => X.Slice(((person * Rows.Count) + row) * Grid.X.Count, Grid.X.Count);

    /// <summary>One joint's masses over y.</summary>
    /// <param name="person">The person.</param>
    /// <param name="row">The row among the student's joints.</param>
    public Span<float> YOf(int person, int row) => Y.Slice(((person * Rows.Count) + row) * Grid.Y.Count, Grid.Y.Count);

    /// <summary>The spans of one person alone.</summary>
    /// <param name="person">The person.</param>
    public TeacherTargetSpans Of(int person) => new(
        Grid, Rows, MinimumSigma,
        X.Slice(person * Rows.Count * Grid.X.Count, Rows.Count * Grid.X.Count),
        Y.Slice(person * Rows.Count * Grid.Y.Count, Rows.Count * Grid.Y.Count),
        Confidence.Slice(person * Rows.Count, Rows.Count));
}
