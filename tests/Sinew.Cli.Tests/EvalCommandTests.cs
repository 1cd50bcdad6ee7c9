using System.Text.Json;
using Sinew.Cli.Tests.Predict;
using Sinew.Imaging;
using Sinew.TestSupport;

namespace Sinew.Cli.Tests;

/// <summary><c>eval</c> as a process: what it refuses before it reads a model.</summary>
public sealed class EvalCommandTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Who_cannot_be_cropped_is_named_before_anybody_is_looked_at()
    {
        var model = ColourModel.Write(_folder.File("model"));
        var labels = _folder.Write("labels.json", """
            {"images": [{"id": 1, "file_name": "none.png", "width": 96, "height": 128}], "categories": [{"id": 1, "name": "person", "keypoints": ["red", "green", "blue"]}],
             "annotations": [{"id": 7, "image_id": 1, "category_id": 1, "bbox": [10, 10, 1e-30, 1e-30], "area": 9, "num_keypoints": 1, "keypoints": [1, 1, 2, 0, 0, 0, 0, 0, 0]}]}
            """);
        var result = SinewCommand.Run("eval", "--model", model, "--data", labels, "--skeleton", _folder.File("model/rgb.yaml"));
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("annotation 7: the person box", Assert.Single(result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }

    [Fact]
    public void Kept_predictions_score_as_eval_did_whatever_the_peoples_category()
    {
        var model = ColourModel.Write(_folder.File("model"));
        var spots = ColourModel.Save(_folder.File("images/1.png"), 7);
        var joints = string.Join(", ", spots.Select(s => $"{s.X + 1}, {s.Y - 2}, 2"));
        var labels = _folder.Write("labels.json", $$"""
            {"images": [{"id": 1, "file_name": "1.png", "width": 96, "height": 128}],
             "categories": [{"id": 0, "name": "person", "keypoints": ["red", "green", "blue"]}],
             "annotations": [{"id": 7, "image_id": 1, "category_id": 0, "bbox": [0, 0, 96, 128], "area": 4000, "iscrowd": 0, "num_keypoints": 3, "keypoints": [{{joints}}]}]}
            """);
        var skeleton = _folder.File("model/rgb.yaml");
        var evaluated = Numbers("eval", "--model", model, "--data", labels, "--images", _folder.File("images"), "--skeleton", skeleton, "--save", _folder.File("kept"), "--json", "-");
        var scored = Numbers("score", "--gt", labels, "--predictions", _folder.File("kept.predictions.json"), "--skeleton", skeleton, "--json", "-");
        Assert.Equal(evaluated, scored);
        Assert.InRange(scored[0].Value, 0.1, 1);
    }

    private static (string Name, double Value)[] Numbers(params string[] args)
    {
        var result = SinewCommand.Run(args);
        Assert.True(result.ExitCode == 0, result.Error);
        using var json = JsonDocument.Parse(result.Output);
        return [.. json.RootElement.GetProperty("metrics").EnumerateObject().Select(m => (m.Name, m.Value.GetDouble()))];
    }

    [Fact]
    public void Joints_of_ones_own_are_scored_by_the_box_and_kept_under_their_category()
    {
        var model = ColourModel.Write(_folder.File("model"));
        Directory.CreateDirectory(_folder.File("images"));
        using (var picture = ColourModel.Picture((20, 30), (50, 60), (70, 100))) ImageEncoder.Save(picture, _folder.File("images/a.png"));
        var labels = _folder.Write("labels.json", """
            {"images": [{"id": 1, "file_name": "a.png", "width": 96, "height": 128}], "categories": [{"id": 9, "name": "lights", "keypoints": ["red", "green", "blue"]}],
             "annotations": [{"id": 7, "image_id": 1, "category_id": 9, "bbox": [0, 0, 96, 128], "area": 9000, "num_keypoints": 3, "keypoints": [20, 30, 2, 50, 60, 2, 5, 5, 2]}]}
            """);
        string[] asked = ["eval", "--model", model, "--data", labels, "--images", _folder.File("images"), "--skeleton", _folder.File("model/rgb.yaml"), "--protocol", "pck"];
        var torso = SinewCommand.Run(asked);
        Assert.Equal(2, torso.ExitCode);
        Assert.Contains("rgb has no left_shoulder; choose box or head", Assert.Single(torso.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);

        var kept = _folder.File("kept");
        var box = SinewCommand.Run([.. asked, "--reference", "box", "--threshold", "0.05", "--save", kept]);
        Assert.True(box.ExitCode == 0, box.Error);
        Assert.Contains("66.67", box.Output, StringComparison.Ordinal);
        var score = SinewCommand.Run("score", "--gt", labels, "--predictions", kept + ".predictions.json", "--protocol", "pck", "--reference", "box", "--threshold", "0.05");
        Assert.True(score.ExitCode == 0, score.Error);
        Assert.Contains("66.67", score.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("both --data and --save", "--save", "ROOT/labels")]
    [InlineData("both --data and the predictions of --save", "--data", "ROOT/x.predictions.json", "--save", "ROOT/x")]
    [InlineData("both --save and --json", "--save", "ROOT/new", "--json", "ROOT/sub/../new.json")]
    [InlineData("both --data and --json", "--json", "ROOT/link.json")]
    [InlineData("is a picture or video", "--json", "ROOT/photo.jpg")]
    [InlineData("is a folder", "--json", "ROOT")]
    public void No_file_is_written_over_one_that_is_read(string expected, params string[] args)
    {
        foreach (var name in new[] { "labels.json", "x.predictions.json", "photo.jpg" }) _folder.Write(name, "mine");
        Directory.CreateDirectory(_folder.File("sub"));
        File.CreateSymbolicLink(_folder.File("link.json"), _folder.File("labels.json"));
        args = [.. args.Select(a => a.Replace("ROOT", _folder.FullName, StringComparison.Ordinal))];
        var result = SinewCommand.Run(["eval", .. args.Contains("--data") ? [] : new[] { "--data", _folder.File("labels.json") }, .. args]);
        Assert.Equal(2, result.ExitCode);
        Assert.Contains(expected, Assert.Single(result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
        Assert.All(new[] { "labels.json", "x.predictions.json", "photo.jpg" }, name => Assert.Equal("mine", File.ReadAllText(_folder.File(name))));
    }
}
