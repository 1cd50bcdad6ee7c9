using Sinew.Annotations;

namespace Sinew.Imaging;

/// <summary>How a data set is packed into shards.</summary>
public sealed record PackOptions
{
    /// <summary>What the shards' names begin with: <c>NAME-000000.tar</c>.</summary>
    public string Name { get; init; } = "shard";

    /// <summary>The largest shard, bytes; a single picture may be larger. Default: 512 MB.</summary>
    public long ShardBytes { get; init; } = 512L << 20;

    /// <summary>
    /// The longer side of a picture at most, pixels: larger ones are shrunk, and their people's labels with them. Null packs every file's bytes as
    /// they are.
    /// </summary>
    public int? Longest { get; init; }

    /// <summary>Quality of shrunk pictures, which become JPEG files: 1 to 100.</summary>
    public int Quality { get; init; } = 92;

    /// <summary>What is done with a picture that cannot be read.</summary>
    public OnBad OnBad { get; init; }

    /// <summary>Threads that read and shrink; they change the time, not the files.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;
}

/// <summary>What was packed.</summary>
/// <param name="Data">The labels as they were written, with the members' names.</param>
/// <param name="Shards">How many shards there are.</param>
/// <param name="Bytes">Bytes of all shards.</param>
/// <param name="Shrunk">How many pictures were made smaller.</param>
/// <param name="LeftOut">Why pictures were left out, one line each.</param>
public sealed record PackResult(PoseData Data, int Shards, long Bytes, int Shrunk, IReadOnlyList<string> LeftOut);
