using FsCheck.Fluent;
using Sinew.Tensors.Distributed;
using Sinew.Tensors.Modules;
using Sinew.TestSupport;

namespace Sinew.Tensors.Tests.Distributed;

public sealed class ProcessGroupTests
{
    [Fact]
    public void Sums_and_the_firsts_values_reach_all()
    {
        var results = Together.Run(3, group =>
        {
            using var scope = new TensorScope();
            Tensor sum = Tensor.FromArray<float>([group.Place.Rank + 1, 10 * group.Place.Rank], 2);
            group.AllReduce(sum);
            Tensor given = Tensor.FromArray<long>([group.Place.Rank + 7], 1);
            group.Broadcast(given);
            Span<double> numbers = [1, 1e300 * group.Place.Rank];
            group.AllReduce(numbers);
            return (sum.ToArray<float>(), given.Item(), group.Broadcast(group.IsFirst ? [3, 1, 4] : null), group.Broadcast(group.IsFirst), numbers.ToArray());
        });
        foreach (var (sum, given, bytes, answer, numbers) in results)
        {
            Assert.Equal([6f, 30f], sum);
            Assert.Equal(7, given);
            Assert.Equal([3, 1, 4], bytes);
            Assert.True(answer);
            Assert.Equal([3, 3e300], numbers);
        }
    }

    [Fact]
    public void No_bytes_are_bytes_too() =>
        Assert.All(Together.Run(2, group => group.Broadcast(group.IsFirst ? [] : null)), Assert.Empty);

    /// <summary>Gradients of Σ_r f_r(Σ_s x_s): with f_r(y) = (r + 1)·y² and sum y, every x has Σ_r 2·(r + 1)·y.</summary>
    [Fact]
    public void Gradients_flow_through_a_sum_to_all()
    {
        var gradients = Together.Run(3, group =>
        {
            using var scope = new TensorScope();
            Tensor x = Tensor.FromArray<float>([group.Place.Rank, 2], 2);
            x.RequiresGrad = true;
            (group.Sum(x).Square() * (double)(group.Place.Rank + 1)).Sum().Backward();
            return x.Grad!.ToArray<float>();
        });
        Assert.All(gradients, g => Assert.Equal([2 * 6 * 3f, 2 * 6 * 6f], g));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Batch_norms_of_parts_are_the_batch_norm_of_the_whole(bool fused) => Prop.ForAll(
        Gen.Choose(1, 20).Three().Select(g => (Channels: g.Item1, Side: g.Item2 % 9 + 1, People: g.Item3 % 3 + 1)).ToArbitrary(),
        size =>
        {
            const int parts = 2;
            if (size.People * parts * size.Side * size.Side < 2 || size.People * size.Side * size.Side < 2) return;
            using var scope = new TensorScope();
            Torch.ManualSeed(size.GetHashCode() & 0xffff);
            Tensor all = Tensor.Randn([size.People * parts, size.Channels, size.Side, size.Side]) * 3.0 + 20.0;
            Tensor above = Tensor.Randn(all.Shape);
            float[] weights = (Tensor.Rand([size.Channels]) + 0.5).ToArray<float>();
            float[][] images = [.. all.Split(size.People).Select(t => t.Contiguous().ToArray<float>())];
            float[][] gradients = [.. above.Split(size.People).Select(t => t.Contiguous().ToArray<float>())];

            float[][] whole = Results(all.ToArray<float>(), above.ToArray<float>(), parts * size.People, null);
            float[][][] shared = Together.Run(parts, group => Results(images[group.Place.Rank], gradients[group.Place.Rank], size.People, group));
            // the images' values and gradients belong to the parts; the parameters' gradients are shares of one sum; the running values are all's
            for (int i = 0; i < 2; i++) Close(whole[i], [.. shared.SelectMany(s => s[i])]);
            for (int i = 2; i < 4; i++) Close(whole[i], [.. shared[0][i].Zip(shared[1][i], (a, b) => a + b)]);
            for (int i = 4; i < 6; i++)
            {
                Close(whole[i], shared[0][i]);
                Assert.Equal(shared[0][i], shared[1][i]);
            }

            float[][] Results(float[] values, float[] dy, int people, ProcessGroup? group)
            {
                using var inner = new TensorScope();
                using var norm = new BatchNorm2d(size.Channels) { Group = group };
                using (Torch.NoGrad()) norm.Weight.CopyInPlace(Tensor.FromArray<float>(weights, size.Channels));
                long[] shape = [people, size.Channels, size.Side, size.Side];
                Tensor x = Tensor.FromArray<float>(values, shape).Contiguous(channelsLast: true);
                x.RequiresGrad = true;
                Tensor y = fused ? norm.ForwardSilu(x) : norm.Forward(x).Silu();
                (y * Tensor.FromArray<float>(dy, shape)).Sum().Backward();
                return [.. new[] { y, x.Grad!, norm.Weight.Grad!, norm.Bias.Grad!, norm.RunningMean, norm.RunningVariance }.Select(t => t.Detach().Contiguous().ToArray<float>())];
            }

            void Close(float[] expected, float[] actual)
            {
                float scale = Math.Max(1, expected.Max(MathF.Abs));
                float error = expected.Zip(actual, (a, b) => MathF.Abs(a - b)).Max();
                Assert.True(error <= 1e-4f * scale, $"{size}: differs by {error} of {scale}");
            }
        }).Holds(cases: 25);

    [Fact]
    public void A_process_that_has_gone_is_noticed_by_the_others()
    {
        var results = Together.Try(2, group =>
        {
            if (!group.IsFirst) return 0;
            Span<double> values = [1];
            group.AllReduce(values);
            return 1;
        });
        Assert.Null(results[1].Error);
        var error = Assert.IsType<ProcessGroupException>(results[0].Error);
        Assert.StartsWith("another process of this training has ended or cannot be reached", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void An_operator_that_needs_a_process_that_has_gone_says_so()
    {
        var results = Together.Try(2, group =>
        {
            if (!group.IsFirst) return 0;
            using var scope = new TensorScope();
            group.Sum(Tensor.Ones([2]));
            return 1;
        });
        Assert.IsType<ProcessGroupException>(results[0].Error);
    }

    [Fact]
    public void The_first_of_a_machine_goes_before_the_others()
    {
        var order = new List<int>();
        var results = Together.Run(3, group => group.InTurn(
            () =>
            {
                if (group.IsFirst) Thread.Sleep(200);
                lock (order) order.Add(group.Place.Rank);
                return group.Place.Rank * 2;
            },
            CancellationToken.None));
        Assert.Equal([0, 2, 4], results);
        Assert.Equal(0, order[0]);
        Assert.Equal(3, order.Count);
    }

    [Fact]
    public void Those_who_wait_for_one_that_fails_are_told()
    {
        var results = Together.Try(2, group =>
        {
            group.ByFirst(() => throw new InvalidOperationException("the first has failed"), CancellationToken.None);
            return true;
        });
        Assert.IsType<InvalidOperationException>(results[0].Error);
        Assert.Contains("failed", Assert.IsType<ProcessGroupException>(results[1].Error).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_wait_can_be_interrupted()
    {
        using var meeting = MeetingPlace.Open("127.0.0.1", 0);
        using var cancel = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        var place = new ProcessPlace(0, 2, 0, 2, "127.0.0.1", meeting.Port, "test");
        Assert.Throws<OperationCanceledException>(() => ProcessGroup.Join(place, meeting, null, cancel.Token));
        Assert.Throws<OperationCanceledException>(() => MeetingPlace.GoTo(place with { Port = 1 }, cancel.Token));
    }

    [Fact]
    public void A_port_that_is_taken_is_named()
    {
        using var meeting = MeetingPlace.Open("127.0.0.1", 0);
        var error = Assert.Throws<SinewException>(() => MeetingPlace.Open("127.0.0.1", meeting.Port));
        Assert.StartsWith($"127.0.0.1:{meeting.Port} cannot be listened on", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }
}
