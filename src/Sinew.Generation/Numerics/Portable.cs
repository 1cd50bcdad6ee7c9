namespace Sinew.Generation.Numerics;

/// <summary>
/// Functions that give the same bits on every machine: additions, multiplications, divisions and square roots are exact by IEEE 754
/// and .NET never fuses them, whereas the sines of different C libraries differ in their last bits.
/// </summary>
internal static class Portable
{
    public const float Degrees = (float)(Math.PI / 180);

    private const double HalfPi = Math.PI / 2;

    /// <summary>Sine and cosine, to about 1e-9, for |x| up to some thousands.</summary>
    public static (float Sin, float Cos) SinCos(float x)
    {
        var quarter = Math.Round(x / HalfPi);
        var r = x - (quarter * HalfPi);
        var r2 = r * r;
        var sin = r * (1 + (r2 * (-1.0 / 6 + (r2 * (1.0 / 120 + (r2 * (-1.0 / 5040 + (r2 / 362880))))))));
        var cos = 1 + (r2 * (-0.5 + (r2 * (1.0 / 24 + (r2 * (-1.0 / 720 + (r2 * (1.0 / 40320 - (r2 / 3628800)))))))));
        return ((long)quarter & 3) switch
        {
            0 => ((float)sin, (float)cos),
            1 => ((float)cos, (float)-sin),
            2 => ((float)-sin, (float)-cos),
            _ => ((float)-cos, (float)sin),
        };
    }

    public static float Sin(float x) => SinCos(x).Sin;

    public static float Cos(float x) => SinCos(x).Cos;

    /// <summary>e to the power of x, to about 1e-7 of its value.</summary>
    public static float Exp(float x)
    {
        var clamped = Math.Clamp((double)x, -80, 80);
        var whole = Math.Round(clamped * 1.4426950408889634);
        var r = clamped - (whole * 0.6931471805599453);
        var series = 1 + (r * (1 + (r * (0.5 + (r * (1.0 / 6 + (r * (1.0 / 24 + (r * (1.0 / 120 + (r / 720)))))))))));
        return (float)(series * BitConverter.Int64BitsToDouble(((long)whole + 1023) << 52));
    }

    public static float Mix(float a, float b, float t) => a + ((b - a) * t);

    /// <summary>Brings a number into 0 to 1.</summary>
    public static float Part(float x) => x > 0 ? x < 1 ? x : 1 : 0;

    /// <summary>0 below <paramref name="from"/>, 1 above <paramref name="to"/>, smooth between.</summary>
    public static float Smooth(float from, float to, float x)
    {
        var t = Part((x - from) / (to - from));
        return t * t * (3 - (2 * t));
    }
}
