using System.Numerics;
using Sinew.Imaging;

namespace Sinew.Cli.Predict;

/// <summary>
/// Lets pictures into memory as long as all of them together stay within a limit, and at least one whatever its size. For one who enters, in
/// the order in which the pictures leave: somebody who waits then waits for none that comes later.
/// </summary>
/// <param name="most">The limit, bytes.</param>
internal sealed class MemoryGate(long most)
{
    /// <summary>The pixels that a verb holds at once, bytes.</summary>
    public const long MostPixelBytes = 1L << 30;

    private readonly Lock _lock = new();
    private long _inside;
    private TaskCompletionSource? _left;

    /// <summary>What a picture's pixels take: they lie in pooled buffers, whose lengths are powers of two.</summary>
    /// <param name="width">Pixels.</param>
    /// <param name="height">Pixels. A header that claims more than is ever decoded counts as the largest that is.</param>
    public static long BytesOf(int width, int height) =>
        (long)BitOperations.RoundUpToPowerOf2(3 * (ulong)Math.Min((long)width * height, DecodeOptions.Default.MaxPixels));

    /// <summary>Waits until there is room.</summary>
    /// <param name="bytes">How much comes in.</param>
    /// <param name="cancel">Ends the waiting.</param>
    public async Task EnterAsync(long bytes, CancellationToken cancel)
    {
        while (true)
        {
            Task left;
            lock (_lock)
            {
                if (_inside == 0 || _inside + bytes <= most)
                {
                    _inside += bytes;
                    return;
                }

                left = (_left ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            }

            await left.WaitAsync(cancel).ConfigureAwait(false);
        }
    }

    /// <summary>Makes room again.</summary>
    /// <param name="bytes">How much goes out.</param>
    public void Leave(long bytes)
    {
        lock (_lock)
        {
            _inside -= bytes;
            _left?.TrySetResult();
            _left = null;
        }
    }
}
