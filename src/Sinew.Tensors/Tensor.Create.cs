namespace Sinew.Tensors;

/// <content>Making tensors.</content>
public sealed unsafe partial class Tensor
{
    /// <summary>A tensor of zeros.</summary>
    /// <param name="shape">The length of each dimension.</param>
    /// <param name="dtype">What one element is.</param>
    /// <param name="device">Where; the processor where none is given.</param>
    /// <returns>The tensor.</returns>
    public static Tensor Zeros(long[] shape, DType dtype = DType.Float32, Device? device = null) =>
        Ops.Zeros.Call(shape, dtype, Arg.None, device ?? Device.Cpu);

    /// <summary>A tensor of ones.</summary>
    /// <param name="shape">The length of each dimension.</param>
    /// <param name="dtype">What one element is.</param>
    /// <param name="device">Where; the processor where none is given.</param>
    /// <returns>The tensor.</returns>
    public static Tensor Ones(long[] shape, DType dtype = DType.Float32, Device? device = null) =>
        Ops.Ones.Call(shape, dtype, Arg.None, device ?? Device.Cpu);

    /// <summary>A tensor whose elements are whatever was in its memory.</summary>
    /// <param name="shape">The length of each dimension.</param>
    /// <param name="dtype">What one element is.</param>
    /// <param name="device">Where; the processor where none is given.</param>
    /// <returns>The tensor.</returns>
    public static Tensor Empty(long[] shape, DType dtype = DType.Float32, Device? device = null) =>
        Ops.Empty.Call(shape, dtype, Arg.None, device ?? Device.Cpu);

    /// <summary>A tensor of one value.</summary>
    /// <param name="shape">The length of each dimension.</param>
    /// <param name="value">The value of every element.</param>
    /// <param name="dtype">What one element is.</param>
    /// <param name="device">Where; the processor where none is given.</param>
    /// <returns>The tensor.</returns>
    public static Tensor Full(long[] shape, Scalar value, DType dtype = DType.Float32, Device? device = null) =>
        Ops.Full.Call(shape, value, dtype, Arg.None, device ?? Device.Cpu);

    /// <summary>The whole numbers from 0 up to, not including, <paramref name="end"/>.</summary>
    /// <param name="end">How many there are.</param>
    /// <param name="dtype">What one element is.</param>
    /// <param name="device">Where; the processor where none is given.</param>
    /// <returns>A tensor of one dimension.</returns>
    public static Tensor Arange(long end, DType dtype = DType.Float32, Device? device = null) =>
        Arange(0L, end, 1L, dtype, device);

    /// <summary>The numbers from <paramref name="start"/> up to, not including, <paramref name="end"/>.</summary>
    /// <param name="start">The first number.</param>
    /// <param name="end">Where to stop.</param>
    /// <param name="step">From one number to the next.</param>
    /// <param name="dtype">What one element is.</param>
    /// <param name="device">Where; the processor where none is given.</param>
    /// <returns>A tensor of one dimension.</returns>
    public static Tensor Arange(Scalar start, Scalar end, Scalar step, DType dtype = DType.Float32, Device? device = null) =>
        Ops.Arange.Call(start, end, step, dtype, Arg.None, device ?? Device.Cpu);

    /// <summary>Random numbers of the normal distribution with mean 0 and variance 1.</summary>
    /// <param name="shape">The length of each dimension.</param>
    /// <param name="dtype">What one element is.</param>
    /// <param name="device">Where; the processor where none is given.</param>
    /// <returns>The tensor.</returns>
    public static Tensor Randn(long[] shape, DType dtype = DType.Float32, Device? device = null) =>
        Ops.Randn.Call(shape, dtype, Arg.None, device ?? Device.Cpu);

    /// <summary>Random numbers spread evenly over [0, 1).</summary>
    /// <param name="shape">The length of each dimension.</param>
    /// <param name="dtype">What one element is.</param>
    /// <param name="device">Where; the processor where none is given.</param>
    /// <returns>The tensor.</returns>
    public static Tensor Rand(long[] shape, DType dtype = DType.Float32, Device? device = null) =>
        Ops.Rand.Call(shape, dtype, Arg.None, device ?? Device.Cpu);

    /// <summary>A tensor without dimensions: one number.</summary>
    /// <param name="value">The number.</param>
    /// <param name="dtype">What the element is.</param>
    /// <param name="device">Where; the processor where none is given.</param>
    /// <returns>The tensor.</returns>
    public static Tensor Scalar(double value, DType dtype = DType.Float32, Device? device = null) =>
        Full([], value, dtype, device);

    /// <summary>Copies an array into a new tensor on the processor.</summary>
    /// <typeparam name="T">byte, sbyte, short, int, long, Half, float, double or bool.</typeparam>
    /// <param name="data">The elements, the last dimension running fastest.</param>
    /// <param name="shape">The length of each dimension; none given: one dimension of the data's length.</param>
    /// <returns>The tensor.</returns>
    /// <exception cref="ArgumentException">The shape asks for another number of elements.</exception>
    public static Tensor FromArray<T>(ReadOnlySpan<T> data, params long[] shape)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(shape);
        if (shape.Length == 0)
            shape = [data.Length];
        long count = 1;
        foreach (long length in shape)
            count = checked(count * length);
        if (count != data.Length)
            throw new ArgumentException($"{data.Length} elements do not fill the shape [{string.Join(", ", shape)}]", nameof(shape));
        Tensor tensor = Empty(shape, DTypes.Of<T>());
        data.CopyTo(tensor.Data<T>());
        return tensor;
    }

    /// <summary>Copies an array into a new tensor on the processor.</summary>
    /// <typeparam name="T">byte, sbyte, short, int, long, Half, float, double or bool.</typeparam>
    /// <param name="data">The elements, the last dimension running fastest.</param>
    /// <param name="shape">The length of each dimension; none given: one dimension of the data's length.</param>
    /// <returns>The tensor.</returns>
    /// <exception cref="ArgumentException">The shape asks for another number of elements.</exception>
    public static Tensor FromArray<T>(T[] data, params long[] shape)
        where T : unmanaged => FromArray((ReadOnlySpan<T>)data, shape);

    /// <summary>Joins tensors along a dimension that they have.</summary>
    /// <param name="tensors">Tensors whose other dimensions agree.</param>
    /// <param name="dim">The dimension; negative counts from the last.</param>
    /// <returns>The joined tensor.</returns>
    public static Tensor Cat(IReadOnlyList<Tensor> tensors, long dim = 0) => Ops.Cat.Call(AsArray(tensors), dim);

    /// <summary>Joins tensors of one shape along a new dimension.</summary>
    /// <param name="tensors">Tensors of one shape.</param>
    /// <param name="dim">Where the new dimension goes; negative counts from the last.</param>
    /// <returns>The joined tensor.</returns>
    public static Tensor Stack(IReadOnlyList<Tensor> tensors, long dim = 0) => Ops.Stack.Call(AsArray(tensors), dim);

    /// <summary>Takes each element from one of two tensors.</summary>
    /// <param name="condition">Truth values.</param>
    /// <param name="whenTrue">Where the condition holds.</param>
    /// <param name="whenFalse">Where it does not.</param>
    /// <returns>A tensor of the shape that all three broadcast to.</returns>
    public static Tensor Where(Tensor condition, Tensor whenTrue, Tensor whenFalse) =>
        Ops.Where.Call(condition, whenTrue, whenFalse);

    internal static Tensor[] AsArray(IReadOnlyList<Tensor> tensors)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        return tensors as Tensor[] ?? [.. tensors];
    }
}
