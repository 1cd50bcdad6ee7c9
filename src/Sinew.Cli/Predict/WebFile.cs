using Sinew.Imaging;

namespace Sinew.Cli.Predict;

/// <summary>A file from the web: a picture's bytes, or a video in a temporary file that is gone when this is disposed.</summary>
internal sealed class WebFile : IDisposable
{
    private WebFile(byte[]? picture, string? video) => (Picture, Video) = (picture, video);

    /// <summary>The picture; null where it is none.</summary>
    public byte[]? Picture { get; }

    /// <summary>Path of the video; null where it is a picture.</summary>
    public string? Video { get; }

    /// <summary>Fetches a file.</summary>
    /// <param name="client">Fetches it.</param>
    /// <param name="address">Where it lies.</param>
    /// <param name="most">Most bytes that are taken.</param>
    /// <param name="seconds">Longest time that it may take.</param>
    /// <param name="cancel">Ends it.</param>
    /// <exception cref="SinewException">It cannot be had, is larger, or takes longer.</exception>
    public static async Task<WebFile> FetchAsync(HttpClient client, string address, long most, double seconds, CancellationToken cancel)
    {
        using var time = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        time.CancelAfter(TimeSpan.FromSeconds(seconds));
        string? temporary = null;
        try
        {
            using var answer = await client.GetAsync(new Uri(address), HttpCompletionOption.ResponseHeadersRead, time.Token).ConfigureAwait(false);
            if (!answer.IsSuccessStatusCode) throw new SinewException($"{address}: the server answers {(int)answer.StatusCode} {answer.ReasonPhrase}");
            if (answer.Content.Headers.ContentLength > most) throw TooLarge(address, most);
            await using var body = await answer.Content.ReadAsStreamAsync(time.Token).ConfigureAwait(false);
            var start = new byte[12];
            var got = await body.ReadAtLeastAsync(start, 12, throwOnEndOfStream: false, time.Token).ConfigureAwait(false);
            if (ImageDecoder.FormatOf(start.AsSpan(0, got)) != ImageFormat.Unknown)
            {
                using var memory = new MemoryStream();
                await CopyAsync(start.AsMemory(0, got), body, memory, Math.Min(most, DecodeOptions.Default.MaxFileBytes), address, time.Token).ConfigureAwait(false);
                return new WebFile(memory.ToArray(), null);
            }

            temporary = Path.Combine(Path.GetTempPath(), $"sinew-{Guid.NewGuid():N}.video");
            var file = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write);
            await using (file.ConfigureAwait(false)) await CopyAsync(start.AsMemory(0, got), body, file, most, address, time.Token).ConfigureAwait(false);
            var fetched = new WebFile(null, temporary);
            temporary = null;
            return fetched;
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new SinewException($"{address}: took longer than {seconds:0} seconds (--fetch-seconds)");
        }
        // what a server redirects to need not be an address at all
        catch (Exception e) when (e is HttpRequestException or IOException or UriFormatException or InvalidOperationException or NotSupportedException)
        {
            throw new SinewException($"{address}: cannot be fetched: {e.Message.ReplaceLineEndings(" ")}", e);
        }
        finally
        {
            if (temporary is not null) File.Delete(temporary);
        }
    }

    public void Dispose()
    {
        if (Video is not null) File.Delete(Video);
    }

    // The length in the header is the server's word; what comes is counted.
    private static async Task CopyAsync(ReadOnlyMemory<byte> start, Stream body, Stream to, long most, string address, CancellationToken cancel)
    {
        await to.WriteAsync(start, cancel).ConfigureAwait(false);
        var buffer = new byte[1 << 16];
        long total = start.Length;
        while (await body.ReadAsync(buffer, cancel).ConfigureAwait(false) is > 0 and var count)
        {
            total += count;
            if (total > most) throw TooLarge(address, most);
            await to.WriteAsync(buffer.AsMemory(0, count), cancel).ConfigureAwait(false);
        }
    }

    private static SinewException TooLarge(string address, long most) => new($"{address}: more than {most / 1_000_000} MB (--fetch-mb)");
}
