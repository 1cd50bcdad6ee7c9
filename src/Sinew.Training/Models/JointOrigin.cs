using Sinew.Skeletons;

namespace Sinew.Training.Models;

/// <summary>A data set, or a skeleton, and which of a network's joints it has.</summary>
/// <param name="Name">The data set's short name.</param>
/// <param name="Joints">Indices into the network's joints, ascending.</param>
public sealed record JointOrigin(string Name, IReadOnlyList<int> Joints)
{
    /// <summary>The joints of one skeleton that a network has.</summary>
    /// <param name="name">The data set's short name.</param>
    /// <param name="member">The joints that its labels have.</param>
    /// <param name="network">The network's joints.</param>
    public static JointOrigin Of(string name, Skeleton member, Skeleton network)
    {
        ArgumentNullException.ThrowIfNull(member);
        ArgumentNullException.ThrowIfNull(network);
        return new JointOrigin(name, [.. member.Joints.Select(j => network.IndexOfId(j.Id)).Where(j => j >= 0).Order()]);
    }
}
