using Sinew.Generation;
using Sinew.Inference;
using Sinew.Skeletons;
using Sinew.Tensors;
using Sinew.Training.Export;
using Sinew.Training.Models;
using Sinew.Training.Recipes;
using Sinew.Training.Tests.Export;

namespace Sinew.Training.Tests.Models;

/// <summary>The model in the box, as file sizes, as weights, and on people that it was not trained with.</summary>
public sealed class BuiltInModelTests : IDisposable
{
    private readonly TestSupport.TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void It_is_small_and_says_what_it_is()
    {
        Assert.InRange(new FileInfo(BuiltInModel.FilePath).Length, 1, 8_000_000);
        Assert.InRange(new FileInfo(RecipeFile.BuiltInWeights).Length, 1, 8_000_000);
        using var student = Student.Load(RecipeFile.BuiltInWeights, Device.Cpu);
        Assert.Equal("rtmpose-t", student.Description.Model);
        Assert.Equal((192, 256), (student.Description.Width, student.Description.Height));
        Assert.Equal(BuiltInSkeletons.Get("body21").Joints.Select(j => j.Name), student.Skeleton.Joints.Select(j => j.Name));
    }

    [Fact]
    public void It_finds_the_joints_of_people_it_never_saw()
    {
        using var estimator = PoseEstimator.Load(onnx: new OnnxOptions { Threads = 1 });
        Assert.Equal(21, estimator.Skeleton.Count);
        var ids = estimator.Skeleton.Joints.Select(j => GeneratedPerson.JointIds.ToList().IndexOf(j.Id)).ToArray();
        var (left, hip) = (estimator.Skeleton.IndexOfName("left_shoulder"), estimator.Skeleton.IndexOfName("right_hip"));
        var generator = new PeopleGenerator(new GeneratorOptions { Seed = 990_001, Difficulty = 0 });
        var (found, all) = (0, 0);
        for (var i = 0; i < 40; i++)
        {
            using var scene = generator.Generate(i);
            var person = scene.People[0];
            var pose = estimator.Estimate(scene.Image, [new Detection(person.Box, 1)])[0];
            var truth = person.Positions.Span;
            float Gap(ReadOnlySpan<float> a, int p, ReadOnlySpan<float> b, int q) => MathF.Sqrt(((a[2 * p] - b[2 * q]) * (a[2 * p] - b[2 * q])) + ((a[(2 * p) + 1] - b[(2 * q) + 1]) * (a[(2 * p) + 1] - b[(2 * q) + 1])));
            var torso = Gap(truth, ids[left], truth, ids[hip]);
            for (var j = 0; j < ids.Length; j++, all++) found += Gap(pose.Keypoints, j, truth, ids[j]) < 0.2f * torso ? 1 : 0;
        }

        Assert.True(found > 0.8 * all, $"{found} of {all} joints");
    }

    [Fact]
    public void Its_weights_and_its_graph_are_one_network()
    {
        using var student = Student.Load(RecipeFile.BuiltInWeights, Device.Cpu);
        using var model = OnnxModel.Load(BuiltInModel.FilePath, new OnnxOptions { Threads = 1 });
        using var scene = new PeopleGenerator(new GeneratorOptions { Seed = 5, Difficulty = 0, Width = 192, Height = 256 }).Generate(0);
        var crop = new float[3 * 256 * 192];
        for (var i = 0; i < 256 * 192; i++)
        {
            var (y, x) = (i / 192, i % 192);
            for (var c = 0; c < 3; c++) crop[(c * 256 * 192) + i] = (scene.Image.Row(y)[(3 * x) + c] - 115) / 58f;
        }

        var (xs, ys) = (new float[21 * 384], new float[21 * 512]);
        student.Predict(crop, 1, xs, ys);
        using var result = model.Run<float>(crop, [1, 3, 256, 192]);
        for (var k = 0; k < 21; k++)
        {
            Assert.InRange(Best(xs, k, 384) - Best(result.Read<float>(0), k, 384), -2, 2);
            Assert.InRange(Best(ys, k, 512) - Best(result.Read<float>(1), k, 512), -2, 2);
        }

        static int Best(ReadOnlySpan<float> bins, int joint, int count) => bins.Slice(joint * count, count).IndexOf(System.Numerics.Tensors.TensorPrimitives.Max(bins.Slice(joint * count, count)));
    }

    [Fact]
    public void Sixteen_bits_halve_the_weights_and_read_as_the_same_network()
    {
        using var network = RandomNetworks.Make("t", 17, 64, 64);
        var (whole, half) = (_folder.File("whole.safetensors"), _folder.File("half.safetensors"));
        using (var scope = new TensorScope())
        {
            Tensors.Files.SafeTensors.Write(whole, network.StateDict(), new Dictionary<string, string> { [ModelDescription.MetadataKey] = RandomNetworks.Describe(network, RandomNetworks.Skeleton(17)).ToJson() });
        }

        using var student = Student.Load(whole, Device.Cpu);
        WeightsExport.WriteSafeTensors(student, half, half: true);
        Assert.InRange((double)new FileInfo(half).Length / new FileInfo(whole).Length, 0.5, 0.52);
        using var read = Student.Load(half, Device.Cpu);
        using var sums = new TensorScope();
        foreach (var (name, tensor) in student.Network.StateDict())
        {
            var other = read.Network.StateDict()[name];
            Assert.Equal(tensor.DType, other.DType);
            var (a, b) = (tensor.To(DType.Float64).Contiguous().ToArray<double>(), other.To(DType.Float64).Contiguous().ToArray<double>());
            for (var i = 0; i < a.Length; i++) Assert.InRange(b[i], a[i] - (Math.Abs(a[i]) * 1e-3) - 1e-7, a[i] + (Math.Abs(a[i]) * 1e-3) + 1e-7);
        }

        using (Torch.NoGrad()) student.Network.StateDict()["backbone.stem.0.conv.weight"].MulInPlace(1e7);
        Assert.Contains("backbone.stem.0.conv.weight", Assert.Throws<SinewException>(() => WeightsExport.WriteSafeTensors(student, half, half: true)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_training_can_begin_with_it()
    {
        var recipe = RecipeFile.Parse(
            "name: mine\nstudent: {model: rtmpose-t, skeleton: coco17, initial: built-in}\ndatasets: [{name: a, annotations: a.json, images: a}]\nteachers: [{name: box, model: built-in}]\nschedule: {epochs: 1}\n", "mine.yaml");
        Assert.Equal(RecipeFile.BuiltInWeights, recipe.Student.Initial);
        Assert.Equal(RecipeFile.BuiltInWeights, Assert.Single(recipe.Teachers).Model);
        using var student = Student.Create(recipe, BuiltInSkeletons.Get("coco17"), Device.Cpu);
        using var box = Student.Load(RecipeFile.BuiltInWeights, Device.Cpu);
        using var scope = new TensorScope();
        // the backbone is taken; the last map has another number of joints and starts afresh
        const string Shared = "backbone.stage4.2.main_conv.conv.weight", Own = "head.final_layer.weight";
        Assert.Equal(0, (student.Network.StateDict()[Shared] - box.Network.StateDict()[Shared]).Abs().Sum().Item());
        Assert.Equal(17, student.Network.StateDict()[Own].Shape[0]);
    }
}
