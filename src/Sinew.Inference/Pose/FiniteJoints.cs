namespace Sinew.Inference;

/// <summary>Refuses what a broken network says: neither a drawing nor a file of labels has a place for NaN.</summary>
public static class FiniteJoints
{
    /// <summary>Sees that all numbers are finite.</summary>
    /// <param name="keypoints">x, y per joint.</param>
    /// <param name="scores">The joints' scores.</param>
    /// <param name="model">The network's name in the message.</param>
    /// <exception cref="SinewException">One is NaN or infinite.</exception>
    public static void Require(ReadOnlySpan<float> keypoints, ReadOnlySpan<float> scores, string model)
    {
        if (!AreFinite(keypoints) || !AreFinite(scores))
            throw new SinewException($"{model}: the network gives joints that are NaN or infinite; its weights are damaged, or their precision is too low for it");
    }

    private static bool AreFinite(ReadOnlySpan<float> values)
    {
        foreach (var value in values)
        {
            if (!float.IsFinite(value)) return false;
        }

        return true;
    }
}
