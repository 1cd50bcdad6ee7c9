using Sinew.Skeletons;
using Sinew.TestSupport;

namespace Sinew.Tests.Skeletons;

public class SkeletonFileTests
{
    [Theory]
    [InlineData("coco17", 17)]
    [InlineData("mpii16", 16)]
    [InlineData("halpe26", 26)]
    [InlineData("halpe136", 136)]
    [InlineData("crowdpose14", 14)]
    [InlineData("aic14", 14)]
    [InlineData("lsp14", 14)]
    [InlineData("jhmdb15", 15)]
    [InlineData("posetrack18", 17)]
    [InlineData("ochuman17", 17)]
    [InlineData("coco-wholebody133", 133)]
    [InlineData("mpii-trb40", 40)]
    [InlineData("efficientpose16", 16)]
    [InlineData("body21", 21)]
    public void Built_in_skeletons_have_their_joints(string name, int joints)
    {
        Assert.Contains(name, BuiltInSkeletons.Names);
        Assert.Equal(joints, BuiltInSkeletons.Get(name).Count);
        Assert.Equal(name, BuiltInSkeletons.Get(name).Name);
    }

    [Fact]
    public void Whole_body_parts_cover_the_joints_in_order()
    {
        var skeleton = BuiltInSkeletons.Get("coco-wholebody133");
        Assert.Equal(["body", "foot", "face", "lefthand", "righthand"], skeleton.Parts.Keys);
        Assert.Equal([17, 6, 68, 21, 21], skeleton.Parts.Values.Select(p => p.Count));
        Assert.Equal(Enumerable.Range(0, 133), skeleton.Parts.Values.SelectMany(p => p));
    }

    [Fact]
    public void Reads_joints_limbs_and_parts()
    {
        using var folder = new TempFolder();
        var path = folder.Write("mine.yaml", """
            name: mine
            joints:
              - { name: tip, id: nose, sigma: 0.026 }
              - { name: left, swap: right, sigma: 0.05, parent: tip }
              - { name: right, swap: left, sigma: 0.05, parent: tip }
            limbs:
              - left to right
            parts:
              sides: [left..right]
              top: [tip]
            """);
        var skeleton = SkeletonFile.Load(path);
        Assert.Equal(["tip", "left", "right"], skeleton.Joints.Select(j => j.Name));
        Assert.Equal([0, 2, 1], skeleton.SwapIndices);
        Assert.Equal([-1, 0, 0], skeleton.ParentIndices);
        Assert.Equal([(1, 2)], skeleton.Limbs);
        Assert.Equal([1, 2], skeleton.Parts["sides"]);
        Assert.Equal(0, JointMapping.Between(skeleton, BuiltInSkeletons.Get("coco17")).TargetOf[0]);
    }

    [Fact]
    public void A_file_may_be_a_union_of_files_and_built_in_skeletons()
    {
        using var folder = new TempFolder();
        folder.Write("tail.yaml", "name: tail\njoints:\n  - { name: tail, sigma: 0.1 }\n");
        var path = folder.Write("cat.yaml", "name: cat\nunion: [coco17, tail.yaml]\n");
        Assert.Equal(18, SkeletonFile.Resolve(path).Count);
    }

    [Theory]
    [InlineData("[", "]")]
    [InlineData("{a: ", "}")]
    public void Deep_nesting_is_refused_at_once(string open, string close)
    {
        var clock = System.Diagnostics.Stopwatch.StartNew();
        var yaml = $"name: x\njoints: {string.Concat(Enumerable.Repeat(open, 100_000))}{string.Concat(Enumerable.Repeat(close, 100_000))}\n";
        Assert.Contains("deeper than 64 levels", Assert.Throws<SinewException>(() => SkeletonFile.Parse(yaml, "deep")).Message, StringComparison.Ordinal);
        Assert.InRange(clock.Elapsed.TotalSeconds, 0, 5);
    }

    [Fact]
    public void Unions_of_unions_read_each_file_once()
    {
        using var folder = new TempFolder();
        folder.Write("8.yaml", "name: tail\njoints:\n  - { name: tail, sigma: 0.1 }\n");
        for (var i = 7; i >= 0; i--) folder.Write($"{i}.yaml", $"name: u{i}\nunion: [{string.Join(", ", Enumerable.Repeat($"{i + 1}.yaml", 12))}]\n");
        Assert.Equal(1, SkeletonFile.Load(folder.File("0.yaml")).Count);
    }

    [Theory]
    [InlineData("name: x\njoints:\n  - { name: a, sigma: 0.1 }\n  - { name: a, sigma: 0.1 }\n", ":4: two joints are named 'a'")]
    [InlineData("name: x\njoints:\n  - { name: a, sigma: 0.1, swap: b }\n  - { name: b, sigma: 0.1 }\n", ":3: 'a' swaps with 'b', but 'b' with none")]
    [InlineData("name: x\njoints:\n  - { name: a, sigma: 0 }\n", ":3:")]
    [InlineData("name: x\njoints:\n  - { name: a, sigm: 0.1 }\n", ":3:")]
    [InlineData("name: x\njoints: []\n", ":2:")]
    [InlineData("name: x\nunion: [nonsense]\n", "'nonsense' is neither")]
    [InlineData("name: x\nunion: [x.yaml]\n", "a member of itself")]
    [InlineData("name: x\njoints:\n  - { name: a, sigma: 0.1 }\nlimbs: [a to b]\n", ":4: 'limbs' has 'a to b'")]
    [InlineData("name: x\njoints:\n  - { name: a, sigma: 0.1 }\nparts:\n  p: [b..a]\n", ":5: 'parts.p' has 'b..a'")]
    [InlineData("name: x\njoints:\n  - { name: a, sigma: 0.1 }\nparts:\n  p: [a, a..a]\n", ":5: 'parts.p' has 'a..a', which repeats a joint")]
    [InlineData("name: x\nunion: ['']\n", "the name of a skeleton is empty")]
    [InlineData("? &a [*a]\n: b\nname: x\n", ":1: a key must be a plain text")]
    [InlineData("&a name: x\n*a : y\n", ":2: a key must be a plain text")]
    [InlineData("name: x\njoints: &a\n  - *a\n", ":3: the alias *a stands inside its own anchor")]
    [InlineData("name: x\njoints: &a [*b]\nlimbs: &b [*a]\n", ":2: the alias *b stands before its anchor")]
    public void Says_in_one_line_what_is_wrong_where(string yaml, string message)
    {
        using var folder = new TempFolder();
        var error = Assert.Throws<SinewException>(() => SkeletonFile.Load(folder.Write("x.yaml", yaml)));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }
}
