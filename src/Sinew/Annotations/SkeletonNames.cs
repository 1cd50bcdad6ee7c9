using Sinew.Skeletons;

namespace Sinew.Annotations;

/// <summary>Finds or makes the skeleton that a label file's joint names mean.</summary>
internal static class SkeletonNames
{
    // A joint that no built-in skeleton has gets the widest sigma that COCO gives to a joint of arms and shoulders.
    private const double UnknownSigma = 0.079;

    /// <summary>The built-in skeleton with these names in this order, whatever their case and spacing; null where there is none.</summary>
    public static Skeleton? Match(IReadOnlyList<string> names) =>
        BuiltInSkeletons.Names.Order(Comparer<string>.Create(CocoFirst)).Select(BuiltInSkeletons.Get).FirstOrDefault(s => s.Count == names.Count
            && s.Joints.Zip(names).All(j => Is(j.First, j.Second)));

    /// <summary>Which of a file's categories has a skeleton's joints: by all their names, else the usual one, else by their number alone.</summary>
    /// <param name="categories">The names of each category's joints.</param>
    /// <param name="usual">The category that is read where nothing is known of its joints; −1 for none.</param>
    /// <param name="skeleton">The skeleton.</param>
    /// <returns>Index of the category; −1 for none.</returns>
    public static int CategoryOf(IReadOnlyList<IReadOnlyList<string>> categories, int usual, Skeleton skeleton)
    {
        int[] sameCount = [.. Enumerable.Range(0, categories.Count).Where(c => categories[c].Count == skeleton.Count)];
        int[] sameNames = [.. sameCount.Where(c => categories[c].All(name => IndexOf(skeleton, name) >= 0))];
        if (sameNames.Length > 0) return sameNames.Contains(usual) ? usual : sameNames[0];
        return sameCount.Length == 0 || (usual >= 0 && categories[usual].Count is var count && (count == 0 || sameCount.Contains(usual))) ? usual : sameCount[0];
    }

    /// <summary>
    /// What is wrong where a file names its joints and has them in another order than the skeleton that is to say what they are: each
    /// would be taken for another one, and nothing else would ever tell.
    /// </summary>
    /// <param name="names">The file's names; of another number than the skeleton's joints they say nothing of them.</param>
    /// <param name="skeleton">The skeleton.</param>
    /// <returns>One line, or null.</returns>
    public static string? Misplaced(IReadOnlyList<string> names, Skeleton skeleton)
    {
        if (names.Count != skeleton.Count) return null;
        for (var j = 0; j < names.Count; j++)
        {
            if (Is(skeleton.Joints[j], names[j]) || IndexOf(skeleton, names[j]) is not (var other and >= 0)) continue;
            return $"its joint {j} is '{names[j]}', and that is joint {other} of the skeleton '{skeleton.Name}', whose joint {j} is '{skeleton.Joints[j].Name}': " +
                "give a skeleton whose joints are in the file's order";
        }

        return null;
    }

    /// <summary>The built-in skeleton that a file without joint names means by their number; null where several have it.</summary>
    public static Skeleton? ByCount(int joints) => joints switch
    {
        17 => BuiltInSkeletons.Get("coco17"),
        26 => BuiltInSkeletons.Get("halpe26"),
        133 => BuiltInSkeletons.Get("coco-wholebody133"),
        136 => BuiltInSkeletons.Get("halpe136"),
        _ => null,
    };

    /// <summary>A skeleton of these names: <c>left</c> and <c>right</c> are swapped, <c>l</c> and <c>r</c> where they begin or end a name, sigmas are those of built-in joints of the same name.</summary>
    /// <returns>Null where two names are the same.</returns>
    public static Skeleton? Make(string name, IReadOnlyList<string> names, IReadOnlyList<(int From, int To)> limbs)
    {
        var plain = names.Select(Plain).ToArray();
        if (plain.Any(n => n.Length == 0) || plain.Distinct(StringComparer.Ordinal).Count() != plain.Length) return null;
        var known = BuiltInSkeletons.Names.Order(Comparer<string>.Create(CocoFirst)).SelectMany(n => BuiltInSkeletons.Get(n).Joints)
            .DistinctBy(j => j.Id).ToDictionary(j => j.Id, StringComparer.Ordinal);
        var joints = plain.Select(n => new Joint(
            n, n, OtherSide(n) is { } other && plain.Contains(other) ? other : null, known.TryGetValue(n, out var j) ? j.Sigma : UnknownSigma, null));
        return new Skeleton(
            name.Length > 0 ? name : "file", [.. joints], [.. limbs.Where(l => l.From >= 0 && l.To >= 0 && l.From < names.Count && l.To < names.Count && l.From != l.To)])
        {
            GuessedSigmas = [.. Enumerable.Range(0, plain.Length).Where(j => !known.ContainsKey(plain[j]))],
        };
    }

    private static int CocoFirst(string a, string b) =>
        (a != "coco17", b != "coco17") switch
        {
            (false, true) => -1,
            (true, false) => 1,
            _ => string.CompareOrdinal(a, b),
        };

    private static bool Is(Joint joint, string name) => Plain(name) is var n && (n == Plain(joint.Name) || n == Plain(joint.Id));

    private static int IndexOf(Skeleton skeleton, string name) => Enumerable.Range(0, skeleton.Count).Where(j => Is(skeleton.Joints[j], name)).FirstOrDefault(-1);

    private static string Plain(string name) => name.Trim().Replace(' ', '_').Replace('-', '_').ToLowerInvariant();

    private static string? OtherSide(string name) =>
        name.Contains("left", StringComparison.Ordinal) ? name.Replace("left", "right", StringComparison.Ordinal)
        : name.Contains("right", StringComparison.Ordinal) ? name.Replace("right", "left", StringComparison.Ordinal)
        : OtherLetter(name);

    // "l_ear" and "ear_l"; a letter that no underline sets apart is part of a word.
    private static string? OtherLetter(string name) => name switch
    {
        ['l', '_', .. var rest] => $"r_{rest}",
        ['r', '_', .. var rest] => $"l_{rest}",
        [.. var rest, '_', 'l'] => $"{rest}_r",
        [.. var rest, '_', 'r'] => $"{rest}_l",
        _ => null,
    };
}
