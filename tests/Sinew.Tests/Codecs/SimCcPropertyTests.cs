using FsCheck;
using FsCheck.Fluent;
using Sinew.Codecs;
using Sinew.Skeletons;
using Sinew.TestSupport;

namespace Sinew.Tests.Codecs;

public class SimCcPropertyTests
{
    private static readonly float[] Special = [0f, -0f, 1f, float.NaN, float.NegativeInfinity, float.PositiveInfinity, float.Epsilon, -1e30f];

    private static readonly Gen<float[]> AnyRow =
        from length in Gen.Choose(1, 100)
        from special in Gen.Choose(0, 20)
        from row in Gen.Frequency((special, Gen.Elements(Special)), (50, Gen.Choose(-5, 5).Select(i => (float)i)), (50, Gen.Choose(-1000, 1000).Select(i => i / 7f))).ArrayOf(length)
        select row;

    [Fact]
    public void The_vector_maximum_is_the_scalar_one() => Prop.ForAll(AnyRow.ToArbitrary(), row =>
        AxisMaximum.Find(row).Equals(AxisMaximum.FindScalar(row))).Holds();

    [Fact]
    public void The_maximum_is_found_wherever_it_lies()
    {
        for (var length = 1; length < 70; length++)
        {
            for (var bin = 0; bin < length; bin++)
            {
                var row = new float[length];
                row.AsSpan().Fill(-2);
                row[bin] = -1;
                Assert.Equal((bin, -1), AxisMaximum.Find(row));
            }
        }
    }

    [Fact]
    public void The_vector_exponential_is_the_scalar_one_and_close_to_the_true_one()
    {
        var values = Enumerable.Range(-1100, 2000).Select(i => i / 10f).Concat([float.NaN, float.NegativeInfinity, float.PositiveInfinity, 0]).ToArray();
        var vector = values.ToArray();
        SingleExp.InPlace(vector);
        for (var i = 0; i < values.Length; i++)
        {
            Assert.Equal(SingleExp.Of(values[i]), vector[i]);
            var truth = Math.Exp(values[i]);
            if (truth is > 1e-37 and < 1e38) Assert.InRange(vector[i] / truth, 1 - 3e-7, 1 + 3e-7);
        }
    }

    [Fact]
    public void Decoding_a_label_gives_the_joint_to_a_quarter_of_a_pixel() => Prop.ForAll(
        Gen.Choose(0, 191 * 64).Two().ToArbitrary(), pair =>
        {
            var codec = SimCcCodec.ForInput(192, 192);
            float[] joint = [pair.Item1 / 64f, pair.Item2 / 64f];
            var (x, y, weights) = (new float[codec.XBins], new float[codec.YBins], new float[1]);
            codec.Encode(joint, [JointState.Visible], x, y, weights);
            var (back, scores) = (new float[2], new float[1]);
            codec.Decode(x, y, back, scores);
            return weights[0] == 1 && scores[0] == 1 && Math.Abs(back[0] - joint[0]) <= 0.25f && Math.Abs(back[1] - joint[1]) <= 0.25f;
        }).Holds();

    [Fact]
    public void The_parabola_finds_the_middle_of_a_gaussians_logarithm()
    {
        var codec = SimCcCodec.ForInput(192, 256);
        for (var middle = 20.05f; middle < 300; middle += 7.3f)
        {
            var x = Enumerable.Range(0, codec.XBins).Select(b => 10 - ((b - middle) * (b - middle) / 48)).ToArray();
            var y = Enumerable.Range(0, codec.YBins).Select(b => 10 - ((b - middle) * (b - middle) / 64)).ToArray();
            var (joint, score) = (new float[2], new float[1]);
            codec.Decode(x, y, joint, score, SimCcRefinement.Parabola);
            Assert.Equal(middle / 2, joint[0], 1e-3);
            Assert.Equal(middle / 2, joint[1], 1e-3);
        }
    }

    [Theory]
    [InlineData(SimCcRefinement.None)]
    [InlineData(SimCcRefinement.Parabola)]
    [InlineData(SimCcRefinement.Dark)]
    public void A_joint_at_the_edge_stays_near_it(SimCcRefinement refinement)
    {
        var codec = SimCcCodec.ForInput(192, 256);
        var (x, y, weights) = (new float[2 * codec.XBins], new float[2 * codec.YBins], new float[2]);
        codec.Encode([0, 0, 191.5f, 255.5f], [1, 1], x, y, weights);
        var (back, scores) = (new float[4], new float[2]);
        codec.Decode(x, y, back, scores, refinement);
        Assert.All(back.Zip([0f, 0, 191.5f, 255.5f]), p => Assert.InRange(Math.Abs(p.First - p.Second), 0, 8));
    }

    [Theory]
    [InlineData(192, 256, 4.9, 5.66)]
    [InlineData(256, 256, 5.66, 5.66)]
    [InlineData(288, 384, 6.0, 6.93)]
    public void Sigmas_are_the_published_ones(int width, int height, double x, double y) =>
        Assert.Equal((x, y), SimCcCodec.ForInput(width, height).Sigma);

    [Fact]
    public void Joints_that_are_not_labelled_or_not_finite_carry_no_weight()
    {
        var codec = SimCcCodec.ForInput(64, 64);
        var (x, y, weights) = (new float[4 * codec.XBins], new float[4 * codec.YBins], new float[4]);
        x.AsSpan().Fill(9);
        codec.Encode(
            [5, 5, 5, 5, float.NaN, 5, 1e9f, 5],
            [JointState.Undefined, JointState.Unlabelled, JointState.Visible, JointState.Visible], x, y, weights);
        Assert.All(weights, w => Assert.Equal(0, w));
        Assert.All(x, v => Assert.Equal(0, v));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_axis_of_nothing_but_NaN_gives_no_place_and_a_score_of_NaN(bool alongX)
    {
        var codec = SimCcCodec.ForInput(64, 64);
        var (x, y, joint, score) = (new float[codec.XBins], new float[codec.YBins], new float[2], new float[1]);
        x[20] = y[30] = 0.7f;
        (alongX ? x : y).AsSpan().Fill(float.NaN);
        codec.Decode(x, y, joint, score);
        Assert.Equal([float.NaN], score);
        Assert.Equal([-0.5f, -0.5f], joint);
        codec.DecodeVisibility(x, y, score);
        Assert.Equal([float.NaN], score);
    }

    [Fact]
    public void Spans_that_do_not_fit_are_refused()
    {
        var codec = SimCcCodec.ForInput(64, 64);
        Assert.Throws<ArgumentException>(() => codec.Decode(new float[10], new float[128], new float[2], new float[1]));
        Assert.Throws<ArgumentException>(() => codec.Encode(new float[2], [1f], new float[128], new float[127], new float[1]));
    }
}
