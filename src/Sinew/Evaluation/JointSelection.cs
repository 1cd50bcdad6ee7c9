using Sinew.Skeletons;

namespace Sinew.Evaluation;

/// <summary>Which joints are scored, as a user says it.</summary>
public static class JointSelection
{
    /// <summary>
    /// Joints of the labels' skeleton: <c>all</c>, <c>shared</c> (those that the predictions' skeleton has too), the name of a
    /// built-in skeleton (those that it has too), or a list of names or canonical ids between commas.
    /// </summary>
    /// <param name="text">What the user says; null or empty is all.</param>
    /// <param name="labelled">The labels' skeleton.</param>
    /// <param name="predicted">The predictions' skeleton.</param>
    /// <returns>Indices, or null for all.</returns>
    /// <exception cref="SinewException">A name is no joint of the labels, or no joint is left.</exception>
    public static IReadOnlyList<int>? Parse(string? text, Skeleton labelled, Skeleton predicted)
    {
        ArgumentNullException.ThrowIfNull(labelled);
        ArgumentNullException.ThrowIfNull(predicted);
        if (string.IsNullOrWhiteSpace(text) || text == "all") return null;
        if (text == "shared") return Common(labelled, predicted);
        if (BuiltInSkeletons.Find(text) is { } named) return Common(labelled, named);
        var names = text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return names.Length > 0
            ? [.. names.Select(name => Index(name, labelled)).Distinct().Order()]
            : throw new SinewException($"joints: '{text}' names none; write names with commas, a skeleton's, shared or all");
    }

    private static int[] Common(Skeleton labelled, Skeleton other)
    {
        int[] joints = [.. Enumerable.Range(0, labelled.Count).Where(j => other.IndexOfId(labelled.Joints[j].Id) >= 0)];
        return joints.Length > 0 ? joints : throw new SinewException($"joints: {labelled.Name} and {other.Name} have none in common");
    }

    private static int Index(string name, Skeleton skeleton)
    {
        var index = skeleton.IndexOfName(name) is var byName and >= 0 ? byName : skeleton.IndexOfId(name);
        return index >= 0
            ? index
            : throw new SinewException($"joints: '{name}' is no joint of {skeleton.Name}, which has {string.Join(", ", skeleton.Joints.Select(j => j.Name))}");
    }
}
