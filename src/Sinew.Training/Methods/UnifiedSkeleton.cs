using Sinew.Tensors;
using Sinew.Tensors.Modules;
using Sinew.Training.Data;
using Sinew.Training.Models;
using Sinew.Training.Recipes;

namespace Sinew.Training.Methods;

/// <summary>
/// Unified skeleton with several teachers (arXiv 2405.20084): L = α·L_CK + (1 − α)·Σ β_j·L_D(T_j), the labels' loss only on
/// joints that the person's data set defines, every teacher's on all joints that it knows, whatever data set the person is of.
/// </summary>
public sealed class UnifiedSkeleton : ITrainingMethod
{
    private readonly RtmPose _student;
    private readonly TaskTerms _task;
    private readonly (string Name, double Factor)[] _teachers;
    private readonly double _alpha;

    /// <summary>Makes the method around a student.</summary>
    /// <param name="student">The network that learns.</param>
    /// <param name="recipe">Losses and teachers; these are in the order of <see cref="Batch.Teachers"/>.</param>
    /// <param name="steps">Steps in all.</param>
    public UnifiedSkeleton(RtmPose student, Recipe recipe, long steps)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        _student = student;
        _task = new TaskTerms(student, recipe.Loss, recipe.WarmStart, steps);
        // without teachers (1 − α) of the loss would be missing, which only scales it: the labels count fully
        _alpha = recipe.Teachers.Count == 0 ? 1 : recipe.Loss.Alpha;
        _teachers = [.. recipe.Teachers.Select(t => ($"teacher/{t.Name}", (1 - recipe.Loss.Alpha) * t.Beta))];
    }

    /// <inheritdoc/>
    public IEnumerable<(string Name, Tensor Value)> Parameters => _student.NamedParameters();

    /// <inheritdoc/>
    public Module? Parts => null;

    /// <inheritdoc/>
    public IReadOnlyList<LossTerm> Losses(Batch batch, long step)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var (logits, maps) = _student.Head.LogitsAndMaps(_task.Features(batch, step));
        var terms = new List<LossTerm>(2 + _teachers.Length) { new("label", _task.Label(logits, batch), _alpha) };
        for (var t = 0; t < _teachers.Length; t++) terms.Add(new LossTerm(_teachers[t].Name, _task.Teacher(logits, batch.Teachers[t], batch.Share), _teachers[t].Factor));
        _task.AddCoarse(terms, maps, batch, step);
        return terms;
    }

    /// <summary>Has nothing of its own to release.</summary>
    public void Dispose()
    {
    }
}
