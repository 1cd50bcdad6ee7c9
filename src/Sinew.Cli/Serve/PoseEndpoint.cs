using System.Diagnostics;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace Sinew.Cli.Serve;

/// <summary><c>POST /v1/poses</c>: pictures in, people with joints out.</summary>
internal sealed class PoseEndpoint(ServedModel model, ServeOptions options, Turns turns, ServeMetrics metrics, CancellationToken stopping)
{
    public async Task HandleAsync(HttpContext http)
    {
        var began = Stopwatch.GetTimestamp();
        // whatever is thrown from here is answered with 500, once this has counted
        var status = StatusCodes.Status500InternalServerError;
        try
        {
            await AnswerAsync(http).ConfigureAwait(false);
            status = http.Response.StatusCode;
        }
        finally
        {
            metrics.Answered(http.RequestAborted.IsCancellationRequested ? StatusCodes.Status499ClientClosedRequest : status, Stopwatch.GetElapsedTime(began));
        }
    }

    private async Task AnswerAsync(HttpContext http)
    {
        if (stopping.IsCancellationRequested)
        {
            await Problem.WriteAsync(http, StatusCodes.Status503ServiceUnavailable, "the server is stopping", retry: true).ConfigureAwait(false);
            return;
        }

        if (!turns.TryEnter())
        {
            await Problem.WriteAsync(http, StatusCodes.Status429TooManyRequests, "too many requests wait already; try again in a moment", retry: true).ConfigureAwait(false);
            return;
        }

        using var late = new CancellationTokenSource(options.Timeout);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(late.Token, http.RequestAborted);
        var step = Step.Reading;
        try
        {
            var query = PoseQuery.Read(http.Request.Query, options, model.DetectorPath is not null || model.FindsPeople);
            var files = await ReadAsync(http.Request, cancel.Token).ConfigureAwait(false);
            step = Step.Waiting;
            var found = new List<ServedPicture>(files.Count);
            foreach (var (name, bytes) in files)
            {
                var picture = await turns.RunAsync(
                    () =>
                    {
                        step = Step.Working;
                        return model.Estimate(bytes.Span, name, query, options, cancel.Token);
                    },
                    cancel.Token).ConfigureAwait(false);
                metrics.Estimated(picture);
                found.Add(picture);
            }

            http.Response.ContentType = "application/json";
            await http.Response.Body.WriteAsync(PoseJson.Write(model, found), cancel.Token).ConfigureAwait(false);
        }
        catch (SinewException e)
        {
            await Problem.WriteAsync(http, StatusCodes.Status400BadRequest, e.Message).ConfigureAwait(false);
        }
        catch (BadHttpRequestException e)
        {
            var what = e.StatusCode == StatusCodes.Status413PayloadTooLarge ? $"more than the {options.MaxBytes:N0} bytes that are taken" : e.Message;
            await Problem.WriteAsync(http, e.StatusCode, what).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // nobody is there to be answered
        }
        catch (IOException) when (step == Step.Reading)
        {
            // nor is here: the connection broke while the request was read
            http.Abort();
            if (!http.Response.HasStarted) http.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested)
        {
            var (status, what) = step switch
            {
                Step.Reading => (StatusCodes.Status408RequestTimeout, $"the request did not arrive within {options.Timeout.TotalSeconds:0.#} s"),
                Step.Waiting => (StatusCodes.Status503ServiceUnavailable, "the server is too busy; try again in a moment"),
                _ => (StatusCodes.Status503ServiceUnavailable, $"this took longer than {options.Timeout.TotalSeconds:0.#} s; send a smaller picture"),
            };
            await Problem.WriteAsync(http, status, what, retry: step != Step.Reading).ConfigureAwait(false);
        }
        finally
        {
            turns.Leave();
        }
    }

    private enum Step
    {
        Reading,
        Waiting,
        Working,
    }

    private async Task<IReadOnlyList<(string Name, ReadOnlyMemory<byte> Bytes)>> ReadAsync(HttpRequest request, CancellationToken cancel)
    {
        if (request.ContentLength > options.MaxBytes) throw new BadHttpRequestException("too large", StatusCodes.Status413PayloadTooLarge);
        var multipart = MediaTypeHeaderValue.TryParse(request.ContentType, out var type) && type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase);
        if (!multipart)
        {
            var body = await CopyAsync(request.Body, request.ContentLength, cancel).ConfigureAwait(false);
            return body.IsEmpty ? throw new SinewException("the request has no picture; send a JPEG, PNG or WebP file as its body, or as files of a form") : [("image", body)];
        }

        var form = await FormOf(request, cancel).ConfigureAwait(false);
        if (form.Files.Count == 0) throw new SinewException("the form has no files; add one or several pictures");
        var files = new List<(string, ReadOnlyMemory<byte>)>(form.Files.Count);
        foreach (var file in form.Files)
        {
            await using var content = file.OpenReadStream();
            files.Add((NameOf(file), await CopyAsync(content, file.Length, cancel).ConfigureAwait(false)));
        }

        return files;
    }

    private async Task<IFormCollection> FormOf(HttpRequest request, CancellationToken cancel)
    {
        var limits = new FormOptions
        {
            // nothing is written to disk: the body's limit bounds what is kept in memory
            MemoryBufferThreshold = (int)Math.Min(options.MaxBytes, int.MaxValue),
            MultipartBodyLengthLimit = options.MaxBytes,
            ValueCountLimit = options.MaxPictures,
        };
        request.HttpContext.Features.Set<IFormFeature>(new FormFeature(request, limits));
        try
        {
            return await request.ReadFormAsync(limits, cancel).ConfigureAwait(false);
        }
        catch (InvalidDataException e)
        {
            throw new SinewException($"the form cannot be read: {e.Message} (up to {options.MaxPictures} pictures are taken)", e);
        }
        catch (IOException e) when (e is not (BadHttpRequestException or ConnectionResetException))
        {
            throw new SinewException("the form breaks off", e);
        }
    }

    // What a client calls its file goes into messages and the answer: no folders, no control characters, not endless.
    private static string NameOf(IFormFile file)
    {
        var name = string.Concat(Path.GetFileName(file.FileName.Replace('\\', '/')).Where(c => !char.IsControl(c)));
        return name.Length == 0 ? "image" : name.Length > 100 ? name[..100] : name;
    }

    private async Task<ReadOnlyMemory<byte>> CopyAsync(Stream stream, long? length, CancellationToken cancel)
    {
        using var memory = new MemoryStream((int)Math.Clamp(length ?? 0, 0, Math.Min(options.MaxBytes, 1 << 20)));
        await stream.CopyToAsync(memory, cancel).ConfigureAwait(false);
        return memory.GetBuffer().AsMemory(0, (int)memory.Length);
    }
}
