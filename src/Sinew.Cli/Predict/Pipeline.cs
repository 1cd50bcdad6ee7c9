using System.Runtime.ExceptionServices;
using System.Threading.Channels;

namespace Sinew.Cli.Predict;

/// <summary>
/// Stages that run beside each other, each on its own thread, with short queues between them. Where one fails all stop, and its error is the
/// run's.
/// </summary>
internal sealed class Pipeline : IDisposable
{
    private readonly CancellationTokenSource _broken = new();
    private readonly List<Task> _stages = [];
    private ExceptionDispatchInfo? _failure;

    /// <summary>Set where a stage failed.</summary>
    public CancellationToken Broken => _broken.Token;

    /// <summary>A queue for one reader and one writer, who waits while it is full.</summary>
    public static Channel<T> Queue<T>(int capacity) =>
        Channel.CreateBounded<T>(new BoundedChannelOptions(capacity) { SingleReader = true, SingleWriter = true });

    /// <summary>A queue for several readers.</summary>
    public static Channel<T> SharedQueue<T>(int capacity) => Channel.CreateBounded<T>(new BoundedChannelOptions(capacity) { SingleWriter = true });

    /// <summary>Starts a stage that waits for files.</summary>
    public void Start<T>(Func<Task> stage, ChannelWriter<T> next) => _stages.Add(Task.Run(() => Run(stage, () => next.TryComplete())));

    /// <summary>Starts a stage that computes: on one thread, as engines keep pools of threads for each thread that calls them.</summary>
    public void Start<T>(Action stage, ChannelWriter<T>? next) => _stages.Add(Task.Factory.StartNew(
        () => Run(
            () =>
            {
                stage();
                return Task.CompletedTask;
            },
            () => next?.TryComplete()).GetAwaiter().GetResult(),
        CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default));

    /// <summary>What a queue holds and will hold.</summary>
    public IEnumerable<T> Drain<T>(ChannelReader<T> queue)
    {
        while (queue.WaitToReadAsync(Broken).AsTask().GetAwaiter().GetResult())
        {
            while (queue.TryRead(out var item)) yield return item;
        }
    }

    /// <summary>Appends to a queue, waiting while it is full.</summary>
    public void Put<T>(ChannelWriter<T> queue, T item) => queue.WriteAsync(item, Broken).AsTask().GetAwaiter().GetResult();

    /// <summary>What somebody else is making, unless a stage fails first.</summary>
    public T Wait<T>(Task<T> task) => task.WaitAsync(Broken).GetAwaiter().GetResult();

    /// <summary>Waits for all stages; throws what the first of them that failed threw.</summary>
    public async Task FinishAsync()
    {
        await Task.WhenAll(_stages).ConfigureAwait(false);
        _failure?.Throw();
    }

    public void Dispose() => _broken.Dispose();

    private async Task Run(Func<Task> stage, Action complete)
    {
        try
        {
            await stage().ConfigureAwait(false);
        }
#pragma warning disable CA1031 // thrown again by FinishAsync
        catch (Exception e)
#pragma warning restore CA1031
        {
            // the stages that this one stops fail too, but not first
            Interlocked.CompareExchange(ref _failure, ExceptionDispatchInfo.Capture(e), null);
            await _broken.CancelAsync().ConfigureAwait(false);
        }
        finally
        {
            complete();
        }
    }
}
