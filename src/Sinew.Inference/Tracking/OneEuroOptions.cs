namespace Sinew.Inference;

/// <summary>
/// How joints are smoothed over time by the One-Euro filter (Casiez, Roussel, Vogel: "1 € Filter", CHI 2012). A lower
/// <see cref="MinCutoff"/> takes more trembling from who stands still, a higher <see cref="Beta"/> takes more lag from who moves.
/// </summary>
public sealed record OneEuroOptions
{
    /// <summary>Cutoff frequency for a joint that does not move, Hz. Default: 1.5.</summary>
    public float MinCutoff { get; init; } = 1.5f;

    /// <summary>
    /// What a joint's speed adds to the cutoff: Hz per body size a second, the size being the square root of the box's area, so that near
    /// and far people are smoothed alike. Default: 12.
    /// </summary>
    public float Beta { get; init; } = 12;

    /// <summary>Cutoff frequency of the speed itself, Hz. Default: 1.</summary>
    public float DerivativeCutoff { get; init; } = 1;

    /// <summary>A joint that was not sure for longer than this is begun anew, seconds; so is a person who was away so long. Default: 0.5.</summary>
    public float ForgetAfter { get; init; } = 0.5f;
}
