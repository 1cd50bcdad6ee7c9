namespace Sinew.Cli.Serve;

/// <summary>What a server takes on. Plain data.</summary>
internal sealed record ServeOptions
{
    /// <summary>Address to listen on; a loopback address is reached from this machine alone.</summary>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>Port; 0 takes any that is free.</summary>
    public int Port { get; init; } = 8080;

    /// <summary>Folder of the built page; null serves the endpoints alone.</summary>
    public string? Web { get; init; }

    /// <summary>The largest request body, bytes.</summary>
    public long MaxBytes { get; init; } = 32L << 20;

    /// <summary>The largest picture, pixels; checked on its header.</summary>
    public long MaxPixels { get; init; } = 50_000_000;

    /// <summary>Most pictures in one multipart request.</summary>
    public int MaxPictures { get; init; } = 16;

    /// <summary>Most people in one picture.</summary>
    public int MaxPeople { get; init; } = 100;

    /// <summary>How long a request may take from its first byte to its answer.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Requests that are worked on at the same time.</summary>
    public int Concurrency { get; init; } = Math.Max(1, Environment.ProcessorCount);

    /// <summary>Requests that may wait for their turn; what comes on top is refused at once.</summary>
    public int Queue { get; init; } = 32;
}
