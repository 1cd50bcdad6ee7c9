using System.Text.Json;

namespace Sinew.Cli.Tests;

public class FrameTests
{
    [Fact]
    public void VersionIsOneLine()
    {
        var result = SinewCommand.Run("--version");

        Assert.Equal(0, result.ExitCode);
        Assert.Matches(@"^sinew \d+\.\d+\.\d+\S*\n$", result.Output);
        Assert.Empty(result.Error);
    }

    [Fact]
    public void HelpListsVerbsAndExamples()
    {
        var result = SinewCommand.Run("--help");

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("doctor", result.Output, StringComparison.Ordinal);
        Assert.Contains("Examples:\n  sinew ", result.Output, StringComparison.Ordinal);
        Assert.Equal(result.Output, SinewCommand.Run().Output);
    }

    [Theory]
    [InlineData("unknown verb 'doctr' for sinew; did you mean 'doctor'?", "doctr")]
    [InlineData("unknown option '--jsom' for sinew doctor; did you mean '--json'?", "doctor", "--jsom", "x")]
    [InlineData("Required argument missing for option: '--json'", "doctor", "--json")]
    [InlineData("unknown argument 'now' for sinew doctor; 'sinew doctor --help' lists what there is", "doctor", "now")]
    [InlineData("unknown verb 'scroe' for sinew; did you mean 'score'?", "scroe", "--help")]
    [InlineData("unknown verb 'chek' for sinew data; did you mean 'check'?", "data", "chek", "-h")]
    [InlineData("sinew doctor: --json is empty; give it a value", "doctor", "--json", "")]
    [InlineData("sinew skeleton show: <skeleton> is empty; give it a value", "skeleton", "show", "")]
    [InlineData("sinew score: --gt is empty; give it a value", "score", "--gt", "", "--predictions", "x.json")]
    [InlineData("sinew data generate: --out is empty; give it a value", "data", "generate", "--people", "1", "--out", "")]
    [InlineData("sinew data generate: --difficulty '0,5' is not a number, such as 0.5", "data", "generate", "--people", "1", "--out", "x", "--difficulty", "0,5")]
    [InlineData("sinew predict: --min-score 'nan' is not a number, such as 0.5", "predict", "x.jpg", "--min-score", "nan")]
    [InlineData("--joints 2000000000: give 1 to 4096", "model", "info", "rtmpose-t", "--joints", "2000000000")]
    [InlineData("--input 99999968x99999968: larger than 4096 pixels a side", "model", "info", "rtmpose-t", "--input", "99999968x99999968")]
    public void WrongUsageIsOneLineAndExitCodeTwo(string expected, params string[] args)
    {
        var result = SinewCommand.Run(args);

        Assert.Equal(2, result.ExitCode);
        Assert.Empty(result.Output);
        Assert.Contains(expected, Assert.Single(Lines(result.Error)), StringComparison.Ordinal);
    }

    [Fact]
    public void NothingIsColouredInAPipe()
    {
        var result = SinewCommand.Run(start => start.Environment["TERM"] = "xterm-256color", "doctor");
        var error = SinewCommand.Run(start => start.Environment["TERM"] = "xterm-256color", "doctr");

        Assert.DoesNotContain('\e', result.Output);
        Assert.DoesNotContain('\e', error.Error);
    }

    [Fact]
    public void JsonOnStandardOutputStandsAlone()
    {
        var result = SinewCommand.Run("doctor", "--json", "-");

        Assert.Equal(0, result.ExitCode);
        using var json = JsonDocument.Parse(result.Output);
        Assert.Equal(Environment.ProcessorCount, json.RootElement.GetProperty("processors").GetInt32());
    }

    [Fact]
    public void JsonInAFileLeavesTheTextOnStandardOutput()
    {
        using var folder = new TemporaryFolder();
        var file = folder.File("deep/result.json");

        var result = SinewCommand.Run("doctor", "--json", file);

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("ffmpeg", result.Output, StringComparison.Ordinal);
        using var json = JsonDocument.Parse(File.ReadAllText(file));
        Assert.Equal(JsonValueKind.Array, json.RootElement.GetProperty("parts").ValueKind);
        Assert.Equal(["result.json"], Directory.GetFiles(Path.GetDirectoryName(file)!).Select(Path.GetFileName));
    }

    [Fact]
    public void AnUnwritablePlaceIsOneLine()
    {
        var result = SinewCommand.Run("skeleton", "list", "--json", "/proc/nowhere/result.json");

        Assert.Equal(2, result.ExitCode);
        Assert.StartsWith("sinew: /proc/nowhere/result.json: cannot be written", Assert.Single(Lines(result.Error)), StringComparison.Ordinal);
    }

    [Fact]
    public void AReaderThatStopsEarlyIsNoError()
    {
        using var process = SinewCommand.Start(null, "skeleton", "list");
        process.StandardOutput.Close();
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();

        Assert.Equal(0, process.ExitCode);
        Assert.Empty(error);
    }

    [Theory]
    [InlineData("SINEW_NATIVE", "libsinew_tensors.so")]
    [InlineData("SINEW_ONNXRUNTIME", "libonnxruntime.so.1")]
    public void ALibraryThatCannotBeLoadedComesWithTheLoadersReason(string variable, string name)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File(name), "no library");
        var result = SinewCommand.Run(start => start.Environment[variable] = folder.Root, "doctor");

        Assert.Contains(Lines(result.Error), line => line.Contains(name, StringComparison.Ordinal) && line.Contains("file too short", StringComparison.Ordinal));
    }

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
