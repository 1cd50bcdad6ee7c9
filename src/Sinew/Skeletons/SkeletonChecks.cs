namespace Sinew.Skeletons;

/// <summary>One thing that is wrong with a skeleton or union.</summary>
/// <param name="Rule">Which rule is broken: <c>name</c>, <c>id</c>, <c>swap</c>, <c>limb</c>, <c>sigma</c> or <c>flip</c>.</param>
/// <param name="Joint">Index of the joint that breaks it, or −1.</param>
/// <param name="Message">One line that says how.</param>
public sealed record SkeletonFinding(string Rule, int Joint, string Message)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Rule}: {Message}";
}

/// <summary>The rules that a skeleton must keep so that flips, unions and limb trees can rely on it.</summary>
public static class SkeletonChecks
{
    /// <summary>
    /// Checks that names and canonical ids are unique, swaps are mutual and between two joints of the skeleton, parents exist
    /// and form no cycle, and sigmas are positive.
    /// </summary>
    /// <param name="joints">The joints, which need not make a valid <see cref="Skeleton"/>.</param>
    /// <returns>What is wrong; empty where nothing is.</returns>
    public static IReadOnlyList<SkeletonFinding> Check(IReadOnlyList<Joint> joints)
    {
        ArgumentNullException.ThrowIfNull(joints);
        var findings = new List<SkeletonFinding>();
        var byName = new Dictionary<string, int>(StringComparer.Ordinal);
        var byId = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < joints.Count; i++)
        {
            var joint = joints[i];
            if (!byName.TryAdd(joint.Name, i)) findings.Add(new("name", i, $"two joints are named '{joint.Name}'"));
            if (!byId.TryAdd(joint.Id, i))
            {
                findings.Add(new("id", i, $"'{joints[byId[joint.Id]].Name}' and '{joint.Name}' share the canonical id '{joint.Id}'"));
            }

            if (!(joint.Sigma > 0) || !double.IsFinite(joint.Sigma)) findings.Add(new("sigma", i, $"the sigma of '{joint.Name}' is {joint.Sigma}, not above 0"));
        }

        for (var i = 0; i < joints.Count; i++)
        {
            CheckSwap(joints, byName, i, findings);
            CheckParents(joints, byName, i, findings);
        }

        return findings;
    }

    /// <summary>Checks one skeleton; see <see cref="Check(IReadOnlyList{Joint})"/>.</summary>
    /// <param name="skeleton">The skeleton.</param>
    public static IReadOnlyList<SkeletonFinding> Check(Skeleton skeleton)
    {
        ArgumentNullException.ThrowIfNull(skeleton);
        return Check(skeleton.Joints);
    }

    /// <summary>
    /// Checks the union's joints, each member's, and that a flip of the union moves each member's joints as the member's own flip does.
    /// </summary>
    /// <param name="union">The union.</param>
    public static IReadOnlyList<SkeletonFinding> Check(SkeletonUnion union)
    {
        ArgumentNullException.ThrowIfNull(union);
        var findings = new List<SkeletonFinding>(Check(union.Union));
        for (var m = 0; m < union.Members.Count; m++)
        {
            var member = union.Members[m];
            findings.AddRange(Check(member).Select(f => f with { Message = $"in '{member.Name}': {f.Message}" }));
            var map = union.MapOf(m);
            for (var j = 0; j < member.Count; j++)
            {
                var flipped = union.Union.SwapIndices[map[j]];
                if (flipped == map[member.SwapIndices[j]]) continue;
                findings.Add(new(
                    "flip",
                    map[j],
                    $"'{member.Name}' flips '{member.Joints[j].Name}' to '{member.Joints[member.SwapIndices[j]].Name}', the union to '{union.Union.Joints[flipped].Name}'"));
            }
        }

        return findings;
    }

    /// <summary>
    /// What is wrong where a mirrored picture exchanges other joints in one skeleton than in another that it is mapped to: a label would
    /// be learned as that of the other side, in every mirrored picture.
    /// </summary>
    /// <param name="from">The skeleton whose labels are mirrored and then mapped.</param>
    /// <param name="to">The skeleton that they are mapped to.</param>
    /// <returns>One line, or null where the two agree on the joints that both have.</returns>
    public static string? FlipMisfit(Skeleton from, Skeleton to)
    {
        var map = JointMapping.Between(from, to);
        for (var j = 0; j < from.Count; j++)
        {
            if (map.TargetOf[j] is not (var joint and >= 0)) continue;
            var (partner, expected) = (map.TargetOf[from.SwapIndices[j]], to.SwapIndices[joint]);
            // A partner that only the first has goes nowhere: then the joint stands alone in the second.
            if (partner == expected || (partner < 0 && expected == joint)) continue;
            return $"'{from.Name}' flips '{from.Joints[j].Name}' to '{from.Joints[from.SwapIndices[j]].Name}', '{to.Name}' to '{to.Joints[expected].Name}'";
        }

        return null;
    }

    private static void CheckSwap(IReadOnlyList<Joint> joints, Dictionary<string, int> byName, int i, List<SkeletonFinding> findings)
    {
        var joint = joints[i];
        if (joint.Swap is null) return;
        if (!byName.TryGetValue(joint.Swap, out var other))
        {
            findings.Add(new("swap", i, $"'{joint.Name}' swaps with '{joint.Swap}', which is not one of the joints"));
        }
        else if (other == i)
        {
            findings.Add(new("swap", i, $"'{joint.Name}' swaps with itself: a joint on the midline has no swap"));
        }
        else if (joints[other].Swap != joint.Name)
        {
            findings.Add(new("swap", i, $"'{joint.Name}' swaps with '{joint.Swap}', but '{joint.Swap}' with {(joints[other].Swap is { } s ? $"'{s}'" : "none")}"));
        }
    }

    private static void CheckParents(IReadOnlyList<Joint> joints, Dictionary<string, int> byName, int i, List<SkeletonFinding> findings)
    {
        if (joints[i].Parent is { } parent && !byName.ContainsKey(parent))
        {
            findings.Add(new("limb", i, $"'{joints[i].Name}' hangs on '{parent}', which is not one of the joints"));
            return;
        }

        // Following parents from a joint of a cycle comes back to it within as many steps as there are joints; each cycle is
        // reported once, by its joint of lowest index.
        var lowest = i;
        var at = i;
        for (var step = 0; step < joints.Count; step++)
        {
            if (joints[at].Parent is not { } next || !byName.TryGetValue(next, out at)) return;
            lowest = Math.Min(lowest, at);
            if (at != i) continue;
            if (lowest == i) findings.Add(new("limb", i, $"the limbs from '{joints[i].Name}' over '{joints[i].Parent}' lead back to it"));
            return;
        }
    }
}
