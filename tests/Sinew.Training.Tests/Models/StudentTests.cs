using Sinew.Skeletons;
using Sinew.Tensors;
using Sinew.TestSupport;
using Sinew.Training.Models;
using Sinew.Training.Tests.Methods;

namespace Sinew.Training.Tests.Models;

/// <summary>What a student takes over from weights that it begins with.</summary>
public sealed class StudentTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Joints_keep_their_rows_of_the_head_and_new_ones_begin_with_their_neighbours()
    {
        var initial = MethodRuns.Teacher(_folder, "coco.safetensors", "t", "coco17");
        var (coco, whole) = (BuiltInSkeletons.Get("coco17"), BuiltInSkeletons.Get("coco-wholebody133"));
        using var trained = Student.Load(initial, Device.Cpu);
        using var student = Begun("coco-wholebody133", "unified-skeleton", "coco.safetensors");
        foreach (var name in new[] { "head.final_layer.weight", "head.final_layer.bias" })
        {
            var rows = Enumerable.Range(0, coco.Count).Select(k => Row(trained, name, k)).ToArray();
            var mean = Enumerable.Range(0, rows[0].Length).Select(i => rows.Average(r => r[i])).ToArray();
            for (var joint = 0; joint < whole.Count; joint++)
            {
                var id = whole.Joints[joint].Id;
                var own = coco.IndexOfId(id);
                var side = id.StartsWith("left", StringComparison.Ordinal) ? "left" : "right";
                var nearest = own >= 0 ? own
                    : id.Contains("toe", StringComparison.Ordinal) || id.Contains("heel", StringComparison.Ordinal) ? coco.IndexOfId($"{side}_ankle")
                    : id.Contains("hand", StringComparison.Ordinal) || joint >= 91 ? coco.IndexOfId(joint < 112 ? "left_wrist" : "right_wrist")
                    : -1;
                var expected = nearest >= 0 ? rows[nearest] : mean;
                Assert.True(expected.Zip(Row(student, name, joint), (e, r) => Math.Abs(e - r)).Max() <= (nearest >= 0 ? 0 : 1e-5), $"{name} of {id}");
            }
        }

        // what is the same for every joint is taken as it is
        Assert.Equal(Row(trained, "head.cls_x.weight", 3), Row(student, "head.cls_x.weight", 3));
        Assert.Equal(Row(trained, "backbone.stem.0.conv.weight", 0), Row(student, "backbone.stem.0.conv.weight", 0));
    }

    [Fact]
    public void A_skeleton_of_other_joints_takes_the_rows_of_the_joints_it_shares()
    {
        MethodRuns.Teacher(_folder, "coco.safetensors", "t", "coco17");
        var (coco, mpii) = (BuiltInSkeletons.Get("coco17"), BuiltInSkeletons.Get("mpii16"));
        using var trained = Student.Load(_folder.File("coco.safetensors"), Device.Cpu);
        using var student = Begun("mpii16", "unified-skeleton", "coco.safetensors");
        var shared = mpii.Joints.Select((j, k) => (Own: k, Known: coco.IndexOfId(j.Id))).Where(j => j.Known >= 0).ToArray();
        Assert.Equal(12, shared.Length);
        Assert.All(shared, j => Assert.Equal(Row(trained, "head.final_layer.weight", j.Known), Row(student, "head.final_layer.weight", j.Own)));
    }

    [Theory]
    [InlineData("dwpose-stage2")]
    [InlineData("coarse-to-fine-stage2")]
    public void A_stage_that_goes_on_from_a_network_wants_its_joints_and_not_as_many_others(string method)
    {
        MethodRuns.Teacher(_folder, "lsp.safetensors", "t", "lsp14");
        var e = Assert.Throws<SinewException>(() => Begun("crowdpose14", method, "lsp.safetensors"));
        Assert.Contains("predicts the joints of lsp14", e.Message, StringComparison.Ordinal);
        Begun("lsp14", method, "lsp.safetensors").Dispose();
    }

    private Student Begun(string skeleton, string method, string? initial)
    {
        Torch.ManualSeed(5);
        var recipe = MethodRuns.Recipe(_folder, skeleton, $"method: {method}", student: initial is null ? "" : $"  initial: {initial}");
        return Student.Create(recipe, BuiltInSkeletons.Get(skeleton), Device.Cpu);
    }

    private static float[] Row(Student student, string name, int row)
    {
        using var scope = new TensorScope();
        return student.Network.StateDict()[name].Detach().Narrow(0, row, 1).Contiguous().ToArray<float>();
    }
}
