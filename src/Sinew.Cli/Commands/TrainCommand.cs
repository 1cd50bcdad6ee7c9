using System.CommandLine;
using System.Globalization;
using Sinew.Cli.Frame;
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
        var recipe = new Argument<string>("recipe") { Description = "The recipe, a YAML file" };
        var set = new Option<string[]>("--set") { Description = "Change one key of the recipe, such as schedule.epochs=1; may be repeated", HelpName = "KEY=VALUE", Arity = ArgumentArity.OneOrMore };
        var output = new Option<string?>("--out") { Description = "Folder of the run (runs/NAME where it is left out)", HelpName = "DIR" };
        var resume = new Option<bool>("--resume") { Description = "Go on from the folder's last checkpoint" };
        return new Verb(
            "train",
            "Train a student by a recipe",
            "sinew train recipes/lab/lspet-studio17.yaml",
            "sinew train recipes/lab/lspet-studio17.yaml --set schedule.epochs=1 --out runs/try",
            "sinew train recipes/lab/lspet-studio17.yaml --resume")
        {
            recipe, set, output, resume, CommonOptions.Json,
        }.Does((options, terminal, cancel) =>
        {
            var settings = options.GetValue(set) ?? [];
            var plan = RecipeFile.Load(options.GetRequiredValue(recipe), settings);
            var folder = options.GetValue(output) ?? Path.Combine("runs", plan.Name);
            var result = Run(plan, folder, options.GetValue(resume), terminal, cancel);
            if (result.Step < result.Steps)
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

    /// <summary>Trains with a progress bar, or with a line every ten seconds where nobody watches.</summary>
    internal static TrainingResult Run(Recipe plan, string folder, bool resume, Terminal terminal, CancellationToken cancel)
    {
        if (!terminal.Status.Profile.Capabilities.Interactive)
        {
            var last = 0L;
            return new Trainer(plan, folder)
            {
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
