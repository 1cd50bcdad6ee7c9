using FsCheck.Fluent;
using Sinew.TestSupport;

namespace Sinew.Inference.Tests.Tracking;

public class PoseTrackerTests
{
    [Fact]
    public void Two_who_walk_through_each_other_keep_their_ids() =>
        Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed =>
        {
            var random = new Random(seed);
            var (left, right) = (4f + (6 * random.NextSingle()), -4f - (6 * random.NextSingle()));
            var height = 150 + (100 * random.NextSingle());
            var tracker = new PoseTracker(Walkers.Skeleton);
            int[]? first = null;
            for (var frame = 0; frame < 60; frame++)
            {
                PosePerson[] people = [Walker(100 + (left * frame)), Walker(500 + (right * frame))];
                var turned = random.Next(2) == 0;
                if (turned) Array.Reverse(people);
                var ids = tracker.Update(people);
                if (turned)
                {
                    Array.Reverse(ids);
                    Array.Reverse(people);
                }

                first ??= ids;
                Assert.Equal([1, 2], ids.Order());
                // where one stands in the other nobody can tell who is who, in that frame
                if (MathF.Abs(people[0].Box.X - people[1].Box.X) > 8) Assert.Equal(first, ids);
            }

            PosePerson Walker(float x) => Walkers.At(x, 50, height, tremble: _ => 3 * (random.NextSingle() - 0.5f));
        }).Holds(cases: 100);

    [Theory]
    [InlineData(4)]
    [InlineData(12)]
    public void Who_is_hidden_while_passing_behind_keeps_the_id(int hidden)
    {
        var tracker = new PoseTracker(Walkers.Skeleton);
        for (var frame = 0; frame < 60; frame++)
        {
            var (front, back) = (Walkers.At(100 + (8 * frame), 50), Walkers.At(500 - (8 * frame), 40, 180));
            // they meet in frame 25
            if (Math.Abs(frame - 25) <= hidden / 2) Assert.Equal([1], tracker.Update([front]));
            else Assert.Equal([1, 2], tracker.Update([front, back]));
        }
    }

    [Fact]
    public void The_order_of_a_frames_people_does_not_matter() =>
        Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed =>
        {
            var random = new Random(seed);
            var (one, other) = (new PoseTracker(Walkers.Skeleton), new PoseTracker(Walkers.Skeleton));
            for (var frame = 0; frame < 12; frame++)
            {
                var people = Enumerable.Range(0, random.Next(7))
                    .Select(_ => Walkers.At(random.Next(600), random.Next(200), 80 + random.Next(200), random.NextSingle())).ToArray();
                var shuffled = Enumerable.Range(0, people.Length).ToArray();
                random.Shuffle(shuffled);
                var expected = one.Update(people);
                var ids = other.Update([.. shuffled.Select(i => people[i])]);
                Assert.Equal(shuffled.Select(i => expected[i]), ids);
            }
        }).Holds();

    [Fact]
    public void An_id_stands_once_in_a_frame_and_never_comes_back_for_somebody_else() =>
        Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed =>
        {
            var random = new Random(seed);
            var tracker = new PoseTracker(Walkers.Skeleton, new TrackerOptions { KeepFrames = 2 });
            var (highest, lastSeen) = (0, new Dictionary<int, int>());
            for (var frame = 0; frame < 20; frame++)
            {
                var ids = tracker.Update([.. Enumerable.Range(0, random.Next(5)).Select(_ => Walkers.At(random.Next(2000), 0))]);
                Assert.Equal(ids.Length, ids.Distinct().Count());
                Assert.All(ids.Where(lastSeen.ContainsKey), id => Assert.InRange(frame - lastSeen[id], 1, 3));
                var begun = ids.Where(i => !lastSeen.ContainsKey(i)).Order().ToArray();
                Assert.Equal(Enumerable.Range(highest + 1, begun.Length), begun);
                highest += begun.Length;
                foreach (var id in ids) lastSeen[id] = frame;
            }
        }).Holds();

    [Theory]
    [InlineData(5, 1)]
    [InlineData(6, 2)]
    public void Who_comes_back_in_time_is_known(int away, int id)
    {
        var tracker = new PoseTracker(Walkers.Skeleton, new TrackerOptions { KeepFrames = 5 });
        Assert.Equal([1], tracker.Update([Walkers.At(100, 100)]));
        for (var i = 0; i < away; i++) tracker.Update([]);
        Assert.Equal([id], tracker.Update([Walkers.At(104, 100)]));
    }

    [Fact]
    public void A_poor_box_continues_a_person_but_begins_none()
    {
        var tracker = new PoseTracker(Walkers.Skeleton, new TrackerOptions { StartScore = 0.5f });
        Assert.Equal([-1, 1], tracker.Update([Walkers.At(400, 100, score: 0.4f), Walkers.At(100, 100, score: 0.6f)]));
        Assert.Equal([1, -1], tracker.Update([Walkers.At(102, 100, score: 0.2f), Walkers.At(400, 100, score: 0.4f)]));
    }

    [Fact]
    public void Boxes_decide_where_no_joint_has_a_score()
    {
        var tracker = new PoseTracker(Walkers.Skeleton);
        PosePerson[] people = [Walkers.At(100, 100), Walkers.At(400, 100)];
        foreach (var person in people) Array.Clear(person.Scores);
        Assert.Equal([1, 2], tracker.Update(people));
        Assert.Equal([2, 1], tracker.Update([people[1], people[0]]));
    }

    [Fact]
    public void A_frame_costs_no_memory_but_its_ids()
    {
        var tracker = new PoseTracker(Walkers.Skeleton);
        PosePerson[] people = [.. Enumerable.Range(0, 10).Select(i => Walkers.At(100 * i, 100))];
        var ids = new int[10];
        for (var i = 0; i < 5; i++) tracker.Update(people, ids);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++) tracker.Update(people, ids);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1000);
    }

    [Fact]
    public void What_does_not_fit_is_told()
    {
        Assert.Throws<SinewException>(() => new PoseTracker(Walkers.Skeleton, new TrackerOptions { PoseWeight = 1.5f }));
        Assert.Throws<SinewException>(() => new PoseTracker(Walkers.Skeleton, new TrackerOptions { Motion = 0 }));
        var tracker = new PoseTracker(Walkers.Skeleton);
        Assert.Throws<ArgumentException>(() => tracker.Update([new PosePerson(default, 1, new float[6], new float[3])]));
    }
}
