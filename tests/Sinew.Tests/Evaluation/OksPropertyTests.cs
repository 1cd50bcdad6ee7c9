using FsCheck.Fluent;
using Sinew.Evaluation;
using Sinew.TestSupport;

namespace Sinew.Tests.Evaluation;

/// <summary>
/// Generated sets with what goes wrong elsewhere: crowds, people without joints, more than 20 predictions, equal scores, images
/// without people or predictions, areas at the limits.
/// </summary>
public class OksPropertyTests
{
    private static readonly double[] Areas = [1024, 1023.9999, 1024.0001, 9216, 9215.9999, 9216.0001, 400, 20_000];

    [Fact]
    public void FastAndPlainEvaluationAgree() =>
        Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed =>
        {
            var (truth, results) = Make(new Random(seed));
            var scores = OksEvaluator.Evaluate(truth, results, new OksOptions { Threads = 1 });
            var all = Curve(truth, results, 0, 1e10);
            var medium = Curve(truth, results, 1024, 9216);
            var large = Curve(truth, results, 9216, 1e10);
            Near(scores.AP, all.Average(c => c.Precision));
            Near(scores.AP50, all[0].Precision);
            Near(scores.AP75, all[5].Precision);
            Near(scores.AR, all.Average(c => c.Recall));
            Near(scores.AR50, all[0].Recall);
            Near(scores.AR75, all[5].Recall);
            Near(scores.APM, medium.Average(c => c.Precision));
            Near(scores.ARM, medium.Average(c => c.Recall));
            Near(scores.APL, large.Average(c => c.Precision));
            Near(scores.ARL, large.Average(c => c.Recall));
        }).Holds(cases: 30);

    [Fact]
    public void TheOrderOfImagesAndTheNumberOfThreadsDoNotMatter() =>
        Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed =>
        {
            var (truth, results) = Make(new Random(seed));
            // Predictions of different images may stand in any order as long as those of one image, and equal scores, keep theirs.
            int[] byImage = [.. Enumerable.Range(0, results.Count).OrderBy(r => results.ImageIds[r])];
            Assert.Equal(
                OksEvaluator.Evaluate(truth, results, new OksOptions { Threads = 1 }),
                OksEvaluator.Evaluate(truth, results.Select(byImage), new OksOptions { Threads = 2 }));
        }).Holds(cases: 30);

    [Fact]
    public void SortingByScoreIsStable() =>
        Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed =>
        {
            var random = new Random(seed);
            double[] scores = [.. Enumerable.Range(0, random.Next(300)).Select(_ => random.Next(4) switch
            {
                0 => 0.0,
                1 => -0.0,
                2 => random.Next(5) - 2.5,
                _ => (random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-300, 300)),
            })];
            int[] rows = [.. Enumerable.Range(0, scores.Length)];
            int[] wanted = [.. rows.OrderByDescending(r => scores[r])];
            ScoreOrder.Sort(rows, scores);
            Assert.Equal(wanted, rows);
        }).Holds();

    private static List<(double Precision, double Recall)> Curve(PoseLabels truth, PoseResults results, double smallest, double largest) =>
        [.. Enumerable.Range(0, 10).Select(t => PlainOks.Score(truth, results, 0.5 + (0.05 * t), smallest, largest, 20))];

    private static void Near(double fast, double plain) => Assert.Equal(plain, fast, 1e-9);

    private static (PoseLabels Truth, PoseResults Results) Make(Random random)
    {
        var count = Poses.Coco.Count;
        var images = random.Next(1, 7);
        long[] ids = [.. Enumerable.Range(0, images).Select(i => (long)((i * 7) % 11))];
        var (image, poses, labelled, boxes, areas, crowd) =
            (new List<int>(), new List<double>(), new List<bool>(), new List<double>(), new List<double>(), new List<bool>());
        var (imageIds, scores, found) = (new List<long>(), new List<double>(), new List<double>());
        for (var i = 0; i < images; i++)
        {
            var many = random.Next(5) == 0 ? 12 : 3;
            for (var p = random.Next(4); p > 0; p--)
            {
                var (x, y, size) = (random.NextDouble() * 400, random.NextDouble() * 400, 20 + (random.NextDouble() * 150));
                double[] pose = [.. Enumerable.Range(0, count * 2).Select(k => (k % 2 == 0 ? x : y) + (random.NextDouble() * size))];
                crowd.Add(random.Next(6) == 0);
                var none = crowd[^1] || random.Next(6) == 0;
                image.Add(i);
                poses.AddRange(pose);
                labelled.AddRange(Enumerable.Range(0, count).Select(_ => !none && random.Next(4) > 0));
                boxes.AddRange([x, y, size, size]);
                areas.Add(random.Next(2) == 0 ? Areas[random.Next(Areas.Length)] : size * size);
                for (var d = random.Next(many); d > 0; d--)
                {
                    var spread = random.NextDouble() * size * 0.15;
                    imageIds.Add(ids[i]);
                    scores.Add(random.Next(3) == 0 ? random.Next(3) / 4.0 : random.NextDouble());
                    found.AddRange(pose.Select(v => v + ((random.NextDouble() - 0.5) * spread)));
                }
            }
        }

        int[] order = [.. Enumerable.Range(0, scores.Count)];
        random.Shuffle(order);
        var truth = new PoseLabels(Poses.Coco, ids, [.. image], [.. poses], [.. labelled])
        {
            Ids = [.. Enumerable.Range(1, image.Count).Select(p => (long)p)],
            Boxes = [.. boxes],
            Areas = [.. areas],
            Crowd = [.. crowd],
            LabelledCounts = [.. Enumerable.Range(0, image.Count).Select(p => labelled.Skip(p * count).Take(count).Count(l => l))],
        };
        return (truth, new PoseResults(Poses.Coco, [.. imageIds], [.. scores], [.. found], new float[scores.Count * count]).Select(order));
    }
}
