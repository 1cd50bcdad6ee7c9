using FsCheck.Fluent;
using Sinew.TestSupport;

namespace Sinew.Inference.Tests.Tracking;

public class PoseSmootherTests
{
    [Fact]
    public void What_stands_still_is_left_as_it_is() =>
        Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed =>
        {
            var random = new Random(seed);
            var smoother = new PoseSmoother(Walkers.Skeleton);
            var still = Walkers.At(random.Next(1000), random.Next(1000));
            for (var frame = 0; frame < 20; frame++)
            {
                var person = still with { Keypoints = [.. still.Keypoints] };
                smoother.Smooth(1, person, frame / 25.0);
                Assert.Equal(still.Keypoints, person.Keypoints);
            }
        }).Holds();

    [Fact]
    public void A_step_is_approached_from_one_side() =>
        Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed =>
        {
            var random = new Random(seed);
            var options = new OneEuroOptions { MinCutoff = 0.1f + (5 * random.NextSingle()), Beta = 20 * random.NextSingle(), DerivativeCutoff = 0.2f + (3 * random.NextSingle()) };
            var smoother = new PoseSmoother(Walkers.Skeleton, options);
            var (rate, step) = (10 + random.Next(50), 100 * (random.NextSingle() - 0.5f));
            smoother.Smooth(1, Walkers.At(300, 100), 0);
            var last = 0f;
            for (var frame = 1; frame <= 40; frame++)
            {
                var person = Walkers.At(300 + step, 100);
                smoother.Smooth(1, person, frame / (double)rate);
                var done = (person.Keypoints[0] - 300) / step;
                Assert.InRange(done, last - 1e-4f, 1 + 1e-4f);
                last = done;
            }

            Assert.True(last > 0.2f, $"{last}");
        }).Holds();

    // The paper's algorithm 1 in doubles, for one value; a joint that moves along one axis has one value.
    [Fact]
    public void One_axis_is_filtered_as_the_paper_says()
    {
        var options = new OneEuroOptions { MinCutoff = 0.8f, Beta = 7, DerivativeCutoff = 1.3f };
        var smoother = new PoseSmoother(Walkers.Skeleton, options);
        var random = new Random(5);
        var size = Math.Sqrt(0.4 * 200 * 200);
        double? smoothed = null;
        var speed = 0.0;
        for (var frame = 0; frame < 50; frame++)
        {
            var x = 300 + (80 * Math.Sin(frame / 6.0)) + (4 * random.NextDouble());
            var person = Walkers.At((float)x, 100);
            smoother.Smooth(3, person, frame / 30.0);
            if (smoothed is { } before)
            {
                speed += Alpha(1.3, 30) * (((x - before) / size * 30) - speed);
                smoothed = before + (Alpha(0.8 + (7 * Math.Abs(speed)), 30) * (x - before));
            }
            else
            {
                smoothed = x;
            }

            Assert.Equal(smoothed.Value, person.Keypoints[0], 0.01);
        }

        static double Alpha(double cutoff, double rate) => 1 / (1 + (rate / (2 * Math.PI * cutoff)));
    }

    [Fact]
    public void Near_and_far_people_are_smoothed_alike()
    {
        var (near, far) = (new PoseSmoother(Walkers.Skeleton), new PoseSmoother(Walkers.Skeleton));
        var random = new Random(1);
        for (var frame = 0; frame < 30; frame++)
        {
            var x = 10 * random.NextSingle();
            var (large, small) = (Walkers.At(8 * x, 0, 800), Walkers.At(x, 0, 100));
            near.Smooth(1, large, frame / 30.0);
            far.Smooth(1, small, frame / 30.0);
            for (var k = 0; k < small.Keypoints.Length; k++) Assert.Equal(8 * small.Keypoints[k], large.Keypoints[k], 0.02f);
        }
    }

    [Fact]
    public void Trembling_becomes_less_and_a_runner_is_not_held_back()
    {
        var (standing, running) = (new PoseSmoother(Walkers.Skeleton), new PoseSmoother(Walkers.Skeleton));
        var random = new Random(2);
        var (before, after, lag) = (0.0, 0.0, 0.0);
        for (var frame = 0; frame < 120; frame++)
        {
            var noise = 2 * (random.NextSingle() - 0.5f);
            var still = Walkers.At(300 + noise, 100);
            standing.Smooth(1, still, frame / 30.0);
            // 200 pixels high, 450 pixels a second: a sprint
            var runner = Walkers.At(100 + (15 * frame), 100);
            running.Smooth(1, runner, frame / 30.0);
            if (frame < 30) continue;
            before += noise * noise;
            after += Math.Pow(still.Keypoints[0] - 300, 2);
            lag = Math.Max(lag, 100 + (15 * frame) - runner.Keypoints[0]);
        }

        Assert.InRange(Math.Sqrt(after / before), 0, 0.5);
        Assert.InRange(lag, 0, 4);
    }

    [Fact]
    public void A_guessed_joint_does_not_pull_at_the_next_sure_one()
    {
        var (plain, guessed) = (new PoseSmoother(Walkers.Skeleton), new PoseSmoother(Walkers.Skeleton));
        for (var frame = 0; frame < 10; frame++)
        {
            var (a, b) = (Walkers.At(300 + frame, 100), Walkers.At(300 + frame, 100));
            if (frame is 4 or 5)
            {
                b.Scores[9] = 0.1f;
                (b.Keypoints[18], b.Keypoints[19]) = (5, 7);
                guessed.Smooth(1, b, frame / 30.0);
                Assert.Equal([5f, 7], b.Keypoints[18..20]);
                continue;
            }

            plain.Smooth(1, a, frame / 30.0);
            guessed.Smooth(1, b, frame / 30.0);
            Assert.Equal(a.Keypoints[18..20], b.Keypoints[18..20]);
        }
    }

    [Fact]
    public void Who_was_away_for_long_begins_anew()
    {
        var smoother = new PoseSmoother(Walkers.Skeleton, new OneEuroOptions { ForgetAfter = 0.5f });
        smoother.Smooth(1, Walkers.At(100, 100), 0);
        var back = Walkers.At(400, 100);
        smoother.Smooth(1, back, 0.6);
        Assert.Equal(Walkers.At(400, 100).Keypoints, back.Keypoints);
        var soon = Walkers.At(420, 100);
        smoother.Smooth(1, soon, 0.7);
        Assert.InRange(soon.Keypoints[0], 400.1f, 419.9f);
        Assert.Throws<SinewException>(() => new PoseSmoother(Walkers.Skeleton, new OneEuroOptions { MinCutoff = 0 }));
    }
}
