using Sinew.Skeletons;
using Sinew.Tensors;
using Sinew.TestSupport;
using Sinew.Training.Data;
using Sinew.Training.Models;
using Sinew.Training.Recipes;
using Sinew.Training.Teachers;
using Sinew.Training.Tests.Methods;

namespace Sinew.Training.Tests.Teachers;

/// <summary>Teachers as a recipe names them.</summary>
public sealed class TeacherSourceTests : IDisposable
{
    private const string Card = """
        name: small
        kind: pose
        file: elsewhere.pth
        network: rtmpose-t
        skeleton: lsp14
        input: {width: 64, height: 64}
        output: {kind: simcc, beta: 7}
        crop: {padding: 1.5}
        """;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("0")]
    [InlineData("0.0001")]
    public void What_a_teacher_does_not_know_it_does_not_teach_whatever_the_threshold(string threshold)
    {
        MethodRuns.Teacher(_folder, "t.safetensors", "t", "lsp14");
        var recipe = MethodRuns.Recipe(_folder, "body21", $"teachers: [{{name: t, model: t.safetensors, mode: online, threshold: {threshold}}}]");
        using var data = TrainingData.Load(recipe, null, CancellationToken.None);
        using var loader = data.Start(0, 1);
        var weights = loader.Next(CancellationToken.None).Teachers[0].Weight;
        Assert.Equal(4 * 21, weights.Length);
        for (var i = 0; i < weights.Length; i++)
        {
            if (!TeachesOf(data)[i % 21]) Assert.Equal(0, weights[i]);
        }

        Assert.Contains(1f, weights);

        static bool[] TeachesOf(TrainingData data)
        {
            var rows = new JointRows(BuiltInSkeletons.Get("lsp14"), data.Skeleton);
            return [.. Enumerable.Range(0, rows.Count).Select(k => rows[k] >= 0)];
        }
    }

    [Fact]
    public void A_card_that_lies_elsewhere_is_of_the_model_that_is_named_and_its_weights_are_what_counts()
    {
        var card = _folder.Write("elsewhere.yaml", Card);
        string Key(string size)
        {
            MethodRuns.Teacher(_folder, "t.safetensors", size, "lsp14");
            using var source = TeacherSource.Open(new TeacherOptions("t", _folder.File("t.safetensors"), card), Device.Cpu);
            Assert.Equal((1.5f, 64), (source.Teacher.Padding, source.Teacher.Width));
            return source.Teacher.Fingerprint;
        }

        var first = Key("t");
        Assert.Equal(first, Key("t"));
        Assert.Contains("sharpness 7 ", first, StringComparison.Ordinal);
        var path = MethodRuns.Teacher(_folder, "t.safetensors", "t", "lsp14");
        using (var other = Student.Load(path, Device.Cpu))
        {
            other.Network.Head.ScaleInitialWeights(2);
            other.Save(path, other.Description);
        }

        using var changed = TeacherSource.Open(new TeacherOptions("t", path, card), Device.Cpu);
        Assert.NotEqual(first, changed.Teacher.Fingerprint);
        Assert.Contains("none.safetensors: there is no such file", Assert.Throws<SinewException>(() => TeacherSource.Open(new TeacherOptions("t", _folder.File("none.safetensors"), card), Device.Cpu)).Message, StringComparison.Ordinal);
    }
}
