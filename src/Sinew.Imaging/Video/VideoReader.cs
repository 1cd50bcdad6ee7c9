using System.Globalization;

namespace Sinew.Imaging;

/// <summary>Reads a video's frames one after the other, decoded and turned upright by an <c>ffmpeg</c> process.</summary>
public sealed class VideoReader : IDisposable
{
    private readonly FfmpegProcess _ffmpeg;
    private readonly BufferedStream _frames;
    private readonly string _path;
    private readonly DecodeOptions _options;

    private VideoReader(string path, FrameRate rate, FfmpegProcess ffmpeg, DecodeOptions options)
    {
        (_path, FrameRate, _ffmpeg, _options) = (path, rate, ffmpeg, options);
        _frames = new BufferedStream(ffmpeg.Output, 1 << 16);
    }

    /// <summary>The video's mean frame rate.</summary>
    public FrameRate FrameRate { get; }

    /// <summary>Opens a video file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">Limits on the size of frames; null for the defaults.</param>
    /// <exception cref="SinewException">The file is missing or has no video, or ffmpeg is not installed.</exception>
    public static VideoReader Open(string path, DecodeOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!File.Exists(path)) throw new SinewException($"{path}: no such file");
        // A play list among the user's files must not make ffmpeg fetch from the network.
        string[] input = ["-protocol_whitelist", "file,pipe", "-i", FfmpegProcess.FileUrl(path)];
        using var probe = FfmpegProcess.Start("ffprobe", ["-v", "error", .. input, "-select_streams", "v:0", "-show_entries", "stream=avg_frame_rate", "-of", "default=noprint_wrappers=1:nokey=1"]);
        probe.Input.Close();
        var answer = probe.ReadOutputToEnd().Trim();
        if (probe.WaitForFailure() is { } why) throw new SinewException($"{path}: not a video that ffmpeg can read ({why})");
        if (!FrameRate.TryParse(answer.Split('\n')[0].Trim(), out var rate)) throw new SinewException($"{path}: the file has no video with a frame rate");
        // PPM pictures tell their own size, which after turning is not the one in the file's header.
        var ffmpeg = FfmpegProcess.Start("ffmpeg", ["-v", "error", "-nostdin", .. input, "-map", "0:v:0", "-f", "image2pipe", "-c:v", "ppm", "-pix_fmt", "rgb24", "-"]);
        ffmpeg.Input.Close();
        return new VideoReader(path, rate, ffmpeg, options ?? DecodeOptions.Default);
    }

    /// <summary>The next frame, which the caller disposes; null after the last.</summary>
    /// <exception cref="SinewException">The video is damaged or breaks off, or its frames are larger than allowed.</exception>
    public Image? Read()
    {
        var magic = _frames.ReadByte();
        if (magic < 0)
        {
            return _ffmpeg.WaitForFailure() is { } why ? throw new SinewException($"{_path}: the video cannot be decoded further ({why})") : null;
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
