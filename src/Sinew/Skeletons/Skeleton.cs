using System.Collections.ObjectModel;

namespace Sinew.Skeletons;

/// <summary>A named, ordered list of joints with their limbs, flips and OKS sigmas. Immutable.</summary>
public sealed class Skeleton
{
    private readonly Dictionary<string, int> _indexOfName;
    private readonly Dictionary<string, int> _indexOfId;

    /// <summary>Makes a skeleton. Nothing is checked beyond what indexing needs; see <c>SkeletonChecks</c> for the rest.</summary>
    /// <param name="name">Short name, such as <c>coco17</c>.</param>
    /// <param name="joints">The joints in the data set's own order.</param>
    /// <param name="limbs">Pairs of joint indices to draw; null derives them from <see cref="Joint.Parent"/>.</param>
    /// <param name="parts">Named groups of joint indices (body, foot, face …); may be null.</param>
    /// <exception cref="ArgumentException">Two joints share a name or an id, or a swap or parent names no joint.</exception>
    public Skeleton(
        string name,
        IReadOnlyList<Joint> joints,
        IReadOnlyList<(int From, int To)>? limbs = null,
        IReadOnlyDictionary<string, IReadOnlyList<int>>? parts = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(joints);
        Name = name;
        Joints = new ReadOnlyCollection<Joint>([.. joints]);
        _indexOfName = new Dictionary<string, int>(joints.Count, StringComparer.Ordinal);
        _indexOfId = new Dictionary<string, int>(joints.Count, StringComparer.Ordinal);
        for (var i = 0; i < joints.Count; i++)
        {
            if (!_indexOfName.TryAdd(joints[i].Name, i))
            {
                throw new ArgumentException($"skeleton '{name}': two joints are named '{joints[i].Name}'");
            }

            if (!_indexOfId.TryAdd(joints[i].Id, i))
            {
                throw new ArgumentException($"skeleton '{name}': two joints share the canonical id '{joints[i].Id}'");
            }
        }

        SwapIndices = [.. joints.Select((j, i) => j.Swap is null ? i : Require(j.Swap, $"swap of '{j.Name}'"))];
        ParentIndices = [.. joints.Select(j => j.Parent is null ? -1 : Require(j.Parent, $"parent of '{j.Name}'"))];
        Sigmas = [.. joints.Select(j => j.Sigma)];
        Limbs = new ReadOnlyCollection<(int, int)>(
            limbs is not null ? [.. limbs] : [.. ParentIndices.Select((p, i) => (p, i)).Where(l => l.p >= 0)]);
        Parts = parts ?? new Dictionary<string, IReadOnlyList<int>>();
    }

    /// <summary>Short name, such as <c>coco17</c>.</summary>
    public string Name { get; }

    /// <summary>The joints in the data set's own order.</summary>
    public IReadOnlyList<Joint> Joints { get; }

    /// <summary>How many joints there are.</summary>
    public int Count => Joints.Count;

    /// <summary>Per joint, the index of the joint that a horizontal flip puts in its place (itself on the midline).</summary>
    public IReadOnlyList<int> SwapIndices { get; }

    /// <summary>Per joint, the index of its limb parent, or −1.</summary>
    public IReadOnlyList<int> ParentIndices { get; }

    /// <summary>Per joint, the OKS sigma.</summary>
    public IReadOnlyList<double> Sigmas { get; }

    /// <summary>Joints whose sigma nobody has given: a file had their names alone, and they got one that is common.</summary>
    public IReadOnlyList<int> GuessedSigmas { get; init; } = [];

    /// <summary>Pairs of joint indices to draw.</summary>
    public IReadOnlyList<(int From, int To)> Limbs { get; }

    /// <summary>Named groups of joint indices; empty where the skeleton has none.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<int>> Parts { get; }

    /// <summary>Index of the joint with this name, or −1.</summary>
    /// <param name="name">The data set's own joint name.</param>
    public int IndexOfName(string name) => _indexOfName.GetValueOrDefault(name, -1);

    /// <summary>Index of the joint with this canonical id, or −1.</summary>
    /// <param name="id">A canonical id.</param>
    public int IndexOfId(string id) => _indexOfId.GetValueOrDefault(id, -1);

    /// <inheritdoc/>
    public override string ToString() => $"{Name} ({Count} joints)";

    private int Require(string joint, string what) =>
        _indexOfName.TryGetValue(joint, out var index)
            ? index
            : throw new ArgumentException($"skeleton '{Name}': {what} is '{joint}', which is not one of its joints");
}
