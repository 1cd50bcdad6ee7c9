using FsCheck.Fluent;
using Sinew.Tensors.Functional;
using Sinew.Tensors.Modules;
using Sinew.TestSupport;

namespace Sinew.Tensors.Tests;

/// <summary>The fused operator of native/tensors against libtorch's two, in double precision.</summary>
public sealed class BatchNormSiluTests
{
    [Fact]
    public void Values_gradients_and_running_values_equal_double_precision() => Prop.ForAll(
        Gen.Choose(1, 40).Four().Select(g => (Channels: g.Item1, Height: g.Item2, Width: g.Item3, People: g.Item4 % 9 + 1)).ToArbitrary(),
        size =>
        {
            if (size.People * size.Height * size.Width < 2)
                return;
            using var scope = new TensorScope();
            Torch.ManualSeed(size.GetHashCode() & 0xffff);
            Tensor exact = (Tensor.Randn([size.People, size.Channels, size.Height, size.Width], DType.Float64) * 3.0 + 20.0).To(DType.Float32).To(DType.Float64);
            Tensor above = Tensor.Randn(exact.Shape, DType.Float64).To(DType.Float32).To(DType.Float64);
            Tensor[] parameters = [Tensor.Rand([size.Channels]) + 0.5, Tensor.Randn([size.Channels])];

            Tensor[] wide = Results(exact, above, [.. parameters.Select(p => p.To(DType.Float64))], DType.Float64);
            Tensor[] fused = Results(exact, above, parameters, DType.Float32);

            // The parameters' gradients are sums over all positions: their rounding goes with the size of such a sum, and a
            // channel's own may come out near nothing.
            double SizeOf(int result) => result is 2 or 3 ? Math.Sqrt(size.People * size.Height * size.Width) : 1;
            for (int i = 0; i < wide.Length; i++)
            {
                double error = (fused[i].To(DType.Float64) - wide[i]).Abs().Max().Item();
                double scale = Math.Max(SizeOf(i), wide[i].Abs().Max().Item());
                Assert.True(error <= 2e-5 * scale, $"{size}: result {i} differs by {error} of {scale}");
            }
        }).Holds();

    [Theory]
    [InlineData(12, 1)]
    [InlineData(48, 3)]
    [InlineData(7, 5)]
    public void Results_do_not_depend_on_the_number_of_threads(int channels, int people)
    {
        using var scope = new TensorScope();
        int before = Torch.Threads;
        try
        {
            float[][] Run(int threads)
            {
                Torch.Threads = threads;
                Torch.ManualSeed(5);
                Tensor x = Tensor.Randn([people, channels, 40, 30]);
                Tensor above = Tensor.Randn(x.Shape);
                return [.. Results(x, above, [Tensor.Ones([channels]), Tensor.Zeros([channels])], DType.Float32).Select(t => t.Contiguous().ToArray<float>())];
            }

            Assert.Equal(Run(1), Run(2));
        }
        finally
        {
            Torch.Threads = before;
        }
    }

    [Fact]
    public void A_value_that_is_no_number_stays_one()
    {
        using var scope = new TensorScope();
        float[] values = new float[2 * 3 * 4];
        values[7] = float.NaN;
        Tensor y = F.BatchNormSilu(
            Tensor.FromArray<float>(values).Reshape(2, 3, 2, 2), Tensor.Ones([3]), Tensor.Zeros([3]), Tensor.Zeros([3]), Tensor.Ones([3]));
        Assert.True(double.IsNaN(y.Sum().Item()));
    }

    [Fact]
    public void Wrong_shapes_are_refused_with_the_operators_name()
    {
        using var scope = new TensorScope();
        Tensor five = Tensor.Ones([5]);
        var error = Assert.Throws<TensorException>(() => F.BatchNormSilu(Tensor.Ones([2, 3, 4, 4]), five, five, five, five));
        Assert.Contains("batch_norm_silu", error.Message, StringComparison.Ordinal);
        Assert.Throws<TensorException>(() => F.BatchNormSilu(Tensor.Ones([2, 5]), five, five, five, five));
        Assert.Throws<TensorException>(() => F.BatchNormSilu(Tensor.Ones([2, 5, 2, 2], DType.Float64), five, five, five, five));
    }

    /// <summary>Output, the three gradients, the two running values.</summary>
    private static Tensor[] Results(Tensor input, Tensor above, Tensor[] parameters, DType type)
    {
        using var norm = new BatchNorm2d(input.Shape[1]);
        norm.To(type);
        using (Torch.NoGrad())
        {
            norm.Weight.CopyInPlace(parameters[0]);
            norm.Bias.CopyInPlace(parameters[1]);
        }

        Tensor x = input.Detach().To(type).Contiguous(channelsLast: true).Clone();
        x.RequiresGrad = true;
        Tensor y = norm.ForwardSilu(x);
        (y * above.To(type)).Sum().Backward();
        return [y.Detach(), x.Grad!, norm.Weight.Grad!.Clone(), norm.Bias.Grad!.Clone(), norm.RunningMean.Clone(), norm.RunningVariance.Clone()];
    }
}
