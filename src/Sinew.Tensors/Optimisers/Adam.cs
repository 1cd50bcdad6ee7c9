namespace Sinew.Tensors.Optimisers;

/// <summary>
/// Adam with weight decay as part of the gradient, as torch.optim.Adam computes it. (Kingma and Ba 2015, "Adam: a method for
/// stochastic optimization".)
/// </summary>
/// <param name="groups">What is learned.</param>
/// <param name="learningRate">The first learning rate.</param>
/// <param name="beta1">How much of the mean gradient stays in a step.</param>
/// <param name="beta2">How much of the mean squared gradient stays in a step.</param>
/// <param name="eps">Added to the root of the mean squared gradient.</param>
public sealed class Adam(IEnumerable<ParameterGroup> groups, double learningRate, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8)
    : AdaptiveMoments(groups, learningRate, beta1, beta2, eps, decoupled: false)
{
}
