using System.Diagnostics;
using Sinew.Tensors.Functional;
using Sinew.Tensors.Modules;
using Sinew.Tensors.Optimisers;

namespace Sinew.Tensors.Tests;

public sealed class ScopeTests
{
    [Fact]
    public void A_scope_releases_what_was_made_in_it_and_nothing_else()
    {
        long before = Live();
        using Tensor outside = Tensor.Ones([2]);
        Tensor kept, handedOut, inner;
        using (var outer = new TensorScope())
        {
            using (var scope = new TensorScope())
            {
                inner = Tensor.Ones([2]) + outside;
                kept = scope.Keep(inner * 2.0);
                handedOut = scope.ToOuter(inner * 3.0);
                Assert.Equal(2, scope.Count);
            }

            Assert.True(inner.IsDisposed);
            Assert.False(handedOut.IsDisposed);
            Assert.Equal(1, outer.Count);
        }

        Assert.True(handedOut.IsDisposed);
        Assert.False(outside.IsDisposed);
        Assert.Equal([4f, 4f], kept.ToArray<float>());
        kept.Dispose();
        Assert.Equal(before + 1, Live());
        Assert.Throws<ObjectDisposedException>(() => inner + 1);
    }

    [Fact]
    public void Scopes_end_in_reverse_order_on_their_own_thread()
    {
        var outer = new TensorScope();
        var inner = new TensorScope();
        Assert.Throws<InvalidOperationException>(outer.Dispose);
        Exception? elsewhere = null;
        var thread = new Thread(() => elsewhere = Record.Exception(inner.Dispose));
        thread.Start();
        thread.Join();
        Assert.IsType<InvalidOperationException>(elsewhere);
        inner.Dispose();
        outer.Dispose();
        outer.Dispose();
    }

    [Fact]
    public void Threads_have_scopes_of_their_own()
    {
        long before = Live();
        using var scope = new TensorScope();
        Tensor shared = Tensor.Ones([8]);
        var threads = new Thread[4];
        var sums = new double[threads.Length];
        for (int t = 0; t < threads.Length; t++)
        {
            int me = t;
            threads[t] = new Thread(() =>
            {
                for (int i = 0; i < 200; i++)
                {
                    using var own = new TensorScope();
                    sums[me] += (shared * (me + 1)).Sum().Item();
                    Assert.Equal(2, own.Count);
                }
            });
            threads[t].Start();
        }

        foreach (Thread thread in threads)
            thread.Join();
        Assert.Equal([1600.0, 3200, 4800, 6400], sums);
        Assert.Equal(before + 1, Live());
        Assert.Equal(1, scope.Count);
    }

    [Fact]
    public void A_tensor_nobody_disposes_of_is_released_when_it_is_collected()
    {
        long before = Live();
        MakeAndForget(100);
        Assert.Equal(before, Live());
    }

    [Fact]
    public void Two_thousand_training_steps_leave_nothing_behind()
    {
        using var net = new Sequential(
            new Conv2d(3, 8, 3, stride: 2, padding: 1, bias: false), new BatchNorm2d(8), new Conv2d(8, 8, 3, padding: 1), new BatchNorm2d(8));
        using var optimiser = new AdamW([new ParameterGroup(net.NamedParameters(), 1, 0.05)], 1e-3);
        using var average = new ExponentialMovingAverage(net, 0.01);
        Torch.ManualSeed(3);
        var sizes = new long[3];
        long live = 0;
        for (int step = 0; step < 2000; step++)
        {
            using (new TensorScope())
            {
                Tensor x = Tensor.Randn([4, 3, 32, 24]);
                Tensor y = F.AdaptiveAvgPool2d(net.Forward(x).Silu(), 1, 1).Flatten(1);
                Tensor loss = (y - 1.0).Square().Mean();
                optimiser.ZeroGrad();
                loss.Backward();
                GradientClip.ByNorm(net.Parameters(), 1);
                optimiser.Step();
                average.Update();
            }

            if (step == 100)
                live = Live();
            if (step is 500 or 1250 or 1999)
                sizes[step / 750] = ResidentBytes();
        }

        Assert.Equal(live, Live());
        // A leak of one small feature map a step would be over 20 MB in the last 750 steps.
        Assert.True(sizes[2] - sizes[1] < 8 << 20, $"resident memory went from {sizes[0]} by {sizes[1]} to {sizes[2]} bytes");
    }

    private static void MakeAndForget(int count)
    {
        for (int i = 0; i < count; i++)
            Tensor.Ones([10]);
    }

    private static long Live()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return Torch.LiveTensors;
    }

    private static long ResidentBytes()
    {
        using var process = Process.GetCurrentProcess();
        return process.WorkingSet64;
    }
}
