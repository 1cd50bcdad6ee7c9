namespace Sinew.Tensors;

/// <content>What changes the tensor itself. A tensor that requires a gradient must be changed under <see cref="Torch.NoGrad"/>.</content>
public sealed partial class Tensor
{
    /// <summary>this += alpha · other.</summary>
    /// <param name="other">Broadcasts to this one's shape.</param>
    /// <param name="alpha">Its factor; 1 where none is given.</param>
    /// <returns>This tensor.</returns>
    public Tensor AddInPlace(Tensor other, Scalar? alpha = null)
    {
        Ops.AddInPlace.Do(this, other, alpha ?? 1L);
        return this;
    }

    /// <summary>this += value.</summary>
    /// <param name="value">A number for every element.</param>
    /// <returns>This tensor.</returns>
    public Tensor AddInPlace(Scalar value)
    {
        Ops.AddScalarInPlace.Do(this, value);
        return this;
    }

    /// <summary>this *= other.</summary>
    /// <param name="other">Broadcasts to this one's shape.</param>
    /// <returns>This tensor.</returns>
    public Tensor MulInPlace(Tensor other)
    {
        Ops.MulInPlace.Do(this, other);
        return this;
    }

    /// <summary>this *= value.</summary>
    /// <param name="value">A number for every element.</param>
    /// <returns>This tensor.</returns>
    public Tensor MulInPlace(Scalar value)
    {
        Ops.MulScalarInPlace.Do(this, value);
        return this;
    }

    /// <summary>Makes every element 0.</summary>
    /// <returns>This tensor.</returns>
    public Tensor ZeroInPlace()
    {
        Ops.ZeroInPlace.Do(this);
        return this;
    }

    /// <summary>Makes every element one value.</summary>
    /// <param name="value">The value.</param>
    /// <returns>This tensor.</returns>
    public Tensor FillInPlace(Scalar value)
    {
        Ops.FillInPlace.Do(this, value);
        return this;
    }

    /// <summary>Overwrites the elements, across element types and devices.</summary>
    /// <param name="source">Broadcasts to this one's shape.</param>
    /// <returns>This tensor.</returns>
    public Tensor CopyInPlace(Tensor source)
    {
        Ops.CopyInPlace.Do(this, source);
        return this;
    }

    /// <summary>this += weight · (end − this).</summary>
    /// <param name="end">Where weight 1 leads; of the same shape.</param>
    /// <param name="weight">How far to go, 0 to 1.</param>
    /// <returns>This tensor.</returns>
    public Tensor LerpInPlace(Tensor end, double weight)
    {
        Ops.LerpInPlace.Do(this, end, weight);
        return this;
    }

    /// <summary>this += value · a · b.</summary>
    /// <param name="a">One factor.</param>
    /// <param name="b">The other.</param>
    /// <param name="value">A number.</param>
    /// <returns>This tensor.</returns>
    public Tensor AddcmulInPlace(Tensor a, Tensor b, double value = 1)
    {
        Ops.AddcmulInPlace.Do(this, a, b, value);
        return this;
    }

    /// <summary>this += value · a / b.</summary>
    /// <param name="a">The dividend.</param>
    /// <param name="b">The divisor.</param>
    /// <param name="value">A number.</param>
    /// <returns>This tensor.</returns>
    public Tensor AddcdivInPlace(Tensor a, Tensor b, double value = 1)
    {
        Ops.AddcdivInPlace.Do(this, a, b, value);
        return this;
    }

    /// <summary>Moves what lies outside bounds to them.</summary>
    /// <param name="min">The lower bound, if any.</param>
    /// <param name="max">The upper bound, if any.</param>
    /// <returns>This tensor.</returns>
    public Tensor ClampInPlace(Scalar? min = null, Scalar? max = null)
    {
        Ops.ClampInPlace.Do(this, min, max);
        return this;
    }

    /// <summary>Fills with random numbers of a normal distribution.</summary>
    /// <param name="mean">Its mean.</param>
    /// <param name="std">Its standard deviation.</param>
    /// <returns>This tensor.</returns>
    public Tensor NormalInPlace(double mean = 0, double std = 1)
    {
        Ops.NormalInPlace.Do(this, mean, std);
        return this;
    }

    /// <summary>Fills with random numbers spread evenly.</summary>
    /// <param name="from">The lower end, included.</param>
    /// <param name="to">The upper end, not included.</param>
    /// <returns>This tensor.</returns>
    public Tensor UniformInPlace(double from = 0, double to = 1)
    {
        Ops.UniformInPlace.Do(this, from, to);
        return this;
    }
}
