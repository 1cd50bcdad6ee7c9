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
            && s.Joints.Zip(names).All(j => Plain(j.Second) is var n && (n == Plain(j.First.Name) || n == Plain(j.First.Id))));

    /// <summary>The built-in skeleton that a file without joint names means by their number; null where several have it.</summary>
    public static Skeleton? ByCount(int joints) => joints switch
    {
        17 => BuiltInSkeletons.Get("coco17"),
        26 => BuiltInSkeletons.Get("halpe26"),
        133 => BuiltInSkeletons.Get("coco-wholebody133"),
        136 => BuiltInSkeletons.Get("halpe136"),
        _ => null,
    };

    /// <summary>A skeleton of these names: <c>left</c> and <c>right</c> are swapped, sigmas are those of built-in joints of the same name.</summary>
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
            name.Length > 0 ? name : "file", [.. joints], [.. limbs.Where(l => l.From >= 0 && l.To >= 0 && l.From < names.Count && l.To < names.Count && l.From != l.To)]);
    }

    private static int CocoFirst(string a, string b) =>
        (a != "coco17", b != "coco17") switch
        {
            (false, true) => -1,
            (true, false) => 1,
            _ => string.CompareOrdinal(a, b),
        };

    private static string Plain(string name) => name.Trim().Replace(' ', '_').Replace('-', '_').ToLowerInvariant();

    private static string? OtherSide(string name) =>
        name.Contains("left", StringComparison.Ordinal) ? name.Replace("left", "right", StringComparison.Ordinal)
        : name.Contains("right", StringComparison.Ordinal) ? name.Replace("right", "left", StringComparison.Ordinal)
        : null;
}
