using System.Text.Json;
using Sinew.TestSupport;
using Sinew.Training.TestData;

namespace Sinew.Cli.Tests;

/// <summary><c>train</c>, <c>eval</c> and <c>predict</c> as processes, on a data set made for the test.</summary>
public sealed class TrainCommandTests : IDisposable
{
    private const string Schedule = """
          steps: 24
          batch: 4
          warm_up_steps: 2
          learning_rate: 0.001
          checkpoint_every: 1
          threads: 1
        """;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_training_that_is_killed_and_resumed_gives_the_same_model()
    {
        var recipe = TinyData.Write(_folder.FullName, 6, Schedule);
        var (whole, killed) = (_folder.File("whole"), _folder.File("killed"));
        Assert.Equal(0, SinewCommand.Run("train", recipe, "--out", whole).ExitCode);

        for (var kill = 0; kill < 3; kill++)
        {
            using var process = SinewCommand.Start(null, ["train", recipe, "--out", killed, .. kill == 0 ? Array.Empty<string>() : ["--resume"]]);
            var checkpoint = Path.Combine(killed, "last.safetensors");
            var before = File.Exists(checkpoint) ? File.GetLastWriteTimeUtc(checkpoint) : DateTime.MinValue;
            // some moment after the next checkpoint, in the middle of whatever follows it
            while (!process.HasExited && (!File.Exists(checkpoint) || File.GetLastWriteTimeUtc(checkpoint) == before)) Thread.Sleep(1);
            process.Kill();
            process.WaitForExit();
        }

        var last = SinewCommand.Run("train", recipe, "--out", killed, "--resume");
        Assert.True(last.ExitCode == 0, last.Error);
        Assert.Equal(File.ReadAllBytes(Path.Combine(whole, "model.safetensors")), File.ReadAllBytes(Path.Combine(killed, "model.safetensors")));
    }

    [Fact]
    public async Task A_polite_stop_saves_and_says_how_to_go_on()
    {
        var recipe = TinyData.Write(_folder.FullName, 6, Schedule.Replace("24", "2400", StringComparison.Ordinal));
        var run = _folder.File("run");
        using var process = SinewCommand.Start(null, "train", recipe, "--out", run);
        var error = process.StandardError.ReadToEndAsync();
        while (!process.HasExited && !File.Exists(Path.Combine(run, "last.safetensors"))) await Task.Delay(5);
        process.Send(Signals.Terminate);
        process.WaitForExit();
        Assert.Equal(130, process.ExitCode);
        Assert.Contains("--resume", await error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_trained_model_is_evaluated_described_and_predicts()
    {
        var recipe = TinyData.Write(_folder.FullName, 3, Schedule.Replace("24", "2", StringComparison.Ordinal));
        var run = _folder.File("run");
        Assert.Equal(0, SinewCommand.Run("train", recipe, "--out", run).ExitCode);

        var eval = SinewCommand.Run(
            "eval", "--model", run, "--data", _folder.File("people.json"), "--images", _folder.File("images"), "--skeleton", "lsp14", "--protocol", "pck", "--json", "-");
        using var score = JsonDocument.Parse(eval.Output);
        Assert.Equal("pck", score.RootElement.GetProperty("protocol").GetString());
        Assert.Equal(3, score.RootElement.GetProperty("people").GetInt32());
        Assert.InRange(score.RootElement.GetProperty("metrics").GetProperty("PCK").GetDouble(), 0, 1);
        Assert.Equal("labelled", score.RootElement.GetProperty("boxes").GetString());

        var kept = SinewCommand.Run(
            "eval", "--model", run, "--data", _folder.File("people.json"), "--images", _folder.File("images"), "--skeleton", "lsp14", "--protocol", "pck",
            "--save", Path.Combine(run, "evaluations", "people"));
        Assert.True(kept.ExitCode == 0, kept.Error);
        Assert.Equal(0, SinewCommand.Run("report", run, "--out", _folder.File("report.html")).ExitCode);
        var page = File.ReadAllText(_folder.File("report.html"));
        Assert.Contains("data:image/jpeg;base64,", page, StringComparison.Ordinal);
        Assert.Contains("OKS", page, StringComparison.Ordinal);
        var again = SinewCommand.Run(
            "score", "--gt", _folder.File("people.json"), "--skeleton", "lsp14", "--predictions", Path.Combine(run, "evaluations", "people.predictions.json"), "--protocol", "pck", "--json", "-");
        using var scored = JsonDocument.Parse(again.Output);
        Assert.Equal(
            score.RootElement.GetProperty("metrics").GetProperty("PCK").GetDouble(), scored.RootElement.GetProperty("metrics").GetProperty("PCK").GetDouble());

        var predicted = SinewCommand.Run("predict", "--model", run, _folder.File("images"), "--out", _folder.File("drawn"), "--json", "-");
        using var poses = JsonDocument.Parse(predicted.Output);
        Assert.Equal(3, poses.RootElement.GetProperty("pictures").GetArrayLength());
        Assert.Equal(14 * 3, poses.RootElement.GetProperty("pictures")[0].GetProperty("people")[0].GetProperty("keypoints").GetArrayLength());
        Assert.True(File.Exists(Path.Combine(_folder.File("drawn"), "1.png")));

        var info = SinewCommand.Run("model", "info", run, "--json", "-");
        using var description = JsonDocument.Parse(info.Output);
        Assert.Equal("lsp14", description.RootElement.GetProperty("skeleton").GetString());
    }

    [Fact]
    public void A_list_is_trained_with_several_seeds_and_goes_on_where_it_was()
    {
        var recipe = TinyData.Write(_folder.FullName, 3, Schedule.Replace("24", "2", StringComparison.Ordinal));
        var other = Path.Combine(_folder.FullName, "other.yaml");
        File.WriteAllText(other, File.ReadAllText(recipe).Replace("name: tiny", "name: other", StringComparison.Ordinal));
        string[] command = ["train", recipe, other, "--seeds", "2", "--out", _folder.File("runs"), "--json", "-"];
        var first = SinewCommand.Run(command);
        Assert.True(first.ExitCode == 0, first.Error);
        using var scores = JsonDocument.Parse(first.Output);
        Assert.Equal(["tiny", "other"], scores.RootElement.EnumerateObject().Select(p => p.Name));
        Assert.Equal(2, scores.RootElement.GetProperty("other").GetProperty("people/PCK").GetProperty("values").GetArrayLength());
        string Model(string run) => Path.Combine(_folder.File("runs"), run, "model.safetensors");
        var (one, two) = (File.ReadAllBytes(Model("tiny-seed3")), File.ReadAllBytes(Model("tiny-seed4")));
        Assert.NotEqual(one, two);

        // what is missing is made again, what is there stays
        Directory.Delete(Path.Combine(_folder.File("runs"), "tiny-seed4"), recursive: true);
        var written = File.GetLastWriteTimeUtc(Model("other-seed4"));
        var again = SinewCommand.Run(command);
        Assert.Equal(first.Output, again.Output);
        Assert.Equal(written, File.GetLastWriteTimeUtc(Model("other-seed4")));
        Assert.Equal(two, File.ReadAllBytes(Model("tiny-seed4")));
        Assert.Contains("named 'tiny'", SinewCommand.Run("train", recipe, recipe).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Generated_people_are_kept_and_every_stage_of_a_list_is_scored()
    {
        var recipe = Path.Combine(_folder.FullName, "kept.yaml");
        File.WriteAllText(recipe, """
            name: kept
            student: {model: rtmpose-t, skeleton: coco17, input: [64, 64]}
            datasets:
              - name: people
                generated: {domain: a, people: 5, seed: 3, difficulty: 0, size: [64, 64], keep: true}
            schedule: {steps: 1, batch: 2, threads: 1}
            stages:
              - name: first
              - name: second
                student: {initial: stage:first}
            evaluations:
              - name: crowd
                generated: {people: 4, skeleton: crowdpose14, crowded: 1, people_per_image: 4, size: [96, 96]}
                protocol: crowdpose
            """);
        var cache = _folder.File("cache");
        SinewCommand.Result Train(string runs) =>
            SinewCommand.Run(start => start.Environment["SINEW_CACHE"] = cache, "train", recipe, "--seeds", "2", "--out", _folder.File(runs), "--json", "-");
        var first = Train("one");
        Assert.True(first.ExitCode == 0, first.Error);
        using var scores = JsonDocument.Parse(first.Output);
        Assert.Equal(["kept/first", "kept/second"], scores.RootElement.EnumerateObject().Select(p => p.Name));
        Assert.Equal(2, scores.RootElement.GetProperty("kept/first").GetProperty("crowd/AP").GetProperty("values").GetArrayLength());
        var sets = Directory.GetDirectories(Path.Combine(cache, "generated"));
        Assert.Equal(2, sets.Length);
        Assert.Contains("\"crowdIndex\":", File.ReadAllText(Path.Combine(sets.Single(s => Path.GetFileName(s).StartsWith("truth-4-1-", StringComparison.Ordinal)), "annotations.json")), StringComparison.Ordinal);

        // nobody is drawn again, and the same people give the same scores
        var again = Train("two");
        Assert.Equal(first.Output, again.Output);
        Assert.Contains("drawing", first.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("drawing", again.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Model_info_counts_what_is_published()
    {
        var info = SinewCommand.Run("model", "info", "rtmpose-t", "--json", "-");
        using var json = JsonDocument.Parse(info.Output);
        Assert.Equal(3_337_007, json.RootElement.GetProperty("parameters").GetInt64());
    }

    [Theory]
    [InlineData("no such file", "train", "nowhere.yaml")]
    [InlineData("nowhere.json: cannot be read", "eval", "--model", "nowhere.safetensors", "--data", "nowhere.json")]
    [InlineData("no such run's folder", "report", "nowhere")]
    [InlineData("no such", "predict", "--model", "nowhere.onnx", "nowhere.jpg", "--out", "x")]
    public void What_is_missing_is_one_line(string expected, params string[] args)
    {
        var result = SinewCommand.Run(args);
        Assert.Equal(2, result.ExitCode);
        Assert.Contains(expected, Assert.Single(result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }
}
