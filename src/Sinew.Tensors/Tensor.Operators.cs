namespace Sinew.Tensors;

/// <content>Two tensors, or a tensor and a number.</content>
public sealed partial class Tensor
{
    /// <summary>Adds element by element.</summary>
    /// <param name="left">The left side.</param>
    /// <param name="right">The right side; shapes broadcast.</param>
    /// <returns>The result.</returns>
    public static Tensor operator +(Tensor left, Tensor right) => Ops.Add.Call(left, right);

    /// <summary>Adds element by element.</summary>
    /// <param name="left">The tensor.</param>
    /// <param name="right">A number for every element.</param>
    /// <returns>The result.</returns>
    public static Tensor operator +(Tensor left, Scalar right) => Ops.AddScalar.Call(left, right);

    /// <summary>Adds element by element.</summary>
    /// <param name="left">A number for every element.</param>
    /// <param name="right">The tensor.</param>
    /// <returns>The result.</returns>
    public static Tensor operator +(Scalar left, Tensor right) => Ops.AddScalar.Call(right, left);

    /// <summary>Subtracts element by element.</summary>
    /// <param name="left">The left side.</param>
    /// <param name="right">The right side; shapes broadcast.</param>
    /// <returns>The result.</returns>
    public static Tensor operator -(Tensor left, Tensor right) => Ops.Sub.Call(left, right);

    /// <summary>Subtracts element by element.</summary>
    /// <param name="left">The tensor.</param>
    /// <param name="right">A number for every element.</param>
    /// <returns>The result.</returns>
    public static Tensor operator -(Tensor left, Scalar right) => Ops.SubScalar.Call(left, right);

    /// <summary>Subtracts element by element.</summary>
    /// <param name="left">A number for every element.</param>
    /// <param name="right">The tensor.</param>
    /// <returns>The result.</returns>
    public static Tensor operator -(Scalar left, Tensor right) => Ops.RSubScalar.Call(right, left);

    /// <summary>Multiplies element by element.</summary>
    /// <param name="left">The left side.</param>
    /// <param name="right">The right side; shapes broadcast.</param>
    /// <returns>The result.</returns>
    public static Tensor operator *(Tensor left, Tensor right) => Ops.Mul.Call(left, right);

    /// <summary>Multiplies element by element.</summary>
    /// <param name="left">The tensor.</param>
    /// <param name="right">A number for every element.</param>
    /// <returns>The result.</returns>
    public static Tensor operator *(Tensor left, Scalar right) => Ops.MulScalar.Call(left, right);

    /// <summary>Multiplies element by element.</summary>
    /// <param name="left">A number for every element.</param>
    /// <param name="right">The tensor.</param>
    /// <returns>The result.</returns>
    public static Tensor operator *(Scalar left, Tensor right) => Ops.MulScalar.Call(right, left);

    /// <summary>Divides element by element.</summary>
    /// <param name="left">The left side.</param>
    /// <param name="right">The right side; shapes broadcast.</param>
    /// <returns>The result.</returns>
    public static Tensor operator /(Tensor left, Tensor right) => Ops.Div.Call(left, right);

    /// <summary>Divides element by element.</summary>
    /// <param name="left">The tensor.</param>
    /// <param name="right">A number for every element.</param>
    /// <returns>The result.</returns>
    public static Tensor operator /(Tensor left, Scalar right) => Ops.DivScalar.Call(left, right);

    /// <summary>Divides element by element.</summary>
    /// <param name="left">A number for every element.</param>
    /// <param name="right">The tensor.</param>
    /// <returns>The result.</returns>
    public static Tensor operator /(Scalar left, Tensor right) => Ops.Reciprocal.Call(right) * left;

    /// <summary>Turns every sign.</summary>
    /// <param name="value">The tensor.</param>
    /// <returns>The result.</returns>
    public static Tensor operator -(Tensor value) => Ops.Neg.Call(value);

    /// <summary>this + alpha · other.</summary>
    /// <param name="other">The right side; shapes broadcast.</param>
    /// <param name="alpha">Its factor; 1 where none is given.</param>
    /// <returns>The result.</returns>
    public Tensor Add(Tensor other, Scalar? alpha = null) => Ops.Add.Call(this, other, alpha ?? 1L);

    /// <summary>this − alpha · other.</summary>
    /// <param name="other">The right side; shapes broadcast.</param>
    /// <param name="alpha">Its factor; 1 where none is given.</param>
    /// <returns>The result.</returns>
    public Tensor Sub(Tensor other, Scalar? alpha = null) => Ops.Sub.Call(this, other, alpha ?? 1L);

    /// <summary>Multiplies element by element.</summary>
    /// <param name="other">The right side; shapes broadcast.</param>
    /// <returns>The result.</returns>
    public Tensor Mul(Tensor other) => Ops.Mul.Call(this, other);

    /// <summary>Divides element by element.</summary>
    /// <param name="other">The right side; shapes broadcast.</param>
    /// <returns>The result.</returns>
    public Tensor Div(Tensor other) => Ops.Div.Call(this, other);

    /// <summary>Where the elements are equal to the other's.</summary>
    /// <param name="other">The right side; shapes broadcast.</param>
    /// <returns>Truth values.</returns>
    public Tensor Eq(Tensor other) => Ops.Eq.Call(this, other);

    /// <summary>Where the elements are equal to a number.</summary>
    /// <param name="other">The number.</param>
    /// <returns>Truth values.</returns>
    public Tensor Eq(Scalar other) => Ops.EqScalar.Call(this, other);

    /// <summary>Where the elements are different from the other's.</summary>
    /// <param name="other">The right side; shapes broadcast.</param>
    /// <returns>Truth values.</returns>
    public Tensor Ne(Tensor other) => Ops.Ne.Call(this, other);

    /// <summary>Where the elements are different from a number.</summary>
    /// <param name="other">The number.</param>
    /// <returns>Truth values.</returns>
    public Tensor Ne(Scalar other) => Ops.NeScalar.Call(this, other);

    /// <summary>Where the elements are less than the other's.</summary>
    /// <param name="other">The right side; shapes broadcast.</param>
    /// <returns>Truth values.</returns>
    public Tensor Lt(Tensor other) => Ops.Lt.Call(this, other);

    /// <summary>Where the elements are less than a number.</summary>
    /// <param name="other">The number.</param>
    /// <returns>Truth values.</returns>
    public Tensor Lt(Scalar other) => Ops.LtScalar.Call(this, other);

    /// <summary>Where the elements are at most the other's.</summary>
    /// <param name="other">The right side; shapes broadcast.</param>
    /// <returns>Truth values.</returns>
    public Tensor Le(Tensor other) => Ops.Le.Call(this, other);

    /// <summary>Where the elements are at most a number.</summary>
    /// <param name="other">The number.</param>
    /// <returns>Truth values.</returns>
    public Tensor Le(Scalar other) => Ops.LeScalar.Call(this, other);

    /// <summary>Where the elements are greater than the other's.</summary>
    /// <param name="other">The right side; shapes broadcast.</param>
    /// <returns>Truth values.</returns>
    public Tensor Gt(Tensor other) => Ops.Gt.Call(this, other);

    /// <summary>Where the elements are greater than a number.</summary>
    /// <param name="other">The number.</param>
    /// <returns>Truth values.</returns>
    public Tensor Gt(Scalar other) => Ops.GtScalar.Call(this, other);

    /// <summary>Where the elements are at least the other's.</summary>
    /// <param name="other">The right side; shapes broadcast.</param>
    /// <returns>Truth values.</returns>
    public Tensor Ge(Tensor other) => Ops.Ge.Call(this, other);

    /// <summary>Where the elements are at least a number.</summary>
    /// <param name="other">The number.</param>
    /// <returns>Truth values.</returns>
    public Tensor Ge(Scalar other) => Ops.GeScalar.Call(this, other);

    /// <summary>Where both are true.</summary>
    /// <param name="other">The right side; shapes broadcast.</param>
    /// <returns>Truth values.</returns>
    public Tensor And(Tensor other) => Ops.LogicalAnd.Call(this, other);

    /// <summary>Where one is true.</summary>
    /// <param name="other">The right side; shapes broadcast.</param>
    /// <returns>Truth values.</returns>
    public Tensor Or(Tensor other) => Ops.LogicalOr.Call(this, other);

    /// <summary>Where it is false.</summary>
    /// <returns>Truth values.</returns>
    public Tensor Not() => Ops.LogicalNot.Call(this);

    /// <summary>The larger of two, element by element.</summary>
    /// <param name="other">The right side; shapes broadcast.</param>
    /// <returns>The result.</returns>
    public Tensor Maximum(Tensor other) => Ops.Maximum.Call(this, other);

    /// <summary>The smaller of two, element by element.</summary>
    /// <param name="other">The right side; shapes broadcast.</param>
    /// <returns>The result.</returns>
    public Tensor Minimum(Tensor other) => Ops.Minimum.Call(this, other);

    /// <summary>The matrix product over the last two dimensions; those before broadcast.</summary>
    /// <param name="other">[…, K, M] to this [.., N, K].</param>
    /// <returns>[…, N, M].</returns>
    public Tensor Matmul(Tensor other) => Ops.Matmul.Call(this, other);

    /// <summary>The matrix products of a batch.</summary>
    /// <param name="other">[B, K, M] to this [B, N, K].</param>
    /// <returns>[B, N, M].</returns>
    public Tensor Bmm(Tensor other) => Ops.Bmm.Call(this, other);
}
