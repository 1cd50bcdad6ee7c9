using Sinew.Annotations;
using Sinew.Geometry;
using Sinew.Imaging;
using Sinew.Inference;
using Sinew.Skeletons;
using Sinew.TestSupport;
using Sinew.Training.Teachers;

namespace Sinew.Training.Tests.Teachers;

/// <summary>The teachers of the test material on real photographs: what they say must agree with people's labels, and caching must lose hardly anything.</summary>
public sealed class RealTeacherTests
{
    private const int People = 10;
    private static readonly BinGrid Grid = BinGrid.SimCc(192, 256, 2);
    private static readonly (float X, float Y) MinimumSigma = (1.6f, 1.8f);

    [Theory]
    [InlineData("tinypose_coco17_256x192.onnx", 17, 0.85)]
    [InlineData("efficientpose_i_mpii16_256x256.onnx", 16, 0.7)]
    [InlineData("movenet_thunder_coco17.onnx", 17, 0.85)]
    public void Targets_lie_on_the_labels_and_a_cache_loses_nothing_in_the_crop_it_was_made_from(string model, int joints, double near)
    {
        var body = BuiltInSkeletons.Get("body21");
        var data = CocoReader.Read(Shared.Path("data/studio17/annotations/studio17_val.json"));
        var images = Shared.Path("data/studio17/images");
        using var teacher = Open(Shared.Path($"models/{model}"));
        using var folder = new TempFolder();
        var few = data.Select([.. Enumerable.Range(0, People)]);
        bool Read(int person, CropGeometry crop, Span<byte> rgb)
        {
            using var image = ImageDecoder.Decode(Path.Combine(images, data.Images.FileNames[data.People.Image[person]]));
            Warp.Crop(image, crop, rgb);
            return true;
        }

        var cache = TeacherCacheBuilder.OpenOrBuild(folder.FullName, teacher, few, Read, new TeacherCacheOptions { Padding = 1.25f, Threads = 1 });
        var rows = new JointRows(teacher.Skeleton, body);
        Assert.Equal(joints, rows.Known);
        var toData = JointMapping.Between(few.Skeleton, body);
        int labelled = 0, close = 0, compared = 0;
        double distance = 0, divergence = 0;
        var crop = new byte[teacher.Width * teacher.Height * 3];
        for (var person = 0; person < People; person++)
        {
            var box = few.People.Boxes[person];
            var student = CropGeometry.FromBox(box, 192, 256);
            Read(person, student.Resized(teacher.Width, teacher.Height), crop);
            var (x, y, confidence) = Rows(body.Count);
            var (cachedX, cachedY, cachedConfidence) = Rows(body.Count);
            teacher.Predict(crop, [student], new TeacherTargetSpans(Grid, rows, MinimumSigma, x, y, confidence));
            cache.Render(person, student, new TeacherTargetSpans(Grid, rows, MinimumSigma, cachedX, cachedY, cachedConfidence));
            var toCrop = student.ImageToCrop();
            for (var j = 0; j < body.Count; j++)
            {
                var (px, py) = (x.AsMemory(j * 384, 384), y.AsMemory(j * 512, 512));
                if (rows[j] < 0)
                {
                    Assert.Equal(0, confidence[j] + cachedConfidence[j] + px.ToArray().Sum() + cachedX.AsSpan(j * 384, 384).ToArray().Sum());
                    continue;
                }

                if (confidence[j] < 0.3f) continue;
                Assert.Equal(1, px.ToArray().Sum(), 1e-3);
                Assert.Equal(1, cachedY.AsSpan(j * 512, 512).ToArray().Sum(), 1e-3);
                compared++;
                var (mx, my) = (Mean(px.Span) / 2, Mean(py.Span) / 2);
                distance += Math.Sqrt(Square(mx - (Mean(cachedX.AsSpan(j * 384, 384)) / 2)) + Square(my - (Mean(cachedY.AsSpan(j * 512, 512)) / 2)));
                divergence += Divergence(px.Span, cachedX.AsSpan(j * 384, 384)) + Divergence(py.Span, cachedY.AsSpan(j * 512, 512));
                var d = toData.SourceOf[j];
                if (d < 0 || few.StatesOf(person)[d] != JointState.Visible) continue;
                var (lx, ly) = toCrop.Apply(few.KeypointsOf(person)[2 * d], few.KeypointsOf(person)[(2 * d) + 1]);
                labelled++;
                if (Math.Sqrt(Square(mx - lx) + Square(my - ly)) < 12) close++;
            }
        }

        Assert.True(close >= near * labelled, $"{close} of {labelled} joints lie within 12 crop pixels of their labels");
        Assert.True(compared >= People * joints * 0.8, $"{compared} joints");
        Assert.InRange(distance / compared, 0, 0.5);

        // Of the entropy of about 6.5 nats; what is left is the stairs of cells of 4 pixels.
        Assert.InRange(divergence / compared, 0, 0.15);
    }

    private static ITeacher Open(string path)
    {
        try
        {
            return OnnxTeacher.Open(path, options: new OnnxOptions { Threads = 1 });
        }
        catch (SinewException e) when (e.Message.Contains("was not found", StringComparison.Ordinal))
        {
            Assert.Skip("needs ONNX Runtime's library (eng/get-onnxruntime.sh)");
            throw;
        }
    }

    private static (float[] X, float[] Y, float[] Confidence) Rows(int count) => (new float[count * 384], new float[count * 512], new float[count]);

    private static double Square(double v) => v * v;

    private static double Mean(ReadOnlySpan<float> masses)
    {
        double sum = 0, total = 0;
        for (var i = 0; i < masses.Length; i++) (sum, total) = (sum + ((double)masses[i] * i), total + masses[i]);
        return sum / total;
    }

    // KL(p ‖ q) with a thousandth of q spread evenly: its bins beyond four sigmas are empty.
    private static double Divergence(ReadOnlySpan<float> p, ReadOnlySpan<float> q)
    {
        var sum = 0.0;
        for (var i = 0; i < p.Length; i++)
        {
            if (p[i] > 0) sum += p[i] * Math.Log(p[i] / ((0.999 * q[i]) + (0.001 / q.Length)));
        }

        return sum;
    }
}
