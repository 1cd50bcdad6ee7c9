using FsCheck.Fluent;
using Sinew.TestSupport;
using Sinew.Training.Export.Int8;

namespace Sinew.Training.Tests.Export;

public class ValueRangeTests
{
    [Fact]
    public void Zero_is_exact_and_every_number_inside_is_off_by_half_a_step_at_most()
    {
        Prop.ForAll(
            Gen.Choose(-100_000, 100_000).Two().Zip(Gen.Choose(0, 1000)).ToArbitrary(),
            drawn =>
            {
                var ((a, b), at) = drawn;
                var range = ValueRange.Of(Math.Min(a, b) / 1000f, Math.Max(a, b) / 1000f);
                Assert.Equal(0, Restored(range, 0));
                var value = range.Low + ((range.High - range.Low) * at / 1000);

                // the zero point is rounded to a whole step, which may move an end out by half a step more
                Assert.InRange(Math.Abs(Restored(range, value) - value), 0, range.Scale * 1.001f);
            }).Holds();
    }

    [Fact]
    public void A_rare_large_number_is_cut_off_where_that_costs_as_much_as_it_saves()
    {
        var random = new Random(4);
        float[] values = [.. Enumerable.Range(0, 200_000).Select(_ => (float)random.NextDouble()), 100];
        var rare = new ValueHistogram(ValueRange.Of(0, 100));
        rare.Add(values);

        // n · h² / (12 · 255²) + (100 − h)² is least at h = 100 / (1 + n / 780300)
        Assert.Equal(100 / (1 + (200_000 / 780_300f)), rare.Best().High, 4f);
        var even = new ValueHistogram(ValueRange.Of(-0.5f, 1));
        even.Add(values.AsSpan(0, values.Length - 1));
        Assert.InRange(even.Best().High, 0.95f, 1);
    }

    private static float Restored(ValueRange range, float value) =>
        (Math.Clamp((int)Math.Round(value / range.Scale) + range.Zero, 0, 255) - range.Zero) * range.Scale;
}
