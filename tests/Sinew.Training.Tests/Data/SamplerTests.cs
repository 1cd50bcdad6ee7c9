using FsCheck.Fluent;
using Sinew.TestSupport;
using Sinew.Training.Data;

namespace Sinew.Training.Tests.Data;

public class SamplerTests
{
    [Fact]
    public void Shares_follow_the_ratios_at_every_moment()
    {
        var sampler = new Sampler([10, 1000, 30], [1, 1, 2], seed: 4);
        var counts = new long[3];
        var draws = new Draw[1];
        for (var i = 1; i <= 1000; i++)
        {
            sampler.Next(draws);
            counts[draws[0].Dataset]++;
            for (var d = 0; d < 3; d++) Assert.InRange(counts[d] - (i * (d == 2 ? 0.5 : 0.25)), -1.01, 1.01);
        }
    }

    [Fact]
    public void Every_pass_has_everybody_once_in_another_order()
    {
        var draws = new Draw[90];
        new Sampler([30], [1], seed: 1).Next(draws);
        var passes = draws.GroupBy(d => d.Pass).Select(g => g.Select(d => d.Person).ToArray()).ToArray();
        Assert.Equal(3, passes.Length);
        Assert.All(passes, p => Assert.Equal(Enumerable.Range(0, 30), p.Order()));
        Assert.NotEqual(passes[0], passes[1]);
    }

    [Fact]
    public void A_restored_sampler_goes_on_as_the_first_would() =>
        Prop.ForAll(
            Gen.Choose(1, 60).Three().ToArbitrary(),
            t =>
            {
                var (a, b) = (new Draw[t.Item1], new Draw[t.Item2]);
                var first = new Sampler([t.Item3, 7], [1, 3], seed: 9);
                first.Next(a);
                var second = new Sampler([t.Item3, 7], [1, 3], seed: 9);
                second.Restore(first.Drawn);
                first.Next(b);
                var c = new Draw[b.Length];
                second.Next(c);
                return b.SequenceEqual(c);
            }).Holds();
}
