using Sinew.Tensors;
using Sinew.Training.Data;
using Sinew.Training.Losses;
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
    private readonly LossOptions _loss;
    private readonly WarmStartOptions _warmStart;
    private readonly (string Name, double Factor)[] _teachers;
    private readonly double _alpha;
    private readonly long _steps;

    /// <summary>Makes the method around a student.</summary>
    /// <param name="student">The network that learns.</param>
    /// <param name="loss">How labels and teachers are weighed.</param>
    /// <param name="teachers">The teachers, in the order of <see cref="Batch.Teachers"/>.</param>
    /// <param name="warmStart">What shortens the start.</param>
    /// <param name="steps">Steps in all.</param>
    public UnifiedSkeleton(RtmPose student, LossOptions loss, IReadOnlyList<TeacherOptions> teachers, WarmStartOptions warmStart, long steps)
    {
        ArgumentNullException.ThrowIfNull(loss);
        ArgumentNullException.ThrowIfNull(teachers);
        (_student, _loss, _warmStart, _steps) = (student, loss, warmStart, steps);
        // without teachers (1 − α) of the loss would be missing, which only scales it: the labels count fully
        _alpha = teachers.Count == 0 ? 1 : loss.Alpha;
        _teachers = [.. teachers.Select(t => ($"teacher/{t.Name}", (1 - loss.Alpha) * t.Beta))];
    }

    /// <inheritdoc/>
    public IReadOnlyList<LossTerm> Losses(Batch batch, long step)
    {
        ArgumentNullException.ThrowIfNull(batch);
        _student.HalfResolution = step < _warmStart.HalfResolution * _steps;
        var (logits, maps) = _student.Head.LogitsAndMaps(_student.Features(batch.Crops));
        var terms = new List<LossTerm>(2 + _teachers.Length) { new("label", Label(logits, batch), _alpha) };
        for (var t = 0; t < _teachers.Length; t++)
        {
            var target = batch.Teachers[t];
            var value = SimCcLoss.Kl(logits, target.X, target.Y, target.Weight, _loss.Beta, _loss.TeacherNormalisation);
            terms.Add(new LossTerm(_teachers[t].Name, value, _teachers[t].Factor));
        }

        var coarseSteps = _warmStart.CoarseMap * _steps;
        if (step < coarseSteps)
        {
            var factor = _warmStart.CoarseMapWeight * (1 - (step / coarseSteps));
            terms.Add(new LossTerm("coarse", CoarseMapLoss.Of(maps, batch.Positions, batch.Weight, _student.Width, _student.Height), factor));
        }

        return terms;
    }

    private Tensor Label(SimCcLogits logits, Batch batch) => _loss.Label switch
    {
        LabelLoss.SimCcKl => SimCcLoss.Kl(
            logits, SimCcLoss.Softened(batch.LabelX, _loss.Beta), SimCcLoss.Softened(batch.LabelY, _loss.Beta), batch.Weight, _loss.Beta, _loss.LabelNormalisation),
        LabelLoss.Coordinates => SimCcLoss.Coordinates(
            logits, batch.Positions, batch.Weight, _loss.Beta, _loss.CoordinateScale, _student.Width, _student.Height, _loss.LabelNormalisation.Joints),
        _ => throw new InvalidOperationException($"no loss is written for {_loss.Label}"),
    };
}
