using Sinew.Evaluation;
using Sinew.Generation;
using Sinew.Imaging;
using Sinew.Training.Losses;
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
        .EnumerateFiles(Path.Combine(Checkout.Root, "recipes"), "*.yaml", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(Checkout.Root, f)));

    [Theory]
    [MemberData(nameof(Shipped))]
    public void Every_recipe_of_the_project_loads(string path) => Assert.NotEmpty(RecipeFile.Load(Path.Combine(Checkout.Root, path)).Datasets);

    [Fact]
    public void The_published_recipe_has_the_papers_values()
    {
        var recipe = RecipeFile.Load(Path.Combine(Checkout.Root, "recipes/unified/coco-mpii-t.yaml"));
        Assert.Equal((0.30, 0.45, 0.25), (recipe.Loss.Alpha, recipe.Teachers[0].Beta, recipe.Teachers[1].Beta));
        Assert.Equal((420.0, 256, 4e-3, 0.5, 1e-5), (recipe.Schedule.Epochs, recipe.Schedule.Batch, recipe.Schedule.LearningRate, recipe.Schedule.FlatUntil, recipe.Schedule.WarmUpFactor));
        Assert.Equal(new WarmStartOptions(), recipe.WarmStart);
    }

    [Fact]
    public void A_data_set_can_be_generated()
    {
        var recipe = RecipeFile.Parse(
            Small.Replace("annotations: a.json, images: a", "generated: {domain: b, people: 300, seed: 9, size: [128, 160], skeleton: lsp14}", StringComparison.Ordinal), "test");

        Assert.Equal(new GeneratedOptions(GeneratorDomain.B, 300, 9, "lsp14", 128, 160), recipe.Datasets[0].Generated);
        var scored = RecipeFile.Parse(Small + "\nevaluations:\n  - {name: b, protocol: pck, generated: {people: 3, crowded: 0.5, keep: true}}\n", "test");
        Assert.Equal(new GeneratedOptions(GeneratorDomain.Truth, 3) { Crowded = 0.5, Keep = true }, scored.Evaluations[0].Generated);
    }

    [Fact]
    public void An_evaluation_says_what_pck_measures_by_and_no_other_protocol_does()
    {
        var own = RecipeFile.Parse(Small + "\nevaluations:\n  - {name: a, annotations: a.json, images: a, protocol: pck, threshold: 0.1, reference: box}\n", "test").Evaluations[0];
        Assert.Equal((0.1, PckReference.Box), (own.Threshold, own.Reference));
        var usual = RecipeFile.Parse(Small + "\nevaluations:\n  - {name: a, annotations: a.json, images: a, protocol: pck}\n", "test").Evaluations[0];
        Assert.Equal((0.2, PckReference.Torso), (usual.Threshold, usual.Reference));
        var error = Assert.Throws<SinewException>(() => RecipeFile.Parse(Small + "\nevaluations:\n  - {name: a, annotations: a.json, images: a, protocol: coco, reference: box}\n", "test"));
        Assert.StartsWith("test:8: 'evaluations.0.reference' is of the protocol pck alone", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("annotations: a.json", "generated: {people: 3}", "test:4: unknown key 'datasets.0.images'")]
    [InlineData("annotations: a.json, images: a", "generated: {people: none}", "test:4: 'datasets.0.generated.people' must be a")]
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

    [Fact]
    public void Stages_lay_their_keys_over_the_recipes()
    {
        var recipe = RecipeFile.Load(
            Path.Combine(Checkout.Root, "recipes/dwpose/ubody-x-l-384x288.yaml"), ["stages.1.schedule.epochs=7", "student.initial=first.safetensors"]);
        Assert.Equal(["stage1", "stage2"], recipe.Stages.Select(s => s.Stage));
        var (one, two) = (recipe.Stages[0], recipe.Stages[1]);
        Assert.Equal((270.0, 7.0), (one.Schedule.Epochs!.Value, two.Schedule.Epochs!.Value));
        Assert.Equal(256, two.Schedule.Batch);
        Assert.Equal((0.1, 1.0, 32.0), (one.DwPose.LogitWeight, two.DwPose.LogitWeight, one.DwPose.LabelWeight));
        Assert.True(Assert.Single(one.Teachers).Features);
        Assert.Empty(two.Teachers);
        Assert.Equal(16, one.Datasets.Count);
        // weights to start from are the first stage's alone
        Assert.EndsWith("first.safetensors", one.Student.Initial, StringComparison.Ordinal);
        Assert.Equal("stage:stage1", two.Student.Initial);
        Assert.Equal("dwpose-ubody-x-l-384x288", recipe.Name);
        Assert.Equal(2, RecipeFile.Parse(recipe.Text, "again").Stages.Count);
    }

    [Fact]
    public void The_published_traps_are_reproduced_on_request_only()
    {
        var path = Path.Combine(Checkout.Root, "recipes/dwpose/ubody-l-t.yaml");
        var (ours, theirs) = (RecipeFile.Load(path), RecipeFile.Load(path, ["reproduce=published"]));
        Assert.Equal((0.5, 1.0), (ours.Stages[1].Schedule.FlatUntil, theirs.Stages[1].Schedule.FlatUntil));
        Assert.Equal(0, theirs.Stages[1].Augmentation.LastStage);
        // a mean over all people, times the people of one of their devices: their balance, whatever the batch
        Assert.Equal((64.0, 64.0), (ours.Stages[0].DwPose.LabelWeight, theirs.Stages[0].DwPose.LabelWeight));
        Assert.Equal(new LossNormalisation(BinReduction.Mean, JointReduction.PeopleAndJoints), theirs.Stages[0].Loss.LabelNormalisation);
        Assert.Equal((DistillationDecay.Step, DistillationDecay.Epoch), (ours.Stages[0].DwPose.Decay, theirs.Stages[0].DwPose.Decay));
    }

    [Fact]
    public void The_last_part_of_a_training_has_RTMPoses_lighter_crops()
    {
        var (first, last) = new AugmentationPlan().Stages();
        Assert.Equal(AugmentationOptions.Stage1, first);
        Assert.Equal(AugmentationOptions.Stage2, last);
        Assert.Equal(0, new AugmentationPlan { Shift = 0.9 }.Stages().Last.ShiftFactor);
        Assert.Equal(20, new AugmentationPlan { Rotation = 20 }.Stages().Last.RotationDegrees);
    }

    [Theory]
    [InlineData("stages: [{name: ../x, method: dwpose-stage2}]", "names a folder")]
    [InlineData("stages: [{name: x, metod: dwpose-stage2}]", "unknown key 'metod': did you mean 'method'?")]
    [InlineData("teachers: [{name: t, model: 'stage:x'}]", "within a recipe's stages only")]
    [InlineData("stages: [{name: x}, {name: y, teachers: [{name: t, model: 'stage:z'}]}]", "there is no such stage before it")]
    [InlineData("reproduce: published", "is for DWPose's stages")]
    [InlineData("teachers: [{name: t, model: t.pth, features: true}]", "are for dwpose-stage1")]
    [InlineData("method: dwpose-stage1\nteachers: [{name: t, model: t.pth, mode: cached}]", "is for teachers of logits")]
    public void A_mistake_about_stages_is_named(string line, string message) =>
        Assert.Contains(message, Assert.Throws<SinewException>(() => RecipeFile.Parse($"{Small}\n{line}", "test")).Message, StringComparison.Ordinal);
}
