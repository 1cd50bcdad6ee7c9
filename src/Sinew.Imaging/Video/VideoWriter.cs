using System.Globalization;

namespace Sinew.Imaging;

/// <summary>
/// Writes frames as an H.264 video by an <c>ffmpeg</c> process. The file appears under its name when
/// <see cref="Complete"/> has been called; without that nothing is left.
/// </summary>
public sealed class VideoWriter : IDisposable
{
    private readonly FfmpegProcess _ffmpeg;
    private readonly string _path, _beside;
    private bool _completed;

    private VideoWriter(string path, string beside, int width, int height, FfmpegProcess ffmpeg) =>
        (_path, _beside, Width, Height, _ffmpeg) = (path, beside, width, height, ffmpeg);

    /// <summary>Width of the frames, pixels.</summary>
    public int Width { get; }

    /// <summary>Height of the frames, pixels.</summary>
    public int Height { get; }

    /// <summary>Starts a video.</summary>
    /// <param name="path">The file: <c>.mp4</c>, <c>.mov</c> or <c>.mkv</c>; an existing one is replaced.</param>
    /// <param name="width">Width of the frames, pixels.</param>
    /// <param name="height">Height of the frames, pixels; odd sides get a black line more, because H.264 has none.</param>
    /// <param name="rate">Frames per second.</param>
    /// <exception cref="SinewException">The name's ending is another, or ffmpeg is not installed.</exception>
    public static VideoWriter Create(string path, int width, int height, FrameRate rate)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        var container = Path.GetExtension(path).ToUpperInvariant() switch
        {
            ".MP4" => "mp4",
            ".MOV" => "mov",
            ".MKV" => "matroska",
            _ => throw new SinewException($"{path}: a video is written as .mp4, .mov or .mkv"),
        };
        var beside = path + ".part";
        string[] options =
        [
            "-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", string.Create(CultureInfo.InvariantCulture, $"{width}x{height}"), "-r", rate.ToString(), "-i", "pipe:0",
            "-an", "-vf", "pad=ceil(iw/2)*2:ceil(ih/2)*2", "-c:v", "libx264", "-crf", "18", "-preset", "veryfast", "-pix_fmt", "yuv420p", "-f", container, FfmpegProcess.FileUrl(beside),
        ];
        return new VideoWriter(path, beside, width, height, FfmpegProcess.Start("ffmpeg", options));
    }

    /// <summary>Appends a frame.</summary>
    /// <param name="frame">A picture of the video's size.</param>
    /// <exception cref="ArgumentException">The picture has another size.</exception>
    /// <exception cref="SinewException">ffmpeg has given up (no space, no permission).</exception>
    public void Write(Image frame)
    {
        ArgumentNullException.ThrowIfNull(frame);
        if ((frame.Width, frame.Height) != (Width, Height)) throw new ArgumentException($"the video's frames are {Width}×{Height}, this one is {frame.Width}×{frame.Height}", nameof(frame));
        try
        {
            _ffmpeg.Input.Write(frame.Pixels);
        }
        catch (IOException e)
        {
            throw new SinewException($"{_path}: the video cannot be written ({_ffmpeg.WaitForFailure() ?? e.Message})", e);
        }
    }

    /// <summary>Ends the video and gives the file its name.</summary>
    /// <exception cref="SinewException">ffmpeg could not finish it, or it cannot be renamed.</exception>
    public void Complete()
    {
        try
        {
            _ffmpeg.Input.Close();
            if (_ffmpeg.WaitForFailure() is { } why) throw new SinewException($"{_path}: the video cannot be written ({why})");
            using (var written = File.OpenHandle(_beside, FileMode.Open, FileAccess.ReadWrite)) RandomAccess.FlushToDisk(written);
            File.Move(_beside, _path, overwrite: true);
            _completed = true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SinewException($"{_path}: the video cannot be written ({_ffmpeg.WaitForFailure() ?? e.Message})", e);
        }
    }

    /// <summary>Ends ffmpeg, and removes what it has written unless the video was completed.</summary>
    public void Dispose()
    {
        _ffmpeg.Dispose();
        if (!_completed && File.Exists(_beside)) File.Delete(_beside);
    }
}
