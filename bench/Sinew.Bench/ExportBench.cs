using System.Globalization;
using Sinew.Inference;
using Sinew.Skeletons;
using Sinew.Tensors;
using Sinew.Training.Export;
using Sinew.Training.Models;

namespace Sinew.Bench;

/// <summary>
/// Exported files in ONNX Runtime, run in turns: Sinew's RTMPose-t (17 joints, 192 × 256) first, then the files that are named, such as
/// the one of <c>bench/peers/export_rtmpose.py</c>. Times are the process's processor time, so that other work on the machine counts less.
/// Arguments: files; <c>--threads N</c> (1), <c>--rounds N</c> (40).
/// </summary>
internal static class ExportBench
{
    public static void Run(string[] args)
    {
        int Number(string name, int otherwise) => Array.IndexOf(args, name) is var at and >= 0 ? int.Parse(args[at + 1], CultureInfo.InvariantCulture) : otherwise;
        var (threads, rounds) = (Number("--threads", 1), Number("--rounds", 40));
        var options = new OnnxOptions { Threads = threads };
        Torch.ManualSeed(1);
        byte[] own;
        using (var network = new RtmPose(RtmPoseSize.Named("t"), 17, 192, 256))
        using (var scope = new TensorScope())
        {
            network.Forward(Tensor.Randn([2, 3, 256, 192]));
            own = OnnxExport.ToBytes(network, ModelDescription.Of(network, BuiltInSkeletons.Get("coco17"), (4.9, 5.66)), "own.onnx");
        }

        var models = new List<OnnxModel> { OnnxModel.Load(own, "Sinew", options) };
        models.AddRange(args.Where(File.Exists).Select(f => OnnxModel.Load(f, options)));
        Console.WriteLine($"ONNX Runtime {OnnxRuntime.Get().Version}, {threads} threads");
        foreach (var people in new[] { 1, 8, 32 })
        {
            var shape = new long[] { people, 3, models[0].Inputs[0].Shape[2], models[0].Inputs[0].Shape[3] };
            var crops = new float[people * 3 * 256 * 192];
            var random = new Random(1);
            for (var i = 0; i < crops.Length; i++) crops[i] = (random.NextSingle() * 4) - 2;
            var times = models.Select(_ => new List<double>()).ToArray();
            for (var round = -2; round < rounds; round++)
            {
                for (var m = 0; m < models.Count; m++)
                {
                    var start = Environment.CpuUsage.TotalTime;
                    models[m].Run<float>(crops, shape).Dispose();
                    if (round >= 0) times[m].Add((Environment.CpuUsage.TotalTime - start).TotalMilliseconds);
                }
            }

            var best = times.Select(t => t.Min()).ToArray();
            var middle = times.Select(t => t.Order().ElementAt(t.Count / 2)).ToArray();
            for (var m = 0; m < models.Count; m++)
            {
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"batch {people,2}: {best[0] / best[m],5:0.00} x the first one's speed ({middle[0] / middle[m],5:0.00} by medians); best {best[m],7:0.00} ms, median {middle[m],7:0.00} ms, {1000 * people / best[m],6:0} people/s  {Path.GetFileName(models[m].Name)}"));
            }
        }

        foreach (var model in models) model.Dispose();
    }
}
