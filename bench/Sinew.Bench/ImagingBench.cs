using System.Diagnostics;
using Sinew.Annotations;
using Sinew.Imaging;
using Sinew.Skeletons;

namespace Sinew.Bench;

/// <summary>
/// The training data pipeline on one core: file → decode → geometry → warp → colours → blurs → hole → normalised planes.
/// </summary>
internal static class ImagingBench
{
    private const double MmposePeoplePerSecond = 323;
    private const double MmposeLoadMilliseconds = 0.44 * 1000 / MmposePeoplePerSecond;
    private const int Width = 192, Height = 256;

    private static readonly string[] Stages = ["read file", "decode", "geometry, joints", "warp", "HSV", "box blur", "median blur", "hole", "normalise"];

    /// <param name="args">The folder of a COCO sample (photographs and test_coco.json); else $SINEW_SHARED/data/samples/coco.</param>
    public static void Run(string[] args)
    {
        var folder = args.Length > 0 ? args[0] : Path.Combine(Environment.GetEnvironmentVariable("SINEW_SHARED") ?? "shared", "data/samples/coco");
        var data = CocoReader.Read(Path.Combine(folder, "test_coco.json"));
        var people = Enumerable.Range(0, data.People.Count).Where(p => data.StatesOf(p).IndexOfAny(JointState.Occluded, JointState.Visible) >= 0).ToArray();
        var paths = people.Select(p => Path.Combine(folder, data.Images.FileNames[data.People.Image[p]])).ToArray();
        Console.WriteLine($"{people.Length} people in {paths.Distinct().Count()} photographs, crops of {Width}×{Height}, RTMPose's first stage, one thread");

        var whole = Measure(data, people, paths, cache: null, part: false, 40);
        Report("each person: the whole photograph decoded by libjpeg-turbo (as MMPose does)", whole, people.Length);
        var part = Measure(data, people, paths, cache: null, part: true, 40);
        Report("each person: the part of the photograph that the crop needs", part, people.Length);
        Report("photographs decoded once and kept", Measure(data, people, paths, new ImageCache(64_000_000), part: false, 40), people.Length);

        // MMPose's 323 people/s were measured where it loaded an image in 44 % of 3.1 ms; the decoder is the same libjpeg-turbo.
        var load = Median(whole.Rounds.Select(r => r[0] + r[1])) / people.Length;
        var speed = MmposeLoadMilliseconds / load;
        Console.WriteLine();
        Console.WriteLine($"libjpeg-turbo takes {load:f2} ms an image here and took {MmposeLoadMilliseconds:f2} where MMPose was measured: here MMPose would reach about {MmposePeoplePerSecond * speed:f0} people/s, and decoding parts makes {people.Length / Median(part.Rounds.Select(r => r.Sum())) * 1000 / (MmposePeoplePerSecond * speed):f2} × that");
    }

    private static (double[][] Rounds, double CpuSeconds) Measure(PoseData data, int[] people, string[] paths, ImageCache? cache, bool part, int rounds)
    {
        var skeleton = data.Skeleton;
        var augmenter = new GeometryAugmenter(skeleton, AugmentationOptions.Stage1);
        var pipeline = new CropPipeline([new CropTarget(Width, Height, PixelNorm.ImageNet)]);
        var rgb = new byte[Width * Height * 3];
        var planes = new float[rgb.Length];
        var joints = new float[skeleton.Count * 2];
        var states = new JointState[skeleton.Count];
        const int WarmUp = 30;
        var times = new double[rounds][];
        var cpu = TimeSpan.Zero;
        for (var round = -WarmUp; round < rounds; round++)
        {
            if (round == 0) cpu = Environment.CpuUsage.TotalTime;
            var ticks = new double[Stages.Length];
            for (var i = 0; i < people.Length; i++)
            {
                var person = people[i];
                var clock = new StageClock(ticks);
                var random = new AugmentRandom(1, round + WarmUp, person);
                var crop = augmenter.Sample(ref random, data.People.Boxes[person], data.KeypointsOf(person), data.StatesOf(person), Width, Height);
                var pixels = PixelAugmentation.Sample(ref random, augmenter.Options, Width, Height);
                JointTransform.Apply(crop, data.KeypointsOf(person), data.StatesOf(person), skeleton, joints, states);
                clock.Done(2);
                Image image;
                if (cache is not null)
                {
                    image = cache.Get(paths[i], pipeline.DecodeOptionsFor(crop));
                    clock.Done(1);
                }
                else
                {
                    using var file = ImageFile.Read(paths[i], DecodeOptions.Default.MaxFileBytes);
                    clock.Done(0);
                    image = part
                        ? ImageDecoder.DecodePart(file.Bytes, pipeline.NeededPart(crop), pipeline.DecodeOptionsFor(crop), paths[i])
                        : ImageDecoder.Decode(file.Bytes, DecodeOptions.Default, paths[i]);
                    clock.Done(1);
                }

                Warp.Crop(image, crop, rgb);
                clock.Done(3);
                if ((pixels.Hue | pixels.Saturation | pixels.Value) != 0) HsvJitter.Apply(rgb, pixels.Hue, pixels.Saturation, pixels.Value);
                clock.Done(4);
                if (pixels.BlurSize != 0) Blur.Box(rgb, Width, Height, pixels.BlurSize);
                clock.Done(5);
                if (pixels.MedianSize != 0) Blur.Median(rgb, Width, Height, pixels.MedianSize);
                clock.Done(6);
                if (pixels.HoleWidth > 0) Dropout.Apply(rgb, Width, pixels.HoleX, pixels.HoleY, pixels.HoleWidth, pixels.HoleHeight);
                clock.Done(7);
                Normalise.ToPlanes(rgb, planes, PixelNorm.ImageNet);
                clock.Done(8);
                if (cache is null) image.Dispose();
            }

            if (round >= 0) times[round] = ticks;
        }

        return (times, (Environment.CpuUsage.TotalTime - cpu).TotalSeconds);
    }

    private static void Report(string title, (double[][] Rounds, double CpuSeconds) measured, int people)
    {
        // Medians over the rounds: other work on the machine disturbs some of them.
        var rounds = measured.Rounds;
        var median = Median(rounds.Select(r => r.Sum()));
        Console.WriteLine();
        Console.WriteLine(title);
        var perSecond = people / median * 1000;
        var perCpuSecond = people * rounds.Length / measured.CpuSeconds;
        Console.WriteLine($"  {perSecond:f0} people/s ({perSecond / MmposePeoplePerSecond:f2} × MMPose's 323), {perCpuSecond:f0} per second of processor time ({perCpuSecond / MmposePeoplePerSecond:f2} ×)");
        for (var s = 0; s < Stages.Length; s++)
        {
            // Blurs happen to one person in ten, so their medians would hide them.
            var mean = rounds.Select(r => r[s]).Order().Take(rounds.Length * 3 / 4).Average() / people;
            Console.WriteLine($"  {Stages[s],-18} {mean * 1000,8:f1} µs a person {mean * people / median,7:p1}");
        }
    }

    internal static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted[sorted.Length / 2];
    }

    private struct StageClock(double[] milliseconds)
    {
        private long _last = Stopwatch.GetTimestamp();

        public void Done(int stage)
        {
            var now = Stopwatch.GetTimestamp();
            milliseconds[stage] += Stopwatch.GetElapsedTime(_last, now).TotalMilliseconds;
            _last = now;
        }
    }
}
