using Sinew.TestSupport;
using Sinew.Training.Recipes;

namespace Sinew.Training.Tests.Methods;

/// <summary>The shipped recipes of the unified and of the coarse-to-fine method, on drawn people in small crops; DWPose's are in <see cref="DwPoseTests"/>.</summary>
public sealed class PublishedRecipeTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public static TheoryData<string> Published => new(new[] { "unified", "coarse-to-fine" }
        .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Checkout.Root, "recipes", folder), "*.yaml"))
        .Where(file => Path.GetFileName(file) != "quick.yaml").Select(file => Path.GetRelativePath(Checkout.Root, file)));

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Published))]
    public void Every_published_configuration_takes_a_step_of_each_stage(string file)
    {
        var published = RecipeFile.Load(Path.Combine(Checkout.Root, file));
        var recipe = published.Stages.Count > 0 ? published with { Stages = [.. published.Stages.Select(Small)] } : Small(published);
        var (losses, result) = MethodRuns.Run(recipe, _folder.File("run"));

        Assert.Equal(Math.Max(1, published.Stages.Count), losses.Count);
        Assert.All(losses, loss => Assert.True(double.IsFinite(loss) && loss > 0));
        Assert.True(File.Exists(result.ModelPath));
    }

    /// <summary>The recipe's networks, joints and losses; teachers are untrained networks of the joints that their files are named after.</summary>
    private Recipe Small(Recipe stage)
    {
        var small = MethodRuns.Recipe(_folder, stage.Student.Skeleton!, "");
        return stage with
        {
            Datasets = small.Datasets,
            Evaluations = [],
            Loader = small.Loader,
            Schedule = stage.Schedule with { Batch = 2, Device = "cpu", Steps = 1, Epochs = null, Threads = 1 },
            Student = stage.Student with { Width = 64, Height = 64 },
            Teachers =
            [
                .. stage.Teachers.Select(t => t with
                {
                    Model = MethodRuns.Teacher(_folder, $"{t.Name}.safetensors", "t", Path.GetFileName(t.Model).Split('_')[1]),
                    Threshold = 0,
                }),
            ],
        };
    }
}
