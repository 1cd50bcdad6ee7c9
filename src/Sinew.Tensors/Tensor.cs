using System.Globalization;

namespace Sinew.Tensors;

/// <summary>
/// A libtorch tensor. Made inside a <see cref="TensorScope"/>, it is released at the scope's end; made outside, it lives until
/// <see cref="Dispose"/> (or until it is collected). Names are PyTorch's; what ends in InPlace changes the tensor itself.
/// </summary>
public sealed unsafe partial class Tensor : IDisposable
{
    private nint _handle;
    private TensorScope? _scope;
    private int _slot;
    private long[]? _shape;

    internal Tensor(nint handle)
    {
        _handle = handle;
        TensorScope.Current?.Add(this);
    }

    /// <summary>Releases the memory of a tensor that nobody disposed of.</summary>
    ~Tensor() => ReleaseHandle();

    /// <summary>The length of each dimension. The array is shared: do not write to it.</summary>
    public long[] Shape => _shape ??= ReadShape();

    /// <summary>How many dimensions there are; 0 for a single number.</summary>
    public int Rank => Describe().Rank;

    /// <summary>How many elements there are.</summary>
    public long Count => Describe().Count;

    /// <summary>What one element is.</summary>
    public DType DType => (DType)Describe().DType;

    /// <summary>Where the memory lies.</summary>
    public Device Device
    {
        get
        {
            NativeDescription description = Describe();
            return Device.FromNative(description.DeviceType, description.DeviceIndex);
        }
    }

    /// <summary>Whether the elements lie in memory in the order of the shape, without gaps.</summary>
    public bool IsContiguous => Describe().Contiguous != 0;

    /// <summary>Whether these are images, [N, C, H, W], whose elements lie in memory pixel by pixel with all channels of one beside each other.</summary>
    public bool IsChannelsLast => Describe().ChannelsLast != 0;

    /// <summary>Whether backward computes a gradient for this tensor.</summary>
    /// <exception cref="TensorException">Set on a tensor that is the result of others, or that holds no floating-point numbers.</exception>
    public bool RequiresGrad
    {
        get => Describe().RequiresGrad != 0;
        set
        {
            Native.Check(Native.sinew_set_requires_grad(Handle, value ? 1 : 0), "requires_grad");
            GC.KeepAlive(this);
        }
    }

    /// <summary>The gradient that backward has summed up; null before it, and for tensors that need none.</summary>
    public Tensor? Grad
    {
        get
        {
            nint gradient;
            Native.Check(Native.sinew_grad(Handle, &gradient), "grad");
            GC.KeepAlive(this);
            return gradient == 0 ? null : new Tensor(gradient);
        }
    }

    /// <summary>Whether the tensor was released.</summary>
    public bool IsDisposed => _handle == 0;

    internal nint Handle
    {
        get
        {
            nint handle = _handle;
            ObjectDisposedException.ThrowIf(handle == 0, this);
            return handle;
        }
    }

    /// <summary>Replaces the gradient; null removes it.</summary>
    /// <param name="gradient">A tensor of the same shape, or null.</param>
    /// <exception cref="TensorException">libtorch refused.</exception>
    public void SetGrad(Tensor? gradient)
    {
        if (gradient is not null && !gradient.Shape.AsSpan().SequenceEqual(Shape))
            throw new TensorException($"grad: {gradient.DescribeShape()} is no gradient of {DescribeShape()}");
        Native.Check(Native.sinew_set_grad(Handle, gradient?.Handle ?? 0), "grad");
        GC.KeepAlive(this);
        GC.KeepAlive(gradient);
    }

    /// <summary>Removes the gradient, so that the next backward starts from nothing.</summary>
    public void ZeroGrad() => SetGrad(null);

    /// <summary>Computes the gradients of everything that this single number was computed from.</summary>
    /// <param name="retainGraph">Whether a second backward through the same graph will follow.</param>
    /// <exception cref="TensorException">libtorch refused, for example because the tensor has more than one element.</exception>
    public void Backward(bool retainGraph = false) => BackwardFrom(0, retainGraph);

    /// <summary>Computes gradients from a gradient of this tensor.</summary>
    /// <param name="gradient">The gradient of the loss by this tensor, of the same shape.</param>
    /// <param name="retainGraph">Whether a second backward through the same graph will follow.</param>
    /// <exception cref="TensorException">libtorch refused.</exception>
    public void Backward(Tensor gradient, bool retainGraph = false)
    {
        ArgumentNullException.ThrowIfNull(gradient);
        BackwardFrom(gradient.Handle, retainGraph);
        GC.KeepAlive(gradient);
    }

    /// <summary>Whether both are the same tensor of libtorch, not only equal ones.</summary>
    /// <param name="other">Another tensor.</param>
    /// <returns>True where a change in place of one changes the other in everything.</returns>
    public bool IsSame(Tensor other)
    {
        ArgumentNullException.ThrowIfNull(other);
        bool same = Native.sinew_same(Handle, other.Handle) != 0;
        GC.KeepAlive(this);
        GC.KeepAlive(other);
        return same;
    }

    /// <summary>Releases the tensor's memory, where no other tensor shares it and no gradient needs it.</summary>
    public void Dispose()
    {
        LeaveScope();
        ReleaseHandle();
        GC.SuppressFinalize(this);
    }

    /// <summary>Element type, shape and device; for a single number its value.</summary>
    /// <returns>For example "float32[2, 3]".</returns>
    public override string ToString()
    {
        if (_handle == 0)
            return "disposed tensor";
        string shape = DescribeShape();
        if (Rank == 0)
            shape = $"{shape} {Item().ToString(CultureInfo.InvariantCulture)}";
        return Device.IsCpu ? shape : $"{shape} on {Device}";
    }

    internal static void ReleaseAll(ReadOnlySpan<Tensor?> tensors)
    {
        const int Batch = 64;
        nint* handles = stackalloc nint[Batch];
        int count = 0;
        foreach (Tensor? tensor in tensors)
        {
            if (tensor is null)
                continue;
            handles[count++] = tensor._handle;
            tensor.Empty();
            if (count == Batch)
            {
                Native.sinew_release(handles, count);
                count = 0;
            }
        }

        Native.sinew_release(handles, count);
    }

    internal void EnterScope(TensorScope scope, int slot)
    {
        _scope = scope;
        _slot = slot;
    }

    internal void LeaveScope()
    {
        _scope?.Remove(_slot);
        _scope = null;
    }

    /// <summary>Takes over another tensor's memory; that other one is gone. Who holds this object sees the new value.</summary>
    internal void Become(Tensor other)
    {
        nint old = Handle;
        other.LeaveScope();
        _handle = other.Handle;
        _shape = null;
        other.Empty();
        Native.sinew_release(&old, 1);
    }

    internal string DescribeShape()
    {
        if (_handle == 0)
            return "disposed";
        return $"{DType.ToString().ToLowerInvariant()}[{string.Join(", ", Shape)}]";
    }

    private NativeDescription Describe()
    {
        NativeDescription description;
        Native.sinew_describe(Handle, &description);
        GC.KeepAlive(this);
        return description;
    }

    private long[] ReadShape()
    {
        var shape = new long[Rank];
        long* strides = stackalloc long[shape.Length];
        fixed (long* sizes = shape)
            Native.sinew_sizes(Handle, sizes, strides);
        GC.KeepAlive(this);
        return shape;
    }

    private void BackwardFrom(nint gradient, bool retainGraph)
    {
        if (Native.sinew_backward(Handle, gradient, retainGraph ? 1 : 0) < 0)
            throw Native.Failure($"backward of {DescribeShape()}");
        GC.KeepAlive(this);
    }

    // The handle has gone elsewhere: there is nothing left to release.
    private void Empty()
    {
        _handle = 0;
        _scope = null;
#pragma warning disable CA1816 // This is how Dispose ends for a tensor that others release.
        GC.SuppressFinalize(this);
#pragma warning restore CA1816
    }

    private void ReleaseHandle()
    {
        nint handle = Interlocked.Exchange(ref _handle, 0);
        if (handle != 0)
            Native.sinew_release(&handle, 1);
    }
}
