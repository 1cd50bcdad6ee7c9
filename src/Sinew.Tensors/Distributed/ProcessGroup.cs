namespace Sinew.Tensors.Distributed;

/// <summary>
/// Processes that compute together, on one machine or several (libtorch's c10d with Gloo). Every process must call the same functions in
/// the same order; each waits for all the others.
/// </summary>
public sealed class ProcessGroup : IDisposable
{
    // how long an answer may take before the others count as lost; one that ends is noticed at once
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(30);

    private static readonly TimeSpan TimeToConnect = TimeSpan.FromMinutes(2);

    private readonly MeetingPlace _meeting;
    private readonly long _machines;
    private nint _group;
    private long _turns;

    private ProcessGroup(nint group, MeetingPlace meeting, ProcessPlace place)
    {
        (_group, _meeting, Place) = (group, meeting, place);
        Span<double> machines = [place.LocalRank == 0 ? 1 : 0];
        AllReduce(machines);
        _machines = (long)machines[0];
    }

    /// <summary>Which of the processes this one is.</summary>
    public ProcessPlace Place { get; }

    /// <summary>How many they are.</summary>
    public int Size => Place.Size;

    /// <summary>True for process 0, which speaks and writes for all.</summary>
    public bool IsFirst => Place.Rank == 0;

    /// <summary>What operators take for it.</summary>
    internal long Open()
    {
        ObjectDisposedException.ThrowIf(_group == 0, this);
        return _group;
    }

    /// <summary>Joins the others; returns when all are there.</summary>
    /// <param name="place">Which process this is.</param>
    /// <param name="meeting">Where they meet; the group owns it from then on.</param>
    /// <param name="waiting">Called every now and then with how many are there; may throw to end the wait.</param>
    /// <param name="cancel">Ends the wait.</param>
    /// <exception cref="ProcessGroupException">A process went before all were there.</exception>
    public static ProcessGroup Join(ProcessPlace place, MeetingPlace meeting, Action<long>? waiting, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(place);
        ArgumentNullException.ThrowIfNull(meeting);
        meeting.Add("there", 1);
        meeting.WaitFor("there", place.Size, waiting, cancel);
        string network = Environment.GetEnvironmentVariable("GLOO_SOCKET_IFNAME") ?? "";
        string address = OwnAddress.Of(place);
        // libtorch's own wait for the others cannot be interrupted: it is left to itself then, and ends with the process
        var joined = Task.Run(
            () =>
            {
                nint group = Native.sinew_group_join(meeting.Handle, place.Rank, place.Size, network, address, (long)Timeout.TotalMilliseconds);
                return group != 0 ? group : throw ProcessGroupException.Of(Native.LastError());
            },
            CancellationToken.None);
        if (Task.WaitAny([joined], (int)TimeToConnect.TotalMilliseconds, cancel) < 0)
            throw new ProcessGroupException($"all {place.Size} processes have met, but do not reach each other from {(network.Length > 0 ? network : address)}: see that no firewall is between them, or name the network interface in GLOO_SOCKET_IFNAME");
        return new ProcessGroup(joined.GetAwaiter().GetResult(), meeting, place);
    }

    /// <summary>Adds up a tensor over all processes, in place; all get the same bits.</summary>
    /// <param name="tensor">Contiguous, of the same shape and type everywhere.</param>
    public void AllReduce(Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        Check(Native.sinew_group_all_reduce((nint)Open(), tensor.Handle));
        GC.KeepAlive(tensor);
    }

    /// <summary>Adds up numbers over all processes, in place.</summary>
    /// <param name="values">As many everywhere.</param>
    public void AllReduce(Span<double> values)
    {
        using Tensor sum = Tensor.FromArray<double>(values, values.Length);
        AllReduce(sum);
        sum.CopyTo(values);
    }

    /// <summary>The sum of a tensor over all processes, through which gradients flow back to all of them.</summary>
    /// <param name="tensor">Of the same shape and type everywhere.</param>
    public Tensor Sum(Tensor tensor) => Ops.AllReduceSum.Call(tensor, Open());

    /// <summary>Gives all processes process 0's values, in place.</summary>
    /// <param name="tensor">Contiguous, of the same shape and type everywhere.</param>
    public void Broadcast(Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        Check(Native.sinew_group_broadcast((nint)Open(), tensor.Handle, 0));
        GC.KeepAlive(tensor);
    }

    /// <summary>Gives all processes process 0's bytes.</summary>
    /// <param name="bytes">Process 0's; the others' are not looked at.</param>
    public byte[] Broadcast(byte[]? bytes)
    {
        if (IsFirst) ArgumentNullException.ThrowIfNull(bytes);
        using Tensor length = Tensor.FromArray<long>([IsFirst ? bytes!.Length : 0], 1);
        Broadcast(length);
        using Tensor content = IsFirst ? Tensor.FromArray<byte>(bytes!, bytes!.Length) : Tensor.Empty([(long)length.Item()], DType.UInt8);
        if (content.Count > 0) Broadcast(content);
        return IsFirst ? bytes! : content.ToArray<byte>();
    }

    /// <summary>Gives all processes process 0's answer to a question.</summary>
    /// <param name="answer">Process 0's; the others' are not looked at.</param>
    public bool Broadcast(bool answer)
    {
        using Tensor value = Tensor.FromArray<long>([answer ? 1 : 0], 1);
        Broadcast(value);
        return value.Item() != 0;
    }

    /// <summary>
    /// Does something that writes files which the processes of a machine share: the first of each machine alone, then the others, who find it
    /// done. All wait for all, however long it takes.
    /// </summary>
    /// <param name="work">What is to be done.</param>
    /// <param name="cancel">Ends the wait.</param>
    /// <typeparam name="T">What it gives.</typeparam>
    public T InTurn<T>(Func<T> work, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(work);
        string turn = $"turn/{_turns++}";
        // which of the machines is this one's is not known where they meet: the others wait for the first of every machine
        if (Place.LocalRank != 0) Wait(turn, "first", _machines, cancel);
        T result = Told(turn, work);
        if (Place.LocalRank == 0) _meeting.Add($"{turn}/first", 1);
        _meeting.Add($"{turn}/all", 1);
        Wait(turn, "all", Size, cancel);
        return result;
    }

    /// <summary>Lets process 0 do something alone, while the others wait, however long it takes.</summary>
    /// <param name="work">What process 0 does.</param>
    /// <param name="cancel">Ends the others' wait.</param>
    public void ByFirst(Action work, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(work);
        string turn = $"turn/{_turns++}";
        if (IsFirst)
        {
            Told(turn, () =>
            {
                work();
                return true;
            });
            _meeting.Add($"{turn}/done", 1);
        }
        else
        {
            Wait(turn, "done", 1, cancel);
        }
    }

    /// <summary>Leaves the group and its meeting place.</summary>
    public void Dispose()
    {
        if (_group != 0) Native.sinew_group_close(_group);
        _group = 0;
        _meeting.Dispose();
    }

    private void Wait(string turn, string name, long count, CancellationToken cancel) => _meeting.WaitFor(
        $"{turn}/{name}",
        count,
        _ =>
        {
            if (_meeting.Add($"{turn}/failed", 0) > 0) throw new ProcessGroupException("another process of this training has failed: see what it said");
        },
        cancel);

    // what goes wrong is said to those who wait, who would wait for ever
    private T Told<T>(string turn, Func<T> work)
    {
        try
        {
            return work();
        }
        catch
        {
            try
            {
                _meeting.Add($"{turn}/failed", 1);
            }
            catch (ProcessGroupException)
            {
                // nobody is left to be told
            }

            throw;
        }
    }

    private static void Check(int status)
    {
        if (status < 0) throw ProcessGroupException.Of(Native.LastError());
    }

}
