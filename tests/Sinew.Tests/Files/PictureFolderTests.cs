using System.Diagnostics;
using System.Formats.Tar;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Sinew.Files;
using Sinew.TestSupport;

namespace Sinew.Tests.Files;

public sealed class PictureFolderTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_loose_file_comes_before_a_member_of_the_same_name()
    {
        Shard("a.tar", ("1.jpg", "packed"), ("2.jpg", "packed too"));
        _folder.Write("1.jpg", "loose");
        var pictures = new PictureFolder(_folder.FullName);
        Assert.True(pictures.Has("1.jpg") && pictures.Has("2.jpg") && !pictures.Has("3.jpg"));
        Assert.Null(pictures.InShard("1.jpg"));
        Assert.Equal("packed too", Content(pictures, "2.jpg"));
        Assert.Contains("and no such picture in the 1 shards of", Assert.Throws<SinewException>(() => pictures.InShard("3.jpg")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_without_shards_or_no_folder_has_loose_files_or_none()
    {
        Assert.Equal(Path.Combine("nowhere", "a.jpg") + ": no such file", Assert.Throws<SinewException>(() => new PictureFolder("nowhere").InShard("a.jpg")).Message);
        Assert.False(new PictureFolder(_folder.FullName).Has("a.jpg"));
    }

    [Theory]
    [InlineData(TarEntryFormat.V7)]
    [InlineData(TarEntryFormat.Ustar)]
    [InlineData(TarEntryFormat.Pax)]
    [InlineData(TarEntryFormat.Gnu)]
    public void Every_form_of_tar_is_read(TarEntryFormat format)
    {
        // longer than V7 and ustar have room for without their prefix, and in letters that they do not know
        var deep = format == TarEntryFormat.V7 ? "train/1.JPG" : $"{new string('d', 90)}/{new string('n', 90)}.jpg";
        var foreign = format is TarEntryFormat.Pax or TarEntryFormat.Gnu ? $"{string.Concat(Enumerable.Repeat("größe/", 40))}写真.png" : "plain.png";
        using (var file = File.Create(_folder.File("a.tar")))
        using (var tar = new TarWriter(file, format))
        {
            tar.WriteEntry(Entry(format, TarEntryType.Directory, "train/"));
            Write(tar, format, deep, "first");
            Write(tar, format, "./1.json", "{}");
            var link = Entry(format, TarEntryType.SymbolicLink, "link.jpg");
            link.LinkName = "/etc/passwd";
            tar.WriteEntry(link);
            Write(tar, format, foreign, new string('x', 5000));
            Write(tar, format, "./empty.webp", "");
        }

        var pictures = new PictureFolder(_folder.FullName);
        Assert.Equal("first", Content(pictures, deep));
        Assert.Equal(new string('x', 5000), Content(pictures, foreign));
        Assert.Equal("", Content(pictures, "empty.webp"));
        Assert.False(pictures.Has("link.jpg") || pictures.Has("1.json") || pictures.Has("train/"));
    }

    [Theory]
    [InlineData("gnu")]
    [InlineData("pax")]
    [InlineData("ustar")]
    public void What_Pythons_tarfile_writes_is_read(string format)
    {
        var python = Process.Start(new ProcessStartInfo("/usr/bin/env", ["python3", "-c", $$"""
            import io, sys, tarfile
            kind = {"gnu": tarfile.GNU_FORMAT, "pax": tarfile.PAX_FORMAT, "ustar": tarfile.USTAR_FORMAT}["{{format}}"]
            with tarfile.open(sys.argv[1], "w", format=kind) as tar:
                for name in ["00000/000000001.jpg", "00000/" + "n" * 90 + ("" if kind == tarfile.USTAR_FORMAT else "é" * 60) + ".png"]:
                    info = tarfile.TarInfo(name)
                    data = name.encode() * 20
                    info.size, info.mtime = len(data), 1700000000.25
                    tar.addfile(info, io.BytesIO(data))
            """, _folder.File("00000.tar")]) { RedirectStandardError = true })!;
        python.WaitForExit();
        Assert.SkipWhen(python.ExitCode == 127, "needs python3");
        Assert.Equal(0, python.ExitCode);
        var pictures = new PictureFolder(_folder.FullName);
        foreach (var name in new[] { "00000/000000001.jpg", $"00000/{new string('n', 90)}{(format == "ustar" ? "" : new string('é', 60))}.png" })
            Assert.Equal(string.Concat(Enumerable.Repeat(name, 20)), Content(pictures, name));
    }

    [Fact]
    public void Sparse_members_are_passed_over()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && File.Exists("/usr/bin/tar"), "needs GNU tar");
        using (var holes = File.Create(_folder.File("holes.jpg")))
        {
            // more pieces than the header has room for
            for (var i = 1; i <= 40; i++)
            {
                holes.Position = i * 100_000;
                holes.WriteByte(1);
            }
        }

        _folder.Write("whole.jpg", "whole");
        foreach (var format in new[] { "gnu", "pax" })
        {
            Directory.CreateDirectory(_folder.File(format));
            using var tar = Process.Start("/usr/bin/tar", ["--sparse", $"--format={format}", "-C", _folder.FullName, "-cf", _folder.File($"{format}/a.tar"), "holes.jpg", "whole.jpg"]);
            tar.WaitForExit();
            var pictures = new PictureFolder(_folder.File(format));
            Assert.Equal("whole", Content(pictures, "whole.jpg"));
            Assert.False(pictures.Has("holes.jpg"));
        }
    }

    [Fact]
    public void A_name_that_leads_out_of_the_folder_is_a_name_and_no_path()
    {
        Shard("a.tar", ("../../outside.jpg", "member"), ("/tmp/absolute.jpg", "member"));
        Shard("b.tar", ("inside.jpg", "member"));
        Assert.Equal("member", Content(new PictureFolder(_folder.FullName), "../../outside.jpg"));
        Assert.Equal("member", Content(new PictureFolder(_folder.FullName), "inside.jpg"));
    }

    [Theory]
    [InlineData("a.tar", "b.tar")]
    [InlineData("a.tar", "a.tar")]
    public void A_picture_that_is_there_twice_is_an_error_that_names_both(string first, string second)
    {
        if (first == second)
        {
            Shard(first, ("1.jpg", "x"), ("./1.jpg", "y"));
        }
        else
        {
            Shard(first, ("1.jpg", "x"));
            Shard(second, ("1.jpg", "y"));
        }

        var message = Error("1.jpg");
        Assert.StartsWith($"{_folder.File(second)}: has a picture '1.jpg', and so has {_folder.File(first)}", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_shard_that_breaks_off_anywhere_is_one_line_that_names_it()
    {
        Shard("a.tar", ("1.jpg", new string('a', 700)), ($"{new string('n', 150)}.jpg", "b"));
        var whole = File.ReadAllBytes(_folder.File("a.tar"));
        // the last block is the second of the two that end an archive, of which one is enough
        for (var length = 0; length < whole.Length - 1024; length += 128)
        {
            File.WriteAllBytes(_folder.File("a.tar"), whole[..length]);
            Assert.StartsWith(_folder.File("a.tar"), Error("1.jpg"), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Damaged_shards_are_read_or_refused_in_one_line()
    {
        Shard("a.tar", ("1.jpg", new string('a', 700)), ($"{new string('n', 150)}.jpg", "b"), ($"{new string('é', 90)}.png", "c"));
        var good = File.ReadAllBytes(_folder.File("a.tar"));
        foreach (var bad in Damage.Of(good, 400, 11))
        {
            File.WriteAllBytes(_folder.File("a.tar"), bad);
            try
            {
                if (new PictureFolder(_folder.FullName).InShard("1.jpg") is { } member) member.Read(new byte[member.Length]);
            }
            catch (SinewException e)
            {
                Assert.DoesNotContain('\n', e.Message);
            }
        }
    }

    [Theory]
    [InlineData(124, "77777777777\0", "breaks off in the middle of a member")]
    [InlineData(124, "\u0080\0\0\0\u0080\0\0\0\0\0\0\0", "a size that cannot be")]
    [InlineData(124, "\u0080\0\0\0\u007f\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff", "breaks off in the middle of a member")]
    [InlineData(124, "\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00f0", "a size that cannot be")]
    [InlineData(124, "9       \0", "a number in the header is none")]
    [InlineData(156, "L", "breaks off in the middle of a name", "03000000\0")]
    [InlineData(156, "x", "a name or header of 1,073,741,823 bytes", "7777777777\0")]
    public void A_header_that_lies_about_sizes_takes_no_memory(int at, string bytes, string expected, string? size = null)
    {
        Shard("a.tar", ("1.jpg", "x"));
        var file = File.ReadAllBytes(_folder.File("a.tar"));
        Encoding.Latin1.GetBytes(bytes).CopyTo(file, at);
        if (size is not null) Encoding.Latin1.GetBytes(size).CopyTo(file, 124);
        Sign(file);
        File.WriteAllBytes(_folder.File("a.tar"), file);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Contains(expected, Error("1.jpg"), StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Theory]
    [InlineData("13 path=1.jp", "pax header")]
    [InlineData("99999999999 path=a\n", "pax header")]
    [InlineData("-5 path=a\n", "pax header")]
    [InlineData("12345", "pax header")]
    [InlineData("9 nopath\n", "pax header")]
    [InlineData("12 size=-99\n", "a size that cannot be")]
    [InlineData("23 size=99999999999999\n", "breaks off in the middle of a member")]
    public void A_pax_header_that_is_none_is_refused(string records, string expected)
    {
        Shard("a.tar", ("1.jpg", records), ("2.jpg", "x"));
        var file = File.ReadAllBytes(_folder.File("a.tar"));
        file[156] = (byte)'x';
        Sign(file);
        File.WriteAllBytes(_folder.File("a.tar"), file);
        Assert.Contains(expected, Error("2.jpg"), StringComparison.Ordinal);
    }

    [Fact]
    public void Neither_a_pipe_nor_a_text_is_a_shard()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "pipes are made with mkfifo");
        _folder.Pipe("a.tar");
        Assert.Contains("no regular file", Error("1.jpg"), StringComparison.Ordinal);
        File.Delete(_folder.File("a.tar"));
        _folder.Write("a.tar", new string('t', 2000));
        Assert.Contains("no tar file, or damaged", Error("1.jpg"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_shard_that_was_replaced_is_looked_at_again()
    {
        Shard("a.tar", ("1.jpg", "x"));
        Assert.True(new PictureFolder(_folder.FullName).Has("1.jpg"));
        Shard("b.tar", ("2.jpg", "y"));
        Assert.Equal("y", Content(new PictureFolder(_folder.FullName), "2.jpg"));
    }

    [Fact]
    public void More_pictures_or_longer_names_than_memory_is_for_are_refused()
    {
        Shard("a.tar", ("1.jpg", "x"), ("2.jpg", "x"), ("2.json", "{}"));
        Shard("b.tar", ("3.jpg", "x"));
        FileInfo[] shards = [new(_folder.File("a.tar")), new(_folder.File("b.tar"))];
        Assert.NotNull(new ShardIndex("folder", shards, mostPictures: 3, mostNameBytes: 15).Find("3.jpg"));
        foreach (var (pictures, bytes) in new[] { (2, 15L), (3, 14L) })
        {
            var message = Assert.Throws<SinewException>(() => new ShardIndex("folder", shards, pictures, bytes)).Message;
            Assert.StartsWith($"{_folder.File("b.tar")}: with it the shards of folder have more than", message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void An_index_finds_exactly_what_was_written() =>
        Prop.ForAll(ArbMap.Default.ArbFor<NonNull<string>[]>(), ArbMap.Default.ArbFor<int>(), (texts, seed) =>
        {
            using var folder = new TempFolder();
            var random = new Random(seed);
            // what a name in a tar file cannot have, and what a file's name begins with where it means itself
            var names = texts.Select(t => $"{(random.Next(2) == 0 ? "f/" : "n")}{string.Concat(t.Get.Where(c => c != '\0' && !char.IsSurrogate(c)))}.jpg").Distinct(StringComparer.Ordinal).ToArray();
            var shards = names.Select((name, i) => (Name: name, Shard: random.Next(3), Bytes: new byte[random.Next(2000)])).ToArray();
            foreach (var sample in shards) random.NextBytes(sample.Bytes);
            foreach (var shard in shards.GroupBy(s => s.Shard))
            {
                using var file = File.Create(folder.File($"{shard.Key}.tar"));
                using var tar = new TarWriter(file, random.Next(2) == 0 ? TarEntryFormat.Pax : TarEntryFormat.Gnu);
                foreach (var sample in shard)
                {
                    var entry = Entry(tar.Format, TarEntryType.RegularFile, sample.Name);
                    entry.DataStream = new MemoryStream(sample.Bytes);
                    tar.WriteEntry(entry);
                }
            }

            var pictures = new PictureFolder(folder.FullName);
            return shards.All(s => pictures.InShard(s.Name) is { } member && Bytes(member).SequenceEqual(s.Bytes)) && !pictures.Has("other.jpg");
        }).Holds();

    private static byte[] Bytes(ShardMember member)
    {
        var bytes = new byte[member.Length];
        member.Read(bytes);
        return bytes;
    }

    private static string Content(PictureFolder pictures, string name) => Encoding.UTF8.GetString(Bytes(Assert.NotNull(pictures.InShard(name))));

    private string Error(string name)
    {
        var message = Assert.Throws<SinewException>(() => new PictureFolder(_folder.FullName).InShard(name)).Message;
        Assert.DoesNotContain('\n', message);
        return message;
    }

    private void Shard(string shard, params (string Name, string Content)[] members)
    {
        using var file = File.Create(_folder.File(shard));
        using var tar = new TarWriter(file, TarEntryFormat.Gnu);
        foreach (var (name, content) in members) Write(tar, TarEntryFormat.Gnu, name, content);
    }

    private static void Write(TarWriter tar, TarEntryFormat format, string name, string content)
    {
        var entry = Entry(format, format == TarEntryFormat.V7 ? TarEntryType.V7RegularFile : TarEntryType.RegularFile, name);
        entry.DataStream = new MemoryStream(Encoding.UTF8.GetBytes(content));
        tar.WriteEntry(entry);
    }

    private static TarEntry Entry(TarEntryFormat format, TarEntryType type, string name) => format switch
    {
        TarEntryFormat.V7 => new V7TarEntry(type, name),
        TarEntryFormat.Ustar => new UstarTarEntry(type, name),
        TarEntryFormat.Pax => new PaxTarEntry(type, name),
        _ => new GnuTarEntry(type, name),
    };

    /// <summary>Puts the first header's checksum right.</summary>
    private static void Sign(byte[] tar)
    {
        tar.AsSpan(148, 8).Fill((byte)' ');
        var sum = tar.Take(512).Sum(b => b);
        Encoding.ASCII.GetBytes($"{Convert.ToString(sum, 8).PadLeft(6, '0')}\0").CopyTo(tar, 148);
    }
}
