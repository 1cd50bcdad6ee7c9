using Sinew.Tensors.Distributed;

namespace Sinew.Tensors.Tests.Distributed;

/// <summary>Processes of a group as threads of the test's own process: they share no tensors and meet over TCP as real ones do.</summary>
internal static class Together
{
    /// <summary>Runs the same work as each process of a group.</summary>
    /// <returns>What each gave, or threw.</returns>
    public static (T? Result, Exception? Error)[] Try<T>(int processes, Func<ProcessGroup, T> work)
    {
        using var opened = MeetingPlace.Open("127.0.0.1", 0);
        var results = new (T?, Exception?)[processes];
        var threads = Enumerable.Range(0, processes).Select(rank => new Thread(() =>
        {
            try
            {
                var place = new ProcessPlace(rank, processes, rank, processes, "127.0.0.1", opened.Port, "test");
                using var group = ProcessGroup.Join(place, MeetingPlace.GoTo(place, CancellationToken.None), null, CancellationToken.None);
                results[rank] = (work(group), null);
            }
#pragma warning disable CA1031 // the test looks at it
            catch (Exception e)
#pragma warning restore CA1031
            {
                results[rank] = (default, e);
            }
        })).ToArray();
        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads) thread.Join();
        return results;
    }

    /// <summary>Runs the same work as each process of a group, none of which may fail.</summary>
    public static T[] Run<T>(int processes, Func<ProcessGroup, T> work)
    {
        var results = Try(processes, work);
        foreach (var (_, error) in results)
        {
            if (error is not null) throw new InvalidOperationException("a process failed", error);
        }

        return [.. results.Select(r => r.Result!)];
    }
}
