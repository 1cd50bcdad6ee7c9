namespace Sinew.Tensors;

/// <content>Between tensors and arrays, element types and devices.</content>
public sealed unsafe partial class Tensor
{
    /// <summary>The value of a tensor with one element.</summary>
    /// <returns>The value; a truth value is 0 or 1.</returns>
    /// <exception cref="TensorException">There is not exactly one element.</exception>
    public double Item() => Ops.Item.CallNumber(this);

    /// <summary>Copies the elements, the last dimension running fastest, from any device and layout.</summary>
    /// <typeparam name="T">The type whose layout the elements have.</typeparam>
    /// <returns>A new array.</returns>
    /// <exception cref="InvalidOperationException">The elements have another type.</exception>
    public T[] ToArray<T>()
        where T : unmanaged
    {
        var array = new T[checked((int)Count)];
        CopyTo(array.AsSpan());
        return array;
    }

    /// <summary>Copies the elements, the last dimension running fastest, from any device and layout.</summary>
    /// <typeparam name="T">The type whose layout the elements have.</typeparam>
    /// <param name="destination">As many elements as the tensor has, or more.</param>
    /// <exception cref="InvalidOperationException">The elements have another type.</exception>
    /// <exception cref="ArgumentException">The destination is too short.</exception>
    public void CopyTo<T>(Span<T> destination)
        where T : unmanaged
    {
        CheckType<T>();
        NativeDescription description = Describe();
        if (description.Count > destination.Length)
            throw new ArgumentException($"{DescribeShape()} does not fit into {destination.Length} elements", nameof(destination));
        if (description.DeviceType == 0 && description.Contiguous != 0)
        {
            Memory<T>(description.Count).CopyTo(destination);
            return;
        }

        // Where it is dense on the processor already, neither step copies; each is a handle of its own all the same.
        using IDisposable noGrad = Torch.NoGrad();
        using Tensor here = To(Device.Cpu);
        using Tensor dense = here.Contiguous();
        dense.Memory<T>(description.Count).CopyTo(destination);
    }

    /// <summary>Overwrites the elements, the last dimension running fastest, on any device and in any layout.</summary>
    /// <typeparam name="T">The type whose layout the elements have.</typeparam>
    /// <param name="source">As many elements as the tensor has.</param>
    /// <exception cref="InvalidOperationException">The elements have another type.</exception>
    /// <exception cref="ArgumentException">The source has another length.</exception>
    public void CopyFrom<T>(ReadOnlySpan<T> source)
        where T : unmanaged
    {
        CheckType<T>();
        NativeDescription description = Describe();
        if (description.Count != source.Length)
            throw new ArgumentException($"{source.Length} elements do not fill {DescribeShape()}", nameof(source));
        if (description.DeviceType == 0 && description.Contiguous != 0)
        {
            source.CopyTo(Memory<T>(description.Count));
            return;
        }

        using IDisposable noGrad = Torch.NoGrad();
        using Tensor dense = FromArray(source, Shape);
        CopyInPlace(dense);
    }

    /// <summary>The elements themselves, not a copy: good as long as the tensor lives, and unseen by autograd.</summary>
    /// <typeparam name="T">The type whose layout the elements have.</typeparam>
    /// <returns>The elements, the last dimension running fastest.</returns>
    /// <exception cref="InvalidOperationException">The elements have another type, or lie on another device or not densely.</exception>
    public Span<T> Data<T>()
        where T : unmanaged
    {
        CheckType<T>();
        NativeDescription description = Describe();
        if (description.DeviceType != 0 || description.Contiguous == 0)
            throw new InvalidOperationException($"{DescribeShape()} does not lie densely in the processor's memory: use ToArray, or Contiguous first");
        return Memory<T>(description.Count);
    }

    /// <summary>The tensor on a device; the same memory where it is there already.</summary>
    /// <param name="device">The device.</param>
    /// <returns>The tensor.</returns>
    public Tensor To(Device device)
    {
        ArgumentNullException.ThrowIfNull(device);
        return Ops.ToDevice.Call(this, DType, Arg.None, device);
    }

    /// <summary>The tensor with elements of a type; the same memory where they have it already.</summary>
    /// <param name="dtype">The element type.</param>
    /// <returns>The tensor.</returns>
    public Tensor To(DType dtype) => Ops.ToDType.Call(this, dtype);

    /// <summary>The tensor in dense memory; the same memory where it is dense already.</summary>
    /// <param name="channelsLast">
    /// For four dimensions [N, C, H, W]: with the channels running fastest, which some convolutions like better.
    /// </param>
    /// <returns>The tensor.</returns>
    public Tensor Contiguous(bool channelsLast = false) => Ops.Contiguous.Call(this, channelsLast ? 2L : 0L);

    /// <summary>The same memory without a past: gradients do not flow through it.</summary>
    /// <returns>The tensor.</returns>
    public Tensor Detach() => Ops.Detach.Call(this);

    /// <summary>A copy; gradients flow through it.</summary>
    /// <returns>The tensor.</returns>
    public Tensor Clone() => Ops.Clone.Call(this);

    /// <summary>
    /// The elements in whatever order they lie in memory, where they fill it without gaps; empty for other tensors, other
    /// element types and other devices.
    /// </summary>
    internal Span<T> DenseMemory<T>()
        where T : unmanaged
    {
        NativeDescription description = Describe();
        if (description.DeviceType != 0 || (DType)description.DType != DTypes.Of<T>())
            return [];
        if (description.Contiguous != 0)
            return Memory<T>(description.Count);

        // Dense in another order: sorted by stride, each dimension begins where the one below it ends.
        int rank = description.Rank;
        long* sizes = stackalloc long[2 * rank];
        Layout(sizes, rank);
        var strides = new Span<long>(sizes + rank, rank);
        strides.Sort(new Span<long>(sizes, rank));
        long expected = 1;
        for (int i = 0; i < rank; i++)
        {
            if (sizes[i] == 1)
                continue;
            if (strides[i] != expected)
                return [];
            expected *= sizes[i];
        }

        return Memory<T>(description.Count);
    }

    /// <summary>Whether the elements of both lie in memory in the same order.</summary>
    internal bool HasLayoutOf(Tensor other)
    {
        NativeDescription mine = Describe();
        NativeDescription theirs = other.Describe();
        if (mine.Rank != theirs.Rank)
            return false;
        int rank = mine.Rank;
        long* own = stackalloc long[4 * rank];
        long* others = own + (2 * rank);
        Layout(own, rank);
        other.Layout(others, rank);
        for (int i = 0; i < rank; i++)
        {
            // Where there is but one index, the stride means nothing.
            if (own[i] != others[i] || (own[i] != 1 && own[rank + i] != others[rank + i]))
                return false;
        }

        return true;
    }

    private void Layout(long* sizesThenStrides, int rank)
    {
        Native.sinew_sizes(Handle, sizesThenStrides, sizesThenStrides + rank);
        GC.KeepAlive(this);
    }

    private Span<T> Memory<T>(long count)
        where T : unmanaged
    {
        if (count == 0)
            return [];
        void* data = Native.sinew_data(Handle);
        if (data is null)
            throw Native.Failure($"data of {DescribeShape()}");
        return new Span<T>(data, checked((int)count));
    }

    private void CheckType<T>()
        where T : unmanaged
    {
        DType dtype = DType;
        // bfloat16 has no type of its own here; its bits travel as 16-bit integers.
        bool fits = DTypes.Of<T>() == dtype || (typeof(T) == typeof(short) && dtype == DType.BFloat16);
        if (!fits)
            throw new InvalidOperationException($"{DescribeShape()} has no elements of type {typeof(T).Name}: convert it with To(DType.{DTypes.Of<T>()}) first");
    }
}
