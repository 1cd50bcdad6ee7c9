using Sinew.Tensors;
using Sinew.Training.Data;
using Sinew.Training.Losses;
using Sinew.Training.Models;
using Sinew.Training.Recipes;

namespace Sinew.Training.Methods;

/// <summary>The terms that several methods have in common: labels, teachers' distributions, and what shortens the start.</summary>
/// <param name="student">The network that learns.</param>
/// <param name="loss">How labels and teachers are read.</param>
/// <param name="warmStart">What shortens the start.</param>
/// <param name="steps">Steps in all.</param>
internal sealed class TaskTerms(RtmPose student, LossOptions loss, WarmStartOptions warmStart, long steps)
{
    /// <summary>The student's last map, at the resolution of the step.</summary>
    public Tensor Features(Batch batch, long step)
    {
        student.HalfResolution = step < warmStart.HalfResolution * steps;
        return student.Features(batch.Crops);
    }

    /// <summary>The labels' loss, on joints that the person's data set defines and somebody has labelled.</summary>
    public Tensor Label(SimCcLogits logits, Batch batch) => loss.Label switch
    {
        LabelLoss.SimCcKl => SimCcLoss.Kl(
            logits, SimCcLoss.Softened(batch.LabelX, loss.Beta), SimCcLoss.Softened(batch.LabelY, loss.Beta), batch.Weight, loss.Beta, loss.LabelNormalisation, batch.Share),
        LabelLoss.Coordinates => SimCcLoss.Coordinates(
            logits, batch.Positions, batch.Weight, loss.Beta, loss.CoordinateScale, student.Width, student.Height, loss.LabelNormalisation.Joints, batch.Share),
        _ => throw new InvalidOperationException($"no loss is written for {loss.Label}"),
    };

    /// <summary>A teacher's loss on the joints that carry weight.</summary>
    public Tensor Teacher(SimCcLogits logits, TeacherTargets target, BatchShare share) =>
        SimCcLoss.Kl(logits, target.X, target.Y, target.Weight, loss.Beta, loss.TeacherNormalisation, share);

    /// <summary>Mean positions of distributions, crop pixels, <c>[N, K, 2]</c>; rows without mass give the first pixel.</summary>
    /// <param name="x"><c>[N, K, Wx]</c>.</param>
    /// <param name="y"><c>[N, K, Wy]</c>.</param>
    public Tensor Positions(Tensor x, Tensor y)
    {
        Tensor Mean(Tensor rows, int side)
        {
            var bins = rows.Shape[2];
            var places = Tensor.Arange(0, bins, 1, DType.Float32, rows.Device) * ((double)side / bins);
            return (rows * places).Sum([-1], false) / rows.Sum([-1], false).Clamp(min: 1e-6);
        }

        return Tensor.Stack([Mean(x, student.Width), Mean(y, student.Height)], 2);
    }

    /// <summary>Adds the loss on the head's own joint maps while the start lasts.</summary>
    public void AddCoarse(List<LossTerm> terms, Tensor maps, Batch batch, long step)
    {
        var coarseSteps = warmStart.CoarseMap * steps;
        if (step >= coarseSteps) return;
        var factor = warmStart.CoarseMapWeight * (1 - (step / coarseSteps));
        terms.Add(new LossTerm("coarse", CoarseMapLoss.Of(maps, batch.Positions, batch.Weight, student.Width, student.Height, batch.Share), factor));
    }
}
