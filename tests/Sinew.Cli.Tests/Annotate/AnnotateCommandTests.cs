using System.IO.Compression;
using System.Text.Json;
using Sinew.Annotations;
using Sinew.Cli.Annotate;
using Sinew.Cli.Tests.Predict;
using Sinew.Skeletons;
using Sinew.TestSupport;

namespace Sinew.Cli.Tests.Annotate;

/// <summary><c>annotate</c> as a process: labels of a red joint and a tail, and a model that knows red, green and blue.</summary>
public sealed class AnnotateCommandTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly string _model;
    private readonly (float X, float Y)[][] _spots = new (float, float)[3][];

    public AnnotateCommandTests()
    {
        _model = ColourModel.Write(_folder.File("model"));
        for (var i = 0; i < 3; i++) _spots[i] = ColourModel.Save(_folder.File($"photos/{i}.png"), 9 * i);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void COCO_labels_get_joints_and_keep_every_byte_of_their_own()
    {
        var path = Labels();
        Annotate(0, "--data", path, "--images", _folder.File("photos"), "--out", _folder.File("out.json"));
        var text = File.ReadAllText(_folder.File("out.json"));

        // what is not a joint is the file's own text, odd numbers and spaces included
        foreach (var kept in new[] { "\"info\":   {\"x\": NaN, \"keypoints\": [1]}", "\"own\": [1.50, {\"deep\": \"}\"}], ", "\"iscrowd\": 1, \"keypoints\": [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]", "\"area\": 9000.000" })
            Assert.Contains(kept, text, StringComparison.Ordinal);
        Assert.Contains($"\"keypoints\": [{_spots[0][0].X}.00, {_spots[0][0].Y}, 2, 44.10, 55.20, 1, ", text, StringComparison.Ordinal);
        Assert.Contains("\"keypoints\": [\"red\", \"Tail\", \"green\", \"blue\"]", text, StringComparison.Ordinal);

        // our own reader reads it again, by its names and by the skeleton that lies beside
        var before = AnnotationReader.Read(path);
        foreach (var skeleton in new[] { null, SkeletonFile.Load(_folder.File("out.skeleton.yaml")) })
        {
            var after = AnnotationReader.Read(_folder.File("out.json"), new ReadOptions { Skeleton = skeleton });
            AssertOldLabels(before, after);
            for (var person = 0; person < 2; person++)
            {
                for (var joint = 1; joint < 3; joint++)
                {
                    Assert.Equal(_spots[person][joint].X, after.KeypointsOf(person)[2 * (joint + 1)], 3f);
                    Assert.Equal(_spots[person][joint].Y, after.KeypointsOf(person)[(2 * (joint + 1)) + 1], 3f);
                    Assert.Equal(JointState.Visible, after.StatesOf(person)[joint + 1]);
                }
            }

            // the crowd and the person without a label
            Assert.Equal([JointState.Unlabelled, JointState.Unlabelled], after.StatesOf(2)[2..].ToArray());
            Assert.Equal([JointState.Unlabelled, JointState.Unlabelled], after.StatesOf(3)[2..].ToArray());
        }

        using var json = JsonDocument.Parse(text.Replace("NaN", "null", StringComparison.Ordinal));
        var first = json.RootElement.GetProperty("annotations")[0];
        Assert.Equal(4, first.GetProperty("num_keypoints").GetInt32());
        Assert.Equal([1, 1, 2, 2], first.GetProperty("keypoint_origin").EnumerateArray().Select(o => o.GetInt32()));
        Assert.Equal([1, 1], first.GetProperty("keypoint_scores").EnumerateArray().Take(2).Select(o => o.GetDouble()));
        Assert.All(first.GetProperty("keypoint_scores").EnumerateArray().Skip(2), s => Assert.InRange(s.GetDouble(), 0.5, 1));
        Assert.Equal([0, 1, 2, 2], json.RootElement.GetProperty("annotations")[1].GetProperty("keypoint_origin").EnumerateArray().Select(o => o.GetInt32()));
        Assert.Equal(["green", "blue"], json.RootElement.GetProperty("predicted_joints").GetProperty("joints").EnumerateArray().Select(j => j.GetString()));
    }

    [Fact]
    public void Who_disagrees_with_the_labels_is_to_be_looked_at_first()
    {
        // the second person's red is labelled far from where it is
        var path = Labels(secondRed: "12, 120, 2");
        Annotate(0, "--data", path, "--images", _folder.File("photos"), "--out", _folder.File("out.json"), "--unlabelled");
        using var review = JsonDocument.Parse(File.ReadAllText(_folder.File("review.json")));
        var people = review.RootElement.GetProperty("people").EnumerateArray().ToArray();
        Assert.Equal(3, people.Length);
        Assert.Equal(22, people[0].GetProperty("id").GetInt32());
        Assert.Equal("1.png", people[0].GetProperty("file_name").GetString());
        Assert.InRange(people[0].GetProperty("known_error").GetDouble(), 0.9, 1);
        Assert.Equal("red", people[0].GetProperty("doubtful")[0].GetProperty("joint").GetString());
        Assert.InRange(people[0].GetProperty("doubtful")[0].GetProperty("pixels").GetDouble(), 60, 120);
        Assert.True(people[1].GetProperty("expected_error").GetDouble() >= people[2].GetProperty("expected_error").GetDouble());
    }

    [Fact]
    public void MPII_labels_count_from_one_and_are_compressed_where_the_name_says_so()
    {
        _folder.Write("two.yaml", "name: two\njoints:\n  - {name: red, sigma: 0.05}\n  - {name: tail, sigma: 0.05}\n");
        var path = _folder.Write("mpii.json", $$"""
            [{"image": "0.png", "center": [49, 65], "scale": 0.64, "joints": [[{{_spots[0][0].X + 1}}, {{_spots[0][0].Y + 1}}], [-1, -1]], "joints_vis": [1, 0], "head_size": 12.50},
             {"image": "1.png", "joints_vis": [0, 1], "joints": [[-1.0, -1.0], [40.5, 41]], "scale": 0.64, "center": [49, 65]}]
            """);
        Annotate(0, "--data", path, "--data-skeleton", _folder.File("two.yaml"), "--images", _folder.File("photos"), "--out", _folder.File("more.json.gz"));
        using (var zipped = new StreamReader(new GZipStream(File.OpenRead(_folder.File("more.json.gz")), CompressionMode.Decompress)))
        {
            var text = zipped.ReadToEnd();
            Assert.Contains("\"head_size\": 12.50", text, StringComparison.Ordinal);
            Assert.Contains("\"joints_vis\": [0, 1, 1, 1]", text, StringComparison.Ordinal);
            Assert.Contains("[[-1.0, -1.0], [40.5, 41], [", text, StringComparison.Ordinal);
        }

        var skeleton = SkeletonFile.Load(_folder.File("more.skeleton.yaml"));
        var after = AnnotationReader.Read(_folder.File("more.json.gz"), new ReadOptions { Skeleton = skeleton });
        AssertOldLabels(AnnotationReader.Read(path, new ReadOptions { Skeleton = SkeletonFile.Load(_folder.File("two.yaml")) }), after);
        for (var joint = 1; joint < 3; joint++) Assert.Equal(_spots[1][joint].X, after.KeypointsOf(1)[2 * (joint + 1)], 3f);
    }

    [Fact]
    public void A_second_model_adds_to_the_first_ones_joints_and_leaves_their_marks()
    {
        Annotate(0, "--data", Labels(), "--images", _folder.File("photos"), "--out", _folder.File("out.json"));
        var other = ColourModel.Write(_folder.File("other"));
        var skeleton = _folder.File("other/rgb.yaml");
        File.WriteAllText(skeleton, File.ReadAllText(skeleton).Replace("{name: green", "{name: moss", StringComparison.Ordinal));
        Assert.Equal(0, SinewCommand.Run(
            "annotate", "--model", other, "--data", _folder.File("out.json"), "--data-skeleton", _folder.File("out.skeleton.yaml"), "--images", _folder.File("photos"), "--out", _folder.File("b/out.json")).ExitCode);
        using var one = JsonDocument.Parse(File.ReadAllText(_folder.File("out.json")).Replace("NaN", "null", StringComparison.Ordinal));
        using var two = JsonDocument.Parse(File.ReadAllText(_folder.File("b/out.json")).Replace("NaN", "null", StringComparison.Ordinal));
        var (a, b) = (one.RootElement.GetProperty("annotations")[0], two.RootElement.GetProperty("annotations")[0]);
        Assert.Equal([1, 1, 2, 2, 2], b.GetProperty("keypoint_origin").EnumerateArray().Select(o => o.GetInt32()));
        foreach (var field in new[] { "keypoint_scores", "keypoints" })
        {
            var old = a.GetProperty(field).EnumerateArray().Select(v => v.GetRawText()).ToArray();
            Assert.Equal(old, b.GetProperty(field).EnumerateArray().Take(old.Length).Select(v => v.GetRawText()));
        }

        Assert.Equal(5, b.GetProperty("num_keypoints").GetInt32());
        Assert.Equal("moss", Assert.Single(two.RootElement.GetProperty("predicted_joints_2").GetProperty("joints").EnumerateArray()).GetString());
    }

    [Fact]
    public void Joints_that_a_person_lacks_are_filled_in_on_request()
    {
        Annotate(0, "--data", Labels(), "--images", _folder.File("photos"), "--out", _folder.File("out.json"), "--fill", "--min-score", "2");
        var after = AnnotationReader.Read(_folder.File("out.json"));
        Assert.Equal(_spots[1][0].X, after.KeypointsOf(1)[0], 3f);
        Assert.Equal([JointState.Occluded, JointState.Occluded, JointState.Occluded, JointState.Occluded], after.StatesOf(1).ToArray());
    }

    [Fact]
    public void An_interrupted_run_goes_on_with_the_people_it_has_not_asked_about()
    {
        var (path, photos, to) = (Labels(), _folder.File("photos"), _folder.File("out.json"));
        var (data, skeleton) = (AnnotationReader.Read(path), SkeletonFile.Load(_folder.File("model/rgb.yaml")));
        var people = new AnnotatedPeople(data, SkeletonUnion.Of(data.Skeleton, skeleton).Union, skeleton, fill: false);
        using (var journal = AnnotateJournal.Open(to, AnnotateJournal.MadeOf(path, _model, skeleton, photos, flip: false), people, anew: false))
            journal.Add(0, [1, 1, 0.5f, 11, 12, 0.5f, 21, 22, 0.5f], 96, 128);
        Assert.Contains("going on after 1 people", Annotate(0, "--data", path, "--images", photos, "--out", to).Error, StringComparison.Ordinal);

        // nowhere near the green and the blue spot, and so from the first run
        var after = AnnotationReader.Read(to);
        Assert.Equal([11, 12, 21, 22], after.KeypointsOf(0)[4..].ToArray());
        Assert.Equal(_spots[1][1].X, after.KeypointsOf(1)[4], 3f);
        Assert.False(File.Exists(to + AnnotateJournal.Ending));
    }

    [Fact]
    public void Nothing_is_overwritten()
    {
        var path = Labels();
        var out1 = _folder.Write("out.json", "mine");
        foreach (var (expected, args) in new (string, string[])[]
        {
            ("is there already", ["--data", path, "--out", out1]),
            ("never overwritten", ["--data", path, "--out", path, "--force"]),
            ("both --data and --review", ["--data", path, "--out", _folder.File("new.json"), "--review", path, "--force"]),
            ("both --out and --review", ["--data", path, "--out", _folder.File("review.json")]),
            ("is a folder", ["--data", path, "--out", _folder.File("photos")]),
            ("is not a number", ["--data", path, "--out", _folder.File("new.json"), "--min-score", "nan"]),
            ("lacks tail", ["--data", path, "--out", _folder.File("new.json"), "--skeleton", _folder.File("model/rgb.yaml")]),
            ("none of the pictures", ["--data", path, "--out", _folder.File("new.json"), "--images", _folder.File("model")]),
        })
        {
            var result = Annotate(2, args);
            Assert.Contains(expected, result.Error, StringComparison.Ordinal);
        }

        Assert.Equal("mine", File.ReadAllText(out1));
        Assert.False(File.Exists(_folder.File("new.json")));
        Assert.False(File.Exists(_folder.File("review.json")));
        Annotate(0, "--data", path, "--images", _folder.File("photos"), "--out", out1, "--force");
        Assert.NotEqual("mine", File.ReadAllText(out1));
        Assert.Contains("nothing to add", Annotate(2, "--data", out1, "--images", _folder.File("photos"), "--out", _folder.File("again.json"), "--review", _folder.File("r.json")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_record_that_was_left_out_and_a_person_without_extent_get_no_joints()
    {
        var path = Labels();
        var record = $$"""{"id": 21, "image_id": 1, "category_id": 3, "bbox": [0, 0, 96, 128], "area": 9, "num_keypoints": 2, "keypoints": [{{_spots[0][0].X}}, {{_spots[0][0].Y}}, 2, 44, 55, 1]}""";
        var bad = record.Replace("[0, 0, 96, 128]", "[0, 0, -96, 128]", StringComparison.Ordinal);
        var tiny = record.Replace("21", "26", StringComparison.Ordinal).Replace("[0, 0, 96, 128]", "[10, 10, 1e-30, 1e-30]", StringComparison.Ordinal);
        File.WriteAllText(path, File.ReadAllText(path).Replace("\"annotations\": [", $"\"annotations\": [{bad},", StringComparison.Ordinal).Replace("\"bbox\": [1, 1, 5, 5]}]", $"\"bbox\": [1, 1, 5, 5]}},{record},{tiny}]", StringComparison.Ordinal));
        var result = Annotate(0, "--data", path, "--images", _folder.File("photos"), "--out", _folder.File("out.json"));
        Assert.Contains("2 of 5 people", result.Output, StringComparison.Ordinal);
        Assert.Contains("annotation 26 of 0.png", result.Error, StringComparison.Ordinal);
        using var json = JsonDocument.Parse(File.ReadAllText(_folder.File("out.json")).Replace("NaN", "null", StringComparison.Ordinal));
        var origins = json.RootElement.GetProperty("annotations").EnumerateArray().Where(a => a.TryGetProperty("keypoint_origin", out _))
            .Select(a => (a.GetProperty("id").GetInt32(), string.Concat(a.GetProperty("keypoint_origin").EnumerateArray().Select(o => o.GetInt32()))));
        Assert.Equal([(21, "0000"), (21, "1122"), (22, "0122"), (23, "0000"), (24, "0000"), (21, "0000"), (26, "1100")], origins);
    }

    private static void AssertOldLabels(PoseData before, PoseData after)
    {
        var kept = after.MapTo(before.Skeleton);
        Assert.Equal(before.People.Ids, kept.People.Ids);
        Assert.Equal(before.People.Boxes, kept.People.Boxes);
        Assert.Equal(before.People.Areas, kept.People.Areas);
        Assert.Equal(before.States.ToArray(), kept.States.ToArray());
        Assert.Equal(before.Keypoints.ToArray(), kept.Keypoints.ToArray());
    }

    private string Labels(string? secondRed = null) => _folder.Write("labels.json", $$"""
        {"info":   {"x": NaN, "keypoints": [1]},
         "annotations": [
          {"id": 21, "image_id": 1, "category_id": 3, "own": [1.50, {"deep": "}"}], "bbox": [0, 0, 96, 128], "area": 9000.000, "num_keypoints": 2,
           "keypoints": [{{_spots[0][0].X}}.00, {{_spots[0][0].Y}}, 2, 44.10, 55.20, 1]},
          {"keypoints": [{{secondRed ?? "0, 0, 0"}}, 44, 55, 1], "id": 22, "image_id": 2, "category_id": 3, "bbox": [0, 0, 96, 128], "area": 9000, "num_keypoints": 1},
          {"id": 23, "image_id": 3, "category_id": 3, "bbox": [0, 0, 96, 128], "area": 9000, "num_keypoints": 0, "keypoints": [0, 0, 0, 0, 0, 0]},
          {"id": 24, "image_id": 3, "category_id": 3, "bbox": [0, 0, 96, 128], "area": 9000, "num_keypoints": 0, "iscrowd": 1, "keypoints": [0, 0, 0, 0, 0, 0]},
          {"id": 25, "image_id": 3, "category_id": 8, "bbox": [1, 1, 5, 5]}],
         "images": [{"id": 1, "file_name": "0.png", "width": 96, "height": 128}, {"id": 2, "file_name": "1.png", "width": 96, "height": 128},
                    {"id": 3, "file_name": "2.png", "width": 96, "height": 128}],
         "categories": [{"id": 8, "name": "dog"}, {"id": 3, "name": "person", "keypoints": ["red", "Tail"], "skeleton": []}]}
        """);

    private SinewCommand.Result Annotate(int exit, params string[] args)
    {
        var result = SinewCommand.Run(["annotate", "--model", _model, .. args]);
        Assert.True(result.ExitCode == exit, $"{result.ExitCode}: {result.Error}");
        return result;
    }
}
