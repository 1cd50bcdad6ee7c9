using Sinew.Skeletons;

namespace Sinew.Evaluation;

/// <summary>
/// Where each joint of the labels is found in a prediction's skeleton: the joint with the same canonical id, or the
/// midpoint of two joints for the ones that are defined as such.
/// </summary>
/// <remarks>
/// Derived, where the prediction's skeleton lacks them: <c>thorax</c> from the shoulders, <c>pelvis</c> from the hips. A
/// joint that cannot be had is never right: its OKS term is 0 and PCK counts a miss.
/// </remarks>
public sealed class ScoredJoints
{
    /// <summary>Stands for a coordinate that the prediction does not have: so far away that no similarity is left.</summary>
    internal const double Missing = 1e12;

    private static readonly Dictionary<string, (string A, string B)> Midpoints = new(StringComparer.Ordinal)
    {
        ["thorax"] = ("left_shoulder", "right_shoulder"),
        ["pelvis"] = ("left_hip", "right_hip"),
    };

    private readonly (int A, int B)[] _sources;

    private ScoredJoints((int A, int B)[] sources, bool identical)
    {
        (_sources, IsIdentity) = (sources, identical);
        MissingJoints = [.. Enumerable.Range(0, sources.Length).Where(j => sources[j].A < 0)];
        DerivedJoints = [.. Enumerable.Range(0, sources.Length).Where(j => sources[j].A != sources[j].B)];
    }

    /// <summary>True where predictions need no change at all.</summary>
    public bool IsIdentity { get; }

    /// <summary>Joints of the labels that the predictions do not have.</summary>
    public IReadOnlyList<int> MissingJoints { get; }

    /// <summary>Joints of the labels that are midpoints of two predicted ones.</summary>
    public IReadOnlyList<int> DerivedJoints { get; }

    /// <summary>Compares two skeletons.</summary>
    /// <param name="predicted">The predictions' skeleton.</param>
    /// <param name="labelled">The labels' skeleton.</param>
    public static ScoredJoints Between(Skeleton predicted, Skeleton labelled)
    {
        ArgumentNullException.ThrowIfNull(predicted);
        ArgumentNullException.ThrowIfNull(labelled);
        var sources = new (int A, int B)[labelled.Count];
        var identical = predicted.Count == labelled.Count;
        for (var j = 0; j < labelled.Count; j++)
        {
            var id = labelled.Joints[j].Id;
            var same = predicted.IndexOfId(id);
            identical &= same == j;
            sources[j] = same >= 0 ? (same, same) : Midpoint(predicted, id);
        }

        return new ScoredJoints(sources, identical);
    }

    /// <summary>One person's coordinates in the labels' skeleton.</summary>
    /// <param name="predicted">x, y per predicted joint.</param>
    /// <param name="x">Receives x per labelled joint.</param>
    /// <param name="y">Receives y per labelled joint.</param>
    internal void Map(ReadOnlySpan<double> predicted, Span<double> x, Span<double> y)
    {
        if (IsIdentity)
        {
            for (var j = 0; j < _sources.Length; j++) (x[j], y[j]) = (predicted[2 * j], predicted[(2 * j) + 1]);
            return;
        }

        for (var j = 0; j < _sources.Length; j++)
        {
            var (a, b) = _sources[j];
            (x[j], y[j]) = a < 0
                ? (Missing, Missing)
                : a == b
                    ? (predicted[2 * a], predicted[(2 * a) + 1])
                    : ((predicted[2 * a] + predicted[2 * b]) / 2, (predicted[(2 * a) + 1] + predicted[(2 * b) + 1]) / 2);
        }
    }

    /// <summary>True where one of the chosen joints has a predicted score above 0.</summary>
    internal bool AnyScored(ReadOnlySpan<float> jointScores, ReadOnlySpan<bool> chosen)
    {
        for (var j = 0; j < _sources.Length; j++)
        {
            var (a, b) = _sources[j];
            if (chosen[j] && a >= 0 && jointScores[a] > 0 && jointScores[b] > 0) return true;
        }

        return false;
    }

    /// <summary>True where all that a joint is made of is labelled.</summary>
    internal bool IsLabelled(ReadOnlySpan<bool> labelled, int joint) =>
        _sources[joint] is { A: >= 0 } source && labelled[source.A] && labelled[source.B];

    private static (int A, int B) Midpoint(Skeleton predicted, string id)
    {
        if (!Midpoints.TryGetValue(id, out var ends)) return (-1, -1);
        var (a, b) = (predicted.IndexOfId(ends.A), predicted.IndexOfId(ends.B));
        return a < 0 || b < 0 ? (-1, -1) : (a, b);
    }
}
