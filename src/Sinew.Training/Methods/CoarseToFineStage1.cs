using Sinew.Skeletons;
using Sinew.Tensors;
using Sinew.Tensors.Modules;
using Sinew.Training.Data;
using Sinew.Training.Losses;
using Sinew.Training.Models;
using Sinew.Training.Recipes;

namespace Sinew.Training.Methods;

/// <summary>
/// The coarse-to-fine method's first stage (arXiv 2508.11212): distillation by distributions with the joints' structure beside it,
/// L = α·L_CK + (1 − α)·Σ β_j·(L_D(T_j) + w·L_structure(T_j)). One or several teachers, on one skeleton or on a union.
/// </summary>
public sealed class CoarseToFineStage1 : ITrainingMethod
{
    private readonly RtmPose _student;
    private readonly Recipe _recipe;
    private readonly TaskTerms _task;
    private readonly long[] _from;
    private readonly long[] _to;

    /// <summary>Makes the method around a student.</summary>
    /// <param name="student">The network that learns.</param>
    /// <param name="recipe">Losses and teachers; these are in the order of <see cref="Batch.Teachers"/>.</param>
    /// <param name="skeleton">The student's joints.</param>
    /// <param name="steps">Steps in all.</param>
    /// <exception cref="SinewException">There is no teacher, or the skeleton has no limbs.</exception>
    public CoarseToFineStage1(RtmPose student, Recipe recipe, Skeleton skeleton, long steps)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        ArgumentNullException.ThrowIfNull(skeleton);
        if (recipe.Teachers.Count == 0) throw new SinewException($"recipe '{recipe.Name}': {MethodNames.CoarseToFineStage1} learns the joints' structure from a teacher: name one under 'teachers'");
        if (!recipe.Structure.AllPairs && skeleton.Limbs.Count == 0)
            throw new SinewException($"recipe '{recipe.Name}': the skeleton {skeleton.Name} has no limbs: give it some, or set structure.pairs: all");
        (_student, _recipe) = (student, recipe);
        _task = new TaskTerms(student, recipe.Loss, recipe.WarmStart, steps);
        (int From, int To)[] pairs = recipe.Structure.AllPairs
            ? [.. from a in Enumerable.Range(0, skeleton.Count) from b in Enumerable.Range(a + 1, skeleton.Count - a - 1) select (a, b)]
            : [.. skeleton.Limbs];
        (_from, _to) = ([.. pairs.Select(p => (long)p.From)], [.. pairs.Select(p => (long)p.To)]);
    }

    /// <inheritdoc/>
    public IEnumerable<(string Name, Tensor Value)> Parameters => _student.NamedParameters();

    /// <inheritdoc/>
    public Module? Parts => null;

    /// <inheritdoc/>
    public IReadOnlyList<LossTerm> Losses(Batch batch, long step)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var (loss, structure) = (_recipe.Loss, _recipe.Structure);
        var (logits, maps) = _student.Head.LogitsAndMaps(_task.Features(batch, step));
        var terms = new List<LossTerm> { new("label", _task.Label(logits, batch), loss.Alpha) };
        var (own, device) = (_task.Positions(SimCcLoss.Softened(logits.X, loss.Beta), SimCcLoss.Softened(logits.Y, loss.Beta)), batch.Crops.Device);
        var (from, to) = (Tensor.FromArray<long>(_from, _from.Length).To(device), Tensor.FromArray<long>(_to, _to.Length).To(device));
        for (var t = 0; t < _recipe.Teachers.Count; t++)
        {
            var (options, target) = (_recipe.Teachers[t], batch.Teachers[t]);
            var share = (1 - loss.Alpha) * options.Beta;
            terms.Add(new LossTerm($"teacher/{options.Name}", _task.Teacher(logits, target, batch.Share), share));
            var value = StructureLoss.Of(own, _task.Positions(target.X, target.Y), target.Weight, from, to, structure.Length, structure.Direction, batch.Share);
            terms.Add(new LossTerm($"structure/{options.Name}", value, share * structure.Weight));
        }

        _task.AddCoarse(terms, maps, batch, step);
        return terms;
    }

    /// <summary>Has nothing of its own to release.</summary>
    public void Dispose()
    {
    }
}
