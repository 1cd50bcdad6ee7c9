using System.CommandLine;
using System.Globalization;
using Sinew.Cli.Frame;
using Sinew.Cli.Train;
using Sinew.Tensors.Distributed;
using Sinew.Training.Loop;
using Sinew.Training.Recipes;
using Spectre.Console;

namespace Sinew.Cli.Commands;

/// <summary><c>train</c>: a training from its recipe.</summary>
internal static class TrainCommand
{
    private static readonly TimeSpan LineEvery = TimeSpan.FromSeconds(10);

    public static Verb Build()
    {
        var recipe = new Argument<string[]>("recipe") { Description = "The recipe, a YAML file; several are trained one after the other", Arity = ArgumentArity.OneOrMore };
        var set = new Option<string[]>("--set") { Description = "Change one key of the recipe, such as schedule.epochs=1; may be repeated", HelpName = "KEY=VALUE", Arity = ArgumentArity.OneOrMore };
        var output = new Option<string?>("--out") { Description = "Folder of the run (runs/NAME where it is left out); of a list, the folder that holds the runs", HelpName = "DIR" };
        var resume = new Option<bool>("--resume") { Description = "Go on from the folder's last checkpoint" };
        var seeds = new Option<int>("--seeds") { Description = "Train each recipe so many times: with its seed, the next one, and so on", HelpName = "N", DefaultValueFactory = _ => 1 };
        var processes = new Option<int?>("--processes") { Description = "Share each batch between so many processes on this machine; torchrun, srun and mpirun start them on several (docs/recipes.md)", HelpName = "N" };
        return new Verb(
            "train",
            "Train a student by a recipe, or a list of them",
            "sinew train recipes/lab/lspet-studio17.yaml",
            "sinew train recipes/lab/lspet-studio17.yaml --set schedule.epochs=1 --out runs/try",
            "sinew train recipes/lab/lspet-studio17.yaml --resume",
            "sinew train recipes/lab/lspet-studio17.yaml recipes/lab/no-teachers.yaml --seeds 3",
            "sinew train recipes/lab/lspet-studio17.yaml --processes 2")
        {
            recipe, set, output, resume, seeds, processes, CommonOptions.Json,
        }.Does((options, terminal, cancel) =>
        {
            var settings = options.GetValue(set) ?? [];
            var recipes = options.GetRequiredValue(recipe);
            var times = options.GetValue(seeds);
            if (times < 1) throw new SinewException($"--seeds {times}: give 1 or more");
            string[] again =
            [
                "train", .. recipes, .. settings.SelectMany(s => new[] { "--set", s }),
                .. options.GetValue(resume) ? ["--resume"] : Array.Empty<string>(), .. times > 1 ? ["--seeds", times.ToString(CultureInfo.InvariantCulture)] : Array.Empty<string>(),
            ];
            var list = recipes.Length > 1 || times > 1 ? new TrainingList(recipes, settings, times, options.GetValue(output) ?? "runs") : null;
            var plan = list is null ? RecipeFile.Load(recipes[0], settings) : null;
            using var together = TrainingProcesses.Open(options.GetValue(processes), again, terminal, cancel);
            if (plan is null) return Task.FromResult(together.Run(() => RunList(list!, together, terminal, cancel)));
            var folder = options.GetValue(output) ?? Path.Combine("runs", plan.Name);
            var result = together.Run(() => Run(plan, together.FolderOf(folder), options.GetValue(resume), terminal, cancel, together.Group));
            if (!together.IsFirst) return Task.FromResult(result.Finished ? ExitCode.Done : ExitCode.Interrupted);
            if (!result.Finished)
            {
                terminal.Warn($"stopped at step {result.Step} of {result.Steps}; the state is saved: go on with the same command and --resume --out {folder}");
                return Task.FromResult(ExitCode.Interrupted);
            }

            terminal.Out.WriteLine($"model: {result.ModelPath}");
            foreach (var evaluation in result.Evaluations) terminal.Out.WriteLine($"{evaluation.Name}: {evaluation.Summary}");
            terminal.WriteJson(json =>
            {
                json.WriteStartObject();
                json.WriteString("model", result.ModelPath);
                json.WriteNumber("steps", result.Steps);
                json.WriteStartObject("evaluations");
                foreach (var evaluation in result.Evaluations)
                {
                    json.WriteStartObject(evaluation.Name);
                    foreach (var (name, value) in evaluation.Metrics) json.WriteNumber(name, value);
                    json.WriteEndObject();
                }

                json.WriteEndObject();
                json.WriteEndObject();
            });
            return Task.FromResult(ExitCode.Done);
        });
    }

    private static int RunList(TrainingList list, TrainingProcesses together, Terminal terminal, CancellationToken cancel)
    {
        var finished = list.Run(together, terminal, cancel);
        if (!together.IsFirst) return finished ? ExitCode.Done : ExitCode.Interrupted;
        if (!finished)
        {
            terminal.Warn("stopped; the state is saved: the same command goes on with the list");
            return ExitCode.Interrupted;
        }

        var scores = list.Scores();
        if (scores.Count > 0) terminal.Out.Write(ListedScore.ToTable(scores));
        terminal.Out.WriteLine($"compare them: sinew report {string.Join(' ', list.Trainings.Select(t => t.Folder))}");
        terminal.WriteJson(json => ListedScore.Write(json, scores));
        return ExitCode.Done;
    }

    /// <summary>Trains with a progress bar, or with a line every ten seconds where nobody watches.</summary>
    internal static TrainingResult Run(Recipe plan, string folder, bool resume, Terminal terminal, CancellationToken cancel, ProcessGroup? group = null)
    {
        if (group is { IsFirst: false }) return new Trainer(plan, folder) { Group = group }.Run(resume, cancel);
        if (!terminal.Status.Profile.Capabilities.Interactive)
        {
            var last = 0L;
            return new Trainer(plan, folder)
            {
                Group = group,
                Say = terminal.Status.WriteLine,
                Progress = progress =>
                {
                    if (last != 0 && TimeProvider.System.GetElapsedTime(last) < LineEvery) return;
                    last = TimeProvider.System.GetTimestamp();
                    terminal.Status.WriteLine($"step {progress.Step}/{progress.Steps}  {Describe(progress)}");
                },
            }.Run(resume, cancel);
        }

        return terminal.Status.Progress().AutoClear(false).HideCompleted(false)
            .Columns(new SpinnerColumn(), new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn())
            .Start(context =>
            {
                ProgressTask? bar = null;
                return new Trainer(plan, folder)
                {
                    Group = group,
                    Say = terminal.Status.WriteLine,
                    Progress = progress =>
                    {
                        bar ??= context.AddTask(plan.Name, maxValue: progress.Steps);
                        // a run of several stages begins anew with each
                        bar.MaxValue = progress.Steps;
                        bar.Value = progress.Step;
                        bar.Description = Markup.Escape($"{plan.Name}  {Describe(progress)}");
                    },
                }.Run(resume, cancel);
            });
    }

    private static string Describe(TrainingProgress progress) => string.Create(
        CultureInfo.InvariantCulture,
        $"loss {progress.Loss:0.000}  {progress.PeoplePerSecond:0.0} people/s  {Left(progress.Remaining)} left");

    private static string Left(TimeSpan time) => time.TotalHours >= 1
        ? $"{(int)time.TotalHours} h {time.Minutes:00} min"
        : $"{(int)time.TotalMinutes}:{time.Seconds:00}";
}
