using System.Globalization;

namespace Sinew.Tensors;

/// <summary>
/// One number beside a tensor. Whether it is an integer matters: an integer tensor plus an integer stays one, as in PyTorch.
/// </summary>
public readonly struct Scalar
{
    private Scalar(double real, long integer, bool isInteger)
    {
        Real = real;
        Integer = integer;
        IsInteger = isInteger;
    }

    internal double Real { get; }

    internal long Integer { get; }

    internal bool IsInteger { get; }

    /// <summary>A floating-point number.</summary>
    /// <param name="value">The number.</param>
    public static implicit operator Scalar(double value) => new(value, 0, false);

    /// <summary>A floating-point number.</summary>
    /// <param name="value">The number.</param>
    public static implicit operator Scalar(float value) => new(value, 0, false);

    /// <summary>An integer.</summary>
    /// <param name="value">The number.</param>
    public static implicit operator Scalar(long value) => new(value, value, true);

    /// <summary>An integer.</summary>
    /// <param name="value">The number.</param>
    public static implicit operator Scalar(int value) => new(value, value, true);

    /// <summary>The number in digits.</summary>
    /// <returns>Text.</returns>
    public override string ToString() => IsInteger
        ? Integer.ToString(CultureInfo.InvariantCulture)
        : Real.ToString(CultureInfo.InvariantCulture);
}
