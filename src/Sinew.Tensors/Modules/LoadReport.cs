namespace Sinew.Tensors.Modules;

/// <summary>What did not fit when weights were loaded.</summary>
/// <param name="Missing">Names that the network has and the weights have not.</param>
/// <param name="Unexpected">Names that the weights have and the network has not.</param>
/// <param name="Mismatched">Names with both shapes, where they differ.</param>
public sealed record LoadReport(IReadOnlyList<string> Missing, IReadOnlyList<string> Unexpected, IReadOnlyList<string> Mismatched)
{
    /// <summary>Whether everything fitted.</summary>
    public bool IsClean => Missing.Count == 0 && Unexpected.Count == 0 && Mismatched.Count == 0;

    /// <summary>One line with the first few of each.</summary>
    /// <returns>Text.</returns>
    public override string ToString()
    {
        if (IsClean)
            return "everything fits";
        var parts = new List<string>();
        Describe(parts, "missing", Missing);
        Describe(parts, "unexpected", Unexpected);
        Describe(parts, "of another shape", Mismatched);
        return string.Join("; ", parts);
    }

    private static void Describe(List<string> parts, string what, IReadOnlyList<string> names)
    {
        const int Shown = 4;
        if (names.Count == 0)
            return;
        string more = names.Count > Shown ? $" and {names.Count - Shown} more" : string.Empty;
        parts.Add($"{names.Count} {what}: {string.Join(", ", names.Take(Shown))}{more}");
    }
}
