using Sinew.Tensors;
using Sinew.Tensors.Files;
using Sinew.TestSupport;
using Sinew.Training.Methods;
using Sinew.Training.Models;

namespace Sinew.Training.Tests.Methods;

/// <summary>Every method on 21 joints and on 133: the loss falls, what is frozen stays, teachers stay, models can be used.</summary>
public sealed class CombinationTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public static MatrixTheoryData<string, string> All => new(MethodNames.All, ["body21", "coco-wholebody133"]);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(All))]
    public void A_short_training_learns_and_leaves_the_rest_alone(string method, string skeleton)
    {
        var teacher = MethodRuns.Teacher(_folder, "big.safetensors", "s", skeleton);
        var before = File.ReadAllBytes(teacher);
        var trained = TrainingMethods.NeedsTrained(method);
        var first = trained ? MethodRuns.Teacher(_folder, "first.safetensors", "t", skeleton) : null;
        var teachers = method switch
        {
            MethodNames.DwPoseStage1 => "teachers: [{name: big, model: big.safetensors}]",
            MethodNames.DwPoseStage2 => "",
            _ => "teachers: [{name: big, model: big.safetensors, mode: online, threshold: 0}]",
        };
        var recipe = MethodRuns.Recipe(_folder, skeleton, $"method: {method}\n{teachers}", 14, trained ? "  initial: first.safetensors" : "");
        // Slow enough that the last bits of the arithmetic, which differ from one libtorch to another, do not decide the course.
        recipe = recipe with { Schedule = recipe.Schedule with { LearningRate = 1e-4 } };
        var (losses, result) = MethodRuns.Run(recipe, _folder.File("run"));
        Assert.All(losses, l => Assert.True(double.IsFinite(l)));
        Assert.True(losses.TakeLast(3).Average() < losses.Take(3).Average(), $"{method}: {string.Join(' ', losses)}");
        Assert.Equal(before, File.ReadAllBytes(teacher));

        using var scope = new TensorScope();
        var learned = SafeTensors.Read(result.ModelPath);
        Assert.All(learned, t => Assert.True(!t.Value.DType.IsFloating() || t.Value.AllFinite(), t.Key));
        using var student = Student.Load(result.ModelPath, Device.Cpu);
        Assert.Equal(skeleton, student.Skeleton.Name);
        Assert.Equal(method == MethodNames.CoarseToFineStage2, student.Network.Refiner is not null);
        if (first is null) return;
        var frozen = method == MethodNames.DwPoseStage2 ? "backbone." : "";
        var from = SafeTensors.Read(first);
        Assert.All(from.Keys.Where(k => k.StartsWith(frozen, StringComparison.Ordinal)), k => Assert.True(from[k].ValueEquals(learned[k]), k));
    }

    [Fact]
    public void Coarse_to_fine_runs_from_one_recipe_and_resumes_to_the_bit()
    {
        MethodRuns.Teacher(_folder, "big.safetensors", "s", "coco17");
        MethodRuns.Teacher(_folder, "other.safetensors", "t", "mpii16");
        var recipe = MethodRuns.Recipe(_folder, "body21", """
            teachers:
              - {name: big, model: big.safetensors, mode: online, threshold: 0, beta: 0.45}
              - {name: other, model: other.safetensors, mode: online, threshold: 0, beta: 0.25}
            structure: {pairs: all, weight: 2}
            refine: {width: 16}
            stages:
              - {name: one, method: coarse-to-fine-stage1}
              - {name: two, method: coarse-to-fine-stage2}
            """, 4);
        var (whole, parts) = (_folder.File("whole"), _folder.File("parts"));
        var result = MethodRuns.Run(recipe, whole).Result;
        MethodRuns.Run(recipe, parts, resume: false, stopAfter: 2);
        MethodRuns.Run(recipe, parts, resume: true, stopAfter: 3);
        MethodRuns.Run(recipe, parts, resume: true);
        foreach (var file in new[] { "model.safetensors", "one/last.safetensors", "two/last.safetensors" })
            Assert.Equal(File.ReadAllBytes(Path.Combine(whole, file)), File.ReadAllBytes(Path.Combine(parts, file)));
        Assert.Contains("structure/other", File.ReadAllText(Path.Combine(whole, "one/log.jsonl")), StringComparison.Ordinal);
        using var student = Student.Load(result.ModelPath, Device.Cpu);
        Assert.Equal(16, student.Network.Refiner!.Width);
    }

    [Fact]
    public void A_structure_without_a_teacher_is_refused()
    {
        var recipe = MethodRuns.Recipe(_folder, "body21", "method: coarse-to-fine-stage1");
        Assert.Contains("name one under 'teachers'", Assert.Throws<SinewException>(() => MethodRuns.Run(recipe, _folder.File("run"))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("refine: {width: 12}", "multiple of 8")]
    [InlineData("refine: {outputs: [1, 2]}", "a list of 3 numbers")]
    [InlineData("structure: {pairs: some}", "one of limbs, all")]
    public void A_mistake_is_named(string line, string message) =>
        Assert.Contains(message, Assert.Throws<SinewException>(() => MethodRuns.Recipe(_folder, "lsp14", line)).Message, StringComparison.Ordinal);
}
