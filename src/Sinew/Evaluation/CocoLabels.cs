using System.Runtime.InteropServices;
using Sinew.Annotations;
using Sinew.Skeletons;

namespace Sinew.Evaluation;

/// <summary>
/// Reads COCO keypoint labels for scoring, in double precision: images, annotations and categories, nothing else. Such
/// files may be gzip'd. (For training there are the readers of <c>Sinew.Annotations</c>.)
/// </summary>
public static class CocoLabels
{
    /// <summary>Reads a file without holding more of it than a block.</summary>
    /// <param name="path">The file.</param>
    /// <param name="skeleton">The joints that its annotations have.</param>
    /// <exception cref="SinewException">The file cannot be read, or an annotation in it is none of this skeleton.</exception>
    public static CocoLabelsFile Read(string path, Skeleton skeleton)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(skeleton);
        using var json = JsonScanner.Open(path);
        var reader = new Reader(skeleton);
        if (json.Peek() != (byte)'{') throw json.Error("COCO labels are an object with images and annotations; this file starts otherwise");
        json.Expect('{');
        var (first, images, annotations) = (true, false, false);
        while (json.NextKey(ref first))
        {
            var key = json.Key;
            if (key.SequenceEqual("images"u8))
            {
                images = true;
                ForEach(json, "images", reader.ReadImage);
            }
            else if (key.SequenceEqual("annotations"u8))
            {
                annotations = true;
                ForEach(json, "annotations", reader.ReadAnnotation);
            }
            else if (key.SequenceEqual("categories"u8))
            {
                ForEach(json, "categories", reader.ReadCategory);
            }
            else
            {
                json.SkipValue();
            }
        }

        json.ExpectEnd();
        if (!images || !annotations) throw json.Error($"there are no {(images ? "annotations" : "images")}; are these COCO labels?");
        return reader.Finish(json);
    }

    private static void ForEach(JsonScanner json, string list, Action<JsonScanner> read)
    {
        json.Section = list;
        json.Expect('[');
        var (first, number) = (true, 0);
        while (json.NextElement(ref first))
        {
            json.Record = number++;
            read(json);
        }

        (json.Section, json.Record) = ("", -1);
    }

    private sealed class Reader(Skeleton skeleton)
    {
        private readonly List<long> _images = [];
        private readonly List<double> _crowdIndices = [];
        private readonly List<(long Id, bool Person)> _categories = [];
        private readonly List<Row> _rows = [];
        private readonly List<double> _keypoints = [];
        private readonly List<bool> _labelled = [];
        private readonly KeypointLists _lists = new(skeleton);
        private readonly NumberList _box = new();

        internal void ReadImage(JsonScanner json)
        {
            var (id, crowdIndex) = ((long?)null, double.NaN);
            json.Expect('{');
            var first = true;
            while (json.NextKey(ref first))
            {
                var key = json.Key;
                if (key.SequenceEqual("id"u8)) id = json.Whole("id");
                else if (key.SequenceEqual("crowdIndex"u8)) crowdIndex = json.Number("crowdIndex");
                else json.SkipValue();
            }

            _images.Add(id ?? throw json.Error("there is no id"));
            _crowdIndices.Add(crowdIndex);
        }

        internal void ReadCategory(JsonScanner json)
        {
            var (id, name, joints) = (0L, "", false);
            json.Expect('{');
            var first = true;
            while (json.NextKey(ref first))
            {
                var key = json.Key;
                if (key.SequenceEqual("id"u8))
                {
                    id = json.Whole("id");
                }
                else if (key.SequenceEqual("name"u8) && json.Peek() == (byte)'"')
                {
                    name = System.Text.Encoding.UTF8.GetString(json.Text());
                }
                else
                {
                    joints |= key.SequenceEqual("keypoints"u8);
                    json.SkipValue();
                }
            }

            _categories.Add((id, name == "person" || (joints && _categories.TrueForAll(c => !c.Person))));
        }

        internal void ReadAnnotation(JsonScanner json)
        {
            var row = new Row { Number = _rows.Count, Area = double.NaN, Labelled = -1 };
            var (id, image, boxValues) = ((long?)null, (long?)null, -1);
            _lists.Clear();
            json.Expect('{');
            var first = true;
            while (json.NextKey(ref first))
            {
                var key = json.Key;
                if (_lists.Read(json, key)) continue;
                if (key.SequenceEqual("image_id"u8)) image = json.Whole("image_id");
                else if (key.SequenceEqual("id"u8)) id = json.Whole("id");
                else if (key.SequenceEqual("category_id"u8)) row.Category = json.Whole("category_id");
                else if (key.SequenceEqual("area"u8)) row.Area = json.TryNumber(out var area) && double.IsFinite(area) ? area : double.NaN;
                else if (key.SequenceEqual("iscrowd"u8)) row.Crowd = json.Flag("iscrowd");
                else if (key.SequenceEqual("num_keypoints"u8)) row.Labelled = (int)json.Whole("num_keypoints");
                else if (key.SequenceEqual("bbox"u8)) boxValues = json.Numbers("bbox", _box) ? _box.Count : -1;
                else json.SkipValue();
            }

            row.Id = id ?? throw json.Error("there is no id");
            row.Image = image ?? throw json.Error("there is no image_id");
            if (boxValues is not (-1 or 0 or 4)) throw json.Error($"bbox has {boxValues} values, where x, y, width and height belong");
            row.HasBox = boxValues == 4;
            if (row.HasBox) (row.X, row.Y, row.Width, row.Height) = (_box.Values[0], _box.Values[1], _box.Values[2], _box.Values[3]);
            row.Problem = _lists.Problem();
            _rows.Add(row);
            if (row.Problem is null) AddJoints();
        }

        internal CocoLabelsFile Finish(JsonScanner json)
        {
            var imageOf = new Dictionary<long, int>(_images.Count);
            foreach (var image in _images)
            {
                if (!imageOf.TryAdd(image, imageOf.Count)) throw json.Error($"image id {image} occurs twice; remove one of the images");
            }

            var person = _categories.FindIndex(c => c.Person);
            var category = person >= 0 ? _categories[person].Id : (long?)null;
            var (kept, from, otherCategories, withoutImage, withoutArea) = (new List<int>(_rows.Count), new List<int>(_rows.Count), 0, 0, 0);
            var (joints, ids) = (0, new HashSet<long>(_rows.Count));
            for (var i = 0; i < _rows.Count; i++)
            {
                var row = _rows[i];
                var mine = joints;
                if (row.Problem is null) joints++;
                if (category is { } c && row.Category is { } own && own != c)
                {
                    otherCategories++;
                    continue;
                }

                (json.Section, json.Record) = ("annotations", row.Number);
                if (row.Problem is { } problem) throw json.Error(problem);
                if (!ids.Add(row.Id)) throw json.Error($"id {row.Id} occurs a second time; every annotation needs its own");
                if (!imageOf.ContainsKey(row.Image))
                {
                    withoutImage++;
                    continue;
                }

                kept.Add(i);
                from.Add(mine);
            }

            (json.Section, json.Record) = ("", -1);
            var count = skeleton.Count;
            var (keypoints, labelled) = (new double[kept.Count * count * 2], new bool[kept.Count * count]);
            var (boxes, areas) = (new double[kept.Count * 4], new double[kept.Count]);
            var (labelledCounts, crowd) = (new int[kept.Count], new bool[kept.Count]);
            var (people, image_) = (new long[kept.Count], new int[kept.Count]);
            for (var p = 0; p < kept.Count; p++)
            {
                var row = _rows[kept[p]];
                var flags = labelled.AsSpan(p * count, count);
                CollectionsMarshal.AsSpan(_keypoints).Slice(from[p] * count * 2, count * 2).CopyTo(keypoints.AsSpan(p * count * 2));
                CollectionsMarshal.AsSpan(_labelled).Slice(from[p] * count, count).CopyTo(flags);
                if (!row.HasBox) SetToExtent(row, keypoints.AsSpan(p * count * 2, count * 2), flags);
                (boxes[p * 4], boxes[(p * 4) + 1], boxes[(p * 4) + 2], boxes[(p * 4) + 3]) = (row.X, row.Y, row.Width, row.Height);
                if (double.IsNaN(row.Area)) withoutArea++;
                areas[p] = double.IsNaN(row.Area) ? row.Height * row.Width * 0.53 : row.Area;
                labelledCounts[p] = row.Labelled >= 0 ? row.Labelled : flags.Count(true);
                (crowd[p], people[p], image_[p]) = (row.Crowd, row.Id, imageOf[row.Image]);
            }

            var labels = new PoseLabels(skeleton, [.. _images], image_, keypoints, labelled)
            {
                Ids = people,
                Boxes = boxes,
                Areas = areas,
                Crowd = crowd,
                LabelledCounts = labelledCounts,
                CrowdIndices = _crowdIndices.Exists(c => !double.IsNaN(c)) ? [.. _crowdIndices] : null,
            };
            return new CocoLabelsFile(labels, category ?? 1, otherCategories, withoutImage, withoutArea);
        }

        private static void SetToExtent(Row row, ReadOnlySpan<double> keypoints, ReadOnlySpan<bool> labelled)
        {
            var (x0, x1, y0, y1) = (double.MaxValue, double.MinValue, double.MaxValue, double.MinValue);
            for (var j = 0; j < labelled.Length; j++)
            {
                if (!labelled[j]) continue;
                (x0, x1) = (Math.Min(x0, keypoints[2 * j]), Math.Max(x1, keypoints[2 * j]));
                (y0, y1) = (Math.Min(y0, keypoints[(2 * j) + 1]), Math.Max(y1, keypoints[(2 * j) + 1]));
            }

            (row.X, row.Y, row.Width, row.Height) = x1 < x0 ? (0, 0, 0, 0) : (x0, y0, x1 - x0, y1 - y0);
        }

        private void AddJoints()
        {
            var values = _lists.Values;
            var (at, flagsAt) = (_keypoints.Count, _labelled.Count);
            CollectionsMarshal.SetCount(_keypoints, at + (skeleton.Count * 2));
            CollectionsMarshal.SetCount(_labelled, flagsAt + skeleton.Count);
            var keypoints = CollectionsMarshal.AsSpan(_keypoints)[at..];
            var labelled = CollectionsMarshal.AsSpan(_labelled)[flagsAt..];
            for (var j = 0; j < skeleton.Count; j++)
            {
                (keypoints[2 * j], keypoints[(2 * j) + 1]) = (values[3 * j], values[(3 * j) + 1]);
                labelled[j] = values[(3 * j) + 2] > 0;
            }
        }

        /// <summary>What an annotation says beside its joints.</summary>
        private sealed class Row
        {
            internal int Number;
            internal long Id;
            internal long Image;
            internal long? Category;
            internal double Area;
            internal double X;
            internal double Y;
            internal double Width;
            internal double Height;
            internal bool HasBox;
            internal bool Crowd;
            internal int Labelled;
            internal string? Problem;
        }
    }
}

/// <summary>What a file of labels holds.</summary>
/// <param name="Labels">The labels.</param>
/// <param name="Category">The category of the people in it.</param>
/// <param name="OtherCategories">How many annotations were left out because they are of another category.</param>
/// <param name="WithoutImage">How many were left out because their image is not listed.</param>
/// <param name="WithoutArea">How many have no area; theirs is 0.53 × width × height of the box.</param>
public sealed record CocoLabelsFile(PoseLabels Labels, long Category, int OtherCategories, int WithoutImage, int WithoutArea);
