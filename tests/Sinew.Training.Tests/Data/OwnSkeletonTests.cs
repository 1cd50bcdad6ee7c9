using Sinew.Skeletons;
using Sinew.TestSupport;
using Sinew.Training.Data;
using Sinew.Training.Recipes;
using Sinew.Training.TestData;

namespace Sinew.Training.Tests.Data;

/// <summary>What a training refuses to begin with where a data set's joints are its owner's.</summary>
public sealed class OwnSkeletonTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_data_set_whose_flips_are_not_the_students_is_refused()
    {
        var sides = string.Join('\n', BuiltInSkeletons.Get("lsp14").Joints.Select(j => $"  - {{name: {j.Name}, id: {j.Id}, sigma: {j.Sigma}}}"));
        var own = _folder.Write("own.yaml", $"name: own\njoints:\n{sides}\n");
        var refused = Refused("    skeleton: lsp14", $"    skeleton: {own}");
        Assert.StartsWith("data set 'people': 'own' flips 'right_ankle' to 'right_ankle', 'lsp14' to 'left_ankle'", refused, StringComparison.Ordinal);
        using var data = TrainingData.Load(Recipe("    skeleton: lsp14", $"    skeleton: {own}", "augmentation: {flip: 0}"), null, CancellationToken.None);
        Assert.Equal(4, data.People);
    }

    [Fact]
    public void What_cannot_be_scored_at_the_end_is_said_at_the_beginning()
    {
        Assert.StartsWith("evaluation 'people': mpii: the labels have no head sizes", Refused("protocol: pck", "protocol: mpii"), StringComparison.Ordinal);
        Assert.StartsWith("evaluation 'people': PCK by the head's size", Refused("protocol: pck", "protocol: pck\n    reference: head"), StringComparison.Ordinal);
    }

    [Fact]
    public void Records_without_boxes_are_told_from_people_without_labels()
    {
        var recipe = Recipe("", "");
        var labels = _folder.File("people.json");
        File.WriteAllText(labels, File.ReadAllText(labels).Replace("\"bbox\"", "\"box\"", StringComparison.Ordinal));
        var refused = Assert.Throws<SinewException>(() => TrainingData.Load(recipe, null, CancellationToken.None)).Message;
        Assert.Contains("of 4 records none is a person's: 4 lack the joints ('keypoints') or the box ('bbox')", refused, StringComparison.Ordinal);
    }

    private string Refused(string old, string replacement) =>
        Assert.Throws<SinewException>(() => TrainingData.Load(Recipe(old, replacement), null, CancellationToken.None)).Message;

    private Recipe Recipe(string old, string replacement, string more = "")
    {
        var text = File.ReadAllText(TinyData.Write(_folder.FullName, 4, "  steps: 1\n  batch: 2"));
        if (old.Length > 0)
        {
            var at = text.IndexOf(old, StringComparison.Ordinal);
            Assert.True(at >= 0);
            text = text[..at] + replacement + text[(at + old.Length)..];
        }

        return RecipeFile.Parse($"{text}\n{more}\n", "test");
    }
}
