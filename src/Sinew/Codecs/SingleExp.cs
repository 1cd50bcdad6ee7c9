using System.Numerics;
using System.Runtime.InteropServices;

namespace Sinew.Codecs;

/// <summary>
/// e^x in single precision as numpy's vector loops compute it, to the last bit, so that labels and softmaxes equal the ones that
/// Python training code makes: Cody–Waite reduction by ln 2 and a rational polynomial (at most 2.5 ULP from the true value).
/// </summary>
internal static class SingleExp
{
    private const float Log2E = 1.442695040888963407359924681001892137f;
    private const float MinusLn2High = -6.93145752e-1f;
    private const float MinusLn2Low = -1.42860677e-6f;
    private const float Round = 12582912f; // 1.5·2^23: adding and subtracting it rounds to the nearest integer
    private const float Largest = 88.72283935546875f;
    private const float Smallest = -103.97208404541015625f;

    private const float P0 = 9.999999999980870924916e-01f;
    private const float P1 = 7.257664613233124478488e-01f;
    private const float P2 = 2.473615434895520810817e-01f;
    private const float P3 = 5.114512081637298353406e-02f;
    private const float P4 = 6.757896990527504603057e-03f;
    private const float P5 = 5.082762527590693718096e-04f;
    private const float Q1 = -2.742335390411667452936e-01f;
    private const float Q2 = 2.159509375685829852307e-02f;

    /// <summary>Replaces every value by its exponential.</summary>
    public static void InPlace(Span<float> values)
    {
        var vectors = MemoryMarshal.Cast<float, Vector<float>>(values);
        foreach (ref var v in vectors) v = Of(v);
        foreach (ref var x in values[(vectors.Length * Vector<float>.Count)..]) x = Of(x);
    }

    /// <summary>The exponential of one value.</summary>
    public static float Of(float x)
    {
        if (float.IsNaN(x) || x > Largest) return x > Largest ? float.PositiveInfinity : x;
        if (x < Smallest) return 0;
        var q = x * Log2E + Round - Round;
        var r = MathF.FusedMultiplyAdd(q, MinusLn2High, x);
        r = MathF.FusedMultiplyAdd(q, MinusLn2Low, r);
        var p = MathF.FusedMultiplyAdd(P5, r, P4);
        p = MathF.FusedMultiplyAdd(p, r, P3);
        p = MathF.FusedMultiplyAdd(p, r, P2);
        p = MathF.FusedMultiplyAdd(p, r, P1);
        p = MathF.FusedMultiplyAdd(p, r, P0);
        var d = MathF.FusedMultiplyAdd(MathF.FusedMultiplyAdd(Q2, r, Q1), r, 1f);
        var half = (int)q >> 1;
        return p / d * Power(half) * Power((int)q - half);
    }

    private static Vector<float> Of(Vector<float> x)
    {
        var q = (x * new Vector<float>(Log2E)) + new Vector<float>(Round) - new Vector<float>(Round);
        var r = Vector.FusedMultiplyAdd(q, new Vector<float>(MinusLn2High), x);
        r = Vector.FusedMultiplyAdd(q, new Vector<float>(MinusLn2Low), r);
        var p = Vector.FusedMultiplyAdd(new Vector<float>(P5), r, new Vector<float>(P4));
        p = Vector.FusedMultiplyAdd(p, r, new Vector<float>(P3));
        p = Vector.FusedMultiplyAdd(p, r, new Vector<float>(P2));
        p = Vector.FusedMultiplyAdd(p, r, new Vector<float>(P1));
        p = Vector.FusedMultiplyAdd(p, r, new Vector<float>(P0));
        var d = Vector.FusedMultiplyAdd(new Vector<float>(Q2), r, new Vector<float>(Q1));
        d = Vector.FusedMultiplyAdd(d, r, Vector<float>.One);
        var power = Vector.ConvertToInt32(q);
        var half = Vector.ShiftRightArithmetic(power, 1);
        var y = p / d * Power(half) * Power(power - half);
        y = Vector.ConditionalSelect(Vector.LessThan(x, new Vector<float>(Smallest)), Vector<float>.Zero, y);
        y = Vector.ConditionalSelect(Vector.GreaterThan(x, new Vector<float>(Largest)), new Vector<float>(float.PositiveInfinity), y);
        return Vector.ConditionalSelect(Vector.Equals(x, x), y, x);
    }

    // Two powers of half the exponent each, as the result may be subnormal, which one power of two could not reach.
    private static float Power(int exponent) => BitConverter.Int32BitsToSingle((exponent + 127) << 23);

    private static Vector<float> Power(Vector<int> exponent) =>
        Vector.AsVectorSingle(Vector.ShiftLeft(exponent + new Vector<int>(127), 23));
}
