using Sinew.Annotations;
using Sinew.Files;
using Sinew.Imaging;
using Sinew.TestSupport;
using Sinew.Training.Data;
using Sinew.Training.Estimators;
using Sinew.Training.Recipes;
using Sinew.Training.TestData;

namespace Sinew.Training.Tests.Data;

public sealed class ShardTests : IDisposable
{
    private const string Schedule = """
          steps: 6
          batch: 4
          threads: 1
        """;

    private readonly TempFolder _folder = new();
    private readonly Recipe _loose;
    private readonly Recipe _packed;

    public ShardTests()
    {
        var recipe = TinyData.Write(_folder.FullName, 9, Schedule);
        _loose = RecipeFile.Load(recipe);
        var data = AnnotationReader.Read(_folder.File("people.json"));
        var shards = DatasetPack.Write(data, new PictureFolder(_folder.File("images")), _folder.File("packed"), new PackOptions { ShardBytes = 90_000 }).Shards;
        Assert.True(shards > 1);
        var text = File.ReadAllText(recipe).Replace("people.json", "packed/annotations.json", StringComparison.Ordinal).Replace("images: images", "images: packed", StringComparison.Ordinal);
        _packed = RecipeFile.Load(_folder.Write("packed.yaml", text));
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Batches_from_shards_are_those_from_loose_pictures_to_the_last_bit()
    {
        var (loose, packed) = (Batches(_loose), Batches(_packed));
        Assert.Equal(6, loose.Count);
        for (var i = 0; i < loose.Count; i++)
        {
            Assert.True(loose[i].Crops.AsSpan().IndexOfAnyExcept(loose[i].Crops[0]) >= 0);
            Assert.Equal(loose[i].Crops, packed[i].Crops);
            Assert.Equal(loose[i].Positions, packed[i].Positions);
            Assert.Equal(loose[i].LabelX, packed[i].LabelX);
        }
    }

    [Fact]
    public void An_evaluation_sees_the_same_people_in_shards()
    {
        var (loose, packed) = (EvaluationSet.Load(_loose.Evaluations[0]), EvaluationSet.Load(_packed.Evaluations[0]));
        packed.Check();
        Assert.Equal(9, packed.Crops(48, 64, 1.25f, 20).Count());
        Assert.Equal(loose.Crops(48, 64, 1.25f, 20), packed.Crops(48, 64, 1.25f, 20));
    }

    [Fact]
    public void A_shard_that_breaks_off_is_found_before_the_training_begins()
    {
        var shard = Directory.GetFiles(_folder.File("packed"), "*.tar").Max()!;
        using (var cut = File.Open(shard, FileMode.Open)) cut.SetLength(cut.Length - 1500);
        Assert.StartsWith(shard, Assert.Throws<SinewException>(() => TrainingData.Load(_packed, null, CancellationToken.None)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Pictures_that_are_in_no_shard_are_found_before_the_training_begins()
    {
        foreach (var shard in Directory.GetFiles(_folder.File("packed"), "*.tar")) File.Delete(shard);
        Assert.Contains("is missing", Assert.Throws<SinewException>(() => TrainingData.Load(_packed, null, CancellationToken.None)).Message, StringComparison.Ordinal);
    }

    private static List<(float[] Crops, float[] Positions, float[] LabelX)> Batches(Recipe recipe)
    {
        using var data = TrainingData.Load(recipe, null, CancellationToken.None);
        using var loader = data.Start(0, 6);
        var batches = new List<(float[], float[], float[])>();
        for (var i = 0; i < 6; i++)
        {
            var batch = loader.Next(CancellationToken.None);
            batches.Add(([.. batch.Crops], [.. batch.Positions], [.. batch.LabelX]));
            loader.Recycle(batch);
        }

        return batches;
    }
}
