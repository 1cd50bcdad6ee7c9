using System.Globalization;

namespace Sinew.Imaging;

/// <summary>Frames per second as a fraction, as video files tell it (29.97 is 30000/1001).</summary>
/// <param name="Numerator">Frames.</param>
/// <param name="Denominator">Seconds.</param>
public readonly record struct FrameRate(int Numerator, int Denominator)
{
    /// <summary>Frames per second.</summary>
    public double PerSecond => Numerator / (double)Denominator;

    /// <summary>Reads <c>30000/1001</c> or <c>25</c>; false where that is no positive rate.</summary>
    /// <param name="text">The text.</param>
    /// <param name="rate">Receives the rate.</param>
    public static bool TryParse(ReadOnlySpan<char> text, out FrameRate rate)
    {
        var slash = text.IndexOf('/');
        rate = default;
        if (!int.TryParse(slash < 0 ? text : text[..slash], NumberStyles.None, CultureInfo.InvariantCulture, out var numerator)) return false;
        var denominator = 1;
        if (slash >= 0 && !int.TryParse(text[(slash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out denominator)) return false;
        rate = new FrameRate(numerator, denominator);
        return numerator > 0 && denominator > 0;
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Numerator}/{Denominator}");
}
