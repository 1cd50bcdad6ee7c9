using System.Text.Json;
using System.Text.Json.Nodes;

namespace Sinew.Cli.Tests;

public class DataCommandTests
{
    [Fact]
    public void AGoodFileIsGood()
    {
        using var folder = new TemporaryFolder();
        Labels.Write(folder.File("good.json"), [Labels.Person(1, 1), Labels.Person(2, 1), Labels.Person(3, 2)]);

        var result = SinewCommand.Run("data", "check", folder.File("good.json"));

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Contains("2 images, 3 people of 3 records, skeleton coco17", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void CheckCountsBadRecordsByReasonAndNamesThem()
    {
        using var folder = new TemporaryFolder();
        var short16 = Labels.Person(4, 1);
        short16["keypoints"] = new JsonArray([.. Enumerable.Range(0, 48).Select(i => (JsonNode)i)]);
        Labels.Write(folder.File("bad.json"), [Labels.Person(1, 1), Labels.Person(1, 2), Labels.Person(3, 77), short16]);

        var result = SinewCommand.Run("data", "check", folder.File("bad.json"), "--json", "-");

        Assert.Equal((1, ""), (result.ExitCode, result.Error));
        using var json = JsonDocument.Parse(result.Output);
        var reasons = json.RootElement.GetProperty("bad_by_reason").EnumerateObject().ToDictionary(p => p.Name, p => p.Value.GetInt32());
        Assert.Equal(3, json.RootElement.GetProperty("bad").GetInt32());
        Assert.Equal(1, json.RootElement.GetProperty("people").GetInt32());
        Assert.Equal(1, reasons["duplicate_id"]);
        Assert.Equal(1, reasons["unknown_image"]);
        Assert.Equal(1, reasons["wrong_joint_count"]);
        Assert.All(json.RootElement.GetProperty("messages").EnumerateArray(), m => Assert.Contains("bad.json", m.GetString(), StringComparison.Ordinal));
    }

    [Fact]
    public void OnBadFailStopsAtTheFirstBadRecordWithOneLine()
    {
        using var folder = new TemporaryFolder();
        Labels.Write(folder.File("bad.json"), [Labels.Person(1, 1), Labels.Person(1, 2)]);

        var result = SinewCommand.Run("data", "check", folder.File("bad.json"), "--on-bad", "fail");

        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.Matches("^sinew: .*bad.json.*1.*\n$", result.Error);
    }

    [Fact]
    public void ImagesThatAreNotThereAreBadRecords()
    {
        using var folder = new TemporaryFolder();
        Labels.Write(folder.File("labels.json"), [Labels.Person(1, 1), Labels.Person(2, 2)]);
        File.WriteAllBytes(folder.File("1.jpg"), []);

        var result = SinewCommand.Run("data", "check", folder.File("labels.json"), "--images", folder.Root, "--json", "-");

        Assert.Equal(1, result.ExitCode);
        using var json = JsonDocument.Parse(result.Output);
        Assert.Equal(1, json.RootElement.GetProperty("people").GetInt32());
        Assert.True(json.RootElement.GetProperty("bad_by_reason").GetProperty("missing_image").GetInt32() >= 1);
    }

    [Theory]
    [InlineData("{\"images\": [{\"id\": 1, \"file_na")]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("not json")]
    public void AFileThatIsNoLabelFileIsOneLine(string content)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("broken.json"), content);

        var result = SinewCommand.Run("data", "check", folder.File("broken.json"));

        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.Contains("broken.json", Assert.Single(result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }

    [Fact]
    public void ShowCountsLabelledJointsAndLeavesCrowdsOut()
    {
        using var folder = new TemporaryFolder();
        var crowd = Labels.Person(3, 2);
        crowd["iscrowd"] = 1;
        Labels.Write(folder.File("labels.json"), [Labels.Person(1, 1, visible: 17), Labels.Person(2, 1, visible: 5), crowd]);

        var result = SinewCommand.Run("data", "show", folder.File("labels.json"), "--json", "-");

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        using var json = JsonDocument.Parse(result.Output);
        var joints = json.RootElement.GetProperty("joints").EnumerateArray().ToArray();
        Assert.Equal(1, json.RootElement.GetProperty("crowds").GetInt32());
        Assert.Equal(2, joints[0].GetProperty("visible").GetInt32());
        Assert.Equal(1, joints[16].GetProperty("visible").GetInt32());
        Assert.Equal(1, joints[16].GetProperty("unlabelled").GetInt32());
        Assert.Equal(17, json.RootElement.GetProperty("labelled_joints").GetProperty("most").GetInt32());
        Assert.Equal(40, json.RootElement.GetProperty("box_width").GetProperty("median").GetInt32());
    }

    [Fact]
    public void ConvertCarriesJointsOverByCanonicalId()
    {
        using var folder = new TemporaryFolder();
        Labels.Write(folder.File("labels.json"), [Labels.Person(1, 1)]);

        var converted = SinewCommand.Run("data", "convert", folder.File("labels.json"), "--map-to", "body21", "--out", folder.File("body21.json"));
        var shown = SinewCommand.Run("data", "show", folder.File("body21.json"), "--json", "-");

        Assert.Equal((0, ""), (converted.ExitCode, converted.Error));
        using var json = JsonDocument.Parse(shown.Output);
        Assert.Equal("body21", json.RootElement.GetProperty("skeleton").GetString());
        var labelled = json.RootElement.GetProperty("joints").EnumerateArray()
            .Where(j => j.GetProperty("visible").GetInt32() == 1).Select(j => j.GetProperty("name").GetString()!);
        Assert.Equal(Labels.Joints, labelled);
        var written = JsonNode.Parse(File.ReadAllText(folder.File("body21.json")))!["annotations"]![0]!["keypoints"]!.AsArray();
        Assert.Equal([13.0, 22.0, 2.0], written.Skip(9).Take(3).Select(n => n!.GetValue<double>()));
    }

    [Theory]
    [InlineData("mpii/test_mpii.json", "mpii16", 5)]
    [InlineData("crowdpose/test_crowdpose.json", "crowdpose14", 5)]
    [InlineData("aic/test_aic.json", "aic14", 9)]
    [InlineData("halpe/test_halpe.json", "halpe136", 14)]
    public void FilesOfOtherDataSetsAreRecognised(string file, string skeleton, int people)
    {
        var path = TestSupport.Shared.Path($"data/samples/{file}");

        var result = SinewCommand.Run("data", "show", path, "--json", "-");

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        using var json = JsonDocument.Parse(result.Output);
        Assert.Equal(skeleton, json.RootElement.GetProperty("skeleton").GetString());
        Assert.Equal(people, json.RootElement.GetProperty("people").GetInt32());
    }

    [Fact]
    public void AnUnknownFormatNamesTheKnownOnes()
    {
        var result = SinewCommand.Run("data", "check", "x.json", "--format", "coko");

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("'coco'", Assert.Single(result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }

    [Fact]
    public void GeneratedPeopleAreGoodLabels()
    {
        using var folder = new TemporaryFolder();
        var made = SinewCommand.Run("data", "generate", "--people", "5", "--domain", "b", "--size", "96x128", "--out", folder.File("b"), "--json", "-");

        Assert.Equal(0, made.ExitCode);
        using var json = JsonDocument.Parse(made.Output);
        Assert.Equal((5, "mpii16"), (json.RootElement.GetProperty("people").GetInt32(), json.RootElement.GetProperty("skeleton").GetString()));
        var check = SinewCommand.Run("data", "check", folder.File("b/annotations.json"), "--images", folder.File("b/images"));
        Assert.Equal((0, ""), (check.ExitCode, check.Error));
        Assert.Contains("5 people of 5 records, skeleton mpii16", check.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void ASizeThatIsNoneIsRefused()
    {
        var result = SinewCommand.Run("data", "generate", "--people", "5", "--size", "96by128", "--out", "nowhere");

        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.Contains("--size 96by128", result.Error, StringComparison.Ordinal);
    }
}
