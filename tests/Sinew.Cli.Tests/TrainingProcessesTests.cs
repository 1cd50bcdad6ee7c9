using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Sinew.TestSupport;
using Sinew.Training.Methods;
using Sinew.Training.TestData;
using Sinew.Training.Tests.Methods;

namespace Sinew.Cli.Tests;

/// <summary><c>train</c> in several processes, started by itself or by a launcher.</summary>
public sealed class TrainingProcessesTests : IDisposable
{
    private const string Schedule = """
          steps: 12
          batch: 4
          warm_up_steps: 2
          learning_rate: 0.001
          clip_norm: 5
          ema_momentum: 0.1
          checkpoint_every: 1
          evaluate_every: 6
          threads: 1
        """;

    private readonly TempFolder _folder = new();

    public static TheoryData<string> Methods => [.. MethodNames.All];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Methods))]
    public void Losses_and_gradients_of_shared_batches_are_those_of_whole_ones(string method)
    {
        MethodRuns.Teacher(_folder, "big.safetensors", "s", "body21");
        var trained = TrainingMethods.NeedsTrained(method);
        if (trained) MethodRuns.Teacher(_folder, "first.safetensors", "t", "body21");
        var teachers = method switch
        {
            MethodNames.DwPoseStage1 => "teachers: [{name: big, model: big.safetensors}]",
            MethodNames.DwPoseStage2 => "",
            _ => "teachers: [{name: big, model: big.safetensors, mode: cached, threshold: 0}]",
        };
        var recipe = _folder.File("method.yaml");
        var body = $"method: {method}\n{teachers}{(trained ? "" : "\nwarm_start: {coarse_map: 0.5}")}";
        File.WriteAllText(recipe, MethodRuns.Recipe(_folder, "body21", body, 10, trained ? "  initial: first.safetensors" : "").Text);
        // Batch norms of four values make much of the sums' other order, and every step makes more of it. A count that is not the whole batch's
        // would show by tens of percents in the first step, a gradient that is not summed in the next.
        foreach (var (steps, within) in new[] { (1, 1e-4), (3, 2e-2) })
        {
            string[] train = ["train", recipe, "--set", $"schedule.steps={steps}"];
            var (one, two) = (_folder.File($"one{steps}"), _folder.File($"two{steps}"));
            Succeeds(Run([.. train, "--out", one]));
            Succeeds(Run([.. train, "--out", two, "--processes", "2"]));
            var (alone, shared) = (LastStep(one), LastStep(two));
            Assert.Equal(alone.Keys, shared.Keys);
            Assert.Contains("gradient_norm", alone.Keys);
            foreach (var name in alone.Keys.Where(k => k != "people_per_second"))
                Assert.True(Math.Abs(alone[name] - shared[name]) <= within * Math.Max(1, Math.Abs(alone[name])), $"{method}, {steps} steps: {name} {alone[name]} and {shared[name]}");
        }
    }

    [Fact]
    public async Task A_training_of_two_processes_that_is_killed_ends_both_and_resumes_to_the_bit()
    {
        var recipe = TinyData.Write(_folder.FullName, 7, Schedule);
        var (whole, killed) = (_folder.File("whole"), _folder.File("killed"));
        Succeeds(Run("train", recipe, "--out", whole, "--processes", "2"));
        using (var process = Start("train", recipe, "--out", killed, "--processes", "2"))
        {
            await Until(process, () => File.Exists(Path.Combine(killed, "last.safetensors")));
            var other = Assert.Single(ChildrenOf(process));
            process.Kill();
            process.WaitForExit();
            Assert.True(other.WaitForExit(TimeSpan.FromSeconds(30)), "the second process goes on without the first");
        }

        Succeeds(Run("train", recipe, "--out", killed, "--processes", "2", "--resume"));
        foreach (var file in new[] { "model.safetensors", "last.safetensors", "best.safetensors" })
            Assert.Equal(File.ReadAllBytes(Path.Combine(whole, file)), File.ReadAllBytes(Path.Combine(killed, file)));
    }

    [Fact]
    public async Task A_process_that_is_killed_is_named_and_the_training_goes_on_from_its_last_state()
    {
        var recipe = TinyData.Write(_folder.FullName, 7, Schedule.Replace("steps: 12", "steps: 4000", StringComparison.Ordinal));
        var run = _folder.File("run");
        using (var process = Start("train", recipe, "--out", run, "--processes", "2"))
        {
            var error = process.StandardError.ReadToEndAsync();
            await Until(process, () => File.Exists(Path.Combine(run, "last.safetensors")));
            Assert.Single(ChildrenOf(process)).Kill();
            process.WaitForExit();
            Assert.Equal(2, process.ExitCode);
            Assert.Equal("process 1 of 2 was ended by signal 9: go on with --resume", (await error).Trim().Split('\n')[^1]["sinew: ".Length..]);
        }

        // with one process, as the state is that of the training and not of its processes
        using var again = Start("train", recipe, "--out", run, "--resume");
        var words = again.StandardError.ReadToEndAsync();
        await Task.Delay(3000);
        again.Send(Signals.Terminate);
        again.WaitForExit();
        Assert.Contains("going on at step", await words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_polite_stop_of_the_first_stops_all_after_the_same_step()
    {
        var recipe = TinyData.Write(_folder.FullName, 7, Schedule.Replace("steps: 12", "steps: 4000", StringComparison.Ordinal));
        var run = _folder.File("run");
        using var process = Start("train", recipe, "--out", run, "--processes", "2");
        var error = process.StandardError.ReadToEndAsync();
        await Until(process, () => File.Exists(Path.Combine(run, "last.safetensors")));
        var other = Assert.Single(ChildrenOf(process));
        process.Send(Signals.Terminate);
        process.WaitForExit();
        Assert.Equal(130, process.ExitCode);
        Assert.Contains("--resume", await error, StringComparison.Ordinal);
        Assert.True(other.WaitForExit(TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public void Stages_and_lists_run_in_several_processes()
    {
        MethodRuns.Teacher(_folder, "big.safetensors", "s", "body21");
        var recipe = _folder.File("stages.yaml");
        File.WriteAllText(recipe, MethodRuns.Recipe(_folder, "body21", """
            teachers: [{name: big, model: big.safetensors, mode: cached, threshold: 0}]
            structure: {pairs: all}
            refine: {width: 16}
            stages:
              - {name: one, method: coarse-to-fine-stage1}
              - {name: two, method: coarse-to-fine-stage2}
            """, 3).Text);
        var runs = _folder.File("runs");
        var list = Run("train", recipe, "--seeds", "2", "--out", runs, "--processes", "2");
        Succeeds(list);
        Assert.All(new[] { "short-seed3", "short-seed4" }, seed => Assert.True(File.Exists(Path.Combine(runs, seed, "model.safetensors"))));
        // a stage that is done is not done again, nor a training of a list
        File.Delete(Path.Combine(runs, "short-seed3", "model.safetensors"));
        File.Delete(Path.Combine(runs, "short-seed3", "two", "model.safetensors"));
        File.Delete(Path.Combine(runs, "short-seed3", "two", "last.safetensors"));
        var again = Run("train", recipe, "--seeds", "2", "--out", runs, "--processes", "2");
        Succeeds(again);
        Assert.Contains("short-seed4: finished before", again.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("stage one", again.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Processes_of_a_launcher_find_each_other_and_the_first_alone_writes_and_speaks()
    {
        var recipe = TinyData.Write(_folder.FullName, 7, Schedule);
        var (run, other) = (_folder.File("run"), _folder.File("other"));
        var port = FreePort();
        using var second = SinewCommand.Start(Launched(1, 2, port), "train", recipe, "--out", other);
        var (words, output) = (second.StandardError.ReadToEndAsync(), second.StandardOutput.ReadToEndAsync());
        var first = SinewCommand.Run(Launched(0, 2, port), "train", recipe, "--out", run);
        Succeeds(first);
        second.WaitForExit();
        Assert.Equal((0, "", ""), (second.ExitCode, await words, await output));
        Assert.True(File.Exists(Path.Combine(run, "model.safetensors")));
        Assert.False(Directory.Exists(other));

        var alone = _folder.File("alone");
        Succeeds(SinewCommand.Run(Launched(0, 2, port), "train", recipe, "--out", alone, "--processes", "1"));
        Assert.True(Math.Abs(LastStep(run)["loss/total"] - LastStep(alone)["loss/total"]) < 1e-2);
    }

    /// <summary>Two network namespaces with a cable between them: what one of them calls itself says nothing to the other.</summary>
    [Fact]
    public async Task Machines_with_networks_of_their_own_train_together()
    {
        var id = Environment.ProcessId;
        string[] machines = [$"sinew{id}a", $"sinew{id}b"];
        string[][] cable =
        [
            ["netns", "add", machines[0]], ["netns", "add", machines[1]], ["link", "add", $"a{id}", "netns", machines[0], "type", "veth", "peer", "name", $"b{id}", "netns", machines[1]],
            ["-n", machines[0], "addr", "add", "10.99.0.1/24", "dev", $"a{id}"], ["-n", machines[1], "addr", "add", "10.99.0.2/24", "dev", $"b{id}"],
            ["-n", machines[0], "link", "set", "lo", "up"], ["-n", machines[1], "link", "set", "lo", "up"],
            ["-n", machines[0], "link", "set", $"a{id}", "up"], ["-n", machines[1], "link", "set", $"b{id}", "up"],
        ];
        try
        {
            foreach (var step in cable) Assert.SkipUnless(Ip(step), "network namespaces cannot be made here: they need root and 'ip' of iproute2");
            var recipe = TinyData.Write(_folder.FullName, 7, Schedule);
            var run = _folder.File("run");
            using var second = Machine(1, _folder.File("none"));
            var error = second.StandardError.ReadToEndAsync();
            using var first = Machine(0, run);
            var words = await first.StandardError.ReadToEndAsync();
            first.WaitForExit();
            second.WaitForExit();
            Assert.True((first.ExitCode, second.ExitCode) == (0, 0), $"{words}\n{await error}");
            Assert.True(File.Exists(Path.Combine(run, "model.safetensors")));

            Process Machine(int rank, string folder)
            {
                string[] train = ["netns", "exec", machines[rank], Path.Combine(AppContext.BaseDirectory, "Sinew.Cli"), "train", recipe, "--out", folder];
                var start = new ProcessStartInfo("ip", train) { RedirectStandardError = true, RedirectStandardOutput = true };
                Launched(rank, 2, 29500, "10.99.0.1")(start);
                start.Environment["LOCAL_RANK"] = "0";
                start.Environment["LOCAL_WORLD_SIZE"] = "1";
                return Process.Start(start)!;
            }
        }
        finally
        {
            foreach (var machine in machines) Ip("netns", "delete", machine);
        }
    }

    [Fact]
    public async Task Processes_that_were_given_different_things_say_so()
    {
        var recipe = TinyData.Write(_folder.FullName, 7, Schedule);
        var port = FreePort();
        using var second = SinewCommand.Start(Launched(1, 2, port), "train", recipe, "--set", "seed=9");
        var words = second.StandardError.ReadToEndAsync();
        var first = SinewCommand.Run(Launched(0, 2, port), "train", recipe, "--out", _folder.File("run"));
        second.WaitForExit();
        Assert.Equal((2, 2), (first.ExitCode, second.ExitCode));
        Assert.All(new[] { first.Error, await words }, e => Assert.Contains("the recipes of the processes differ", e, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("0", null, "--processes 0: give 1 or more")]
    [InlineData("3", null, "schedule.batch is 4")]
    [InlineData("2", "RANK=1 WORLD_SIZE=4 MASTER_PORT=4000", "has started 4 processes already")]
    [InlineData(null, "RANK=one WORLD_SIZE=4", "RANK is 'one'")]
    public void What_cannot_be_is_one_line(string? processes, string? variables, string message)
    {
        var recipe = TinyData.Write(_folder.FullName, 4, Schedule);
        string[] count = processes is null ? [] : ["--processes", processes];
        var result = SinewCommand.Run(
            start =>
            {
                foreach (var variable in variables?.Split(' ') ?? []) start.Environment[variable.Split('=')[0]] = variable.Split('=')[1];
            },
            ["train", recipe, "--out", _folder.File("run"), .. count]);
        Assert.Equal(2, result.ExitCode);
        Assert.Contains(message, Assert.Single(result.Error.Trim().Split('\n')), StringComparison.Ordinal);
    }

    private static SinewCommand.Result Run(params string[] args) => SinewCommand.Run(args);

    private static Process Start(params string[] args) => SinewCommand.Start(null, args);

    private static void Succeeds(SinewCommand.Result result) => Assert.True(result.ExitCode == 0, result.Error);

    private static bool Ip(params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo("ip", arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    private static Action<ProcessStartInfo> Launched(int rank, int size, int port, string host = "127.0.0.1") => start =>
    {
        start.Environment["RANK"] = rank.ToString(CultureInfo.InvariantCulture);
        start.Environment["WORLD_SIZE"] = size.ToString(CultureInfo.InvariantCulture);
        start.Environment["MASTER_ADDR"] = host;
        start.Environment["MASTER_PORT"] = port.ToString(CultureInfo.InvariantCulture);
    };

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static async Task Until(Process process, Func<bool> there)
    {
        while (!process.HasExited && !there()) await Task.Delay(5);
        Assert.True(!process.HasExited, "the training has ended too soon");
    }

    private static Process[] ChildrenOf(Process process) =>
    [
        .. File.ReadAllText($"/proc/{process.Id}/task/{process.Id}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(id => Process.GetProcessById(int.Parse(id, CultureInfo.InvariantCulture))).Where(p => p.ProcessName.StartsWith("Sinew", StringComparison.Ordinal)),
    ];

    private static Dictionary<string, double> LastStep(string run) =>
        File.ReadLines(Path.Combine(run, "log.jsonl")).Select(line => JsonDocument.Parse(line).RootElement).Last(e => e.GetProperty("event").GetString() == "step")
            .EnumerateObject().Where(p => p.Name != "step" && p.Value.ValueKind == JsonValueKind.Number).ToDictionary(p => p.Name, p => p.Value.GetDouble());
}
