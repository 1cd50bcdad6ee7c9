namespace Sinew.Tensors;

/// <summary>
/// Releases tensors together: every tensor made on this thread while the scope is the innermost one is released when the scope
/// ends, unless it was taken out with <see cref="Keep"/> or <see cref="ToOuter"/>. Scopes nest and end in reverse order, on the
/// thread they were made on.
/// </summary>
public sealed class TensorScope : IDisposable
{
    [ThreadStatic]
    private static TensorScope? t_current;

    private readonly TensorScope? _outer;
    private readonly int _thread;
    private Tensor?[] _tensors;
    private int _count;
    private bool _ended;

    /// <summary>Opens a scope.</summary>
    public TensorScope()
    {
        _outer = t_current;
        _thread = Environment.CurrentManagedThreadId;
        _tensors = System.Buffers.ArrayPool<Tensor?>.Shared.Rent(256);
        t_current = this;
    }

    /// <summary>How many tensors the scope will release.</summary>
    public int Count
    {
        get
        {
            int alive = 0;
            for (int i = 0; i < _count; i++)
                alive += _tensors[i] is null ? 0 : 1;
            return alive;
        }
    }

    internal static TensorScope? Current => t_current;

    /// <summary>Takes a tensor out of whatever scope it is in: it lives until it is disposed of.</summary>
    /// <param name="tensor">A tensor.</param>
    /// <returns>The same tensor.</returns>
    /// <exception cref="ObjectDisposedException">The scope has ended.</exception>
    public Tensor Keep(Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        ObjectDisposedException.ThrowIf(_ended, this);
        tensor.LeaveScope();
        return tensor;
    }

    /// <summary>Hands a tensor to the scope around this one; without one, it lives until it is disposed of.</summary>
    /// <param name="tensor">A tensor.</param>
    /// <returns>The same tensor.</returns>
    public Tensor ToOuter(Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        tensor.LeaveScope();
        _outer?.Add(tensor);
        return tensor;
    }

    /// <summary>Ends the scope and releases its tensors.</summary>
    /// <exception cref="InvalidOperationException">An inner scope is still open, or this is another thread.</exception>
    public void Dispose()
    {
        if (_ended)
            return;
        if (t_current != this)
        {
            throw new InvalidOperationException(_thread == Environment.CurrentManagedThreadId
                ? "a scope ended while one inside it is open"
                : "a scope ended on another thread than the one it was opened on");
        }

        _ended = true;
        t_current = _outer;
        Tensor.ReleaseAll(_tensors.AsSpan(0, _count));
        Array.Clear(_tensors, 0, _count);
        System.Buffers.ArrayPool<Tensor?>.Shared.Return(_tensors);
        _tensors = [];
        _count = 0;
    }

    internal void Add(Tensor tensor)
    {
        if (_count == _tensors.Length)
        {
            Tensor?[] larger = System.Buffers.ArrayPool<Tensor?>.Shared.Rent(_count * 2);
            Array.Copy(_tensors, larger, _count);
            Array.Clear(_tensors, 0, _count);
            System.Buffers.ArrayPool<Tensor?>.Shared.Return(_tensors);
            _tensors = larger;
        }

        tensor.EnterScope(this, _count);
        _tensors[_count++] = tensor;
    }

    internal void Remove(int slot)
    {
        if (!_ended)
            _tensors[slot] = null;
    }
}
