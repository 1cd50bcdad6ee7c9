namespace Sinew.Skeletons;

/// <summary>Which joints of two skeletons are the same joint, by canonical id.</summary>
public sealed class JointMapping
{
    private readonly int[] _toTarget;
    private readonly int[] _toSource;

    private JointMapping(Skeleton from, Skeleton to)
    {
        (From, To) = (from, to);
        _toTarget = [.. from.Joints.Select(j => to.IndexOfId(j.Id))];
        _toSource = [.. to.Joints.Select(j => from.IndexOfId(j.Id))];
    }

    /// <summary>The skeleton that is mapped.</summary>
    public Skeleton From { get; }

    /// <summary>The skeleton that it is mapped to.</summary>
    public Skeleton To { get; }

    /// <summary>Per joint of <see cref="From"/>, its index in <see cref="To"/>, or −1.</summary>
    public ReadOnlySpan<int> TargetOf => _toTarget;

    /// <summary>Per joint of <see cref="To"/>, its index in <see cref="From"/>, or −1.</summary>
    public ReadOnlySpan<int> SourceOf => _toSource;

    /// <summary>How many joints the two have in common.</summary>
    public int Shared => _toTarget.Count(j => j >= 0);

    /// <summary>Compares two skeletons.</summary>
    /// <param name="from">The skeleton that is mapped.</param>
    /// <param name="to">The skeleton that it is mapped to.</param>
    public static JointMapping Between(Skeleton from, Skeleton to)
    {
        ArgumentNullException.ThrowIfNull(from);
        ArgumentNullException.ThrowIfNull(to);
        return new JointMapping(from, to);
    }
}
