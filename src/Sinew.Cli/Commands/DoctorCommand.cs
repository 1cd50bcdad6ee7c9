using System.Runtime.InteropServices;
using Sinew.Cli.Frame;
using Spectre.Console;

namespace Sinew.Cli.Commands;

/// <summary><c>doctor</c>: which of the libraries and programs that sinew uses are on this machine.</summary>
internal static class DoctorCommand
{
    private sealed record Part(string Name, string NeededFor, bool Found, string Place);

    public static Verb Build() =>
        new Verb("doctor", "Show what of this machine sinew can use", "sinew doctor") { CommonOptions.Json }.Does((_, terminal) =>
        {
            Part[] parts =
            [
                Library("libturbojpeg.so.0", "JPEG pictures"),
                Library("libpng16.so.16", "PNG pictures"),
                Library("libwebp.so.7", "WebP pictures"),
                Program("ffmpeg", "video"),
            ];
            var machine = $"sinew on .NET {Environment.Version}, {RuntimeInformation.OSDescription}, {Environment.ProcessorCount} processors";
            terminal.Out.WriteLine(machine);
            var table = new Table().Border(TableBorder.Simple).AddColumns("part", "for", "found");
            foreach (var part in parts) table.AddRow(part.Name, part.NeededFor, part.Found ? Markup.Escape(part.Place) : "[red]no[/]");
            terminal.Out.Write(table);
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
                    json.WriteBoolean("found", part.Found);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
                json.WriteEndObject();
            });
            return ExitCode.Done;
        });

    private static Part Library(string name, string neededFor)
    {
        if (!NativeLibrary.TryLoad(name, out var handle)) return new Part(name, neededFor, false, "");
        NativeLibrary.Free(handle);
        return new Part(name, neededFor, true, "yes");
    }

    private static Part Program(string name, string neededFor)
    {
        var place = (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists);
        return new Part(name, neededFor, place is not null, place ?? "");
    }
}
