using System.Globalization;

namespace Sinew.Imaging;

/// <summary>Reads a video's frames one after the other, decoded and turned upright by an <c>ffmpeg</c> process.</summary>
public sealed class VideoReader : IDisposable
{
    private readonly FfmpegProcess _ffmpeg;
    private readonly BufferedStream _frames;
    private readonly string _path;
    private readonly DecodeOptions _options;
    private readonly bool _endless;

    private VideoReader(string path, FrameRate rate, double? duration, FfmpegProcess ffmpeg, DecodeOptions options, bool endless)
    {
        (_path, FrameRate, Duration, _ffmpeg, _options, _endless) = (path, rate, duration, ffmpeg, options, endless);
        _frames = new BufferedStream(ffmpeg.Output, 1 << 16);
    }

    /// <summary>The video's mean frame rate; 30 for a camera, which has none.</summary>
    public FrameRate FrameRate { get; }

    /// <summary>How long the video is by its header, seconds; null where it does not say, and for cameras.</summary>
    public double? Duration { get; }

    /// <summary>Opens a video file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">Limits on the size of frames; null for the defaults.</param>
    /// <exception cref="SinewException">The file is missing or has no video, or ffmpeg is not installed.</exception>
    public static VideoReader Open(string path, DecodeOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!File.Exists(path)) throw new SinewException($"{path}: no such file");
        ImageFile.RefusePipe(path);
        // A play list among the user's files must not make ffmpeg fetch from the network.
        string[] input = ["-protocol_whitelist", "file,pipe", "-i", FfmpegProcess.FileUrl(path)];
        using var probe = FfmpegProcess.Start("ffprobe", ["-v", "error", .. input, "-select_streams", "v:0", "-show_entries", "stream=avg_frame_rate:format=duration", "-of", "default=noprint_wrappers=1:nokey=1"]);
        probe.Input.Close();
        var answer = probe.ReadOutputToEnd().Trim();
        if (probe.WaitForFailure() is { } why) throw new SinewException($"{path}: not a video that ffmpeg can read ({why})");
        var lines = answer.Split('\n', StringSplitOptions.TrimEntries);
        if (!FrameRate.TryParse(lines[0], out var rate)) throw new SinewException($"{path}: the file has no video with a frame rate");
        double? duration = double.TryParse(lines[^1], NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) && lines.Length > 1 && seconds > 0 ? seconds : null;
        // PPM pictures tell their own size, which after turning is not the one in the file's header.
        return new VideoReader(path, rate, duration, Frames(input), options ?? DecodeOptions.Default, endless: false);
    }

    /// <summary>Opens a camera. Its frames never end; dispose the reader to stop.</summary>
    /// <param name="device">A device file such as <c>/dev/video0</c>, or the camera's number from 0 (on Windows its name).</param>
    /// <param name="options">Limits on the size of frames; null for the defaults.</param>
    /// <exception cref="SinewException">There is no such device, or ffmpeg is not installed.</exception>
    public static VideoReader OpenCamera(string device, DecodeOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(device);
        if (OperatingSystem.IsMacOS()) return Live(device, ["-f", "avfoundation", "-framerate", "30", "-i", $"{device}:none"], options);
        if (OperatingSystem.IsWindows()) return Live(device, ["-f", "dshow", "-i", $"video={device}"], options);
        var path = device.All(char.IsAsciiDigit) ? $"/dev/video{device}" : device;
        if (!File.Exists(path)) throw new SinewException($"{path}: there is no such camera");
        return Live(path, ["-f", "v4l2", "-i", path], options);
    }

    /// <summary>A source without an end, such as a camera.</summary>
    internal static VideoReader Live(string name, IEnumerable<string> input, DecodeOptions? options = null) =>
        new(name, new FrameRate(30, 1), null, Frames(input), options ?? DecodeOptions.Default, endless: true);

    private static FfmpegProcess Frames(IEnumerable<string> input)
    {
        var ffmpeg = FfmpegProcess.Start("ffmpeg", ["-v", "error", "-nostdin", .. input, "-map", "0:v:0", "-f", "image2pipe", "-c:v", "ppm", "-pix_fmt", "rgb24", "-"]);
        ffmpeg.Input.Close();
        return ffmpeg;
    }

    /// <summary>The next frame, which the caller disposes; null after the last.</summary>
    /// <exception cref="SinewException">The video is damaged or breaks off, or its frames are larger than allowed.</exception>
    public Image? Read()
    {
        var magic = _frames.ReadByte();
        if (magic < 0)
        {
            if (_ffmpeg.WaitForFailure() is { } why) throw new SinewException($"{_path}: the video cannot be decoded further ({why})");
            return _endless || _ffmpeg.WaitForComplaint() is not { } complaint ? null : throw new SinewException($"{_path}: the video is damaged or breaks off ({complaint})");
        }

        if (magic != 'P' || _frames.ReadByte() != '6' || _frames.ReadByte() < 0) throw Broken();
        var (width, height, levels) = (ReadNumber(), ReadNumber(), ReadNumber());
        if (width <= 0 || height <= 0 || levels != 255) throw Broken();
        ImageDecoder.CheckSize(width, height, _options, _path);
        var image = Image.Rent(width, height);
        if (_frames.ReadAtLeast(image.Pixels, image.Pixels.Length, throwOnEndOfStream: false) == image.Pixels.Length) return image;
        image.Dispose();
        throw Broken();
    }

    /// <summary>Ends ffmpeg.</summary>
    public void Dispose()
    {
        _ffmpeg.Dispose();
        _frames.Dispose();
    }

    private SinewException Broken() => new($"{_path}: ffmpeg's frames break off ({_ffmpeg.WaitForFailure() ?? "no reason given"})");

    /// <summary>Digits and the one byte that ends them.</summary>
    private int ReadNumber()
    {
        Span<char> digits = stackalloc char[9];
        for (var count = 0; ; count++)
        {
            var next = _frames.ReadByte();
            if (next is ' ' or '\n') return int.TryParse(digits[..count], NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : -1;
            if (next < 0 || count == digits.Length) return -1;
            digits[count] = (char)next;
        }
    }
}
