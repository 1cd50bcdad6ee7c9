using System.Text;
using Sinew.Annotations;
using Sinew.Skeletons;

namespace Sinew.Evaluation;

/// <summary>
/// Reads COCO keypoint labels for scoring, in double precision: images, annotations and categories, nothing else. Such
/// files may be gzip'd.
/// </summary>
/// <remarks>
/// <see cref="CocoReader"/> reads the same files, and more, for training; its coordinates are floats, which decide one match
/// in some hundred thousand otherwise than the file does. Both count pixels from 0: 1 is subtracted from labels of JHMDB and MPII-TRB, which
/// count from 1.
/// </remarks>
public static class CocoLabels
{
    /// <summary>Reads a file without holding more of it than a block.</summary>
    /// <param name="path">The file.</param>
    /// <param name="skeleton">
    /// The joints that its annotations have; null takes the built-in skeleton that has the names of the file's category or,
    /// where no such names fit, the usual one of so many joints.
    /// </param>
    /// <exception cref="SinewException">The file cannot be read, or an annotation in it is none of this skeleton.</exception>
    public static CocoLabelsFile Read(string path, Skeleton? skeleton = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        using var json = JsonScanner.Open(path);
        var reader = new Reader(json, skeleton);
        if (json.Peek() != (byte)'{') throw json.Error("COCO labels are an object with images and annotations, and this file starts otherwise");
        json.Expect('{');
        var (first, images, annotations) = (true, false, false);
        while (json.NextKey(ref first))
        {
            if (json.Key.SequenceEqual("images"u8))
            {
                images = true;
                ForEach(json, "images", reader.ReadImage);
            }
            else if (json.Key.SequenceEqual("annotations"u8))
            {
                annotations = true;
                ForEach(json, "annotations", reader.ReadAnnotation);
            }
            else if (json.Key.SequenceEqual("categories"u8))
            {
                ForEach(json, "categories", reader.ReadCategory);
            }
            else if (json.Key.SequenceEqual("info"u8))
            {
                reader.ReadInfo();
            }
            else
            {
                json.SkipValue();
            }
        }

        json.ExpectEnd();
        if (!images || !annotations) throw json.Error($"there are no {(images ? "annotations" : "images")}; are these COCO labels?");
        return reader.Finish();
    }

    private static void ForEach(JsonScanner json, string list, Action read)
    {
        json.Section = list;
        json.Expect('[');
        var (first, number) = (true, 0);
        while (json.NextElement(ref first))
        {
            json.Record = number++;
            read();
        }

        (json.Section, json.Record) = ("", -1);
    }

    private sealed class Reader(JsonScanner json, Skeleton? skeleton)
    {
        private readonly List<long> _images = [];
        private readonly List<double> _crowdIndices = [];
        private readonly List<Category> _categories = [];
        private readonly Chunked<Row> _rows = new();
        private readonly Chunked<double> _keypoints = new();
        private readonly Chunked<bool> _labelled = new();
        private readonly Dictionary<int, string> _problems = [];
        private readonly KeypointLists _lists = new(skeleton?.Count ?? 0);
        private readonly NumberList _box = new();
        private readonly NumberList _center = new();
        private readonly NumberList _headBox = new();
        private bool _fromZero;
        private double[] _points = [];
        private bool[] _flags = [];

        internal void ReadInfo() => _fromZero = CocoReader.CountsFromZero(json) ?? _fromZero;

        internal void ReadImage()
        {
            var (id, crowdIndex) = ((long?)null, double.NaN);
            json.Expect('{');
            var first = true;
            while (json.NextKey(ref first))
            {
                if (json.Key.SequenceEqual("id"u8)) id = json.Whole("id");
                else if (json.Key.SequenceEqual("crowdIndex"u8)) crowdIndex = json.Number("crowdIndex");
                else json.SkipValue();
            }

            _images.Add(id ?? throw json.Error("there is no id"));
            _crowdIndices.Add(crowdIndex);
        }

        internal void ReadCategory()
        {
            var (id, name, joints) = (0L, "", new List<string>());
            json.Expect('{');
            var first = true;
            while (json.NextKey(ref first))
            {
                if (json.Key.SequenceEqual("id"u8)) id = json.Whole("id");
                else if (json.Key.SequenceEqual("name"u8) && json.Peek() == (byte)'"') name = Encoding.UTF8.GetString(json.Text());
                else if (json.Key.SequenceEqual("keypoints"u8) && json.Peek() == (byte)'[') ReadNames(joints);
                else json.SkipValue();
            }

            _categories.Add(new Category(id, name, joints));
        }

        internal void ReadAnnotation()
        {
            var row = new Row { Area = double.NaN, Labelled = -1 };
            string? wrong = null;
            var (id, image, scale) = ((long?)null, (long?)null, double.NaN);
            _box.Clear();
            _center.Clear();
            _headBox.Clear();
            _lists.Clear();
            json.Expect('{');
            var first = true;
            while (json.NextKey(ref first))
            {
                var key = json.Key;
                if (_lists.Read(json, key)) continue;
                if (key.SequenceEqual("image_id"u8)) image = json.Whole("image_id");
                else if (key.SequenceEqual("id"u8)) id = json.Whole("id");
                else if (key.SequenceEqual("category_id"u8)) (row.HasCategory, row.Category) = (true, json.Whole("category_id"));
                else if (key.SequenceEqual("area"u8)) wrong = ReadArea(out row.Area) ?? wrong;
                else if (key.SequenceEqual("iscrowd"u8)) row.Crowd = json.Flag("iscrowd");
                else if (key.SequenceEqual("num_keypoints"u8)) wrong = ReadLabelled(out row.Labelled) ?? wrong;
                else if (key.SequenceEqual("bbox"u8)) json.Numbers("bbox", _box);
                else if (key.SequenceEqual("center"u8)) ReadIfNumbers(_center);
                else if (key.SequenceEqual("scale"u8)) _ = json.TryNumber(out scale);
                else if (key.SequenceEqual("headbox"u8)) ReadIfNumbers(_headBox);
                else json.SkipValue();
            }

            row.Id = id ?? throw json.Error("there is no id");
            row.Image = image ?? throw json.Error("there is no image_id");
            if (_box.Count is not (0 or 4)) throw json.Error($"bbox has {_box.Count} numbers, where x, y, width and height belong");
            if (_box.Count == 0 && _center.Count == 2 && scale > 0) AddSquare(CocoReader.SideOf(scale));
            if (_headBox.Count == 4 && CocoReader.HeadSize(_headBox.Values) is var size && double.IsFinite(size)) row.HeadSize = size;
            row.HasBox = _box.Count == 4;
            if (row.HasBox) (row.X, row.Y, row.Width, row.Height) = (_box.Values[0], _box.Values[1], _box.Values[2], _box.Values[3]);
            if (row.Width < 0 || row.Height < 0) wrong ??= "bbox has a negative width or height; mend the record";
            // Whether the annotation is a person's, and so must be right, is known when the categories have been read.
            if ((_lists.IsEmpty ? wrong : wrong ?? _lists.Problem()) is { } problem) _problems[_rows.Count] = problem;
            else AddJoints(ref row);
            _rows.Add(row);
        }

        internal CocoLabelsFile Finish()
        {
            var imageOf = new Dictionary<long, int>(_images.Count);
            foreach (var image in _images)
            {
                if (!imageOf.TryAdd(image, imageOf.Count)) throw json.Error($"image id {image} occurs twice; remove one of the images");
            }

            var rows = _rows.Drain();
            var person = skeleton is null ? People(rows) : People(rows, skeleton);
            if (skeleton is not null && person is not null && SkeletonNames.Misplaced(person.Joints, skeleton) is { } misplaced) throw json.Error(misplaced);
            // Where no category says that it is the people's, the first annotation's is.
            var category = person?.Id ?? FirstCategory(rows);
            var kept = new List<int>(rows.Length);
            var (ids, otherCategories, withoutImage) = (new HashSet<long>(rows.Length), 0, 0);
            var joints = skeleton?.Count ?? 0;
            json.Section = "annotations";
            for (var i = 0; i < rows.Length; i++)
            {
                json.Record = i;
                if (rows[i].HasCategory && rows[i].Category != category)
                {
                    otherCategories++;
                    continue;
                }

                if (_problems.TryGetValue(i, out var problem)) throw json.Error(problem);
                // The first person with joints settles how many all have; an empty list is a person of whom none is labelled.
                if (joints == 0) joints = rows[i].Joints;
                if (rows[i].Joints > 0 && rows[i].Joints != joints) throw json.Error(KeypointLists.Misfit(rows[i].Joints * 3, joints));
                if (!ids.Add(rows[i].Id)) throw json.Error($"id {rows[i].Id} occurs a second time; every annotation needs its own");
                if (imageOf.ContainsKey(rows[i].Image)) kept.Add(i);
                else withoutImage++;
            }

            (json.Section, json.Record) = ("", -1);
            var labels = Columns(rows, kept, imageOf, skeleton ?? Guess(person, joints));
            return new CocoLabelsFile(labels, category, otherCategories, withoutImage, kept.Count(i => double.IsNaN(rows[i].Area)));
        }

        // In the order in which CocoReader looks for them, so that eval and score speak of the same people.
        private Category? People(Row[] rows) =>
            _categories.Find(c => c.Name == "person" && c.Joints.Count > 0)
            ?? _categories.Find(c => c.Name == "person" && Array.Exists(rows, r => r.Joints > 0 && r.HasCategory && r.Category == c.Id))
            ?? _categories.Find(c => c.Joints.Count > 0)
            ?? _categories.Find(c => c.Name == "person");

        // Of several categories, the one that has the joints that are asked for.
        private Category? People(Row[] rows, Skeleton joints)
        {
            var category = SkeletonNames.CategoryOf([.. _categories.Select(c => c.Joints)], People(rows) is { } usual ? _categories.IndexOf(usual) : -1, joints);
            return category < 0 ? null : _categories[category];
        }

        private static long FirstCategory(Row[] rows)
        {
            foreach (ref readonly var row in rows.AsSpan())
            {
                if (row.HasCategory) return row.Category;
            }

            return CocoResultsWriter.PersonCategory;
        }

        private PoseLabels Columns(Row[] rows, List<int> kept, Dictionary<long, int> imageOf, Skeleton joints)
        {
            var (count, offset) = (joints.Count, _fromZero ? 0 : CocoReader.PixelOffset(joints));
            var (allPoints, allFlags) = (_keypoints.Drain(), _labelled.Drain());
            // Rows only ever move to the front, so that the columns are packed in place, unless there are rows that take none of it.
            var inPlace = kept.TrueForAll(i => rows[i].Joints > 0);
            var keypoints = inPlace ? allPoints : new double[kept.Count * count * 2];
            var labelled = inPlace ? allFlags : new bool[kept.Count * count];
            var (boxes, areas) = (new double[kept.Count * 4], new double[kept.Count]);
            var (counts, crowd) = (new int[kept.Count], new bool[kept.Count]);
            var (ids, images) = (new long[kept.Count], new int[kept.Count]);
            for (var p = 0; p < kept.Count; p++)
            {
                ref var row = ref rows[kept[p]];
                var to = p * count * 2;
                var flags = labelled.AsSpan(p * count, count);
                allPoints.AsSpan(row.First * 2, row.Joints * 2).CopyTo(keypoints.AsSpan(to));
                allFlags.AsSpan(row.First, row.Joints).CopyTo(flags);
                if (!row.HasBox) SetToExtent(ref row, keypoints.AsSpan(to, count * 2), flags);
                if (offset != 0) Move(ref row, keypoints.AsSpan(to, count * 2), offset);
                (boxes[p * 4], boxes[(p * 4) + 1], boxes[(p * 4) + 2], boxes[(p * 4) + 3]) = (row.X, row.Y, row.Width, row.Height);
                areas[p] = double.IsNaN(row.Area) ? row.Height * row.Width * CocoReader.AreaOfBox : row.Area;
                counts[p] = row.Labelled >= 0 ? row.Labelled : flags.Count(true);
                (crowd[p], ids[p], images[p]) = (row.Crowd, row.Id, imageOf[row.Image]);
            }

            Array.Resize(ref keypoints, kept.Count * count * 2);
            Array.Resize(ref labelled, kept.Count * count);
            return new PoseLabels(joints, [.. _images], images, keypoints, labelled)
            {
                Ids = ids,
                Boxes = boxes,
                Areas = areas,
                Crowd = crowd,
                LabelledCounts = counts,
                CrowdIndices = _crowdIndices.Exists(c => !double.IsNaN(c)) ? [.. _crowdIndices] : null,
                HeadSizes = kept.Exists(i => rows[i].HeadSize > 0) ? [.. kept.Select(i => rows[i].HeadSize)] : null,
            };
        }

        private Skeleton Guess(Category? person, int joints)
        {
            var names = person?.Joints ?? [];
            if (joints == 0) joints = names.Count;
            return (names.Count == joints ? SkeletonNames.Match(names) : null)
                ?? SkeletonNames.ByCount(joints)
                ?? (names.Count == joints && joints > 0 ? SkeletonNames.Make(person!.Name, names, []) : null)
                ?? throw json.Error($"which skeleton the people's {joints} joints are is not clear from the file; name it");
        }

        private static void SetToExtent(ref Row row, ReadOnlySpan<double> keypoints, ReadOnlySpan<bool> labelled)
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

        private static void Move(ref Row row, Span<double> keypoints, int offset)
        {
            (row.X, row.Y) = (row.X + offset, row.Y + offset);
            foreach (ref var value in keypoints) value += offset;
        }

        private void ReadNames(List<string> names)
        {
            json.Expect('[');
            var first = true;
            while (json.NextElement(ref first)) names.Add(Encoding.UTF8.GetString(json.Text()));
        }

        /// <summary>Reads an area; one that is no number counts as none.</summary>
        /// <returns>What is wrong with it, or null.</returns>
        private string? ReadArea(out double area)
        {
            if (!json.TryNumber(out area)) return null;
            return double.IsFinite(area) && area >= 0 ? null : "area is not finite, or below 0; mend the record";
        }

        private string? ReadLabelled(out int labelled)
        {
            var count = json.Whole("num_keypoints");
            labelled = (int)Math.Clamp(count, 0, int.MaxValue);
            return labelled == count ? null : "num_keypoints is no number of joints; mend the record";
        }

        /// <summary>Reads what some data sets have; anything but finite numbers counts as not there.</summary>
        private void ReadIfNumbers(NumberList list)
        {
            list.Clear();
            if (!json.TryNumbers(list) || list.Values.ContainsAnyExceptInRange(float.MinValue, float.MaxValue)) list.Clear();
        }

        /// <summary>MPII-TRB has a centre and a zoom where others have a box.</summary>
        private void AddSquare(double side)
        {
            var (x, y) = (_center.Values[0], _center.Values[1]);
            if (!float.IsFinite((float)side)) return;
            foreach (var value in (ReadOnlySpan<double>)[x - (side / 2), y - (side / 2), side, side]) _box.Add(value);
        }

        /// <summary>Appends the joints that were just read.</summary>
        private void AddJoints(ref Row row)
        {
            if (_lists.IsEmpty) return;
            var values = _lists.Values;
            (row.First, row.Joints) = (_labelled.Count, _lists.Joints);
            if (_flags.Length != row.Joints) (_points, _flags) = (new double[row.Joints * 2], new bool[row.Joints]);
            for (var j = 0; j < _flags.Length; j++)
            {
                (_points[2 * j], _points[(2 * j) + 1]) = (values[3 * j], values[(3 * j) + 1]);
                _flags[j] = values[(3 * j) + 2] > 0;
            }

            _keypoints.AddRange(_points);
            _labelled.AddRange(_flags);
        }

        private sealed record Category(long Id, string Name, List<string> Joints);

        /// <summary>What an annotation says beside its joints.</summary>
        private struct Row
        {
            internal long Id;
            internal long Image;
            internal long Category;
            internal double Area;
            internal double X;
            internal double Y;
            internal double Width;
            internal double Height;

            /// <summary>0 where the record has no head box.</summary>
            internal double HeadSize;
            internal int Labelled;

            /// <summary>How many joints the record has; 0 where its list is empty.</summary>
            internal int Joints;

            /// <summary>The first of them in the columns.</summary>
            internal int First;
            internal bool HasCategory;
            internal bool HasBox;
            internal bool Crowd;
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
