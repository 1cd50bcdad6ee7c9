using FsCheck;
using FsCheck.Fluent;
using Sinew.Geometry;
using Sinew.TestSupport;
using Sinew.Training.Teachers;

namespace Sinew.Training.Tests.Teachers;

public sealed class AxisResamplingTests
{
    // Source bins, target bins, a map between them and masses, such that the whole distribution lands inside the target.
    private sealed record Inside(BinAxis Source, BinAxis Target, AxisMap Map, float[] Masses);

    private static Gen<double> Real(double low, double high) => Gen.Choose(0, 1_000_000).Select(i => low + ((high - low) * i / 1e6));

    private static readonly Gen<Inside> Insides =
        from count in Gen.Choose(1, 90)
        from step in Real(0.2, 8)
        from origin in Real(-3, 3)
        from targetStep in Real(0.2, 3)
        from scale in Real(0.3, 3)
        from mirrored in Gen.Elements(true, false)
        from margin in Real(0, 20)
        from masses in Gen.ArrayOf(Real(0, 1), count)
        let source = new BinAxis(count, origin, step)
        let signed = mirrored ? -scale : scale
        let low = Math.Min(signed * source.PixelOf(-0.5), signed * source.PixelOf(count - 0.5))
        let map = new AxisMap(signed, -low + targetStep + margin)
        let far = Math.Max(map.Apply(source.PixelOf(-0.5)), map.Apply(source.PixelOf(count - 0.5)))
        select new Inside(source, new BinAxis((int)Math.Ceiling(far / targetStep) + 2, 0, targetStep), map, [.. masses.Select(m => (float)m + 1e-3f)]);

    [Fact]
    public void Mass_is_kept_and_the_mean_moves_by_the_map() => Prop.ForAll(Insides.ToArbitrary(), c =>
    {
        var target = new float[c.Target.Count];
        var share = new AxisResampling(c.Source, c.Target, c.Map, OutsideMass.Drop).Apply(c.Masses, target);
        var tolerance = 1e-5 * c.Target.Count * c.Target.Step;
        return (Math.Abs(target.Sum(m => (double)m) / c.Masses.Sum(m => (double)m) - 1) < 1e-5)
            .And(share > 0.99999f)
            .And(target.All(m => m >= 0))
            .And(Math.Abs(MeanPixel(c.Target, target) - c.Map.Apply(MeanPixel(c.Source, c.Masses))) < tolerance);
    }).Holds();

    [Fact]
    public void Mass_is_kept_by_renormalising_and_by_the_edges_wherever_the_map_leads() => Prop.ForAll(
        (from inside in Insides
         from shift in Real(-60, 60)
         select (inside, shift)).ToArbitrary(),
        c =>
        {
            var map = c.inside.Map with { Offset = c.inside.Map.Offset + c.shift };
            var kept = new float[c.inside.Target.Count];
            var renormalised = new float[c.inside.Target.Count];
            var edges = new float[c.inside.Target.Count];
            var share = new AxisResampling(c.inside.Source, c.inside.Target, map, OutsideMass.Drop).Apply(c.inside.Masses, kept);
            var same = new AxisResampling(c.inside.Source, c.inside.Target, map).Apply(c.inside.Masses, renormalised);
            new AxisResampling(c.inside.Source, c.inside.Target, map, OutsideMass.Edge).Apply(c.inside.Masses, edges);
            var whole = c.inside.Masses.Sum(m => (double)m);
            return (share == same)
                .And(Math.Abs((kept.Sum(m => (double)m) / whole) - share) < 1e-4)
                .And(share < 1e-3f || Math.Abs((renormalised.Sum(m => (double)m) / whole) - 1) < 1e-4)
                .And(Math.Abs((edges.Sum(m => (double)m) / whole) - 1) < 1e-4)
                .And(edges.AsSpan(1, edges.Length - 2).SequenceEqual(kept.AsSpan(1, edges.Length - 2)));
        }).Holds();

    [Fact]
    public void The_students_own_geometry_passes_through_bit_for_bit() => Prop.ForAll(
        (from rotation in Real(-80, 80)
         from scale in Real(20, 900)
         from centre in Real(-50, 2000)
         from flip in Gen.Elements(true, false)
         from logits in Gen.ArrayOf(Real(-3, 3), 384)
         select (rotation, scale, centre, flip, logits)).ToArbitrary(),
        c =>
        {
            var student = new CropGeometry((float)c.centre, (float)c.centre, (float)c.scale, 1, (float)c.rotation, 192, 256, c.flip).WithFixedAspect();
            var teacher = student.Resized(288, 384).Resized(192, 256);
            var (x, _) = AxisMap.Between(teacher, student);
            var masses = c.logits.Select(v => (float)v).ToArray();
            Marginals.Softmax(masses, 384, 1, masses);
            var target = new float[384];
            var resampling = new AxisResampling(BinAxis.SimCc(192, 2), BinAxis.SimCc(192, 2), x);
            return (resampling.Apply(masses, target) == 1).And(resampling.IsIdentity).And(target.AsSpan().SequenceEqual(masses));
        }).Holds(cases: 1000);

    [Fact]
    public void A_small_crop_far_from_the_images_corner_has_its_own_geometry_too()
    {
        foreach (var scale in (ReadOnlySpan<float>)[20, 62.2048f])
        {
            for (var centre = 900f; centre < 2000; centre += 0.37f)
            {
                var student = new CropGeometry(centre, centre, scale, 1, -64.98912f, 192, 256).WithFixedAspect();
                var (x, y) = AxisMap.Between(student.Resized(288, 384).Resized(192, 256), student);
                Assert.True(new AxisResampling(BinAxis.SimCc(192, 2), BinAxis.SimCc(192, 2), x).IsIdentity);
                Assert.True(new AxisResampling(BinAxis.SimCc(256, 2), BinAxis.SimCc(256, 2), y).IsIdentity);
            }
        }
    }

    [Fact]
    public void Shifting_by_whole_bins_only_moves_the_masses()
    {
        var masses = new float[] { 0.1f, 0.2f, 0.3f, 0.4f };
        var target = new float[6];
        new AxisResampling(new BinAxis(4, 0, 0.5), new BinAxis(6, -1, 0.5), AxisMap.Identity).Apply(masses, target);
        Assert.Equal([0, 0, 0.1f, 0.2f, 0.3f, 0.4f], target);
    }

    [Fact]
    public void Halving_the_bins_spreads_one_of_them_evenly()
    {
        // A bin of 2 target bins, centred on bin 3: the interval [2, 4] shared by the hats of bins 1 to 5.
        var target = new float[8];
        new AxisResampling(new BinAxis(1, 3, 2), new BinAxis(8, 0, 1), AxisMap.Identity).Apply([1], target);
        Assert.Equal([0, 0, 0.25f, 0.5f, 0.25f, 0, 0, 0], target);
    }

    [Fact]
    public void The_centre_of_one_crop_is_the_centre_of_the_other()
    {
        var student = new CropGeometry(310, 200, 150, 200, 33, 192, 256);
        var teacher = student.Resized(256, 256);
        var (x, y) = AxisMap.Between(teacher, student);
        Assert.Equal(96, x.Apply(128), 1e-4);
        Assert.Equal(128, y.Apply(128), 1e-4);
        Assert.Equal(1, x.Scale, 1e-5);

        // A crop of twice the pixels on the same rectangle.
        var (twice, _) = AxisMap.Between(student.Resized(384, 512), student);
        Assert.Equal(0.5, twice.Scale, 1e-5);
        Assert.Equal(40, twice.Apply(80), 1e-4);
    }

    [Fact]
    public void A_mirrored_crop_maps_by_mirroring()
    {
        var crop = new CropGeometry(310, 200, 150, 200, 20, 192, 256);
        var (x, y) = AxisMap.Between(crop, crop with { Flip = true });
        Assert.Equal(191 - 30, x.Apply(30), 1e-6);
        Assert.Equal(30, y.Apply(30), 1e-6);
    }

    [Fact]
    public void Crops_rotated_against_each_other_are_refused()
    {
        var crop = new CropGeometry(310, 200, 150, 200, 20, 192, 256);
        Assert.Throws<ArgumentException>(() => AxisMap.Between(crop, crop with { Rotation = 21 }));
        Assert.Throws<ArgumentException>(() => new AxisResampling(new BinAxis(4, 0, 1), new BinAxis(4, 0, 1), new AxisMap(0, 1)));
        Assert.Throws<ArgumentException>(() => new AxisResampling(new BinAxis(4, 0, 1), new BinAxis(0, 0, 1), AxisMap.Identity));
        Assert.Throws<ArgumentException>(() => new AxisResampling(new BinAxis(4, 0, 1), new BinAxis(4, 0, 1), AxisMap.Identity).Apply([1], new float[4]));
    }

    private static double MeanPixel(BinAxis axis, float[] masses)
    {
        double sum = 0, total = 0;
        for (var i = 0; i < masses.Length; i++) (sum, total) = (sum + (masses[i] * axis.PixelOf(i)), total + masses[i]);
        return sum / total;
    }
}
