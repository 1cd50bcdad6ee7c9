using Sinew.Tensors;
using Sinew.Tensors.Modules;
using Sinew.Training.Data;
using Sinew.Training.Losses;
using Sinew.Training.Models;
using Sinew.Training.Recipes;

namespace Sinew.Training.Methods;

/// <summary>
/// DWPose's second stage (arXiv 2307.15880): the trained network teaches a new head on its own frozen backbone,
/// L = w·L_logit over all joints, labelled or not. The shared features are computed once a step, in evaluation mode and without
/// gradients. Teachers of the recipe speak beside it, each with w·β_j.
/// </summary>
public sealed class DwPoseStage2 : ITrainingMethod
{
    private readonly RtmPose _student;
    private readonly Recipe _recipe;
    private readonly TaskTerms _task;
    private readonly RtmccHead _teacher;
    private readonly (string Name, double Factor)[] _speaking;

    /// <summary>Makes the method around a trained network, whose head becomes the teacher and is replaced by a fresh one.</summary>
    /// <param name="student">A network with the first stage's weights.</param>
    /// <param name="recipe">Losses and further teachers.</param>
    /// <param name="steps">Steps in all.</param>
    /// <param name="device">Where the training runs.</param>
    public DwPoseStage2(RtmPose student, Recipe recipe, long steps, Device device)
    {
        ArgumentNullException.ThrowIfNull(student);
        ArgumentNullException.ThrowIfNull(recipe);
        (_student, _recipe) = (student, recipe);
        _task = new TaskTerms(student, recipe.Loss, new WarmStartOptions(), steps);
        _teacher = student.NewHead();
        _teacher.LoadStateDict(student.Head.StateDict());
        _teacher.To(device);
        _teacher.Train(false);
        using var fresh = student.NewHead();
        if (recipe.WarmStart.HeadInitialScale != 1) fresh.ScaleInitialWeights(recipe.WarmStart.HeadInitialScale);
        student.Head.LoadStateDict(fresh.StateDict());
        _speaking = [.. recipe.Teachers.Select(t => ($"teacher/{t.Name}", t.Beta))];
    }

    /// <inheritdoc/>
    public IEnumerable<(string Name, Tensor Value)> Parameters => _student.NamedParameters().Where(p => p.Name.StartsWith("head.", StringComparison.Ordinal));

    /// <inheritdoc/>
    public Module? Parts => null;

    /// <inheritdoc/>
    public IReadOnlyList<LossTerm> Losses(Batch batch, long step)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var (beta, weight) = (_recipe.Loss.Beta, _recipe.DwPose.LogitWeight);
        Tensor features;
        TeacherTargets target;
        using (Torch.NoGrad())
        {
            // the trainer puts the whole student into training mode; a frozen backbone must not move its statistics
            _student.Backbone.Train(false);
            features = _task.Features(batch, step);
            var said = _teacher.Logits(features);
            target = new TeacherTargets(
                SimCcLoss.Softened(said.X, beta), SimCcLoss.Softened(said.Y, beta), Tensor.Ones([batch.Crops.Shape[0], _student.Joints], device: batch.Crops.Device));
        }

        var logits = _student.Head.Logits(features);
        var terms = new List<LossTerm> { new("self", _task.Teacher(logits, target, batch.Share), weight) };
        for (var t = 0; t < _speaking.Length; t++) terms.Add(new LossTerm(_speaking[t].Name, _task.Teacher(logits, batch.Teachers[t], batch.Share), weight * _speaking[t].Factor));
        return terms;
    }

    /// <inheritdoc/>
    public void Dispose() => _teacher.Dispose();
}
