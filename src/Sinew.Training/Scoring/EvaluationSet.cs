using Sinew.Annotations;
using Sinew.Evaluation;
using Sinew.Geometry;
using Sinew.Imaging;
using Sinew.Training.Data;
using Sinew.Training.Models;
using Sinew.Training.Recipes;

namespace Sinew.Training.Scoring;

/// <summary>A model's score on a labelled set.</summary>
/// <param name="Name">Name of the set.</param>
/// <param name="Protocol"><c>coco</c> or <c>pck</c>.</param>
/// <param name="People">People that were scored.</param>
/// <param name="Metrics">Names and values, fractions from 0 to 1.</param>
/// <param name="Joints">Per joint, the fraction that is right (PCK); empty for other protocols.</param>
/// <param name="Summary">One line for people.</param>
/// <param name="Main">The number that models are ranked by: AP or PCK.</param>
public sealed record EvaluationScore(
    string Name, string Protocol, int People, IReadOnlyDictionary<string, double> Metrics, IReadOnlyDictionary<string, double> Joints, string Summary, double Main);

/// <summary>A labelled set to score models on, with the labelled people's boxes. Training and <c>eval</c> score by this one class.</summary>
public sealed class EvaluationSet
{
    private const int BatchSize = 32;
    private readonly EvaluationOptions _options;
    private readonly PoseData _data;
    private readonly int[] _people;
    private readonly ImageCache _cache;

    private EvaluationSet(EvaluationOptions options, PoseData data, int[] people, ImageCache cache) =>
        (_options, _data, _people, _cache) = (options, data, people, cache);

    /// <summary>The labels.</summary>
    public PoseData Data => _data;

    /// <summary>Loads the labels; pictures are read when they are needed.</summary>
    /// <param name="options">Which set.</param>
    /// <param name="say">Called with lines worth telling.</param>
    public static EvaluationSet Load(EvaluationOptions options, Action<string>? say = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        var data = AnnotationFiles.Load(new DatasetOptions(options.Name, options.Annotations, options.Images, options.Skeleton), say);
        return new EvaluationSet(options, data, AnnotationFiles.Usable(data, minimumJoints: 1), new ImageCache(64 << 20));
    }

    /// <summary>Scores a student.</summary>
    /// <param name="student">The student.</param>
    /// <param name="cancel">Ends it.</param>
    public EvaluationScore Score(Student student, CancellationToken cancel) => Score(Predict(new StudentEstimator(student), null, cancel), null);

    /// <summary>Predicts every labelled person from its labelled box.</summary>
    /// <param name="estimator">The model.</param>
    /// <param name="progress">Told people done and people in all.</param>
    /// <param name="cancel">Ends it.</param>
    public PoseResults Predict(ICropEstimator estimator, Action<int, int>? progress, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(estimator);
        var joints = estimator.Skeleton.Count;
        var pixels = estimator.Width * estimator.Height * 3;
        var crops = new byte[BatchSize * pixels];
        var geometries = new CropGeometry[BatchSize];
        var points = new float[BatchSize * joints * 2];
        var pointScores = new float[BatchSize * joints];
        var imageIds = new long[_people.Length];
        var scores = new double[_people.Length];
        var keypoints = new double[_people.Length * joints * 2];
        var jointScores = new float[_people.Length * joints];
        var order = _people.OrderBy(p => _data.People.Image[p]).ToArray();
        for (var from = 0; from < order.Length; from += BatchSize)
        {
            cancel.ThrowIfCancellationRequested();
            var count = Math.Min(BatchSize, order.Length - from);
            for (var i = 0; i < count; i++)
            {
                var person = order[from + i];
                geometries[i] = estimator.CropOf(_data.People.Boxes[person]);
                var image = _data.People.Image[person];
                Warp.Crop(_cache.Get(Path.Combine(_options.Images, _data.Images.FileNames[image])), geometries[i], crops.AsSpan(i * pixels, pixels));
            }

            estimator.Estimate(
                crops.AsSpan(0, count * pixels), geometries.AsSpan(0, count), points.AsSpan(0, count * joints * 2), pointScores.AsSpan(0, count * joints));
            for (var i = 0; i < count; i++)
            {
                var row = from + i;
                imageIds[row] = _data.Images.Ids[_data.People.Image[order[row]]];
                double sum = 0;
                var sure = 0;
                for (var j = 0; j < joints; j++)
                {
                    keypoints[((row * joints) + j) * 2] = points[((i * joints) + j) * 2];
                    keypoints[(((row * joints) + j) * 2) + 1] = points[(((i * joints) + j) * 2) + 1];
                    var score = pointScores[(i * joints) + j];
                    jointScores[(row * joints) + j] = score;
                    if (score <= 0.2f) continue;
                    sum += score;
                    sure++;
                }

                // MMPose's rescoring with a labelled box, whose own score is 1
                scores[row] = sure > 0 ? sum / sure : 0;
            }

            progress?.Invoke(from + count, order.Length);
        }

        return new PoseResults(estimator.Skeleton, imageIds, scores, keypoints, jointScores) { People = order };
    }

    /// <summary>Scores predictions of this set.</summary>
    /// <param name="results">From <see cref="Predict"/>.</param>
    /// <param name="joints">Indices of the set's joints to score; null for all.</param>
    public EvaluationScore Score(PoseResults results, IReadOnlyList<int>? joints) => _options.Protocol switch
    {
        "coco" => Oks(results, joints),
        "pck" => Pck(results, joints),
        var p => throw new SinewException($"evaluation '{_options.Name}': there is no protocol '{p}': use coco or pck"),
    };

    private EvaluationScore Oks(PoseResults results, IReadOnlyList<int>? joints)
    {
        var scores = OksEvaluator.Evaluate(_data, results, new OksOptions { Joints = joints });
        var metrics = scores.Metrics.ToDictionary(m => m.Key, m => m.Value, StringComparer.Ordinal);
        metrics["mean_OKS"] = scores.MeanOks;
        return new EvaluationScore(
            _options.Name, "coco", scores.People, metrics, new Dictionary<string, double>(),
            $"AP {scores.AP * 100:0.00}  AP50 {scores.AP50 * 100:0.00}  AP75 {scores.AP75 * 100:0.00}  AR {scores.AR * 100:0.00}  mean OKS {scores.MeanOks:0.000}",
            scores.AP);
    }

    private EvaluationScore Pck(PoseResults results, IReadOnlyList<int>? joints)
    {
        var scores = PckEvaluator.Evaluate(_data, results, new PckOptions { Joints = joints });
        return new EvaluationScore(
            _options.Name, "pck", scores.People, new Dictionary<string, double>(StringComparer.Ordinal) { ["PCK"] = scores.Pck },
            scores.Joints.ToDictionary(j => j.Name, j => j.Pck, StringComparer.Ordinal), $"PCK@0.2 {scores.Pck * 100:0.00}", scores.Pck);
    }
}
