using Sinew.Skeletons;

namespace Sinew.Evaluation;

/// <summary>
/// Predicted poses as columns: one row per predicted person, in the order in which they were predicted. Coordinates are
/// doubles, so that predictions kept in memory and the same ones read back from a file score alike to the last digit.
/// </summary>
public sealed class PoseResults
{
    private readonly double[] _keypoints;
    private readonly float[] _jointScores;

    /// <summary>Makes the table from its columns, which it owns from then on.</summary>
    /// <param name="skeleton">The joints that every row has.</param>
    /// <param name="imageIds">Each row's image, by the id that the labels' file gives it.</param>
    /// <param name="scores">Each row's score; a higher one is matched first.</param>
    /// <param name="keypoints">x, y pairs, <c>[rows, joints, 2]</c>, image pixels.</param>
    /// <param name="jointScores">Scores of the joints, <c>[rows, joints]</c>.</param>
    /// <exception cref="ArgumentException">The columns' lengths do not fit each other, or a score or coordinate is not finite.</exception>
    public PoseResults(Skeleton skeleton, long[] imageIds, double[] scores, double[] keypoints, float[] jointScores)
    {
        ArgumentNullException.ThrowIfNull(skeleton);
        ArgumentNullException.ThrowIfNull(imageIds);
        ArgumentNullException.ThrowIfNull(scores);
        ArgumentNullException.ThrowIfNull(keypoints);
        ArgumentNullException.ThrowIfNull(jointScores);
        var joints = (long)imageIds.Length * skeleton.Count;
        if (scores.Length != imageIds.Length || jointScores.LongLength != joints || keypoints.LongLength != joints * 2)
        {
            throw new ArgumentException(
                $"{imageIds.Length} predictions of {skeleton.Count} joints need as many scores, {joints} joint scores and twice as many " +
                $"coordinates, not {scores.Length}, {jointScores.Length} and {keypoints.Length}");
        }

        RequireFinite(scores, 1, "score");
        RequireFinite(keypoints, skeleton.Count * 2, "coordinate");
        (Skeleton, ImageIds, Scores, _keypoints, _jointScores) = (skeleton, imageIds, scores, keypoints, jointScores);
    }

    /// <summary>Makes the table from what a network gives.</summary>
    /// <remarks>
    /// A float stands for its shortest decimal, which is what JSON files of results hold: these predictions score as the file
    /// that they are written to.
    /// </remarks>
    /// <param name="skeleton">The joints that every row has.</param>
    /// <param name="imageIds">Each row's image, by the id that the labels' file gives it.</param>
    /// <param name="scores">Each row's score; a higher one is matched first.</param>
    /// <param name="keypoints">x, y pairs, <c>[rows, joints, 2]</c>, image pixels.</param>
    /// <param name="jointScores">Scores of the joints, <c>[rows, joints]</c>.</param>
    /// <param name="people">Row of the labelled person that each prediction was made for, −1 for none; null where not known.</param>
    /// <exception cref="ArgumentException">The columns' lengths do not fit each other, or a score or coordinate is not finite.</exception>
    public static PoseResults FromFloats(
        Skeleton skeleton, long[] imageIds, double[] scores, ReadOnlySpan<float> keypoints, float[] jointScores, int[]? people = null)
    {
        var exact = new double[keypoints.Length];
        for (var i = 0; i < exact.Length; i++) exact[i] = Decimals.Of(keypoints[i]);
        return new PoseResults(skeleton, imageIds, scores, exact, jointScores) { People = people };
    }

    /// <summary>The joints that every row has.</summary>
    public Skeleton Skeleton { get; }

    /// <summary>How many predicted people there are.</summary>
    public int Count => ImageIds.Length;

    /// <summary>Each row's image, by the id that the labels' file gives it.</summary>
    public long[] ImageIds { get; }

    /// <summary>Each row's score; a higher one is matched first.</summary>
    public double[] Scores { get; }

    /// <summary>
    /// Row of the labelled person that each prediction was made for (labelled boxes), −1 where there is none; null where
    /// nothing is known of it (detector boxes).
    /// </summary>
    public int[]? People { get; init; }

    /// <summary>
    /// Each row's area in square pixels, which decides whether an unmatched prediction counts among the medium and the
    /// large people; null takes the extent of the joints, as pycocotools does for results without boxes.
    /// </summary>
    public double[]? Areas { get; init; }

    /// <summary>
    /// Area in square pixels of the padded crop that each prediction was made from, by which MMPose measures near duplicates
    /// (<see cref="OksSuppression"/>); null takes the extent of the joints.
    /// </summary>
    public double[]? CropAreas { get; init; }

    /// <summary>
    /// Scores by which a part of the skeleton is ranked instead of <see cref="Scores"/>, by the part's name (COCO-WholeBody's
    /// <c>foot_score</c> and the like); empty where there are none.
    /// </summary>
    public IReadOnlyDictionary<string, double[]> PartScores { get; init; } = new Dictionary<string, double[]>();

    /// <summary>One row's coordinates: x, y per joint, image pixels.</summary>
    /// <param name="row">The row.</param>
    public ReadOnlySpan<double> KeypointsOf(int row) => _keypoints.AsSpan(row * Skeleton.Count * 2, Skeleton.Count * 2);

    /// <summary>One row's joint scores.</summary>
    /// <param name="row">The row.</param>
    public ReadOnlySpan<float> JointScoresOf(int row) => _jointScores.AsSpan(row * Skeleton.Count, Skeleton.Count);

    /// <summary>The same predictions with other scores.</summary>
    /// <param name="scores">A score per row.</param>
    public PoseResults WithScores(double[] scores) =>
        new(Skeleton, ImageIds, scores, _keypoints, _jointScores) { People = People, Areas = Areas, CropAreas = CropAreas, PartScores = PartScores };

    /// <summary>Some of the rows, in the order given.</summary>
    /// <param name="rows">Which.</param>
    public PoseResults Select(int[] rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var (keypoints, jointScores) = (new double[rows.Length * Skeleton.Count * 2], new float[rows.Length * Skeleton.Count]);
        for (var i = 0; i < rows.Length; i++)
        {
            KeypointsOf(rows[i]).CopyTo(keypoints.AsSpan(i * Skeleton.Count * 2));
            JointScoresOf(rows[i]).CopyTo(jointScores.AsSpan(i * Skeleton.Count));
        }

        return new PoseResults(Skeleton, Array.ConvertAll(rows, r => ImageIds[r]), Array.ConvertAll(rows, r => Scores[r]), keypoints, jointScores)
        {
            People = People is null ? null : Array.ConvertAll(rows, r => People[r]),
            Areas = Areas is null ? null : Array.ConvertAll(rows, r => Areas[r]),
            CropAreas = CropAreas is null ? null : Array.ConvertAll(rows, r => CropAreas[r]),
            PartScores = PartScores.ToDictionary(p => p.Key, p => Array.ConvertAll(rows, r => p.Value[r])),
        };
    }

    private static void RequireFinite(double[] values, int perRow, string what)
    {
        for (var i = 0; i < values.Length; i++)
        {
            if (!double.IsFinite(values[i])) throw new ArgumentException($"a {what} of prediction {i / perRow} is {values[i]}");
        }
    }
}
