namespace Sinew.Imaging.Tests;

public sealed class VideoTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("sinew-video-");

    public VideoTests() => Assert.SkipUnless(
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(p => File.Exists(Path.Combine(p, "ffmpeg"))),
        "ffmpeg is not installed");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("a.mp4", 64, 48)]
    [InlineData("-b.mkv", 65, 47)]
    public void Frames_come_back_in_order(string name, int width, int height)
    {
        var path = Path.Combine(_folder.FullName, name);
        using (var writer = VideoWriter.Create(path, width, height, new FrameRate(30000, 1001)))
        {
            for (var i = 0; i < 12; i++)
            {
                using var frame = new Image(width, height);
                frame.Pixels.Fill((byte)(20 * i));
                writer.Write(frame);
            }

            Assert.False(File.Exists(path), "nothing under the name before the end");
            writer.Complete();
        }

        Assert.Equal([path], Directory.GetFiles(_folder.FullName));
        using var reader = VideoReader.Open(path);
        Assert.Equal(29.97, reader.FrameRate.PerSecond, 0.1);
        for (var i = 0; i < 12; i++)
        {
            using var frame = reader.Read();
            Assert.NotNull(frame);
            Assert.Equal((width + (width % 2), height + (height % 2)), (frame.Width, frame.Height));
            Assert.InRange(frame.Row(height / 2)[(width / 2) * 3], (20 * i) - 4, (20 * i) + 4);
        }

        Assert.Null(reader.Read());
    }

    [Fact]
    public void A_video_that_is_not_completed_leaves_nothing()
    {
        using (var writer = VideoWriter.Create(Path.Combine(_folder.FullName, "a.mp4"), 32, 32, new FrameRate(25, 1)))
        {
            using var frame = new Image(32, 32);
            writer.Write(frame);
            using var other = new Image(32, 30);
            Assert.Throws<ArgumentException>(() => writer.Write(other));
        }

        Assert.Empty(Directory.GetFiles(_folder.FullName));
    }

    [Fact]
    public void A_video_that_breaks_off_says_so_after_its_last_frame()
    {
        var path = Path.Combine(_folder.FullName, "a.mkv");
        using (var writer = VideoWriter.Create(path, 96, 64, new FrameRate(25, 1)))
        {
            for (var i = 0; i < 40; i++)
            {
                using var frame = TestImages.Noise(96, 64, i);
                writer.Write(frame);
            }

            writer.Complete();
        }

        using (var file = File.Open(path, FileMode.Open)) file.SetLength(file.Length / 2);
        using var reader = VideoReader.Open(path);
        var frames = 0;
        var error = Assert.Throws<SinewException>(() =>
        {
            for (; reader.Read() is { } frame; frames++) frame.Dispose();
        });
        Assert.InRange(frames, 1, 39);
        Assert.StartsWith($"{path}: the video is damaged or breaks off (", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_reader_may_be_left_before_the_end()
    {
        var path = Path.Combine(_folder.FullName, "a.mp4");
        using (var writer = VideoWriter.Create(path, 320, 240, new FrameRate(25, 1)))
        {
            using var frame = TestImages.Noise(320, 240, 1);
            for (var i = 0; i < 30; i++) writer.Write(frame);
            writer.Complete();
        }

        using var reader = VideoReader.Open(path);
        using var first = reader.Read();
        Assert.NotNull(first);
    }

    [Fact]
    public void A_source_without_end_gives_frames_until_it_is_left()
    {
        using var live = VideoReader.Live("pattern", ["-f", "lavfi", "-i", "testsrc=size=64x48:rate=30"]);
        Assert.Null(live.Duration);
        for (var i = 0; i < 5; i++)
        {
            using var frame = live.Read();
            Assert.Equal((64, 48), (frame!.Width, frame.Height));
        }
    }

    [Fact]
    public void A_camera_that_is_not_there_is_one_line()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "cameras are device files on Linux");
        Assert.Equal("/dev/video4711: there is no such camera", Assert.Throws<SinewException>(() => VideoReader.OpenCamera("4711")).Message);
        // a file that is there, but no camera
        var error = Assert.Throws<SinewException>(() =>
        {
            using var camera = VideoReader.OpenCamera("/dev/null");
            camera.Read();
        });
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void A_file_tells_how_long_it_is()
    {
        var path = Path.Combine(_folder.FullName, "a.mp4");
        using (var writer = VideoWriter.Create(path, 32, 32, new FrameRate(25, 1)))
        {
            using var frame = new Image(32, 32);
            for (var i = 0; i < 50; i++) writer.Write(frame);
            writer.Complete();
        }

        using var reader = VideoReader.Open(path);
        Assert.Equal(2, reader.Duration!.Value, 0.05);
    }

    [Fact]
    public void What_is_no_video_is_one_line()
    {
        var path = Path.Combine(_folder.FullName, "a.mp4");
        Assert.Equal($"{path}: no such file", Assert.Throws<SinewException>(() => VideoReader.Open(path)).Message);
        File.WriteAllText(path, "no video");
        var error = Assert.Throws<SinewException>(() => VideoReader.Open(path));
        Assert.StartsWith(path + ": not a video that ffmpeg can read", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
        Assert.Throws<SinewException>(() => VideoWriter.Create(Path.Combine(_folder.FullName, "a.gif"), 10, 10, new FrameRate(1, 1)));
        using var nowhere = VideoWriter.Create(Path.Combine(_folder.FullName, "missing", "a.mp4"), 10, 10, new FrameRate(1, 1));
        Assert.Throws<SinewException>(() =>
        {
            using var frame = new Image(10, 10);
            for (var i = 0; i < 1000; i++) nowhere.Write(frame);
            nowhere.Complete();
        });
    }

    [Theory]
    [InlineData("25", 25, 1)]
    [InlineData("30000/1001", 30000, 1001)]
    public void Rates_are_read(string text, int numerator, int denominator)
    {
        Assert.True(FrameRate.TryParse(text, out var rate));
        Assert.Equal(new FrameRate(numerator, denominator), rate);
        Assert.False(FrameRate.TryParse("0/0", out _));
        Assert.False(FrameRate.TryParse("N/A", out _));
    }
}
