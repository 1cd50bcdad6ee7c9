namespace Sinew.Inference;

/// <summary>How people are detected.</summary>
public sealed record DetectorOptions
{
    /// <summary>Boxes with a smaller score are left out; null takes the model card's.</summary>
    public float? Score { get; init; }

    /// <summary>Side of the square that the image is brought to, pixels; larger finds smaller people, slower. Null takes the model card's.</summary>
    public int? Size { get; init; }
}
