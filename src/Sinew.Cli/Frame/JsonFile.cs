using System.Text.Encodings.Web;
using System.Text.Json;
using Sinew.Files;

namespace Sinew.Cli.Frame;

/// <summary>Writes one JSON document to standard output or, whole or not at all, to a file.</summary>
internal static class JsonFile
{
    /// <summary>The path that means standard output.</summary>
    public const string StandardOutput = "-";

    // The relaxed encoder leaves '+' and letters of other languages as they are; the document goes into no HTML page.
    private static readonly JsonWriterOptions Layout = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <exception cref="SinewException">The file cannot be written.</exception>
    public static void Write(string path, Action<Utf8JsonWriter> write)
    {
        if (path == StandardOutput)
        {
            // Whole or not at all, here too: what cannot be written to its end is found out before the first byte.
            using var document = new MemoryStream();
            WriteTo(document, write);
            using var output = Console.OpenStandardOutput();
            document.WriteTo(output);
            return;
        }

        AtomicFile.Write(path, stream => WriteTo(stream, write));
    }

    private static void WriteTo(Stream stream, Action<Utf8JsonWriter> write)
    {
        using (var json = new Utf8JsonWriter(stream, Layout)) write(json);
        stream.WriteByte((byte)'\n');
        stream.Flush();
    }
}
