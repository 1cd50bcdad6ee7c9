namespace Sinew.Inference;

/// <summary>Reads boxes from outputs that hold one candidate per cell of a detector's grids.</summary>
internal static class CandidateReader
{
    /// <summary>The candidates of people whose score is high enough, not yet suppressed.</summary>
    /// <param name="output">What the network gives, and which label is people's.</param>
    /// <param name="values">The first output's values.</param>
    /// <param name="shape">Its shape.</param>
    /// <param name="width">Width of the input, pixels.</param>
    /// <param name="height">Height of the input, pixels.</param>
    /// <param name="score">The smallest score.</param>
    /// <returns>Null where the shape is none of this form for this input.</returns>
    public static List<Candidate>? Read(DetectorOutput output, ReadOnlySpan<float> values, ReadOnlySpan<long> shape, int width, int height, float score)
    {
        if (shape.Length != 3 || shape[0] != 1 || shape[1] < 1 || shape[2] < 1) return null;
        var (rows, columns) = ((int)shape[1], (int)shape[2]);
        return output.Form switch
        {
            DetectorForm.YoloX when rows == Cells(width, height, 3) && columns > 5 + output.Label => YoloX(values, columns, width, height, output.Label, score),
            DetectorForm.Yolo when rows > 4 + output.Label => Yolo(values, columns, 4 + output.Label, score),
            DetectorForm.YoloPose when IsYoloPose(rows) => Yolo(values, columns, 4, score),
            DetectorForm.NanoDet when BinsOf(columns) > 0 && (rows == Cells(width, height, 3) || rows == Cells(width, height, 4)) =>
                NanoDet(values, columns, width, height, output.Label, score, plus: rows == Cells(width, height, 4)),
            _ => null,
        };
    }

    /// <summary>Cells of the grids of strides 8, 16, 32 (and 64).</summary>
    public static long Cells(long width, long height, int levels)
    {
        var cells = 0L;
        for (var level = 0; level < levels; level++) cells += Side(width, level) * Side(height, level);
        return cells;
    }

    /// <summary>Distances per side of NanoDet's 80 classes, or of people alone; 0 where the width is neither's.</summary>
    public static int BinsOf(long columns) => columns switch { 80 + 32 or 1 + 32 => 8, 80 + 44 => 11, _ => 0 };

    /// <summary>True for the rows of people with joints and one class.</summary>
    public static bool IsYoloPose(long rows) => rows > 5 && (rows - 5) % 3 == 0;

    private static long Side(long side, int level) => (side + (8 << level) - 1) / (8 << level);

    private static List<Candidate> YoloX(ReadOnlySpan<float> values, int columns, int width, int height, int label, float least)
    {
        var (found, row) = (new List<Candidate>(), 0);
        for (var level = 0; level < 3; level++)
        {
            var stride = 8 << level;
            for (var y = 0; y < Side(height, level); y++)
            {
                for (var x = 0; x < Side(width, level); x++, row++)
                {
                    var v = values.Slice(row * columns, columns);
                    var score = v[4] * v[5 + label];
                    if (!(score >= least)) continue;
                    found.Add(Candidate.Centred((v[0] + x) * stride, (v[1] + y) * stride, MathF.Exp(v[2]) * stride, MathF.Exp(v[3]) * stride, score, row));
                }
            }
        }

        return found;
    }

    private static List<Candidate> Yolo(ReadOnlySpan<float> values, int columns, int scoreRow, float least)
    {
        var found = new List<Candidate>();
        var scores = values.Slice(scoreRow * columns, columns);
        for (var c = 0; c < columns; c++)
        {
            if (scores[c] >= least) found.Add(Candidate.Centred(values[c], values[columns + c], values[(2 * columns) + c], values[(3 * columns) + c], scores[c], c));
        }

        return found;
    }

    private static List<Candidate> NanoDet(ReadOnlySpan<float> values, int columns, int width, int height, int label, float least, bool plus)
    {
        var bins = BinsOf(columns);
        var classes = columns - (4 * bins);
        var (found, row) = (new List<Candidate>(), 0);
        for (var level = 0; level < (plus ? 4 : 3); level++)
        {
            var stride = 8 << level;
            for (var y = 0; y < Side(height, level); y++)
            {
                for (var x = 0; x < Side(width, level); x++, row++)
                {
                    var v = values.Slice(row * columns, columns);
                    if (label >= classes || !(v[label] >= least)) continue;
                    var (centreX, centreY) = plus ? (x * stride, y * stride) : ((x + 0.5f) * stride, (y + 0.5f) * stride);
                    var sides = v[classes..];
                    found.Add(new Candidate(
                        centreX - (Mean(sides[..bins]) * stride), centreY - (Mean(sides.Slice(bins, bins)) * stride),
                        centreX + (Mean(sides.Slice(2 * bins, bins)) * stride), centreY + (Mean(sides.Slice(3 * bins, bins)) * stride), v[label], row));
                }
            }
        }

        return found;
    }

    /// <summary>The mean distance of a distribution given as logits.</summary>
    private static float Mean(ReadOnlySpan<float> logits)
    {
        var largest = float.NegativeInfinity;
        foreach (var logit in logits) largest = Math.Max(largest, logit);
        float sum = 0, weighted = 0;
        for (var i = 0; i < logits.Length; i++)
        {
            var e = MathF.Exp(logits[i] - largest);
            sum += e;
            weighted += i * e;
        }

        return weighted / sum;
    }
}
