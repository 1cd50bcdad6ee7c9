using Sinew.Tensors.Modules;
using Sinew.Tensors.Optimisers;

namespace Sinew.Tensors.Tests;

public sealed class OptimiserTests
{
    private static readonly float[] Start = [0.5f, -1.25f, 2.0f, 0.0f, 3.5f, -0.75f, 1.0f, 0.125f, -2.5f, 0.3f];

    // torch.optim.AdamW(lr=0.01, weight_decay=0.05) of PyTorch 1.13 after five steps from Start with Gradient(0) … Gradient(4).
    private static readonly double[] AdamWAfterFive =
    [
        0.526674211025238, -1.2765237092971802, 2.005797863006592, -0.0163095835596323, 3.4713525772094727,
        -0.7235293388366699, 0.9848666191101074, 0.12594078481197357, -2.474961757659912, 0.2977166473865509,
    ];

    // torch.optim.Adam with the same settings.
    private static readonly double[] AdamAfterFive =
    [
        0.525825560092926, -1.2738099098205566, 1.9952253103256226, -0.016287807375192642, 3.4649205207824707,
        -0.7213507890701294, 0.9819227457046509, 0.11558572202920914, -2.4701852798461914, 0.29686856269836426,
    ];

    [Fact]
    public void AdamW_is_PyTorch_s()
    {
        using var scope = new TensorScope();
        Tensor p = Parameter(Start);
        using var optimiser = new AdamW([new ParameterGroup([("p", p)], 1, 0.05)], 0.01);
        Steps(optimiser, p, 0, 5);
        AssertClose(AdamWAfterFive, p.ToArray<float>());
    }

    [Fact]
    public void Adam_is_PyTorch_s()
    {
        using var scope = new TensorScope();
        Tensor p = Parameter(Start);
        using var optimiser = new Adam([new ParameterGroup([("p", p)], 1, 0.05)], 0.01);
        Steps(optimiser, p, 0, 5);
        AssertClose(AdamAfterFive, p.ToArray<float>());
    }

    [Fact]
    public void Operators_and_kernel_take_the_same_step()
    {
        using var scope = new TensorScope();
        // Double precision goes by libtorch's operators, as other devices do.
        Tensor p = Tensor.FromArray([.. Start.Select(v => (double)v)]);
        p.RequiresGrad = true;
        using var optimiser = new AdamW([new ParameterGroup([("p", p)], 1, 0.05)], 0.01);
        for (int step = 0; step < 5; step++)
        {
            p.SetGrad(Tensor.FromArray(Gradient(step)).To(DType.Float64));
            optimiser.Step();
        }

        AssertClose(AdamWAfterFive, [.. p.ToArray<double>().Select(v => (float)v)]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(31)]
    [InlineData(64)]
    [InlineData(1001)]
    public void Vectors_and_scalars_of_the_kernel_agree(int length)
    {
        var random = new Random(length);
        float[] Values(float low) => [.. Enumerable.Range(0, length).Select(_ => low + random.NextSingle())];
        float[] p = Values(-0.5f), g = Values(-0.5f), m = Values(-0.5f), v = Values(0);
        float[] p2 = [.. p], m2 = [.. m], v2 = [.. v];
        var step = new AdamStep(0.9, 0.99, 1e-8, 0.999, 0.01, 0.003, 0.7);
        int done = AdamKernel.RunVectors(p, g, m, v, step);
        AdamKernel.RunScalars(p2.AsSpan(0, done), g.AsSpan(0, done), m2.AsSpan(0, done), v2.AsSpan(0, done), step);
        Assert.True(length - done < 64);
        for (int i = 0; i < length; i++)
        {
            Assert.Equal(p2[i], p[i], 1e-6f);
            Assert.Equal(m2[i], m[i], 1e-6f);
            Assert.Equal(v2[i], v[i], 1e-6f);
        }
    }

    [Fact]
    public void Channels_last_weights_are_learned_as_others_are()
    {
        using var scope = new TensorScope();
        Torch.ManualSeed(8);
        Tensor dense = Tensor.Randn([4, 3, 3, 2]);
        Tensor turned = dense.Contiguous(channelsLast: true);
        Tensor strided = Tensor.Zeros([4, 3, 3, 4]).Narrow(3, 0, 2).CopyInPlace(dense);
        Tensor gradient = Tensor.Randn([4, 3, 3, 2]);
        Tensor[] all = [dense.Clone(), turned.Clone(), turned.Clone(), strided];
        Tensor[] gradients = [gradient, gradient.Contiguous(channelsLast: true), gradient, gradient];
        foreach ((Tensor p, Tensor g) in all.Zip(gradients))
        {
            p.RequiresGrad = true;
            p.SetGrad(g);
            using var optimiser = new AdamW([new ParameterGroup([("p", p)], 1, 0.1)], 0.1);
            optimiser.Step();
        }

        using IDisposable noGrad = Torch.NoGrad();
        foreach (Tensor p in all)
            Assert.True((p - all[0]).Abs().Max().Item() < 1e-6);
    }

    [Fact]
    public void Groups_have_their_own_rate_and_decay()
    {
        using var scope = new TensorScope();
        Tensor still = Parameter([1f]);
        Tensor shrinking = Parameter([1f]);
        Tensor without = Parameter([1f]);
        using var optimiser = new AdamW(
            [new ParameterGroup([("still", still)], 0, 0.5), new ParameterGroup([("shrinking", shrinking), ("without", without)], 2, 0.5)], 0.1);
        still.SetGrad(Tensor.Zeros([1]));
        shrinking.SetGrad(Tensor.Zeros([1]));
        optimiser.Step();
        Assert.Equal(1, still.Item());
        Assert.Equal(0.9, shrinking.Item(), 1e-6);
        Assert.Equal(1, without.Item());
        Assert.Throws<ArgumentException>(() => new AdamW([new ParameterGroup([("a", still)]), new ParameterGroup([("a", still)])], 1));
    }

    [Fact]
    public void Training_goes_on_bit_for_bit_from_a_saved_state()
    {
        using var scope = new TensorScope();
        Tensor through = Parameter(Start);
        using var first = new AdamW([new ParameterGroup([("p", through)], 1, 0.05)], 0.01);
        Steps(first, through, 0, 7);

        Tensor stopped = Parameter(Start);
        using var before = new AdamW([new ParameterGroup([("p", stopped)], 1, 0.05)], 0.01);
        Steps(before, stopped, 0, 3);
        Tensor resumed = Parameter(stopped.ToArray<float>());
        using var after = new AdamW([new ParameterGroup([("p", resumed)], 1, 0.05)], 0.01);
        after.Load(before.State());
        Steps(after, resumed, 3, 7);
        Assert.Equal(through.ToArray<float>(), resumed.ToArray<float>());

        using var other = new AdamW([new ParameterGroup([("q", resumed)], 1, 0.05)], 0.01);
        Assert.Throws<SinewException>(() => other.Load(before.State()));
        Tensor shorter = Parameter([1f, 2f]);
        using var misshapen = new AdamW([new ParameterGroup([("p", shorter)], 1, 0.05)], 0.01);
        Assert.Throws<SinewException>(() => misshapen.Load(before.State()));
    }

    [Fact]
    public void Clipping_is_PyTorch_s()
    {
        using var scope = new TensorScope();
        Tensor p = Parameter([0f, 0, 0, 0]);
        Tensor q = Parameter([0f, 0, 0]);
        Tensor none = Parameter([0f]);
        p.SetGrad(Tensor.FromArray([1f, 2, 3, 4]));
        q.SetGrad(Tensor.FromArray([-5f, 6, 0.5f]));
        // torch.nn.utils.clip_grad_norm_ with a bound of 2.
        Assert.Equal(9.55248737335205, GradientClip.ByNorm([p, q, none], 2), 1e-5);
        AssertClose([0.20936952531337738, 0.41873905062675476, 0.628108561038971, 0.8374781012535095], p.Grad!.ToArray<float>());
        AssertClose([-1.0468475818634033, 1.256217122077942, 0.10468476265668869], q.Grad!.ToArray<float>());
        Assert.Equal(2, GradientClip.ByNorm([p, q], 100), 1e-5);
        AssertClose([-1.0468475818634033, 1.256217122077942, 0.10468476265668869], q.Grad!.ToArray<float>());
        p.SetGrad(Tensor.FromArray([float.NaN, 2, 3, 4]));
        Assert.True(double.IsNaN(GradientClip.ByNorm([p, q], 1)));
        Assert.Equal(0, GradientClip.ByNorm([none], 1));
    }

    [Fact]
    public void An_average_follows_the_network_by_its_formula()
    {
        using var scope = new TensorScope();
        using var net = new BatchNorm2d(1);
        using var plain = new ExponentialMovingAverage(net, 0.25);
        using var warm = new ExponentialMovingAverage(net, 0.25, warmUp: 2, averageBuffers: false);
        SetTo(net, 1, 1, 1);
        plain.Update();
        warm.Update();
        Assert.Equal(1, plain.Average["weight"].Item());
        SetTo(net, 3, 5, 2);
        plain.Update();
        warm.Update();
        double momentum = 0.25 + (0.75 * Math.Exp(-2 / 2.0));
        Assert.Equal(1.5, plain.Average["weight"].Item(), 1e-6);
        Assert.Equal(2, plain.Average["running_mean"].Item(), 1e-6);
        Assert.Equal(2, plain.Average["num_batches_tracked"].Item());
        Assert.Equal(1 + (momentum * 2), warm.Average["weight"].Item(), 1e-6);
        Assert.Equal(5, warm.Average["running_mean"].Item());

        plain.Swap();
        Assert.Equal(1.5, net.Weight.Item(), 1e-6);
        Assert.True(net.Weight.RequiresGrad);
        Assert.Equal(3, plain.Average["weight"].Item());
        plain.Swap();
        Assert.Equal(3, net.Weight.Item());

        using var again = new ExponentialMovingAverage(net, 0.25);
        again.Load(plain.State());
        SetTo(net, 7, 7, 3);
        plain.Update();
        again.Update();
        Assert.Equal(plain.Updates, again.Updates);
        foreach ((string name, Tensor value) in plain.Average)
            Assert.True(value.ValueEquals(again.Average[name]), name);
    }

    private static void SetTo(BatchNorm2d net, double weight, double mean, long count)
    {
        Init.Constant(net.Weight, weight);
        Init.Constant(net.RunningMean, mean);
        Init.Constant(net.BatchesTracked, count);
    }

    private static Tensor Parameter(float[] values)
    {
        Tensor p = Tensor.FromArray(values);
        p.RequiresGrad = true;
        return p;
    }

    private static void Steps(AdaptiveMoments optimiser, Tensor p, int from, int to)
    {
        for (int step = from; step < to; step++)
        {
            p.SetGrad(Tensor.FromArray(Gradient(step)));
            optimiser.Step();
        }
    }

    private static float[] Gradient(int step) => [.. Enumerable.Range(0, 10).Select(i => ((((i * 7) + (step * 3)) % 11) - 5) * 0.1f)];

    private static void AssertClose(double[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], actual[i], 3e-7 * Math.Max(1, Math.Abs(expected[i])));
    }
}
