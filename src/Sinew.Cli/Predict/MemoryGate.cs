namespace Sinew.Cli.Predict;

/// <summary>
/// Lets pictures into memory as long as all of them together stay within a limit, and at least one whatever its size. For one who enters, in
/// the order in which the pictures leave: somebody who waits then waits for none that comes later.
/// </summary>
/// <param name="most">The limit, bytes.</param>
internal sealed class MemoryGate(long most)
{
    private readonly Lock _lock = new();
    private long _inside;
    private TaskCompletionSource? _left;

    /// <summary>Waits until there is room.</summary>
    /// <param name="bytes">How much comes in.</param>
    /// <param name="cancel">Ends the waiting.</param>
    public async Task EnterAsync(long bytes, CancellationToken cancel)
    {
        while (true)
        {
            Task left;
            lock (_lock)
            {
                if (_inside == 0 || _inside + bytes <= most)
                {
                    _inside += bytes;
                    return;
                }

                left = (_left ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            }

            await left.WaitAsync(cancel).ConfigureAwait(false);
        }
    }

    /// <summary>Makes room again.</summary>
    /// <param name="bytes">How much goes out.</param>
    public void Leave(long bytes)
    {
        lock (_lock)
        {
            _inside -= bytes;
            _left?.TrySetResult();
            _left = null;
        }
    }
}
