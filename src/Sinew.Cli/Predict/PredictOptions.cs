namespace Sinew.Cli.Predict;

/// <summary>What <c>predict</c> was asked to do.</summary>
internal sealed record PredictOptions
{
    public required string[] Inputs { get; init; }

    /// <summary>Folder for everything that is written; null where only <c>--json</c> was given.</summary>
    public string? Folder { get; init; }

    public bool Draw { get; init; }

    /// <summary>True writes COCO results too.</summary>
    public bool Coco { get; init; }

    public string? Boxes { get; init; }

    public float? BoxScore { get; init; }

    public bool Track { get; init; }

    public bool Smooth { get; init; }

    public int DetectEvery { get; init; } = 1;

    /// <summary>Most frames of each video or camera; 0 for all.</summary>
    public int Frames { get; init; }

    public float MinScore { get; init; }

    public long MostFetched { get; init; }

    public double FetchSeconds { get; init; }

    /// <summary>Begin anew where the folder holds an earlier run.</summary>
    public bool Force { get; init; }

    /// <summary>
    /// True to look at as many pictures at once as there are cores, each on one thread; false to look at one after the other, all cores sharing
    /// the work on each. The first wastes nothing on sharing, the second has one picture's people sooner and frames in their order.
    /// </summary>
    public bool Apart { get; init; }

    /// <summary>True where people of videos are followed, for their ids or for their boxes.</summary>
    public bool Follows => Track || Smooth || DetectEvery > 1;
}
