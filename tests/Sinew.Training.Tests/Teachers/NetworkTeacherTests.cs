using Sinew.Geometry;
using Sinew.Skeletons;
using Sinew.Training.Teachers;

namespace Sinew.Training.Tests.Teachers;

public sealed class NetworkTeacherTests
{
    private static readonly Skeleton Arms = new("arms", [
        new Joint("left", "left_wrist", "right", 0.06, null), new Joint("right", "right_wrist", "left", 0.06, null), new Joint("tail", "tail", null, 0.06, null)]);

    private static readonly Skeleton Student = new("student", [
        new Joint("nose", "nose", null, 0.03, null), new Joint("right", "right_wrist", "left", 0.06, null), new Joint("left", "left_wrist", "right", 0.06, null)]);

    private static readonly BinGrid Grid = BinGrid.SimCc(192, 256, 2);
    private static readonly CropGeometry Crop = new(310, 200, 150, 200, 33, 192, 256, true);

    [Fact]
    public void A_simcc_teacher_with_the_students_input_passes_its_softmax_through_unchanged()
    {
        var random = new Random(3);
        var logits = Enumerable.Range(0, 3 * 896).Select(_ => random.NextSingle()).ToArray();
        using var teacher = new SimCcTeacher("t", Arms, 192, 256, 2, new FakeNetwork(3 * 384, 3 * 512, (_, x, y) =>
        {
            logits.AsSpan(0, x.Length).CopyTo(x);
            logits.AsSpan(x.Length).CopyTo(y);
        }), "w");
        var (px, py, confidence) = Predict(teacher, [Crop, Crop], (5, 5));
        var expected = new float[logits.Length];
        Marginals.Softmax(logits.AsSpan(0, 3 * 384), 384, 10, expected.AsSpan(0, 3 * 384));
        Marginals.Softmax(logits.AsSpan(3 * 384), 512, 10, expected.AsSpan(3 * 384));

        // Student rows: nose (unknown to the teacher), right (its joint 1), left (its joint 0); two people.
        foreach (var person in new[] { 0, 3 })
        {
            Assert.Equal(0, px.AsSpan(person * 384, 384).ToArray().Sum() + confidence[person]);
            Assert.Equal(expected.AsSpan(384, 384), px.AsSpan((person + 1) * 384, 384));
            Assert.Equal(expected.AsSpan(0, 384), px.AsSpan((person + 2) * 384, 384));
            Assert.Equal(expected.AsSpan((3 * 384) + 512, 512), py.AsSpan((person + 1) * 512, 512));
        }

        Assert.Equal(Math.Min(logits[384..768].Max(), logits.AsSpan((3 * 384) + 512, 512).ToArray().Max()), confidence[1]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_simcc_teacher_of_twice_the_input_puts_its_peak_at_the_same_place_of_the_image(bool flip)
    {
        var student = Crop with { Flip = flip };
        using var teacher = new SimCcTeacher("t", Arms, 384, 512, 2, new FakeNetwork(3 * 768, 3 * 1024, (_, x, y) =>
        {
            for (var joint = 0; joint < 3; joint++)
            {
                Peak(x.Slice(joint * 768, 768), 200 + (100 * joint), 8);
                Peak(y.Slice(joint * 1024, 1024), 400 + (90 * joint), 8);
            }
        }), "w");
        var (px, py, _) = Predict(teacher, [student], (0, 0));
        var (x0, y0) = student.ImageToCrop().After(student.Resized(384, 512).CropToImage()).Apply(100, 200);
        Assert.Equal(x0, Mean(px.AsSpan(2 * 384, 384)) / 2, 0.01);
        Assert.Equal(y0, Mean(py.AsSpan(2 * 512, 512)) / 2, 0.01);
    }

    [Fact]
    public void A_square_heatmap_teacher_speaks_the_students_bins_and_is_widened_to_the_minimum()
    {
        // A 256x256 input with 64x64 cells; the left wrist on cell (20.5, 40), the right one where the student's narrower crop ends.
        using var teacher = new HeatmapTeacher("h", Arms, 256, 256, BinAxis.Heatmap(64, 4, 1), BinAxis.Heatmap(64, 4, 1), new FakeNetwork(3 * 4096, 0, (_, maps, _) =>
        {
            Blob(maps[..4096], 64, 20.5, 40, 1.5);
            Blob(maps.Slice(4096, 4096), 64, 2, 40, 1.5);
        }), "w", new TeacherReading { Power = 2, Floor = 0.01f });
        var student = Crop with { Flip = false };
        var (px, py, confidence) = Predict(teacher, [student], (12, 0));
        Assert.Equal(1, px.AsSpan(2 * 384, 384).ToArray().Sum(), 1e-4);
        Assert.Equal((20.5 * 4) + 1 - 32, Mean(px.AsSpan(2 * 384, 384)) / 2, 0.03);
        Assert.Equal((40 * 4) + 1, Mean(py.AsSpan(2 * 512, 512)) / 2, 0.03);
        Assert.Equal(12, Sigma(px.AsSpan(2 * 384, 384)), 0.6);
        Assert.Equal(Math.Sqrt((1.5 * 1.5 / 2 * 64) + (64 / 12.0)), Sigma(py.AsSpan(2 * 512, 512)), 0.5);
        Assert.InRange(confidence[2], 0.75f, 0.81f);
        Assert.Equal(0, confidence[1]);
        Assert.Equal(0, px.AsSpan(384, 384).ToArray().Sum());
    }

    [Fact]
    public void A_point_teacher_draws_gaussians_of_the_stated_width()
    {
        using var teacher = new PointTeacher("p", Arms, 256, 256, new FakeNetwork(9, 0, (_, points, _) =>
        {
            points[0] = 100;
            points[1] = 150;
            points[2] = 0.7f;
            (points[3], points[5]) = (float.NaN, 1);
        }), "w", new TeacherReading { PointSigma = 4 });
        var (px, py, confidence) = Predict(teacher, [Crop with { Flip = false }], (0, 0));
        Assert.Equal(68, Mean(px.AsSpan(2 * 384, 384)) / 2, 0.01);
        Assert.Equal(150, Mean(py.AsSpan(2 * 512, 512)) / 2, 0.01);
        Assert.Equal(8, Sigma(px.AsSpan(2 * 384, 384)), 0.05);
        Assert.Equal(0.7f, confidence[2], 1e-4);
        Assert.Equal(0, confidence[1]);
    }

    [Fact]
    public void Wrong_sizes_are_refused_and_a_network_that_is_not_what_its_card_says_is_named()
    {
        using var teacher = new PointTeacher("wrong", Arms, 4, 4, new FakeNetwork(6, 0, (_, _, _) => { }), "w");
        Assert.Throws<ArgumentException>(() => teacher.Summarise(new byte[47], [new TeacherSummary(3)]));
        var error = Assert.Throws<SinewException>(() => teacher.Summarise(new byte[48], [new TeacherSummary(3)]));
        Assert.Contains("teacher 'wrong'", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new TeacherTargetSpans(Grid, new JointRows(Arms, Student), (0, 0), new float[3], new float[3], new float[3]));
    }

    [Fact]
    public void The_fingerprint_follows_the_weights_and_the_reading()
    {
        string Of(string weights, TeacherReading reading)
        {
            using var teacher = new PointTeacher("p", Arms, 4, 4, new FakeNetwork(9, 0, (_, _, _) => { }), weights, reading);
            return teacher.Fingerprint;
        }

        Assert.Equal(Of("a", new TeacherReading()), Of("a", new TeacherReading()));
        Assert.NotEqual(Of("a", new TeacherReading()), Of("b", new TeacherReading()));
        Assert.NotEqual(Of("a", new TeacherReading()), Of("a", new TeacherReading { Power = 7 }));
    }

    private static (float[] X, float[] Y, float[] Confidence) Predict(NetworkTeacher teacher, CropGeometry[] students, (float, float) minimumSigma)
    {
        var rows = new JointRows(teacher.Skeleton, Student);
        var (x, y, confidence) = (new float[students.Length * 3 * 384], new float[students.Length * 3 * 512], new float[students.Length * 3]);
        teacher.Predict(
            new byte[students.Length * teacher.Width * teacher.Height * 3], students, new TeacherTargetSpans(Grid, rows, minimumSigma, x, y, confidence));
        return (x, y, confidence);
    }

    private static void Peak(Span<float> logits, double bin, double sigma)
    {
        for (var i = 0; i < logits.Length; i++) logits[i] = (float)(-(i - bin) * (i - bin) / (2 * sigma * sigma) / 10);
    }

    internal static void Blob(Span<float> map, int width, double x, double y, double sigma)
    {
        for (var i = 0; i < map.Length; i++)
        {
            var (dx, dy) = ((i % width) - x, (i / width) - y);
            map[i] += 0.8f * (float)Math.Exp(-((dx * dx) + (dy * dy)) / (2 * sigma * sigma));
        }
    }

    private static double Mean(ReadOnlySpan<float> masses)
    {
        double sum = 0, total = 0;
        for (var i = 0; i < masses.Length; i++) (sum, total) = (sum + ((double)masses[i] * i), total + masses[i]);
        return sum / total;
    }

    private static double Sigma(ReadOnlySpan<float> masses)
    {
        var mean = Mean(masses);
        double sum = 0, total = 0;
        for (var i = 0; i < masses.Length; i++) (sum, total) = (sum + (masses[i] * (i - mean) * (i - mean)), total + masses[i]);
        return Math.Sqrt(sum / total);
    }
}
