using Sinew.Annotations;
using Sinew.Skeletons;
using Sinew.TestSupport;

namespace Sinew.Tests.Annotations;

/// <summary>What is peculiar to each format, on the sample files.</summary>
public class FormatTests
{
    private const string Samples = "data/samples/";

    [Fact]
    public void Whole_body_lists_are_joined_and_keep_their_flags()
    {
        var data = CocoReader.Read(Shared.Path(Samples + "coco/test_coco_wholebody.json"));
        var flat = CocoReader.Read(Shared.Path(Samples + "coco/test_keypoint_partition_metric.json"));
        var skeleton = data.Skeleton;
        Assert.Equal([439f, 378f], data.KeypointsOf(0).Slice(skeleton.IndexOfName("left_big_toe") * 2, 2).ToArray());
        Assert.Equal([355.823f, 75.36f], data.KeypointsOf(0).Slice(skeleton.IndexOfName("face-0") * 2, 2).ToArray());
        Assert.Equal([304.10366f, 181.75134f], data.KeypointsOf(0).Slice(skeleton.IndexOfName("right_hand_root") * 2, 2).ToArray());
        Assert.Equal(JointState.Unlabelled, data.StatesOf(0)[skeleton.IndexOfName("left_hand_root")]);
        Assert.Equal(ValidParts.Foot | ValidParts.Face | ValidParts.RightHand, data.People.ValidParts![0]);
        Assert.Equal(112, flat.People.LabelledCounts![0]);
        Assert.Equal(112, data.LabelledOf(0));
        Assert.True(data.Keypoints.SequenceEqual(flat.Keypoints));
    }

    [Fact]
    public void Whole_body_files_can_be_read_for_the_body_alone()
    {
        var data = CocoReader.Read(Shared.Path(Samples + "coco/test_coco_wholebody.json"), new() { Skeleton = BuiltInSkeletons.Get("coco17") });
        var coco = CocoReader.Read(Shared.Path(Samples + "coco/test_coco.json"));
        Assert.Equal(coco.Keypoints.ToArray(), data.Keypoints.ToArray());
    }

    [Fact]
    public void CrowdPose_keeps_crowd_indices_and_has_areas_by_rule()
    {
        var data = CocoReader.Read(Shared.Path(Samples + "crowdpose/test_crowdpose.json"));
        Assert.Equal([0.33, 0.39], data.Images.CrowdIndices!);
        Assert.Equal(0.53 * 273.15 * 352.42, data.People.Areas[0], 1e-9);
        Assert.Equal((640, 425), (data.Images.Widths[0], data.Images.Heights[0]));
    }

    [Fact]
    public void CrowdPose_validation_has_its_people()
    {
        var data = CocoReader.Read(Shared.Path("data/evaluation/crowdpose_val.json"), null, out var report);
        Assert.Equal(0, report.SwappedSizes);
        Assert.Equal(7074, data.People.LabelledCounts!.Count(c => c > 0));
        Assert.Equal(106, data.People.Crowd.Count(c => c));
    }

    [Fact]
    public void CrowdPose_sizes_that_are_swapped_are_put_right()
    {
        using var folder = new TempFolder();
        var text = File.ReadAllText(Shared.Path("data/evaluation/crowdpose_val.json"))
            .Replace("\"height\"", "\"@\"", StringComparison.Ordinal).Replace("\"width\"", "\"height\"", StringComparison.Ordinal)
            .Replace("\"@\"", "\"width\"", StringComparison.Ordinal);
        var upright = CocoReader.Read(Shared.Path("data/evaluation/crowdpose_val.json"));
        var swapped = CocoReader.Read(folder.Write("swapped.json", text), null, out var report);
        Assert.Equal(upright.Images.Widths, swapped.Images.Widths);
        Assert.Equal(upright.Images.Heights, swapped.Images.Heights);
        Assert.Equal(upright.Images.Widths.Zip(upright.Images.Heights).Count(s => s.First != s.Second), report.SwappedSizes);
    }

    [Fact]
    public void Jhmdb_counts_pixels_from_one()
    {
        var data = CocoReader.Read(Shared.Path(Samples + "jhmdb/test_jhmdb_sub1.json"));
        Assert.Equal([98.851746f - 1, 92.59851f - 1], data.KeypointsOf(0)[..2].ToArray());
        Assert.Equal(new(78, 61, 54, 159), data.People.Boxes[0]);
        Assert.Equal(0, data.People.TrackIds![0]);
    }

    [Fact]
    public void PoseTracks_flag_says_labelled()
    {
        var data = CocoReader.Read(Shared.Path(Samples + "posetrack18/annotations/test_posetrack18_val.json"));
        Assert.Equal(0, data.States.Count(JointState.Occluded));
        Assert.Equal(11, data.LabelledOf(0));
        Assert.Equal(10128340000, data.Images.Ids[0]);
        Assert.Equal("images/val/012834_mpii_test/000000.jpg", data.Images.FileNames[0]);
    }

    [Theory]
    [InlineData("003418_mpii_test")]
    [InlineData("009473_mpii_test")]
    [InlineData("012834_mpii_test")]
    public void PoseTracks_own_files_are_read(string video)
    {
        var data = AnnotationReader.Read(Shared.Path($"{Samples}posetrack18/annotations/val/{video}.json"));
        Assert.Equal("posetrack18", data.Skeleton.Name);
        Assert.True(data.People.Count > 0 && data.People.TrackIds!.All(t => t >= 0));
    }

    [Fact]
    public void Formats_name_the_skeleton_where_names_leave_it_open()
    {
        var data = AnnotationReader.Read(Shared.Path(Samples + "ochuman/test_ochuman.json"), new() { Format = AnnotationFormat.OcHuman });
        Assert.Equal("ochuman17", data.Skeleton.Name);
        Assert.Equal(356725, data.People.Areas[0]);
    }

    [Fact]
    public void Mpii_is_brought_to_pixels_from_zero_with_MMPoses_squares()
    {
        var data = AnnotationReader.Read(Shared.Path(Samples + "mpii/test_mpii.json"), null, out var report);
        Assert.Equal(("mpii16", 5, 5), (data.Skeleton.Name, data.Images.Count, report.People));
        Assert.Equal([803f, 710f], data.KeypointsOf(0)[..2].ToArray());
        Assert.Equal([16, 16, 14, 14, 16], Enumerable.Range(0, 5).Select(data.LabelledOf));
        var side = 200 * 4.718488;
        var square = data.People.Squares![0];
        Assert.Equal(965, square.CenterX, 1e-4);
        Assert.Equal(340 + (15 * 4.718488) - 1, square.CenterY, 1e-4);
        Assert.Equal(side, square.Side, 1e-3);
        Assert.Equal(965 - (side / 2), data.People.Boxes[0].X, 1e-3);
        Assert.Equal(0.53 * side * side, data.People.Areas[0], 1e-6);
        Assert.Equal(5808361, data.Images.Ids[0]);
        Assert.Equal("005808361.jpg", data.Images.FileNames[0]);
    }

    [Fact]
    public void Mpii_validation_people_have_their_joints_and_head_sizes()
    {
        var data = AnnotationReader.Read(Shared.Path("data/evaluation/mpii_val_people.json"), null, out var report);
        Assert.Equal((2958, 0), (data.People.Count, report.Bad));
        Assert.Equal(44240, Enumerable.Range(0, data.People.Count).Sum(data.LabelledOf));
        Assert.All(data.People.HeadSizes!, h => Assert.True(h > 0));

        // The sample file of MMPose's form begins with the same person.
        var mmpose = AnnotationReader.Read(Shared.Path(Samples + "mpii/test_mpii.json"));
        Assert.Equal(mmpose.People.Squares![0].CenterY, data.People.Squares![0].CenterY, 1e-3);
        Assert.Equal(mmpose.People.Squares![0].Side, data.People.Squares![0].Side, 1e-3);
        Assert.Equal(mmpose.KeypointsOf(0)[..16].ToArray(), data.KeypointsOf(0)[..16].ToArray());
    }

    [Fact]
    public void Mpii_trb_has_the_boxes_of_mpii()
    {
        var mpii = AnnotationReader.Read(Shared.Path(Samples + "mpii/test_mpii.json"));
        var trb = AnnotationReader.Read(Shared.Path(Samples + "mpii/test_mpii_trb.json"));
        for (var p = 0; p < 5; p++)
        {
            var image = trb.Images.Ids[trb.People.Image[p]];
            var same = Enumerable.Range(0, 5).Single(q => mpii.Images.Ids[mpii.People.Image[q]] == image);
            Assert.Equal(mpii.People.Squares![same].Side, trb.People.Squares![p].Side, 1e-2);
            Assert.Equal(mpii.People.Squares![same].CenterX, trb.People.Squares![p].CenterX);
            var mapping = JointMapping.Between(trb.Skeleton, mpii.Skeleton);
            var shoulder = trb.Skeleton.IndexOfName("left_shoulder");
            Assert.Equal(mpii.KeypointsOf(same)[mapping.TargetOf[shoulder] * 2], trb.KeypointsOf(p)[shoulder * 2]);
        }
    }

    [Fact]
    public void Mpii_with_names_that_are_no_numbers_and_several_people_an_image()
    {
        using var folder = new TempFolder();
        string Person(string image, int joints) =>
            $$"""{"image":"{{image}}","center":[-1,-1],"scale":1,"joints":[{{string.Join(',', Enumerable.Repeat("[5,6]", joints))}}],"joints_vis":[{{string.Join(',', Enumerable.Repeat("1", joints))}}]}""";
        var path = folder.Write("x.json", $"[{Person("a.jpg", 16)},{Person("3.jpg", 16)},{Person("a.jpg", 15)},{Person("a.jpg", 16)}]");
        Assert.Contains("people[2]: 15 joints", Assert.Throws<SinewException>(() => AnnotationReader.Read(path)).Message, StringComparison.Ordinal);
        var data = AnnotationReader.Read(path, new() { OnBad = OnBad.Skip });
        Assert.Equal([-1, 3], data.Images.Ids);
        Assert.Equal([0, 1, 0], data.People.Image);
        Assert.Equal([0, 1, 3], data.People.Ids);
        Assert.Equal(-2, data.People.Squares![0].CenterY);
    }

    [Theory]
    [InlineData("1e300")]
    [InlineData("1e-300")]
    [InlineData("NaN")]
    [InlineData("0")]
    public void Mpii_head_sizes_that_measure_nothing_are_wrong(string size)
    {
        using var folder = new TempFolder();
        var path = folder.Write("x.json", $"[{MpiiPerson("1.jpg", $",\"head_size\":{size}")},{MpiiPerson("2.jpg", ",\"head_size\":40")}]");
        Assert.Contains("people[0]: a head_size", Assert.Throws<SinewException>(() => AnnotationReader.Read(path)).Message, StringComparison.Ordinal);
        Assert.Equal([40.0], AnnotationReader.Read(path, new() { OnBad = OnBad.Skip }).People.HeadSizes!);
    }

    [Fact]
    public void Mpii_images_of_one_number_in_two_folders_are_two_where_one_is_missing()
    {
        using var folder = new TempFolder();
        Directory.CreateDirectory(folder.File("b"));
        folder.Write("b/7.jpg", "");
        var path = folder.Write("x.json", $"[{MpiiPerson("a/7.jpg")},{MpiiPerson("b/7.jpg")}]");
        var data = AnnotationReader.Read(path, new() { OnBad = OnBad.Skip, ImagesFolder = folder.FullName }, out var report);
        Assert.Equal(("b/7.jpg", 1), (data.Images.FileNames[0], data.People.Ids[0]));
        Assert.Equal((2, 2), (report.Bad, report.BadByReason[BadRecord.MissingImage]));
    }

    private static string MpiiPerson(string image, string more = "") =>
        $$"""{"image":"{{image}}","center":[50,60],"scale":1,"joints":[{{string.Join(',', Enumerable.Repeat("[5,6]", 16))}}],"joints_vis":[{{string.Join(',', Enumerable.Repeat("1", 16))}}]{{more}}}""";

    [Theory]
    [InlineData("coco/test_coco_det_AP_H_56.json", 118)]
    [InlineData("crowdpose/test_crowdpose_det_AP_40.json", -1)]
    [InlineData("posetrack18/annotations/test_posetrack18_human_detections.json", 278)]
    public void Detections_are_read(string file, int boxes)
    {
        var table = DetectionReader.Read(Shared.Path(Samples + file));
        if (boxes > 0) Assert.Equal(boxes, table.Count);
        Assert.All(table.Scores, s => Assert.InRange(s, 0, 1));
        Assert.True(DetectionReader.Read(Shared.Path(Samples + file), lowestScore: 0.5).Scores.Min() >= 0.5);
    }

    [Fact]
    public void A_detection_keeps_its_values()
    {
        var table = DetectionReader.Read(Shared.Path(Samples + "coco/test_coco_det_AP_H_56.json"));
        Assert.Equal(785, table.ImageIds[0]);
        Assert.Equal(0.9999731779098511, table.Scores[0]);
        Assert.Equal(new((float)277.1183158543966, (float)45.699667786163765, (float)225.09126579259754, (float)333.5602652943344), table.Boxes[0]);
    }

    [Theory]
    [InlineData("""[{"image_id":1,"score":1,"bbox":[1,2,3,4]},{"image_id":1,"score":1}]""", "boxes[1]: image_id, bbox or score is missing")]
    [InlineData("""[{"image_id":1,"score":NaN,"bbox":[1,2,3,4]}]""", "boxes[0]: a box or score that is not finite")]
    [InlineData("""[{"image_id":1,"score":1,"bbox":[1,2,3,-4]}]""", "boxes[0]: a box of negative extent")]
    [InlineData("""[{"image_id":1,"score":1,"bbox":[1,2,3,4]}""", "truncated")]
    public void Wrong_detections_are_named(string text, string message)
    {
        using var folder = new TempFolder();
        Assert.Contains(message, Assert.Throws<SinewException>(() => DetectionReader.Read(folder.Write("x.json", text))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""[{"image_id":1,"score":1,"bbox":[1,2,3,4]}]""", "detections or predictions, not labels")]
    [InlineData("[]", "an empty list")]
    [InlineData("[1]", "no label file")]
    [InlineData("""[{"a":1}]""", "no 'joints'")]
    public void What_is_no_label_file_is_told_by_name(string text, string message)
    {
        using var folder = new TempFolder();
        Assert.Contains(message, Assert.Throws<SinewException>(() => AnnotationReader.Read(folder.Write("x.json", text))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_skeleton_is_made_of_names_that_no_built_in_one_has()
    {
        using var folder = new TempFolder();
        var path = folder.Write("horse.json", """
            {"images":[{"id":1,"file_name":"a.jpg"}],
             "annotations":[{"id":1,"image_id":1,"bbox":[0,0,9,9],"keypoints":[1,1,2,2,2,2,3,3,2]}],
             "categories":[{"id":1,"keypoints":["Nose","Left Hoof","Right Hoof"],"skeleton":[[1,2],[1,9]]}]}
            """);
        var skeleton = CocoReader.Read(path).Skeleton;
        Assert.Equal("horse", skeleton.Name);
        Assert.Equal([0, 2, 1], skeleton.SwapIndices);
        Assert.Equal([(0, 1)], skeleton.Limbs);
        Assert.Equal(0.026, skeleton.Sigmas[0]);
        Assert.Equal("nose", skeleton.Joints[0].Id);
    }
}
