using Sinew.Tensors.Functional;
using Sinew.Tensors.Modules;

namespace Sinew.Tensors.Tests;

public sealed class TensorTests
{
    [Fact]
    public void Matmul_of_two_by_two_is_what_the_hand_computes()
    {
        using var scope = new TensorScope();
        Tensor a = Tensor.FromArray<float>([1, 2, 3, 4], 2, 2);
        Tensor b = Tensor.FromArray<float>([5, 6, 7, 8], 2, 2);
        Assert.Equal([19f, 22, 43, 50], a.Matmul(b).ToArray<float>());
    }

    [Fact]
    public void Gradient_of_a_cube_is_three_squares()
    {
        using var scope = new TensorScope();
        Tensor x = Tensor.FromArray<double>([1, -2, 3], 3);
        x.RequiresGrad = true;
        (x * x * x).Sum().Backward();
        Assert.Equal([3.0, 12, 27], x.Grad!.ToArray<double>());
    }

    [Fact]
    public void An_integer_keeps_an_integer_tensor_one()
    {
        using var scope = new TensorScope();
        Tensor x = Tensor.Arange(3, DType.Int64);
        Assert.Equal(DType.Int64, (x + 1).DType);
        Assert.Equal(DType.Float32, (x + 1.0).DType);
        Assert.Equal([5L, 4, 3], (5 - x).ToArray<long>());
    }

    [Fact]
    public void A_refused_call_names_operator_shapes_and_reason()
    {
        using var scope = new TensorScope();
        Tensor a = Tensor.Zeros([2, 3]);
        Tensor b = Tensor.Zeros([2, 3]);
        TensorException e = Assert.Throws<TensorException>(() => a.Matmul(b));
        Assert.Contains("aten::matmul(float32[2, 3], float32[2, 3])", e.Message, StringComparison.Ordinal);
        Assert.Contains("cannot be multiplied", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
    }

    [Fact]
    public void A_small_network_goes_forward_and_back()
    {
        using var scope = new TensorScope();
        Torch.ManualSeed(1);
        using var net = new Sequential(new Conv2d(3, 4, 3, stride: 2, padding: 1, bias: false), new BatchNorm2d(4));
        Tensor y = F.AdaptiveAvgPool2d(net.Forward(Tensor.Randn([2, 3, 8, 6])).Silu(), 1, 1);
        Assert.Equal([2, 4, 1, 1], y.Shape);
        y.Sum().Backward();
        Assert.All(net.Parameters(), p => Assert.NotNull(p.Grad));
        Assert.Equal(
            ["0.weight", "1.weight", "1.bias", "1.running_mean", "1.running_var", "1.num_batches_tracked"],
            net.StateDict().Keys);
    }
}
