namespace Sinew.Training.Teachers;

/// <summary>
/// The network of a teacher, from whatever engine: 8-bit crops in, raw outputs out. It normalises the pixels itself. May be run by
/// several threads at the same time.
/// </summary>
public interface ITeacherNetwork : IDisposable
{
    /// <summary>Runs the network.</summary>
    /// <param name="crops">8-bit RGB crops, <c>[N, H, W, 3]</c>.</param>
    /// <param name="people">N.</param>
    /// <returns>The outputs; to be disposed.</returns>
    ITeacherNetworkOutput Run(ReadOnlySpan<byte> crops, int people);
}

/// <summary>What a network put out for one batch; the spans are valid until it is disposed.</summary>
public interface ITeacherNetworkOutput : IDisposable
{
    /// <summary>SimCC: logits over x, <c>[N, K, Bx]</c>. Heatmaps: <c>[N, K, h, w]</c>. Points: x, y in pixels of the crop, and a score, <c>[N, K, 3]</c>.</summary>
    ReadOnlySpan<float> First { get; }

    /// <summary>SimCC: logits over y, <c>[N, K, By]</c>. Otherwise empty.</summary>
    ReadOnlySpan<float> Second { get; }
}
