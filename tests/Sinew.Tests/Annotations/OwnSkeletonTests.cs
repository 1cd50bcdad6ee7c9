using Sinew.Annotations;
using Sinew.Evaluation;
using Sinew.Skeletons;
using Sinew.TestSupport;

namespace Sinew.Tests.Annotations;

/// <summary>Label files of joints that are nobody's but their owner's.</summary>
public class OwnSkeletonTests
{
    private const string People = """{"id": 1, "name": "person", "keypoints": ["nose", "tail"]}""";
    private const string Dogs = """{"id": 5, "name": "dog", "keypoints": ["snout", "paw", "ear"]}""";
    private const string Horses = """{"id": 7, "name": "horse", "keypoints": ["muzzle", "withers", "tail"]}""";

    private static readonly Skeleton Horse = Of("muzzle", "withers", "tail");

    [Theory]
    [InlineData($"{People}, {Dogs}, {Horses}")]
    [InlineData($"{Horses}, {Dogs}, {People}")]
    [InlineData($"{{\"id\": 1, \"name\": \"person\"}}, {Dogs}, {Horses}")]
    public void Of_several_categories_the_one_with_the_skeletons_joints_is_read(string categories)
    {
        using var folder = new TempFolder();
        var file = Write(folder, categories, """
            {"id": 1, "image_id": 1, "category_id": 1, "bbox": [0, 0, 9, 9], "keypoints": [1,1,2, 2,2,2]},
            {"id": 2, "image_id": 1, "category_id": 5, "bbox": [0, 0, 9, 9], "keypoints": [1,1,2, 2,2,2, 3,3,2]},
            {"id": 3, "image_id": 1, "category_id": 7, "bbox": [0, 0, 9, 9], "keypoints": [4,4,2, 5,5,2, 6,6,2]}
            """);
        var data = AnnotationReader.Read(file, new ReadOptions { Skeleton = Horse });
        Assert.Equal([3L], data.People.Ids);
        Assert.Equal(7, data.Category);
        Assert.Equal(7, data.MapTo(Of("tail")).Select([0]).Category);
        var labels = CocoLabels.Read(file, Horse);
        Assert.Equal([3L], labels.Labels.Ids);
        Assert.Equal((7, 2), (labels.Category, labels.OtherCategories));
    }

    [Fact]
    public void A_file_whose_joints_are_in_another_order_than_the_skeletons_is_refused()
    {
        using var folder = new TempFolder();
        var file = Write(folder, Horses, """{"id": 3, "image_id": 1, "category_id": 7, "bbox": [0, 0, 9, 9], "keypoints": [4,4,2, 5,5,2, 6,6,2]}""");
        var other = Of("withers", "muzzle", "tail");
        foreach (var onBad in new[] { OnBad.Fail, OnBad.Skip })
        {
            var refused = Assert.Throws<SinewException>(() => AnnotationReader.Read(file, new ReadOptions { Skeleton = other, OnBad = onBad }));
            Assert.Contains("its joint 0 is 'muzzle', and that is joint 1 of the skeleton 'own'", refused.Message, StringComparison.Ordinal);
        }

        Assert.Contains("joint 0 is 'muzzle'", Assert.Throws<SinewException>(() => CocoLabels.Read(file, other)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Joints_under_other_names_are_the_skeletons_in_their_order()
    {
        using var folder = new TempFolder();
        var file = Write(folder, Horses, """{"id": 3, "image_id": 1, "category_id": 7, "bbox": [0, 0, 9, 9], "keypoints": [4,4,2, 5,5,2, 6,6,2]}""");
        var renamed = new Skeleton("own", [new("Maul", "muzzle", null, 0.1, null), new("Widerrist", "Widerrist", null, 0.1, null), new("Schweif", "Schweif", null, 0.1, null)]);
        Assert.Equal([4f, 4f, 5f, 5f, 6f, 6f], AnnotationReader.Read(file, new ReadOptions { Skeleton = renamed }).KeypointsOf(0).ToArray());
        Assert.Equal(1, CocoLabels.Read(file, renamed).Labels.Count);
    }

    [Fact]
    public void Sides_are_known_by_words_and_by_letters()
    {
        using var folder = new TempFolder();
        const string names = "\"left_ear\", \"ear right\", \"right_ear\", \"L_Fore\", \"R_Fore\", \"hind-l\", \"hind-r\", \"tail\", \"r_rib\", \"real\"";
        var file = Write(folder, $"{{\"id\": 7, \"name\": \"horse\", \"keypoints\": [{names}]}}", "");
        var swaps = AnnotationReader.Read(file).Skeleton.Joints.Select(j => j.Swap);
        Assert.Equal(["right_ear", null, "left_ear", "r_fore", "l_fore", "hind_r", "hind_l", null, null, null], swaps);
    }

    [Fact]
    public void Results_have_the_category_of_the_labels_that_they_are_scored_by()
    {
        using var folder = new TempFolder();
        var file = Write(folder, Horses, """{"id": 3, "image_id": 1, "category_id": 7, "bbox": [0, 0, 40, 40], "area": 1600, "keypoints": [4,4,2, 5,5,2, 6,6,2]}""");
        var found = folder.File("found.json");
        using (var writer = new CocoResultsWriter(found, AnnotationReader.Read(file).Category))
        {
            writer.Add(1, [4, 4, 5, 5, 6, 6], [1, 1, 1], 1);
            writer.Complete();
        }

        Assert.Equal(1, Scoring.Run(ScoringProtocol.Coco, file, found)["AP"], 1e-9);
    }

    [Fact]
    public void Scores_say_which_sigmas_nobody_has_given()
    {
        using var folder = new TempFolder();
        const string Half = """{"id": 7, "name": "horse", "keypoints": ["left_eye", "withers", "tail"]}""";
        var file = Write(folder, Half, """{"id": 3, "image_id": 1, "category_id": 7, "bbox": [0, 0, 40, 40], "area": 1600, "keypoints": [4,4,2, 5,5,2, 6,6,2]}""");
        var found = folder.Write("found.json", """[{"image_id": 1, "category_id": 7, "keypoints": [4,4,1, 5,5,1, 6,6,1], "score": 1}]""");

        string[] Sigmas(Skeleton? skeleton, ScoringProtocol protocol = ScoringProtocol.Coco, string? joints = null) =>
        [
            .. Scoring.Run(protocol, file, found, new ScoringOptions { Skeleton = skeleton, Joints = joints, PckReference = PckReference.Box }).Notes.Where(n => n.Contains("sigma", StringComparison.Ordinal)),
        ];

        Assert.Equal(["joints of no known skeleton have sigma 0.079: withers, tail; --skeleton can give them theirs"], Sigmas(null));
        Assert.Equal(["joints of no known skeleton have sigma 0.079: tail; --skeleton can give them theirs"], Sigmas(null, joints: "left_eye,tail"));
        Assert.Empty(Sigmas(null, joints: "left_eye"));
        Assert.Empty(Sigmas(null, ScoringProtocol.Pck));
        Assert.Empty(Sigmas(Of("left_eye", "withers", "tail")));
    }

    private static Skeleton Of(params string[] joints) => new("own", [.. joints.Select(j => new Joint(j, j, null, 0.1, null))]);

    private static string Write(TempFolder folder, string categories, string people) => folder.Write(
        "labels.json", $$"""{"categories": [{{categories}}], "images": [{"id": 1, "file_name": "a.jpg", "width": 50, "height": 50}], "annotations": [{{people}}]}""");
}
