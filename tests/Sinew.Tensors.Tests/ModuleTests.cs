using Sinew.Tensors.Functional;
using Sinew.Tensors.Modules;

namespace Sinew.Tensors.Tests;

public sealed class ModuleTests
{
    [Fact]
    public void State_has_PyTorch_s_names_and_order()
    {
        using var net = new Block();
        Assert.Equal(
            ["scale", "offset", "conv.weight", "conv.bias", "parts.0.weight", "parts.0.bias", "parts.1.weight", "parts.1.bias",
             "parts.1.running_mean", "parts.1.running_var", "parts.1.num_batches_tracked"],
            net.StateDict().Keys);
        Assert.Equal(
            ["scale", "conv.weight", "conv.bias", "parts.0.weight", "parts.0.bias", "parts.1.weight", "parts.1.bias"],
            net.NamedParameters().Select(p => p.Name));
        Assert.Equal(
            ["offset", "parts.1.running_mean", "parts.1.running_var", "parts.1.num_batches_tracked"], net.NamedBuffers().Select(b => b.Name));
        Assert.Equal([string.Empty, "conv", "parts", "parts.0", "parts.1"], net.NamedModules().Select(m => m.Name));
        Assert.All(net.Parameters(), p => Assert.True(p.RequiresGrad));
        Assert.All(net.NamedBuffers(), b => Assert.False(b.Value.RequiresGrad));
    }

    [Fact]
    public void Weights_that_do_not_fit_are_named_and_change_nothing()
    {
        using var scope = new TensorScope();
        using var net = new Block();
        var state = new Dictionary<string, Tensor>(net.StateDict().ToDictionary(s => s.Key, s => s.Value + 1));
        state.Remove("scale");
        state.Add("extra", Tensor.Ones([1]));
        state["conv.weight"] = Tensor.Ones([2, 3, 1, 1]);
        float[] before = net.Conv.Bias!.ToArray<float>();
        SinewException e = Assert.Throws<SinewException>(() => net.LoadStateDict(state));
        Assert.Contains("1 missing: scale", e.Message, StringComparison.Ordinal);
        Assert.Contains("1 unexpected: extra", e.Message, StringComparison.Ordinal);
        Assert.Contains("conv.weight is [2, 3, 1, 1] in place of [4, 3, 1, 1]", e.Message, StringComparison.Ordinal);
        Assert.Equal(before, net.Conv.Bias!.ToArray<float>());

        LoadReport report = net.LoadStateDict(state, strict: false);
        Assert.Equal(["scale"], report.Missing);
        Assert.Equal(["extra"], report.Unexpected);
        Assert.Equal(before.Select(v => v + 1), net.Conv.Bias!.ToArray<float>());
    }

    [Fact]
    public void Conversion_keeps_the_tensor_objects()
    {
        using var scope = new TensorScope();
        using var net = new Block();
        Tensor weight = net.Conv.Weight;
        float[] values = weight.ToArray<float>();
        net.To(DType.Float64);
        Assert.Equal(DType.Float64, weight.DType);
        Assert.True(weight.RequiresGrad);
        Assert.Equal(values.Select(v => (double)v), weight.ToArray<double>());
        Assert.Equal(DType.Int64, net.StateDict()["parts.1.num_batches_tracked"].DType);
        net.To(Device.Cpu);
        Assert.Equal(values.Select(v => (double)v), weight.ToArray<double>());
        net.Forward(Tensor.Ones([2, 3, 2, 2], DType.Float64)).Sum().Backward();
        Assert.NotNull(weight.Grad);
        net.ZeroGrad();
        Assert.Null(weight.Grad);
    }

    [Fact]
    public void Batch_norm_normalises_by_the_batch_in_training_and_by_the_running_values_after()
    {
        using var scope = new TensorScope();
        using var norm = new BatchNorm2d(2, eps: 0, momentum: 0.1);
        // Channel 0 holds 1, 2, 3, 4: mean 2.5, variance 1.25, unbiased 5/3. Channel 1 holds the same times 10.
        Tensor x = Tensor.FromArray<float>([1, 2, 10, 20, 3, 4, 30, 40], 2, 2, 1, 2);
        float[] y = norm.Forward(x).ToArray<float>();
        double deviation = Math.Sqrt(1.25);
        Assert.Equal(-1.5 / deviation, y[0], 1e-6);
        Assert.Equal(1.5 / deviation, y[7], 1e-6);
        Assert.Equal([0.25f, 2.5f], norm.RunningMean.ToArray<float>());
        Assert.Equal(0.9 + (0.1 * 5 / 3), norm.RunningVariance.ToArray<float>()[0], 1e-6);
        Assert.Equal(1, norm.BatchesTracked.Item());

        norm.Train(false);
        y = norm.Forward(x).ToArray<float>();
        Assert.Equal((1 - 0.25) / Math.Sqrt(0.9 + (0.5 / 3)), y[0], 1e-6);
        Assert.Equal(1, norm.BatchesTracked.Item());
        Assert.Equal([0.25f, 2.5f], norm.RunningMean.ToArray<float>());
    }

    [Fact]
    public void Training_reaches_every_part()
    {
        using var net = new Block();
        net.Train(false);
        Assert.All(net.NamedModules(), m => Assert.False(m.Module.Training));
        net.Train();
        Assert.All(net.NamedModules(), m => Assert.True(m.Module.Training));
    }

    [Fact]
    public void First_values_have_the_spread_their_formulas_say()
    {
        using var scope = new TensorScope();
        Torch.ManualSeed(2);
        Tensor weight = Tensor.Empty([200, 100, 3, 3]);
        Init.KaimingUniform(weight, Math.Sqrt(5));
        Assert.Equal(1 / Math.Sqrt(900), weight.Abs().Max().Item(), 1e-5);
        Init.KaimingNormal(weight, fanOut: true);
        Assert.Equal(Math.Sqrt(2.0 / 1800), weight.Square().Mean().Sqrt().Item(), 1e-4);
        Init.Normal(weight, 1, 0.01);
        Assert.Equal(1, weight.Mean().Item(), 1e-4);
        Assert.Equal(0.01, (weight - 1.0).Square().Mean().Sqrt().Item(), 1e-4);
        Init.Constant(weight, 3);
        Assert.Equal(3, weight.Min().Item());
        Assert.Throws<ArgumentException>(() => Init.KaimingUniform(Tensor.Ones([3])));
    }

    [Fact]
    public void Dropout_scales_what_it_leaves_and_does_nothing_in_evaluation()
    {
        using var scope = new TensorScope();
        Torch.ManualSeed(4);
        Tensor x = Tensor.Ones([10000]);
        Tensor y = F.Dropout(x, 0.25, training: true);
        Assert.Equal([0f, 1 / 0.75f], y.ToArray<float>().Distinct().Order());
        Assert.Equal(1, y.Mean().Item(), 0.05);
        Assert.True(F.Dropout(x, 0.25, training: false).ValueEquals(x));
    }

    [Fact]
    public void A_part_outlives_the_scope_it_was_made_in()
    {
        Block net;
        using (new TensorScope())
            net = new Block();
        using (net)
            Assert.Equal(7, net.Parameters().Count(p => !p.IsDisposed));
        Assert.All(net.StateDict().Values, t => Assert.True(t.IsDisposed));
    }

    [Fact]
    public void Names_are_unique_and_without_dots()
    {
        Assert.Throws<ArgumentException>(() => new Misnamed("a.b"));
        Assert.Throws<ArgumentException>(() => new Misnamed("twice"));
    }

    private sealed class Block : Module
    {
        private readonly Tensor _scale;
        private readonly ModuleList<Module> _parts;

        public Block()
        {
            Conv = Child("conv", new Conv2d(3, 4, 1));
            _parts = Child("parts", new ModuleList<Module>(new Conv2d(4, 4, 3, padding: 1), new BatchNorm2d(4)));
            _scale = Parameter("scale", Tensor.Ones([1]));
            Buffer("offset", Tensor.Zeros([1]));
        }

        public Conv2d Conv { get; }

        public override Tensor Forward(Tensor x) => _parts.Aggregate(Conv.Forward(x), (y, part) => part.Forward(y)) * _scale;
    }

    private sealed class Misnamed : Module
    {
        public Misnamed(string name)
        {
            Buffer("twice", Tensor.Zeros([1]));
            Parameter(name, Tensor.Zeros([1]));
        }

        public override Tensor Forward(Tensor x) => x;
    }
}
