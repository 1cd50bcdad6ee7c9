using Sinew.TestSupport;

namespace Sinew.Inference.Tests;

public class ModelCardTests
{
    private const string Small = """
        name: small
        kind: pose
        file: small.onnx
        skeleton: coco17
        input:
          width: 6
          height: 8
        output:
          kind: simcc
        """;

    [Fact]
    public void BuiltInCardsDescribeFiveNetworks()
    {
        Assert.Equal(
            ["efficientpose-i-mpii16", "efficientpose-rt-mpii16", "movenet-thunder-coco17", "rtmdet-nano-person", "tinypose-coco17"],
            ModelCards.BuiltIn.Select(c => c.Name));
        Assert.All(ModelCards.BuiltIn, c => Assert.NotNull(c.Sha256));
    }

    [Fact]
    public void ACardSurvivesBeingWrittenAndReadAgain()
    {
        foreach (var card in ModelCards.BuiltIn)
        {
            var again = ModelCard.Parse(card.ToYaml(), card.Name);
            Assert.Equal(card.ToYaml(), again.ToYaml());
            Assert.Equal(card.Input.Mean, again.Input.Mean);
            Assert.Equal(card.Input.Std, again.Input.Std);
            var (mean, std) = (card.Input.Mean, card.Input.Std);
            Assert.Equal(card, again with { Input = again.Input with { Mean = mean, Std = std } });
        }
    }

    [Fact]
    public void OtherFilesBesideAModelDoNoHarm()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "pipes are Unix's");
        using var folder = new TempFolder();
        var model = folder.Write("a.onnx", "weights");
        using (var pipe = System.Diagnostics.Process.Start("mkfifo", [folder.File("b.yaml")])) pipe.WaitForExit();
        File.CreateSymbolicLink(folder.File("c.yaml"), folder.File("nowhere.yaml"));
        folder.Write("d.yaml", "");
        Assert.Equal((model, null), ModelCards.Find(model));
        folder.Write("e.yaml", Small.Replace("small.onnx", "a.onnx", StringComparison.Ordinal));
        Assert.Equal("small", ModelCards.Find(model).Card?.Name);
    }

    [Fact]
    public void TextWithSignsSurvives()
    {
        var card = ModelCard.Parse(Small, "small") with { Source = "it's: # here, \"there\"", Licence = "[none]" };
        Assert.Equal(card.Source, ModelCard.Parse(card.ToYaml(), "small").Source);
    }

    [Fact]
    public void DefaultsAreThePlainOnes()
    {
        var card = ModelCard.Parse(Small, "small");
        Assert.Equal(PixelLayout.Nchw, card.Input.Layout);
        Assert.Equal(OnnxElementType.Float32, card.Input.Type);
        Assert.Equal(ColourOrder.Rgb, card.Input.Colour);
        Assert.Equal([1d, 1, 1], card.Input.Std);
        Assert.Equal(2, card.Output!.Split);
        Assert.Equal(1.25, card.Crop.Padding);
    }

    [Theory]
    [InlineData("  width: 6", "  widht: 6", "small.yaml:6: ", "'input.width' is missing: is it meant by 'widht'?")]
    [InlineData("  width: 6", "  width: 6\n  means: [1, 2, 3]", "small.yaml:7: ", "unknown key 'input.means': did you mean 'mean'?")]
    [InlineData("kind: simcc", "kind: simc", "small.yaml:9: ", "one of simcc, heatmap, coordinates")]
    [InlineData("kind: simcc", "kind: simcc\n  stride: 4", "small.yaml:10: ", "unknown key 'output.stride'")]
    [InlineData("width: 6", "width: -6", "small.yaml:6: ", "from 1 to 4096")]
    [InlineData("width: 6", "width: 6\n  std: [1, 0, 1]", "small.yaml:7: ", "greater than 0")]
    [InlineData("width: 6", "width: 6\n  type: int32\n  scale: 0.5", "small.yaml:7: ", "leave scale, mean and std out")]
    [InlineData("file: small.onnx", "file: ../small.onnx", "small.yaml:3: ", "without folders")]
    [InlineData("skeleton: coco17", "skeleton: coco17\nsha256: 12", "small.yaml:5: ", "64 hex digits")]
    [InlineData("skeleton: coco17\n", "", "small.yaml:1: ", "'skeleton' is missing")]
    public void MistakesAreToldWithTheirLine(string right, string wrong, string where, string what)
    {
        Assert.Contains(right, Small, StringComparison.Ordinal);
        var e = Assert.Throws<SinewException>(() => ModelCard.Parse(Small.Replace(right, wrong, StringComparison.Ordinal), "small.yaml"));
        Assert.StartsWith(where, e.Message, StringComparison.Ordinal);
        Assert.Contains(what, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ACardIsFoundBesideTheWeights()
    {
        using var folder = new ScratchFolder();
        var weights = folder.Write("net.onnx", "weights");
        folder.Write("aaa.yaml", "just: something\nelse: here\n");
        folder.Write("broken.yaml", "{{{");
        Assert.Null(ModelCards.Find(weights).Card);

        folder.Write("other.yaml", Small.Replace("small.onnx", "net.onnx", StringComparison.Ordinal));
        Assert.Equal("small", ModelCards.Find(weights).Card!.Name);

        folder.Write("net.yaml", Small.Replace("name: small", "name: own", StringComparison.Ordinal));
        Assert.Equal("own", ModelCards.Find(weights).Card!.Name);
    }

    [Theory]
    [InlineData("name: net\njoints: [{name: a, sigma: 0.1}]\n")]
    [InlineData("name: net\nstudent: {model: rtmpose-t}\n")]
    public void ASkeletonOrARecipeOfTheWeightsNameIsNoCard(string text)
    {
        using var folder = new ScratchFolder();
        var weights = folder.Write("net.onnx", "weights");
        var yaml = folder.Write("net.yaml", text);
        Assert.Null(ModelCards.Find(weights).Card);

        folder.Write("net.yaml", Small.Replace("kind: pose", "knid: pose", StringComparison.Ordinal));
        Assert.StartsWith($"{yaml}:", Assert.Throws<SinewException>(() => ModelCards.Find(weights)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ACardStandsForTheKindOfItsWeights()
    {
        using var folder = new ScratchFolder();
        Assert.True(ModelCards.IsOnnx(folder.Write("card.yaml", Small)));
        Assert.False(ModelCards.IsOnnx(folder.Write("card.yaml", Small.Replace("small.onnx", "small.pth", StringComparison.Ordinal))));
        Assert.Equal((true, false), (ModelCards.IsOnnx("a.ONNX"), ModelCards.IsOnnx("a.safetensors")));
    }

    [Fact]
    public void WeightsAreFoundBesideACardAndMustBeItsOwn()
    {
        using var folder = new ScratchFolder();
        var card = folder.Write("card.yaml", Small);
        Assert.Contains("'small.onnx' are not beside it", Assert.Throws<SinewException>(() => ModelCards.Find(card)).Message, StringComparison.Ordinal);

        var weights = folder.Write("small.onnx", "weights");
        Assert.Equal(weights, ModelCards.Find(card).Weights);

        folder.Write("card.yaml", $"{Small}\nsha256: {new string('0', 64)}\n");
        Assert.Contains("not the weights", Assert.Throws<SinewException>(() => ModelCards.Find(card)).Message, StringComparison.Ordinal);
        Assert.Contains("not the weights", Assert.Throws<SinewException>(() => ModelCards.Find(weights)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void KnownWeightsAreFoundByTheirHashWhateverTheirName()
    {
        var known = Shared.Path("models/tinypose_coco17_256x192.onnx");
        Assert.Equal("tinypose-coco17", ModelCards.Find(known).Card!.Name);
        using var folder = new ScratchFolder();
        var copy = Path.Combine(folder.Path, "renamed.onnx");
        File.Copy(known, copy);
        Assert.Equal("tinypose-coco17", ModelCards.Find(copy).Card!.Name);
        using (var stream = File.OpenWrite(copy)) stream.WriteByte(0);
        Assert.Null(ModelCards.Find(copy).Card);
    }
}
