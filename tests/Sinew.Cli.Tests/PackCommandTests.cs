using System.Text.Json;
using System.Text.RegularExpressions;
using Sinew.Cli.Tests.Predict;
using Sinew.Imaging;
using Sinew.TestSupport;
using Sinew.Training.TestData;

namespace Sinew.Cli.Tests;

/// <summary><c>data pack</c> as a process, and verbs that read what it wrote.</summary>
public sealed class PackCommandTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public PackCommandTests()
    {
        Labels.Write(_folder.File("labels.json"), [Labels.Person(1, 1), Labels.Person(2, 1), Labels.Person(3, 2)]);
        Directory.CreateDirectory(_folder.File("photos"));
        for (var i = 1; i <= 2; i++)
        {
            using var image = new Image(100, 120);
            new Random(i).NextBytes(image.Pixels);
            ImageEncoder.Save(image, _folder.File($"photos/{i}.jpg"));
        }
    }

    private string Labelled => _folder.File("labels.json");

    private string Photos => _folder.File("photos");

    private string Out => _folder.File("packed");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_pack_says_what_is_in_it_and_is_read_like_a_folder_of_pictures()
    {
        var result = SinewCommand.Run("data", "pack", Labelled, "--images", Photos, "--out", Out, "--json", "-");

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        using var json = JsonDocument.Parse(result.Output);
        int Number(string name) => json.RootElement.GetProperty(name).GetInt32();
        Assert.Equal((3, 2, 1, 0, 0), (Number("people"), Number("pictures"), Number("shards"), Number("shrunk"), Number("unreadable")));
        Assert.Equal(new FileInfo(Path.Combine(Out, "labels-000000.tar")).Length, Number("bytes"));
        Assert.Equal(3, json.RootElement.GetProperty("labels").GetProperty("records").GetInt32());

        var check = SinewCommand.Run("data", "check", Path.Combine(Out, "annotations.json"), "--images", Out);
        Assert.Equal((0, ""), (check.ExitCode, check.Error));
        Assert.Contains("2 images, 3 people of 3 records, skeleton coco17", check.Output, StringComparison.Ordinal);
        File.Delete(Path.Combine(Out, "labels-000000.tar"));
        Assert.Equal(1, SinewCommand.Run("data", "check", Path.Combine(Out, "annotations.json"), "--images", Out).ExitCode);
    }

    [Fact]
    public void Shrunk_pictures_and_what_is_left_out_are_counted()
    {
        File.WriteAllText(_folder.File("photos/2.jpg"), "no picture");
        var result = SinewCommand.Run("data", "pack", Labelled, "--images", Photos, "--out", Out, "--longest", "60", "--on-bad", "skip");

        Assert.Equal(0, result.ExitCode);
        Assert.Matches(@"^written: 2 people on 1 pictures \(1 shrunk\) in 1 shards, 0.0 MB: .*annotations.json\n$", result.Output.Split("(17 joints)\n")[1]);
        Assert.StartsWith("sinew: 1 pictures cannot be read and are left out with their people, first: ", result.Error, StringComparison.Ordinal);
        Assert.Contains("\"width\":50,\"height\":60", File.ReadAllText(Path.Combine(Out, "annotations.json")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("would be both the label file and the labels of --out", "packed/annotations.json", "--images", "photos", "--out", "packed")]
    [InlineData("would be both --images and --out", "labels.json", "--images", "photos", "--out", "packed/../photos")]
    [InlineData("is not empty", "labels.json", "--images", "photos", "--out", "packed")]
    [InlineData("no such folder", "labels.json", "--images", "nowhere", "--out", "new")]
    [InlineData("there is no", "labels.json", "--images", "packed", "--out", "new")]
    [InlineData("--shard-mb 0", "labels.json", "--images", "photos", "--out", "new", "--shard-mb", "0")]
    [InlineData("--longest 0", "labels.json", "--images", "photos", "--out", "new", "--longest", "0")]
    [InlineData("is no folder", "labels.json", "--images", "photos", "--out", "labels.json/x")]
    public void What_cannot_be_is_one_line_and_touches_nothing(string expected, params string[] args)
    {
        Directory.CreateDirectory(Out);
        File.Copy(Labelled, Path.Combine(Out, "annotations.json"));
        var before = Everything();
        var result = SinewCommand.Run(start => start.WorkingDirectory = _folder.FullName, ["data", "pack", .. args]);

        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.Contains(expected, Assert.Single(result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
        Assert.Equal(before, Everything());
    }

    [Theory]
    [InlineData(Signals.Interrupt)]
    [InlineData(Signals.Kill)]
    public async Task An_interrupted_pack_is_no_pack_and_can_be_begun_again(string signal)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "signals are sent with kill");
        var cancel = TestContext.Current.CancellationToken;
        // many pictures of one file
        var images = string.Join(',', Enumerable.Range(1, 6000).Select(i => $$"""{"id":{{i}},"file_name":"1.jpg","width":100,"height":120}"""));
        var people = string.Join(',', Enumerable.Range(1, 6000).Select(i => Labels.Person(i, i).ToJsonString()));
        _folder.Write("many.json", $$"""{"images":[{{images}}],"annotations":[{{people}}],"categories":[{"id":1,"name":"person"}]}""");
        string[] args = ["data", "pack", _folder.File("many.json"), "--images", Photos, "--out", Out, "--shard-mb", "1"];
        using (var process = SinewCommand.Start(null, args))
        {
            var (error, output) = (process.StandardError.ReadToEndAsync(cancel), process.StandardOutput.ReadToEndAsync(cancel));
            while (!process.HasExited && !File.Exists(Path.Combine(Out, "many-000000.tar"))) await Task.Delay(1, cancel);
            process.Send(signal);
            await process.WaitForExitAsync(cancel);
            Assert.False(File.Exists(Path.Combine(Out, "annotations.json")));
            if (signal == Signals.Interrupt) Assert.Equal((130, "sinew: interrupted\n"), (process.ExitCode, await error));
            await output;
        }

        if (signal == Signals.Interrupt) Assert.Empty(Directory.GetFiles(Out, "*.tmp"));
        Assert.All(Directory.GetFiles(Out, "*.tar"), f => Assert.InRange(new FileInfo(f).Length, 900_000, 1 << 20));
        var again = SinewCommand.Run(args);
        Assert.Equal((0, ""), (again.ExitCode, again.Error));
        Assert.Empty(Directory.GetFiles(Out, "*.tmp"));
        Assert.Equal(0, SinewCommand.Run("data", "check", Path.Combine(Out, "annotations.json"), "--images", Out).ExitCode);
    }

    [Fact]
    public void Verbs_that_look_at_labelled_people_see_the_same_ones_in_shards()
    {
        // skips where ONNX Runtime is not installed
        ColourModel.Write(_folder.File("model"));
        TinyData.Write(_folder.FullName, 4, "  steps: 1");
        string[] skeleton = ["--skeleton", "lsp14"];
        Assert.Equal(0, SinewCommand.Run(["data", "pack", _folder.File("people.json"), "--images", _folder.File("images"), "--out", Out, .. skeleton]).ExitCode);

        var (loose, packed) = (See("loose", _folder.File("people.json"), _folder.File("images")), See("packed", Path.Combine(Out, "annotations.json"), Out));
        Assert.Equal(loose.Predictions, packed.Predictions);
        // four of the worst and the same four around the middle
        Assert.Equal(8, loose.Crops.Length);
        Assert.Equal(loose.Crops, packed.Crops);
        Assert.Equal(loose.Joints, packed.Joints);

        (string Predictions, string[] Crops, string[] Joints) See(string name, string labels, string images)
        {
            string[] set = ["--data", labels, "--images", images];
            var run = _folder.File(name);
            Assert.Equal((0, ""), Outcome(SinewCommand.Run(["eval", .. set, .. skeleton, "--protocol", "pck", "--save", Path.Combine(run, "set")])));
            Assert.Equal((0, ""), Outcome(SinewCommand.Run("report", run, "--out", _folder.File($"{name}.html"))));
            Assert.Equal((0, ""), Outcome(SinewCommand.Run(["annotate", .. set, "--data-skeleton", "lsp14", "--skeleton", "body21", "--out", Path.Combine(run, "body21.json")])));
            using var annotated = JsonDocument.Parse(File.ReadAllText(Path.Combine(run, "body21.json")));
            return (
                File.ReadAllText(Path.Combine(run, "set.predictions.json")),
                [.. Regex.Matches(File.ReadAllText(_folder.File($"{name}.html")), "data:image/jpeg;base64,[^\"')]+").Select(m => m.Value).Order(StringComparer.Ordinal)],
                [.. annotated.RootElement.GetProperty("annotations").EnumerateArray().Select(p => p.GetProperty("keypoint_scores").ToString())]);
        }

        static (int, string) Outcome(SinewCommand.Result result) => (result.ExitCode, result.Error);
    }

    private string[] Everything() => [.. Directory.GetFileSystemEntries(_folder.FullName, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
}
