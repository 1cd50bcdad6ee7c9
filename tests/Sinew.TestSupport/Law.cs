using System.Globalization;
using System.Runtime.CompilerServices;
using FsCheck;

namespace Sinew.TestSupport;

/// <summary>
/// Checks properties over generated cases: the same ones each time, so that a run says something about the code and not about
/// its luck. SINEW_LAWS=30 tries 30 times as many, other ones each time.
/// </summary>
public static class Law
{
    /// <summary>Fails with the case that breaks a property.</summary>
    /// <param name="property">What holds for all cases.</param>
    /// <param name="cases">How many are tried.</param>
    /// <param name="name">The test, which decides what cases come.</param>
    public static void Holds(this Property property, int cases = 100, [CallerMemberName] string name = "")
    {
        var config = Config.QuickThrowOnFailure;
        property.Check(int.TryParse(Environment.GetEnvironmentVariable("SINEW_LAWS"), CultureInfo.InvariantCulture, out var times)
            ? config.WithMaxTest(checked(cases * times))
            : config.WithMaxTest(cases).WithReplay(Seed(name), 1));
    }

    // FNV-1a: string.GetHashCode differs from process to process.
    private static ulong Seed(string name)
    {
        var hash = 14695981039346656037UL;
        foreach (var letter in name) hash = unchecked((hash ^ letter) * 1099511628211UL);
        return hash;
    }
}
