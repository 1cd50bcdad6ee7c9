namespace Sinew.Inference;

/// <summary>A box as a network gives it, input pixels, before any is left out.</summary>
/// <param name="X1">Left edge.</param>
/// <param name="Y1">Top edge.</param>
/// <param name="X2">Right edge.</param>
/// <param name="Y2">Bottom edge.</param>
/// <param name="Score">Its score.</param>
/// <param name="Row">Its row or column in the output.</param>
internal readonly record struct Candidate(float X1, float Y1, float X2, float Y2, float Score, int Row)
{
    public static Candidate Centred(float x, float y, float width, float height, float score, int row) =>
        new(x - (width / 2), y - (height / 2), x + (width / 2), y + (height / 2), score, row);

    /// <summary>Intersection over union of two boxes.</summary>
    public float Overlap(in Candidate other)
    {
        var width = Math.Min(X2, other.X2) - Math.Max(X1, other.X1);
        var height = Math.Min(Y2, other.Y2) - Math.Max(Y1, other.Y1);
        if (!(width > 0) || !(height > 0)) return 0;
        var both = width * height;
        return both / (((X2 - X1) * (Y2 - Y1)) + ((other.X2 - other.X1) * (other.Y2 - other.Y1)) - both);
    }

    /// <summary>The best boxes, best first, none of which overlaps a better one by more than a share.</summary>
    public static List<Candidate> Suppress(List<Candidate> boxes, float overlap)
    {
        const int Most = 300;
        boxes.Sort((a, b) => b.Score.CompareTo(a.Score));
        var kept = new List<Candidate>();
        foreach (var box in boxes)
        {
            if (kept.Count == Most) break;
            var alone = true;
            for (var i = 0; alone && i < kept.Count; i++) alone = !(kept[i].Overlap(box) > overlap);
            if (alone) kept.Add(box);
        }

        return kept;
    }
}
