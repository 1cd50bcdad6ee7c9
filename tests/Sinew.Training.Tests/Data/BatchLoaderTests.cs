using FsCheck.Fluent;
using Sinew.TestSupport;
using Sinew.Training.Data;

namespace Sinew.Training.Tests.Data;

public sealed class BatchLoaderTests
{
    [Fact]
    public void The_parts_of_processes_are_the_batches_of_one() => Prop.ForAll(
        Gen.Choose(1, 5).Three().Select(g => (Parts: g.Item1, People: g.Item2, FirstStep: g.Item3)).ToArbitrary(),
        size =>
        {
            const int steps = 9;
            var whole = Draws(size.Parts * size.People, 0, 1);
            var parts = Enumerable.Range(0, size.Parts).Select(part => Draws(size.People, part, size.Parts)).ToArray();
            Assert.Equal(steps - size.FirstStep, whole.Count);
            for (var i = 0; i < whole.Count; i++)
            {
                Assert.Equal(whole[i].Draws, parts.SelectMany(p => p[i].Draws));
                Assert.All(parts, p => Assert.Equal((whole[i].Step, whole[i].State), (p[i].Step, p[i].State)));
            }

            List<(long Step, Draw[] Draws, string State)> Draws(int people, int part, int parts)
            {
                var shape = new BatchShape(people, 2, 4, 4, 8, 8, 0);
                using var loader = new BatchLoader(new Sampler([7, 3], [2, 1], 5), shape, _ => { }, 2, 3, size.FirstStep, steps, part, parts);
                var drawn = new List<(long, Draw[], string)>();
                for (var step = size.FirstStep; step < steps; step++)
                {
                    var batch = loader.Next(CancellationToken.None);
                    drawn.Add((batch.Step, [.. batch.Draws], string.Join(',', batch.SamplerState)));
                    loader.Recycle(batch);
                }

                return drawn;
            }
        }).Holds();
}
