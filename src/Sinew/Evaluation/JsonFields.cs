using Sinew.Annotations;

namespace Sinew.Evaluation;

/// <summary>Values that must be there and be of the right kind, or the record is refused by name.</summary>
internal static class JsonFields
{
    internal static double Number(this JsonScanner json, string name) =>
        json.TryNumber(out var value) && InRange(value) ? value : throw json.Error($"{name} is no finite number, or beyond ±3.4e38; mend the record");

    internal static long Whole(this JsonScanner json, string name) =>
        json.TryWhole(out var value) ? value : throw json.Error($"{name} is no whole number; mend the record");

    internal static bool Flag(this JsonScanner json, string name) =>
        json.TryFlag(out var value) ? value : throw json.Error($"{name} is neither 0 nor 1; mend the record");

    /// <summary>Replaces the list's numbers with those of the next value; false where that is no list.</summary>
    internal static bool Numbers(this JsonScanner json, string name, NumberList list)
    {
        list.Clear();
        if (json.Peek() != (byte)'[')
        {
            json.SkipValue();
            return false;
        }

        if (!json.TryNumbers(list)) throw json.Error($"{name} holds something that is no number; mend the record");
        foreach (var value in list.Values)
        {
            if (!InRange(value)) throw json.Error($"{name} holds {(double.IsNaN(value) ? "NaN" : "an infinite number, or one beyond ±3.4e38")}; mend the record");
        }

        return true;
    }

    // What is finite as a float stays finite in products and sums of doubles.
    private static bool InRange(double value) => float.IsFinite((float)value);
}
