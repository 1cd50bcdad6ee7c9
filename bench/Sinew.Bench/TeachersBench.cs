using System.Diagnostics;
using Sinew.Annotations;
using Sinew.Geometry;
using Sinew.Imaging;
using Sinew.Inference;
using Sinew.Skeletons;
using Sinew.Training.Teachers;

namespace Sinew.Bench;

/// <summary>
/// A teacher asked at every step against one asked once per person: speed, what the cache's Gaussians lose, and which of the two
/// puts joints nearer to the labels of augmented crops.
/// </summary>
internal static class TeachersBench
{
    private const int Width = 192, Height = 256;
    private const double SplitRatio = 2;
    private const float Sure = 0.2f;

    /// <param name="args">Model, annotation file, image folder, and how many people (100).</param>
    public static void Run(string[] args)
    {
        if (args.Length < 3)
        {
            Console.Error.WriteLine("usage: teachers MODEL.onnx ANNOTATIONS.json IMAGES [PEOPLE]");
            return;
        }

        using var teacher = OnnxTeacher.Open(args[0], options: new OnnxOptions { Threads = 1 });
        var all = CocoReader.Read(args[1]);
        var data = all.Select([.. Enumerable.Range(0, Math.Min(all.People.Count, args.Length > 3 ? int.Parse(args[3]) : 100))]);
        using var images = new Photographs(data, args[2]);
        var body = SkeletonUnion.Of("union", [data.Skeleton, teacher.Skeleton]).Union;
        Console.WriteLine($"{teacher.Name}, {data.People.Count} people of {Path.GetFileName(args[1])}, student {Width}×{Height}");

        var folder = Directory.CreateTempSubdirectory("sinew-bench-").FullName;
        try
        {
            var clock = Stopwatch.StartNew();
            var cache = TeacherCacheBuilder.OpenOrBuild(folder, teacher, data, images.Read);
            Console.WriteLine(
                $"  cache: made at {data.People.Count / clock.Elapsed.TotalSeconds:f0} people/s with 2 threads, {cache.Bytes / data.People.Count} bytes a person");
            foreach (var (name, options) in new[] { ("the crop it was made from", null), ("augmented as RTMPose's last stage", AugmentationOptions.Stage2), ("as its first stage", AugmentationOptions.Stage1) })
            {
                Compare(name, teacher, cache, data, images, body, options);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Compare(
        string name, ITeacher teacher, TeacherCache cache, PoseData data, Photographs images, Skeleton body, AugmentationOptions? augmentation)
    {
        var grid = BinGrid.SimCc(Width, Height, SplitRatio);
        var rows = new JointRows(teacher.Skeleton, body);
        var toData = JointMapping.Between(data.Skeleton, body);
        var augmenter = augmentation is null ? null : new GeometryAugmenter(data.Skeleton, augmentation);
        var crop = new byte[teacher.Width * teacher.Height * 3];
        var (online, cached) = (new Targets(grid, body.Count), new Targets(grid, body.Count));
        var (onlineSpeed, cachedSpeed) = (new Stopwatch(), new Stopwatch());
        int joints = 0, labelled = 0, onlineNear = 0, cachedNear = 0;
        double divergence = 0;
        var distances = new List<double>();
        for (var person = 0; person < data.People.Count; person++)
        {
            var random = new AugmentRandom(1, 0, person);
            var box = data.People.Boxes[person];

            var student = augmenter is null
                ? Within(CropGeometry.FromBox(box, teacher.Width, teacher.Height, teacher.Padding))
                : augmenter.Sample(ref random, box, data.KeypointsOf(person), data.StatesOf(person), Width, Height);
            images.Read(person, student.Resized(teacher.Width, teacher.Height), crop);
            onlineSpeed.Start();
            teacher.Predict(crop, [student], online.Spans(rows));
            onlineSpeed.Stop();
            cachedSpeed.Start();
            cache.Render(person, student, cached.Spans(rows));
            cachedSpeed.Stop();
            var toCrop = student.ImageToCrop();
            var near = 0.05 * Math.Max(box.Width, box.Height) * Width / student.ScaleWidth;
            for (var j = 0; j < body.Count; j++)
            {
                if (online.Confidence[j] < Sure || cached.Confidence[j] < Sure) continue;
                joints++;
                var (a, b) = (online.Mean(j), cached.Mean(j));
                distances.Add(Distance(a, b));
                divergence += Divergence(online.XOf(j), cached.XOf(j)) + Divergence(online.YOf(j), cached.YOf(j));
                var d = toData.SourceOf[j];
                if (d >= 0 && student.Flip) d = data.Skeleton.SwapIndices[d];
                if (d < 0 || data.StatesOf(person)[d] < JointState.Occluded) continue;
                var label = toCrop.Apply(data.KeypointsOf(person)[2 * d], data.KeypointsOf(person)[(2 * d) + 1]);
                labelled++;
                if (Distance(online.Peak(j), label) < near) onlineNear++;
                if (Distance(cached.Peak(j), label) < near) cachedNear++;
            }
        }

        distances.Sort();
        Console.WriteLine(
            $"  {name}: online {data.People.Count / onlineSpeed.Elapsed.TotalSeconds:f0} people/s, cached {data.People.Count / cachedSpeed.Elapsed.TotalSeconds:f0}; " +
            $"KL(online‖cached) {divergence / joints:f2} nats, means {distances.Average():f2} pixels apart (median {distances[distances.Count / 2]:f2}); " +
            $"within 0.05 of the box of the label: online {100.0 * onlineNear / labelled:f1} %, cached {100.0 * cachedNear / labelled:f1} % of {labelled} joints");
    }

    // The student's crop for which the teacher is shown exactly what the cache was made from: the difference is then the summary's alone.
    private static CropGeometry Within(CropGeometry teacher) =>
        teacher.ScaleWidth * Height > teacher.ScaleHeight * Width
            ? teacher with { ScaleWidth = teacher.ScaleHeight * Width / Height, Width = Width, Height = Height }
            : teacher with { ScaleHeight = teacher.ScaleWidth * Height / Width, Width = Width, Height = Height };

    private static double Distance((double X, double Y) a, (double X, double Y) b) =>
        Math.Sqrt(((a.X - b.X) * (a.X - b.X)) + ((a.Y - b.Y) * (a.Y - b.Y)));

    // A thousandth of q is spread evenly: its bins beyond four sigmas are empty.
    private static double Divergence(ReadOnlySpan<float> p, ReadOnlySpan<float> q)
    {
        var sum = 0.0;
        for (var i = 0; i < p.Length; i++)
        {
            if (p[i] > 0) sum += p[i] * Math.Log(p[i] / ((0.999 * q[i]) + (0.001 / q.Length)));
        }

        return sum;
    }

    // Decoded once: neither way is to be charged for it.
    private sealed class Photographs : IDisposable
    {
        private readonly PoseData _data;
        private readonly Dictionary<int, Image> _images = [];

        public Photographs(PoseData data, string folder)
        {
            _data = data;
            foreach (var image in data.People.Image.Distinct()) _images[image] = ImageDecoder.Decode(Path.Combine(folder, data.Images.FileNames[image]));
        }

        public bool Read(int person, CropGeometry crop, Span<byte> rgb)
        {
            Warp.Crop(_images[_data.People.Image[person]], crop, rgb);
            return true;
        }

        public void Dispose()
        {
            foreach (var image in _images.Values) image.Dispose();
        }
    }

    private sealed class Targets(BinGrid grid, int joints)
    {
        private readonly float[] _x = new float[joints * grid.X.Count];
        private readonly float[] _y = new float[joints * grid.Y.Count];

        public float[] Confidence { get; } = new float[joints];

        // The labels' effective width: softmax(10 · Gaussian of 4.9 and 5.66 bins).
        public TeacherTargetSpans Spans(JointRows rows) => new(grid, rows, (1.55f, 1.79f), _x, _y, Confidence);

        public ReadOnlySpan<float> XOf(int joint) => _x.AsSpan(joint * grid.X.Count, grid.X.Count);

        public ReadOnlySpan<float> YOf(int joint) => _y.AsSpan(joint * grid.Y.Count, grid.Y.Count);

        public (double X, double Y) Mean(int joint) => (grid.X.PixelOf(Mean(XOf(joint))), grid.Y.PixelOf(Mean(YOf(joint))));

        public (double X, double Y) Peak(int joint) => (grid.X.PixelOf(Peak(XOf(joint))), grid.Y.PixelOf(Peak(YOf(joint))));

        private static int Peak(ReadOnlySpan<float> masses)
        {
            var best = 0;
            for (var i = 1; i < masses.Length; i++) best = masses[i] > masses[best] ? i : best;
            return best;
        }

        private static double Mean(ReadOnlySpan<float> masses)
        {
            double sum = 0, total = 0;
            for (var i = 0; i < masses.Length; i++) (sum, total) = (sum + ((double)masses[i] * i), total + masses[i]);
            return sum / total;
        }
    }
}
