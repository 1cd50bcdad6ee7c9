using System.IO.Compression;
using System.Text;
using Sinew.Annotations;
using Sinew.Skeletons;
using Sinew.TestSupport;

namespace Sinew.Tests.Annotations;

public class BadInputTests
{
    private const string Image = """{"id":1,"file_name":"a.jpg","width":100,"height":50}""";
    private const string Good = """{"id":7,"image_id":1,"bbox":[1,2,30,40],"area":5,"iscrowd":0,"keypoints":[1,2,2,0,0,0]}""";

    private static readonly ReadOptions Two = new()
    {
        Skeleton = new Skeleton("two", [new("a", "a", null, 0.1, null), new("b", "b", null, 0.1, null)]),
    };

    [Theory]
    [InlineData("""{"id":8,"image_id":1,"bbox":[1,2,3,4],"keypoints":[1,2,2]}""", BadRecord.JointCount, "annotations[1] (id 8): 1 joints, not 2")]
    [InlineData("""{"id":8,"image_id":1,"bbox":[1,2,3,4],"keypoints":[1,2,2,1]}""", BadRecord.JointCount, "annotations[1] (id 8): 4 numbers")]
    [InlineData("""{"id":8,"image_id":1,"bbox":[1,2,3,4],"keypoints":[NaN,2,2,0,0,0]}""", BadRecord.NotFinite, "annotations[1] (id 8): a joint that is not finite")]
    [InlineData("""{"id":8,"image_id":1,"bbox":[1,2,3,4],"keypoints":[1,2,NaN,0,0,0]}""", BadRecord.NotFinite, "a joint that is not finite")]
    [InlineData("""{"id":8,"image_id":1,"bbox":[1,2,Infinity,4],"keypoints":[1,2,2,0,0,0]}""", BadRecord.NotFinite, "annotations[1] (id 8): a box or area")]
    [InlineData("""{"id":8,"image_id":1,"bbox":[1,2,1e300,4],"keypoints":[1,2,2,0,0,0]}""", BadRecord.NotFinite, "annotations[1] (id 8): a box or area")]
    [InlineData("""{"id":8,"image_id":1,"bbox":[1,2,3,4],"keypoints":[1e300,2,2,0,0,0]}""", BadRecord.NotFinite, "annotations[1] (id 8): a joint that is not finite")]
    [InlineData("""{"id":8,"image_id":1,"bbox":[1,2,3,4],"headbox":[0,0,1e300,9],"keypoints":[1,2,2,0,0,0]}""", BadRecord.NotFinite, "a headbox that is not finite")]
    [InlineData("""{"id":8,"image_id":1,"bbox":[1,2,3,4],"area":-5,"keypoints":[1,2,2,0,0,0]}""", BadRecord.Box, "annotations[1] (id 8): an area below 0")]
    [InlineData("""{"id":8,"image_id":1,"bbox":[1,2,3,4],"num_keypoints":4294967296,"keypoints":[1,2,2,0,0,0]}""", BadRecord.Malformed, "num_keypoints is no number of joints")]
    [InlineData("""{"id":8,"image_id":1,"bbox":[100,2,3,4],"keypoints":[1,2,2,0,0,0]}""", BadRecord.Box, "annotations[1] (id 8): its box [100, 2, 3, 4] lies outside its image of 100×50")]
    [InlineData("""{"id":8,"image_id":1,"bbox":[1,2,-3,4],"keypoints":[1,2,2,0,0,0]}""", BadRecord.Box, "negative extent")]
    [InlineData("""{"id":8,"image_id":1,"bbox":[1,2,3],"keypoints":[1,2,2,0,0,0]}""", BadRecord.Malformed, "a bbox of 3 numbers, not 4")]
    [InlineData("""{"id":8,"image_id":1,"bbox":"none","keypoints":[1,2,2,0,0,0]}""", BadRecord.Malformed, "bbox is no list of numbers")]
    [InlineData("""{"id":8,"image_id":1,"bbox":[1,2,3,4],"keypoints":[1,{"x":[2]},2,0,0,0]}""", BadRecord.Malformed, "keypoints is no list of numbers")]
    [InlineData("""{"image_id":1,"bbox":[1,2,3,4],"keypoints":[1,2,2,0,0,0]}""", BadRecord.Malformed, "annotations[1]: no id")]
    [InlineData("""{"id":8.5,"image_id":1,"bbox":[1,2,3,4],"keypoints":[1,2,2,0,0,0]}""", BadRecord.Malformed, "id is no whole number")]
    [InlineData("""{"id":7,"image_id":1,"bbox":[1,2,3,4],"keypoints":[1,2,2,0,0,0]}""", BadRecord.DuplicateId, "annotations[1] (id 7): the id was used before")]
    [InlineData("""{"id":8,"image_id":2,"bbox":[1,2,3,4],"keypoints":[1,2,2,0,0,0]}""", BadRecord.UnknownImage, "annotations[1] (id 8): its image 2 is not in the file")]
    public void A_wrong_person_is_named_or_left_out(string record, BadRecord reason, string message)
    {
        using var folder = new TempFolder();
        var path = folder.Write("x.json", Coco([Image], [Good, record, Good.Replace("7", "9", StringComparison.Ordinal)]));
        var error = Assert.Throws<SinewException>(() => CocoReader.Read(path, Two));
        Assert.StartsWith(path + ": ", error.Message, StringComparison.Ordinal);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);

        var data = CocoReader.Read(path, Two with { OnBad = OnBad.Skip }, out var report);
        Assert.Equal([7, 9], data.People.Ids);
        Assert.Equal((3, 2, 1), (report.Records, report.People, report.Bad));
        Assert.Equal(1, report.BadByReason[reason]);
        Assert.Contains(message, Assert.Single(report.Messages), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Image, BadRecord.DuplicateId, "images[1]: image id 1 was used before")]
    [InlineData("""{"id":2,"width":100,"height":50}""", BadRecord.Malformed, "images[1]: no file_name")]
    [InlineData("""{"id":2,"file_name":"b.jpg","width":-1,"height":50}""", BadRecord.Malformed, "images[1]: width is no number of pixels")]
    [InlineData("""{"id":2,"file_name":"b.jpg","width":9,"height":50,"crowdIndex":Infinity}""", BadRecord.NotFinite, "images[1]: a crowdIndex that is not finite")]
    public void A_wrong_image_is_named_or_left_out(string image, BadRecord reason, string message)
    {
        using var folder = new TempFolder();
        var path = folder.Write("x.json", Coco([Image, image], [Good]));
        Assert.Contains(message, Assert.Throws<SinewException>(() => CocoReader.Read(path, Two)).Message, StringComparison.Ordinal);
        var data = CocoReader.Read(path, Two with { OnBad = OnBad.Skip }, out var report);
        Assert.Equal((1, 1, 1), (data.Images.Count, data.People.Count, report.BadByReason[reason]));
    }

    [Fact]
    public void Missing_images_are_found_where_a_folder_is_given()
    {
        using var folder = new TempFolder();
        folder.Write("a.jpg", "");
        var path = folder.Write("x.json", Coco(
            [Image, """{"id":2,"file_name":"b.jpg","width":9,"height":9}"""],
            [Good, """{"id":8,"image_id":2,"bbox":[1,2,3,4],"keypoints":[1,2,2,0,0,0]}"""]));
        Assert.Equal(2, CocoReader.Read(path, Two).People.Count);
        var strict = Two with { ImagesFolder = folder.FullName };
        Assert.Contains("images[1]: image 2: there is no", Assert.Throws<SinewException>(() => CocoReader.Read(path, strict)).Message, StringComparison.Ordinal);
        var data = CocoReader.Read(path, strict with { OnBad = OnBad.Skip }, out var report);
        Assert.Equal((1, 1, 2), (data.Images.Count, data.People.Count, report.BadByReason[BadRecord.MissingImage]));
    }

    [Fact]
    public void A_file_cut_anywhere_is_an_error_of_one_line_even_when_records_may_be_skipped()
    {
        using var folder = new TempFolder();
        var whole = Coco([Image], [Good, Good.Replace("7", "8", StringComparison.Ordinal)]);
        for (var length = 0; length < whole.Length; length++)
        {
            var path = folder.Write("cut.json", whole[..length]);
            var error = Assert.Throws<SinewException>(() => CocoReader.Read(path, Two with { OnBad = OnBad.Skip }));
            Assert.Contains($"after {length} bytes: it is truncated", error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', error.Message);
        }
    }

    [Fact]
    public void A_truncated_file_names_the_record()
    {
        using var folder = new TempFolder();
        var whole = Coco([Image], [Good, Good]);
        var path = folder.Write("cut.json", whole[..(whole.LastIndexOf("keypoints", StringComparison.Ordinal) + 14)]);
        Assert.Contains("annotations[1]: the file ends", Assert.Throws<SinewException>(() => CocoReader.Read(path, Two)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_changed_at_random_never_escape_as_another_exception()
    {
        using var folder = new TempFolder();
        var whole = Encoding.UTF8.GetBytes(Coco([Image], [Good, Good.Replace("7", "8", StringComparison.Ordinal)]));
        var random = new Random(1);
        var path = folder.File("mad.json");
        for (var i = 0; i < 500; i++)
        {
            var bytes = whole.ToArray();
            for (var n = random.Next(1, 4); n > 0; n--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            File.WriteAllBytes(path, bytes);
            try
            {
                Assert.InRange(CocoReader.Read(path, Two with { OnBad = OnBad.Skip }).People.Count, 0, 2);
            }
            catch (SinewException)
            {
            }
        }
    }

    [Theory]
    [InlineData("{}", "no list 'images'")]
    [InlineData("""{"images":[]}""", "no list 'annotations'")]
    [InlineData("""{"images":[],"annotations":[1]}""", "annotations[0]: not an object")]
    [InlineData("""{"images":[],"annotations":[]} x""", "expected the end of the file")]
    [InlineData("""{"images":[],}""", "expected a key")]
    [InlineData("""{"images":[],"annotations":[,]}""", "expected a value")]
    [InlineData("""["images"]""", "expected '{'")]
    public void What_is_no_label_file_says_so(string text, string message)
    {
        using var folder = new TempFolder();
        Assert.Contains(message, Assert.Throws<SinewException>(() => CocoReader.Read(folder.Write("x.json", text))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_is_one_line() =>
        Assert.DoesNotContain('\n', Assert.Throws<SinewException>(() => CocoReader.Read("/nowhere/at/all.json")).Message);

    [Fact]
    public void Gzip_is_read_and_damaged_gzip_is_an_error()
    {
        using var folder = new TempFolder();
        var path = folder.File("x.json.gz");
        using (var zip = new GZipStream(File.Create(path), CompressionLevel.Fastest)) zip.Write(Encoding.UTF8.GetBytes(Coco([Image], [Good])));
        Assert.Equal(1, CocoReader.Read(path, Two).People.Count);
        var bytes = File.ReadAllBytes(path);
        bytes.AsSpan(12, 20).Fill(0xff);
        File.WriteAllBytes(path, bytes);
        Assert.Contains("damaged: copy or download it again", Assert.Throws<SinewException>(() => CocoReader.Read(path, Two)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_text_of_escapes_may_not_be_longer_than_any_other()
    {
        using var folder = new TempFolder();
        var path = folder.File("x.json.gz");
        using (var zip = new GZipStream(File.Create(path), CompressionLevel.Fastest))
        {
            zip.Write("{\"images\":[{\"file_name\":\"\\n"u8);
            var block = new byte[1 << 20];
            block.AsSpan().Fill((byte)'a');
            for (var i = 0; i < 65; i++) zip.Write(block);
        }

        Assert.Contains("a text of more than 64 MB", Assert.Throws<SinewException>(() => CocoReader.Read(path, Two)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("annotations", "categories")]
    [InlineData("categories", "annotations")]
    public void People_are_read_where_other_things_with_joints_stand_first(string first, string second)
    {
        using var folder = new TempFolder();
        var sections = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["categories"] = """[{"id":2,"name":"car","keypoints":["l","r","t"]},{"id":1,"name":"person","keypoints":["a","b"]}]""",
            ["annotations"] = $$"""[{"id":1,"image_id":1,"category_id":2,"bbox":[1,2,3,4],"keypoints":[1,1,2,2,2,2,3,3,2]},{{Good.Replace("\"id\"", "\"category_id\":1,\"id\"", StringComparison.Ordinal)}}]""",
        };
        var path = folder.Write("x.json", $$"""{"images":[{{Image}}],"{{first}}":{{sections[first]}},"{{second}}":{{sections[second]}}}""");
        foreach (var options in new[] { new ReadOptions(), Two })
        {
            var data = CocoReader.Read(path, options, out var report);
            Assert.Equal([7], data.People.Ids);
            Assert.Equal([1f, 2, 0, 0], data.KeypointsOf(0).ToArray());
            Assert.Equal((2, 1, 0), (data.Skeleton.Count, report.OtherCategory, report.Bad));
        }
    }

    [Fact]
    public async Task Pipes_are_read_and_a_list_in_one_must_be_named()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "pipes are made with mkfifo");
        using var folder = new TempFolder();
        var zipped = new MemoryStream();
        using (var zip = new GZipStream(zipped, CompressionLevel.Fastest)) zip.Write(Encoding.UTF8.GetBytes(Coco([Image], [Good])));
        foreach (var content in new[] { Encoding.UTF8.GetBytes(Coco([Image], [Good])), zipped.ToArray() })
        {
            var pipe = folder.Pipe($"pipe{content.Length}");
            var writing = Task.Run(() => File.WriteAllBytes(pipe, content), TestContext.Current.CancellationToken);
            Assert.Equal([7], AnnotationReader.Read(pipe, Two).People.Ids);
            await writing;
        }

        var list = folder.Pipe("list");
        var written = Task.Run(() => File.WriteAllText(list, "[]"), TestContext.Current.CancellationToken);
        Assert.Contains("a list in a pipe", Assert.Throws<SinewException>(() => AnnotationReader.Read(list)).Message, StringComparison.Ordinal);
        await written;
    }

    [Fact]
    public void Records_without_joints_and_other_categories_are_counted_and_not_wrong()
    {
        using var folder = new TempFolder();
        var path = folder.Write("x.json", """
            {"categories":[{"id":3,"name":"cat"},{"id":1,"name":"person","keypoints":["a","b"]}],
             "annotations":[
              {"id":1,"image_id":1,"category_id":1,"bbox":[1,2,3,4]},
              {"id":2,"image_id":1,"category_id":3,"bbox":[1,2,3,4],"keypoints":[1,1,2,2,2,2]},
              {"id":3,"image_id":1,"category_id":1,"bbox":[1,2,3,4],"keypoints":[1,1,2,2,2,1]}],
             "images":[{"id":1,"file_name":"\u00e4\ud83d\ude00\\.jpg"}]}
            """);
        var data = CocoReader.Read(path, null, out var report);
        Assert.Equal([3], data.People.Ids);
        Assert.Equal((1, 1, 0), (report.Incomplete, report.OtherCategory, report.Bad));
        Assert.Equal("ä😀\\.jpg", data.Images.FileNames[0]);
        Assert.Equal(0.53 * 12, data.People.Areas[0], 1e-12);
        Assert.Equal([JointState.Visible, JointState.Occluded], data.StatesOf(0).ToArray());
    }

    [Fact]
    public void The_scanner_reads_across_its_buffers_end()
    {
        using var folder = new TempFolder();
        var padding = new string(' ', (1 << 18) - 60);
        for (var shift = 0; shift < 200; shift++)
        {
            var path = folder.Write("x.json", padding[shift..] + Coco([Image], [Good]));
            var data = CocoReader.Read(path, Two);
            Assert.Equal((7, "a.jpg", 40f), (data.People.Ids[0], data.Images.FileNames[0], data.People.Boxes[0].Height));
            if (shift > 0) continue;
            var error = Assert.Throws<SinewException>(() => CocoReader.Read(folder.Write("x.json", padding + Coco([Image], [Good]) + "!"), Two));
            Assert.Contains($"at byte {padding.Length + Coco([Image], [Good]).Length}:", error.Message, StringComparison.Ordinal);
        }
    }

    private static string Coco(string[] images, string[] people) =>
        $$"""{"images":[{{string.Join(',', images)}}],"annotations":[{{string.Join(',', people)}}]}""";
}
