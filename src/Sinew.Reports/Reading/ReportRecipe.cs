using System.Globalization;
using Sinew.Skeletons;
using Sinew.Yaml;
using YamlDotNet.RepresentationModel;

namespace Sinew.Reports;

/// <summary>
/// A training's recipe as a report shows it: its text, and every key with its value. Keys are not checked here, so that a
/// recipe of another version can be shown too.
/// </summary>
public sealed class ReportRecipe
{
    private const int MostKeys = 4000;
    private const int Deepest = 24;
    private const long LargestFile = 8 << 20;

    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    private ReportRecipe(string text) => Text = text;

    /// <summary>The file's text.</summary>
    public string Text { get; }

    /// <summary>Keys and values in the file's order; items of a list go by their <c>name</c>, or by their number.</summary>
    public IReadOnlyDictionary<string, string> Values => _values;

    /// <summary>Names of the data sets that it trains on.</summary>
    public IReadOnlyList<string> Datasets => Named("datasets");

    /// <summary>Names of its teachers.</summary>
    public IReadOnlyList<string> Teachers => Named("teachers");

    /// <summary>The network's size: t, s, m, l, x; the whole name where it is of another family.</summary>
    public string? Size => Find("student.model") is { } model ? model.StartsWith("rtmpose-", StringComparison.Ordinal) ? model["rtmpose-".Length..] : model : null;

    /// <summary>Reads a recipe.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="SinewException">The file cannot be read, or is no YAML.</exception>
    public static ReportRecipe Read(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (new FileInfo(path).Length > LargestFile) throw new SinewException($"{path}: larger than {LargestFile >> 20} MB, which no recipe needs to be");
        var recipe = new ReportRecipe(File.ReadAllText(path));
        var stream = YamlText.Load(recipe.Text, path);
        if (stream.Documents.Count > 0) recipe.Add(stream.Documents[0].RootNode, "", 0);
        return recipe;
    }

    /// <summary>A key's value; null where it is absent or empty.</summary>
    /// <param name="key">Keys joined by dots.</param>
    public string? Find(string key) => _values.GetValueOrDefault(key) is { Length: > 0 } value ? value : null;

    /// <summary>The name and protocol under which the recipe evaluates a label file; null where it does not.</summary>
    /// <param name="annotations">The label file.</param>
    public string? EvaluationOf(string annotations) =>
        Named("evaluations").FirstOrDefault(e => Find($"evaluations.{e}.annotations") is { } own && Path.GetFileName(own) == Path.GetFileName(annotations));

    /// <summary>The data sets' skeletons as far as the recipe names them and they can be found.</summary>
    public IReadOnlyList<(string Dataset, Skeleton Skeleton)> Skeletons =>
        [.. Datasets.Select(d => (Name: d, Skeleton: Resolve(Find($"datasets.{d}.skeleton")))).Where(d => d.Skeleton is not null).Select(d => (d.Name, d.Skeleton!))];

    /// <summary>The joints that the student predicts: those that the recipe names, or the union of its data sets'; null where not known.</summary>
    public Skeleton? Student => Resolve(Find("student.skeleton")) ?? (Skeletons is { Count: > 0 } members && members.Count == Datasets.Count
        ? SkeletonUnion.Of([.. members.Select(m => m.Skeleton)]).Union : null);

    private static Skeleton? Resolve(string? name)
    {
        try
        {
            return name is null ? null : SkeletonFile.Resolve(name);
        }
        catch (SinewException)
        {
            // a skeleton's file may lie on another machine: the report then goes without the drawing
            return null;
        }
    }

    private string[] Named(string list) => [.. _values.Keys
        .Where(k => k.StartsWith(list + ".", StringComparison.Ordinal) && k.EndsWith(".name", StringComparison.Ordinal))
        .Select(k => _values[k]).Distinct(StringComparer.Ordinal)];

    private void Add(YamlNode node, string path, int depth)
    {
        // an alias may repeat a group without end
        if (depth > Deepest || _values.Count >= MostKeys) return;
        switch (node)
        {
            case YamlMappingNode map:
                foreach (var (key, value) in map.Children) Add(value, Inside(path, (key as YamlScalarNode)?.Value ?? "?"), depth + 1);
                break;
            case YamlSequenceNode list when list.Children.All(c => c is YamlScalarNode):
                _values[path] = $"[{string.Join(", ", list.Children.Select(c => ((YamlScalarNode)c).Value))}]";
                break;
            case YamlSequenceNode list:
                for (var i = 0; i < list.Children.Count; i++)
                {
                    var name = (list.Children[i] as YamlMappingNode)?.Children.TryGetValue(new YamlScalarNode("name"), out var own) == true ? (own as YamlScalarNode)?.Value : null;
                    Add(list.Children[i], Inside(path, name ?? i.ToString(CultureInfo.InvariantCulture)), depth + 1);
                }

                break;
            case YamlScalarNode scalar:
                _values[path] = scalar.Value ?? "";
                break;
        }
    }

    private static string Inside(string path, string key) => path.Length == 0 ? key : $"{path}.{key}";
}
