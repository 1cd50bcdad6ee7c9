using FsCheck.Fluent;
using Sinew.Annotations;
using Sinew.Cli.Annotate;
using Sinew.Geometry;
using Sinew.Skeletons;
using Sinew.TestSupport;

namespace Sinew.Cli.Tests.Annotate;

public class ReviewListTests
{
    [Fact]
    public void Expected_errors_fall_with_the_score_and_keep_their_mean() =>
        Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed =>
        {
            var random = new Random(seed);
            var known = Enumerable.Range(0, random.Next(400)).Select(_ => (Score: random.NextSingle(), Error: random.NextDouble())).ToList();
            var expected = ReviewList.Calibrate([.. known]);
            Assert.Equal(known.Count >= 5, expected.Count > 0);
            for (var i = 1; i < expected.Count; i++)
            {
                Assert.True(expected[i].Score > expected[i - 1].Score);
                Assert.True(expected[i].Error < expected[i - 1].Error);
            }

            if (expected.Count == 0) return;
            var spread = known.Average(k => expected.First(e => k.Score <= e.Score).Error);
            Assert.Equal(known.Average(k => k.Error), spread, 0.02);
        }).Holds();

    [Fact]
    public void Groups_that_go_up_are_joined()
    {
        // twenty errors of 0.8, then of 0.2, of 0.4, of 0.1
        var known = new[] { 0.8, 0.2, 0.4, 0.1 }.SelectMany((error, group) => Enumerable.Range(0, 25).Select(i => ((float)((group * 25) + i) / 100, error))).ToList();
        var expected = ReviewList.Calibrate(known);
        Assert.Equal([0.8, 0.3, 0.1], expected.Select(e => Math.Round(e.Error, 9)));
        Assert.Equal([0.24f, 0.74f, 0.99f], expected.Select(e => e.Score));
    }

    [Fact]
    public void A_persons_error_is_the_mean_of_what_is_known_and_what_is_expected()
    {
        Joint Joint(string name) => new(name, name, null, 0.1, null);
        var labels = new Skeleton("labels", [Joint("a"), Joint("b")]);
        var model = new Skeleton("model", [Joint("a"), Joint("c")]);
        JointState[] states = [JointState.Visible, JointState.Visible, JointState.Unlabelled, JointState.Visible];
        var names = new StringColumn.Builder();
        names.Add("x.jpg"u8);
        var data = new PoseData(
            labels, new ImageTable([1], names.Build(), [0], [0]),
            new PeopleTable([7, 8], [0, 0], [new Box(0, 0, 50, 50), new Box(0, 0, 50, 50)], [2500, 2500], [false, false]), [10, 10, 20, 20, 0, 0, 20, 20], states);
        var people = new AnnotatedPeople(data, SkeletonUnion.Of(labels, model).Union, model, fill: false);
        // 10 pixels beside the label: d² / (2 · (2σ)² · area) is 100 / (2 · 0.04 · 2500)
        people.Set(0, [20, 10, 0.9f, 30, 30, 0.7f], 100, 100);
        people.Set(1, [20, 10, 0.9f, 30, 130, 0.7f], 100, 100);
        var review = new ReviewList(people);
        Assert.Equal(1, review.Known);
        var (known, added, expected) = review.ErrorsOf(0);
        Assert.Equal(1 - Math.Exp(-0.5), known!.Value, 1e-9);
        Assert.Equal(0.3, added!.Value, 1e-6);
        Assert.Equal((known.Value + added.Value) / 2, expected, 1e-9);
        // nobody labelled a of the second person, and c lies outside the picture
        Assert.Equal((null, null, 0.0), review.ErrorsOf(1));
    }
}
