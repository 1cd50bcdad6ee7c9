using System.Globalization;

namespace Sinew.Tensors.Distributed;

/// <summary>Which of several processes that train together this one is, and where they meet.</summary>
/// <param name="Rank">This process, from 0; process 0 keeps the meeting place.</param>
/// <param name="Size">All of them.</param>
/// <param name="LocalRank">This process among those of its machine, from 0; its CUDA device where it trains on one.</param>
/// <param name="LocalSize">Those of its machine.</param>
/// <param name="Host">Name or address of process 0's machine, as the others reach it.</param>
/// <param name="Port">TCP port that process 0 listens on; 0 where it may take any that is free.</param>
/// <param name="Launcher">Who started them, for messages.</param>
public sealed record ProcessPlace(int Rank, int Size, int LocalRank, int LocalSize, string Host, int Port, string Launcher)
{
    private const int SlurmFirstPort = 15000;
    private const int SlurmPorts = 20000;

    /// <summary>
    /// Which start of the processes this is, where the launcher itself keeps the meeting place, over all of them (torchrun); null where
    /// process 0 does.
    /// </summary>
    public int? Attempt { get; init; }

    /// <summary>
    /// The place that a launcher's environment variables name: torchrun's (RANK, WORLD_SIZE, LOCAL_RANK, LOCAL_WORLD_SIZE, MASTER_ADDR,
    /// MASTER_PORT), those of a Slurm step (srun), or those of Open MPI's and MPICH's mpirun. Null where no launcher has started more than one process.
    /// </summary>
    /// <param name="variable">Reads an environment variable; null where it is not set.</param>
    /// <exception cref="SinewException">The variables are incomplete or contradict each other.</exception>
    public static ProcessPlace? Of(Func<string, string?> variable)
    {
        ArgumentNullException.ThrowIfNull(variable);
        if (Set("RANK") && Set("WORLD_SIZE")) return Torchrun(variable);
        if (Set("SLURM_STEP_NUM_TASKS") && Set("SLURM_PROCID")) return Slurm(variable);
        if (Set("OMPI_COMM_WORLD_SIZE")) return Mpi(variable, "OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_LOCAL_RANK", "OMPI_COMM_WORLD_LOCAL_SIZE");
        if (Set("PMI_SIZE") && Set("PMI_RANK")) return Mpi(variable, "PMI_RANK", "PMI_SIZE", "MPI_LOCALRANKID", "MPI_LOCALNRANKS");
        return null;

        bool Set(string name) => !string.IsNullOrEmpty(variable(name));
    }

    /// <summary>The variables by which a process that is started with them finds this place: torchrun's.</summary>
    public IReadOnlyDictionary<string, string> ToVariables() => new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["RANK"] = Text(Rank),
        ["WORLD_SIZE"] = Text(Size),
        ["LOCAL_RANK"] = Text(LocalRank),
        ["LOCAL_WORLD_SIZE"] = Text(LocalSize),
        ["MASTER_ADDR"] = Host,
        ["MASTER_PORT"] = Text(Port),
    };

    /// <summary>The first machine of a Slurm list such as <c>node[03-05,9],other</c>.</summary>
    /// <param name="list">The list.</param>
    internal static string FirstOf(string list)
    {
        var open = list.IndexOf('[', StringComparison.Ordinal);
        var comma = list.IndexOf(',', StringComparison.Ordinal);
        if (open < 0 || comma >= 0 && comma < open) return comma < 0 ? list : list[..comma];
        var end = list.IndexOfAny(['-', ',', ']'], open);
        var close = list.IndexOf(']', open);
        if (end < 0 || close < 0) return list;
        var rest = list[(close + 1)..];
        var after = rest.IndexOf(',', StringComparison.Ordinal);
        return list[..open] + list[(open + 1)..end] + (after < 0 ? rest : rest[..after]);
    }

    private static ProcessPlace? Torchrun(Func<string, string?> variable)
    {
        var place = Checked(variable, "RANK", "WORLD_SIZE", "LOCAL_RANK", "LOCAL_WORLD_SIZE", "torchrun's variables");
        if (place.Size == 1) return null;
        return place with
        {
            Host = Address(variable, place),
            Port = MeetingPort(variable, place),
            Attempt = variable("TORCHELASTIC_USE_AGENT_STORE") == "True" ? Number(variable, "TORCHELASTIC_RESTART_COUNT", 0, whenMissing: 0) : null,
        };
    }

    private static ProcessPlace? Slurm(Func<string, string?> variable)
    {
        var (rank, size) = (Number(variable, "SLURM_PROCID", 0), Number(variable, "SLURM_STEP_NUM_TASKS", 1));
        if (size == 1) return null;
        var local = Number(variable, "SLURM_LOCALID", 0, whenMissing: 0);
        // '2(x3)' or '2,1': processes of each machine; only those of machines that are all alike are known without knowing which this is
        var perNode = variable("SLURM_STEP_TASKS_PER_NODE") ?? variable("SLURM_NTASKS_PER_NODE") ?? "";
        var localSize = int.TryParse(perNode.Split('(', ',')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var each) ? Math.Max(each, local + 1) : local + 1;
        var nodes = variable("SLURM_STEP_NODELIST") ?? variable("SLURM_JOB_NODELIST") ?? variable("SLURM_NODELIST");
        var host = variable("MASTER_ADDR") ?? (nodes is { Length: > 0 } ? FirstOf(nodes) : null)
            ?? throw new SinewException("SLURM_STEP_NODELIST is not set: set MASTER_ADDR to the machine of process 0");
        var port = Number(variable, "MASTER_PORT", 0, 65535, whenMissing: SlurmFirstPort + (int)(Job(variable) % SlurmPorts));
        return new ProcessPlace(rank, size, local, localSize, host, port, "Slurm").Valid();
    }

    private static ProcessPlace? Mpi(Func<string, string?> variable, string rank, string size, string localRank, string localSize)
    {
        var place = Checked(variable, rank, size, localRank, localSize, "mpirun");
        return place.Size == 1 ? null : place with { Host = Address(variable, place), Port = MeetingPort(variable, place) };
    }

    private static ProcessPlace Checked(Func<string, string?> variable, string rank, string size, string localRank, string localSize, string launcher)
    {
        var (r, n) = (Number(variable, rank, 0), Number(variable, size, 1));
        var local = Number(variable, localRank, 0, whenMissing: r);
        return new ProcessPlace(r, n, local, Number(variable, localSize, 1, whenMissing: Math.Max(local + 1, variable(localRank) is null ? n : 1)), "", 0, launcher).Valid();
    }

    // an address is needed only where somebody is elsewhere
    private static string Address(Func<string, string?> variable, ProcessPlace place) =>
        variable("MASTER_ADDR") is { Length: > 0 } given ? given
        : place.LocalSize == place.Size ? "127.0.0.1"
        : throw new SinewException($"{place.Launcher} starts processes on several machines, and MASTER_ADDR is not set: set it to the address of process 0's machine for all of them");

    private static int MeetingPort(Func<string, string?> variable, ProcessPlace place) =>
        variable("MASTER_PORT") is { Length: > 0 }
            ? Number(variable, "MASTER_PORT", 1, 65535)
            : throw new SinewException($"MASTER_PORT is not set: {place.Launcher} starts several processes, and all need the same port to meet at; set it to a free one");

    private static long Job(Func<string, string?> variable) =>
        long.TryParse(variable("SLURM_JOB_ID"), NumberStyles.None, CultureInfo.InvariantCulture, out var job) ? job : 0;

    private static int Number(Func<string, string?> variable, string name, int min, int max = 1 << 20, int? whenMissing = null)
    {
        var text = variable(name);
        if (string.IsNullOrEmpty(text) && whenMissing is { } value) return value;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max
            ? number
            : throw new SinewException($"the environment variable {name} is '{text}', and should be a whole number of at least {min}: a launcher sets it; unset it where none is meant");
    }

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);

    private ProcessPlace Valid() => Rank < Size && LocalRank < LocalSize && LocalSize <= Size
        ? this
        : throw new SinewException($"{Launcher} names process {Rank} of {Size}, {LocalRank} of {LocalSize} on its machine, which cannot be: start them by one launcher");
}
