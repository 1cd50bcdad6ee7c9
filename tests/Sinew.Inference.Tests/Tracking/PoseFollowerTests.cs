namespace Sinew.Inference.Tests.Tracking;

public class PoseFollowerTests
{
    [Fact]
    public void Between_detections_the_boxes_go_with_the_people()
    {
        var follower = new PoseFollower(Walkers.Skeleton, new FollowerOptions { DetectEvery = 5 });
        for (var frame = 0; frame < 40; frame++)
        {
            PosePerson[] truth = [Walkers.At(100 + (6 * frame), 100), Walkers.At(700 - (4 * frame), 120, 160)];
            Assert.Equal(frame % 5 == 0, follower.Detects);
            var people = truth;
            if (!follower.Detects)
            {
                var boxes = follower.Boxes(1000, 600);
                Assert.Equal(2, boxes.Count);
                // a network sees a person in a box that covers the joints and is not much larger
                for (var i = 0; i < 2 && frame > 5; i++) Assert.InRange(PoseSimilarity.Iou(boxes[i].Box, truth[i].Box), 0.7f, 1);
                people = [.. truth.Select((p, i) => p with { Box = boxes[i].Box, BoxScore = boxes[i].Score })];
            }

            Assert.Equal([1, 2], follower.Add(people, frame / 30.0).Select(p => p.Id));
        }
    }

    [Fact]
    public void Who_fades_or_slid_onto_another_is_dropped_until_detected_again()
    {
        var follower = new PoseFollower(Walkers.Skeleton, new FollowerOptions { DetectEvery = 4 });
        PosePerson[] people = [Walkers.At(100, 100), Walkers.At(300, 100), Walkers.At(500, 100)];
        Assert.Equal([1, 2, 3], Ids(people));

        Assert.Equal(3, follower.Boxes(1000, 600).Count);
        var faded = Walkers.At(300, 100);
        Array.Fill(faded.Scores, 0.2f);
        Assert.Equal([1], Ids(Walkers.At(100, 100), faded, Walkers.At(101, 100)));
        Assert.Single(follower.Boxes(1000, 600));
        Assert.Equal([1], Ids(Walkers.At(100, 100)));
        Assert.Single(follower.Boxes(1000, 600));
        Assert.Equal([1], Ids(Walkers.At(100, 100)));
        Assert.True(follower.Detects);
        Assert.Equal([1, 2, 3], Ids(people));

        IEnumerable<int> Ids(params PosePerson[] people) => follower.Add(people, 0).Select(p => p.Id);
    }

    [Fact]
    public void Boxes_that_left_the_picture_are_not_looked_at()
    {
        var follower = new PoseFollower(Walkers.Skeleton, new FollowerOptions { DetectEvery = 10 });
        follower.Add([Walkers.At(20, 100), Walkers.At(400, 100)], 0);
        for (var x = 0; x > -80; x -= 20)
        {
            var boxes = follower.Boxes(600, 400);
            follower.Add([.. boxes.Select((b, i) => i == 0 && boxes.Count == 2 ? Walkers.At(x, 100) with { Box = b.Box } : Walkers.At(400, 100))], 0);
        }

        Assert.Equal(400, Assert.Single(follower.Boxes(600, 400)).Box.X + 40, 15f);
        Assert.Throws<ArgumentException>(() => follower.Add([], 0));
    }

    [Fact]
    public void Smoothing_leaves_the_estimators_poses_alone()
    {
        var follower = new PoseFollower(Walkers.Skeleton, new FollowerOptions { Smoothing = new OneEuroOptions() });
        follower.Add([Walkers.At(100, 100)], 0);
        var person = Walkers.At(110, 100);
        var smoothed = Assert.Single(follower.Add([person], 0.04)).Person;
        Assert.Equal(Walkers.At(110, 100).Keypoints, person.Keypoints);
        Assert.InRange(smoothed.Keypoints[0], 100.1f, 109.9f);
    }
}
