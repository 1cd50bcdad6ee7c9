using Sinew.Tensors;
using Sinew.Tensors.Modules;
using Sinew.Training.Data;
using Sinew.Training.Losses;
using Sinew.Training.Models;
using Sinew.Training.Recipes;
using Sinew.Training.Teachers;

namespace Sinew.Training.Methods;

/// <summary>
/// DWPose's first stage (arXiv 2307.15880): L = λ·L_label + r(t)·Σ_j β_j·(α·L_feature(T_j) + w·L_logit(T_j)). The logit term is over
/// all joints that a teacher knows, labelled or not; r(t) falls from 1 to 0. With several teachers and a union skeleton it is the
/// unified method with features: the labels' loss stays conditional.
/// </summary>
public sealed class DwPoseStage1 : ITrainingMethod
{
    private readonly RtmPose _student;
    private readonly Recipe _recipe;
    private readonly TaskTerms _task;
    private readonly IReadOnlyList<FeatureTeacher> _seeing;
    private readonly (string Name, double Factor)[] _speaking;
    private readonly DistillationParts _parts;
    private readonly long _steps;
    private readonly double _stepsPerEpoch;

    /// <summary>Makes the method around a student.</summary>
    /// <param name="student">The network that learns.</param>
    /// <param name="recipe">Losses and teachers.</param>
    /// <param name="teachers">Teachers that show their features.</param>
    /// <param name="steps">Steps in all.</param>
    /// <param name="stepsPerEpoch">Steps in which as many people are seen as there are.</param>
    /// <param name="device">Where the training runs.</param>
    /// <exception cref="SinewException">The recipe has no teacher.</exception>
    public DwPoseStage1(RtmPose student, Recipe recipe, IReadOnlyList<FeatureTeacher> teachers, long steps, double stepsPerEpoch, Device device)
    {
        ArgumentNullException.ThrowIfNull(student);
        ArgumentNullException.ThrowIfNull(recipe);
        ArgumentNullException.ThrowIfNull(teachers);
        if (recipe.Teachers.Count == 0) throw new SinewException($"recipe '{recipe.Name}': dwpose-stage1 learns from a teacher: name one under 'teachers'");
        (_student, _recipe, _seeing, _steps, _stepsPerEpoch) = (student, recipe, teachers, steps, stepsPerEpoch);
        _task = new TaskTerms(student, recipe.Loss, recipe.WarmStart, steps);
        _speaking = [.. recipe.Teachers.Where(t => !t.Features).Select(t => ($"teacher/{t.Name}", t.Beta))];
        _parts = new DistillationParts(student.Backbone.OutChannels, teachers.Select(t => t.Channels));
        _parts.To(device);
    }

    /// <inheritdoc/>
    public IEnumerable<(string Name, Tensor Value)> Parameters => _student.NamedParameters().Concat(_parts.NamedParameters());

    /// <inheritdoc/>
    public Module? Parts => _parts;

    /// <summary>r(t), the teachers' share at a step.</summary>
    /// <param name="step">The step, from 0.</param>
    public double Decay(long step) => _recipe.DwPose.Decay switch
    {
        DistillationDecay.Step => 1 - ((double)step / _steps),
        // the published code's epochs count from 0: the first one has the whole weight
        DistillationDecay.Epoch => Math.Max(0, 1 - (Math.Floor(step / _stepsPerEpoch) / Math.Max(_steps / _stepsPerEpoch, 1))),
        _ => 1,
    };

    /// <inheritdoc/>
    public IReadOnlyList<LossTerm> Losses(Batch batch, long step)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var (options, beta) = (_recipe.DwPose, _recipe.Loss.Beta);
        var features = _task.Features(batch, step);
        var (logits, maps) = _student.Head.LogitsAndMaps(features);
        var terms = new List<LossTerm> { new("label", _task.Label(logits, batch), options.LabelWeight) };
        var share = Decay(step);
        for (var t = 0; t < _seeing.Count; t++)
        {
            var (teacher, name) = (_seeing[t], _seeing[t].Options.Name);
            var view = teacher.Look(batch.Crops, beta);
            var weight = teacher.Known.Expand(batch.Crops.Shape[0], teacher.Known.Shape[1]);
            terms.Add(new LossTerm($"feature/{name}", FeatureLoss.Of(_parts.Aligned(t, features), view.Features, batch.Share), share * options.FeatureWeight * teacher.Options.Beta));
            terms.Add(new LossTerm($"teacher/{name}", _task.Teacher(logits, new TeacherTargets(view.X, view.Y, weight), batch.Share), share * options.LogitWeight * teacher.Options.Beta));
        }

        for (var t = 0; t < _speaking.Length; t++)
            terms.Add(new LossTerm(_speaking[t].Name, _task.Teacher(logits, batch.Teachers[t], batch.Share), share * options.LogitWeight * _speaking[t].Factor));
        _task.AddCoarse(terms, maps, batch, step);
        return terms;
    }

    /// <inheritdoc/>
    public void Dispose() => _parts.Dispose();
}
