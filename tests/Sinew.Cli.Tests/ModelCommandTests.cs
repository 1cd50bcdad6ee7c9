using System.Text.Json;

namespace Sinew.Cli.Tests;

public class ModelCommandTests
{
    [Fact]
    public void InfoShowsInputsOutputsAndTheCard()
    {
        var file = TestSupport.Shared.Path("models/tinypose_coco17_256x192.onnx");

        var result = SinewCommand.Run("model", "info", file, "--json", "-");

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        using var json = JsonDocument.Parse(result.Output);
        var input = json.RootElement.GetProperty("inputs")[0];
        Assert.Equal([-1, 3, 256, 192], input.GetProperty("shape").EnumerateArray().Select(n => n.GetInt32()));
        Assert.Equal("coco17", json.RootElement.GetProperty("card").GetProperty("skeleton").GetString());
        Assert.Equal("heatmap", json.RootElement.GetProperty("card").GetProperty("output").GetString());
    }

    [Fact]
    public void AFileThatIsNoModelIsOneLine()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("noise.onnx"), "this is no network");

        var result = SinewCommand.Run("model", "info", folder.File("noise.onnx"));

        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.Contains("noise.onnx", Assert.Single(result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }
}
