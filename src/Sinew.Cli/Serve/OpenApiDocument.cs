using System.Text.Json.Serialization;

namespace Sinew.Cli.Serve;

/// <summary>The description of the endpoints, OpenAPI 3.1.</summary>
internal static class OpenApiDocument
{
    private static readonly Lazy<string> Read = new(() =>
    {
        using var reader = new StreamReader(typeof(OpenApiDocument).Assembly.GetManifestResourceStream("serve/openapi.json")!);
        return reader.ReadToEnd();
    });

    /// <summary>The document's JSON.</summary>
    public static string Text => Read.Value;
}

[JsonSerializable(typeof(Dictionary<string, string>))]
[JsonSerializable(typeof(string))]
internal sealed partial class Plain : JsonSerializerContext;
