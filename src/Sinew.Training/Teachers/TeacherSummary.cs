namespace Sinew.Training.Teachers;

/// <summary>What a teacher says of one person: per joint a score and a few Gaussians. Written over and over, never grows.</summary>
public sealed class TeacherSummary
{
    private readonly Gaussian2D[] _components;
    private readonly int[] _counts;

    /// <summary>Makes an empty summary.</summary>
    /// <param name="joints">How many joints the teacher has.</param>
    public TeacherSummary(int joints)
    {
        _components = new Gaussian2D[joints * MixtureFit.MaxComponents];
        _counts = new int[joints];
        Confidences = new float[joints];
    }

    /// <summary>How many joints there are.</summary>
    public int Joints => _counts.Length;

    /// <summary>The teacher's score of each joint: a heatmap's peak, the smaller of SimCC's two maxima, a point's score.</summary>
    public float[] Confidences { get; }

    /// <summary>The Gaussians of one joint.</summary>
    /// <param name="joint">The joint.</param>
    public ReadOnlySpan<Gaussian2D> ComponentsOf(int joint) => RoomOf(joint)[.._counts[joint]];

    /// <summary>Room for one joint's Gaussians, to be followed by <see cref="Set"/>.</summary>
    /// <param name="joint">The joint.</param>
    public Span<Gaussian2D> RoomOf(int joint) => _components.AsSpan(joint * MixtureFit.MaxComponents, MixtureFit.MaxComponents);

    /// <summary>Says how much of a joint's room is used, and its score.</summary>
    /// <param name="joint">The joint.</param>
    /// <param name="components">How many Gaussians were written to its room.</param>
    /// <param name="confidence">The score.</param>
    public void Set(int joint, int components, float confidence)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)components, (uint)MixtureFit.MaxComponents, nameof(components));
        _counts[joint] = components;
        Confidences[joint] = float.IsFinite(confidence) ? confidence : 0;
    }

    /// <summary>Forgets everything: no joint has a component or a score.</summary>
    public void Clear()
    {
        Array.Clear(_counts);
        Array.Clear(Confidences);
    }
}
