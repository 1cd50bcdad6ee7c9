using Sinew.Codecs;
using Sinew.TestSupport;

namespace Sinew.Tests.Codecs;

public class SimCcCodecTests
{
    private static readonly SimCcCodec Codec = SimCcCodec.ForInput(192, 256);

    [Theory]
    [InlineData("")]
    [InlineData("norm_")]
    [InlineData("std_")]
    public void Encodes_what_MMPose_encodes(string variant)
    {
        var expected = Shared.Npz("parity/simcc_encode.npz");
        var codec = new SimCcCodec(192, 256, 2, (4.9, 5.66))
        {
            Normalize = variant == "norm_",
            Smoothing = variant == "std_" ? SimCcSmoothing.Standard : SimCcSmoothing.Gaussian,
            LabelSmoothing = variant == "std_" ? 0.1 : 0,
        };
        var visible = expected["keypoints_visible"].Floats();
        var x = new float[visible.Length * codec.XBins];
        var y = new float[visible.Length * codec.YBins];
        var weights = new float[visible.Length];
        codec.Encode(expected["keypoints"].Floats(), visible, x, y, weights);
        Assert.Equal(expected[variant + "weights"].Floats(), weights);
        AssertSame(expected[variant + "x_labels"].Floats(), x);
        AssertSame(expected[variant + "y_labels"].Floats(), y);
    }

    [Theory]
    [InlineData("")]
    [InlineData("vis_")]
    public void Decodes_what_MMPose_decodes(string variant)
    {
        var expected = Shared.Npz("parity/simcc_decode.npz");
        var (keypoints, scores) = Decode(expected["simcc_x"].Floats(), expected["simcc_y"].Floats());
        Assert.Equal(expected[variant + "keypoints"].Floats(), keypoints);
        Assert.Equal(expected[variant + "scores"].Floats(), scores);
    }

    [Fact]
    public void Decodes_its_own_labels_as_MMPose_does()
    {
        var labels = Shared.Npz("parity/simcc_encode.npz");
        var expected = Shared.Npz("parity/simcc_decode.npz");
        var (keypoints, scores) = Decode(labels["x_labels"].Floats(), labels["y_labels"].Floats());
        Assert.Equal(expected["enc_keypoints"].Floats(), keypoints);
        Assert.Equal(expected["enc_scores"].Floats(), scores);
    }

    [Fact]
    public void Visibility_equals_MMPose()
    {
        var expected = Shared.Npz("parity/simcc_decode.npz");
        var visibility = new float[expected["vis_visibility"].Count];
        Codec.DecodeVisibility(expected["simcc_x"].Floats(), expected["simcc_y"].Floats(), visibility);
        AssertSame(expected["vis_visibility"].Floats(), visibility);
    }

    [Fact]
    public void Dark_equals_MMPose()
    {
        var expected = Shared.Npz("parity/simcc_decode.npz");
        var (keypoints, scores) = Decode(expected["dark_simcc_x"].Floats(), expected["dark_simcc_y"].Floats(), SimCcRefinement.Dark);
        Assert.Equal(expected["dark_scores"].Floats(), scores);
        AssertSame(expected["dark_keypoints"].Floats(), keypoints);
    }

    private static (float[] Keypoints, float[] Scores) Decode(float[] x, float[] y, SimCcRefinement refinement = SimCcRefinement.None)
    {
        var joints = x.Length / Codec.XBins;
        var (keypoints, scores) = (new float[joints * 2], new float[joints]);
        Codec.Decode(x, y, keypoints, scores, refinement);
        return (keypoints, scores);
    }

    private static void AssertSame(float[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        var off = Enumerable.Range(0, expected.Length).Where(i => BitConverter.SingleToInt32Bits(expected[i]) != BitConverter.SingleToInt32Bits(actual[i])).ToArray();
        Assert.True(off.Length == 0, $"{off.Length} of {expected.Length} differ, first at {(off.Length > 0 ? off[0] : 0)}: " + string.Join("; ", off.Take(5).Select(i => $"{expected[i]:R} {actual[i]:R} ({BitConverter.SingleToInt32Bits(expected[i]) - BitConverter.SingleToInt32Bits(actual[i])})")));
    }
}
