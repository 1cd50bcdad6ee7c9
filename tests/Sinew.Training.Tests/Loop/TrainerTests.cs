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
    public void The_loss_falls_and_the_model_file_is_complete()
    {
        var recipe = RecipeFile.Load(TinyData.Write(_folder.FullName, 4, Schedule.Replace("steps: 10", "steps: 60", StringComparison.Ordinal)));
        var losses = new List<double>();
        var result = new Trainer(recipe, Path.Combine(_folder.FullName, "run")) { Progress = p => losses.Add(p.Loss) }.Run(resume: false, CancellationToken.None);
        Assert.Equal(60, losses.Count);
        Assert.InRange(losses.TakeLast(10).Average(), 0, losses.Take(10).Average() - 0.2);
        using var student = Student.Load(result.ModelPath, Tensors.Device.Cpu);
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
