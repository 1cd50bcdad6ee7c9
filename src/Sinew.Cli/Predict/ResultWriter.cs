using Sinew.Cli.Frame;
using Sinew.Imaging;
using Spectre.Console;

namespace Sinew.Cli.Predict;

/// <summary>Takes finished pictures and frames in the inputs' order: keeps their records, ends their videos, tells how far the run is.</summary>
internal sealed class ResultWriter(PredictJournal journal, Terminal terminal, ProgressLine progress) : IDisposable
{
    private readonly List<(string Name, string Error)> _failed = [];
    private PredictInput? _open;
    private VideoWriter? _video;
    private string? _videoTrouble;
    private long _begins;
    private int _frames;
    private long _inVideo;

    /// <summary>How many inputs there are, earlier runs' included; 0 while that is not known. Set by whoever counts them.</summary>
    public long All { get; set; }

    /// <summary>How many inputs this run finished, the failed ones included.</summary>
    public int Finished { get; private set; }

    /// <summary>People found in this run; a person of ten frames counts ten times.</summary>
    public long People { get; private set; }

    /// <summary>Pictures and frames of this run.</summary>
    public long Pictures { get; private set; }

    /// <summary>What failed, and why.</summary>
    public IReadOnlyList<(string Name, string Error)> Failed => _failed;

    /// <summary>Takes the next.</summary>
    public void Take(Shot shot)
    {
        if (shot.Frame >= 0) TakeFrame(shot);
        else if (_open is not null) EndVideo(shot);
        else TakePicture(shot);
    }

    /// <summary>Leaves a video that was not read to its end without a trace.</summary>
    public void Dispose()
    {
        if (_open is not null) journal.DropSince(_begins);
        _video?.Dispose();
    }

    private void TakePicture(Shot shot)
    {
        if (shot.Error is { } error)
        {
            Fail(shot.Input.Name, error);
        }
        else
        {
            var size = shot.Image!;
            journal.Add(shot, size.Width, size.Height);
            journal.Finish(shot.Input.Name);
            Count(shot);
            Say($"{shot.Input.Name}: {Counted(shot.People.Length)}");
        }

        Finished++;
        progress.Tell("pictures", journal.DoneBefore + Finished, All, Finished, People);
    }

    private void TakeFrame(Shot shot)
    {
        if (_open is null) (_open, _begins, _frames, _inVideo, _videoTrouble) = (shot.Input, journal.Position, 0, 0, null);
        var image = shot.Image!;
        journal.Add(shot, image.Width, image.Height);
        _videoTrouble ??= shot.Error;
        if (shot.DrawTo is { } path && _videoTrouble is null) Draw(shot, image, path);
        _frames++;
        _inVideo += shot.People.Length;
        Count(shot);
        progress.Tell($"frames of {OneLine.Of(shot.Input.Name)}", _frames, shot.FramesInAll, _frames, People);
    }

    private void Draw(Shot shot, Image image, string path)
    {
        Drawing(shot.Input, () =>
        {
            if (_video is null)
            {
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                _video = VideoWriter.Create(path, image.Width, image.Height, shot.Rate);
            }

            if ((image.Width, image.Height) == (_video.Width, _video.Height)) _video.Write(image);
            else _videoTrouble = $"{shot.Input.Name}: its frames change their size at frame {shot.Frame}, and are not drawn from there on";
        });
    }

    /// <summary>Draws; a video that cannot be written keeps its records.</summary>
    private void Drawing(PredictInput input, Action draw)
    {
        try
        {
            draw();
        }
        catch (Exception e) when (e is SinewException or IOException or UnauthorizedAccessException && !DiskFull.Is(e))
        {
            _videoTrouble = $"{input.Name}: cannot be drawn: {e.Message}";
            _video?.Dispose();
            _video = null;
        }
    }

    private void EndVideo(Shot end)
    {
        Drawing(end.Input, () => _video?.Complete());
        _video?.Dispose();
        var error = end.Error is { } broken ? $"{broken} (after {_frames} frames, which are kept)" : _videoTrouble;
        if (error is not null) Fail(end.Input.Name, error);
        journal.Finish(end.Input.Name);
        Say($"{end.Input.Name}: {_frames} {(_frames == 1 ? "frame" : "frames")}, {Counted(_inVideo)}");
        Finished++;
        (_open, _video) = (null, null);
    }

    private void Count(Shot shot)
    {
        People += shot.People.Length;
        Pictures++;
    }

    private void Fail(string name, string error)
    {
        _failed.Add((name, error));
        progress.Clear();
        terminal.Warn(error);
    }

    private void Say(string line)
    {
        progress.Clear();
        terminal.Out.WriteLine(OneLine.Of(line));
    }

    private static string Counted(long people) => people == 1 ? "1 person" : $"{people} people";
}
