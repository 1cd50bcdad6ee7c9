using System.Globalization;
using Sinew.Annotations;
using Sinew.Evaluation;
using Sinew.Files;
using Sinew.Geometry;
using Sinew.Imaging;
using Sinew.Training.Data;
using Sinew.Training.Models;
using Sinew.Training.Recipes;

namespace Sinew.Training.Estimators;

/// <summary>A model's score on a labelled set.</summary>
/// <param name="Name">Name of the set.</param>
/// <param name="Result">The protocol's numbers, as <c>sinew score</c> gives them.</param>
public sealed record EvaluationScore(string Name, ScoringResult Result)
{
    /// <summary>The number that models are ranked by: the protocol's first.</summary>
    public double Main => First(Result.Metrics).Value;

    /// <summary>The numbers without their groups, such as <c>AP</c> or <c>joints/left_knee</c>, fractions from 0 to 1.</summary>
    public IEnumerable<(string Name, double Value)> Metrics => Flat(Result.Metrics, "");

    /// <summary>The numbers that stand in no group; of a protocol that has only groups (wholebody), the first of each.</summary>
    public IEnumerable<(string Name, double Value)> Headline => Result.Metrics.Any(m => m.Parts is null)
        ? Result.Metrics.Where(m => m.Parts is null).Select(m => (m.Name, m.Value))
        : Result.Metrics.Select(m => ($"{m.Name}/{m.Parts![0].Name}", m.Parts[0].Value));

    /// <summary>One line for people: the numbers that stand in no group, in percent.</summary>
    public string Summary => string.Join("  ", Headline.Select(m =>
        string.Create(CultureInfo.InvariantCulture, $"{m.Name} {(m.Value < 0 ? "-" : (m.Value * 100).ToString("0.00", CultureInfo.InvariantCulture))}")));

    private static ScoringMetric First(IReadOnlyList<ScoringMetric> metrics) => metrics[0].Parts is { } parts ? First(parts) : metrics[0];

    private static IEnumerable<(string Name, double Value)> Flat(IEnumerable<ScoringMetric> metrics, string group) =>
        metrics.SelectMany(m => m.Parts is { } parts ? Flat(parts, $"{group}{m.Name}/") : [($"{group}{m.Name}", m.Value)]);
}

/// <summary>A labelled set to score models on, with the labelled people's boxes. Training and <c>eval</c> score by this one class.</summary>
public sealed class EvaluationSet
{
    private const int BatchSize = 32;
    private readonly EvaluationOptions _options;
    private readonly PoseData _data;
    private readonly int[] _people;
    private readonly PictureFolder _images;
    private readonly ImageCache _cache;

    private EvaluationSet(EvaluationOptions options, PoseData data, int[] people, ImageCache cache) =>
        (_options, _data, _people, _images, _cache) = (options, data, people, new PictureFolder(options.Images), cache);

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

    /// <summary>Refuses a set that cannot be used, before a training spends hours on what would be scored on it.</summary>
    /// <exception cref="SinewException">Nobody is labelled, or the pictures are not where the options say.</exception>
    public void Check()
    {
        if (_people.Length == 0) throw new SinewException($"evaluation '{_options.Name}': {_options.Annotations} has nobody with a labelled joint and a box");
        RequireBoxes();
        RequireProtocol();
        PictureOf(_people[0]);
    }

    /// <summary>Refuses labels that the protocol cannot score, before anybody is looked at.</summary>
    /// <exception cref="SinewException">They lack what the protocol needs.</exception>
    public void RequireProtocol()
    {
        try
        {
            Scoring.Require(Scoring.Parse(_options.Protocol), _data, _options.Reference);
        }
        catch (SinewException e)
        {
            throw new SinewException($"evaluation '{_options.Name}': {e.Message}", e);
        }
    }

    /// <summary>Finds a person who cannot be cropped before all others are looked at, and says who it is.</summary>
    /// <exception cref="SinewException">A box is too small, empty or not finite.</exception>
    public void RequireBoxes()
    {
        foreach (var person in _people)
        {
            if (!CropGeometry.CanCrop(_data.People.Boxes[person]))
                throw new SinewException($"{_options.Annotations}: annotation {_data.People.Ids[person]}: {CropGeometry.NoCrop(_data.People.Boxes[person])}");
        }
    }

    /// <summary>Crops of labelled people that are spread evenly over the set, as models see them.</summary>
    /// <param name="width">Width of the crops, pixels.</param>
    /// <param name="height">Height of the crops, pixels.</param>
    /// <param name="padding">Factor on the people's boxes.</param>
    /// <param name="most">Most crops.</param>
    /// <returns>RGB crops, <c>[Height, Width, 3]</c>, one after the other.</returns>
    /// <exception cref="SinewException">A picture cannot be read.</exception>
    public IEnumerable<byte[]> Crops(int width, int height, float padding, int most)
    {
        var count = Math.Min(most, _people.Length);
        for (var i = 0; i < count; i++)
        {
            var person = _people[(int)((long)i * _people.Length / count)];
            var crop = new byte[width * height * 3];
            Warp.Crop(PictureOf(person), CropGeometry.FromBox(_data.People.Boxes[person], width, height, padding), crop);
            yield return crop;
        }
    }

    /// <summary>Scores a student.</summary>
    /// <param name="student">The student.</param>
    /// <param name="cancel">Ends it.</param>
    public EvaluationScore Score(Student student, CancellationToken cancel) => Score(Predict(new StudentEstimator(student), null, cancel));

    /// <summary>Predicts every labelled person from its labelled box.</summary>
    /// <param name="estimator">The model.</param>
    /// <param name="progress">Told people done and people in all.</param>
    /// <param name="cancel">Ends it.</param>
    public PoseResults Predict(ICropEstimator estimator, Action<int, int>? progress, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(estimator);
        var joints = estimator.Skeleton.Count;
        var batch = new CropBatch(estimator, BatchSize);
        var imageIds = new long[_people.Length];
        var scores = new double[_people.Length];
        var keypoints = new float[_people.Length * joints * 2];
        var jointScores = new float[_people.Length * joints];
        var order = _people.OrderBy(p => _data.People.Image[p]).ToArray();
        for (var from = 0; from < order.Length; from += BatchSize)
        {
            cancel.ThrowIfCancellationRequested();
            batch.Clear();
            for (var row = from; row < order.Length && !batch.IsFull; row++)
            {
                imageIds[row] = _data.Images.Ids[_data.People.Image[order[row]]];
                batch.Add(PictureOf(order[row]), _data.People.Boxes[order[row]]);
            }

            batch.Estimate();
            for (var i = 0; i < batch.Count; i++)
            {
                var row = from + i;
                batch.KeypointsOf(i).CopyTo(keypoints.AsSpan(row * joints * 2));
                batch.ScoresOf(i).CopyTo(jointScores.AsSpan(row * joints));
                // MMPose's rescoring with a labelled box, whose own score is 1
                scores[row] = CropBatch.PersonScore(batch.ScoresOf(i));
            }

            progress?.Invoke(from + batch.Count, order.Length);
        }

        return PoseResults.FromFloats(estimator.Skeleton, imageIds, scores, keypoints, jointScores, order);
    }

    /// <summary>Scores predictions of this set.</summary>
    /// <param name="results">From <see cref="Predict"/>.</param>
    /// <param name="joints">Which joints, as <see cref="JointSelection"/> reads it; null for all.</param>
    /// <param name="errors">Whether kinds of error are counted per joint.</param>
    public EvaluationScore Score(PoseResults results, string? joints = null, bool errors = false) => new(
        _options.Name,
        // labels read from MPII's files count from 0 here, as predictions do
        Scoring.Score(Scoring.Parse(_options.Protocol), _data, results, new ScoringOptions
        {
            Joints = joints,
            MpiiFrame = MpiiFrame.AsLabels,
            PckThreshold = _options.Threshold,
            PckReference = _options.Reference,
            Errors = errors,
        }));

    private Image PictureOf(int person) => _cache.Get(_images, _data.Images.FileNames[_data.People.Image[person]]);
}
