using FsCheck.Fluent;
using Sinew.TestSupport;

namespace Sinew.Inference.Tests.Tracking;

public class AssignmentTests
{
    [Fact]
    public void No_other_pairing_gains_more() =>
        Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed =>
        {
            var random = new Random(seed);
            var assignment = new Assignment();
            for (var round = 0; round < 3; round++)
            {
                var (rows, columns) = (random.Next(6), random.Next(6));
                float[] gains = [.. Enumerable.Range(0, rows * columns).Select(_ => (random.Next(9) - 3) / 4f)];
                var columnOf = new int[rows];
                assignment.Solve(gains, rows, columns, columnOf);
                var taken = columnOf.Where(c => c >= 0).ToArray();
                Assert.Equal(taken.Length, taken.Distinct().Count());
                Assert.All(Enumerable.Range(0, rows).Where(r => columnOf[r] >= 0), r => Assert.True(gains[(r * columns) + columnOf[r]] > 0));
                Assert.Equal(Best(gains, rows, columns, 0, 0), Enumerable.Range(0, rows).Sum(r => columnOf[r] < 0 ? 0 : gains[(r * columns) + columnOf[r]]), 1e-5);
            }
        }).Holds();

    [Fact]
    public void The_best_pair_is_given_up_where_that_fits_both()
    {
        var columnOf = new int[2];
        new Assignment().Solve([0.9f, 0.8f, 0.85f, 0], 2, 2, columnOf);
        Assert.Equal([1, 0], columnOf);
    }

    private static double Best(float[] gains, int rows, int columns, int row, int taken)
    {
        if (row == rows) return 0;
        var best = Best(gains, rows, columns, row + 1, taken);
        for (var c = 0; c < columns; c++)
        {
            if ((taken & (1 << c)) == 0 && gains[(row * columns) + c] > 0) best = Math.Max(best, gains[(row * columns) + c] + Best(gains, rows, columns, row + 1, taken | (1 << c)));
        }

        return best;
    }
}
