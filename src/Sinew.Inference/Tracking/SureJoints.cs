namespace Sinew.Inference;

/// <summary>
/// Which joints of a person are sure. Scores have the network's own unit, so they are judged against each other: a joint is sure that scores
/// at least half of the person's mean.
/// </summary>
internal static class SureJoints
{
    /// <summary>The least score of a sure joint; above 0.</summary>
    /// <param name="scores">One person's scores.</param>
    public static float Limit(ReadOnlySpan<float> scores) => MathF.Max(0.5f * Mean(scores), float.Epsilon);

    /// <summary>Mean of the scores, those below 0 taken for 0.</summary>
    /// <param name="scores">One person's scores.</param>
    public static float Mean(ReadOnlySpan<float> scores)
    {
        var sum = 0f;
        foreach (var score in scores) sum += MathF.Max(score, 0);
        return scores.Length == 0 ? 0 : sum / scores.Length;
    }
}
