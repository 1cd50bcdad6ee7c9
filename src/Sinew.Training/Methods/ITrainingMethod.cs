using Sinew.Tensors;
using Sinew.Tensors.Modules;
using Sinew.Training.Data;

namespace Sinew.Training.Methods;

/// <summary>One term of a loss as it enters the sum.</summary>
/// <param name="Name">Name in logs, such as <c>label</c> or <c>teacher/coco</c>.</param>
/// <param name="Value">The term before its factor, a tensor without axes.</param>
/// <param name="Factor">What it is multiplied by in the sum.</param>
public readonly record struct LossTerm(string Name, Tensor Value, double Factor);

/// <summary>
/// What a batch teaches: batch in, named losses out. Models and the trainer know nothing of it, so that every published
/// method is one class beside the others.
/// </summary>
public interface ITrainingMethod : IDisposable
{
    /// <summary>What the optimiser changes: all of the student, a part of it, the method's own parts.</summary>
    IEnumerable<(string Name, Tensor Value)> Parameters { get; }

    /// <summary>What the method learns beside the student, kept in checkpoints; null for nothing.</summary>
    Module? Parts { get; }

    /// <summary>The terms of the loss of one batch.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="step">The step, from 0.</param>
    IReadOnlyList<LossTerm> Losses(Batch batch, long step);
}
