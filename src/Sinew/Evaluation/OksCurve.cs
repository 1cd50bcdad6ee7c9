namespace Sinew.Evaluation;

/// <summary>Precision and recall at the ten OKS thresholds; −1 throughout where nobody is to be found.</summary>
/// <param name="Precision">Per threshold, the precision averaged over the recalls 0, 0.01 … 1.</param>
/// <param name="Recall">Per threshold, the recall of all predictions.</param>
internal sealed record OksCurve(double[] Precision, double[] Recall)
{
    private const int RecallSteps = 101;

    /// <summary>0.50, 0.55 … 0.95 as numpy's linspace computes them.</summary>
    internal static readonly double[] Thresholds =
        [.. Enumerable.Range(0, 10).Select(i => i == 9 ? 0.95 : (i * ((0.95 - 0.5) / 9)) + 0.5)];

    private static readonly double[] RecallLevels =
        [.. Enumerable.Range(0, RecallSteps).Select(i => i == RecallSteps - 1 ? 1.0 : i * 0.01)];

    internal double MeanPrecision => Mean(Precision);

    internal double MeanRecall => Mean(Recall);

    internal static OksCurve Undefined()
    {
        var (precision, recall) = (new double[Thresholds.Length], new double[Thresholds.Length]);
        Array.Fill(precision, -1);
        Array.Fill(recall, -1);
        return new OksCurve(precision, recall);
    }

    /// <summary>The curve's two numbers at one threshold.</summary>
    /// <param name="ranked">The predictions' outcomes, best-scored first.</param>
    /// <param name="people">How many people there are to find, at least one.</param>
    /// <param name="bit">The threshold's bit in the outcomes.</param>
    /// <param name="precision">Working space of as many values as there are predictions.</param>
    /// <param name="recall">Working space of as many values as there are predictions.</param>
    internal static (double Precision, double Recall) At(
        ReadOnlySpan<OksOutcome> ranked, int people, int bit, Span<double> precision, Span<double> recall)
    {
        if (ranked.IsEmpty) return (0, 0);
        var (hits, counted) = (0, 0);
        for (var i = 0; i < ranked.Length; i++)
        {
            var outcome = ranked[i];
            var counts = 1 & ~(outcome.Ignored >> bit);
            hits += counts & (outcome.Matched >> bit);
            counted += counts;
            recall[i] = (double)hits / people;
            precision[i] = hits / (counted + OksKernel.Epsilon);
        }

        for (var i = ranked.Length - 1; i > 0; i--)
        {
            if (precision[i] > precision[i - 1]) precision[i - 1] = precision[i];
        }

        var (sum, at) = (0.0, 0);
        foreach (var level in RecallLevels)
        {
            while (at < ranked.Length && recall[at] < level) at++;
            if (at == ranked.Length) break;
            sum += precision[at];
        }

        return (sum / RecallSteps, recall[ranked.Length - 1]);
    }

    private static double Mean(double[] values) => values[0] < 0 ? -1 : values.Sum() / values.Length;
}

/// <summary>What became of one prediction, a bit per threshold.</summary>
/// <param name="Matched">It was matched to a person (an ignored one, maybe).</param>
/// <param name="Ignored">It counts neither as right nor as wrong.</param>
internal readonly record struct OksOutcome(ushort Matched, ushort Ignored);
