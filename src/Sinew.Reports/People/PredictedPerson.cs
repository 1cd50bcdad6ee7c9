using System.Text.Json;
using Sinew.Annotations;
using Sinew.Evaluation;
using Sinew.Files;
using Sinew.Geometry;
using Sinew.Imaging;
using Sinew.Skeletons;

namespace Sinew.Reports;

/// <summary>One person of an evaluated set with what a model predicted: a small picture and both poses in its pixels.</summary>
/// <param name="Oks">Similarity of prediction and label, 0 to 1.</param>
/// <param name="Jpeg">The crop.</param>
/// <param name="Width">Its width, pixels.</param>
/// <param name="Height">Its height, pixels.</param>
/// <param name="Label">Labelled joints, crop pixels; NaN where not labelled.</param>
/// <param name="LabelLimbs">Limbs of the labels' skeleton.</param>
/// <param name="Prediction">Predicted joints, crop pixels.</param>
/// <param name="PredictionLimbs">Limbs of the prediction's skeleton.</param>
/// <param name="What">Which person: the picture's name and the annotation's id.</param>
internal sealed record PredictedPerson(
    double Oks, byte[] Jpeg, int Width, int Height,
    IReadOnlyList<(double X, double Y)> Label, IReadOnlyList<(int From, int To)> LabelLimbs,
    IReadOnlyList<(double X, double Y)> Prediction, IReadOnlyList<(int From, int To)> PredictionLimbs,
    string What);

/// <summary>The worst predictions of an evaluation and the ones around its median, where labels and pictures are at hand.</summary>
internal sealed record PredictedPeople(IReadOnlyList<PredictedPerson> Worst, IReadOnlyList<PredictedPerson> Typical, double MedianOks, IReadOnlyList<int> Histogram)
{
    public const int Bins = 20;
    private const int Shown = 6;
    private const int CropWidth = 150;
    private const int CropHeight = 200;
    private const int LeastLabelled = 5;
    private const int Quality = 78;
    private const long LargestFile = 512L << 20;
    private const int MostJoints = 4096;

    /// <summary>Chooses and crops.</summary>
    /// <param name="evaluation">An evaluation with predictions.</param>
    /// <param name="why">Why there are none.</param>
    /// <returns>Null where labels, pictures or predictions are not at hand.</returns>
    public static PredictedPeople? Of(ReportEvaluation evaluation, out string why)
    {
        if (evaluation is not { Predictions: { } file, PredictedJoints: { } joints, Data: { } data, Images: { } images })
        {
            why = "no predictions are kept: sinew eval --save keeps them";
            return null;
        }

        if (!File.Exists(file) || !File.Exists(data) || !Directory.Exists(images))
        {
            why = $"{(!File.Exists(file) ? Path.GetFileName(file) : !File.Exists(data) ? data : images)} is not at hand";
            return null;
        }

        try
        {
            why = "";
            return Choose(evaluation, SkeletonOf(joints, evaluation.PredictedLimbs), file, data, images);
        }
        catch (SinewException e)
        {
            why = e.Message;
            return null;
        }
    }

    private static PredictedPeople? Choose(ReportEvaluation evaluation, Skeleton predicted, string file, string data, string images)
    {
        var labels = AnnotationReader.Read(data, new ReadOptions
        {
            Skeleton = evaluation.Skeleton is { } name ? SkeletonFile.Resolve(name) : null,
            OnBad = OnBad.Skip,
        });
        var truth = PoseLabels.From(labels);
        var results = ReadPredictions(file, predicted, labels);
        var oks = PersonOks.Of(truth, results);
        // a person of whom two joints are labelled says nothing about a model
        int[] rows = [.. Enumerable.Range(0, results.Count).Where(r => oks[r] >= 0 && labels.LabelledOf(results.People![r]) >= LeastLabelled).OrderBy(r => oks[r]).ThenBy(r => r)];
        if (rows.Length == 0) throw new SinewException($"{file}: no prediction is of a person with {LeastLabelled} labelled joints");
        var histogram = new int[Bins];
        foreach (var row in rows) histogram[Math.Min((int)(oks[row] * Bins), Bins - 1)]++;
        var shown = Math.Min(Shown, rows.Length);
        var middle = Math.Clamp((rows.Length / 2) - (Shown / 2), 0, rows.Length - shown);
        var cache = new ImageCache(64 << 20);
        PredictedPerson[] Crops(IEnumerable<int> which) => [.. which.Select(r => Crop(labels, truth, results, r, oks[r], images, cache)).OfType<PredictedPerson>()];
        return new PredictedPeople(Crops(rows.Take(shown)), Crops(rows.Skip(middle).Take(shown)), oks[rows[rows.Length / 2]], histogram);
    }

    private static PredictedPerson? Crop(PoseData labels, PoseLabels truth, PoseResults results, int row, double oks, string images, ImageCache cache)
    {
        var person = results.People![row];
        var image = labels.People.Image[person];
        var geometry = CropGeometry.FromBox(labels.People.Boxes[person], CropWidth, CropHeight);
        if (!(geometry.ScaleWidth > 0)) return null;
        // a label file is not to name pictures outside its folder
        var (folder, name) = (new PictureFolder(images), labels.Images.FileNames[image]);
        var path = Path.GetFullPath(folder.PathOf(name));
        if (!path.StartsWith(Path.GetFullPath(images).TrimEnd(Path.DirectorySeparatorChar) + Path.DirectorySeparatorChar, StringComparison.Ordinal)) return null;
        using var crop = new Image(CropWidth, CropHeight);
        Warp.Crop(cache.Get(folder, name), geometry, crop.Pixels);
        var map = geometry.ImageToCrop();
        (double X, double Y)[] Points(ReadOnlySpan<double> points)
        {
            var mapped = new (double, double)[points.Length / 2];
            for (var j = 0; j < mapped.Length; j++) mapped[j] = map.Apply(points[2 * j], points[(2 * j) + 1]);
            return mapped;
        }

        var own = Points(truth.KeypointsOf(person));
        for (var j = 0; j < own.Length; j++)
        {
            if (!truth.LabelledOf(person)[j]) own[j] = (double.NaN, double.NaN);
        }

        return new PredictedPerson(
            oks, ImageEncoder.Jpeg(crop, Quality), CropWidth, CropHeight, own, truth.Skeleton.Limbs, Points(results.KeypointsOf(row)), results.Skeleton.Limbs,
            $"{Path.GetFileName(labels.Images.FileNames[image])}, person {labels.People.Ids[person]}");
    }

    private static Skeleton SkeletonOf(IReadOnlyList<(string Name, string Id)> joints, IReadOnlyList<(int From, int To)> limbs)
    {
        if (joints.Count > MostJoints) throw new SinewException($"{joints.Count} predicted joints: more than {MostJoints}");
        try
        {
            // sigmas are the labels' own; a prediction's are not looked at
            return new Skeleton("predicted", [.. joints.Select(j => new Joint(j.Name, j.Id, null, 1, null))], limbs);
        }
        catch (ArgumentException e)
        {
            throw new SinewException($"the predicted joints are no skeleton: {e.Message}", e);
        }
    }

    private static PoseResults ReadPredictions(string path, Skeleton skeleton, PoseData labels)
    {
        var personOfId = new Dictionary<long, int>();
        for (var p = 0; p < labels.People.Count; p++) personOfId.TryAdd(labels.People.Ids[p], p);
        using var file = AtomicFile.Open(path);
        if (file.Length > LargestFile) throw new SinewException($"{path}: larger than {LargestFile >> 20} MB");
        var (images, scores, keypoints, jointScores, people) = (new List<long>(), new List<double>(), new List<double>(), new List<float>(), new List<int>());
        try
        {
            using var json = JsonDocument.Parse(file);
            foreach (var record in json.RootElement.EnumerateArray())
            {
                var points = record.GetProperty("keypoints");
                if (points.GetArrayLength() != skeleton.Count * 3) throw new SinewException($"{path}: a prediction has {points.GetArrayLength()} numbers for {skeleton.Count} joints");
                images.Add(record.GetProperty("image_id").GetInt64());
                scores.Add(record.GetProperty("score").GetDouble());
                people.Add(record.TryGetProperty("annotation_id", out var id) ? personOfId.GetValueOrDefault(id.GetInt64(), -1) : -1);
                var at = 0;
                foreach (var number in points.EnumerateArray())
                {
                    if (at++ % 3 == 2) jointScores.Add((float)number.GetDouble());
                    else keypoints.Add(number.GetDouble());
                }
            }

            return new PoseResults(skeleton, [.. images], [.. scores], [.. keypoints], [.. jointScores]) { People = [.. people] };
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException or ArgumentException)
        {
            throw new SinewException($"{path}: no predictions as sinew eval --save writes them: {e.Message.ReplaceLineEndings(" ")}", e);
        }
    }
}
