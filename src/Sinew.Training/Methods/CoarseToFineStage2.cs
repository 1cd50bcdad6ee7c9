using Sinew.Tensors;
using Sinew.Tensors.Modules;
using Sinew.Training.Data;
using Sinew.Training.Models;
using Sinew.Training.Recipes;

namespace Sinew.Training.Methods;

/// <summary>
/// The coarse-to-fine method's second stage (arXiv 2508.11212): the refiner learns offsets to the pose of the trained network, which
/// stays as it is. Every block's output is supervised, later ones more:
/// L = Σ_o w_o·(α·|p + d_o − g| + (1 − α)·Σ β_j·|p + d_o − t_j|), mean absolute differences in hundredths of the crop's sides, over
/// labelled joints and over those that a teacher is sure of.
/// </summary>
public sealed class CoarseToFineStage2 : ITrainingMethod
{
    private const double Scale = 100;

    private readonly RtmPose _student;
    private readonly Recipe _recipe;
    private readonly TaskTerms _task;
    private readonly PoseRefiner _refiner;

    /// <summary>Makes the method around a trained network with a refiner.</summary>
    /// <param name="student">The network.</param>
    /// <param name="recipe">Losses and teachers; these are in the order of <see cref="Batch.Teachers"/>.</param>
    /// <param name="steps">Steps in all.</param>
    /// <exception cref="ArgumentException">The network has no refiner.</exception>
    public CoarseToFineStage2(RtmPose student, Recipe recipe, long steps)
    {
        ArgumentNullException.ThrowIfNull(student);
        ArgumentNullException.ThrowIfNull(recipe);
        (_student, _recipe) = (student, recipe);
        _task = new TaskTerms(student, recipe.Loss, new WarmStartOptions(), steps);
        _refiner = student.Refiner ?? throw new ArgumentException("the network has no refiner", nameof(student));
    }

    /// <inheritdoc/>
    public IEnumerable<(string Name, Tensor Value)> Parameters => _student.NamedParameters().Where(p => p.Name.StartsWith(RtmPose.RefinerPrefix, StringComparison.Ordinal));

    /// <inheritdoc/>
    public Module? Parts => null;

    /// <inheritdoc/>
    public IReadOnlyList<LossTerm> Losses(Batch batch, long step)
    {
        ArgumentNullException.ThrowIfNull(batch);
        Tensor pose, score;
        Tensor[] maps;
        using (Torch.NoGrad())
        {
            // the trainer puts the whole network into training mode; what is frozen must not move its statistics
            _student.Backbone.Train(false);
            _student.Head.Train(false);
            maps = _student.Maps(batch.Crops);
            (pose, score) = CoarsePose.Of(_student.Head.Logits(maps[^1]));
        }

        var offsets = _refiner.Offsets(pose, score, RtmPose.RefinerMaps(maps));
        var alpha = _recipe.Teachers.Count == 0 ? 1 : _recipe.Loss.Alpha;
        var terms = new List<LossTerm> { Term("label", Fractions(batch.Positions), batch.Weight, alpha) };
        for (var t = 0; t < _recipe.Teachers.Count; t++)
        {
            var (options, target) = (_recipe.Teachers[t], batch.Teachers[t]);
            terms.Add(Term($"teacher/{options.Name}", Fractions(_task.Positions(target.X, target.Y)), target.Weight, (1 - alpha) * options.Beta));
        }

        return terms;

        LossTerm Term(string name, Tensor target, Tensor weight, double factor)
        {
            var each = weight.Unsqueeze(2);
            var sum = offsets.Select((offset, o) => ((pose + offset - target).Abs() * each).Sum() * _recipe.Refine.Outputs[o]).Aggregate((a, b) => a + b);
            return new LossTerm(name, sum * (Scale / 2) / batch.Share.Sum(weight.Sum()).Clamp(min: 1), factor);
        }
    }

    /// <summary>Has nothing of its own to release.</summary>
    public void Dispose()
    {
    }

    private Tensor Fractions(Tensor positions) =>
        (positions + 0.5) * Tensor.FromArray<float>([1f / _student.Width, 1f / _student.Height], 1, 1, 2).To(positions.Device);
}
