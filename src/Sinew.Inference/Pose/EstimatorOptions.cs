namespace Sinew.Inference;

/// <summary>How poses are estimated.</summary>
public sealed record EstimatorOptions
{
    /// <summary>Average each crop's output with that of its mirror image: better, at twice the cost.</summary>
    public bool FlipTest { get; init; }

    /// <summary>Factor on the sides of a person's box; null takes the model card's.</summary>
    public float? Padding { get; init; }

    /// <summary>How a position between cells or bins is found; null takes the model card's.</summary>
    public PeakRefinement? Refine { get; init; }

    /// <summary>Most crops in one run of the network; more people are run one batch after the other.</summary>
    public int MaxBatch { get; init; } = 32;
}
