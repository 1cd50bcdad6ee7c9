namespace Sinew.Tensors;

/// <content>Functions of one tensor.</content>
public sealed partial class Tensor
{
    /// <summary>The sum of all elements.</summary>
    /// <returns>One number.</returns>
    public Tensor Sum() => Ops.Sum.Call(this);

    /// <summary>The sum over dimensions.</summary>
    /// <param name="dims">The dimensions; negative ones count from the last.</param>
    /// <param name="keepDim">Whether they stay, with length 1.</param>
    /// <returns>The result.</returns>
    public Tensor Sum(long[] dims, bool keepDim = false) => Ops.SumDims.Call(this, dims, keepDim);

    /// <summary>The sum over one dimension.</summary>
    /// <param name="dim">The dimension; negative counts from the last.</param>
    /// <param name="keepDim">Whether they stay, with length 1.</param>
    /// <returns>The result.</returns>
    public Tensor Sum(long dim, bool keepDim = false) => Sum([dim], keepDim);

    /// <summary>The mean of all elements.</summary>
    /// <returns>One number.</returns>
    public Tensor Mean() => Ops.Mean.Call(this);

    /// <summary>The mean over dimensions.</summary>
    /// <param name="dims">The dimensions; negative ones count from the last.</param>
    /// <param name="keepDim">Whether they stay, with length 1.</param>
    /// <returns>The result.</returns>
    public Tensor Mean(long[] dims, bool keepDim = false) => Ops.MeanDims.Call(this, dims, keepDim);

    /// <summary>The mean over one dimension.</summary>
    /// <param name="dim">The dimension; negative counts from the last.</param>
    /// <param name="keepDim">Whether they stay, with length 1.</param>
    /// <returns>The result.</returns>
    public Tensor Mean(long dim, bool keepDim = false) => Mean([dim], keepDim);

    /// <summary>The largest of all elements.</summary>
    /// <returns>One number.</returns>
    public Tensor Max() => Ops.Max.Call(this);

    /// <summary>The largest along one dimension, and where it is.</summary>
    /// <param name="dim">The dimension; negative counts from the last.</param>
    /// <param name="keepDim">Whether they stay, with length 1.</param>
    /// <returns>Values, and 64-bit indices.</returns>
    public (Tensor Values, Tensor Indices) Max(long dim, bool keepDim = false) => Pair(Ops.MaxDim.CallMany(this, dim, keepDim));

    /// <summary>The smallest of all elements.</summary>
    /// <returns>One number.</returns>
    public Tensor Min() => Ops.Min.Call(this);

    /// <summary>The smallest along one dimension, and where it is.</summary>
    /// <param name="dim">The dimension; negative counts from the last.</param>
    /// <param name="keepDim">Whether they stay, with length 1.</param>
    /// <returns>Values, and 64-bit indices.</returns>
    public (Tensor Values, Tensor Indices) Min(long dim, bool keepDim = false) => Pair(Ops.MinDim.CallMany(this, dim, keepDim));

    /// <summary>Where the largest element along a dimension is.</summary>
    /// <param name="dim">The dimension; negative counts from the last.</param>
    /// <param name="keepDim">Whether they stay, with length 1.</param>
    /// <returns>64-bit integers.</returns>
    public Tensor ArgMax(long dim, bool keepDim = false) => Ops.ArgMax.Call(this, dim, keepDim);

    /// <summary>Where the smallest element along a dimension is.</summary>
    /// <param name="dim">The dimension; negative counts from the last.</param>
    /// <param name="keepDim">Whether they stay, with length 1.</param>
    /// <returns>64-bit integers.</returns>
    public Tensor ArgMin(long dim, bool keepDim = false) => Ops.ArgMin.Call(this, dim, keepDim);

    /// <summary>Whether all elements are true.</summary>
    /// <returns>One truth value.</returns>
    public Tensor All() => Ops.All.Call(this);

    /// <summary>Whether one element is true.</summary>
    /// <returns>One truth value.</returns>
    public Tensor Any() => Ops.Any.Call(this);

    /// <summary>The sums up to each element along a dimension.</summary>
    /// <param name="dim">The dimension; negative counts from the last.</param>
    /// <returns>The result.</returns>
    public Tensor CumSum(long dim) => Ops.CumSum.Call(this, dim);

    /// <summary>The p-norm of all elements.</summary>
    /// <param name="p">2 for the Euclidean length.</param>
    /// <returns>One number.</returns>
    public Tensor Norm(double p = 2) => Ops.Norm.Call(this, p);

    /// <summary>exp(x) / Σ exp(x) along a dimension.</summary>
    /// <param name="dim">The dimension; negative counts from the last.</param>
    /// <param name="dtype">The element type to compute in and return; the tensor's own where none is given.</param>
    /// <returns>The result.</returns>
    public Tensor Softmax(long dim, DType? dtype = null) => Ops.Softmax.Call(this, dim, dtype);

    /// <summary>log(exp(x) / Σ exp(x)) along a dimension.</summary>
    /// <param name="dim">The dimension; negative counts from the last.</param>
    /// <param name="dtype">The element type to compute in and return; the tensor's own where none is given.</param>
    /// <returns>The result.</returns>
    public Tensor LogSoftmax(long dim, DType? dtype = null) => Ops.LogSoftmax.Call(this, dim, dtype);

    /// <summary>x², element by element.</summary>
    /// <returns>The result.</returns>
    public Tensor Square() => Ops.Square.Call(this);

    /// <summary>√x, element by element.</summary>
    /// <returns>The result.</returns>
    public Tensor Sqrt() => Ops.Sqrt.Call(this);

    /// <summary>1 / √x, element by element.</summary>
    /// <returns>The result.</returns>
    public Tensor Rsqrt() => Ops.Rsqrt.Call(this);

    /// <summary>1 / x, element by element.</summary>
    /// <returns>The result.</returns>
    public Tensor Reciprocal() => Ops.Reciprocal.Call(this);

    /// <summary>eˣ, element by element.</summary>
    /// <returns>The result.</returns>
    public Tensor Exp() => Ops.Exp.Call(this);

    /// <summary>The natural logarithm, element by element.</summary>
    /// <returns>The result.</returns>
    public Tensor Log() => Ops.Log.Call(this);

    /// <summary>|x|, element by element.</summary>
    /// <returns>The result.</returns>
    public Tensor Abs() => Ops.Abs.Call(this);

    /// <summary>−1, 0 or 1, element by element.</summary>
    /// <returns>The result.</returns>
    public Tensor Sign() => Ops.Sign.Call(this);

    /// <summary>The nearest whole number, halves to even, element by element.</summary>
    /// <returns>The result.</returns>
    public Tensor Round() => Ops.Round.Call(this);

    /// <summary>The next whole number below, element by element.</summary>
    /// <returns>The result.</returns>
    public Tensor Floor() => Ops.Floor.Call(this);

    /// <summary>The sine, element by element.</summary>
    /// <returns>The result.</returns>
    public Tensor Sin() => Ops.Sin.Call(this);

    /// <summary>The cosine, element by element.</summary>
    /// <returns>The result.</returns>
    public Tensor Cos() => Ops.Cos.Call(this);

    /// <summary>1 / (1 + e⁻ˣ), element by element.</summary>
    /// <returns>The result.</returns>
    public Tensor Sigmoid() => Ops.Sigmoid.Call(this);

    /// <summary>The hyperbolic tangent, element by element.</summary>
    /// <returns>The result.</returns>
    public Tensor Tanh() => Ops.Tanh.Call(this);

    /// <summary>max(x, 0), element by element.</summary>
    /// <returns>The result.</returns>
    public Tensor Relu() => Ops.Relu.Call(this);

    /// <summary>x · sigmoid(x), element by element.</summary>
    /// <returns>The result.</returns>
    public Tensor Silu() => Ops.Silu.Call(this);

    /// <summary>clamp(x + 3, 0, 6) / 6, element by element.</summary>
    /// <returns>The result.</returns>
    public Tensor Hardsigmoid() => Ops.Hardsigmoid.Call(this);

    /// <summary>x · clamp(x + 3, 0, 6) / 6, element by element.</summary>
    /// <returns>The result.</returns>
    public Tensor Hardswish() => Ops.Hardswish.Call(this);

    /// <summary>x · Φ(x), with Φ of the normal distribution, element by element.</summary>
    /// <returns>The result.</returns>
    public Tensor Gelu() => Ops.Gelu.Call(this);

    /// <summary>log(1 + eˣ), element by element.</summary>
    /// <returns>The result.</returns>
    public Tensor Softplus() => Ops.Softplus.Call(this);

    /// <summary>xᵉ, element by element.</summary>
    /// <param name="exponent">The exponent e.</param>
    /// <returns>The result.</returns>
    public Tensor Pow(Scalar exponent) => Ops.Pow.Call(this, exponent);

    /// <summary>What is left over in a division, with the divisor's sign, element by element.</summary>
    /// <param name="divisor">The divisor.</param>
    /// <returns>The result.</returns>
    public Tensor Remainder(Scalar divisor) => Ops.Remainder.Call(this, divisor);

    /// <summary>Moves what lies outside bounds to them.</summary>
    /// <param name="min">The lower bound, if any.</param>
    /// <param name="max">The upper bound, if any.</param>
    /// <returns>The result.</returns>
    public Tensor Clamp(Scalar? min = null, Scalar? max = null) => Ops.Clamp.Call(this, min, max);

    /// <summary>Where the elements are neither infinite nor NaN.</summary>
    /// <returns>Truth values.</returns>
    public Tensor IsFinite() => Ops.IsFinite.Call(this);

    /// <summary>Whether no element is infinite or NaN.</summary>
    /// <returns>True for an empty tensor.</returns>
    public bool AllFinite()
    {
        using Tensor finite = IsFinite();
        using Tensor all = finite.All();
        return all.Item() != 0;
    }

    /// <summary>Whether another tensor has the same shape and elements.</summary>
    /// <param name="other">A tensor of the same element type on the same device.</param>
    /// <returns>True where all are equal; NaN equals nothing.</returns>
    public bool ValueEquals(Tensor other) => Ops.Equal.CallNumber(this, other) != 0;

    private static (Tensor Values, Tensor Indices) Pair(Tensor[] results) => (results[0], results[1]);
}
