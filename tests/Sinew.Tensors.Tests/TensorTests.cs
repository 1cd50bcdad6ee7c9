using Sinew.Tensors.Functional;

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
    public void An_integer_keeps_an_integer_tensor_one()
    {
        using var scope = new TensorScope();
        Tensor x = Tensor.Arange(3, DType.Int64);
        Assert.Equal(DType.Int64, (x + 1).DType);
        Assert.Equal(DType.Float32, (x + 1.0).DType);
        Assert.Equal([5L, 4, 3], (5 - x).ToArray<long>());
    }

    [Fact]
    public void Elements_come_out_in_the_shape_s_order_from_any_layout()
    {
        using var scope = new TensorScope();
        Tensor x = Tensor.FromArray<int>([1, 2, 3, 4, 5, 6], 2, 3);
        Tensor turned = x.Transpose(0, 1);
        Assert.False(turned.IsContiguous);
        Assert.Equal([1, 4, 2, 5, 3, 6], turned.ToArray<int>());
        Assert.Throws<InvalidOperationException>(() => { turned.Data<int>(); });
        turned.CopyFrom<int>([10, 40, 20, 50, 30, 60]);
        Assert.Equal([10, 20, 30, 40, 50, 60], x.ToArray<int>());
        x.Data<int>()[0] = -1;
        Assert.Equal(-1, turned.Select(0, 0).Select(0, 0).Item());

        Tensor image = Tensor.Arange(2 * 3 * 4 * 5).Reshape(2, 3, 4, 5);
        Tensor channelsLast = image.Contiguous(channelsLast: true);
        Assert.False(channelsLast.IsContiguous);
        Assert.Equal(image.ToArray<float>(), channelsLast.ToArray<float>());
    }

    [Fact]
    public void Every_element_type_goes_in_and_out()
    {
        using var scope = new TensorScope();
        RoundTrip<byte>([0, 255], DType.UInt8);
        RoundTrip<sbyte>([-128, 127], DType.Int8);
        RoundTrip<short>([-3, 4], DType.Int16);
        RoundTrip<int>([-3, 4], DType.Int32);
        RoundTrip<long>([long.MinValue, 4], DType.Int64);
        RoundTrip<Half>([(Half)0.5, Half.MaxValue], DType.Float16);
        RoundTrip<float>([0.1f, float.NaN], DType.Float32);
        RoundTrip<double>([0.1, double.PositiveInfinity], DType.Float64);
        RoundTrip<bool>([true, false, true], DType.Bool);
        Assert.Equal([0x3f80, unchecked((short)0xc000)], Tensor.FromArray([1f, -2f]).To(DType.BFloat16).ToArray<short>());
        Assert.Throws<InvalidOperationException>(() => Tensor.Ones([2]).ToArray<double>());
        Assert.Throws<ArgumentException>(() => Tensor.FromArray([1f, 2f], 3));
        Assert.Throws<NotSupportedException>(() => Tensor.FromArray(['a'], 1));

        static void RoundTrip<T>(T[] values, DType dtype)
            where T : unmanaged
        {
            Tensor tensor = Tensor.FromArray(values);
            Assert.Equal(dtype, tensor.DType);
            Assert.Equal(values, tensor.ToArray<T>());
        }
    }

    [Fact]
    public void Parts_and_joins_of_shapes_are_PyTorch_s()
    {
        using var scope = new TensorScope();
        Tensor x = Tensor.Arange(12, DType.Int64).Reshape(3, 4);
        Assert.Equal([1L, 5, 9], x.Select(1, 1).ToArray<long>());
        Assert.Equal([8L, 9, 10, 11], x.Select(0, -1).ToArray<long>());
        Assert.Equal([4L, 5, 6, 7], x.Narrow(0, 1, 1).ToArray<long>());
        Assert.Equal([8L, 9, 10, 11, 0, 1, 2, 3], x.IndexSelect(0, Tensor.FromArray([2L, 0])).ToArray<long>());
        Assert.Equal([3L, 4, 9], x.Gather(1, Tensor.FromArray([3L, 0, 1], 3, 1)).ToArray<long>());
        Assert.Equal([2, 2], x.Chunk(2, 1).Select(c => (int)c.Shape[1]));
        Assert.Equal([2, 1], x.Split(2).Select(c => (int)c.Shape[0]));
        Assert.Equal([1, 3], x.Split([1, 3], 1).Select(c => (int)c.Shape[1]));
        Assert.Equal([6, 4], Tensor.Cat([x, x]).Shape);
        Assert.Equal([3, 2, 4], Tensor.Stack([x, x], 1).Shape);
        Assert.Equal([3L, 2, 1, 0], x.Flip(1).Select(0, 0).ToArray<long>());
        Assert.Equal([1, 3, 4], x.Unsqueeze(0).Shape);
        Assert.Equal([3, 4], x.Unsqueeze(0).Squeeze().Shape);
        Assert.Equal([12], x.Flatten().Shape);
        Assert.Equal([5, 3, 4], x.Expand(5, -1, -1).Shape);
        Assert.Equal([0L, 100, 2, 100], Tensor.Where(x.Remainder(2).Eq(0), x, Tensor.Full([], 100, DType.Int64)).Select(0, 0).ToArray<long>());
    }

    [Fact]
    public void Reductions_and_comparisons_are_PyTorch_s()
    {
        using var scope = new TensorScope();
        Tensor x = Tensor.FromArray<float>([3, -1, 2, 0, 5, -4], 2, 3);
        Assert.Equal(5, x.Sum().Item());
        Assert.Equal([4f, 1f], x.Sum(1).ToArray<float>());
        Assert.Equal([1.5f, 2f, -1f], x.Mean([0]).ToArray<float>());
        Assert.Equal([2, 1], x.Sum([1], keepDim: true).Shape);
        (Tensor values, Tensor indices) = x.Max(1);
        Assert.Equal([3f, 5f], values.ToArray<float>());
        Assert.Equal([0L, 1], indices.ToArray<long>());
        Assert.Equal([0L, 1], x.ArgMax(1).ToArray<long>());
        Assert.Equal(-4, x.Min().Item());
        Assert.Equal(Math.Sqrt(55), x.Norm().Item(), 1e-6);
        Assert.Equal([true, false, true, false, true, false], x.Gt(0).ToArray<bool>());
        Assert.Equal([false, true, true, true, true, true], x.Le(x.Flip(1).Abs()).ToArray<bool>());
        Assert.True(x.Ne(7).All().Item() == 1 && x.Eq(5).Any().Item() == 1);
        Assert.Equal([2f, 0f, 2f, 0f, 2f, 0f], x.Clamp(0, 2).ToArray<float>());
        Assert.Equal([3f, -1, 2, 0, 5, -1], x.Clamp(min: -1).ToArray<float>());
        Assert.True(x.AllFinite());
        Assert.False((x / 0.0).AllFinite());
        Assert.True(x.ValueEquals(x.Clone()));
        Assert.False(x.ValueEquals(x + 1));
    }

    [Fact]
    public void Changes_in_place_are_what_their_formulas_say()
    {
        using var scope = new TensorScope();
        Tensor x = Tensor.FromArray([1.0, 2.0]);
        Tensor y = Tensor.FromArray([10.0, 20.0]);
        Assert.Equal([21.0, 42.0], x.AddInPlace(y, 2).ToArray<double>());
        Assert.Equal([10.5, 21.0], x.MulInPlace(0.5).ToArray<double>());
        Assert.Equal([105.0, 420.0], x.MulInPlace(y).ToArray<double>());
        Assert.Equal([105 - 23.75, 420 - 100.0], x.LerpInPlace(y, 0.25).ToArray<double>());
        Assert.Equal([10.0, 20.0], x.CopyInPlace(y).ToArray<double>());
        Assert.Equal([60.0, 220.0], x.AddcmulInPlace(y, y, 0.5).ToArray<double>());
        Assert.Equal([60 - 0.75, 220 - 1.375], x.AddcdivInPlace(Tensor.FromArray([15.0, 55.0]), y, -0.5).ToArray<double>());
        Assert.Equal([7.0, 7.0], x.FillInPlace(7).ToArray<double>());
        Assert.Equal([0.0, 0.0], x.ZeroInPlace().ToArray<double>());
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
        // The results of the call before the refused one are still the caller's.
        Assert.Equal([2, 3], b.Shape);

        e = Assert.Throws<TensorException>(() => F.Conv2d(Tensor.Zeros([1, 3, 8, 8]), Tensor.Zeros([4, 5, 3, 3])));
        Assert.Contains("float32[1, 3, 8, 8], float32[4, 5, 3, 3], none, [1], [0], [1], 1", e.Message, StringComparison.Ordinal);
        e = Assert.Throws<TensorException>(() => a.Backward());
        Assert.Contains("backward of float32[2, 3]", e.Message, StringComparison.Ordinal);
        e = Assert.Throws<TensorException>(() => a.Item());
        Assert.Contains("aten::item(float32[2, 3])", e.Message, StringComparison.Ordinal);
        e = Assert.Throws<TensorException>(() => Tensor.Cat([a, Tensor.Zeros([1, 4])]));
        Assert.Contains("[float32[2, 3], float32[1, 4]]", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Any_operator_can_be_called_by_name()
    {
        using var scope = new TensorScope();
        Tensor x = Tensor.FromArray([3f, 1f, 2f]);
        Tensor[] top = Torch.CallMany("topk", string.Empty, x, 2);
        Assert.Equal([3f, 2f], top[0].ToArray<float>());
        Assert.Equal([0L, 2], top[1].ToArray<long>());
        Assert.Equal([6f, 2f, 4f], Torch.Call("einsum", string.Empty, "i,j->i", new[] { x, Tensor.Ones([2]) }).ToArray<float>());
        Assert.Equal([2f], Torch.Call("index", "Tensor", x, Arg.OptionalTensors([Tensor.FromArray([2L])])).ToArray<float>());
        // An integer is taken where the schema wants a floating-point number, and a default where nothing is given.
        Assert.Equal([1f, 1f], Torch.Call("layer_norm", string.Empty, Tensor.Zeros([2]), new long[] { 2 }, Arg.None, Tensor.Ones([2]), 1).ToArray<float>());
        Assert.Contains("no such operator", Assert.Throws<TensorException>(() => Torch.Call("no_such_thing", string.Empty)).Message, StringComparison.Ordinal);
        Assert.Contains("'other' is missing", Assert.Throws<TensorException>(() => Torch.Call("add", "Tensor", x)).Message, StringComparison.Ordinal);
        Assert.Contains("at most", Assert.Throws<TensorException>(() => Torch.Call("relu", string.Empty, x, 1)).Message, StringComparison.Ordinal);
        Assert.Contains("where one tensor was expected", Assert.Throws<TensorException>(() => Torch.Call("topk", string.Empty, x, 2)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Long_lists_of_tensors_and_numbers_are_passed_whole()
    {
        using var scope = new TensorScope();
        Tensor[] many = [.. Enumerable.Range(0, 1000).Select(i => Tensor.Scalar(i))];
        Assert.Equal(499500, Tensor.Stack(many).Sum().Item());
        Assert.Equal(1000, Tensor.Stack(many).Split([.. Enumerable.Repeat(1L, 1000)]).Length);
    }

    [Fact]
    public void Random_numbers_go_on_from_a_saved_state()
    {
        using var scope = new TensorScope();
        Torch.ManualSeed(5);
        Tensor.Randn([3]);
        byte[] state = Torch.GetRandomState();
        float[] first = Tensor.Randn([100]).ToArray<float>();
        Torch.SetRandomState(state);
        Assert.Equal(first, Tensor.Randn([100]).ToArray<float>());
        Assert.NotEqual(first, Tensor.Randn([100]).ToArray<float>());
        Torch.ManualSeed(0);
        // What torch.manual_seed(0); torch.rand(1) gives.
        Assert.Equal(0.4962565899f, Tensor.Rand([1]).Item(), 1e-9);
        Assert.Throws<TensorException>(() => Torch.SetRandomState([1, 2, 3]));
    }

    [Fact]
    public void Threads_are_what_was_asked_for()
    {
        int before = Torch.Threads;
        try
        {
            Torch.Threads = 1;
            Assert.Equal(1, Torch.Threads);
            Torch.Threads = 2;
            Assert.Equal(2, Torch.Threads);
            Assert.Throws<ArgumentOutOfRangeException>(() => Torch.Threads = 0);
        }
        finally
        {
            Torch.Threads = before;
        }
    }

    [Fact]
    public void Devices_are_read_and_written_by_name()
    {
        Assert.Equal(Device.Cpu, Device.Parse("cpu"));
        Assert.Equal(Device.Cuda(0), Device.Parse("cuda"));
        Assert.Equal(Device.Cuda(3), Device.Parse(Device.Cuda(3).ToString()));
        foreach (string bad in (string[])["", "gpu", "cuda:", "cuda:-1", "cuda:1000", "cuda: 1"])
            Assert.Throws<SinewException>(() => Device.Parse(bad));
    }

    [Fact]
    public void A_CUDA_device_computes_what_the_processor_does()
    {
        if (!Torch.CudaAvailable)
            Assert.Skip("needs a CUDA device and a libtorch that has CUDA");
        using var scope = new TensorScope();
        Tensor x = Tensor.Randn([8, 3, 16, 16]);
        Tensor w = Tensor.Randn([4, 3, 3, 3]);
        Tensor here = F.Conv2d(x, w);
        Tensor there = F.Conv2d(x.To(Device.Cuda(0)), w.To(Device.Cuda(0)));
        Assert.Equal(Device.Cuda(0), there.Device);
        Assert.True((here - there.To(Device.Cpu)).Abs().Max().Item() < 1e-2);
    }

    [Fact]
    public void Without_CUDA_a_tensor_for_it_is_refused_in_one_line()
    {
        if (Torch.CudaAvailable)
            Assert.Skip("this machine has CUDA");
        TensorException e = Assert.Throws<TensorException>(() => Tensor.Zeros([1], device: Device.Cuda(0)));
        Assert.Contains("cuda:0", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
    }
}
