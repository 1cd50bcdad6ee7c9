using System.Diagnostics;
using System.Globalization;
using Sinew.Tensors;
using Sinew.Tensors.Optimisers;
using Sinew.Training.Losses;
using Sinew.Training.Models;

namespace Sinew.Bench;

/// <summary>
/// A whole training step of RTMPose-t on data in memory: forward, loss, backward, AdamW. Arguments: threads (2). The same step in
/// Python's torch: <c>bench/peers/training_step.py</c>.
/// </summary>
internal static class TrainingStepBench
{
    private const int Joints = 17;
    private const int Steps = 6;

    public static void Run(string[] args)
    {
        Torch.Threads = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 2;
        Console.WriteLine($"libtorch {Torch.Version}, {Torch.Threads} threads, BLAS {Torch.BlasLibrary}");
        foreach (var (half, people) in new[] { (false, 16), (false, 32), (true, 32), (true, 64) })
        {
            var best = double.MaxValue;
            Torch.ManualSeed(1);
            using var network = new RtmPose(RtmPoseSize.Named("t"), Joints, 192, 256) { HalfResolution = half };
            using var optimiser = new AdamW([new ParameterGroup(network.NamedParameters())], 1e-4);
            using var outer = new TensorScope();
            var crops = Tensor.Randn([people, 3, 256, 192]);
            var (x, y) = (Tensor.Randn([people, Joints, 384]).Softmax(-1), Tensor.Randn([people, Joints, 512]).Softmax(-1));
            var weight = Tensor.Ones([people, Joints]);
            for (var step = 0; step < Steps; step++)
            {
                var start = Stopwatch.GetTimestamp();
                using (var scope = new TensorScope())
                {
                    SimCcLoss.Kl(network.Logits(crops), x, y, weight, 10, new LossNormalisation()).Backward();
                    optimiser.Step();
                    optimiser.ZeroGrad();
                }

                best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
            }

            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{(half ? "half resolution" : "192 x 256      ")} batch {people,2}: {people / best,6:0.0} people/s ({best * 1000:0} ms)"));
        }
    }
}
