namespace Sinew.Inference;

/// <summary>How a video's people are found and followed.</summary>
public sealed record FollowerOptions
{
    /// <summary>People are detected in every so many frames; between, their boxes follow their poses. Default: 1, every frame.</summary>
    public int DetectEvery { get; init; } = 1;

    /// <summary>How people are told from each other; null for the defaults.</summary>
    public TrackerOptions? Tracker { get; init; }

    /// <summary>How their joints are smoothed; null does not smooth.</summary>
    public OneEuroOptions? Smoothing { get; init; }

    /// <summary>
    /// Between detections, of two people whose poses are more similar than this (OKS) the later in order (the worse detected) is dropped:
    /// their boxes have slid onto the same person. Default: 0.8.
    /// </summary>
    public float SamePose { get; init; } = 0.8f;
}
