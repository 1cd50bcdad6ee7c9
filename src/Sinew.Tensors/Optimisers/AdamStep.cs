namespace Sinew.Tensors.Optimisers;

/// <summary>The numbers of one Adam step, and the step by libtorch's operators, for any device, element type and layout.</summary>
/// <param name="Beta1">How much of the mean gradient stays.</param>
/// <param name="Beta2">How much of the mean squared gradient stays.</param>
/// <param name="Eps">Added to the root of the mean squared gradient.</param>
/// <param name="Shrink">What the parameter is multiplied by first (decoupled weight decay).</param>
/// <param name="Decay">How much of the parameter is added to the gradient (weight decay of plain Adam).</param>
/// <param name="StepSize">The learning rate over 1 − β₁ᵗ.</param>
/// <param name="RootCorrection">√(1 − β₂ᵗ).</param>
internal readonly record struct AdamStep(
    double Beta1, double Beta2, double Eps, double Shrink, double Decay, double StepSize, double RootCorrection)
{
    public void Run(Tensor parameter, Tensor gradient, Tensor mean, Tensor square)
    {
        using var scope = new TensorScope();
        if (Shrink != 1)
            parameter.MulInPlace(Shrink);
        if (Decay != 0)
            gradient = gradient.Add(parameter, Decay);
        mean.MulInPlace(Beta1).AddInPlace(gradient, 1 - Beta1);
        square.MulInPlace(Beta2).AddcmulInPlace(gradient, gradient, 1 - Beta2);
        Tensor denominator = (square.Sqrt() / RootCorrection).AddInPlace(Eps);
        parameter.AddcdivInPlace(mean, denominator, -StepSize);
    }
}
