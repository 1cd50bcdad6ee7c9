using System.Text.Json;
using Sinew.TestSupport;

namespace Sinew.Cli.Tests;

/// <summary><c>quickstart</c> as a process, at its smallest.</summary>
public sealed class QuickstartCommandTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_whole_story_runs_stops_goes_on_and_is_not_done_twice()
    {
        var (quickstart, json) = (_folder.File("quickstart"), _folder.File("result.json"));
        string[] command = ["quickstart", "--fast", "--steps", "3", "--out", quickstart, "--json", json];
        using (var process = SinewCommand.Start(null, command))
        {
            // stopped between two students
            var error = process.StandardError.ReadToEndAsync();
            while (!process.HasExited && !File.Exists(Path.Combine(quickstart, "runs", "only-a", "model.safetensors"))) Thread.Sleep(5);
            process.Kill();
            process.WaitForExit();
        }

        Assert.False(File.Exists(json));
        var first = File.GetLastWriteTimeUtc(Path.Combine(quickstart, "runs", "only-a", "model.safetensors"));
        var run = SinewCommand.Run(command);
        Assert.True(run.ExitCode == 0, run.Error);
        Assert.DoesNotContain("train only-a", run.Error, StringComparison.Ordinal);
        Assert.Equal(first, File.GetLastWriteTimeUtc(Path.Combine(quickstart, "runs", "only-a", "model.safetensors")));
        Assert.Contains("sinew predict --model", run.Output, StringComparison.Ordinal);
        Assert.True(new FileInfo(Path.Combine(quickstart, "report.html")).Length > 10_000);
        Assert.Equal(4, Directory.GetFiles(Path.Combine(quickstart, "pictures"), "*.png").Length);

        using (var result = JsonDocument.Parse(File.ReadAllBytes(json)))
        {
            var students = result.RootElement.GetProperty("students");
            foreach (var name in new[] { "only-a", "only-b", "unified", "unified-taught" })
            {
                foreach (var score in students.GetProperty(name).EnumerateObject()) Assert.InRange(score.Value.GetDouble(), 0, 1);
            }

            // a student cannot find joints that it does not have; only the thorax can be derived from others
            Assert.Equal(0, students.GetProperty("only-b").GetProperty("b-truth-unseen").GetDouble());
            Assert.True(File.Exists(result.RootElement.GetProperty("model").GetString()));
        }

        var again = SinewCommand.Run(command);
        Assert.Equal(0, again.ExitCode);
        Assert.DoesNotContain("train ", again.Error, StringComparison.Ordinal);

        var other = SinewCommand.Run("quickstart", "--fast", "--seed", "2", "--out", quickstart);
        Assert.Equal(2, other.ExitCode);
        Assert.Contains("other options", other.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_polite_stop_anywhere_says_how_to_go_on()
    {
        var quickstart = _folder.File("quickstart");
        using var process = SinewCommand.Start(null, "quickstart", "--out", quickstart);
        var error = process.StandardError.ReadToEndAsync();
        // while its people are drawn, long before a training could be asked to stop
        while (!process.HasExited && !Directory.Exists(Path.Combine(quickstart, "data"))) await Task.Delay(5);
        process.Send(Signals.Interrupt);
        process.WaitForExit();
        Assert.Equal(130, process.ExitCode);
        Assert.Contains("interrupted; the same command goes on where this one was", await error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_with_other_files_is_left_alone()
    {
        File.WriteAllText(_folder.File("mine.txt"), "mine");
        var run = SinewCommand.Run("quickstart", "--fast", "--out", _folder.FullName);
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("other files", run.Error, StringComparison.Ordinal);
        Assert.Single(Directory.GetFileSystemEntries(_folder.FullName));
    }
}
