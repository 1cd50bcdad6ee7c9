using Sinew.Geometry;

namespace Sinew.Inference;

/// <summary>One person of an image with the joints that a network found.</summary>
/// <param name="Box">The person's box, image pixels.</param>
/// <param name="BoxScore">The detector's score of the box; 1 where the box was given.</param>
/// <param name="Keypoints">x, y pairs, <c>[K, 2]</c>, image pixels.</param>
/// <param name="Scores">The network's score per joint, <c>[K]</c>; its unit is the network's own.</param>
public sealed record PosePerson(Box Box, float BoxScore, float[] Keypoints, float[] Scores)
{
    private const float LeastSide = 8;

    /// <summary>
    /// Where the person is, judged by the joints that score at least half of the person's mean: a better box than one that was a guess.
    /// </summary>
    /// <returns>The box, image pixels; null where these joints lie within some pixels of each other.</returns>
    public Box? BoxOfJoints() => SureJoints.Around(this) is { Width: >= LeastSide, Height: >= LeastSide } box ? box : null;
}
