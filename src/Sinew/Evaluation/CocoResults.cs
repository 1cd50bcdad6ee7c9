using System.Text;
using Sinew.Annotations;
using Sinew.Skeletons;

namespace Sinew.Evaluation;

/// <summary>
/// Reads COCO keypoint results: an array of <c>{image_id, category_id, keypoints, score}</c>. Such files may be gzip'd.
/// </summary>
public static class CocoResults
{
    private static readonly string[] PartScoreNames = ["foot_score", "face_score", "lefthand_score", "righthand_score", "wholebody_score"];

    /// <summary>Reads a file without holding more of it than a block.</summary>
    /// <param name="path">The file.</param>
    /// <param name="skeleton">The joints that its records have.</param>
    /// <param name="category">The category that counts; records of others are left out and counted.</param>
    /// <exception cref="SinewException">The file cannot be read, or a record in it is no prediction of this skeleton.</exception>
    public static CocoResultsFile Read(string path, Skeleton skeleton, long category = CocoResultsWriter.PersonCategory)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(skeleton);
        return ReadRecords(path, skeleton.Count).Finish(skeleton, category);
    }

    /// <summary>Reads a file whose skeleton and category are not known yet.</summary>
    /// <param name="path">The file.</param>
    /// <param name="joints">How many joints a record has; 0 takes the number of the first record of the category that counts.</param>
    internal static Records ReadRecords(string path, int joints)
    {
        using var json = JsonScanner.Open(path);
        if (json.Peek() != (byte)'[') throw json.Error("results are a list of records, and this file starts otherwise; are these labels?");
        json.Expect('[');
        return ReadRecords(json, joints);
    }

    /// <summary>Reads the records of a file whose '[' has been consumed.</summary>
    internal static Records ReadRecords(JsonScanner json, int joints)
    {
        var records = new Records(json.File, joints);
        json.Section = "results";
        var (first, record) = (true, 0);
        while (json.NextElement(ref first))
        {
            json.Record = record++;
            records.Read(json);
        }

        (json.Section, json.Record) = ("", -1);
        json.ExpectEnd();
        return records;
    }

    /// <summary>The columns of a file of results, before it is known what its joints are.</summary>
    internal sealed class Records(string path, int joints)
    {
        private const long NoCategory = long.MinValue;

        private readonly Chunked<long> _images = new();
        private readonly Chunked<long> _categories = new();
        private readonly Chunked<double> _scores = new();
        private readonly Chunked<double> _keypoints = new();
        private readonly Chunked<float> _jointScores = new();
        private readonly Chunked<double> _areas = new();
        private readonly Chunked<int> _jointCounts = new();
        private readonly Dictionary<int, string> _problems = [];
        private readonly Chunked<double>[] _partScores = [.. PartScoreNames.Select(_ => new Chunked<double>())];
        private readonly bool[] _anyPartScore = new bool[PartScoreNames.Length];
        private readonly KeypointLists _lists = new(joints);
        private readonly NumberList _box = new();
        private double[] _points = [];
        private float[] _pointScores = [];
        private bool _boxes;
        private bool _split;

        /// <summary>How many joints the first record of a category has; 0 where the file has none of it.</summary>
        internal int JointsOf(long category)
        {
            for (var row = 0; row < _categories.Count; row++)
            {
                if (IsOf(category, _categories[row])) return _jointCounts[row];
            }

            return 0;
        }

        internal void Read(JsonScanner json)
        {
            var (image, score, category) = ((long?)null, (double?)null, NoCategory);
            _box.Clear();
            Span<double> parts = stackalloc double[PartScoreNames.Length];
            parts.Fill(double.NaN);
            _lists.Clear();
            json.Expect('{');
            var first = true;
            while (json.NextKey(ref first))
            {
                var key = json.Key;
                if (_lists.Read(json, key)) continue;
                if (key.SequenceEqual("image_id"u8)) image = json.Whole("image_id");
                else if (key.SequenceEqual("score"u8)) score = json.Number("score");
                else if (key.SequenceEqual("category_id"u8)) category = json.Whole("category_id");
                else if (key.SequenceEqual("bbox"u8)) json.Numbers("bbox", _box);
                else if (PartScore(key) is var part and >= 0) parts[part] = json.Number("a score");
                else json.SkipValue();
            }

            if (image is null) throw json.Error("there is no image_id");
            if (score is null) throw json.Error("there is no score");
            if (_box.Count is not (0 or 4)) throw json.Error($"bbox has {_box.Count} numbers, where x, y, width and height belong");
            if (_images.Count == 0) _boxes = _box.Count == 4;
            if (_boxes && _box.Count != 4) throw json.Error("there is no bbox, but the first record has one; give all records one or none");
            _categories.Add(category);
            // Whether the record counts, and so must be right, is known when the labels have been read.
            var problem = _lists.Problem();
            if (problem is not null) _problems[_images.Count] = problem;
            Add(image.Value, score.Value, parts, problem is null ? _lists.Joints : 0);
        }

        internal CocoResultsFile Finish(Skeleton skeleton, long category = CocoResultsWriter.PersonCategory)
        {
            var (categories, jointCounts) = (_categories.Drain(), _jointCounts.Drain());
            int[] kept = [.. Enumerable.Range(0, categories.Length).Where(row => IsOf(category, categories[row]))];
            foreach (var row in kept) RequireJoints(row, jointCounts[row], skeleton, first: row == kept[0]);
            var (keypoints, jointScores) = Even(jointCounts, skeleton.Count);
            var scores = _scores.Drain();
            var parts = new Dictionary<string, double[]>();
            for (var p = 0; p < PartScoreNames.Length; p++)
            {
                var own = _partScores[p].Drain();
                if (!_anyPartScore[p]) continue;
                for (var row = 0; row < own.Length; row++)
                {
                    if (double.IsNaN(own[row])) own[row] = scores[row];
                }

                parts[PartScoreNames[p][..^"_score".Length]] = own;
            }

            var results = new PoseResults(skeleton, _images.Drain(), scores, keypoints, jointScores)
            {
                Areas = _boxes || _split ? _areas.Drain() : null,
                PartScores = parts,
            };
            return kept.Length == categories.Length
                ? new CocoResultsFile(results, 0)
                : new CocoResultsFile(results.Select(kept), categories.Length - kept.Length);
        }

        private static bool IsOf(long wanted, long category) => category == wanted || category == NoCategory;

        private void RequireJoints(int row, int joints, Skeleton skeleton, bool first)
        {
            if (_problems.TryGetValue(row, out var problem)) throw new SinewException($"{path}: results[{row}]: {problem}");
            if (joints == skeleton.Count) return;
            throw new SinewException(first
                ? $"{path}: the predictions have {joints} joints and {skeleton.Name} has {skeleton.Count}; name the predictions' skeleton"
                : $"{path}: results[{row}]: {KeypointLists.Misfit(joints * 3, skeleton.Count)}");
        }

        /// <summary>The joints' columns with so many in each row; rows of another number, which are of another category, are zeros.</summary>
        private (double[] Keypoints, float[] JointScores) Even(int[] jointCounts, int joints)
        {
            var (keypoints, jointScores) = (_keypoints.Drain(), _jointScores.Drain());
            if (!jointCounts.AsSpan().ContainsAnyExcept(joints)) return (keypoints, jointScores);
            var (evenKeypoints, evenScores) = (new double[jointCounts.Length * joints * 2], new float[jointCounts.Length * joints]);
            var from = 0;
            for (var row = 0; row < jointCounts.Length; from += jointCounts[row++])
            {
                if (jointCounts[row] != joints) continue;
                keypoints.AsSpan(from * 2, joints * 2).CopyTo(evenKeypoints.AsSpan(row * joints * 2));
                jointScores.AsSpan(from, joints).CopyTo(evenScores.AsSpan(row * joints));
            }

            return (evenKeypoints, evenScores);
        }

        private static int PartScore(ReadOnlySpan<byte> key)
        {
            if (!key.EndsWith("_score"u8)) return -1;
            for (var p = 0; p < PartScoreNames.Length; p++)
            {
                if (Ascii.Equals(key, PartScoreNames[p])) return p;
            }

            return -1;
        }

        private void Add(long image, double score, ReadOnlySpan<double> parts, int count)
        {
            _images.Add(image);
            _scores.Add(score);
            var values = _lists.Values;
            _jointCounts.Add(count);
            if (_pointScores.Length != count) (_points, _pointScores) = (new double[count * 2], new float[count]);
            for (var j = 0; j < count; j++)
            {
                (_points[2 * j], _points[(2 * j) + 1]) = (values[3 * j], values[(3 * j) + 1]);
                _pointScores[j] = (float)values[(3 * j) + 2];
            }

            _keypoints.AddRange(_points);
            _jointScores.AddRange(_pointScores);

            // pycocotools goes by the first record: boxes where it has one, else the extent of the list "keypoints".
            _split |= count > 0 && _lists.MainValues < values.Length;
            _areas.Add(_boxes ? _box.Values[2] * _box.Values[3] : count > 0 ? Extent(_points.AsSpan(0, _lists.MainValues / 3 * 2)) : 0);
            for (var p = 0; p < parts.Length; p++)
            {
                // Most files have none of these: their columns are not even begun.
                if (double.IsNaN(parts[p]) && !_anyPartScore[p]) continue;
                while (_partScores[p].Count < _images.Count - 1) _partScores[p].Add(double.NaN);
                _partScores[p].Add(parts[p]);
                _anyPartScore[p] = true;
            }
        }

        private static double Extent(ReadOnlySpan<double> points)
        {
            var (x0, x1, y0, y1) = (points[0], points[0], points[1], points[1]);
            for (var i = 2; i < points.Length; i += 2)
            {
                (x0, x1) = (Math.Min(x0, points[i]), Math.Max(x1, points[i]));
                (y0, y1) = (Math.Min(y0, points[i + 1]), Math.Max(y1, points[i + 1]));
            }

            return (x1 - x0) * (y1 - y0);
        }
    }
}

/// <summary>What a file of results holds.</summary>
/// <param name="Results">The predictions.</param>
/// <param name="OtherCategories">How many records were left out because they are of another category.</param>
public sealed record CocoResultsFile(PoseResults Results, int OtherCategories);
