using System.Buffers.Binary;
using Sinew.Annotations;
using Sinew.Geometry;
using Sinew.Skeletons;
using Sinew.TestSupport;
using Sinew.Training.Teachers;

namespace Sinew.Training.Tests.Teachers;

public sealed class TeacherCacheTests
{
    private static readonly Skeleton Arms = new("arms", [
        new Joint("nose", "nose", null, 0.03, null), new Joint("left", "left_wrist", "right", 0.06, null), new Joint("right", "right_wrist", "left", 0.06, null)]);

    private static readonly BinGrid Grid = BinGrid.SimCc(192, 256, 2);

    [Fact]
    public void What_the_teacher_said_lands_where_it_belongs_in_any_students_crop()
    {
        using var folder = new TempFolder();
        using var teacher = Teacher(out _);
        var data = People(20);
        var cache = TeacherCacheBuilder.OpenOrBuild(folder.FullName, teacher, data, Read);
        var rows = new JointRows(Arms, Arms);
        var random = new Random(5);
        for (var person = 0; person < 20; person++)
        {
            var upright = CropGeometry.FromBox(data.People.Boxes[person], 96, 128);
            var student = CropGeometry.FromBox(data.People.Boxes[person], 192, 256, 1.4f) with { Rotation = random.Next(-80, 80), Flip = person % 2 == 1 };
            var (x, y, confidence) = (new float[3 * 384], new float[3 * 512], new float[3]);
            cache.Render(person, student, new TeacherTargetSpans(Grid, rows, (0, 0), x, y, confidence));
            for (var row = 0; row < 3; row++)
            {
                // In the mirrored crop the row of the left wrist shows the teacher's right one.
                var joint = student.Flip ? Arms.SwapIndices[row] : row;
                var (imageX, imageY) = upright.CropToImage().Apply(JointX(person, joint), JointY(person, joint));
                var (cropX, cropY) = student.ImageToCrop().Apply(imageX, imageY);
                if (cropX is < 20 or > 170 || cropY is < 20 or > 235) continue;
                Assert.Equal(cropX, Mean(x.AsSpan(row * 384, 384)) / 2, 0.15);
                Assert.Equal(cropY, Mean(y.AsSpan(row * 512, 512)) / 2, 0.15);
                Assert.Equal(cache.ConfidenceOf(person, joint), confidence[row], 0.02f);
                Assert.InRange(confidence[row], 0.65f, 0.8f);
            }
        }
    }

    [Fact]
    public void A_cache_is_made_once_and_read_the_next_time()
    {
        using var folder = new TempFolder();
        var told = new List<(int Done, int All)>();
        using var teacher = Teacher(out var network);
        var first = TeacherCacheBuilder.OpenOrBuild(folder.FullName, teacher, People(20), Read, progress: (done, all) => told.Add((done, all)));
        var runs = network.Runs;
        var second = TeacherCacheBuilder.OpenOrBuild(folder.FullName, teacher, People(20), Read);
        Assert.Equal(3, runs);
        Assert.Equal(runs, network.Runs);
        Assert.Equal(Everything(first), Everything(second));
        Assert.Equal((0, 20), told[0]);
        Assert.Equal((20, 20), told[^1]);
        Assert.Single(Directory.GetFiles(folder.FullName));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_build_that_was_broken_off_goes_on_and_ends_alike(bool torn)
    {
        using var whole = new TempFolder();
        using var broken = new TempFolder();
        using var teacher = Teacher(out var network);
        var data = People(50);
        var expected = TeacherCacheBuilder.OpenOrBuild(whole.FullName, teacher, data, Read);
        var runs = network.Runs;

        using var stop = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => TeacherCacheBuilder.OpenOrBuild(
            broken.FullName, teacher, data, Read, new TeacherCacheOptions { Threads = 1 }, (done, _) => { if (done >= 24) stop.Cancel(); }, stop.Token));
        var partial = Assert.Single(Directory.GetFiles(broken.FullName));
        Assert.EndsWith(".partial", partial, StringComparison.Ordinal);
        if (torn)
        {
            using var file = new FileStream(partial, FileMode.Open);
            file.SetLength(file.Length - 5);
        }

        var doneBefore = network.Runs - runs;
        var result = TeacherCacheBuilder.OpenOrBuild(broken.FullName, teacher, data, Read);
        Assert.Equal(3, doneBefore);
        Assert.Equal(Everything(expected), Everything(result));
        // 50 people in batches of 8, 24 of them (a torn one less) done before.
        Assert.Equal(3 + 4, network.Runs - runs);
    }

    [Fact]
    public void Another_padding_model_or_data_set_has_another_cache()
    {
        using var teacher = Teacher(out _);
        using var other = Teacher(out _, "other weights");
        var key = TeacherCacheKey.Of(teacher, People(5), 1.25f);
        Assert.Equal(key.FileName, TeacherCacheKey.Of(teacher, People(5), 1.25f).FileName);
        string[] others =
        [
            TeacherCacheKey.Of(teacher, People(5), 1.3f).FileName, TeacherCacheKey.Of(other, People(5), 1.25f).FileName,
            TeacherCacheKey.Of(teacher, People(6), 1.25f).FileName, TeacherCacheKey.Of(teacher, People(5, boxScale: 1.1f), 1.25f).FileName,
            TeacherCacheKey.Of(teacher, People(5, image: "b"), 1.25f).FileName,
        ];
        Assert.Equal(6, others.Append(key.FileName).Distinct().Count());
    }

    [Fact]
    public void A_file_of_another_key_says_what_differs()
    {
        using var folder = new TempFolder();
        using var teacher = Teacher(out _);
        TeacherCacheBuilder.OpenOrBuild(folder.FullName, teacher, People(5), Read);
        var file = Assert.Single(Directory.GetFiles(folder.FullName));
        var error = Assert.Throws<SinewException>(() => TeacherCacheFile.Read(file, TeacherCacheKey.Of(teacher, People(5), 1.5f)));
        Assert.Contains("padding: 1.25", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_file_is_an_error_of_one_line_wherever_it_is_damaged()
    {
        using var folder = new TempFolder();
        using var teacher = Teacher(out _);
        var data = People(5);
        var key = TeacherCacheKey.Of(teacher, data, 1.25f);
        TeacherCacheBuilder.OpenOrBuild(folder.FullName, teacher, data, Read);
        var path = Assert.Single(Directory.GetFiles(folder.FullName));
        var bytes = File.ReadAllBytes(path);
        void Refused(byte[] content)
        {
            File.WriteAllBytes(path, content);
            var error = Assert.Throws<SinewException>(() => TeacherCacheFile.Read(path, key));
            Assert.DoesNotContain('\n', error.Message);
        }

        for (var at = 0; at < bytes.Length; at += 7)
        {
            var changed = bytes.ToArray();
            changed[at] ^= 0x41;
            Refused(changed);
        }

        for (var length = 0; length < bytes.Length; length += 11) Refused(bytes[..length]);
        foreach (var at in new[] { 12, 16, 20, 24 })
        {
            var huge = bytes.ToArray();
            BinaryPrimitives.WriteInt32LittleEndian(huge.AsSpan(at), int.MaxValue);
            Refused(huge);
            BinaryPrimitives.WriteInt32LittleEndian(huge.AsSpan(at), -1);
            Refused(huge);
        }

        File.WriteAllBytes(path, bytes);
        Assert.Equal(5, TeacherCacheFile.Read(path, key).People);
    }

    [Fact]
    public void People_without_a_picture_or_a_box_have_nothing_from_the_teacher()
    {
        using var folder = new TempFolder();
        using var teacher = Teacher(out _);
        var data = People(9);
        data.People.Boxes[4] = new Box(float.NaN, 0, 10, 10);
        data.People.Boxes[5] = new Box(10, 10, 0, 0);
        var cache = TeacherCacheBuilder.OpenOrBuild(folder.FullName, teacher, data, (person, crop, rgb) => person != 2 && Read(person, crop, rgb));
        var (x, y, confidence) = (new float[3 * 384], new float[3 * 512], new float[3]);
        foreach (var person in new[] { 2, 4, 5 })
        {
            cache.Render(person, new CropGeometry(50, 50, 60, 80, 0, 192, 256), new TeacherTargetSpans(Grid, new JointRows(Arms, Arms), (2, 2), x, y, confidence));
            Assert.Equal(0, x.Sum() + y.Sum() + confidence.Sum());
        }

        Assert.Equal(1, cache.GaussiansOf(3, 1, new Gaussian2D[3]));
    }

    [Fact]
    public void A_failing_teacher_or_picture_breaks_the_build_off()
    {
        using var folder = new TempFolder();
        using var teacher = Teacher(out _);
        var error = Assert.Throws<SinewException>(() => TeacherCacheBuilder.OpenOrBuild(
            folder.FullName, teacher, People(40), (person, crop, rgb) => person == 30 ? throw new SinewException("photo.jpg: is broken") : Read(person, crop, rgb)));
        Assert.Equal("photo.jpg: is broken", error.Message);
        Assert.EndsWith(".partial", Assert.Single(Directory.GetFiles(folder.FullName)), StringComparison.Ordinal);
    }

    [Fact]
    public void Gaussians_survive_their_packing()
    {
        using var folder = new TempFolder();
        using var teacher = new PointTeacher("p", Arms, 256, 256, new FakeNetwork(9, 0, (_, points, _) =>
        {
            for (var j = 0; j < 3; j++)
            {
                points[3 * j] = 10.3f + (100 * j);
                points[(3 * j) + 1] = 250.7f - (90 * j);
                points[(3 * j) + 2] = 0.3f * (j + 1);
            }
        }), "w", new TeacherReading { PointSigma = 3 });
        var data = People(1);
        var cache = TeacherCacheBuilder.OpenOrBuild(folder.FullName, teacher, data, (_, _, _) => true);
        var toImage = CropGeometry.FromBox(data.People.Boxes[0], 256, 256).CropToImage();
        var found = new Gaussian2D[3];
        for (var j = 0; j < 3; j++)
        {
            Assert.Equal(1, cache.GaussiansOf(0, j, found));
            var expected = new Gaussian2D(1, 10.3f + (100 * j), 250.7f - (90 * j), 9, 0, 9).Through(toImage);
            Assert.Equal(expected.X, found[0].X, toImage.A / 60);
            Assert.Equal(expected.Y, found[0].Y, toImage.A / 60);
            Assert.Equal(expected.XX, found[0].XX, expected.XX * 1e-3);
            Assert.Equal(0.3f * (j + 1), cache.ConfidenceOf(0, j), 1e-3);
        }
    }

    // The teacher sees the person's number in the first pixel and puts each joint at a place of its own.
    private static HeatmapTeacher Teacher(out FakeNetwork network, string weights = "weights")
    {
        network = new FakeNetwork(3 * 24 * 32, 0, (crop, maps, _) =>
        {
            for (var joint = 0; joint < 3; joint++)
            {
                NetworkTeacherTests.Blob(maps.Slice(joint * 24 * 32, 24 * 32), 24, JointX(crop[0], joint) / 4, JointY(crop[0], joint) / 4, 1.2);
            }
        });
        return new HeatmapTeacher("fake", Arms, 96, 128, BinAxis.Heatmap(24, 4), BinAxis.Heatmap(32, 4), network, weights, new TeacherReading { Power = 1, Floor = 0.01f });
    }

    private static double JointX(int person, int joint) => 30 + ((person * 7) % 30) + (8 * joint);

    private static double JointY(int person, int joint) => 40 + ((person * 11) % 40) + (7 * joint);

    private static bool Read(int person, CropGeometry crop, Span<byte> rgb)
    {
        rgb[0] = (byte)person;
        return true;
    }

    private static PoseData People(int count, float boxScale = 1, string image = "a")
    {
        var names = new StringColumn.Builder();
        names.Add(image);
        names.Add("second");
        var boxes = Enumerable.Range(0, count).Select(i => new Box(10 + i, 20 + (2 * i), (100 + (3 * i)) * boxScale, 150)).ToArray();
        return new PoseData(
            Arms,
            new ImageTable([1, 2], names.Build(), [640, 640], [480, 480]),
            new PeopleTable([.. Enumerable.Range(0, count).Select(i => (long)i)], [.. Enumerable.Range(0, count).Select(i => i % 2)], boxes, [.. boxes.Select(b => (double)b.Area)], new bool[count]),
            new float[count * 6], new JointState[count * 3]);
    }

    private static float[] Everything(TeacherCache cache)
    {
        var values = new List<float>();
        var found = new Gaussian2D[3];
        for (var person = 0; person < cache.People; person++)
        {
            for (var joint = 0; joint < cache.Joints; joint++)
            {
                values.Add(cache.ConfidenceOf(person, joint));
                foreach (var g in found[..cache.GaussiansOf(person, joint, found)]) values.AddRange(g.Weight, g.X, g.Y, g.XX, g.XY, g.YY);
            }
        }

        return [.. values];
    }

    private static double Mean(ReadOnlySpan<float> masses)
    {
        double sum = 0, total = 0;
        for (var i = 0; i < masses.Length; i++) (sum, total) = (sum + ((double)masses[i] * i), total + masses[i]);
        return sum / total;
    }
}
