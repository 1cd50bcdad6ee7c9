using System.Text.Json;
using Sinew.TestSupport;
using Sinew.Training.TestData;

namespace Sinew.Cli.Tests;

/// <summary><c>export</c> as a process, and what the other verbs make of its files.</summary>
public sealed class ExportCommandTests : IDisposable
{
    private const string Schedule = """
          steps: 2
          batch: 3
          warm_up_steps: 1
          learning_rate: 0.001
          checkpoint_every: 1
          ema_momentum: 0.3
          threads: 1
        """;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Nobody_to_calibrate_with_is_refused() =>
        Assert.Contains("--people takes 1 or more, not 0", SinewCommand.Run("export", "m.safetensors", "--precision", "int8", "--calibrate", "x.json", "--people", "0").Error, StringComparison.Ordinal);

    [Fact]
    public void An_exported_file_alone_predicts_and_scores_as_the_weights_do()
    {
        var run = Train();
        var onnx = Path.Combine(_folder.File("elsewhere"), "net.onnx");
        Ok("export", run, "--to", "onnx", "--out", onnx);
        Assert.Equal([onnx], Directory.GetFiles(Path.GetDirectoryName(onnx)!));
        var (weights, exported) = (Score(run), Score(onnx));
        Assert.Equal(weights, exported, 1e-9);

        var decoded = _folder.File("decoded.onnx");
        Ok("export", run, "--decode", "--out", decoded);
        Assert.Equal(weights, Score(decoded), 1e-9);

        var predicted = Keypoints(run);
        Assert.Equal(14 * 3 * 3, predicted.Length);
        foreach (var file in new[] { onnx, decoded })
        {
            foreach (var (a, b) in predicted.Zip(Keypoints(file))) Assert.Equal(a, b, 1e-3);
        }

        var info = Ok("model", "info", onnx);
        foreach (var part in new[] { "rtmpose-t", "lsp14", "64x64", "SimCC", "right_ankle", "tiny", "2 steps", "people/PCK", "box x 1.25" }) Assert.Contains(part, info, StringComparison.Ordinal);
    }

    [Fact]
    public void A_checkpoint_gives_its_averaged_weights()
    {
        var run = Train();
        var (fromRun, fromCheckpoint) = (_folder.File("run.safetensors"), _folder.File("checkpoint.safetensors"));
        Ok("export", run, "--to", "safetensors", "--out", fromRun);
        Ok("export", Path.Combine(run, "last.safetensors"), "--to", "safetensors", "--out", fromCheckpoint);

        // the numbers are the same; the run's own file also knows its scores
        Assert.Equal(Tail(fromRun), Tail(fromCheckpoint));
        Assert.Equal(File.ReadAllBytes(Path.Combine(run, "model.safetensors")), File.ReadAllBytes(fromRun));
    }

    [Fact]
    public void Weights_for_PyTorch_come_back()
    {
        var run = Train();
        var (pth, card) = (_folder.File("net.pth"), _folder.File("net.yaml"));
        Ok("export", run, "--to", "pth", "--out", pth);
        File.WriteAllText(card, "name: n\nkind: pose\nfile: net.pth\nnetwork: rtmpose-t\nskeleton: lsp14\ninput: {width: 64, height: 64, mean: [123.675, 116.28, 103.53], std: [58.395, 57.12, 57.375]}\noutput: {kind: simcc}\n");
        Assert.Equal(Score(run), Score(pth), 1e-9);
    }

    [Fact]
    public void Fewer_bits_are_learned_from_people_or_pictures_and_predict_nearly_the_same()
    {
        var run = Train();
        var (full, half, labelled, pictures) = (_folder.File("32.onnx"), _folder.File("16.onnx"), _folder.File("8.onnx"), _folder.File("8p.onnx"));
        Ok("export", run, "--out", full);
        Ok("export", run, "--precision", "fp16", "--out", half);
        Ok("export", run, "--precision", "int8", "--calibrate", _folder.File("people.json"), "--images", _folder.File("images"), "--skeleton", "lsp14", "--out", labelled);
        Ok("export", run, "--precision", "int8", "--calibrate", _folder.File("images"), "--people", "2", "--decode", "--out", pictures);
        Assert.All([half, labelled, pictures], f => Assert.InRange(new FileInfo(f).Length, 1000, 0.55 * new FileInfo(full).Length));
        foreach (var (a, b) in Scores(full).Zip(Scores(half))) Assert.Equal(a, b, 1e-3);
        foreach (var file in new[] { labelled, pictures })
        {
            // hardly trained: its scores are small numbers, their order of size is what must stay
            foreach (var (a, b) in Scores(full).Zip(Scores(file))) Assert.InRange(b, a - 0.05, a + 0.05);
        }

        IEnumerable<double> Scores(string model) => Keypoints(model).Where((_, i) => i % 3 == 2);
    }

    [Theory]
    [InlineData("--calibrate", "export", "FOLDER", "--precision", "int8")]
    [InlineData("--precision int8", "export", "FOLDER", "--calibrate", "FOLDER")]
    [InlineData("holds neither", "export", "FOLDER")]
    [InlineData("no such file", "export", "FOLDER/nowhere.safetensors")]
    [InlineData("--decode", "export", "FOLDER", "--to", "pth", "--decode")]
    public void What_cannot_be_exported_is_one_line(string expected, params string[] args)
    {
        var result = SinewCommand.Run([.. args.Select(a => a.Replace("FOLDER", _folder.FullName, StringComparison.Ordinal))]);
        Assert.Equal(2, result.ExitCode);
        Assert.Contains(expected, Assert.Single(result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }

    private static string Ok(params string[] args)
    {
        var result = SinewCommand.Run(args);
        Assert.True(result.ExitCode == 0, result.Error);
        return result.Output;
    }

    /// <summary>The tensors' bytes, without the header.</summary>
    private static byte[] Tail(string safeTensors)
    {
        var file = File.ReadAllBytes(safeTensors);
        return file[(8 + BitConverter.ToInt32(file))..];
    }

    private string Train()
    {
        var run = _folder.File("run");
        Ok("train", TinyData.Write(_folder.FullName, 3, Schedule), "--out", run);
        return run;
    }

    private double Score(string model)
    {
        using var json = JsonDocument.Parse(Ok(
            "eval", "--model", model, "--data", _folder.File("people.json"), "--images", _folder.File("images"), "--skeleton", "lsp14", "--protocol", "pck", "--json", "-"));
        return json.RootElement.GetProperty("metrics").GetProperty("PCK").GetDouble();
    }

    private double[] Keypoints(string model)
    {
        using var json = JsonDocument.Parse(Ok("predict", "--model", model, _folder.File("images"), "--json", "-"));
        return [.. json.RootElement.GetProperty("pictures").EnumerateArray()
            .SelectMany(p => p.GetProperty("people")[0].GetProperty("keypoints").EnumerateArray().Select(v => v.GetDouble()))];
    }
}
