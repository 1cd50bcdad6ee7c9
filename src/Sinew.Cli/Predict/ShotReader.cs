using System.Diagnostics;
using System.Threading.Channels;
using Sinew.Imaging;

namespace Sinew.Cli.Predict;

/// <summary>Reads what the inputs hold, ahead of those who look for people in it: pictures several at a time, videos frame by frame.</summary>
/// <param name="options">What was asked for.</param>
/// <param name="done">True for inputs that an earlier run finished.</param>
/// <param name="cancel">Ends the reading; what was read goes on.</param>
/// <param name="broken">Set where somebody behind gave up.</param>
internal sealed class ShotReader(PredictOptions options, Func<string, bool> done, CancellationToken cancel, CancellationToken broken)
{
    // All pixels that are read and not yet done with; a large picture waits until others have gone.

    private readonly MemoryGate _memory = new(MemoryGate.MostPixelBytes);
    private readonly Lazy<HttpClient> _web = new(() => new HttpClient { Timeout = Timeout.InfiniteTimeSpan });
    private Task _entered = Task.CompletedTask;

    /// <summary>How many inputs were passed over because an earlier run finished them.</summary>
    public int Skipped { get; private set; }

    /// <summary>Reads all inputs, in order.</summary>
    public async Task ReadAsync(IEnumerable<PredictInput> inputs, ChannelWriter<Task<Shot>> to)
    {
        var drawn = options is { Draw: true, Folder: { } folder } ? new DrawnNames(folder, inputs) : null;
        foreach (var input in inputs)
        {
            if (cancel.IsCancellationRequested) return;
            var drawTo = drawn?.Next(input);
            if (done(input.Name))
            {
                Skipped++;
                continue;
            }

            switch (input.Kind)
            {
                case InputKind.Picture:
                    await to.WriteAsync(Picture(input, drawTo, () => ImageDecoder.Identify(input.Name), () => ImageDecoder.Decode(input.Name)), broken).ConfigureAwait(false);
                    break;
                case InputKind.Web:
                    await ReadWebAsync(input, drawTo, to).ConfigureAwait(false);
                    break;
                default:
                    await ReadVideoAsync(input, input.Name, drawTo, to).ConfigureAwait(false);
                    break;
            }
        }
    }

    /// <summary>Decodes a picture beside others, as soon as there is room for it and for all that come before it.</summary>
    private Task<Shot> Picture(PredictInput input, string? drawTo, Func<ImageInfo> identify, Func<Image> decode)
    {
        var (before, entered) = (_entered, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        _entered = entered.Task;
        return Task.Run(
            async () =>
            {
                try
                {
                    var header = identify();
                    var bytes = MemoryGate.BytesOf(header.Width, header.Height);
                    await before.WaitAsync(broken).ConfigureAwait(false);
                    await _memory.EnterAsync(bytes, broken).ConfigureAwait(false);
                    entered.SetResult();
                    try
                    {
                        return new Shot(input) { Image = decode(), DrawTo = drawTo, EndsInput = true, Left = () => _memory.Leave(bytes) };
                    }
                    catch
                    {
                        _memory.Leave(bytes);
                        throw;
                    }
                }
                catch (SinewException e)
                {
                    return new Shot(input) { Error = e.Message, EndsInput = true };
                }
                finally
                {
                    // those behind do not wait for one that cannot be read
                    if (!entered.Task.IsCompleted) _ = before.ContinueWith(_ => entered.TrySetResult(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
                }
            },
            broken);
    }

    private async Task ReadWebAsync(PredictInput input, string? drawTo, ChannelWriter<Task<Shot>> to)
    {
        try
        {
            using var file = await WebFile.FetchAsync(_web.Value, input.Name, options.MostFetched, options.FetchSeconds, cancel).ConfigureAwait(false);
            if (file.Video is { } video)
            {
                await ReadVideoAsync(input, video, drawTo is null ? null : Path.ChangeExtension(drawTo, ".mp4"), to).ConfigureAwait(false);
                return;
            }

            var bytes = file.Picture!;
            await to.WriteAsync(Picture(input, drawTo, () => ImageDecoder.Identify(bytes, null, input.Name), () => ImageDecoder.Decode(bytes, null, input.Name)), broken).ConfigureAwait(false);
        }
        catch (SinewException e)
        {
            await to.WriteAsync(Task.FromResult(new Shot(input) { Error = e.Message, EndsInput = true }), broken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested && !broken.IsCancellationRequested)
        {
            // it is fetched again when the run goes on
        }
    }

    private async Task ReadVideoAsync(PredictInput input, string path, string? drawTo, ChannelWriter<Task<Shot>> to)
    {
        string? error = null;
        var read = 0;
        try
        {
            using var video = input.Kind == InputKind.Camera ? VideoReader.OpenCamera(Device(input.Name)) : VideoReader.Open(path);
            var rate = video.FrameRate;
            var inAll = video.Duration is { } seconds ? (int)Math.Clamp(Math.Round(seconds * rate.PerSecond), 1, int.MaxValue) : 0;
            var clock = Stopwatch.StartNew();
            for (var frame = 0; options.Frames == 0 || frame < options.Frames; frame++)
            {
                // a camera ends when it is told to; a video that was left half-way is read again from its start
                if (cancel.IsCancellationRequested && input.Kind != InputKind.Camera) return;
                if (cancel.IsCancellationRequested || video.Read() is not { } image) break;
                var bytes = MemoryGate.BytesOf(image.Width, image.Height);
                await _entered.WaitAsync(broken).ConfigureAwait(false);
                await _memory.EnterAsync(bytes, broken).ConfigureAwait(false);
                var shot = new Shot(input)
                {
                    Image = image,
                    Frame = frame,
                    Seconds = input.Kind == InputKind.Camera ? clock.Elapsed.TotalSeconds : frame / rate.PerSecond,
                    Rate = rate,
                    FramesInAll = options.Frames > 0 ? Math.Min(options.Frames, inAll) : inAll,
                    DrawTo = drawTo,
                    Left = () => _memory.Leave(bytes),
                };
                await to.WriteAsync(Task.FromResult(shot), broken).ConfigureAwait(false);
                read++;
            }

            if (read == 0 && !cancel.IsCancellationRequested) error = $"{input.Name}: not a single frame can be decoded";
        }
        catch (SinewException e)
        {
            error = e.Message.Replace(path, input.Name, StringComparison.Ordinal);
        }

        if (read > 0 || error is not null) await to.WriteAsync(Task.FromResult(new Shot(input) { Error = error, EndsInput = true }), broken).ConfigureAwait(false);
    }

    private static string Device(string name) =>
        name.StartsWith(PredictInput.CameraPrefix, StringComparison.Ordinal) ? name[PredictInput.CameraPrefix.Length..] : name;
}
