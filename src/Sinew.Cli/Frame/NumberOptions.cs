using System.CommandLine;
using System.Globalization;

namespace Sinew.Cli.Frame;

/// <summary>Options that take a number, written with a point whatever the user's language, and finite.</summary>
internal static class NumberOptions
{
    /// <summary>Takes finite numbers only.</summary>
    /// <param name="option">The option.</param>
    /// <param name="above">Numbers must be above this one.</param>
    public static Option<double> Finite(this Option<double> option, double above = double.NegativeInfinity) => Finite(option, number => number, above);

    /// <inheritdoc cref="Finite(Option{double}, double)"/>
    public static Option<float> Finite(this Option<float> option, double above = double.NegativeInfinity) => Finite(option, number => (float)number, above);

    /// <inheritdoc cref="Finite(Option{double}, double)"/>
    public static Option<float?> Finite(this Option<float?> option, double above = double.NegativeInfinity) => Finite(option, number => (float?)number, above);

    private static Option<T> Finite<T>(Option<T> option, Func<double, T> convert, double above)
    {
        option.CustomParser = result =>
        {
            var text = result.Tokens is [var token] ? token.Value : "";
            if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && float.IsFinite((float)number) && number > above)
            {
                return convert(number);
            }

            var which = double.IsNegativeInfinity(above) ? "a number" : string.Create(CultureInfo.InvariantCulture, $"a number above {above}");
            result.AddError($"{option.Name} '{text}' is not {which}, such as 0.5");
            return default!;
        };
        return option;
    }
}
