namespace Sinew.Tensors.Optimisers;

/// <summary>Parameters that are learned with the same settings.</summary>
public sealed class ParameterGroup
{
    /// <summary>Makes a group.</summary>
    /// <param name="parameters">Parameters with their names in the network, under which their state is saved.</param>
    /// <param name="learningRateFactor">What the optimiser's learning rate is multiplied by for this group.</param>
    /// <param name="weightDecay">How much of each parameter, times the learning rate, is taken away in a step.</param>
    public ParameterGroup(IEnumerable<(string Name, Tensor Value)> parameters, double learningRateFactor = 1, double weightDecay = 0)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentOutOfRangeException.ThrowIfNegative(learningRateFactor);
        ArgumentOutOfRangeException.ThrowIfNegative(weightDecay);
        Parameters = [.. parameters];
        LearningRateFactor = learningRateFactor;
        WeightDecay = weightDecay;
    }

    /// <summary>The parameters with their names.</summary>
    public IReadOnlyList<(string Name, Tensor Value)> Parameters { get; }

    /// <summary>What the optimiser's learning rate is multiplied by for this group.</summary>
    public double LearningRateFactor { get; }

    /// <summary>How much of each parameter, times the learning rate, is taken away in a step.</summary>
    public double WeightDecay { get; }
}
