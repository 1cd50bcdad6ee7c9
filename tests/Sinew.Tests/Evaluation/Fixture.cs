using System.Text.Json;

namespace Sinew.Tests.Evaluation;

/// <summary>Files of the tests' own, and temporary ones made of them.</summary>
internal sealed class Fixture : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("sinew-tests-");

    internal static string Path(string name) => System.IO.Path.Combine(AppContext.BaseDirectory, "Evaluation", "Fixtures", name);

    internal static JsonElement Json(string name)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Path(name)));
        return document.RootElement.Clone();
    }

    internal static double[] Numbers(JsonElement list) => [.. list.EnumerateArray().Select(n => n.GetDouble())];

    /// <summary>Puts a text into a file of its own.</summary>
    internal string Write(string name, string content)
    {
        var path = System.IO.Path.Combine(_folder.FullName, name);
        File.WriteAllText(path, content);
        return path;
    }

    internal (string Labels, string Predictions) Files(JsonElement set) =>
        (Write("labels.json", set.GetProperty("labels").GetRawText()), Write("predictions.json", set.GetProperty("predictions").GetRawText()));

    public void Dispose() => _folder.Delete(recursive: true);
}
