using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Sinew.Annotations;
using Sinew.Geometry;
using Sinew.Skeletons;
using Sinew.TestSupport;

namespace Sinew.Tests.Annotations;

public class PoseDataTests
{
    private static readonly string[] SkeletonNames = ["coco17", "mpii16", "lsp14", "jhmdb15", "posetrack18", "crowdpose14", "aic14", "halpe26", "body21"];

    private static readonly Gen<PoseData> AnyData =
        from seed in Gen.Choose(0, int.MaxValue)
        from name in Gen.Elements(SkeletonNames)
        from images in Gen.Choose(1, 5)
        from people in Gen.Choose(0, 8)
        select Make(BuiltInSkeletons.Get(name), images, people, new Random(seed));

    [Fact]
    public void What_is_written_is_read_back() => Prop.ForAll(AnyData.ToArbitrary(), data =>
    {
        using var folder = new TempFolder();
        CocoWriter.Write(data, folder.File("x.json"));
        var back = CocoReader.Read(folder.File("x.json"));
        Assert.Equal(data.Skeleton.Joints.Select(j => j.Id), back.Skeleton.Joints.Select(j => j.Id));
        Assert.Equal(data.Keypoints.ToArray(), back.Keypoints.ToArray());
        Assert.Equal(data.States.ToArray(), back.States.ToArray());
        Assert.Equal(data.People.Ids, back.People.Ids);
        Assert.Equal(data.People.Image, back.People.Image);
        Assert.Equal(data.People.Boxes, back.People.Boxes);
        Assert.Equal(data.People.Areas, back.People.Areas);
        Assert.Equal(data.People.Crowd, back.People.Crowd);
        Assert.Equal(data.Images.Ids, back.Images.Ids);
        Assert.Equal(Enumerable.Range(0, data.Images.Count).Select(i => data.Images.FileNames[i]), Enumerable.Range(0, back.Images.Count).Select(i => back.Images.FileNames[i]));
        Assert.Single(Directory.GetFiles(folder.FullName));
    }).Holds();

    [Fact]
    public void Mapping_into_a_union_and_back_loses_nothing() => Prop.ForAll(AnyData.ToArbitrary(), Gen.Elements(SkeletonNames).ToArbitrary(), (data, other) =>
    {
        var union = SkeletonUnion.Of(BuiltInSkeletons.Get(other), data.Skeleton);
        var mapped = data.MapTo(union.Union);
        var own = union.MapOf(1);
        for (var p = 0; p < data.People.Count; p++)
        {
            Assert.Equal(data.LabelledOf(p), mapped.LabelledOf(p));
            Assert.Equal(union.Union.Count - own.Length, mapped.StatesOf(p).Count(JointState.Undefined));
        }

        var back = mapped.MapTo(data.Skeleton);
        Assert.Equal(data.Keypoints.ToArray(), back.Keypoints.ToArray());
        Assert.Equal(data.States.ToArray(), back.States.ToArray());
    }).Holds();

    [Fact]
    public void Mapping_counts_labelled_joints_anew()
    {
        using var folder = new TempFolder();
        var data = Make(BuiltInSkeletons.Get("coco17"), 1, 6, new Random(3));
        data = new PoseData(data.Skeleton, data.Images, data.People with { LabelledCounts = [17, 17, 17, 17, 17, 17] }, data.Keypoints.ToArray(), data.States.ToArray());
        var mapped = data.MapTo(BuiltInSkeletons.Get("lsp14"));
        CocoWriter.Write(mapped, folder.File("x.json"));
        Assert.Equal(Enumerable.Range(0, 6).Select(mapped.LabelledOf), CocoReader.Read(folder.File("x.json")).People.LabelledCounts!);
    }

    [Fact]
    public void An_own_skeletons_names_sides_and_limbs_are_read_back()
    {
        using var folder = new TempFolder();
        var skeleton = new Skeleton("pet", [new("tail", "tail", null, 0.1, null), new("left_paw", "left_paw", "right_paw", 0.1, "tail"), new("right_paw", "right_paw", "left_paw", 0.1, "tail")]);
        CocoWriter.Write(Make(skeleton, 1, 1, new Random(1)), folder.File("pet.json"));
        var back = CocoReader.Read(folder.File("pet.json")).Skeleton;
        Assert.Equal("pet", back.Name);
        Assert.Equal(skeleton.Joints.Select(j => j.Name), back.Joints.Select(j => j.Name));
        Assert.Equal(skeleton.SwapIndices, back.SwapIndices);
        Assert.Equal([(0, 1), (0, 2)], back.Limbs);
    }

    [Fact]
    public void Groups_hold_everybody_once_on_their_image() => Prop.ForAll(AnyData.ToArbitrary(), data =>
    {
        var groups = data.GroupByImage();
        var everybody = Enumerable.Range(0, groups.Count).SelectMany(i => groups[i].ToArray()).ToArray();
        Assert.Equal(data.Images.Count, groups.Count);
        Assert.Equal(Enumerable.Range(0, data.People.Count), everybody.Order());
        Assert.All(Enumerable.Range(0, groups.Count), i => Assert.Equal(Enumerable.Range(0, data.People.Count).Where(p => data.People.Image[p] == i), groups[i].ToArray()));
    }).Holds();

    [Fact]
    public void A_selection_has_the_chosen_rows() => Prop.ForAll(AnyData.ToArbitrary(), data =>
    {
        var rows = Enumerable.Range(0, data.People.Count).Reverse().Where(p => p % 2 == 0).ToArray();
        var some = data.Select(rows);
        Assert.Equal(rows.Select(r => data.People.Ids[r]), some.People.Ids);
        Assert.Equal(rows.Select(r => data.People.Areas[r]), some.People.Areas);
        Assert.All(Enumerable.Range(0, rows.Length), i => Assert.Equal(data.KeypointsOf(rows[i]).ToArray(), some.KeypointsOf(i).ToArray()));
        Assert.Same(data.Images, some.Images);
    }).Holds();

    [Fact]
    public void Data_sets_put_together_keep_their_people_on_their_images()
    {
        var skeleton = BuiltInSkeletons.Get("lsp14");
        var (a, b) = (Make(skeleton, 2, 3, new Random(1)), Make(skeleton, 3, 4, new Random(2)));
        var both = PoseData.Concat(a, b);
        Assert.Equal((5, 7), (both.Images.Count, both.People.Count));
        Assert.Equal(b.Images.FileNames[b.People.Image[3]], both.Images.FileNames[both.People.Image[6]]);
        Assert.Equal(b.KeypointsOf(3).ToArray(), both.KeypointsOf(6).ToArray());
        Assert.Throws<ArgumentException>(() => PoseData.Concat(a, Make(BuiltInSkeletons.Get("aic14"), 1, 1, new Random(3))));
    }

    [Fact]
    public void Optional_columns_survive_being_put_together_and_chosen_from()
    {
        var skeleton = BuiltInSkeletons.Get("lsp14");
        var (a, b) = (Make(skeleton, 1, 2, new Random(1)), Make(skeleton, 1, 2, new Random(2)));
        b = new PoseData(skeleton, b.Images with { CrowdIndices = [0.5] }, b.People with { TrackIds = [4, 5], HeadSizes = [6, 7], LabelledCounts = [1, 2] }, b.Keypoints.ToArray(), b.States.ToArray());
        var both = PoseData.Concat(a, b);
        Assert.Equal([-1, -1, 4, 5], both.People.TrackIds!);
        Assert.Equal([double.NaN, 0.5], both.Images.CrowdIndices!);
        Assert.Null(both.People.LabelledCounts);
        Assert.Equal([7, 0], both.Select([3, 0]).People.HeadSizes!);
        Assert.Equal([2], b.Select([1]).People.LabelledCounts!);
    }

    [Fact]
    public void People_are_chosen_by_their_labelled_joints()
    {
        var data = CocoReader.Read(Shared.Path("data/samples/coco/test_coco.json"));
        var people = data.PeopleWithAtLeast(1);
        Assert.Equal(data.People.LabelledCounts!.Select((c, p) => (c, p)).Where(c => c.c > 0 && !data.People.Crowd[c.p]).Select(c => c.p), people);
        Assert.Empty(data.PeopleWithAtLeast(18));
    }

    [Fact]
    public void Data_that_is_not_finite_is_not_written_and_leaves_the_old_file()
    {
        using var folder = new TempFolder();
        var path = folder.Write("x.json", "old");
        var data = Make(BuiltInSkeletons.Get("lsp14"), 1, 1, new Random(1));
        data.People.Areas[0] = double.NaN;
        Assert.Throws<SinewException>(() => CocoWriter.Write(data, path));
        Assert.Equal("old", File.ReadAllText(path));
        Assert.Single(Directory.GetFiles(folder.FullName));
    }

    [Fact]
    public void Results_are_written_whole_or_not_at_all()
    {
        using var folder = new TempFolder();
        var path = folder.File("results.json");
        using (var results = new CocoResultsWriter(path))
        {
            results.Add(7, [1, 2.5f, 3, 4], [0.5f, 1], 0.75, new Box(1, 2, 3, 4));
        }

        Assert.Empty(Directory.GetFiles(folder.FullName));
        using (var results = new CocoResultsWriter(path))
        {
            results.Add(7, [1, 2.5f, 3, 4], [0.5f, 1], 0.75, new Box(1, 2, 3, 4));
            results.Add(8, [0, 0], [0], 0.25);
            results.Complete();
        }

        using var json = JsonDocument.Parse(File.ReadAllText(path));
        Assert.Equal(2, json.RootElement.GetArrayLength());
        Assert.Equal([1, 2.5, 0.5, 3, 4, 1], json.RootElement[0].GetProperty("keypoints").EnumerateArray().Select(e => e.GetDouble()));
        Assert.Equal(0.75, json.RootElement[0].GetProperty("score").GetDouble());
        Assert.False(json.RootElement[1].TryGetProperty("bbox", out _));
    }

    private static PoseData Make(Skeleton skeleton, int images, int people, Random random)
    {
        var names = new StringColumn.Builder();
        for (var i = 0; i < images; i++) names.Add($"bild \"{i}\" ä.jpg");
        var keypoints = new float[people * skeleton.Count * 2];
        var states = new JointState[people * skeleton.Count];
        for (var j = 0; j < states.Length; j++)
        {
            states[j] = (JointState)random.Next(1, 4);
            if (states[j] == JointState.Unlabelled) continue;
            keypoints[2 * j] = (random.NextSingle() - 0.1f) * 1000;
            keypoints[(2 * j) + 1] = (random.NextSingle() - 0.1f) * 1e-3f;
        }

        return new PoseData(
            skeleton,
            new ImageTable([.. Enumerable.Range(0, images).Select(i => 1000L * i)], names.Build(), [.. Enumerable.Repeat(640, images)], [.. Enumerable.Repeat(480, images)]),
            new PeopleTable(
                [.. Enumerable.Range(0, people).Select(p => (long)p << 40)],
                [.. Enumerable.Range(0, people).Select(_ => random.Next(images))],
                [.. Enumerable.Range(0, people).Select(_ => new Box(random.NextSingle() * 600, random.NextSingle() * 400, random.NextSingle() * 500, random.NextSingle() * 300))],
                [.. Enumerable.Range(0, people).Select(_ => random.NextDouble() * 1e5)],
                [.. Enumerable.Range(0, people).Select(_ => random.Next(4) == 0)]),
            keypoints,
            states);
    }
}
