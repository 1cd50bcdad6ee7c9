namespace Sinew.Skeletons;

/// <summary>
/// Several skeletons as one: joints with the same canonical id become one joint. The union has the first member's joints in
/// their order, then each next member's new ones in theirs.
/// </summary>
/// <remarks>
/// A joint's name, sigma and swap are those of the first member that has it. Parents are taken from the members in their
/// order as long as they close no cycle, so the union's limbs stay a forest; the limbs to draw are all members' limbs.
/// </remarks>
public sealed class SkeletonUnion
{
    private readonly int[][] _maps;
    private readonly int[][] _unique;

    private SkeletonUnion(Skeleton union, IReadOnlyList<Skeleton> members, int[][] maps)
    {
        (Union, Members, _maps) = (union, members, maps);
        var owners = new int[union.Count];
        foreach (var map in maps)
        {
            foreach (var joint in map) owners[joint]++;
        }

        Shared = [.. Enumerable.Range(0, union.Count).Where(j => owners[j] > 1)];
        _unique = [.. maps.Select(map => map.Where(j => owners[j] == 1).ToArray())];
    }

    /// <summary>The union as a skeleton of its own.</summary>
    public Skeleton Union { get; }

    /// <summary>The skeletons that were tied together.</summary>
    public IReadOnlyList<Skeleton> Members { get; }

    /// <summary>The union's joints that at least two members have, ascending.</summary>
    public IReadOnlyList<int> Shared { get; }

    /// <summary>Ties skeletons together under the name <c>a+b+…</c>.</summary>
    /// <param name="members">One skeleton or more.</param>
    /// <exception cref="ArgumentException">There is no member.</exception>
    public static SkeletonUnion Of(params Skeleton[] members)
    {
        ArgumentNullException.ThrowIfNull(members);
        return Of(string.Join('+', members.Select(m => m.Name)), members);
    }

    /// <summary>Ties skeletons together.</summary>
    /// <param name="name">The union's name.</param>
    /// <param name="members">One skeleton or more.</param>
    /// <exception cref="ArgumentException">There is no member.</exception>
    public static SkeletonUnion Of(string name, IReadOnlyList<Skeleton> members)
    {
        ArgumentNullException.ThrowIfNull(members);
        if (members.Count == 0) throw new ArgumentException("a union needs at least one skeleton", nameof(members));
        var (origins, maps) = Collect(members);
        var names = Names(members, origins);
        var parents = Parents(members, maps, origins.Count);
        var joints = origins.Select((o, j) =>
        {
            var member = members[o.Member];
            var swap = member.SwapIndices[o.Joint];
            return member.Joints[o.Joint] with
            {
                Name = names[j],
                Swap = swap == o.Joint ? null : names[maps[o.Member][swap]],
                Parent = parents[j] < 0 ? null : names[parents[j]],
            };
        }).ToArray();
        return new SkeletonUnion(new Skeleton(name, joints, Limbs(members, maps), Parts(members, maps)), [.. members], maps);
    }

    /// <summary>For each joint of a member, its joint in the union.</summary>
    /// <param name="member">Index of the member.</param>
    /// <returns>A new array, <c>[member's joints]</c>.</returns>
    public int[] MapOf(int member) => [.. _maps[member]];

    /// <summary>The union's joints that only this member has, in the member's order.</summary>
    /// <param name="member">Index of the member.</param>
    public IReadOnlyList<int> UniqueOf(int member) => _unique[member];

    private static (List<(int Member, int Joint)> Origins, int[][] Maps) Collect(IReadOnlyList<Skeleton> members)
    {
        var origins = new List<(int Member, int Joint)>();
        var indexOfId = new Dictionary<string, int>(StringComparer.Ordinal);
        var maps = new int[members.Count][];
        for (var m = 0; m < members.Count; m++)
        {
            maps[m] = new int[members[m].Count];
            for (var j = 0; j < members[m].Count; j++)
            {
                var id = members[m].Joints[j].Id;
                if (!indexOfId.TryGetValue(id, out var index))
                {
                    index = origins.Count;
                    indexOfId.Add(id, index);
                    origins.Add((m, j));
                }

                maps[m][j] = index;
            }
        }

        return (origins, maps);
    }

    // Two members may use one name for different joints (JHMDB's head is a face, CrowdPose's the skull's top): the later joint
    // then goes by its id, or by its member's name and its own.
    private static string[] Names(IReadOnlyList<Skeleton> members, List<(int Member, int Joint)> origins)
    {
        var names = new string[origins.Count];
        var taken = new HashSet<string>(StringComparer.Ordinal);
        for (var j = 0; j < names.Length; j++)
        {
            var joint = members[origins[j].Member].Joints[origins[j].Joint];
            names[j] = joint.Name;
            if (!taken.Add(names[j])) names[j] = joint.Id;
            for (var n = origins[j].Member; names[j] != joint.Name && !taken.Add(names[j]); n++)
            {
                names[j] = $"{members[origins[j].Member].Name}.{n}.{joint.Name}";
            }
        }

        return names;
    }

    private static int[] Parents(IReadOnlyList<Skeleton> members, int[][] maps, int count)
    {
        var neighbours = Enumerable.Range(0, count).Select(_ => new List<int>()).ToArray();
        var group = Enumerable.Range(0, count).ToArray();
        int Group(int j) => group[j] == j ? j : group[j] = Group(group[j]);
        for (var m = 0; m < members.Count; m++)
        {
            for (var j = 0; j < members[m].Count; j++)
            {
                if (members[m].ParentIndices[j] is not (var parent and >= 0)) continue;
                var (a, b) = (maps[m][j], maps[m][parent]);
                if (Group(a) == Group(b)) continue;
                group[Group(a)] = Group(b);
                neighbours[a].Add(b);
                neighbours[b].Add(a);
            }
        }

        var parents = new int[count];
        Array.Fill(parents, -2);
        var open = new Queue<int>();
        foreach (var root in Roots(members, maps, count))
        {
            if (parents[root] != -2) continue;
            parents[root] = -1;
            open.Enqueue(root);
            while (open.TryDequeue(out var at))
            {
                foreach (var next in neighbours[at].Where(n => parents[n] == -2))
                {
                    parents[next] = at;
                    open.Enqueue(next);
                }
            }
        }

        return parents;
    }

    // A tree of the union hangs on the root that the earliest member gives it.
    private static IEnumerable<int> Roots(IReadOnlyList<Skeleton> members, int[][] maps, int count) =>
        members.SelectMany((s, m) => Enumerable.Range(0, s.Count).Where(j => s.ParentIndices[j] < 0).Select(j => maps[m][j]))
            .Concat(Enumerable.Range(0, count));

    private static List<(int From, int To)> Limbs(IReadOnlyList<Skeleton> members, int[][] maps)
    {
        var limbs = new List<(int From, int To)>();
        var seen = new HashSet<(int, int)>();
        for (var m = 0; m < members.Count; m++)
        {
            foreach (var (from, to) in members[m].Limbs)
            {
                var (a, b) = (maps[m][from], maps[m][to]);
                if (seen.Add((Math.Min(a, b), Math.Max(a, b)))) limbs.Add((a, b));
            }
        }

        return limbs;
    }

    private static Dictionary<string, IReadOnlyList<int>> Parts(IReadOnlyList<Skeleton> members, int[][] maps)
    {
        var parts = new Dictionary<string, IReadOnlyList<int>>(StringComparer.Ordinal);
        for (var m = 0; m < members.Count; m++)
        {
            foreach (var (part, joints) in members[m].Parts)
            {
                var mapped = joints.Select(j => maps[m][j]);
                parts[part] = [.. parts.TryGetValue(part, out var before) ? before.Union(mapped) : mapped];
            }
        }

        return parts;
    }
}
