using System.Text.Json;
using System.Text.Json.Nodes;

namespace Sinew.Cli.Tests;

public class ScoreCommandTests
{
    [Theory]
    [InlineData("coco", "AP")]
    [InlineData("coco", "AR75")]
    [InlineData("pck", "PCK")]
    public void PerfectPredictionsScoreOne(string protocol, string metric)
    {
        using var folder = new TemporaryFolder();
        Fill(folder, people: 3, predicted: 3);

        var result = SinewCommand.Run("score", "--gt", folder.File("gt.json"), "--predictions", folder.File("dt.json"), "--protocol", protocol, "--json", "-");

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        using var json = JsonDocument.Parse(result.Output);
        Assert.Equal(1, json.RootElement.GetProperty("metrics").GetProperty(metric).GetDouble(), 1e-12);
        Assert.Equal(3, json.RootElement.GetProperty("people").GetInt32());
    }

    [Fact]
    public void AMissedPersonLowersRecallToItsShare()
    {
        using var folder = new TemporaryFolder();
        Fill(folder, people: 4, predicted: 1);

        var result = SinewCommand.Run("score", "--gt", folder.File("gt.json"), "--predictions", folder.File("dt.json"), "--json", "-");

        using var json = JsonDocument.Parse(result.Output);
        Assert.Equal(0.25, json.RootElement.GetProperty("metrics").GetProperty("AR").GetDouble(), 1e-12);
    }

    [Fact]
    public void ThePublishedExampleScoresAsPublished()
    {
        var folder = TestSupport.Shared.Path("data/evaluation");

        var result = SinewCommand.Run(
            "score", "--gt", Path.Combine(folder, "keypoints_gt.json"), "--predictions", Path.Combine(folder, "keypoints_dt.json"), "--json", "-");

        using var json = JsonDocument.Parse(result.Output);
        Assert.Equal(0.5048844884488449, json.RootElement.GetProperty("metrics").GetProperty("AP").GetDouble(), 1e-12);
        Assert.Equal(0.5181818181818182, json.RootElement.GetProperty("metrics").GetProperty("AR").GetDouble(), 1e-12);
    }

    [Fact]
    public void CrowdPosesExampleScoresAsPublished()
    {
        var folder = TestSupport.Shared.Path("data/evaluation");

        var result = SinewCommand.Run(
            "score", "--gt", Path.Combine(folder, "crowdpose_val.json"), "--predictions", Path.Combine(folder, "crowdpose_val_predictions_a.json"),
            "--protocol", "crowdpose", "--json", "-");

        using var json = JsonDocument.Parse(result.Output);
        var metrics = json.RootElement.GetProperty("metrics");
        Assert.Equal(0.556387859417053, metrics.GetProperty("AP").GetDouble(), 1e-12);
        Assert.Equal((0.5588, 0.5509, 0.5758), (Rounded("AP_easy"), Rounded("AP_medium"), Rounded("AP_hard")));
        double Rounded(string name) => Math.Round(metrics.GetProperty(name).GetDouble(), 4);
    }

    [Fact]
    public void PredictionsOfAnotherSkeletonAreMatchedByJointAndWhatTheyLackIsSaid()
    {
        using var folder = new TemporaryFolder();
        Fill(folder, people: 2, predicted: 2);

        var result = SinewCommand.Run(
            "score", "--gt", folder.File("gt.json"), "--predictions", folder.File("dt.json"),
            "--skeleton", "coco17", "--predictions-skeleton", "ochuman17", "--joints", "nose,left_wrist", "--json", "-");

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        using var json = JsonDocument.Parse(result.Output);
        Assert.Equal(1, json.RootElement.GetProperty("metrics").GetProperty("AP").GetDouble(), 1e-12);
    }

    [Theory]
    [InlineData("Option '--gt' is required", "score", "--predictions", "x.json")]
    [InlineData("nowhere.json", "score", "--gt", "nowhere.json", "--predictions", "x.json")]
    [InlineData("--threshold '0,5' is not a number above 0, such as 0.5", "score", "--gt", "x.json", "--predictions", "x.json", "--threshold", "0,5")]
    [InlineData("--threshold 'nan'", "score", "--gt", "x.json", "--predictions", "x.json", "--threshold", "nan")]
    [InlineData("--threshold '-1'", "score", "--gt", "x.json", "--predictions", "x.json", "--threshold", "-1")]
    [InlineData("--threshold '0'", "score", "--gt", "x.json", "--predictions", "x.json", "--threshold", "0")]
    [InlineData("--threshold '1e400'", "score", "--gt", "x.json", "--predictions", "x.json", "--threshold", "1e400")]
    [InlineData("./x.json: would be both --predictions and --json", "score", "--gt", "gt.json", "--predictions", "x.json", "--json", "./x.json")]
    [InlineData("'coco'", "score", "--gt", "x.json", "--predictions", "x.json", "--protocol", "voc")]
    public void WrongUsageIsOneLine(string expected, params string[] args)
    {
        var result = SinewCommand.Run(args);

        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.Contains(expected, Assert.Single(result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }

    private static void Fill(TemporaryFolder folder, int people, int predicted)
    {
        var persons = Enumerable.Range(1, people).Select(i => Labels.Person(i, i % 2 + 1)).ToArray();
        // People apart from each other, so that a prediction can be only one's own.
        for (var i = 0; i < people; i++)
        {
            for (var j = 0; j < Labels.Joints.Length; j++)
            {
                persons[i]["keypoints"]![3 * j] = 10 + 20 * i + j;
                persons[i]["keypoints"]![3 * j + 1] = 10 + 5 * j;
            }
        }

        Labels.Write(folder.File("gt.json"), persons);
        File.WriteAllText(folder.File("dt.json"), new JsonArray([.. persons.Take(predicted).Select(p => (JsonNode)new JsonObject
        {
            ["image_id"] = p["image_id"]!.GetValue<long>(),
            ["category_id"] = 1,
            ["keypoints"] = JsonNode.Parse(p["keypoints"]!.ToJsonString()),
            ["score"] = 0.9,
        })]).ToJsonString());
    }
}
