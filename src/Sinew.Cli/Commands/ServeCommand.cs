using System.CommandLine;
using Sinew.Cli.Frame;
using Sinew.Cli.Serve;
using Sinew.Inference;
using Spectre.Console;

namespace Sinew.Cli.Commands;

/// <summary><c>serve</c>: a model behind HTTP, with the page that runs it in the browser.</summary>
internal static class ServeCommand
{
    /// <summary>The folder of the built page, where <c>--web</c> does not name one.</summary>
    public const string WebVariable = "SINEW_WEB";

    public static Verb Build()
    {
        var defaults = new ServeOptions();
        var model = new Option<string?>("--model") { Description = "The pose network: an ONNX file, or its card (the one that comes with Sinew where it is left out)", HelpName = "FILE" };
        var detector = new Option<string?>("--detector") { Description = "A person detector (.onnx); without one there is one person, anywhere in the picture", HelpName = "FILE" };
        var host = new Option<string>("--host") { Description = "Address to listen on; 0.0.0.0 for everybody who reaches this machine", DefaultValueFactory = _ => defaults.Host, HelpName = "IP" };
        var port = new Option<int>("--port") { Description = "Port to listen on; 0 takes a free one", DefaultValueFactory = _ => defaults.Port, HelpName = "N" };
        var web = new Option<string?>("--web") { Description = "Folder of the built page; 'none' serves the endpoints alone", HelpName = "DIR" };
        var megabytes = new Option<int>("--max-megabytes") { Description = "The largest request", DefaultValueFactory = _ => (int)(defaults.MaxBytes >> 20), HelpName = "N" };
        var megapixels = new Option<int>("--max-megapixels") { Description = "The largest picture", DefaultValueFactory = _ => (int)(defaults.MaxPixels / 1_000_000), HelpName = "N" };
        var seconds = new Option<double>("--timeout") { Description = "Seconds that a request may take", DefaultValueFactory = _ => defaults.Timeout.TotalSeconds, HelpName = "S" }.Finite();
        var concurrency = new Option<int>("--concurrency") { Description = "Requests that are worked on at the same time", DefaultValueFactory = _ => defaults.Concurrency, HelpName = "N" };
        var queue = new Option<int>("--queue") { Description = "Requests that may wait; more are refused", DefaultValueFactory = _ => defaults.Queue, HelpName = "N" };
        return new Verb(
            "serve",
            "Serve a model over HTTP, with a page that runs it in the browser",
            "sinew serve",
            "sinew serve --model body21.onnx --detector rtmdet_nano_person.onnx --host 0.0.0.0 --port 80")
        {
            model, detector, host, port, web, megabytes, megapixels, seconds, concurrency, queue,
        }.Does(async (options, terminal, cancel) =>
        {
            var settings = new ServeOptions
            {
                Host = options.GetRequiredValue(host),
                Port = InRange(options.GetValue(port), "--port", 0, 65535),
                Web = PageFolder(options.GetValue(web)),
                MaxBytes = (long)InRange(options.GetValue(megabytes), "--max-megabytes", 1, 1024) << 20,
                MaxPixels = InRange(options.GetValue(megapixels), "--max-megapixels", 1, 500) * 1_000_000L,
                Timeout = options.GetValue(seconds) is > 0 and <= 3600 and var s ? TimeSpan.FromSeconds(s) : throw new SinewException($"--timeout {options.GetValue(seconds)}: give more than 0 and up to 3600 seconds"),
                Concurrency = InRange(options.GetValue(concurrency), "--concurrency", 1, 1024),
                Queue = InRange(options.GetValue(queue), "--queue", 0, 100_000),
            };
            using var served = ServedModel.Open(options.GetValue(model) ?? BuiltInModel.FilePath, options.GetValue(detector));
            var server = await PoseServer.StartAsync(served, settings, cancel).ConfigureAwait(false);
            await using (server.ConfigureAwait(false))
            {
                if (settings.Web is null) terminal.Status.WriteLine("sinew: without the page (docs/browser.md says how it is built); the endpoints are there");
                terminal.Out.WriteLine($"{served.Card.Name} ({served.Skeleton.Count} joints) at {server.Address} (Ctrl-C ends it)");
                await Task.Delay(Timeout.Infinite, cancel).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default).ConfigureAwait(false);
                terminal.Status.WriteLine("sinew: stopping; requests that are inside are answered");
                await server.StopAsync().ConfigureAwait(false);
            }

            return ExitCode.Done;
        });
    }

    private static int InRange(int value, string option, int min, int max) =>
        value >= min && value <= max ? value : throw new SinewException($"{option} {value}: give {min} to {max}");

    /// <summary>What was named; else the folder of the environment; else <c>web</c> beside the program; null where there is none.</summary>
    private static string? PageFolder(string? named)
    {
        if (named == "none") return null;
        if (named is not null) return HasPage(named) ? named : throw new SinewException($"{named}: no page is there (index.html); build it as docs/browser.md says, or give --web none");
        string?[] usual = [Environment.GetEnvironmentVariable(WebVariable), Path.Combine(AppContext.BaseDirectory, "web")];
        return usual.FirstOrDefault(f => !string.IsNullOrEmpty(f) && HasPage(f));
    }

    private static bool HasPage(string folder) => File.Exists(Path.Combine(folder, "index.html"));
}
