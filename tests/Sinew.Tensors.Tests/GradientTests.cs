using Sinew.Tensors.Functional;

namespace Sinew.Tensors.Tests;

/// <summary>Gradients against differences of the function itself, in double precision.</summary>
public sealed class GradientTests
{
    public static TheoryData<string> Functions => [.. Cases.Keys];

    private static Dictionary<string, (long[][] Shapes, Func<Tensor[], Tensor> Function)> Cases { get; } = new()
    {
        ["arithmetic"] = ([[3, 4], [4]], x => ((x[0] * x[1]) - (2.0 / (x[1].Square() + 1.5)) + (-x[0] / 3.0))),
        ["activations"] = ([[2, 5]], x => x[0].Silu() + x[0].Sigmoid() + x[0].Tanh() + x[0].Softplus() + x[0].Gelu()),
        ["softmax"] = ([[3, 6]], x => x[0].Softmax(1) * x[0].LogSoftmax(1)),
        ["powers"] = ([[7]], x => (x[0].Square() + 1.0).Sqrt() + x[0].Exp() + (x[0].Square() + 0.5).Log() + (x[0].Square() + 1.0).Rsqrt() + x[0].Pow(3)),
        ["matmul"] = ([[2, 3, 4], [2, 4, 5]], x => x[0].Bmm(x[1]).Transpose(1, 2).Matmul(x[0])),
        ["linear"] = ([[3, 4], [5, 4], [5]], x => F.Linear(x[0], x[1], x[2])),
        ["convolution"] = ([[2, 4, 6, 5], [6, 2, 3, 3], [6]], x => F.Conv2d(x[0], x[1], x[2], stride: 2, padding: 1, dilation: 1, groups: 2)),
        ["batch norm"] = ([[4, 3, 2, 2], [3], [3]], x => F.BatchNorm(x[0], x[1], x[2], null, null, training: true).Square() * x[0]),
        ["layer norm"] = ([[3, 6], [6], [6]], x => F.LayerNorm(x[0], [6], x[1], x[2]).Square() * x[0]),
        ["pooling"] = ([[2, 2, 6, 6]], x => F.AvgPool2d(x[0], 3, 2, 1) + F.AdaptiveAvgPool2d(x[0], 3, 3) + F.MaxPool2d(x[0], 2)),
        ["resizing"] = ([[1, 2, 3, 4]], x => F.Interpolate(x[0], 5, 7).Square() + F.InterpolateNearest(x[0], 5, 7)),
        ["grid sample"] = ([[1, 2, 5, 5], [1, 3, 3, 2]], x => F.GridSample(x[0], x[1].Tanh() * 0.7)),
        ["shapes"] = ([[2, 3, 4]], x => Tensor.Cat([x[0].Permute(2, 0, 1).Reshape(4, 6).Narrow(1, 1, 4), x[0].Flatten().Slice(0, 2, 10, 2).Unsqueeze(1).Expand(4, 4)])),
        ["reductions"] = ([[3, 4]], x => x[0].Sum(1) * x[0].Mean(1, true).Squeeze(1) + x[0].Square().Sum([0, 1]) + x[0].Max(1).Values + x[0].Norm()),
    };

    [Theory]
    [MemberData(nameof(Functions))]
    public void Gradient_is_the_slope_of_the_function(string name)
    {
        const double Step = 1e-6;
        (long[][] shapes, Func<Tensor[], Tensor> function) = Cases[name];
        using var scope = new TensorScope();
        Torch.ManualSeed(11);
        Tensor[] inputs = [.. shapes.Select(s => Tensor.Randn(s, DType.Float64))];
        foreach (Tensor input in inputs)
            input.RequiresGrad = true;
        Tensor output = function(inputs);
        Tensor weights = Tensor.Randn(output.Shape, DType.Float64);
        (output * weights).Sum().Backward();

        using IDisposable noGrad = Torch.NoGrad();
        double Value()
        {
            using var inner = new TensorScope();
            return (function(inputs) * weights).Sum().Item();
        }

        foreach (Tensor input in inputs)
        {
            double[] gradient = input.Grad!.ToArray<double>();
            Span<double> values = input.Data<double>();
            for (int i = 0; i < values.Length; i++)
            {
                double here = values[i];
                values[i] = here + Step;
                double above = Value();
                values[i] = here - Step;
                double below = Value();
                values[i] = here;
                double slope = (above - below) / (2 * Step);
                Assert.True(Math.Abs(slope - gradient[i]) <= 1e-6 * Math.Max(1, Math.Abs(slope)) * 10, $"{name}, element {i}: slope {slope}, gradient {gradient[i]}");
            }
        }
    }

    [Fact]
    public void Nothing_is_recorded_without_gradients()
    {
        using var scope = new TensorScope();
        Tensor x = Tensor.Ones([3]);
        x.RequiresGrad = true;
        Assert.True((x * 2.0).RequiresGrad);
        using (Torch.NoGrad())
        {
            Assert.False(Torch.GradEnabled);
            Assert.False((x * 2.0).RequiresGrad);
            using (Torch.EnableGrad())
                Assert.True((x * 2.0).RequiresGrad);
            Assert.False(Torch.GradEnabled);
        }

        Assert.True(Torch.GradEnabled);
        Assert.False(x.Detach().RequiresGrad);
    }

    [Fact]
    public void Gradients_add_up_until_they_are_removed()
    {
        using var scope = new TensorScope();
        Tensor x = Tensor.FromArray([1f, 2f]);
        x.RequiresGrad = true;
        (x * 3.0).Sum().Backward();
        (x * 4.0).Sum().Backward();
        Assert.Equal([7f, 7f], x.Grad!.ToArray<float>());
        x.ZeroGrad();
        Assert.Null(x.Grad);
        x.SetGrad(Tensor.FromArray([5f, 6f]));
        Assert.Equal([5f, 6f], x.Grad!.ToArray<float>());
        Assert.Throws<TensorException>(() => x.SetGrad(Tensor.Ones([3])));
        Tensor y = x * x;
        y.Backward(Tensor.FromArray([1f, 10f]));
        Assert.Equal([5f + 2, 6f + 40], x.Grad!.ToArray<float>());
    }

    [Fact]
    public void Autocast_computes_in_bfloat16_and_leaves_parameters_alone()
    {
        using var scope = new TensorScope();
        Torch.ManualSeed(6);
        Tensor w = Tensor.Randn([4, 3, 3, 3]);
        w.RequiresGrad = true;
        Tensor x = Tensor.Randn([2, 3, 8, 8]);
        Tensor exact = F.Conv2d(x, w);
        Tensor rough;
        using (Torch.Autocast())
        {
            rough = F.Conv2d(x, w);
            using (Torch.Autocast())
                Assert.Equal(DType.BFloat16, F.Conv2d(x, w).DType);
            Assert.Equal(DType.BFloat16, F.Conv2d(x, w).DType);
        }

        Assert.Equal(DType.Float32, exact.DType);
        Assert.Equal(DType.BFloat16, rough.DType);
        Assert.Equal(DType.Float32, F.Conv2d(x, w).DType);
        double error = (rough.To(DType.Float32) - exact).Abs().Max().Item();
        Assert.InRange(error, 1e-6, 0.2);
        rough.To(DType.Float32).Sum().Backward();
        Assert.Equal(DType.Float32, w.Grad!.DType);
    }
}
