using System.Globalization;
using System.Text.Json;
using Sinew.Cli.Commands;
using Sinew.Cli.Frame;
using Sinew.Tensors.Files;
using Sinew.Training.Loop;
using Sinew.Training.Models;
using Sinew.Training.Recipes;
using Spectre.Console;

namespace Sinew.Cli.Train;

/// <summary>One training of a list.</summary>
/// <param name="Recipe">Its recipe, with its own seed.</param>
/// <param name="Folder">Its run's folder.</param>
internal sealed record ListedTraining(Recipe Recipe, string Folder);

/// <summary>
/// Several recipes, each with several seeds, trained one after the other. What is finished is not done again and what was begun goes on, so
/// that the same command continues an interrupted list.
/// </summary>
internal sealed class TrainingList
{
    private readonly List<ListedTraining> _trainings = [];

    /// <summary>Plans the list; nothing is trained yet.</summary>
    /// <param name="recipes">The recipes' files.</param>
    /// <param name="settings">Changes to all of them, <c>key=value</c>.</param>
    /// <param name="seeds">Trainings of each: with the recipe's seed, the next one, and so on.</param>
    /// <param name="folder">Where the runs' folders are made.</param>
    /// <exception cref="SinewException">A recipe is wrong, or two have one name, so that their runs would meet.</exception>
    public TrainingList(IReadOnlyList<string> recipes, IReadOnlyList<string> settings, int seeds, string folder)
    {
        foreach (var path in recipes)
        {
            var recipe = RecipeFile.Load(path, settings);
            if (_trainings.Any(t => t.Recipe.Name == recipe.Name)) throw new SinewException($"{path}: another recipe is named '{recipe.Name}' too: their runs would share a folder");
            for (var k = 0; k < seeds; k++)
            {
                var seed = (recipe.Seed + k).ToString(CultureInfo.InvariantCulture);
                _trainings.Add(new ListedTraining(
                    RecipeFile.Load(path, [.. settings, $"seed={seed}"]), Path.Combine(folder, seeds == 1 ? recipe.Name : $"{recipe.Name}-seed{seed}")));
            }
        }
    }

    /// <summary>The trainings, in their order.</summary>
    public IReadOnlyList<ListedTraining> Trainings => _trainings;

    /// <summary>Trains what is not finished.</summary>
    /// <param name="together">The processes that train.</param>
    /// <param name="terminal">Where progress is shown.</param>
    /// <param name="cancel">Ends it after the current step.</param>
    /// <returns>False where it was interrupted.</returns>
    public bool Run(TrainingProcesses together, Terminal terminal, CancellationToken cancel)
    {
        foreach (var (training, number) in _trainings.Select((t, i) => (t, i + 1)))
        {
            var at = $"[{number}/{_trainings.Count}] {training.Folder}";
            if (together.Agreed(File.Exists(ModelOf(training))))
            {
                Say($"{at}: finished before");
                continue;
            }

            Say(at);
            var result = TrainCommand.Run(training.Recipe, together.FolderOf(training.Folder), together.Agreed(IsBegun(training)), terminal, cancel, together.Group);
            if (!result.Finished) return false;
        }

        return true;

        void Say(string line)
        {
            if (together.IsFirst) terminal.Status.WriteLine(line);
        }
    }

    /// <summary>Each recipe's scores over its seeds; those of a recipe with stages once per stage, as <c>recipe/stage</c>.</summary>
    public IReadOnlyList<ListedScore> Scores() =>
    [
        .. from training in _trainings
           from model in ModelsOf(training)
           from score in ScoresOf(model.Path)
           group score.Value by (model.Name, score.Key) into values
           select new ListedScore(values.Key.Name, values.Key.Key, [.. values]),
    ];

    private static string ModelOf(ListedTraining training) => Path.Combine(training.Folder, Trainer.ModelFileName);

    /// <summary>A run of one stage keeps its checkpoint in its folder, a run of several in the stages' folders.</summary>
    private static bool IsBegun(ListedTraining training) =>
        new[] { training.Folder }.Concat(training.Recipe.Stages.Select(s => Path.Combine(training.Folder, s.Stage!))).Any(f => File.Exists(Path.Combine(f, Trainer.LastFile)));

    private static IEnumerable<(string Name, string Path)> ModelsOf(ListedTraining training) => training.Recipe.Stages.Count == 0
        ? [(training.Recipe.Name, ModelOf(training))]
        : training.Recipe.Stages.Select(s => ($"{training.Recipe.Name}/{s.Stage}", Path.Combine(training.Folder, s.Stage!, Trainer.ModelFileName)));

    private static IEnumerable<KeyValuePair<string, double>> ScoresOf(string path) =>
        SafeTensors.ReadMetadata(path).TryGetValue(ModelDescription.MetadataKey, out var json)
            ? ModelDescription.FromJson(json, path).Scores?.AsEnumerable() ?? []
            : throw new SinewException($"{path}: says nothing about its training: remove the folder and train again");
}

/// <summary>One score of one recipe, over the seeds.</summary>
/// <param name="Recipe">The recipe's name, and the stage's where it has several.</param>
/// <param name="Name">Evaluation and metric, such as <c>studio17/AP</c>.</param>
/// <param name="Values">A value for each seed, fractions from 0 to 1.</param>
internal sealed record ListedScore(string Recipe, string Name, IReadOnlyList<double> Values)
{
    /// <summary>Mean over the seeds.</summary>
    public double Mean => Values.Average();

    /// <summary>Greatest less smallest.</summary>
    public double Spread => Values.Max() - Values.Min();

    /// <summary>The table for the terminal, in percent: each evaluation's first number.</summary>
    public static Table ToTable(IReadOnlyList<ListedScore> scores)
    {
        string EvaluationOf(ListedScore s) => s.Name[..s.Name.IndexOf('/', StringComparison.Ordinal)];
        var columns = scores.GroupBy(EvaluationOf).Select(g => g.First().Name).ToList();
        var table = new Table().Border(TableBorder.Simple).AddColumn("recipe");
        foreach (var column in columns) table.AddColumn(new TableColumn(Markup.Escape(column)).RightAligned());
        foreach (var recipe in scores.GroupBy(s => s.Recipe))
            table.AddRow([Markup.Escape(recipe.Key), .. columns.Select(c => recipe.FirstOrDefault(s => s.Name == c)?.Text ?? "")]);
        return table.Caption("percent: mean over the seeds (greatest less smallest)");
    }

    /// <summary>One object per recipe and score.</summary>
    public static void Write(Utf8JsonWriter json, IReadOnlyList<ListedScore> scores)
    {
        json.WriteStartObject();
        foreach (var recipe in scores.GroupBy(s => s.Recipe))
        {
            json.WriteStartObject(recipe.Key);
            foreach (var score in recipe)
            {
                json.WriteStartObject(score.Name);
                json.WriteNumber("mean", score.Mean);
                json.WriteNumber("spread", score.Spread);
                json.WriteStartArray("values");
                foreach (var value in score.Values) json.WriteNumberValue(value);
                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private string Text => string.Create(CultureInfo.InvariantCulture, $"{100 * Mean:0.00}{(Values.Count > 1 ? $" ({100 * Spread:0.00})" : "")}");
}
