using System.Globalization;

namespace Sinew.Evaluation;

/// <summary>
/// Turns floats into the doubles that their shortest decimal form means. Files hold decimals, so what a float column was
/// read from, and what it will be written as, is that decimal: scores are then the same in memory and from the file.
/// </summary>
internal static class Decimals
{
    /// <summary>Below this, two decimals of three digits behind the point never share a float.</summary>
    private const float Fine = 4096;

    internal static double Of(float value)
    {
        var nearest = Math.Round(value * 1000.0) / 1000.0;
        if (Math.Abs(value) < Fine && (float)nearest == value) return nearest;
        if (!float.IsFinite(value)) return value;
        Span<byte> text = stackalloc byte[32];
        value.TryFormat(text, out var length, default, CultureInfo.InvariantCulture);
        return double.Parse(text[..length], NumberStyles.Float, CultureInfo.InvariantCulture);
    }
}
