using Sinew.Geometry;

namespace Sinew.Inference;

/// <summary>
/// Which joints of a person are sure. Scores have the network's own unit, so they are judged against each other: a joint is sure that scores
/// at least half of the person's mean.
/// </summary>
internal static class SureJoints
{
    /// <summary>Room around the outermost joints, by the longer side of what they span: half a head above the eyes, hands and feet beyond wrists and ankles.</summary>
    private const float Margin = 0.08f;

    /// <summary>The least score of a sure joint; above 0.</summary>
    /// <param name="scores">One person's scores.</param>
    public static float Limit(ReadOnlySpan<float> scores) => MathF.Max(0.5f * Mean(scores), float.Epsilon);

    /// <summary>The box around the sure joints, with a margin on each side; null where they have no extent.</summary>
    /// <param name="person">The person.</param>
    public static Box? Around(PosePerson person)
    {
        var (left, top, right, bottom) = (float.MaxValue, float.MaxValue, float.MinValue, float.MinValue);
        var limit = Limit(person.Scores);
        for (var j = 0; j < person.Scores.Length; j++)
        {
            if (person.Scores[j] < limit) continue;
            (left, right) = (MathF.Min(left, person.Keypoints[2 * j]), MathF.Max(right, person.Keypoints[2 * j]));
            (top, bottom) = (MathF.Min(top, person.Keypoints[(2 * j) + 1]), MathF.Max(bottom, person.Keypoints[(2 * j) + 1]));
        }

        if (!(right > left && bottom > top)) return null;
        var margin = Margin * MathF.Max(right - left, bottom - top);
        return new Box(left - margin, top - margin, right - left + (2 * margin), bottom - top + (2 * margin));
    }

    /// <summary>Mean of the scores, those below 0 taken for 0.</summary>
    /// <param name="scores">One person's scores.</param>
    public static float Mean(ReadOnlySpan<float> scores)
    {
        var sum = 0f;
        foreach (var score in scores) sum += MathF.Max(score, 0);
        return scores.Length == 0 ? 0 : sum / scores.Length;
    }
}
