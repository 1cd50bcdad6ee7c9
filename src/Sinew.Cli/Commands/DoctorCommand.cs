using System.Runtime.InteropServices;
using Sinew.Cli.Frame;
using Sinew.Inference;
using Sinew.Tensors;
using Sinew.Tensors.Distributed;
using Spectre.Console;

namespace Sinew.Cli.Commands;

/// <summary><c>doctor</c>: which of the libraries and programs that sinew uses can be loaded, and what is missing otherwise.</summary>
internal static class DoctorCommand
{
    private sealed record Part(string Name, string NeededFor, string? Found, string? Trouble = null);

    public static Verb Build() =>
        new Verb("doctor", "Show what of this machine sinew can use", "sinew doctor", "sinew doctor --json -") { CommonOptions.Json }.Does((_, terminal) =>
        {
            Part[] parts =
            [
                Library("libturbojpeg.so.0", "JPEG pictures"),
                Library("libpng16.so.16", "PNG pictures"),
                Library("libwebp.so.7", "WebP pictures"),
                Try("ONNX Runtime", "inference", () => $"{OnnxRuntime.Get().Version}, {OnnxRuntime.Get().Path}"),
                Try("libtorch", "training", () => $"{Torch.Version}, CUDA {(Torch.CudaAvailable ? "yes" : "no")}"),
                Try("BLAS", "training speed", () => Torch.BlasLibrary),
                Try("Gloo", "training in several processes", () =>
                {
                    using var meeting = MeetingPlace.Open("127.0.0.1", 0);
                    return "libtorch's own";
                }),
                Program("ffmpeg", "video"),
            ];
            terminal.Out.WriteLine($".NET {Environment.Version}, {RuntimeInformation.OSDescription}, {Environment.ProcessorCount} processors");
            var table = new Table().Border(TableBorder.Simple).AddColumns("part", "for", "found");
            foreach (var part in parts)
            {
                table.AddRow(new Text(part.Name), new Text(part.NeededFor), part.Found is null ? new Text("no", Color.Red) : new Text(part.Found));
            }

            terminal.Out.Write(table);
            foreach (var part in parts.Where(p => p.Trouble is not null)) terminal.Warn($"{part.Name}: {part.Trouble}");
            terminal.WriteJson(json =>
            {
                json.WriteStartObject();
                json.WriteString("dotnet", Environment.Version.ToString());
                json.WriteString("system", RuntimeInformation.OSDescription);
                json.WriteNumber("processors", Environment.ProcessorCount);
                json.WriteStartArray("parts");
                foreach (var part in parts)
                {
                    json.WriteStartObject();
                    json.WriteString("name", part.Name);
                    json.WriteString("for", part.NeededFor);
                    json.WriteString("found", part.Found);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
                json.WriteEndObject();
            });
            return ExitCode.Done;
        });

    private static Part Try(string name, string neededFor, Func<string> find)
    {
        try
        {
            return new Part(name, neededFor, find());
        }
        catch (SinewException e)
        {
            return new Part(name, neededFor, null, e.Message);
        }
    }

    private static Part Library(string name, string neededFor)
    {
        if (!NativeLibrary.TryLoad(name, out var handle)) return new Part(name, neededFor, null);
        NativeLibrary.Free(handle);
        return new Part(name, neededFor, "yes");
    }

    private static Part Program(string name, string neededFor) => new(
        name,
        neededFor,
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists));
}
