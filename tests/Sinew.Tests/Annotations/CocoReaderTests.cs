using Sinew.Annotations;
using Sinew.Skeletons;
using Sinew.TestSupport;

namespace Sinew.Tests.Annotations;

public class CocoReaderTests
{
    [Theory]
    [InlineData("data/lspet/annotations/lspet_train.json", "lsp14", 4478, 4478, (3156 * 14) + (1322 * 13))]
    [InlineData("data/lspet/annotations/lspet_val.json", "lsp14", 450, 450, (313 * 14) + (137 * 13))]
    [InlineData("data/studio17/annotations/studio17_train.json", "coco17", 827, 827, -1)]
    [InlineData("data/studio17/annotations/studio17_val.json", "coco17", 146, 146, -1)]
    [InlineData("data/evaluation/crowdpose_val.json", "crowdpose14", 2000, 8527, -1)]
    [InlineData("data/evaluation/keypoints_gt.json", "coco17", 1, 14, -1)]
    [InlineData("data/samples/coco/test_coco.json", "coco17", 4, 14, -1)]
    [InlineData("data/samples/coco/test_coco_wholebody.json", "coco-wholebody133", 4, 14, -1)]
    [InlineData("data/samples/coco/test_keypoint_partition_metric.json", "coco-wholebody133", 4, 14, -1)]
    [InlineData("data/samples/crowdpose/test_crowdpose.json", "crowdpose14", 2, 5, -1)]
    [InlineData("data/samples/halpe/test_halpe.json", "halpe136", 4, 14, -1)]
    [InlineData("data/samples/aic/test_aic.json", "aic14", 3, 9, -1)]
    [InlineData("data/samples/ochuman/test_ochuman.json", "coco17", 3, 5, -1)]
    [InlineData("data/samples/posetrack18/annotations/test_posetrack18_val.json", "posetrack18", 3, 14, -1)]
    [InlineData("data/samples/jhmdb/test_jhmdb_sub1.json", "jhmdb15", 3, 3, -1)]
    [InlineData("data/samples/mpii/test_mpii_trb.json", "mpii-trb40", 5, 5, -1)]
    public void Reads_every_coco_style_file(string file, string skeleton, int images, int people, int labelled)
    {
        var data = CocoReader.Read(Shared.Path(file), null, out var report);
        Assert.Equal(skeleton, data.Skeleton.Name);
        Assert.Equal((images, people), (data.Images.Count, data.People.Count));
        Assert.Equal((images, people, 0, 0), (report.Images, report.People, report.Bad, report.Incomplete));
        var states = Enumerable.Range(0, people).Sum(p => data.StatesOf(p).Count(JointState.Visible) + data.StatesOf(p).Count(JointState.Occluded));
        if (labelled >= 0) Assert.Equal(labelled, states);
        Assert.True(states > 0);
    }

    [Fact]
    public void Keeps_a_persons_values()
    {
        var data = CocoReader.Read(Shared.Path("data/samples/coco/test_coco.json"));
        Assert.Equal("000000000785.jpg", data.Images.FileNames[0]);
        Assert.Equal((785, 640, 425), (data.Images.Ids[0], data.Images.Widths[0], data.Images.Heights[0]));
        Assert.Equal(442619, data.People.Ids[0]);
        Assert.Equal(new(280.79f, 44.73f, 218.7f, 346.68f), data.People.Boxes[0]);
        Assert.Equal(27789.11055, data.People.Areas[0]);
        Assert.Equal([367f, 81f, 374f, 73f], data.KeypointsOf(0)[..4].ToArray());
        Assert.Equal(JointState.Visible, data.StatesOf(0)[0]);
    }
}
