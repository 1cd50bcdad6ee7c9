namespace Sinew.Cli.Serve;

/// <summary>
/// Who may work now: a few at the same time, some who wait, and nobody beyond. A crowd then gets answers at once, and the machine's memory
/// has a bound.
/// </summary>
internal sealed class Turns(int working, int waiting) : IDisposable
{
    private readonly SemaphoreSlim _working = new(working, working);
    private int _inside;

    /// <summary>Requests that are worked on or wait.</summary>
    public int Inside => Volatile.Read(ref _inside);

    /// <summary>Comes in, where there is room.</summary>
    public bool TryEnter()
    {
        if (Interlocked.Increment(ref _inside) <= working + waiting) return true;
        Interlocked.Decrement(ref _inside);
        return false;
    }

    /// <summary>Goes out again.</summary>
    public void Leave() => Interlocked.Decrement(ref _inside);

    /// <summary>Does work when it is one's turn, away from the threads that answer requests.</summary>
    /// <param name="work">The work.</param>
    /// <param name="cancel">Ends the waiting.</param>
    public async Task<T> RunAsync<T>(Func<T> work, CancellationToken cancel)
    {
        await _working.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            return await Task.Run(work, cancel).ConfigureAwait(false);
        }
        finally
        {
            _working.Release();
        }
    }

    public void Dispose() => _working.Dispose();
}
