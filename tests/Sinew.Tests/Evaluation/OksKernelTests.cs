using FsCheck.Fluent;
using Sinew.Evaluation;
using Sinew.TestSupport;

namespace Sinew.Tests.Evaluation;

public class OksKernelTests
{
    [Fact]
    public void VectorsAndScalarsAgree() =>
        Prop.ForAll(
            ArbMap.Default.ArbFor<int>(),
            seed =>
            {
                var random = new Random(seed);
                var n = OksKernel.Stride(random.Next(1, 140));
                double[] Fill(double scale) => [.. Enumerable.Range(0, n).Select(_ => random.NextDouble() * scale)];
                var (tx, ty, px, py) = (Fill(500), Fill(500), Fill(500), Fill(500));
                var weights = Fill(random.Next(2) == 0 ? 1e-4 : 10);
                double[] mask = [.. Enumerable.Range(0, n).Select(_ => random.Next(2))];
                var (vector, scalar) = (
                    OksKernel.Sum(tx, ty, px, py, weights, mask), OksKernel.SumScalar(tx, ty, px, py, weights, mask));
                return Math.Abs(vector - scalar) <= 1e-13 * n;
            }).Holds();

    [Fact]
    public void APerfectPoseIsExactlyOneAndAMissingOneExactlyNothing()
    {
        double[] x = [1, 2, 3, 4];
        double[] far = [.. x.Select(_ => ScoredJoints.Missing)];
        double[] ones = [1, 1, 1, 1];
        Assert.Equal(4.0, OksKernel.Sum(x, x, x, x, ones, ones));
        Assert.True(OksKernel.Sum(x, x, far, far, [.. ones.Select(_ => 1e-12)], ones) < 1e-300);
    }
}
