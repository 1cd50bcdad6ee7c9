using Sinew.Imaging;
using Sinew.Inference;

namespace Sinew.Cli.Predict;

/// <summary>One picture or frame on its way from the file to the results.</summary>
internal sealed class Shot(PredictInput input) : IDisposable
{
    public PredictInput Input { get; } = input;

    /// <summary>The pixels; null at the end of a video and where there are none to be had.</summary>
    public Image? Image { get; set; }

    /// <summary>Number of the frame from 0; −1 for a picture.</summary>
    public int Frame { get; init; } = -1;

    /// <summary>Time of the frame.</summary>
    public double Seconds { get; init; }

    /// <summary>Of a video: its frames a second.</summary>
    public FrameRate Rate { get; init; }

    /// <summary>How many frames the video has by its header; 0 where that is not known.</summary>
    public int FramesInAll { get; init; }

    /// <summary>True for a picture, and for what follows a video's last frame.</summary>
    public bool EndsInput { get; init; }

    /// <summary>Where the drawing goes; null where none is made.</summary>
    public string? DrawTo { get; init; }

    /// <summary>Why there are no people; null while all is well.</summary>
    public string? Error { get; set; }

    /// <summary>Where people are; null where the follower says so, or the model finds them.</summary>
    public IReadOnlyList<Detection>? Boxes { get; set; }

    /// <summary>True where the only box is the whole picture, for want of a better one.</summary>
    public bool IsGuess { get; set; }

    public KnownPeople? Known { get; set; }

    public PosePerson[] People { get; set; } = [];

    /// <summary>Ids of the people over a video's frames; null where nobody asked.</summary>
    public int[]? Ids { get; set; }

    /// <summary>Told when the pixels are given back; null where nobody waits for that.</summary>
    public Action? Left { get; init; }

    public void Dispose()
    {
        Image?.Dispose();
        Left?.Invoke();
    }
}
