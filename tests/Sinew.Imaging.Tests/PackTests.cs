using System.Formats.Tar;
using System.Text.Json;
using Sinew.Annotations;
using Sinew.Files;
using Sinew.Geometry;
using Sinew.Skeletons;
using Sinew.TestSupport;

namespace Sinew.Imaging.Tests;

public sealed class PackTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private string Photos => _folder.File("photos");

    private string Packed => _folder.File("packed");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_picture_and_every_person_comes_back()
    {
        var data = DataSet("a/one.jpg", "b/one.jpg", "b/one.PNG", "c d/my.photo.jpg", $"{new string('e', 70)}/{new string('é', 60)}.png", "two.jpg");
        var result = DatasetPack.Write(data, new PictureFolder(Photos), Packed, new PackOptions { Name = "set" });

        var read = AnnotationReader.Read(Path.Combine(Packed, "annotations.json"), new ReadOptions { ImagesFolder = Packed });
        var pictures = new PictureFolder(Packed);
        Assert.Equal(["a/one.jpg", "b/one.jpg", "b/one-2.PNG", "c d/my_photo.jpg"], Names(read).Take(4));
        Assert.Equal((data.People.Count, data.Images.Count, 1), (read.People.Count, read.Images.Count, result.Shards));
        for (var i = 0; i < data.Images.Count; i++)
        {
            var member = Assert.NotNull(pictures.InShard(read.Images.FileNames[i]));
            var bytes = new byte[member.Length];
            member.Read(bytes);
            Assert.Equal(File.ReadAllBytes(Path.Combine(Photos, data.Images.FileNames[i])), bytes);
        }

        SamePeople(data, read);
        Assert.Equal([Path.Combine(Packed, "annotations.json"), Path.Combine(Packed, "pack.json"), Path.Combine(Packed, "set-000000.tar")], Files());
    }

    [Fact]
    public void Members_are_pairs_of_one_key_as_WebDataset_has_them()
    {
        var data = DataSet("a.b/x.y.jpg", "a.b/x.y.png", "../out.jpg", "z.jpg");
        DatasetPack.Write(data, new PictureFolder(Photos), Packed, new PackOptions { Name = "set" });

        // the reader of others
        using var file = File.OpenRead(Path.Combine(Packed, "set-000000.tar"));
        using var tar = new TarReader(file);
        var keys = new List<string>();
        for (var i = 0; i < data.Images.Count; i++)
        {
            var picture = tar.GetNextEntry()!.Name;
            var record = tar.GetNextEntry()!;
            Assert.Equal(Key(picture) + ".json", record.Name);
            keys.Add(Key(picture));
            using var json = JsonDocument.Parse(record.DataStream!);
            Assert.Equal(picture, json.RootElement.GetProperty("image").GetProperty("file_name").GetString());
            var people = json.RootElement.GetProperty("annotations").EnumerateArray().ToArray();
            Assert.Equal(data.GroupByImage()[i].ToArray().Select(p => data.People.Ids[p]), people.Select(p => p.GetProperty("id").GetInt64()));
            Assert.All(people, p => Assert.Equal(data.Skeleton.Count * 3, p.GetProperty("keypoints").GetArrayLength()));
        }

        Assert.Null(tar.GetNextEntry());
        Assert.Equal(["a.b/x_y", "a.b/x_y-2", "out", "z"], keys);

        static string Key(string name) => name[..name.IndexOf('.', name.LastIndexOf('/') + 1)];
    }

    [Fact]
    public void A_shard_is_as_large_as_it_may_be_and_no_larger()
    {
        var data = DataSet([.. Enumerable.Range(0, 20).Select(i => i % 2 == 0 ? $"{i}.png" : $"{new string('n', 150)}{i}.png")]);
        var result = DatasetPack.Write(data, new PictureFolder(Photos), Packed, new PackOptions { Name = "set", ShardBytes = 60_000, Threads = 3 });

        var sizes = Directory.GetFiles(Packed, "*.tar").Order(StringComparer.Ordinal).Select(f => new FileInfo(f).Length).ToArray();
        Assert.True(sizes.Length > 2);
        Assert.Equal((sizes.Length, sizes.Sum()), (result.Shards, result.Bytes));
        Assert.All(sizes, s => Assert.InRange(s, 0, 60_000));
        Assert.All(sizes[..^1], s => Assert.InRange(s, 42_000, 60_000));
        SamePeople(data, AnnotationReader.Read(Path.Combine(Packed, "annotations.json"), new ReadOptions { ImagesFolder = Packed }));

        // wherever the limit lies within a sample: its record and the archive's end count, too
        for (var most = 30_000; most < 45_000; most += 1000)
        {
            DatasetPack.Write(data, new PictureFolder(Photos), _folder.File($"{most}"), new PackOptions { ShardBytes = most });
            Assert.All(Directory.GetFiles(_folder.File($"{most}"), "*.tar"), f => Assert.InRange(new FileInfo(f).Length, 0, most));
        }

        // a picture that is larger than a shard has one of its own
        Assert.Equal(20, DatasetPack.Write(data, new PictureFolder(Photos), _folder.File("tiny"), new PackOptions { ShardBytes = 1 }).Shards);
    }

    [Fact]
    public void The_same_pack_is_the_same_bytes_and_can_be_made_of_a_packed_set()
    {
        var data = DataSet("1.jpg", "2.png", $"{new string('n', 150)}.jpg");
        DatasetPack.Write(data, new PictureFolder(Photos), Packed, new PackOptions { Name = "set", Threads = 1 });
        var first = Files().ToDictionary(f => f, File.ReadAllBytes);
        DatasetPack.Write(data, new PictureFolder(Photos), Packed, new PackOptions { Name = "set", Threads = 4 });
        Assert.All(Files(), f => Assert.Equal(first[f], File.ReadAllBytes(f)));

        var packed = AnnotationReader.Read(Path.Combine(Packed, "annotations.json"));
        DatasetPack.Write(packed, new PictureFolder(Packed), _folder.File("again"), new PackOptions { Name = "set" });
        Assert.Equal(first[Path.Combine(Packed, "set-000000.tar")], File.ReadAllBytes(_folder.File("again/set-000000.tar")));
    }

    [Theory]
    [InlineData("jpg", 6000)]
    [InlineData("jpg", 230)]
    [InlineData("png", 500)]
    public void Joints_and_boxes_lie_on_a_shrunk_picture_where_they_lay_on_the_large_one(string ending, int longest)
    {
        // a white square around each joint, which is not in the middle of anything
        const int Width = 1211, Height = 907;
        float[] joints = [100, 200, 801, 333, 1105, 850];
        using (var image = new Image(Width, Height))
        {
            for (var j = 0; j < joints.Length; j += 2)
            {
                for (var y = -30; y <= 30; y++) image.Row((int)joints[j + 1] + y).Slice(3 * ((int)joints[j] - 30), 3 * 61).Fill(255);
            }

            Directory.CreateDirectory(Photos);
            ImageEncoder.Save(image, Path.Combine(Photos, $"large.{ending}"));
        }

        var data = Data([($"large.{ending}", 0, 0)], [0], _ => (new Box(69.5f, 169.5f, 1066, 711), joints));
        var result = DatasetPack.Write(data, new PictureFolder(Photos), Packed, new PackOptions { Longest = longest });

        var read = AnnotationReader.Read(Path.Combine(Packed, "annotations.json"), new ReadOptions { ImagesFolder = Packed });
        using var packed = ImageDecoder.Decode(new PictureFolder(Packed), read.Images.FileNames[0]);
        Assert.Equal(Math.Min(longest, Width), packed.Width);
        Assert.Equal((int)Math.Round((double)Height * packed.Width / Width), packed.Height);
        Assert.Equal((packed.Width, packed.Height), (read.Images.Widths[0], read.Images.Heights[0]));
        Assert.Equal(longest < Width ? 1 : 0, result.Shrunk);
        var scale = (double)packed.Width / Width;
        Assert.Equal(ending == "png" && longest >= Width ? "large.png" : "large.jpg", read.Images.FileNames[0]);
        for (var j = 0; j < joints.Length; j += 2)
        {
            var (x, y) = Centre(packed, read.KeypointsOf(0)[j], read.KeypointsOf(0)[j + 1], (int)(45 * scale));
            Assert.InRange(read.KeypointsOf(0)[j] - x, -0.05, 0.05);
            Assert.InRange(read.KeypointsOf(0)[j + 1] - y, -0.05, 0.05);
        }

        // edges lie between pixels, as the squares' do
        Assert.Equal(((69.5 + 0.5) * scale) - 0.5, read.People.Boxes[0].X, 0.01);
        Assert.Equal(1066 * scale, read.People.Boxes[0].Width, 0.01);
        Assert.Equal(711.0 * packed.Height / Height, read.People.Boxes[0].Height, 0.01);
        Assert.Equal(5000 * scale * packed.Height / Height, read.People.Areas[0], 0.01);
    }

    [Fact]
    public void A_photograph_that_lies_on_its_side_is_shrunk_upright()
    {
        using var scene = TestImages.Scene(400, 200);
        Directory.CreateDirectory(Photos);
        File.WriteAllBytes(Path.Combine(Photos, "side.jpg"), TestImages.WithOrientation(ImageEncoder.Jpeg(scene), 6, littleEndian: true));
        var data = Data([("side.jpg", 200, 400)], [0], _ => (new Box(20, 40, 100, 200), [20, 40, 100, 300, 150, 390]));
        DatasetPack.Write(data, new PictureFolder(Photos), Packed, new PackOptions { Longest = 90 });

        var read = AnnotationReader.Read(Path.Combine(Packed, "annotations.json"));
        using var packed = ImageDecoder.Decode(new PictureFolder(Packed), "side.jpg");
        using var upright = ImageDecoder.Decode(Path.Combine(Photos, "side.jpg"));
        using var expected = Shrink.To(upright, 45, 90);
        Assert.Equal((45, 90, 45, 90), (packed.Width, packed.Height, read.Images.Widths[0], read.Images.Heights[0]));
        Assert.InRange(Difference(expected, packed), 0, 4);
        Assert.Equal((90 * 0.225) - 0.3875, read.KeypointsOf(0)[2] - (10 * 0.225), 0.01);
    }

    [Fact]
    public void Crops_from_shards_are_those_from_loose_files_to_the_last_bit()
    {
        var data = DataSet("1.jpg", "2.jpg", "3.png");
        DatasetPack.Write(data, new PictureFolder(Photos), Packed);
        var read = AnnotationReader.Read(Path.Combine(Packed, "annotations.json"));
        var (loose, packed, cache) = (new PictureFolder(Photos), new PictureFolder(Packed), new ImageCache(1 << 20));
        for (var p = 0; p < data.People.Count; p++)
        {
            var (one, other) = (new byte[48 * 64 * 3], new byte[48 * 64 * 3]);
            Warp.Crop(cache.Get(loose, data.Images.FileNames[data.People.Image[p]]), CropGeometry.FromBox(data.People.Boxes[p], 48, 64), one);
            Warp.Crop(cache.Get(packed, read.Images.FileNames[read.People.Image[p]]), CropGeometry.FromBox(read.People.Boxes[p], 48, 64), other);
            Assert.Equal(one, other);
        }

        Assert.Same(cache.Get(packed, "1.jpg"), cache.Get(packed, "1.jpg"));
    }

    [Fact]
    public void A_picture_that_cannot_be_read_is_an_error_or_left_out_with_its_people()
    {
        var data = DataSet("1.jpg", "2.jpg", "3.jpg");
        File.WriteAllText(Path.Combine(Photos, "2.jpg"), "no picture");

        var error = Assert.Throws<SinewException>(() => DatasetPack.Write(data, new PictureFolder(Photos), Packed));
        Assert.Contains("2.jpg", error.Message, StringComparison.Ordinal);
        Assert.Equal([Path.Combine(Packed, "pack.json")], Files());

        var result = DatasetPack.Write(data, new PictureFolder(Photos), Packed, new PackOptions { OnBad = OnBad.Skip });
        Assert.Equal(error.Message, Assert.Single(result.LeftOut));
        var read = AnnotationReader.Read(Path.Combine(Packed, "annotations.json"), new ReadOptions { ImagesFolder = Packed });
        Assert.Equal(["1.jpg", "3.jpg"], Names(read));
        SamePeople(data.Select([.. Enumerable.Range(0, data.People.Count).Where(p => data.People.Image[p] != 1)]), read);
    }

    [Fact]
    public void An_interrupted_pack_leaves_whole_shards_only_and_is_begun_again()
    {
        var data = DataSet([.. Enumerable.Range(0, 12).Select(i => $"{i}.png")]);
        var options = new PackOptions { Name = "set", ShardBytes = 40_000, Threads = 1 };
        using var cancel = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() => DatasetPack.Write(
            data, new PictureFolder(Photos), Packed, options, (done, _) => { if (done >= 8) cancel.Cancel(); }, cancel.Token));

        Assert.Equal([Path.Combine(Packed, "pack.json"), .. Enumerable.Range(0, 3).Select(i => Path.Combine(Packed, $"set-00000{i}.tar"))], Files());
        Assert.True(new PictureFolder(Packed).Has("0.png"));

        // what a killed process cannot take away, and a shard of a longer pack of the same
        File.WriteAllText(Path.Combine(Packed, $"set-000003.tar.{Guid.NewGuid():N}.tmp"), "half");
        File.WriteAllText(Path.Combine(Packed, "set-000007.tar"), "old");
        var result = DatasetPack.Write(data, new PictureFolder(Photos), Packed, options);
        Assert.Equal(result.Shards, Directory.GetFiles(Packed, "*.tar").Length);
        Assert.Equal(result.Shards + 2, Files().Length);
        SamePeople(data, AnnotationReader.Read(Path.Combine(Packed, "annotations.json"), new ReadOptions { ImagesFolder = Packed }));
    }

    [Fact]
    public void A_folder_with_something_else_in_it_is_left_alone()
    {
        var data = DataSet("1.jpg", "2.jpg");
        DatasetPack.Write(data, new PictureFolder(Photos), Packed);
        var before = Files().ToDictionary(f => f, File.ReadAllBytes);
        foreach (var other in new Action[]
        {
            () => DatasetPack.Write(data, new PictureFolder(Photos), Packed, new PackOptions { Longest = 10 }),
            () => DatasetPack.Write(data, new PictureFolder(Photos), Packed, new PackOptions { Name = "other" }),
            () => DatasetPack.Write(data.Select([0]), new PictureFolder(Photos), Packed),
        })
        {
            Assert.Contains("another pack", Assert.Throws<SinewException>(other).Message, StringComparison.Ordinal);
        }

        Assert.Contains("is not empty (", Assert.Throws<SinewException>(() => DatasetPack.Write(data, new PictureFolder(Photos), Photos)).Message, StringComparison.Ordinal);
        Assert.Equal(before.Keys, Files());
        Assert.All(Files(), f => Assert.Equal(before[f], File.ReadAllBytes(f)));
        Assert.Equal(2, Directory.GetFiles(Photos).Length);
    }

    [Fact]
    public void Keys_are_names_that_lead_nowhere_else_and_no_two_are_the_same()
    {
        var names = new PackNames();
        string[] files = ["../../etc/passwd", "/abs/a.jpg", @"C:\x\a.jpg", "A.jpg", "a.jpg", "a-2.jpg", "a.png", ".jpg", "", "..", "a/../a.jpg", "x\ny.jpg", "d/.jpg", new string('l', 5000)];
        var keys = files.Select(names.Next).ToArray();
        Assert.Equal(keys.Length, keys.Distinct(StringComparer.OrdinalIgnoreCase).Count());
        Assert.All(keys, k => Assert.True(k.Length is > 0 and < 220 && !k.StartsWith('/') && !k.Split('/').Contains("..") && !k.Any(char.IsControl) && !Path.GetFileName(k).Contains('.', StringComparison.Ordinal)));
        Assert.Equal(["etc/passwd", "abs/a", "C_/x/a", "A", "a-2", "a-2-2", "a-3"], keys[..7]);
    }

    private string[] Files() => [.. Directory.GetFiles(Packed).Order(StringComparer.Ordinal)];

    private static IEnumerable<string> Names(PoseData data) => Enumerable.Range(0, data.Images.Count).Select(i => data.Images.FileNames[i]);

    private static void SamePeople(PoseData expected, PoseData actual)
    {
        Assert.Equal(expected.People.Ids, actual.People.Ids);
        Assert.Equal(expected.People.Boxes, actual.People.Boxes);
        Assert.Equal(expected.People.Areas, actual.People.Areas);
        for (var p = 0; p < expected.People.Count; p++)
        {
            Assert.Equal(expected.KeypointsOf(p), actual.KeypointsOf(p));
            Assert.Equal(expected.StatesOf(p).ToArray(), actual.StatesOf(p).ToArray());
            Assert.Equal(expected.Images.Ids[expected.People.Image[p]], actual.Images.Ids[actual.People.Image[p]]);
        }
    }

    private static (double X, double Y) Centre(Image image, double x, double y, int reach)
    {
        var (sum, sumX, sumY) = (0.0, 0.0, 0.0);
        for (var j = Math.Max(0, (int)y - reach); j <= Math.Min(image.Height - 1, (int)y + reach); j++)
        {
            for (var i = Math.Max(0, (int)x - reach); i <= Math.Min(image.Width - 1, (int)x + reach); i++)
            {
                double light = image.Row(j)[3 * i];
                (sum, sumX, sumY) = (sum + light, sumX + (light * i), sumY + (light * j));
            }
        }

        return (sumX / sum, sumY / sum);
    }

    private static double Difference(Image a, Image b)
    {
        var sum = 0.0;
        for (var i = 0; i < a.Pixels.Length; i++) sum += Math.Abs(a.Pixels[i] - b.Pixels[i]);
        return sum / a.Pixels.Length;
    }

    /// <summary>Pictures of noise, 64×64, and two people on each but the first, who is alone.</summary>
    private PoseData DataSet(params string[] names)
    {
        for (var i = 0; i < names.Length; i++)
        {
            using var image = TestImages.Noise(64, 64, i);
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(Photos, names[i]))!);
            ImageEncoder.Save(image, Path.Combine(Photos, names[i]));
        }

        int[] imageOf = [.. Enumerable.Range(0, (2 * names.Length) - 1).Select(p => p % names.Length)];
        return Data([.. names.Select(n => (n, 64, 64))], imageOf, p => (new Box(p / 3f, 5, 40, 50.25f), [10.5f + p, 20, 0, 0, 30, 40.125f]));
    }

    private static PoseData Data((string Name, int Width, int Height)[] files, int[] imageOf, Func<int, (Box Box, float[] Joints)> person)
    {
        var skeleton = new Skeleton("three", [new Joint("one", "one", null, 0.1, null), new Joint("two", "two", null, 0.1, null), new Joint("three", "three", null, 0.1, null)], []);
        var names = new StringColumn.Builder();
        foreach (var file in files) names.Add(file.Name);
        var images = new ImageTable([.. files.Select((_, i) => i + 7L)], names.Build(), [.. files.Select(f => f.Width)], [.. files.Select(f => f.Height)]);
        var people = imageOf.Select((_, p) => person(p)).ToArray();
        var table = new PeopleTable([.. imageOf.Select((_, p) => p + 100L)], imageOf, [.. people.Select(p => p.Box)], [.. people.Select(_ => 5000.0)], new bool[imageOf.Length]);
        float[] keypoints = [.. people.SelectMany(p => p.Joints)];
        return new PoseData(skeleton, images, table, keypoints, [.. keypoints.Where((_, i) => i % 2 == 0).Select(x => x > 0 ? JointState.Visible : JointState.Unlabelled)]);
    }
}
