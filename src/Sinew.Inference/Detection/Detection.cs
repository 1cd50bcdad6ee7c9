using Sinew.Geometry;

namespace Sinew.Inference;

/// <summary>A person that a detector found.</summary>
/// <param name="Box">The person's box, image pixels.</param>
/// <param name="Score">The detector's score, 0–1.</param>
public readonly record struct Detection(Box Box, float Score);
