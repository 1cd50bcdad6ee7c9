using System.Globalization;
using Sinew.Annotations;
using Sinew.Files;
using Sinew.Geometry;
using Sinew.Imaging;
using Sinew.Skeletons;

namespace Sinew.Generation;

/// <summary>Writes generated people as a data set: <c>images/*.jpg</c> and <c>annotations.json</c> in COCO's form.</summary>
public static class GeneratedDataset
{
    /// <summary>The label file's name.</summary>
    public const string AnnotationsName = "annotations.json";

    /// <summary>The folder of the pictures.</summary>
    public const string ImagesName = "images";

    private const int Batch = 64;

    private sealed record Finished(byte[] Jpeg, List<(float[] Keypoints, JointState[] States, GeneratedLabel Label)> People);

    /// <summary>
    /// Generates scene after scene until so many people are labelled, and writes them. The labels come last: a folder with them is
    /// complete. The same options give the same files, however many threads work. Of a set that was in the folder before nothing stays: its labels
    /// go before the first picture is written, its pictures before the new labels are.
    /// </summary>
    /// <param name="options">What is generated.</param>
    /// <param name="skeleton">The joints to label.</param>
    /// <param name="people">People to label, 1 or more.</param>
    /// <param name="folder">Where to; it is made where it is missing.</param>
    /// <param name="threads">Threads, 1 or more.</param>
    /// <param name="progress">Told people done so far; may be null.</param>
    /// <param name="cancel">Ends it before the labels are written.</param>
    /// <returns>The labels, as they were written.</returns>
    /// <exception cref="SinewException">An option is wrong, or a file cannot be written.</exception>
    public static PoseData Write(
        GeneratorOptions options, Skeleton skeleton, int people, string folder, int threads = 1, Action<int>? progress = null, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentException.ThrowIfNullOrEmpty(folder);
        if (people < 1) throw new SinewException($"{people} people cannot be generated: give 1 or more");
        if (threads < 1) throw new SinewException($"{threads} threads cannot work: give 1 or more");
        var (generator, labels) = (new PeopleGenerator(options), new GeneratedLabels(options, skeleton));
        var images = Path.Combine(folder, ImagesName);
        var table = new Table(skeleton, options);
        var finished = new Finished[Batch];
        Delete(Path.Combine(folder, AnnotationsName));
        for (long first = 0; table.People < people; first += Batch)
        {
            Parallel.For(0, Batch, new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancel }, i => finished[i] = Finish(generator, labels, first + i));
            for (var i = 0; i < Batch && table.People < people; i++)
            {
                // Nobody needs a picture without people; the index goes on, so that numbers and scenes stay one.
                if (finished[i].People.Count == 0) continue;
                var jpeg = finished[i].Jpeg;
                AtomicFile.Write(Path.Combine(images, table.AddImage(first + i)), stream => stream.Write(jpeg));
                foreach (var person in finished[i].People.Take(people - table.People)) table.AddPerson(person.Keypoints, person.States, person.Label);
            }

            progress?.Invoke(table.People);
        }

        var data = table.Build();
        foreach (var old in Pictures(images).Except(Enumerable.Range(0, data.Images.Count).Select(i => data.Images.FileNames[i]), StringComparer.Ordinal)) Delete(Path.Combine(images, old));
        CocoWriter.Write(data, Path.Combine(folder, AnnotationsName));
        return data;
    }

    /// <summary>The pictures of a folder that have a generated picture's name; what else lies there is somebody's own.</summary>
    private static string[] Pictures(string folder) =>
        [.. Directory.EnumerateFiles(folder, "*.jpg").Select(f => Path.GetFileName(f)).Where(name => name.Length >= 12 && name[..^4].All(char.IsAsciiDigit))];

    private static void Delete(string file)
    {
        try
        {
            if (File.Exists(file)) File.Delete(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SinewException($"{file}: of an older set, and cannot be removed: {e.Message.ReplaceLineEndings(" ")}; remove it, or generate into another folder", e);
        }
    }

    private static Finished Finish(PeopleGenerator generator, GeneratedLabels labels, long index)
    {
        using var scene = generator.Generate(index);
        var people = new List<(float[], JointState[], GeneratedLabel)>();
        for (var p = 0; p < scene.People.Count; p++)
        {
            var (keypoints, states) = (new float[labels.Skeleton.Count * 2], new JointState[labels.Skeleton.Count]);
            if (labels.Label(scene, p, keypoints, states) is { } label) people.Add((keypoints, states, label));
        }

        return new Finished(people.Count == 0 ? [] : ImageEncoder.Jpeg(scene.Image, scene.JpegQuality), people);
    }

    /// <summary>The columns as they grow.</summary>
    private sealed class Table(Skeleton skeleton, GeneratorOptions options)
    {
        private readonly List<long> _imageIds = [];
        private readonly StringColumn.Builder _names = new();
        private readonly List<int> _image = [];
        private readonly List<Box> _boxes = [];
        private readonly List<double> _areas = [];
        private readonly List<float> _keypoints = [];
        private readonly List<JointState> _states = [];

        public int People => _image.Count;

        public string AddImage(long index)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"{index + 1:D8}.jpg");
            _imageIds.Add(index + 1);
            _names.Add(name);
            return name;
        }

        public void AddPerson(float[] keypoints, JointState[] states, GeneratedLabel label)
        {
            _image.Add(_imageIds.Count - 1);
            _boxes.Add(label.Box);
            _areas.Add(label.Area);
            _keypoints.AddRange(keypoints);
            _states.AddRange(states);
        }

        public PoseData Build()
        {
            var images = new ImageTable(
                [.. _imageIds], _names.Build(), [.. Enumerable.Repeat(options.Width, _imageIds.Count)], [.. Enumerable.Repeat(options.Height, _imageIds.Count)])
            {
                CrowdIndices = options.Crowded > 0 ? CrowdIndices() : null,
            };
            var people = new PeopleTable([.. Enumerable.Range(1, People).Select(i => (long)i)], [.. _image], [.. _boxes], [.. _areas], new bool[People]);
            return new PoseData(skeleton, images, people, [.. _keypoints], [.. _states]);
        }

        /// <summary>
        /// CrowdPose's index of each picture (Li and others, 2019): over its people, the mean of other people's labelled joints within the box to the
        /// person's own; 1 at most here.
        /// </summary>
        private double[] CrowdIndices()
        {
            var (sums, people) = (new double[_imageIds.Count], new int[_imageIds.Count]);
            for (var first = 0; first < People;)
            {
                var end = first + 1;
                while (end < People && _image[end] == _image[first]) end++;
                for (var p = first; p < end; p++)
                {
                    var others = Enumerable.Range(first, end - first).Where(o => o != p).Sum(o => Labelled(o, _boxes[p]));
                    sums[_image[p]] += (double)others / Math.Max(1, Labelled(p, null));
                    people[_image[p]]++;
                }

                first = end;
            }

            return [.. sums.Select((sum, i) => Math.Min(1, sum / Math.Max(1, people[i])))];
        }

        /// <summary>How many of a person's labelled joints lie in a box, or anywhere.</summary>
        private int Labelled(int person, Box? box)
        {
            var count = 0;
            for (var j = 0; j < skeleton.Count; j++)
            {
                var at = (person * skeleton.Count) + j;
                if (_states[at] < JointState.Occluded) continue;
                var (x, y) = (_keypoints[at * 2], _keypoints[(at * 2) + 1]);
                if (box is not { } b || (x >= b.X && x <= b.X + b.Width && y >= b.Y && y <= b.Y + b.Height)) count++;
            }

            return count;
        }
    }
}
