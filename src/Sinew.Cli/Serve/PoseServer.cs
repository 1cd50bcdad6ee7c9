using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Hosting;

namespace Sinew.Cli.Serve;

/// <summary>The HTTP server: pose endpoint, its description, health, metrics, and the page.</summary>
internal sealed class PoseServer : IAsyncDisposable
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(15);

    private readonly WebApplication _app;
    private readonly Turns _turns;
    private readonly CancellationTokenSource _stopping;

    private PoseServer(WebApplication app, Turns turns, CancellationTokenSource stopping) => (_app, _turns, _stopping) = (app, turns, stopping);

    /// <summary>Where it listens, such as <c>http://127.0.0.1:8080</c>.</summary>
    public string Address => _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();

    /// <summary>Starts to listen.</summary>
    /// <param name="model">The networks; they stay the caller's.</param>
    /// <param name="options">What it takes on.</param>
    /// <param name="cancel">Ends the start.</param>
    /// <exception cref="SinewException">The address is no IP address, or cannot be listened on.</exception>
    public static async Task<PoseServer> StartAsync(ServedModel model, ServeOptions options, CancellationToken cancel)
    {
        var address = IsLocalhost(options.Host) ? IPAddress.Loopback
            : IPAddress.TryParse(options.Host, out var parsed) ? parsed
            : throw new SinewException($"--host {options.Host}: give an IP address, such as 127.0.0.1, or 0.0.0.0 for all of this machine's");
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = Grace);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(address, options.Port);
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = options.MaxBytes;
            kestrel.Limits.MaxConcurrentConnections = 1000;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        });
        var app = builder.Build();
        var turns = new Turns(options.Concurrency, options.Queue);
        var stopping = new CancellationTokenSource();
        var server = new PoseServer(app, turns, stopping);
        try
        {
            server.Map(model, options, IPAddress.IsLoopback(address));
            await app.StartAsync(cancel).ConfigureAwait(false);
            return server;
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            await server.DisposeAsync().ConfigureAwait(false);
            throw new SinewException($"{options.Host}:{options.Port}: cannot be listened on ({e.Message.TrimEnd('.')}); choose another --host or --port", e);
        }
    }

    /// <summary>Takes no new requests, lets those that are inside end, and stops.</summary>
    public async Task StopAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        using var late = new CancellationTokenSource(Grace);
        await _app.StopAsync(late.Token).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync().ConfigureAwait(false);
        _turns.Dispose();
        _stopping.Dispose();
    }

    private void Map(ServedModel model, ServeOptions options, bool loopback)
    {
        var metrics = new ServeMetrics();
        var poses = new PoseEndpoint(model, options, _turns, metrics, _stopping.Token);
        _app.Use((http, next) => GuardAsync(http, next, loopback));
        if (options.Web is { } web) UsePage(model, Path.GetFullPath(web));
        _app.UseRouting();
        _app.MapPost("/v1/poses", poses.HandleAsync);
        _app.MapGet("/openapi/v1.json", http => Text(http, "application/json", OpenApiDocument.Text));
        _app.MapGet("/metrics", http => Text(http, ServeMetrics.ContentType, metrics.ToText(_turns.Inside)));
        _app.MapGet("/health", http =>
        {
            var stopping = _stopping.IsCancellationRequested;
            http.Response.StatusCode = stopping ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK;
            return Text(http, "application/json", $"{{\"status\":\"{(stopping ? "stopping" : "ok")}\",\"model\":{JsonSerializer.Serialize(model.Card.Name, Plain.Default.String)}}}\n");
        });
    }

    // The page with the networks that this server has, which the page's own folder need not hold.
    private void UsePage(ServedModel model, string web)
    {
        var (names, files) = (new Dictionary<string, string>(StringComparer.Ordinal), new Dictionary<string, string>(StringComparer.Ordinal));
        // the page runs networks that look at one person's crop
        if (!model.FindsPeople)
        {
            names["pose"] = Path.GetFileName(model.Path);
            files[names["pose"]] = model.Path;
        }

        if (model.DetectorPath is { } detector)
        {
            names["detector"] = Path.GetFileName(detector);
            // two networks of one name, as exporters like to give it, lie in two folders at home and in one here
            if (files.ContainsKey(names["detector"])) names["detector"] = $"detector-{names["detector"]}";
            files[names["detector"]] = detector;
        }

        var manifest = JsonSerializer.Serialize(names, Plain.Default.DictionaryStringString);
        _app.Use(async (http, next) =>
        {
            if (HttpMethods.IsGet(http.Request.Method) && http.Request.Path.StartsWithSegments("/models", out var rest))
            {
                if (rest == "/manifest.json")
                {
                    await Text(http, "application/json", manifest).ConfigureAwait(false);
                    return;
                }

                if (rest.Value is ['/', .. var name] && files.TryGetValue(name, out var path))
                {
                    http.Response.ContentType = "application/octet-stream";
                    http.Response.Headers.CacheControl = "no-cache";
                    await http.Response.SendFileAsync(path, http.RequestAborted).ConfigureAwait(false);
                    return;
                }
            }

            await next(http).ConfigureAwait(false);
        });
        var types = new FileExtensionContentTypeProvider { Mappings = { [".mjs"] = "text/javascript" } };
        var provider = new PhysicalFileProvider(web);
        _app.UseDefaultFiles(new DefaultFilesOptions { FileProvider = provider });
        _app.UseStaticFiles(new StaticFileOptions { FileProvider = provider, ContentTypeProvider = types, OnPrepareResponse = file => file.Context.Response.Headers.CacheControl = "no-cache" });
    }

    private static async Task GuardAsync(HttpContext http, RequestDelegate next, bool loopback)
    {
        // A name that resolves to this machine must not let a page of somebody else's read what is here.
        // An address in figures cannot be made to resolve to anything else.
        if (loopback && !IsLocalhost(http.Request.Host.Host) && !(IPAddress.TryParse(http.Request.Host.Host, out var asked) && IPAddress.IsLoopback(asked)))
        {
            await Problem.WriteAsync(http, StatusCodes.Status421MisdirectedRequest, "this server answers this machine alone; start it with --host for others").ConfigureAwait(false);
            return;
        }

        var headers = http.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        // Only a page that shares nothing with other sites gets several threads.
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Embedder-Policy"] = "require-corp";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        try
        {
            await next(http).ConfigureAwait(false);
            await ExplainAsync(http).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // the client went away
        }
#pragma warning disable CA1031 // the outermost frame of a request: whatever is left is a defect, and the server goes on
        catch (Exception e)
#pragma warning restore CA1031
        {
            await Console.Error.WriteLineAsync($"sinew: {http.Request.Method} {http.Request.Path}: unexpected {e.GetType().Name}: {e.Message.ReplaceLineEndings(" ")}").ConfigureAwait(false);
            await Problem.WriteAsync(http, StatusCodes.Status500InternalServerError, "the server failed; its log says why").ConfigureAwait(false);
        }
    }

    /// <summary>Says in words what routing answers with a bare status.</summary>
    private static Task ExplainAsync(HttpContext http)
    {
        if (http.Response.HasStarted || http.Response.ContentType is not null) return Task.CompletedTask;
        return http.Response.StatusCode switch
        {
            StatusCodes.Status404NotFound => Problem.WriteAsync(http, StatusCodes.Status404NotFound, $"there is nothing at {http.Request.Path}; /openapi/v1.json says what there is"),
            StatusCodes.Status405MethodNotAllowed => Problem.WriteAsync(http, StatusCodes.Status405MethodNotAllowed, $"{http.Request.Path} takes {http.Response.Headers.Allow}, not {http.Request.Method}"),
            _ => Task.CompletedTask,
        };
    }

    private static bool IsLocalhost(string host) => host.Equals("localhost", StringComparison.OrdinalIgnoreCase);

    private static Task Text(HttpContext http, string type, string text)
    {
        http.Response.ContentType = type;
        http.Response.Headers.CacheControl = "no-store";
        return http.Response.WriteAsync(text, http.RequestAborted);
    }

    // Signals are the command's to hear.
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
