using System.Net;
using System.Net.Sockets;

namespace Sinew.Tensors.Distributed;

/// <summary>
/// Where processes meet: counters that all of them see, kept by process 0 (libtorch's TCPStore). Nothing is encrypted and anybody who
/// reaches the port can join, as with PyTorch: for networks whose machines trust each other.
/// </summary>
public sealed class MeetingPlace : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(50);

    private const string Prefix = "sinew";

    private readonly string _host;
    private nint _store;

    private MeetingPlace(nint store, string host) => (_store, _host) = (store, host);

    /// <summary>The TCP port that it is at.</summary>
    public int Port => Native.sinew_store_port(_store);

    internal nint Handle => _store;

    /// <summary>Opens it, as process 0 does.</summary>
    /// <param name="host">The name by which the others reach this machine.</param>
    /// <param name="port">The port; 0 for any that is free.</param>
    /// <exception cref="SinewException">The port is taken.</exception>
    public static MeetingPlace Open(string host, int port)
    {
        ArgumentNullException.ThrowIfNull(host);
        RequireFree(host, port);
        nint store = Native.sinew_store_open(host, port, 1, Prefix, (long)Timeout.TotalMilliseconds);
        return store != 0 ? new MeetingPlace(store, host) : throw new SinewException($"the processes of the training cannot meet at {host}: {ProcessGroupException.ReasonOf(Native.LastError())}");
    }

    /// <summary>Goes where it is, as all but process 0 do, or all where a launcher has opened it; waits until it is open.</summary>
    /// <param name="place">Which process this is, and where they meet.</param>
    /// <param name="cancel">Ends the wait.</param>
    /// <exception cref="SinewException">Nobody answers there within two minutes.</exception>
    public static MeetingPlace GoTo(ProcessPlace place, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(place);
        var (host, port) = (place.Host, place.Port);
        WaitUntilOpen(host, port, cancel);
        nint store = Native.sinew_store_open(host, port, 0, $"{Prefix}{place.Attempt}", (long)Timeout.TotalMilliseconds);
        return store != 0 ? new MeetingPlace(store, host) : throw Unreachable(host, port, ProcessGroupException.ReasonOf(Native.LastError()));
    }

    /// <summary>The meeting place of a process: opened, or gone to.</summary>
    /// <param name="place">Which process this is, and where they meet.</param>
    /// <param name="cancel">Ends the wait.</param>
    /// <exception cref="SinewException">The port is taken, or nobody answers there.</exception>
    public static MeetingPlace Of(ProcessPlace place, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(place);
        return place.Rank == 0 && place.Attempt is null ? Open(place.Host, place.Port) : GoTo(place, cancel);
    }

    /// <summary>Adds to a counter.</summary>
    /// <param name="name">The counter, 0 at first.</param>
    /// <param name="amount">How much; 0 only looks.</param>
    /// <returns>What it came to.</returns>
    /// <exception cref="ProcessGroupException">Process 0 is gone.</exception>
    public long Add(string name, long amount)
    {
        ObjectDisposedException.ThrowIf(_store == 0, this);
        long count = Native.sinew_store_add(_store, name, amount);
        return count != long.MinValue ? count : throw ProcessGroupException.Of(Native.LastError());
    }

    /// <summary>Waits until a counter has come to a number.</summary>
    /// <param name="name">The counter.</param>
    /// <param name="count">The number.</param>
    /// <param name="waiting">Called every now and then with what it has come to; may throw to end the wait.</param>
    /// <param name="cancel">Ends the wait.</param>
    public void WaitFor(string name, long count, Action<long>? waiting, CancellationToken cancel)
    {
        while (true)
        {
            long now = Add(name, 0);
            if (now >= count) return;
            waiting?.Invoke(now);
            cancel.WaitHandle.WaitOne(LookEvery);
            cancel.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Leaves; process 0's leaving closes it for all.</summary>
    public void Dispose()
    {
        if (_store != 0) Native.sinew_store_close(_store);
        _store = 0;
    }

    /// <inheritdoc/>
    public override string ToString() => $"{_host}:{Port}";

    // libtorch would say it in three lines of its own
    private static void RequireFree(string host, int port)
    {
        if (port == 0) return;
        try
        {
            using var listener = new TcpListener(IPAddress.Any, port);
            listener.Start();
        }
        catch (SocketException e)
        {
            throw new SinewException($"{host}:{port} cannot be listened on, where the processes of the training are to meet: {e.Message}; set MASTER_PORT to one that is free on this machine", e);
        }
    }

    // libtorch's own wait cannot be interrupted
    private static void WaitUntilOpen(string host, int port, CancellationToken cancel)
    {
        long start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                using var probe = new TcpClient();
                probe.Connect(host, port);
                return;
            }
            catch (SocketException e)
            {
                if (TimeProvider.System.GetElapsedTime(start) > Timeout) throw Unreachable(host, port, e.Message);
            }

            cancel.WaitHandle.WaitOne(LookEvery * 4);
            cancel.ThrowIfCancellationRequested();
        }
    }

    private static SinewException Unreachable(string host, int port, string why) =>
        new($"process 0 is not to be reached at {host}:{port}: {why}; see that it runs, and that MASTER_ADDR and MASTER_PORT are the same for all processes");
}
