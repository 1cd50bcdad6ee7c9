using Sinew.Skeletons;

namespace Sinew.Codecs;

public sealed partial class SimCcCodec
{
    /// <summary>Makes the labels of one or more people's joints.</summary>
    /// <param name="keypoints">x, y pairs, <c>[K, 2]</c>, crop pixels.</param>
    /// <param name="visible">Visibilities, <c>[K]</c>: a joint below 0.5 gets a row of zeros.</param>
    /// <param name="x">Filled with the x labels, <c>[K, Wx]</c>.</param>
    /// <param name="y">Filled with the y labels, <c>[K, Wy]</c>.</param>
    /// <param name="weights">
    /// Filled with the joints' weights, <c>[K]</c>: the visibility as given, even where it is below 0.5; 0 where the label would lie wholly
    /// outside the crop (its rows are zero then) or a coordinate is not finite.
    /// </param>
    /// <exception cref="ArgumentException">The spans' lengths do not fit.</exception>
    public void Encode(ReadOnlySpan<float> keypoints, ReadOnlySpan<float> visible, Span<float> x, Span<float> y, Span<float> weights)
    {
        var joints = visible.Length;
        CheckAxes(joints, x.Length, y.Length);
        if (keypoints.Length != joints * 2 || weights.Length != joints)
        {
            throw new ArgumentException($"{joints} joints need as many weights and twice as many coordinates, not {weights.Length} and {keypoints.Length}");
        }

        for (var k = 0; k < joints; k++)
        {
            weights[k] = EncodeJoint(
                keypoints[2 * k], keypoints[(2 * k) + 1], visible[k], x.Slice(k * XBins, XBins), y.Slice(k * YBins, YBins));
        }
    }

    /// <summary>Makes the labels of one or more people's joints: labelled joints have visibility 1, all others 0.</summary>
    /// <param name="keypoints">x, y pairs, <c>[K, 2]</c>, crop pixels.</param>
    /// <param name="states">Joint states, <c>[K]</c>.</param>
    /// <param name="x">Filled with the x labels, <c>[K, Wx]</c>.</param>
    /// <param name="y">Filled with the y labels, <c>[K, Wy]</c>.</param>
    /// <param name="weights">Filled with the joints' weights, <c>[K]</c>: 1, or 0 where the joint is not labelled or its label lies outside.</param>
    /// <exception cref="ArgumentException">The spans' lengths do not fit.</exception>
    public void Encode(ReadOnlySpan<float> keypoints, ReadOnlySpan<JointState> states, Span<float> x, Span<float> y, Span<float> weights)
    {
        CheckAxes(states.Length, x.Length, y.Length);
        if (weights.Length != states.Length) throw new ArgumentException($"{states.Length} joints need as many weights, not {weights.Length}");
        for (var k = 0; k < states.Length; k++) weights[k] = states[k] >= JointState.Occluded ? 1 : 0;
        Encode(keypoints, weights, x, y, weights);
    }

    private static void FillGaussian(Span<float> row, float center, double sigma, float divisor)
    {
        var spread = (float)(2 * sigma * sigma);
        for (var i = 0; i < row.Length; i++)
        {
            var d = i - center;
            row[i] = -(d * d) / spread;
        }

        SingleExp.InPlace(row);
        if (divisor == 1) return;
        foreach (ref var v in row) v /= divisor;
    }

    private float EncodeJoint(float x, float y, float visible, Span<float> rowX, Span<float> rowY)
    {
        rowX.Clear();
        rowY.Clear();
        if (visible < 0.5f) return visible;
        var ratio = (float)SplitRatio;
        var binX = MathF.Round(x * ratio, MidpointRounding.ToEven);
        var binY = MathF.Round(y * ratio, MidpointRounding.ToEven);
        if (!float.IsFinite(binX) || !float.IsFinite(binY)) return 0;
        if (Smoothing == SimCcSmoothing.Standard)
        {
            if (binX >= XBins || binY >= YBins || binX < 0 || binY < 0) return 0;
            FillStandard(rowX, (int)binX);
            FillStandard(rowY, (int)binY);
            return visible;
        }

        // The label counts while any of it within three sigma lies inside.
        if (binX - (3 * Sigma.X) >= XBins || binY - (3 * Sigma.Y) >= YBins || binX + (3 * Sigma.X) + 1 < 0 || binY + (3 * Sigma.Y) + 1 < 0) return 0;
        var norm = Math.Sqrt(Math.PI * 2);
        FillGaussian(rowX, binX, Sigma.X, Normalize ? (float)(Sigma.X * norm) : 1);
        FillGaussian(rowY, binY, Sigma.Y, Normalize ? (float)(Sigma.Y * norm) : 1);
        return visible;
    }

    private void FillStandard(Span<float> row, int bin)
    {
        if (LabelSmoothing > 0) row.Fill((float)(LabelSmoothing / (row.Length - 1)));
        row[bin] = (float)(1 - LabelSmoothing);
    }
}
