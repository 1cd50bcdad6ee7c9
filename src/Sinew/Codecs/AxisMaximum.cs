using System.Numerics;
using System.Runtime.InteropServices;

namespace Sinew.Codecs;

/// <summary>The largest value of a row and its first place: the inner loop of decoding.</summary>
/// <remarks>NaN never wins; a row of nothing but NaN gives bin 0.</remarks>
public static class AxisMaximum
{
    /// <summary>Finds the first largest value, vectorised.</summary>
    /// <param name="row">The values, at least one.</param>
    /// <returns>Its bin and value.</returns>
    public static (int Bin, float Value) Find(ReadOnlySpan<float> row)
    {
        if (!Vector.IsHardwareAccelerated || row.Length < Vector<float>.Count * 2) return FindScalar(row);
        var vectors = MemoryMarshal.Cast<float, Vector<float>>(row);
        var tail = vectors.Length * Vector<float>.Count;
        var largest = new Vector<float>(float.NegativeInfinity);
        foreach (var v in vectors) largest = Vector.ConditionalSelect(Vector.GreaterThan(v, largest), v, largest);
        var max = float.NegativeInfinity;
        for (var i = 0; i < Vector<float>.Count; i++)
        {
            if (largest[i] > max) max = largest[i];
        }

        for (var i = tail; i < row.Length; i++)
        {
            if (row[i] > max) max = row[i];
        }

        if (max == float.NegativeInfinity) return (0, row[0]);
        var wanted = new Vector<float>(max);
        var bin = 0;
        for (var v = 0; v < vectors.Length; v++, bin += Vector<float>.Count)
        {
            if (Vector.EqualsAny(vectors[v], wanted)) break;
        }

        while (row[bin] != max) bin++;
        return (bin, row[bin]);
    }

    /// <summary>The same, one value at a time.</summary>
    /// <param name="row">The values, at least one.</param>
    /// <returns>Its bin and value.</returns>
    public static (int Bin, float Value) FindScalar(ReadOnlySpan<float> row)
    {
        var (bin, max) = (0, float.NegativeInfinity);
        for (var i = 0; i < row.Length; i++)
        {
            if (row[i] > max) (bin, max) = (i, row[i]);
        }

        return (bin, row[bin]);
    }
}
