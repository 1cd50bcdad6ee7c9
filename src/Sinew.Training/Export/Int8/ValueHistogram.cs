namespace Sinew.Training.Export.Int8;

/// <summary>
/// How often a value of the graph takes which numbers, and from that the range in which eight bits lose least: a narrower range cuts off
/// rare large numbers, a wider one rounds all the others more.
/// </summary>
internal sealed class ValueHistogram
{
    private const int Bins = 2048;
    private const int Levels = 255;
    private readonly long[] _count = new long[Bins];
    private readonly ValueRange _range;

    /// <param name="range">All numbers lie in it.</param>
    public ValueHistogram(ValueRange range) => _range = range;

    public void Add(ReadOnlySpan<float> values)
    {
        var (low, perBin) = (_range.Low, Bins / (_range.High - _range.Low));
        foreach (var value in values) _count[Math.Clamp((int)((value - low) * perBin), 0, Bins - 1)]++;
    }

    /// <summary>The range with the smallest mean squared error of rounding and cutting off.</summary>
    public ValueRange Best()
    {
        var (best, least) = (_range, Error(_range));

        // one end after the other, twice: the error has one valley along each
        for (var turn = 0; turn < 2; turn++)
        {
            for (var share = 0.96f; share > 0.2f; share -= 0.04f)
            {
                Try(ValueRange.Of(best.Low, _range.High * share));
                Try(ValueRange.Of(_range.Low * share, best.High));
            }
        }

        return best;

        void Try(ValueRange candidate)
        {
            var error = Error(candidate);
            if (error < least) (best, least) = (candidate, error);
        }
    }

    private double Error(ValueRange range)
    {
        var width = (_range.High - _range.Low) / Bins;
        var step = (range.High - range.Low) / Levels;
        var rounding = step * step / 12;
        double error = 0;
        for (var i = 0; i < Bins; i++)
        {
            if (_count[i] == 0) continue;
            var value = _range.Low + ((i + 0.5f) * width);
            var cut = value < range.Low ? range.Low - value : value > range.High ? value - range.High : 0;
            error += _count[i] * (cut > 0 ? cut * cut : rounding);
        }

        return error;
    }
}
