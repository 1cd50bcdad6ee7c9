using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Sinew.Cli.Serve;

/// <summary>Errors as RFC 9457 has them: one line that says what is wrong and what to do.</summary>
internal static class Problem
{
    // Quotes stay quotes: the document goes into no HTML page.
    private static readonly JsonWriterOptions Layout = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static async Task WriteAsync(HttpContext http, int status, string detail, bool retry = false)
    {
        if (http.Response.HasStarted) return;
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/problem+json";
        if (retry) http.Response.Headers.RetryAfter = "1";
        // The rest of such a request is not read, so nothing can follow it.
        if (status is StatusCodes.Status408RequestTimeout or StatusCodes.Status413PayloadTooLarge) http.Response.Headers.Connection = "close";
        using var memory = new MemoryStream();
        using (var json = new Utf8JsonWriter(memory, Layout))
        {
            json.WriteStartObject();
            json.WriteString("title", ReasonPhrases.GetReasonPhrase(status));
            json.WriteNumber("status", status);
            json.WriteString("detail", detail);
            json.WriteEndObject();
        }

        await http.Response.Body.WriteAsync(memory.GetBuffer().AsMemory(0, (int)memory.Length), http.RequestAborted).ConfigureAwait(false);
    }
}
