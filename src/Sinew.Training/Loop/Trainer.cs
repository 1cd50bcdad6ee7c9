using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Sinew.Files;
using Sinew.Tensors;
using Sinew.Tensors.Distributed;
using Sinew.Tensors.Optimisers;
using Sinew.Training.Data;
using Sinew.Training.Estimators;
using Sinew.Training.Methods;
using Sinew.Training.Models;
using Sinew.Training.Recipes;

namespace Sinew.Training.Loop;

/// <summary>
/// One training from its recipe to its model file. The whole of it reads from top to bottom in <see cref="Run"/>: there are no
/// hooks to chase.
/// </summary>
public sealed class Trainer
{
    /// <summary>The checkpoint in a run's folder: everything that a training is.</summary>
    public const string LastFile = "last.safetensors";

    /// <summary>The model in a run's folder: weights and description, what <c>eval</c> and <c>predict</c> take.</summary>
    public const string ModelFileName = "model.safetensors";

    /// <summary>The model of the best evaluation so far.</summary>
    public const string BestFile = "best.safetensors";

    private const string RecipeFileName = "recipe.yaml";

    private readonly Recipe _recipe;
    private readonly string _folder;
    private readonly TimeProvider _time;

    /// <summary>Prepares a training; nothing is read or written yet.</summary>
    /// <param name="recipe">What to train, on what.</param>
    /// <param name="folder">The run's folder; made if it lacks.</param>
    /// <param name="time">The clock.</param>
    public Trainer(Recipe recipe, string folder, TimeProvider? time = null) =>
        (_recipe, _folder, _time) = (recipe, folder, time ?? TimeProvider.System);

    /// <summary>Called between steps with where the training stands; the caller shows it.</summary>
    public Action<TrainingProgress>? Progress { get; init; }

    /// <summary>Called with lines worth telling: what is loaded, cached, evaluated, written.</summary>
    public Action<string>? Say { get; init; }

    /// <summary>
    /// Processes that train together, each with its part of every batch; null for this one alone. The weights are those that one process would
    /// come to, but for rounding. The first writes the run's folder; each of the others needs an empty one of its own, which is of no use after.
    /// </summary>
    public ProcessGroup? Group { get; init; }

    /// <summary>Trains to the end, or until it is cancelled; the state is saved in both cases.</summary>
    /// <param name="resume">Go on from the folder's checkpoint. Without it the folder must not have one.</param>
    /// <param name="cancel">Ends the training after the current step.</param>
    /// <exception cref="SinewException">Something of the recipe is missing or wrong, or the loss is no longer a number.</exception>
    public TrainingResult Run(bool resume, CancellationToken cancel)
    {
        if (_recipe.Stages.Count > 0) return RunStages(resume, cancel);
        var processes = new Processes(Group);
        var lastPath = Path.Combine(_folder, LastFile);
        if (!resume && File.Exists(lastPath))
            throw new SinewException($"{_folder}: holds a training already: go on with --resume, or name another folder with --out");
        if (resume && processes.IsFirst && !File.Exists(lastPath))
            throw new SinewException($"{_folder}: holds no {LastFile} to resume from: start without --resume");

        using var claim = RunClaim.Of(_folder);
        if (resume && processes.IsFirst && RecipeFile.Contradiction(Checkpoint.RecipeOf(lastPath), _recipe.Text) is { } other)
            throw new SinewException($"{_folder}: was begun with another {other}, and --resume goes on with what was begun: take that back, or start anew with another --out");
        var own = processes.Own(_recipe);
        var schedule = own.Schedule;
        var device = Device.Parse(schedule.Device);
        if (device != Device.Cpu && !Torch.CudaAvailable)
            throw new SinewException($"schedule.device is {schedule.Device}, but this libtorch sees no such device: set schedule.device=cpu, or SINEW_LIBTORCH to a CUDA build");
        Torch.Threads = schedule.Threads;
        var recipe = processes.InTurn(() => GeneratedStore.Fetch(own, Say, cancel), cancel);
        using var data = processes.InTurn(() => TrainingData.Load(recipe, Say, cancel), cancel);
        processes.RequireSame($"{data.People} {data.Skeleton}", "the data sets");
        // The same seed, threads and order give the same weights to the last bit. Seeded behind the teachers, whose networks draw first weights
        // too before they are loaded: students begin alike with and without teachers.
        Torch.ManualSeed(_recipe.Seed);
        var steps = schedule.Steps ?? (long)Math.Ceiling(schedule.Epochs!.Value * data.People / schedule.Batch);
        using var student = Student.Create(_recipe, data.Skeleton, device);
        var network = student.Network;
        processes.Equalise(network);
        using var method = TrainingMethods.Create(_recipe, student, data, steps);
        processes.Equalise(network);
        processes.Equalise(method.Parts);
        using var optimiser = new AdamW(ParameterGroups(method, schedule.WeightDecay), schedule.LearningRate);
        using var average = schedule.EmaMomentum is { } momentum ? new ExponentialMovingAverage(network, momentum, schedule.EmaWarmUp) : null;

        var state = new TrainingState(0, [], [], double.NegativeInfinity, _recipe.Text);
        if (resume)
        {
            processes.Give(lastPath);
            state = Checkpoint.Load(lastPath, network, optimiser, average, method.Parts);
            Torch.SetRandomState(state.RandomState);
            data.Sampler.Restore(state.SamplerState);
            Say?.Invoke($"going on at step {state.Step} of {steps}");
        }

        AtomicFile.WriteText(Path.Combine(_folder, RecipeFileName), _recipe.Text);
        using var log = new RunLog(_folder, _time);
        using var loader = data.Start(state.Step, steps, processes.Rank, processes.Count);
        var speed = new Speed(_time);
        var best = state.Best;
        var samplerState = state.SamplerState;
        var evaluations = new List<EvaluationScore>();

        ModelDescription Described(long done) => student.Description with
        {
            Origins = data.Origins,
            Recipe = _recipe.Name,
            RecipeSha256 = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(_recipe.Text))),
            Steps = done,
        };

        ModelDescription Scored(long done) => Described(done) with
        {
            Scores = evaluations.SelectMany(e => e.Headline.Where(m => m.Value >= 0).Select(m => ($"{e.Name}/{m.Name}", m.Value)))
                .ToDictionary(s => s.Item1, s => Math.Round(s.Value, 6), StringComparer.Ordinal),
        };

        void Save(long done, bool evaluationDue = false)
        {
            if (!processes.IsFirst) return;
            Checkpoint.Save(
                lastPath, network, optimiser, average, method.Parts,
                new TrainingState(done, samplerState, Torch.GetRandomState(), best, _recipe.Text) { Description = Described(done), EvaluationDue = evaluationDue });
        }

        // false where it was cancelled: the state that was saved before it says that it is due
        bool Evaluate(long done) => processes.ByFirst(() => EvaluateHere(done));

        bool EvaluateHere(long done)
        {
            evaluations.Clear();
            average?.Swap();
            try
            {
                foreach (var evaluation in recipe.Evaluations)
                {
                    var score = data.Evaluate(evaluation, student, cancel);
                    evaluations.Add(score);
                    log.Write($"evaluation/{evaluation.Name}", done, [.. score.Metrics]);
                    Say?.Invoke($"step {done}: {evaluation.Name} {score.Summary}");
                }

                var mean = evaluations.Count == 0 ? double.NegativeInfinity : evaluations.Average(e => e.Main);
                if (mean > best)
                {
                    best = mean;
                    student.Save(Path.Combine(_folder, BestFile), Scored(done));
                }

                return true;
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
                return false;
            }
            finally
            {
                average?.Swap();
                network.Train(true);
            }
        }

        var step = state.Step;
        TrainingResult Stopped() => new(step, steps, Path.Combine(_folder, ModelFileName), []) { Finished = false };
        if (state.EvaluationDue && step < steps)
        {
            if (!Evaluate(step)) return Stopped();
            Save(step);
        }

        network.Train(true);
        // several processes stop together, after a step in which they have told each other
        var stop = processes.Agreed(cancel.IsCancellationRequested);
        while (step < steps && !stop)
        {
            BatchData batch;
            try
            {
                batch = loader.Next(processes.Count == 1 ? cancel : CancellationToken.None);
            }
            catch (OperationCanceledException)
            {
                break;
            }
            catch (SinewException)
            {
                // a picture that cannot be read costs no step that is done
                if (step > state.Step) Save(step);
                throw;
            }

            using (var scope = new TensorScope())
            {
                var rate = LearningRate.At(schedule, step, steps);
                optimiser.LearningRate = rate;
                var terms = method.Losses(batch.ToTensors(device, processes.Share), step);
                var total = terms.Select(t => t.Value * t.Factor).Aggregate((a, b) => a + b);
                total.Backward();
                double[] losses = [total.Item(), .. terms.Select(t => t.Value.Item())];
                stop = processes.AddUp(method.Parameters, losses, cancel.IsCancellationRequested);
                var norm = schedule.ClipNorm is { } limit ? GradientClip.ByNorm(method.Parameters.Select(p => p.Value), limit) : (double?)null;

                if (!double.IsFinite(losses[0]) || norm is { } n && !double.IsFinite(n)) throw Diverged(step, batch, losses[0]);
                optimiser.Step();
                optimiser.ZeroGrad();
                average?.Update();

                step++;
                samplerState = batch.SamplerState;
                loader.Recycle(batch);
                speed.Add(schedule.Batch);
                if (step % 10 == 0 || step == steps)
                {
                    var values = terms.Select((t, i) => (Name: $"loss/{t.Name}", Value: losses[i + 1])).Prepend(("loss/total", losses[0])).ToList();
                    values.Add(("learning_rate", rate));
                    values.Add(("people_per_second", speed.PerSecond));
                    if (norm is { } size) values.Add(("gradient_norm", size));
                    log.Write("step", step, values);
                }

                Progress?.Invoke(new TrainingProgress(step, steps, losses[0], speed.PerSecond, speed.Remaining((steps - step) * (long)schedule.Batch)));
            }

            if (step == steps) break;
            // saved first: looking at thousands of people takes longer than a step, and may end in an error
            var due = schedule.EvaluateEvery > 0 && step % schedule.EvaluateEvery == 0;
            if (due || step % schedule.CheckpointEvery == 0) Save(step, due);
            if (!due) continue;
            if (!Evaluate(step)) return Stopped();
            Save(step);
        }

        var changed = step > state.Step || !resume;
        if (changed) Save(step);
        if (step < steps) return Stopped();
        if (!Evaluate(step)) return Stopped();
        average?.Swap();
        if (processes.IsFirst) student.Save(Path.Combine(_folder, ModelFileName), Scored(step));
        average?.Swap();
        if (changed && evaluations.Count > 0) Save(step);
        return new TrainingResult(step, steps, Path.Combine(_folder, ModelFileName), evaluations);
    }

    /// <summary>
    /// The stages one after the other, each in a folder of its own; models of earlier ones are found there. A stage that is done is
    /// not done again, so a resumed run goes on in the middle of the stage that it was in.
    /// </summary>
    private TrainingResult RunStages(bool resume, CancellationToken cancel)
    {
        string In(Recipe stage, string file) => Path.Combine(_folder, stage.Stage!, file);
        var processes = new Processes(Group);
        var started = _recipe.Stages.Any(s => File.Exists(In(s, LastFile)));
        if (!resume && started) throw new SinewException($"{_folder}: holds a training already: go on with --resume, or name another folder with --out");
        if (resume && !started && processes.IsFirst) throw new SinewException($"{_folder}: holds no stage to resume: start without --resume");
        using var claim = RunClaim.Of(_folder);
        AtomicFile.WriteText(Path.Combine(_folder, RecipeFileName), _recipe.Text);
        string Weights(string path) => path.StartsWith(RecipeFile.StagePrefix, StringComparison.Ordinal)
            ? Path.Combine(_folder, path[RecipeFile.StagePrefix.Length..], ModelFileName)
            : path;
        var result = (TrainingResult?)null;
        foreach (var stage in _recipe.Stages)
        {
            var (model, last) = (In(stage, ModelFileName), stage == _recipe.Stages[^1]);
            if (!last && processes.Agreed(File.Exists(model)))
            {
                processes.Give(model);
                continue;
            }

            Say?.Invoke($"stage {stage.Stage}");
            var own = stage with
            {
                Student = stage.Student with { Initial = stage.Student.Initial is { } initial ? Weights(initial) : null },
                Teachers = [.. stage.Teachers.Select(t => t with { Model = Weights(t.Model) })],
            };
            result = new Trainer(own, Path.Combine(_folder, stage.Stage!), _time) { Progress = Progress, Say = Say, Group = Group }.Run(processes.Agreed(File.Exists(In(stage, LastFile))), cancel);
            if (!result.Finished) return result;
            if (!last) processes.Give(model);
        }

        foreach (var file in new[] { ModelFileName, BestFile }.Where(f => File.Exists(In(_recipe.Stages[^1], f))))
        {
            using var from = AtomicFile.Open(In(_recipe.Stages[^1], file));
            AtomicFile.Write(Path.Combine(_folder, file), from.CopyTo);
        }

        return result! with { ModelPath = Path.Combine(_folder, ModelFileName) };
    }

    /// <summary>
    /// All decays but the batch norms' weights and the biases (MMPose's <c>norm_decay_mult</c> and <c>bias_decay_mult</c>, which leave the
    /// head's own scales in).
    /// </summary>
    private static ParameterGroup[] ParameterGroups(ITrainingMethod method, double weightDecay)
    {
        var all = method.Parameters.ToList();
        bool Decays((string Name, Tensor Value) p) =>
            !p.Name.EndsWith(".bias", StringComparison.Ordinal) && !(p.Value.Rank == 1 && p.Name.EndsWith(".weight", StringComparison.Ordinal));
        return [new(all.Where(Decays), weightDecay: weightDecay), new(all.Where(p => !Decays(p)))];
    }

    private SinewException Diverged(long step, BatchData batch, double loss)
    {
        var people = string.Join(", ", batch.Draws.Take(8).Select(d => $"{_recipe.Datasets[d.Dataset].Name}#{d.Person.ToString(CultureInfo.InvariantCulture)}"));
        return new SinewException(
            $"the loss is {loss} at step {step}: the training stopped before it touched the weights. The batch holds {people}{(batch.Draws.Length > 8 ? " …" : "")}. " +
            "Lower schedule.learning_rate or set schedule.clip_norm, then go on from the last checkpoint with --resume");
    }

    /// <summary>People per second over the last half minute, so that an estimate follows the machine's mood.</summary>
    private sealed class Speed(TimeProvider time)
    {
        private readonly Queue<(long Time, long People)> _recent = new();
        private readonly long _start = time.GetTimestamp();
        private long _people;

        public double PerSecond { get; private set; }

        public void Add(int people)
        {
            _people += people;
            var now = time.GetTimestamp();
            _recent.Enqueue((now, _people));
            while (_recent.Count > 2 && time.GetElapsedTime(_recent.Peek().Time, now) > TimeSpan.FromSeconds(30)) _recent.Dequeue();
            var (firstTime, firstPeople) = _recent.Peek();
            PerSecond = _recent.Count > 1
                ? (_people - firstPeople) / time.GetElapsedTime(firstTime, now).TotalSeconds
                : _people / Math.Max(time.GetElapsedTime(_start, now).TotalSeconds, 1e-6);
        }

        public TimeSpan Remaining(long people) => PerSecond > 0 ? TimeSpan.FromSeconds(Math.Min(people / PerSecond, 1e8)) : TimeSpan.Zero;
    }
}

/// <summary>Where a training stands.</summary>
/// <param name="Step">Steps done.</param>
/// <param name="Steps">Steps in all.</param>
/// <param name="Loss">The last batch's loss.</param>
/// <param name="PeoplePerSecond">Speed over the last half minute.</param>
/// <param name="Remaining">Time left at that speed.</param>
public readonly record struct TrainingProgress(long Step, long Steps, double Loss, double PeoplePerSecond, TimeSpan Remaining);

/// <summary>What a training came to.</summary>
/// <param name="Step">Steps done.</param>
/// <param name="Steps">Steps in all.</param>
/// <param name="ModelPath">The model file, written at the end.</param>
/// <param name="Evaluations">The last evaluation's scores.</param>
public sealed record TrainingResult(long Step, long Steps, string ModelPath, IReadOnlyList<EvaluationScore> Evaluations)
{
    /// <summary>False where the training was cancelled, in its steps or in its last evaluation.</summary>
    public bool Finished { get; init; } = true;
}
