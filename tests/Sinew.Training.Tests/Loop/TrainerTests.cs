using System.Text.Json;
using Sinew.Tensors;
using Sinew.Tensors.Files;
using Sinew.TestSupport;
using Sinew.Training.Loop;
using Sinew.Training.Models;
using Sinew.Training.Recipes;
using Sinew.Training.TestData;

namespace Sinew.Training.Tests.Loop;

public sealed class TrainerTests : IDisposable
{
    private const string Schedule = """
          steps: 10
          batch: 4
          warm_up_steps: 2
          learning_rate: 0.001
          checkpoint_every: 3
          ema_momentum: 0.1
          clip_norm: 5
          threads: 1
        """;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_training_stopped_anywhere_and_resumed_gives_the_weights_of_one_that_never_stopped()
    {
        var recipe = RecipeFile.Load(TinyData.Write(_folder.FullName, 7, Schedule));
        var whole = Path.Combine(_folder.FullName, "whole");
        new Trainer(recipe, whole).Run(resume: false, CancellationToken.None);

        var parts = Path.Combine(_folder.FullName, "parts");
        foreach (var stopAfter in new[] { 1, 4, 8 })
        {
            using var stop = new CancellationTokenSource();
            var result = new Trainer(recipe, parts) { Progress = p => { if (p.Step == stopAfter) stop.Cancel(); } }.Run(resume: stopAfter > 1, stop.Token);
            Assert.Equal(stopAfter, result.Step);
        }

        new Trainer(recipe, parts).Run(resume: true, CancellationToken.None);
        Assert.Equal(File.ReadAllBytes(Path.Combine(whole, Trainer.LastFile)), File.ReadAllBytes(Path.Combine(parts, Trainer.LastFile)));
        Assert.Equal(File.ReadAllBytes(Path.Combine(whole, Trainer.ModelFileName)), File.ReadAllBytes(Path.Combine(parts, Trainer.ModelFileName)));
    }

    [Fact]
    public void A_training_that_is_stopped_while_it_is_scored_keeps_its_steps_and_is_scored_when_it_goes_on()
    {
        var recipe = RecipeFile.Load(TinyData.Write(_folder.FullName, 7, $"{Schedule}\n  evaluate_every: 4"));
        var whole = Path.Combine(_folder.FullName, "whole");
        new Trainer(recipe, whole).Run(resume: false, CancellationToken.None);

        var parts = Path.Combine(_folder.FullName, "parts");
        foreach (var (stopAt, stands) in new[] { (4, 4L), (10, 10L) })
        {
            // cancelled by the step that is scored next
            using var stop = new CancellationTokenSource();
            var trainer = new Trainer(recipe, parts) { Progress = p => { if (p.Step == stopAt) stop.Cancel(); } };
            var result = trainer.Run(resume: stopAt > 4, stop.Token);
            Assert.Equal((stands, false), (result.Step, result.Finished));
        }

        var end = new Trainer(recipe, parts).Run(resume: true, CancellationToken.None);
        Assert.True(end.Finished);
        Assert.Single(end.Evaluations);
        Assert.Equal(Evaluations(whole), Evaluations(parts));
        Assert.Equal(File.ReadAllBytes(Path.Combine(whole, Trainer.BestFile)), File.ReadAllBytes(Path.Combine(parts, Trainer.BestFile)));
        Assert.Equal(File.ReadAllBytes(Path.Combine(whole, Trainer.ModelFileName)), File.ReadAllBytes(Path.Combine(parts, Trainer.ModelFileName)));

        static IEnumerable<(int, double)> Evaluations(string folder) => File.ReadLines(Path.Combine(folder, "log.jsonl")).Select(line => JsonDocument.Parse(line).RootElement)
            .Where(line => line.TryGetProperty("PCK", out _)).Select(line => (line.GetProperty("step").GetInt32(), line.GetProperty("PCK").GetDouble()));
    }

    [Fact]
    public void What_would_be_scored_at_the_end_is_looked_at_before_the_first_step()
    {
        var path = TinyData.Write(_folder.FullName, 4, Schedule);
        var text = File.ReadAllText(path);
        foreach (var (what, instead, message) in new[]
        {
            ("annotations: people.json", "annotations: nowhere.json", "nowhere"), ("images: images", "images: nowhere", "nowhere"),
            ("protocol: pck", "protocol: wholebody", "lsp14's 14 joints"), ("protocol: pck", "protocol: crowdpose", "no crowdIndex"),
        })
        {
            var at = text.LastIndexOf(what, StringComparison.Ordinal);
            File.WriteAllText(path, string.Concat(text.AsSpan(0, at), instead, text.AsSpan(at + what.Length)));
            var steps = 0;
            var e = Assert.Throws<SinewException>(() => new Trainer(RecipeFile.Load(path), Path.Combine(_folder.FullName, "run")) { Progress = _ => steps++ }.Run(resume: false, CancellationToken.None));
            Assert.Contains(message, e.Message, StringComparison.Ordinal);
            Assert.Equal(0, steps);
        }
    }

    [Fact]
    public void A_picture_that_is_gone_costs_no_step_that_is_done()
    {
        var recipe = RecipeFile.Load(TinyData.Write(_folder.FullName, 7, Schedule.Replace("checkpoint_every: 3", "checkpoint_every: 100", StringComparison.Ordinal)));
        var folder = Path.Combine(_folder.FullName, "run");
        var images = Directory.GetFiles(Path.Combine(_folder.FullName, "images"));
        var trainer = new Trainer(recipe, folder) { Progress = p => { if (p.Step == 2) foreach (var image in images) File.Move(image, image + ".gone"); } };
        var e = Assert.Throws<SinewException>(() => trainer.Run(resume: false, CancellationToken.None));
        Assert.Contains("no such file", e.Message, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(folder, Trainer.LastFile)));
        foreach (var image in images) File.Move(image + ".gone", image);
        Assert.True(new Trainer(recipe, folder).Run(resume: true, CancellationToken.None).Finished);
    }

    [Theory]
    [InlineData("seed=9", "seed")]
    [InlineData("schedule.batch=2", "schedule.batch")]
    [InlineData("student.skeleton=coco17", "student")]
    [InlineData("datasets.0.minimum_joints=3", "datasets")]
    public void A_resumed_training_is_the_one_that_was_begun(string setting, string key)
    {
        var path = TinyData.Write(_folder.FullName, 4, Schedule);
        var folder = Path.Combine(_folder.FullName, "run");
        using var stop = new CancellationTokenSource();
        new Trainer(RecipeFile.Load(path), folder) { Progress = _ => stop.Cancel() }.Run(resume: false, stop.Token);
        var e = Assert.Throws<SinewException>(() => new Trainer(RecipeFile.Load(path, [setting]), folder).Run(resume: true, CancellationToken.None));
        Assert.Contains($"begun with another {key},", e.Message, StringComparison.Ordinal);
        // how long and how fast may change
        Assert.True(new Trainer(RecipeFile.Load(path, ["schedule.steps=2", "schedule.learning_rate=0.0001"]), folder).Run(resume: true, CancellationToken.None).Finished);
    }

    [Fact]
    public void A_slow_average_follows_closely_at_first()
    {
        var recipe = RecipeFile.Load(TinyData.Write(_folder.FullName, 4, Schedule.Replace("ema_momentum: 0.1", "ema_momentum: 0.0002", StringComparison.Ordinal)));
        var folder = Path.Combine(_folder.FullName, "run");
        new Trainer(recipe, folder).Run(resume: false, CancellationToken.None);
        using var scope = new TensorScope();
        var network = SafeTensors.Read(Path.Combine(folder, Trainer.LastFile))["model.head.cls_x.weight"];
        var average = SafeTensors.Read(Path.Combine(folder, Trainer.ModelFileName))["head.cls_x.weight"];
        var apart = (network - average).Abs().Max().Item();
        // ten steps of 0.001 moved it by some thousandths; the average is a small part of one step behind
        Assert.InRange(apart, 1e-9, 1e-4);
    }

    [Fact]
    public void A_folder_belongs_to_one_training_at_a_time()
    {
        var recipe = RecipeFile.Load(TinyData.Write(_folder.FullName, 4, Schedule));
        var folder = Path.Combine(_folder.FullName, "run");
        var second = "";
        new Trainer(recipe, folder)
        {
            Progress = p =>
            {
                if (p.Step == 1) second = Assert.Throws<SinewException>(() => new Trainer(recipe, folder).Run(resume: false, CancellationToken.None)).Message;
            },
        }.Run(resume: false, CancellationToken.None);
        Assert.Contains("another training is writing into it", second, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(folder, "running.lock")));
    }

    [Fact]
    public void The_loss_falls_and_the_model_file_is_complete()
    {
        var recipe = RecipeFile.Load(TinyData.Write(_folder.FullName, 4, Schedule.Replace("steps: 10", "steps: 60", StringComparison.Ordinal)));
        var losses = new List<double>();
        var result = new Trainer(recipe, Path.Combine(_folder.FullName, "run")) { Progress = p => losses.Add(p.Loss) }.Run(resume: false, CancellationToken.None);
        Assert.Equal(60, losses.Count);
        Assert.InRange(losses.TakeLast(10).Average(), 0, losses.Take(10).Average() - 0.2);
        using var student = Student.Load(result.ModelPath, Device.Cpu);
        Assert.Equal("lsp14", student.Skeleton.Name);
        Assert.Equal(Enumerable.Range(0, 14), Assert.Single(student.Description.Origins!).Joints);
        Assert.Single(result.Evaluations);
    }

    [Fact]
    public void A_student_learns_from_people_who_are_generated()
    {
        var path = TinyData.Write(_folder.FullName, 4, Schedule.Replace("threads: 1", "threads: 1\n  evaluate_every: 0", StringComparison.Ordinal));
        var text = File.ReadAllText(path).Replace(
            "    annotations: people.json\n    images: images\n    skeleton: lsp14\nschedule", "    generated: {domain: truth, people: 40, skeleton: lsp14}\nschedule", StringComparison.Ordinal);
        File.WriteAllText(path, text);
        var losses = new List<double>();
        new Trainer(RecipeFile.Load(path), Path.Combine(_folder.FullName, "run")) { Progress = p => losses.Add(p.Loss) }.Run(resume: false, CancellationToken.None);

        Assert.Contains("generated:", text, StringComparison.Ordinal);
        Assert.Equal(10, losses.Count);
        Assert.All(losses, l => Assert.True(double.IsFinite(l)));
    }

    [Fact]
    public void A_loss_that_is_no_number_names_its_batch_and_leaves_the_last_checkpoint()
    {
        var recipe = RecipeFile.Load(TinyData.Write(_folder.FullName, 4, Schedule.Replace("0.001", "1e30", StringComparison.Ordinal)));
        var error = Assert.Throws<SinewException>(() => new Trainer(recipe, Path.Combine(_folder.FullName, "run")).Run(resume: false, CancellationToken.None));
        Assert.Contains("people#", error.Message, StringComparison.Ordinal);
        Assert.Contains("learning_rate", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_with_a_training_is_not_overwritten()
    {
        var recipe = RecipeFile.Load(TinyData.Write(_folder.FullName, 4, Schedule.Replace("steps: 10", "steps: 1", StringComparison.Ordinal)));
        var run = Path.Combine(_folder.FullName, "run");
        Assert.Contains("--resume", Assert.Throws<SinewException>(() => new Trainer(recipe, Path.Combine(_folder.FullName, "none")).Run(resume: true, CancellationToken.None)).Message, StringComparison.Ordinal);
        new Trainer(recipe, run).Run(resume: false, CancellationToken.None);
        Assert.Contains("--resume", Assert.Throws<SinewException>(() => new Trainer(recipe, run).Run(resume: false, CancellationToken.None)).Message, StringComparison.Ordinal);
    }
}
