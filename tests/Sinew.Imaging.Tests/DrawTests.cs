using Sinew.Geometry;
using Sinew.Skeletons;

namespace Sinew.Imaging.Tests;

public class DrawTests
{
    private static readonly RgbColor Red = new(255, 0, 0);

    /// <summary>A made-up figure with one arm raised, 17 COCO joints on 200 × 260 pixels.</summary>
    private static readonly float[] Figure =
    [
        100, 36, 106, 30, 94, 30, 113, 34, 87, 34, 124, 70, 76, 70, 146, 44, 62, 104, 150, 12, 50, 134,
        116, 138, 84, 138, 124, 188, 78, 190, 136, 240, 74, 242,
    ];

    [Theory]
    [InlineData(10, 20, 90, 20, 6)]
    [InlineData(20.3, 10.7, 70.2, 85.1, 3.4)]
    [InlineData(80, 15, 25, 80, 1)]
    [InlineData(40, 10, 40, 90, 5)]
    [InlineData(30, 30, 30, 30, 0)]
    public void A_lines_coverage_adds_up_to_its_area(float x0, float y0, float x1, float y1, float width)
    {
        using var image = new Image(100, 100);
        Draw.Line(image, x0, y0, x1, y1, width, Red);
        double sum = 0;
        for (var i = 0; i < image.Pixels.Length; i += 3) sum += image.Pixels[i] / 255.0;
        var length = Math.Sqrt(((x1 - x0) * (x1 - x0)) + ((y1 - y0) * (y1 - y0)));
        var area = (length * width) + (Math.PI * width * width / 4);
        Assert.InRange(sum, (area * 0.97) - 0.5, (area * 1.03) + 1);
    }

    [Fact]
    public void A_rectangles_coverage_is_exact()
    {
        using var image = new Image(40, 30);
        Draw.Fill(image, new Box(5.25f, 7.5f, 10.5f, 4.25f), Red);
        double sum = 0;
        for (var i = 0; i < image.Pixels.Length; i += 3) sum += image.Pixels[i] / 255.0;
        Assert.Equal(10.5 * 4.25, sum, 0.2);
        Assert.Equal(255, image.Row(9)[10 * 3]);
        Assert.Equal(0, image.Row(9)[(10 * 3) + 1]);
    }

    [Fact]
    public void What_lies_outside_or_is_no_number_is_left_out()
    {
        using var image = new Image(30, 20);
        float[] bad = [float.NaN, float.PositiveInfinity, float.NegativeInfinity, 1e30f, -1e30f, 1e9f];
        foreach (var x in bad)
        {
            foreach (var y in bad)
            {
                Draw.Line(image, x, y, x, y, 3, Red);
                Draw.Disc(image, x, 5, 2, Red);
                Draw.Fill(image, new Box(x, y, 5, 5), Red);
                Draw.Outline(image, new Box(5, y, 5, x), Red, float.NaN);
                Draw.Text(image, x, y, "no", 8, Red);
            }

            Draw.Line(image, 5, 5, 6, 6, x, RgbColor.Black);
        }

        Assert.All(image.Pixels.ToArray(), b => Assert.Equal(0, b));
        Draw.Line(image, -1e6f, -1e6f, 1e6f, 1e6f, 2, Red);
        Assert.Equal(255, image.Row(10)[30]);
    }

    [Fact]
    public void A_skeleton_shows_confident_joints_only()
    {
        var coco = BuiltInSkeletons.Get("coco17");
        using var image = new Image(200, 260);
        var scores = Enumerable.Repeat(0.9f, 17).ToArray();
        scores[9] = 0.1f;
        Draw.Skeleton(image, coco, Figure, scores, new SkeletonStyle { Opacity = 1 });
        var ankle = Draw.JointColor(coco, 16);
        Assert.True(image.Row(242).Slice(74 * 3, 3).SequenceEqual<byte>([ankle.R, ankle.G, ankle.B]));
        Assert.True(image.Row(12).Slice(150 * 3, 3).SequenceEqual<byte>([0, 0, 0]), "the wrist's score is too low");
        Assert.True(image.Row(26).Slice(148 * 3, 3).SequenceEqual<byte>([0, 0, 0]), "and so its limb's");
        Assert.NotEqual(Draw.JointColor(coco, 15), Draw.JointColor(coco, 16));
        Assert.Throws<ArgumentException>(() => Draw.Skeleton(image, coco, new float[4], []));
    }

    [Fact]
    public void Every_printable_character_has_a_glyph_of_its_own()
    {
        var seen = new Dictionary<string, char>();
        for (var c = '!'; c <= '~'; c++)
        {
            if (c is '$' or '`' or '{' or '}') continue;
            Assert.True(StrokeFont.Has(c), $"no glyph for {c}");
            using var image = new Image(40, 48);
            Draw.Text(image, 8, 8, c.ToString(), 24, RgbColor.White);
            var drawn = Convert.ToHexString(image.Pixels);
            Assert.Contains('F', drawn);
            // A capital O and a zero are the same in many fonts, as here.
            if (c == 'O') continue;
            Assert.True(seen.TryAdd(drawn, c), $"{c} looks like {seen.GetValueOrDefault(drawn)}");
        }
    }

    [Fact]
    public void A_label_stays_within_the_image()
    {
        using var image = new Image(120, 40);
        Draw.Label(image, 200, -30, "person 0.93", 8, new RgbColor(64, 190, 255));
        Assert.Equal(0, image.Pixels[0]);
        Assert.True(image.Row(1)[(119 * 3) + 2] > 200);
    }
}
