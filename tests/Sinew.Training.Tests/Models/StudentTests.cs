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
    public void Joints_that_the_first_weights_know_keep_their_rows_of_the_head()
    {
        var initial = MethodRuns.Teacher(_folder, "coco.safetensors", "t", "coco17");
        var (coco, mpii) = (BuiltInSkeletons.Get("coco17"), BuiltInSkeletons.Get("mpii16"));
        using var trained = Student.Load(initial, Device.Cpu);
        using var student = Begun("mpii16", "unified-skeleton", "coco.safetensors");
        using var fresh = Begun("mpii16", "unified-skeleton", null);
        var shared = 0;
        for (var joint = 0; joint < mpii.Count; joint++)
        {
            var known = coco.IndexOfId(mpii.Joints[joint].Id);
            if (known >= 0) shared++;
            foreach (var name in new[] { "head.final_layer.weight", "head.final_layer.bias" })
                Assert.Equal(Row(known >= 0 ? trained : fresh, name, known >= 0 ? known : joint), Row(student, name, joint));
        }

        Assert.Equal(12, shared);
        // what is the same for every joint is taken as it is
        Assert.Equal(Row(trained, "head.cls_x.weight", 3), Row(student, "head.cls_x.weight", 3));
        Assert.Equal(Row(trained, "backbone.stem.0.conv.weight", 0), Row(student, "backbone.stem.0.conv.weight", 0));
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
