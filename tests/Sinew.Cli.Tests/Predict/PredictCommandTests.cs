using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Sinew.Evaluation;
using Sinew.Generation;
using Sinew.Imaging;
using Sinew.Inference;
using Sinew.Inference.Tests;
using Sinew.Skeletons;
using Sinew.TestSupport;

namespace Sinew.Cli.Tests.Predict;

/// <summary><c>predict</c> as a process, with a network whose joints are the pictures' coloured spots.</summary>
public sealed class PredictCommandTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly string _model;

    public PredictCommandTests() => _model = ColourModel.Write(_folder.File("model"));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_folder_gives_records_and_drawings_in_order_and_bad_files_are_listed()
    {
        var (a, b) = (ColourModel.Save(In("a.png"), 3), ColourModel.Save(In("sub/b.png"), 40));
        File.WriteAllText(In("bad.jpg"), "no picture");
        var result = Predict(0, In(), "--out", Out());

        Assert.Equal([$"{In("a.png")}: 1 person", $"{In("sub/b.png")}: 1 person"], Lines(result.Output));
        var records = Records();
        Assert.Equal([In("a.png"), In("sub/b.png")], records.Select(r => r.GetProperty("file").GetString()));
        AssertJoints(a, records[0].GetProperty("people")[0]);
        AssertJoints(b, records[1].GetProperty("people")[0]);
        Assert.Equal((96, 128), (records[0].GetProperty("width").GetInt32(), records[0].GetProperty("height").GetInt32()));
        Assert.StartsWith(In("bad.jpg") + "\t", Assert.Single(File.ReadAllLines(Out("failed.txt"))), StringComparison.Ordinal);
        Assert.Contains("1 of 3 could not be read", result.Error, StringComparison.Ordinal);
        using var drawn = ImageDecoder.Decode(Out("sub/b.png"));
        using var before = ImageDecoder.Decode(In("sub/b.png"));
        Assert.Equal((96, 128), (drawn.Width, drawn.Height));
        Assert.False(drawn.Pixels.SequenceEqual(before.Pixels));

        // the mended file is all that is left to do
        var mended = ColourModel.Save(In("bad.png"), 7);
        File.Move(In("bad.png"), In("bad.jpg"), overwrite: true);
        result = Predict(0, In(), "--out", Out());
        Assert.Equal([$"{In("bad.jpg")}: 1 person"], Lines(result.Output));
        Assert.Contains("going on after 2", result.Error, StringComparison.Ordinal);
        AssertJoints(mended, Records()[2].GetProperty("people")[0]);
        Assert.False(File.Exists(Out("failed.txt")));
    }

    [Fact]
    public void Without_a_model_the_one_in_the_box_is_taken()
    {
        using (var scene = new PeopleGenerator(new GeneratorOptions { Seed = 990_002, Difficulty = 0 }).Generate(0)) ImageEncoder.Save(scene.Image, In("one.png"));
        var result = SinewCommand.Run("predict", In("one.png"), "--out", Out(), "--format", "jsonl");
        Assert.True(result.ExitCode == 0, result.Error);
        var person = Assert.Single(Records()).GetProperty("people")[0];
        Assert.Equal(21 * 3, person.GetProperty("keypoints").GetArrayLength());
        using var run = JsonDocument.Parse(File.ReadAllText(Out("run.json")));
        Assert.StartsWith("body21-t.onnx ", run.RootElement.GetProperty("model").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Results_for_COCO_are_read_by_our_own_reader()
    {
        var spots = ColourModel.Save(In("000000000785.png"), 3);
        ColourModel.Save(In("sub/785.png"), 4);
        ColourModel.Save(In("x.png"), 5);
        Predict(0, In(), "--out", Out(), "--format", "coco");
        Assert.Empty(Directory.GetFiles(Out(), "*.png"));
        var results = CocoResults.Read(Out("poses.json"), SkeletonFile.Load(_folder.File("model/rgb.yaml"))).Results;
        Assert.Equal([785, -2, -3], results.ImageIds.ToArray());
        for (var j = 0; j < 3; j++) Assert.Equal(spots[j].X, results.KeypointsOf(0)[2 * j], 2.0);
    }

    [Fact]
    public void Known_boxes_take_the_detectors_place()
    {
        using (var image = new Image(300, 200))
        {
            ColourModel.Spots(image, (30, 40), (60, 50), (50, 90));
            ColourModel.Spots(image, (230, 140), (260, 150), (250, 170));
            Directory.CreateDirectory(In());
            ImageEncoder.Save(image, In("7.png"));
            ImageEncoder.Save(image, In("unknown.png"));
        }

        File.WriteAllText(_folder.File("labels.json"), """
            {"images":[{"id":12,"file_name":"7.png","width":300,"height":200}],
             "categories":[{"id":4,"name":"person","keypoints":["red"]}],
             "annotations":[{"id":501,"image_id":12,"category_id":4,"bbox":[200,110,80,80],"keypoints":[1,1,2],"num_keypoints":1,"area":9},
                            {"id":502,"image_id":12,"category_id":4,"bbox":[10,10,80,100],"keypoints":[1,1,2],"num_keypoints":1,"area":9}]}
            """);
        var result = Predict(0, In(), "--boxes", _folder.File("labels.json"), "--out", Out(), "--format", "coco");
        Assert.Contains("1 pictures are not in", result.Error, StringComparison.Ordinal);
        var record = Records()[0];
        Assert.Equal(12, record.GetProperty("image_id").GetInt64());
        Assert.Equal([501, 502], record.GetProperty("people").EnumerateArray().Select(p => p.GetProperty("annotation_id").GetInt64()));
        var kept = CocoResults.Read(Out("poses.json"), SkeletonFile.Load(_folder.File("model/rgb.yaml")), category: 4);
        Assert.Equal((2, 0), (kept.Results.Count, kept.OtherCategories));
        AssertJoints([(230, 140), (260, 150), (250, 170)], record.GetProperty("people")[0]);
        AssertJoints([(30, 40), (60, 50), (50, 90)], record.GetProperty("people")[1]);

        File.WriteAllText(_folder.File("boxes.json"), """[{"image_id":7,"category_id":1,"bbox":[10,10,80,100],"score":0.9},{"image_id":7,"category_id":1,"bbox":[200,110,80,80],"score":0.2}]""");
        result = Predict(2, In(), "--boxes", _folder.File("boxes.json"), "--out", Out());
        Assert.Contains("--force", result.Error, StringComparison.Ordinal);
        Predict(0, In("7.png"), "--boxes", _folder.File("boxes.json"), "--box-score", "0.5", "--out", Out(), "--force");
        var person = Assert.Single(Assert.Single(Records()).GetProperty("people").EnumerateArray());
        Assert.Equal(0.9, person.GetProperty("box_score").GetDouble(), 1e-6);
        AssertJoints([(30, 40), (60, 50), (50, 90)], person);
    }

    [Fact]
    public void A_video_is_followed_smoothed_and_drawn()
    {
        NeedFfmpeg();
        var video = Video("walk.mp4", 20, frame => [(20 + (2 * frame), 30), (40 + (2 * frame), 60), (30 + (2 * frame), 100)]);
        Predict(0, video, "--out", Out(), "--track", "--smooth", "--detect-every", "4");
        var records = Records();
        Assert.Equal(Enumerable.Range(0, 20), records.Select(r => r.GetProperty("frame").GetInt32()));
        Assert.Equal(19 / 25.0, records[^1].GetProperty("seconds").GetDouble(), 1e-3);
        Assert.All(records, r => Assert.Equal(1, Assert.Single(r.GetProperty("people").EnumerateArray()).GetProperty("track_id").GetInt32()));
        var x = records.Select(r => r.GetProperty("people")[0].GetProperty("keypoints")[0].GetDouble()).ToArray();
        for (var i = 0; i < 20; i++) Assert.Equal(20 + (2 * i), x[i], 5.0);

        using var drawn = VideoReader.Open(Out("walk.mp4"));
        var frames = 0;
        while (drawn.Read() is { } frame)
        {
            frame.Dispose();
            frames++;
        }

        Assert.Equal(20, frames);
    }

    [Fact]
    public void A_video_that_breaks_off_keeps_what_was_read()
    {
        NeedFfmpeg();
        var video = Video("long.mkv", 60, frame => [(20 + frame, 30), (40, 60), (30, 100)]);
        using (var file = File.Open(video, FileMode.Open)) file.SetLength(file.Length / 2);
        ColourModel.Save(In("z.png"), 1);
        Predict(0, In(), "--out", Out(), "--format", "jsonl");
        var frames = Records().Count(r => r.TryGetProperty("frame", out _));
        Assert.InRange(frames, 1, 59);
        Assert.Equal(In("z.png"), Records()[^1].GetProperty("file").GetString());
        var failed = Assert.Single(File.ReadAllLines(Out("failed.txt")));
        Assert.StartsWith(video + "\t", failed, StringComparison.Ordinal);
        Assert.Contains($"(after {frames} frames, which are kept)", failed, StringComparison.Ordinal);
    }

    [Fact]
    public void No_input_is_drawn_over()
    {
        ColourModel.Save(In("a.png"), 3);
        var before = File.ReadAllBytes(In("a.png"));
        Predict(0, In("a.png"), "--out", In());
        Assert.Equal(before, File.ReadAllBytes(In("a.png")));
        using var drawn = ImageDecoder.Decode(In("a.png.png"));
        Assert.Equal(96, drawn.Width);
    }

    [Fact]
    public void One_bad_box_or_drawing_or_pipe_is_listed_and_the_run_goes_on()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "such names and pipes are Unix's");
        for (var i = 1; i <= 3; i++) ColourModel.Save(In($"{i}.png"), i);
        ColourModel.Save(In("4\e[2J\n.png"), 4);
        using (var pipe = Process.Start("mkfifo", [In("5.png")])) pipe.WaitForExit();
        Directory.CreateDirectory(Out("2.png"));
        File.WriteAllText(_folder.File("boxes.json"), $"[{string.Join(',', Enumerable.Range(1, 3).Select(i => $$"""{"image_id":{{i}},"category_id":1,"bbox":[10,10,{{(i == 1 ? "1e-30,1e-30" : "80,100")}}],"score":1}"""))}]");
        var result = Predict(0, In(), "--boxes", _folder.File("boxes.json"), "--out", Out());
        Assert.Equal([In("3.png"), In("4\e[2J\n.png")], Records().Select(r => r.GetProperty("file").GetString()));
        Assert.DoesNotContain('\e', result.Output + result.Error);
        var failed = File.ReadAllLines(Out("failed.txt"));
        Assert.Equal([In("1.png"), In("2.png"), In("5.png")], failed.Select(l => l.Split('\t')[0]));
        Assert.Contains("too small", failed[0], StringComparison.Ordinal);
        Assert.Contains("cannot be drawn", failed[1], StringComparison.Ordinal);
        Assert.Contains("no regular file", failed[2], StringComparison.Ordinal);
    }

    [Fact]
    public void A_network_that_gives_no_numbers_is_told_of()
    {
        ColourModel.Save(In("a.png"), 3);
        var nothing = Enumerable.Repeat(float.NaN, 3 * ColourModel.Width * ColourModel.Height).ToArray();
        File.WriteAllBytes(_model, new OnnxBuilder().Input("image", OnnxElementType.Float32, 1, 3, ColourModel.Height, ColourModel.Width)
            .Gives("heatmaps", nothing, 1, 3, ColourModel.Height, ColourModel.Width).Build());
        Assert.Contains("NaN or infinite", Assert.Single(Lines(Predict(2, In("a.png"), "--json", "-").Error)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Addresses_are_fetched_within_limits()
    {
        var spots = ColourModel.Save(_folder.File("served.png"), 11);
        var picture = await File.ReadAllBytesAsync(_folder.File("served.png"), TestContext.Current.CancellationToken);
        using var server = new Server(path => path switch
        {
            "/a%20b.png?x=1" => (200, picture),
            "/away.png" => (302, []),
            "/large.png" => (200, [.. picture, .. new byte[1_100_000]]),
            _ => (404, []),
        });
        var result = Predict(0, server.Url("a%20b.png?x=1"), server.Url("large.png"), server.Url("none.png"), server.Url("away.png"), "--out", Out(), "--fetch-mb", "1");
        AssertJoints(spots, Assert.Single(Records()).GetProperty("people")[0]);
        var failed = await File.ReadAllLinesAsync(Out("failed.txt"), TestContext.Current.CancellationToken);
        Assert.Contains("more than 1 MB (--fetch-mb)", failed[0], StringComparison.Ordinal);
        Assert.Contains("404", failed[1], StringComparison.Ordinal);
        Assert.Contains("cannot be fetched", failed[2], StringComparison.Ordinal);
        Assert.Contains("3 of 4", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_interrupted_run_goes_on_to_the_same_end()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "signals are sent with kill");
        for (var i = 0; i < 400; i++) ColourModel.Save(In($"{i:000}.png"), i);
        using (var process = SinewCommand.Start(null, "predict", "--model", _model, In(), "--out", Out(), "--format", "jsonl"))
        {
            var errors = process.StandardError.ReadToEndAsync();
            await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
            process.Send(Signals.Interrupt);
            await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.Equal(130, process.ExitCode);
            Assert.Contains("the same command goes on", await errors, StringComparison.Ordinal);
        }

        var kept = Records().Count;
        Assert.InRange(kept, 1, 399);
        Assert.Contains($"going on after {kept}", Predict(0, In(), "--out", Out(), "--format", "jsonl").Error, StringComparison.Ordinal);
        Predict(0, In(), "--out", _folder.File("straight"), "--format", "jsonl");
        Assert.Equal(File.ReadLines(_folder.File("straight/poses.jsonl")), File.ReadLines(Out("poses.jsonl")));
    }

    [Fact]
    public void JSON_on_standard_output_is_alone_there()
    {
        var spots = ColourModel.Save(In("a.png"), 3);
        using var json = JsonDocument.Parse(Predict(0, In("a.png"), "--json", "-").Output);
        Assert.Equal(["red", "green", "blue"], json.RootElement.GetProperty("joints").EnumerateArray().Select(j => j.GetString()));
        var picture = Assert.Single(json.RootElement.GetProperty("pictures").EnumerateArray());
        Assert.Equal(In("a.png"), picture.GetProperty("file").GetString());
        AssertJoints(spots, picture.GetProperty("people")[0]);
    }

    [Fact]
    public void A_device_that_is_not_there_is_one_line()
    {
        ColourModel.Save(In("a.png"), 3);
        var result = SinewCommand.Run("predict", "--model", _model, In("a.png"), "--json", "-", "--device", "cuda:77");
        Assert.True(result.ExitCode is 2, result.Error);
        Assert.DoesNotContain("unexpected", Assert.Single(Lines(result.Error)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nothing to write to", "IN")]
    [InlineData("there is no such file", "IN/none.jpg", "--json", "-")]
    [InlineData("no pictures or videos", "EMPTY", "--json", "-")]
    [InlineData("name it with --out", "IN", "--json", "-", "--draw")]
    [InlineData("--detect-every takes 1 or more", "IN", "--json", "-", "--detect-every", "0")]
    [InlineData("not a JPEG, PNG or WebP file", "IN/bad.jpg", "--json", "-")]
    [InlineData("leave one out", "IN/bad.jpg", "--json", "-", "--boxes", "b.json", "--detector", "d.onnx")]
    [InlineData("is a picture or video", "IN", "--json", "IN/bad.jpg")]
    [InlineData("is a folder", "IN", "--json", "EMPTY")]
    [InlineData("both a file of --out and --json", "IN", "--out", "EMPTY", "--json", "EMPTY/run.json")]
    [InlineData("is no folder", "IN", "--json", "IN/bad.jpg/poses.json")]
    [InlineData("--min-score 'nan' is not a number", "IN", "--json", "-", "--min-score", "nan")]
    public void What_cannot_be_done_is_one_line(string expected, params string[] args)
    {
        Directory.CreateDirectory(In());
        Directory.CreateDirectory(_folder.File("empty"));
        File.WriteAllText(In("bad.jpg"), "no picture");
        var result = Predict(2, [.. args.Select(a => a.Replace("IN", In(), StringComparison.Ordinal).Replace("EMPTY", _folder.File("empty"), StringComparison.Ordinal))]);
        Assert.Contains(expected, Assert.Single(Lines(result.Error)), StringComparison.Ordinal);
    }

    private static void NeedFfmpeg() => Assert.SkipUnless(
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(p => File.Exists(Path.Combine(p, "ffmpeg"))), "ffmpeg is not installed");

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static void AssertJoints((float X, float Y)[] expected, JsonElement person)
    {
        var joints = person.GetProperty("keypoints");
        for (var j = 0; j < expected.Length; j++)
        {
            Assert.Equal(expected[j].X, joints[3 * j].GetDouble(), 3.0);
            Assert.Equal(expected[j].Y, joints[(3 * j) + 1].GetDouble(), 3.0);
        }
    }

    private string In(string name = "") => _folder.File(Path.Combine("in", name)).TrimEnd('/');

    private string Out(string name = "") => _folder.File(Path.Combine("out", name));

    private SinewCommand.Result Predict(int exit, params string[] args)
    {
        var result = SinewCommand.Run(["predict", "--model", _model, .. args]);
        Assert.True(result.ExitCode == exit, $"{result.ExitCode}: {result.Error}");
        return result;
    }

    private List<JsonElement> Records() => [.. File.ReadLines(Out("poses.jsonl")).Select(l => JsonDocument.Parse(l).RootElement)];

    private string Video(string name, int frames, Func<int, (float X, float Y)[]> spots)
    {
        Directory.CreateDirectory(In());
        var random = new Random(1);
        using var writer = VideoWriter.Create(In(name), 2 * ColourModel.Width, 2 * ColourModel.Height, new FrameRate(25, 1));
        for (var i = 0; i < frames; i++)
        {
            using var image = new Image(2 * ColourModel.Width, 2 * ColourModel.Height);
            // some noise, so that every frame takes its part of the file
            foreach (ref var value in image.Pixels) value = (byte)random.Next(40);
            ColourModel.Spots(image, spots(i));
            writer.Write(image);
        }

        writer.Complete();
        return In(name);
    }

    /// <summary>Answers one request after the other.</summary>
    private sealed class Server : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

        public Server(Func<string, (int Code, byte[] Body)> answer)
        {
            _listener.Start();
            _ = Task.Run(async () =>
            {
                while (true)
                {
                    using var client = await _listener.AcceptTcpClientAsync();
                    var stream = client.GetStream();
                    using var reader = new StreamReader(stream, Encoding.ASCII, leaveOpen: true);
                    var path = (await reader.ReadLineAsync())!.Split(' ')[1];
                    while (await reader.ReadLineAsync() is { Length: > 0 })
                    {
                    }

                    var (code, body) = answer(path);
                    // the length is not told, so that the reader has to count
                    await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {code} answer\r\n{(code == 302 ? "Location: //\r\n" : "")}Connection: close\r\n\r\n"));
                    try
                    {
                        await stream.WriteAsync(body);
                    }
                    catch (IOException)
                    {
                        // the reader has had enough
                    }
                }
            });
        }

        public string Url(string path) => $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/{path}";

        public void Dispose() => _listener.Dispose();
    }
}
