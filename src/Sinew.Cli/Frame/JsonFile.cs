using System.Text.Json;

namespace Sinew.Cli.Frame;

/// <summary>Writes one JSON document to standard output or, whole or not at all, to a file.</summary>
internal static class JsonFile
{
    /// <summary>The path that means standard output.</summary>
    public const string StandardOutput = "-";

    private static readonly JsonWriterOptions Layout = new() { Indented = true };

    /// <exception cref="SinewException">The file cannot be written.</exception>
    public static void Write(string path, Action<Utf8JsonWriter> write)
    {
        if (path == StandardOutput)
        {
            using var output = Console.OpenStandardOutput();
            WriteTo(output, write);
            return;
        }

        OutputFile.Write(path, stream => WriteTo(stream, write));
    }

    private static void WriteTo(Stream stream, Action<Utf8JsonWriter> write)
    {
        using (var json = new Utf8JsonWriter(stream, Layout)) write(json);
        stream.WriteByte((byte)'\n');
        stream.Flush();
    }
}
