using System.Diagnostics;
using System.Globalization;
using Sinew.Geometry;
using Sinew.Generation;
using Sinew.Imaging;
using Sinew.Inference;
using Sinew.Skeletons;
using Sinew.Tensors;
using Sinew.Training.Export;
using Sinew.Training.Models;

namespace Sinew.Bench;

/// <summary>
/// From a JPEG to joints: Sinew's predictor beside what it cannot do without (decoding, ONNX Runtime's call), and beside the same path with
/// libtorch's forward pass. RTMPose-t, 17 joints, 192 × 256, on a generated photograph. Everything is timed in turns within one run; the medians are
/// printed, ratios first. Arguments: <c>--threads N</c> (all cores), <c>--rounds N</c> (200), <c>--calls N</c> for the memory test (3000; of a small
/// network, so that 100,000 take minutes), <c>--keep DIR</c> for the peers' scripts to take the same photograph and network.
/// </summary>
internal static class InferenceBench
{
    private const int Crowd = 32;

    public static void Run(string[] args)
    {
        int Number(string name, int otherwise) => Array.IndexOf(args, name) is var at and >= 0 ? int.Parse(args[at + 1], CultureInfo.InvariantCulture) : otherwise;
        var (threads, rounds, calls) = (Number("--threads", Environment.ProcessorCount), Number("--rounds", 200), Number("--calls", 3000));
        Torch.Threads = threads;
        Torch.ManualSeed(1);
        using var network = new RtmPose(RtmPoseSize.Named("t"), 17, 192, 256);
        using var folder = new TestSupport.TempFolder();
        Save(network, folder.File("bench.onnx"));
        var (photo, box) = Photograph(folder.File("one.jpg"), 640, 480);
        if (Array.IndexOf(args, "--keep") is var keep and >= 0) Keep(folder, args[keep + 1], box);
        Print($"ONNX Runtime {OnnxRuntime.Get().Version}, {threads} threads, {rounds} rounds");
        // libtorch's threads wait actively after a pass and would take the processor from whatever came next, so it goes first and alone;
        // for the same reason the bare calls go to the estimator's own session.
        var torch = ForwardPass(network, rounds);
        var (bare, card) = ModelCards.Open(folder.File("bench.onnx"), new OnnxOptions { Threads = threads });
        using var estimator = new PoseEstimator(new RawPoseModel(card, bare));
        OnePerson(estimator, bare, photo, box, rounds, torch);
        ManyPeople(estimator, bare, folder.File("crowd.jpg"), Math.Max(5, rounds / 10));
        using var little = new RtmPose(RtmPoseSize.Named("t"), 17, 64, 64);
        Save(little, folder.File("little.onnx"));
        using var small = PoseEstimator.Load(folder.File("little.onnx"), onnx: new OnnxOptions { Threads = 1 });
        Memory(small, photo, box, calls);
    }

    private static void Save(RtmPose network, string path)
    {
        using var scope = new TensorScope();
        network.Forward(Tensor.Randn([2, 3, network.Height, network.Width]));
        network.Train(false);
        File.WriteAllBytes(path, OnnxExport.ToBytes(network, ModelDescription.Of(network, BuiltInSkeletons.Get("coco17"), (4.9, 5.66)), Path.GetFileName(path)));
    }

    private static void Keep(TestSupport.TempFolder folder, string place, Box box)
    {
        Directory.CreateDirectory(place);
        foreach (var name in new[] { "one.jpg", "bench.onnx" }) File.Copy(folder.File(name), Path.Combine(place, name), overwrite: true);
        File.WriteAllText(Path.Combine(place, "box.json"), FormattableString.Invariant($"[{box.X}, {box.Y}, {box.Width}, {box.Height}]"));
    }

    private static double ForwardPass(RtmPose network, int rounds)
    {
        using var tensors = new TensorScope();
        using var frozen = Torch.NoGrad();
        var crops = Tensor.FromArray<float>(Noise(1), 1, 3, 256, 192);
        return InTurns(rounds, () =>
        {
            using var scope = new TensorScope();
            network.Logits(crops);
        })[0];
    }

    private static void OnePerson(PoseEstimator estimator, OnnxModel bare, string photo, Box box, int rounds, double torch)
    {
        var input = Noise(1);
        var detection = new Detection(box, 1);
        var times = InTurns(
            rounds,
            () =>
            {
                using var image = ImageDecoder.Decode(photo);
                estimator.Estimate(image, [detection]);
            },
            () => ImageDecoder.Decode(photo).Dispose(),
            () => bare.Run<float>(input, [1, 3, 256, 192]).Dispose());
        var (whole, decode, run) = (times[0], times[1], times[2]);
        var rest = whole - decode - run;
        Print($"one person, file to joints: {(decode + rest + torch) / whole:0.00} x the speed of the same path with libtorch's forward pass; {rest:0.00} ms beside decoding and the bare call");
        Print($"    whole {whole:0.00} ms, decode {decode:0.00}, ONNX Runtime {run:0.00}, libtorch {torch:0.00}");
    }

    private static void ManyPeople(PoseEstimator estimator, OnnxModel bare, string path, int rounds)
    {
        Photograph(path, 1920, 1080);
        using var image = ImageDecoder.Decode(path);
        var random = new Random(3);
        var people = Enumerable.Range(0, Crowd).Select(_ => new Detection(new Box(random.Next(1500), random.Next(500), 200 + random.Next(200), 400 + random.Next(150)), 1)).ToList();
        var input = Noise(Crowd);
        var times = InTurns(rounds, () => estimator.Estimate(image, people), () => bare.Run<float>(input, [Crowd, 3, 256, 192]).Dispose());
        Print($"{Crowd} people in a frame of 1920×1080: {times[1] / times[0]:0.00} of ONNX Runtime's speed alone; {1000 * Crowd / times[0]:0} people/s against {1000 * Crowd / times[1]:0}");
    }

    private static void Memory(PoseEstimator estimator, string photo, Box box, int calls)
    {
        using var image = ImageDecoder.Decode(photo);
        long Resident()
        {
            GC.Collect();
            using var process = Process.GetCurrentProcess();
            return process.WorkingSet64 >> 10;
        }

        void Call(int count)
        {
            for (var i = 0; i < count; i++) estimator.Estimate(image, [new Detection(box, 1)]);
        }

        Call(calls / 10);
        var before = Resident();
        var start = Stopwatch.GetTimestamp();
        Call(calls);
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        Print($"memory after {calls} calls: {Resident() - before:+0;-0;0} KB of {before} KB resident; {calls / seconds:0} calls/s");
    }

    /// <summary>Median of each action's time, milliseconds, all run in turns.</summary>
    private static double[] InTurns(int rounds, params Action[] actions)
    {
        var times = actions.Select(_ => new List<double>(rounds)).ToArray();
        for (var round = -3; round < rounds; round++)
        {
            for (var a = 0; a < actions.Length; a++)
            {
                var start = Stopwatch.GetTimestamp();
                actions[a]();
                if (round >= 0) times[a].Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }
        }

        return [.. times.Select(t => t.Order().ElementAt(t.Count / 2))];
    }

    private static (string Path, Box Box) Photograph(string path, int width, int height)
    {
        using var scene = new PeopleGenerator(new GeneratorOptions { Width = width, Height = height, Difficulty = 0 }).Generate(1);
        ImageEncoder.Save(scene.Image, path);
        return (path, scene.People[0].Box);
    }

    private static float[] Noise(int people)
    {
        var random = new Random(1);
        return [.. Enumerable.Range(0, people * 3 * 256 * 192).Select(_ => (random.NextSingle() * 4) - 2)];
    }

    private static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
