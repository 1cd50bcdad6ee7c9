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

    [Fact]
    public void ConvertedJointsAreCountedAnew()
    {
        using var folder = new TemporaryFolder();
        Labels.Write(folder.File("labels.json"), [Labels.Person(1, 1), Labels.Person(2, 2, visible: 5)]);

        SinewCommand.Run("data", "convert", folder.File("labels.json"), "--map-to", "mpii16", "--out", folder.File("mpii16.json"));

        var people = JsonNode.Parse(File.ReadAllText(folder.File("mpii16.json")))!["annotations"]!.AsArray();
        Assert.Equal([12, 0], people.Select(p => p!["num_keypoints"]!.GetValue<int>()));
    }

    [Theory]
    [InlineData("labels.json", "data", "check", "labels.json")]
    [InlineData("labels.json", "data", "show", "labels.json")]
    [InlineData("labels.json", "data", "convert", "labels.json", "--out", "out.json")]
    [InlineData("out.json", "data", "convert", "labels.json", "--out", "out.json")]
    public void TheResultMayNotReplaceAFileOfTheCommand(string json, params string[] args)
    {
        using var folder = new TemporaryFolder();
        Labels.Write(folder.File("labels.json"), [Labels.Person(1, 1)]);
        var before = File.ReadAllText(folder.File("labels.json"));

        var result = SinewCommand.Run(start => start.WorkingDirectory = folder.Root, [.. args, "--json", folder.File(json)]);

        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.Contains("would be both", Assert.Single(result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllText(folder.File("labels.json")));
        Assert.Single(Directory.GetFiles(folder.Root));
    }

    [Theory]
    [InlineData(Signals.Interrupt, "check")]
    [InlineData(Signals.Terminate, "convert")]
    public async Task AnInterruptedVerbEndsAtOnceAndLeavesNothing(string signal, string verb)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "signals are sent with kill");
        using var folder = new TemporaryFolder();
        var cancel = TestContext.Current.CancellationToken;
        var pipe = folder.File("labels.json");
        using (var make = System.Diagnostics.Process.Start("mkfifo", [pipe])) await make.WaitForExitAsync(cancel);
        using var process = SinewCommand.Start(null, ["data", verb, pipe, .. verb == "convert" ? new[] { "--out", folder.File("out.json") } : []]);
        // Once this end is open, the verb has opened its own, and waits for more.
        using (var labels = await Task.Run(() => new FileStream(pipe, FileMode.Open, FileAccess.Write), cancel))
        {
            await labels.WriteAsync("{\"images\":["u8.ToArray(), cancel);
            await labels.FlushAsync(cancel);
            process.Send(signal);
            Assert.Equal("sinew: interrupted\n", await process.StandardError.ReadToEndAsync(cancel));
            await process.WaitForExitAsync(cancel);
        }

        Assert.Equal(130, process.ExitCode);
        Assert.Equal([pipe], Directory.GetFiles(folder.Root));
    }

    [Fact]
    public async Task WhatIsWrittenWhenAVerbIsInterruptedGoesWithIt()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "signals are sent with kill");
        using var folder = new TemporaryFolder();
        var cancel = TestContext.Current.CancellationToken;
        Labels.Write(folder.File("labels.json"), [.. Enumerable.Range(1, 20_000).Select(i => Labels.Person(i, 1))]);
        Directory.CreateDirectory(folder.File("out"));
        using var process = SinewCommand.Start(null, "data", "convert", folder.File("labels.json"), "--out", folder.File("out/coco.json"));
        var reading = (process.StandardError.ReadToEndAsync(cancel), process.StandardOutput.ReadToEndAsync(cancel));
        while (!process.HasExited && Directory.GetFiles(folder.File("out")).Length == 0) await Task.Delay(1, cancel);
        process.Send(Signals.Terminate);
        await process.WaitForExitAsync(cancel);
        await Task.WhenAll(reading.Item1, reading.Item2);

        // The signal may have come when all was done: then the file is whole.
        var left = Directory.GetFiles(folder.File("out"));
        if (process.ExitCode == 130 && left.Length == 0) return;
        Assert.Equal([folder.File("out/coco.json")], left);
        using var whole = JsonDocument.Parse(File.ReadAllText(left[0]));
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
