using Sinew.Training.Recipes;

namespace Sinew.Training.Tests.Recipes;

public class RecipeFileTests
{
    private const string Small = """
        name: small
        student: {model: rtmpose-t}
        datasets:
          - {name: a, annotations: a.json, images: a}
        schedule:
          epochs: 2
        """;

    public static TheoryData<string> Shipped => new(Directory
        .EnumerateFiles(Path.Combine(Checkout(), "recipes"), "*.yaml", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(Checkout(), f)));

    [Theory]
    [MemberData(nameof(Shipped))]
    public void Every_recipe_of_the_project_loads(string path) => Assert.NotEmpty(RecipeFile.Load(Path.Combine(Checkout(), path)).Datasets);

    [Fact]
    public void The_published_recipe_has_the_papers_values()
    {
        var recipe = RecipeFile.Load(Path.Combine(Checkout(), "recipes/unified/coco-mpii-t.yaml"));
        Assert.Equal((0.30, 0.45, 0.25), (recipe.Loss.Alpha, recipe.Teachers[0].Beta, recipe.Teachers[1].Beta));
        Assert.Equal((420.0, 256, 4e-3, 0.5, 1e-5), (recipe.Schedule.Epochs, recipe.Schedule.Batch, recipe.Schedule.LearningRate, recipe.Schedule.FlatUntil, recipe.Schedule.WarmUpFactor));
        Assert.Equal(new WarmStartOptions(), recipe.WarmStart);
    }

    [Theory]
    [InlineData("schedule:", "schedul:", "test:1: 'schedule' is missing")]
    [InlineData("epochs: 2", "epoch: 2", "test:6: unknown key 'schedule.epoch': did you mean 'epochs'?")]
    [InlineData("epochs: 2", "epochs: many", "test:6: 'schedule.epochs' must be a number, not 'many'")]
    [InlineData("rtmpose-t", "rtmpose-t, inputs: [1, 2]", "test:2: unknown key 'student.inputs': did you mean 'input'?")]
    [InlineData("name: a,", "name: a, on_bad: perhaps,", "test:4: 'datasets.0.on_bad' must be one of skip, fail, not 'perhaps'")]
    public void A_mistake_is_named_with_its_line(string old, string replacement, string message)
    {
        var error = Assert.Throws<SinewException>(() => RecipeFile.Parse(Small.Replace(old, replacement, StringComparison.Ordinal), "test"));
        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_change_add_and_remove_keys()
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            var path = Path.Combine(folder.FullName, "r.yaml");
            File.WriteAllText(path, Small);
            var recipe = RecipeFile.Load(path, ["schedule.epochs=", "schedule.steps=7", "datasets.0.ratio=2", "student.input=[64, 96]"]);
            Assert.Equal((7, null, 2.0, 64, 96), (recipe.Schedule.Steps, recipe.Schedule.Epochs, recipe.Datasets[0].Ratio, recipe.Student.Width, recipe.Student.Height));
            Assert.Equal(7, RecipeFile.Parse(recipe.Text, "again").Schedule.Steps);
            Assert.Throws<SinewException>(() => RecipeFile.Load(path, ["datasets.3.ratio=2"]));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void Environment_variables_are_put_in_or_asked_for()
    {
        var text = Small.Replace("annotations: a.json", "annotations: \"${SINEW_TEST_NOT_SET:-there}/a.json\"", StringComparison.Ordinal);
        Assert.Equal(Path.Combine(".", "there/a.json"), RecipeFile.Parse(text, "t").Datasets[0].Annotations);
        var error = Assert.Throws<SinewException>(() => RecipeFile.Parse(text.Replace(":-there", "", StringComparison.Ordinal), "t"));
        Assert.Contains("SINEW_TEST_NOT_SET", error.Message, StringComparison.Ordinal);
    }

    private static string Checkout()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Sinew.slnx"))) folder = Path.GetDirectoryName(folder)!;
        return folder;
    }
}
