using Sinew.Tensors;
using Sinew.Tensors.Files;
using Sinew.Tensors.Optimisers;
using Sinew.TestSupport;
using Sinew.Training.Data;
using Sinew.Training.Losses;
using Sinew.Training.Methods;
using Sinew.Training.Models;
using Sinew.Training.Recipes;
using Sinew.Training.Teachers;

namespace Sinew.Training.Tests.Methods;

public sealed class DwPoseTests : IDisposable
{
    private const string BothStages = """
        stages:
          - name: one
            method: dwpose-stage1
            teachers: [{name: big, model: big.safetensors}]
          - name: two
            method: dwpose-stage2
        """;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("body21")]
    [InlineData("coco-wholebody133")]
    public void Stage_1_learns_from_labels_features_and_logits_and_leaves_its_teacher_alone(string skeleton)
    {
        MethodRuns.Teacher(_folder, "big.safetensors", "s", skeleton);
        var recipe = MethodRuns.Recipe(_folder, skeleton, "method: dwpose-stage1\nteachers: [{name: big, model: big.safetensors}]");
        using var data = TrainingData.Load(recipe, null, CancellationToken.None);
        using var student = Student.Create(recipe, data.Skeleton, Device.Cpu);
        using var method = TrainingMethods.Create(recipe, student, data, 10);
        using var loader = data.Start(0, 10);
        using var scope = new TensorScope();
        var teacher = data.FeatureTeachers[0].Network;
        var before = teacher.StateDict().Select(t => (t.Key, t.Value.Clone())).ToList();
        var batch = loader.Next(CancellationToken.None).ToTensors(Device.Cpu);
        // whatever a training loop does to it
        teacher.Train(true);
        var terms = method.Losses(batch, 5);
        Assert.Equal(["label", "feature/big", "teacher/big"], terms.Select(t => t.Name));
        Assert.All(terms, t => Assert.True(double.IsFinite(t.Value.Item()) && t.Value.Item() > 0, t.Name));
        Assert.Equal([64, 0.5 * 7e-5, 0.5 * 0.1], terms.Select(t => t.Factor));
        terms.Select(t => t.Value * t.Factor).Aggregate((a, b) => a + b).Backward();
        Assert.All(method.Parameters.Where(p => p.Name.StartsWith("align", StringComparison.Ordinal)), p => Assert.NotNull(p.Value.Grad));
        Assert.Contains(method.Parameters, p => p.Name == "align0.weight");
        Assert.False(teacher.Training);
        Assert.All(teacher.Parameters(), p => Assert.Null(p.Grad));
        var after = teacher.StateDict();
        Assert.All(before, t => Assert.True(after[t.Key].ValueEquals(t.Item2), t.Key));
    }

    [Fact]
    public void The_logit_term_is_DWPose_KDLoss_over_all_joints_and_the_label_term_does_not_grow_with_the_batch()
    {
        MethodRuns.Teacher(_folder, "big.safetensors", "t", "lsp14");
        var recipe = MethodRuns.Recipe(_folder, "lsp14", "method: dwpose-stage1\nteachers: [{name: big, model: big.safetensors}]");
        using var data = TrainingData.Load(recipe, null, CancellationToken.None);
        using var student = Student.Create(recipe, data.Skeleton, Device.Cpu);
        using var method = TrainingMethods.Create(recipe, student, data, 10);
        using var loader = data.Start(0, 10);
        using var scope = new TensorScope();
        var batch = loader.Next(CancellationToken.None).ToTensors(Device.Cpu);
        // nobody has labelled anything: logits and features teach all the same
        batch.Weight.MulInPlace(0.0);
        student.Network.Train(false);
        // untrained networks hardly differ: the difference of nearly equal logarithms would be rounding
        foreach (var network in new[] { student.Network, data.FeatureTeachers[0].Network }) network.Head.ScaleInitialWeights(4);
        var terms = method.Losses(batch, 0).ToDictionary(t => t.Name, t => t.Value.Item());
        Assert.Equal(0, terms["label"]);
        using var frozen = Torch.NoGrad();
        var (own, said) = (student.Network.Logits(batch.Crops), data.FeatureTeachers[0].Network.Logits(batch.Crops));
        var expected = 0.0;
        foreach (var (s, t) in new[] { (own.X, said.X), (own.Y, said.Y) })
        {
            var p = (t * 10.0).Softmax(-1);
            expected += (p * ((t * 10.0).LogSoftmax(-1) - (s * 10.0).LogSoftmax(-1))).Sum().Item() / (4 * 14);
        }

        Assert.InRange(expected, 1e-3, 10);
        Assert.Equal(expected, terms["teacher/big"], expected * 1e-4);

        var (one, two) = (Tensor.Randn([2, 14, 128]), Tensor.Randn([2, 14, 128]));
        double Label(int copies) => SimCcLoss.Kl(
            new SimCcLogits(Tensor.Cat([.. Enumerable.Repeat(one, copies)]), Tensor.Cat([.. Enumerable.Repeat(one, copies)])),
            Tensor.Cat([.. Enumerable.Repeat(two.Softmax(-1), copies)]), Tensor.Cat([.. Enumerable.Repeat(two.Softmax(-1), copies)]),
            Tensor.Ones([2 * copies, 14]), 10, recipe.Loss.LabelNormalisation).Item();
        Assert.Equal(Label(1), Label(5), 1e-6);
        // λ = N makes it the published loss of N people: mean over bins, sum over people, divided by joints
        var published = SimCcLoss.Kl(new SimCcLogits(one, one), two.Softmax(-1), two.Softmax(-1), Tensor.Ones([2, 14]), 10, LossNormalisation.MMPose).Item();
        Assert.Equal(published, 2 * Label(1), 1e-5);
    }

    [Fact]
    public void Stage_2_trains_a_new_head_and_nothing_else()
    {
        var first = MethodRuns.Teacher(_folder, "first.safetensors", "t", "body21");
        var recipe = MethodRuns.Recipe(_folder, "body21", "method: dwpose-stage2", 25, "  initial: first.safetensors");
        var (losses, result) = MethodRuns.Run(recipe, _folder.File("run"));
        Assert.True(losses.TakeLast(5).Average() < losses.Take(5).Average() * 0.9, string.Join(' ', losses));
        using var scope = new TensorScope();
        var (before, after) = (SafeTensors.Read(first), SafeTensors.Read(result.ModelPath));
        Assert.All(before.Keys.Where(k => k.StartsWith("backbone.", StringComparison.Ordinal)), k => Assert.True(before[k].ValueEquals(after[k]), k));
        Assert.Contains(before.Keys, k => k.StartsWith("head.", StringComparison.Ordinal) && !before[k].ValueEquals(after[k]));
    }

    [Theory]
    [InlineData("body21")]
    [InlineData("coco-wholebody133")]
    public void Both_stages_run_from_one_recipe_and_resume_to_the_bit_wherever_they_were_stopped(string skeleton)
    {
        MethodRuns.Teacher(_folder, "big.safetensors", "s", skeleton);
        var recipe = MethodRuns.Recipe(_folder, skeleton, BothStages, 4);
        var (whole, parts) = (_folder.File("whole"), _folder.File("parts"));
        var (losses, result) = MethodRuns.Run(recipe, whole);
        Assert.Equal(8, losses.Count);
        Assert.All(losses, l => Assert.True(double.IsFinite(l)));

        // within the first stage, within the second, at the end
        Assert.Equal(2, MethodRuns.Run(recipe, parts, resume: false, stopAfter: 2).Result.Step);
        Assert.Equal(1, MethodRuns.Run(recipe, parts, resume: true, stopAfter: 3).Result.Step);
        MethodRuns.Run(recipe, parts, resume: true);
        foreach (var file in new[] { "model.safetensors", "one/last.safetensors", "two/last.safetensors", "one/model.safetensors" })
            Assert.Equal(File.ReadAllBytes(Path.Combine(whole, file)), File.ReadAllBytes(Path.Combine(parts, file)));
        Assert.Contains("--resume", Assert.Throws<SinewException>(() => MethodRuns.Run(recipe, parts)).Message, StringComparison.Ordinal);
        using var model = Student.Load(result.ModelPath, Device.Cpu);
        Assert.Equal(skeleton, model.Skeleton.Name);
    }

    [Fact]
    public void A_teacher_may_be_trained_by_an_earlier_stage()
    {
        var recipe = MethodRuns.Recipe(_folder, "lsp14", """
            stages:
              - {name: teacher, method: unified-skeleton, student: {model: rtmpose-s}}
              - {name: one, method: dwpose-stage1, teachers: [{name: big, model: "stage:teacher"}]}
              - {name: two, method: dwpose-stage2}
            """, 2);
        var (losses, result) = MethodRuns.Run(recipe, _folder.File("run"));
        Assert.Equal(6, losses.Count);
        using var student = Student.Load(result.ModelPath, Device.Cpu);
        Assert.Equal("rtmpose-t", student.Description.Model);
        Assert.Contains("feature/big", File.ReadAllText(_folder.File("run/one/log.jsonl")), StringComparison.Ordinal);
    }

    public static TheoryData<string> Published => new(Directory.EnumerateFiles(Path.Combine(Checkout.Root, "recipes/dwpose"), "*.yaml")
        .Select(f => Path.GetFileName(f)).Where(f => f != "quick.yaml"));

    // some of these networks have fifty million weights
    [Theory]
    [Trait("Category", "Heavy")]
    [MemberData(nameof(Published))]
    public void Every_published_configuration_takes_a_step_of_each_stage(string file)
    {
        MethodRuns.Recipe(_folder, "lsp14", "");
        var published = RecipeFile.Load(Path.Combine(Checkout.Root, "recipes/dwpose", file));
        foreach (var stage in published.Stages.Count > 0 ? published.Stages : [published])
        {
            // its networks, joints and losses on drawn people in small crops
            var small = MethodRuns.Recipe(_folder, stage.Student.Skeleton!, "");
            var recipe = stage with
            {
                Datasets = small.Datasets,
                Evaluations = [],
                Loader = small.Loader,
                Schedule = stage.Schedule with { Batch = 2, Device = "cpu", Steps = 10, Epochs = null },
                Student = stage.Student with { Width = 64, Height = 64, Initial = null },
            };
            using var data = TrainingData.Load(recipe with { Teachers = [] }, null, CancellationToken.None);
            using var student = Student.Create(recipe with { Method = MethodNames.UnifiedSkeleton }, data.Skeleton, Device.Cpu);
            FeatureTeacher[] teachers = [.. recipe.Teachers.Select(t => FeatureTeacher.Of(
                t,
                Student.Create(recipe with { Method = MethodNames.UnifiedSkeleton, Student = recipe.Student with { Model = t.Name } }, data.Skeleton, Device.Cpu),
                data.Skeleton,
                recipe.Student))];
            using ITrainingMethod method = stage.Method == MethodNames.DwPoseStage1
                ? new DwPoseStage1(student.Network, recipe, teachers, 10, 1, Device.Cpu)
                : new DwPoseStage2(student.Network, recipe, 10, Device.Cpu);
            using var optimiser = new AdamW([new(method.Parameters)], 1e-4);
            using var loader = data.Start(0, 10);
            using var scope = new TensorScope();
            var total = method.Losses(loader.Next(CancellationToken.None).ToTensors(Device.Cpu), 0).Select(t => t.Value * t.Factor).Aggregate((a, b) => a + b);
            total.Backward();
            optimiser.Step();
            Assert.True(double.IsFinite(total.Item()));
            foreach (var teacher in teachers) teacher.Dispose();
        }
    }

    [Fact]
    public void Several_teachers_with_features_and_without_teach_a_union()
    {
        MethodRuns.Teacher(_folder, "coco.safetensors", "s", "coco17");
        MethodRuns.Teacher(_folder, "mpii.safetensors", "t", "mpii16");
        var recipe = MethodRuns.Recipe(_folder, "body21", """
            method: dwpose-stage1
            teachers:
              - {name: coco, model: coco.safetensors, beta: 0.45}
              - {name: mpii, model: mpii.safetensors, beta: 0.25, features: false, mode: online, threshold: 0}
            """);
        using var data = TrainingData.Load(recipe, null, CancellationToken.None);
        Assert.Equal(17, data.FeatureTeachers[0].Known.Sum().Item());
        using var student = Student.Create(recipe, data.Skeleton, Device.Cpu);
        using var method = TrainingMethods.Create(recipe, student, data, 10);
        using var loader = data.Start(0, 10);
        using var scope = new TensorScope();
        var terms = method.Losses(loader.Next(CancellationToken.None).ToTensors(Device.Cpu), 0);
        Assert.Equal(["label", "feature/coco", "teacher/coco", "teacher/mpii"], terms.Select(t => t.Name));
        Assert.Equal([64, 7e-5 * 0.45, 0.1 * 0.45, 0.1 * 0.25], terms.Select(t => t.Factor), (a, b) => Math.Abs(a - b) < 1e-12);
        Assert.All(terms, t => Assert.True(t.Value.Item() > 0, t.Name));
    }

    [Fact]
    public void What_cannot_be_is_refused_with_the_way_out()
    {
        MethodRuns.Teacher(_folder, "small.safetensors", "t", "lsp14");
        string Refused(Recipe recipe) => Assert.Throws<SinewException>(() => MethodRuns.Run(recipe, _folder.File("none"))).Message;
        Assert.Contains("features: false", Refused(MethodRuns.Recipe(_folder, "lsp14", "method: dwpose-stage1\nteachers: [{name: x, model: x.onnx}]")), StringComparison.Ordinal);
        Assert.Contains("name one under 'teachers'", Refused(MethodRuns.Recipe(_folder, "lsp14", "method: dwpose-stage1")), StringComparison.Ordinal);
        Assert.Contains("student.initial", Refused(MethodRuns.Recipe(_folder, "lsp14", "method: dwpose-stage2")), StringComparison.Ordinal);
        Assert.Contains(
            "predicts the joints of lsp14", Refused(MethodRuns.Recipe(_folder, "body21", "method: dwpose-stage2", student: "  initial: small.safetensors")), StringComparison.Ordinal);
        var other = MethodRuns.Recipe(_folder, "lsp14", "method: dwpose-stage1\nteachers: [{name: x, model: small.safetensors}]");
        Assert.Contains("student.input", Refused(other with { Student = other.Student with { Width = 96, Height = 128 } }), StringComparison.Ordinal);
    }

    [Fact]
    public void Decay_goes_from_1_to_0_by_step_or_by_epoch()
    {
        MethodRuns.Teacher(_folder, "big.safetensors", "t", "lsp14");
        double[] Shares(string options)
        {
            var recipe = MethodRuns.Recipe(_folder, "lsp14", $"method: dwpose-stage1\nteachers: [{{name: big, model: big.safetensors}}]\n{options}");
            using var data = TrainingData.Load(recipe, null, CancellationToken.None);
            using var student = Student.Create(recipe, data.Skeleton, Device.Cpu);
            using var method = new DwPoseStage1(student.Network, recipe, data.FeatureTeachers, 12, stepsPerEpoch: 3, Device.Cpu);
            return [method.Decay(0), method.Decay(4), method.Decay(11)];
        }

        Assert.Equal([1, 1 - (4 / 12.0), 1 - (11 / 12.0)], Shares(""));
        Assert.Equal([1, 0.75, 0.25], Shares("dwpose: {decay: epoch}"));
        Assert.Equal([1, 0.75, 0.25], Shares("reproduce: published"));
        Assert.Equal([1, 1, 1], Shares("dwpose: {decay: none}"));
    }
}
