using System.Collections.Concurrent;

namespace Sinew.Training.Data;

/// <summary>
/// Threads that fill batches ahead of the trainer. Batches come in order, whichever thread finishes first; no more than
/// <c>prefetch</c> exist at once. What is in a batch depends on the sampler and the step alone, never on the threads.
/// </summary>
public sealed class BatchLoader : IDisposable
{
    private readonly Sampler _sampler;
    private readonly Action<BatchData> _fill;
    private readonly BlockingCollection<(BatchData Batch, TaskCompletionSource<BatchData> Done)> _jobs = [];
    private readonly Queue<Task<BatchData>> _ahead = new();
    private readonly ConcurrentBag<BatchData> _spare = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly Thread[] _threads;
    private readonly BatchShape _shape;
    private readonly int _prefetch;
    private readonly long _steps;
    private readonly int _part;
    private readonly Draw[] _draws;
    private long _nextStep;

    /// <summary>Starts the threads.</summary>
    /// <param name="sampler">Says whose turn it is; the loader owns it from then on.</param>
    /// <param name="shape">Sizes of a batch.</param>
    /// <param name="fill">Fills a batch whose step and draws are set; called by several threads at once.</param>
    /// <param name="threads">How many threads.</param>
    /// <param name="prefetch">How many batches may exist at once.</param>
    /// <param name="firstStep">Step of the first batch.</param>
    /// <param name="steps">No batch is made for this step or later.</param>
    /// <param name="part">Which part of the step's people these batches hold, from 0.</param>
    /// <param name="parts">Parts of a step's people, all of <paramref name="shape"/>'s size: processes that train together.</param>
    public BatchLoader(
        Sampler sampler, BatchShape shape, Action<BatchData> fill, int threads, int prefetch, long firstStep, long steps, int part = 0, int parts = 1)
    {
        ArgumentNullException.ThrowIfNull(shape);
        (_sampler, _shape, _fill, _prefetch, _nextStep, _steps) = (sampler, shape, fill, prefetch, firstStep, steps);
        (_part, _draws) = (part, new Draw[shape.People * parts]);
        _threads = [.. Enumerable.Range(0, threads).Select(i => new Thread(Work) { IsBackground = true, Name = $"loader {i}" })];
        foreach (var thread in _threads) thread.Start();
    }

    /// <summary>The next batch; give it back with <see cref="Recycle"/> once it is copied.</summary>
    /// <param name="cancel">Ends the wait.</param>
    public BatchData Next(CancellationToken cancel)
    {
        while (_ahead.Count < _prefetch && _nextStep < _steps)
        {
            var batch = _spare.TryTake(out var used) ? used : new BatchData(_shape);
            batch.Step = _nextStep++;
            _sampler.Next(_draws);
            _draws.AsSpan(_part * _shape.People, _shape.People).CopyTo(batch.Draws);
            batch.SamplerState = [.. _sampler.Drawn];
            var done = new TaskCompletionSource<BatchData>(TaskCreationOptions.RunContinuationsAsynchronously);
            _ahead.Enqueue(done.Task);
            _jobs.Add((batch, done), cancel);
        }

        var first = _ahead.Peek();
        // waits without an error of its own, so that a loader's comes out as it is
        Task.WaitAny([first], cancel);
        _ahead.Dequeue();
        return first.GetAwaiter().GetResult();
    }

    /// <summary>Lets the loader use a batch's buffers again.</summary>
    /// <param name="batch">A batch from <see cref="Next"/> that nobody reads any more.</param>
    public void Recycle(BatchData batch) => _spare.Add(batch);

    /// <summary>Ends the threads after the person that each is at.</summary>
    public void Dispose()
    {
        _stop.Cancel();
        _jobs.CompleteAdding();
        foreach (var thread in _threads) thread.Join();
        _jobs.Dispose();
        _stop.Dispose();
    }

    private void Work()
    {
        foreach (var (batch, done) in _jobs.GetConsumingEnumerable())
        {
            if (_stop.IsCancellationRequested)
            {
                done.TrySetCanceled(CancellationToken.None);
                continue;
            }

#pragma warning disable CA1031 // whatever goes wrong in a loader thread belongs to the trainer that waits for the batch
            try
            {
                _fill(batch);
                done.SetResult(batch);
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
#pragma warning restore CA1031
        }
    }
}
