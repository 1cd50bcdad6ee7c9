using System.Buffers;

namespace Sinew.Codecs;

/// <summary>How a decoded bin is refined to a fraction of a bin.</summary>
public enum SimCcRefinement
{
    /// <summary>Not at all: the bin itself.</summary>
    None,

    /// <summary>To the vertex of the parabola through the maximum and its two neighbours: exact where the values are a Gaussian's logarithm.</summary>
    Parabola,

    /// <summary>By DARK (Zhang et al., arXiv 1910.06278): blur, logarithm, one Newton step per axis, as MMPose does it for SimCC.</summary>
    Dark,
}

public sealed partial class SimCcCodec
{
    /// <summary>The coordinate that a joint gets where its score is not above 0, crop pixels, at two bins per pixel.</summary>
    private const float NoBin = -1;

    /// <summary>Reads joints from the network's output.</summary>
    /// <param name="x">Values per x bin, <c>[K, Wx]</c>: logits or probabilities.</param>
    /// <param name="y">Values per y bin, <c>[K, Wy]</c>.</param>
    /// <param name="keypoints">
    /// Filled with x, y pairs, <c>[K, 2]</c>, crop pixels. Where the score is 0 or less, both are −1 / <see cref="SplitRatio"/>.
    /// </param>
    /// <param name="scores">Filled with the smaller of the two axes' maxima, <c>[K]</c>, in the unit of the values; NaN where an axis has nothing but NaN.</param>
    /// <param name="refinement">Whether a maximum is refined to a fraction of a bin.</param>
    /// <exception cref="ArgumentException">The spans' lengths do not fit.</exception>
    public void Decode(
        ReadOnlySpan<float> x, ReadOnlySpan<float> y, Span<float> keypoints, Span<float> scores, SimCcRefinement refinement = SimCcRefinement.None)
    {
        var joints = scores.Length;
        CheckAxes(joints, x.Length, y.Length);
        if (keypoints.Length != joints * 2) throw new ArgumentException($"{joints} joints need twice as many coordinates, not {keypoints.Length}");
        var ratio = (float)SplitRatio;
        for (var k = 0; k < joints; k++)
        {
            var rowX = x.Slice(k * XBins, XBins);
            var rowY = y.Slice(k * YBins, YBins);
            var (binX, maxX) = AxisMaximum.Find(rowX);
            var (binY, maxY) = AxisMaximum.Find(rowY);
            scores[k] = Smaller(maxX, maxY);
            var (u, v) = scores[k] > 0
                ? (Refine(rowX, binX, Sigma.X, refinement), Refine(rowY, binY, Sigma.Y, refinement))
                : (NoBin, NoBin);
            keypoints[2 * k] = u / ratio;
            keypoints[(2 * k) + 1] = v / ratio;
        }
    }

    /// <summary>
    /// How sure the two axes are of a joint: the smaller of the maxima of softmax(β·σ·values), MMPose's <c>decode_visibility</c>.
    /// </summary>
    /// <param name="x">Values per x bin, <c>[K, Wx]</c>.</param>
    /// <param name="y">Values per y bin, <c>[K, Wy]</c>.</param>
    /// <param name="visibility">Filled with 0–1 values, <c>[K]</c>.</param>
    /// <param name="beta">β.</param>
    /// <exception cref="ArgumentException">The spans' lengths do not fit.</exception>
    public void DecodeVisibility(ReadOnlySpan<float> x, ReadOnlySpan<float> y, Span<float> visibility, float beta = 150)
    {
        CheckAxes(visibility.Length, x.Length, y.Length);
        var scratch = ArrayPool<float>.Shared.Rent(Math.Max(XBins, YBins));
        for (var k = 0; k < visibility.Length; k++)
        {
            var px = Peak(x.Slice(k * XBins, XBins), scratch, beta, (float)Sigma.X);
            var py = Peak(y.Slice(k * YBins, YBins), scratch, beta, (float)Sigma.Y);
            visibility[k] = Smaller(px, py);
        }

        ArrayPool<float>.Shared.Return(scratch);
    }

    private static float Smaller(float x, float y) => x > y || float.IsNaN(y) ? y : x;

    // The softmax's largest value is exp(0) over the sum.
    private static float Peak(ReadOnlySpan<float> row, float[] scratch, float beta, float sigma)
    {
        var e = scratch.AsSpan(0, row.Length);
        for (var i = 0; i < e.Length; i++) e[i] = row[i] * beta * sigma;
        var (_, max) = AxisMaximum.Find(e);
        foreach (ref var v in e) v -= max;
        SingleExp.InPlace(e);
        return 1 / PairwiseSum(e);
    }

    // numpy's order of summation, so that the last bit agrees too.
    private static float PairwiseSum(ReadOnlySpan<float> values)
    {
        if (values.Length > 128)
        {
            var half = values.Length / 2 / 8 * 8;
            return PairwiseSum(values[..half]) + PairwiseSum(values[half..]);
        }

        if (values.Length < 8)
        {
            var few = 0f;
            foreach (var v in values) few += v;
            return few;
        }

        Span<float> r = stackalloc float[8];
        values[..8].CopyTo(r);
        var i = 8;
        for (; i + 8 <= values.Length; i += 8)
        {
            for (var j = 0; j < 8; j++) r[j] += values[i + j];
        }

        var sum = r[0] + r[1] + (r[2] + r[3]) + (r[4] + r[5] + (r[6] + r[7]));
        for (; i < values.Length; i++) sum += values[i];
        return sum;
    }

    private static float Refine(ReadOnlySpan<float> row, int bin, double sigma, SimCcRefinement refinement) => refinement switch
    {
        SimCcRefinement.Parabola => bin + Vertex(row, bin),
        SimCcRefinement.Dark => DarkStep(row, bin, sigma),
        _ => bin,
    };

    private static float Vertex(ReadOnlySpan<float> row, int bin)
    {
        if (bin == 0 || bin == row.Length - 1) return 0;
        var (left, middle, right) = (row[bin - 1], row[bin], row[bin + 1]);
        var curvature = left - (2 * middle) + right;
        return curvature < 0 ? Math.Clamp(0.5f * (left - right) / curvature, -0.5f, 0.5f) : 0;
    }

    private static float DarkStep(ReadOnlySpan<float> row, int bin, double sigma)
    {
        var size = (int)Math.Floor(((sigma * 20) - 7) / 3);
        if (size % 2 == 0) size--;
        if (size < 1) return bin;
        var kernel = ArrayPool<float>.Shared.Rent(size);
        var blurred = ArrayPool<float>.Shared.Rent(row.Length);
        try
        {
            FillKernel(kernel.AsSpan(0, size));
            Blur(row, kernel.AsSpan(0, size), blurred.AsSpan(0, row.Length));
            return NewtonStep(row, blurred.AsSpan(0, row.Length), bin);
        }
        finally
        {
            ArrayPool<float>.Shared.Return(kernel);
            ArrayPool<float>.Shared.Return(blurred);
        }
    }

    private static float NewtonStep(ReadOnlySpan<float> row, ReadOnlySpan<float> blurred, int bin)
    {
        var gain = AxisMaximum.Find(row).Value / AxisMaximum.Find(blurred).Value;
        Span<float> log = stackalloc float[5];
        for (var i = 0; i < 5; i++)
        {
            // Two more bins of the edge's value on each side, as the step looks two bins to either side.
            var at = Math.Clamp(bin + i - 2, 0, blurred.Length - 1);
            log[i] = MathF.Log(Math.Clamp(blurred[at] * gain, 1e-3f, 50f));
        }

        var slope = 0.5f * (log[3] - log[1]);
        var curvature = 1e-9f + (0.25f * (log[4] - (2 * log[2]) + log[0]));
        return bin - (slope / curvature);
    }

    // OpenCV's Gaussian for a kernel of this size where no sigma is given (getGaussianKernel).
    private static void FillKernel(Span<float> kernel)
    {
        var sigma = (0.3 * (((kernel.Length - 1) * 0.5) - 1)) + 0.8;
        var sum = 0.0;
        var middle = (kernel.Length - 1) * 0.5;
        for (var i = 0; i < kernel.Length; i++) sum += Math.Exp(-0.5 * (i - middle) * (i - middle) / (sigma * sigma));
        for (var i = 0; i < kernel.Length; i++) kernel[i] = (float)(Math.Exp(-0.5 * (i - middle) * (i - middle) / (sigma * sigma)) / sum);
    }

    private static void Blur(ReadOnlySpan<float> row, ReadOnlySpan<float> kernel, Span<float> blurred)
    {
        var border = kernel.Length / 2;
        for (var i = 0; i < row.Length; i++)
        {
            var sum = 0f;
            var from = Math.Max(0, border - i);
            var to = Math.Min(kernel.Length, row.Length - i + border);
            for (var j = from; j < to; j++) sum = MathF.FusedMultiplyAdd(row[i + j - border], kernel[j], sum);
            blurred[i] = sum;
        }
    }
}
