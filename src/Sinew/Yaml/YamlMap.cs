using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Sinew.Yaml;

/// <summary>
/// A strict view of a YAML mapping: every key must be asked for, or <see cref="Done"/> refuses the file with the line and the
/// nearest key that is known. Values are plain scalars, lists and mappings; tags and aliases are not followed into types.
/// </summary>
public sealed class YamlMap
{
    /// <summary>Larger files than this are refused before they are parsed.</summary>
    public const int MaxBytes = 8 << 20;

    private readonly YamlMappingNode _node;
    private readonly string _file;
    private readonly string _path;
    private readonly SortedSet<string> _known = new(StringComparer.Ordinal);

    private YamlMap(YamlMappingNode node, string file, string path) => (_node, _file, _path) = (node, file, path);

    /// <summary>Line of the mapping's first key, from 1.</summary>
    public long Line => _node.Start.Line;

    /// <summary>The file's name, as errors give it.</summary>
    public string File => _file;

    /// <summary>The keys in the file's order.</summary>
    public IEnumerable<string> Keys => _node.Children.Keys.OfType<YamlScalarNode>().Select(k => k.Value ?? "");

    /// <summary>Reads a file whose top is a mapping.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="SinewException">The file is missing, too large, no YAML, or its top is no mapping.</exception>
    public static YamlMap Load(string path)
    {
        if (!System.IO.File.Exists(path)) throw new SinewException($"{path}: there is no such file");
        if (new FileInfo(path).Length > MaxBytes) throw new SinewException($"{path}: larger than {MaxBytes >> 20} MB, which no such file needs to be");
        return Parse(System.IO.File.ReadAllText(path), path);
    }

    /// <summary>Reads a text whose top is a mapping.</summary>
    /// <param name="text">YAML.</param>
    /// <param name="file">Name for errors.</param>
    /// <exception cref="SinewException">The text is no YAML, or its top is no mapping.</exception>
    public static YamlMap Parse(string text, string file)
    {
        var stream = YamlText.Load(text, file);
        return stream.Documents.Count == 1 && stream.Documents[0].RootNode is YamlMappingNode map
            ? new YamlMap(map, file, "")
            : throw new SinewException($"{file}:1: expected one document with 'key: value' lines at its top");
    }

    /// <summary>True where the key is there with a value (not null).</summary>
    /// <param name="key">The key.</param>
    public bool Has(string key) => Find(key) is not null;

    /// <summary>A text that must be there.</summary>
    /// <param name="key">The key.</param>
    public string Text(string key) => Find(key) switch
    {
        YamlScalarNode s => s.Value ?? "",
        null => throw Missing(key),
        var n => throw Wrong(n, key, "a text"),
    };

    /// <summary>A text, or the given one where the key is absent.</summary>
    /// <param name="key">The key.</param>
    /// <param name="otherwise">What is returned where the key is absent.</param>
    public string? Text(string key, string? otherwise) => Has(key) ? Text(key) : otherwise;

    /// <summary>One of several texts.</summary>
    /// <typeparam name="T">What the texts stand for.</typeparam>
    /// <param name="key">The key.</param>
    /// <param name="choices">The texts that are allowed, with their meanings.</param>
    /// <param name="otherwise">The text that stands where the key is absent; null if it must be there.</param>
    public T Choice<T>(string key, IReadOnlyDictionary<string, T> choices, string? otherwise = null)
    {
        var text = otherwise is null ? Text(key) : Text(key, otherwise)!;
        return choices.TryGetValue(text, out var value) ? value
            : throw Wrong(Find(key)!, key, $"one of {string.Join(", ", choices.Keys)}", text);
    }

    /// <summary>A number.</summary>
    /// <param name="key">The key.</param>
    /// <param name="otherwise">What is returned where the key is absent; null if it must be there.</param>
    /// <param name="min">Smallest value allowed.</param>
    /// <param name="max">Largest value allowed.</param>
    public double Number(string key, double? otherwise = null, double min = double.NegativeInfinity, double max = double.PositiveInfinity)
    {
        var node = Find(key);
        if (node is null) return otherwise ?? throw Missing(key);
        return ToNumber(node, key, min, max);
    }

    /// <summary>A whole number.</summary>
    /// <param name="key">The key.</param>
    /// <param name="otherwise">What is returned where the key is absent; null if it must be there.</param>
    /// <param name="min">Smallest value allowed.</param>
    /// <param name="max">Largest value allowed.</param>
    public int Whole(string key, int? otherwise = null, int min = int.MinValue, int max = int.MaxValue)
    {
        var value = Number(key, otherwise, min, max);
        return value == Math.Floor(value) ? (int)value : throw Wrong(Find(key)!, key, "a whole number");
    }

    /// <summary>true or false.</summary>
    /// <param name="key">The key.</param>
    /// <param name="otherwise">What is returned where the key is absent; null if it must be there.</param>
    public bool Flag(string key, bool? otherwise = null)
    {
        var node = Find(key);
        if (node is null) return otherwise ?? throw Missing(key);
        return (node as YamlScalarNode)?.Value switch
        {
            "true" => true,
            "false" => false,
            _ => throw Wrong(node, key, "true or false"),
        };
    }

    /// <summary>A list of numbers, or the given one where the key is absent.</summary>
    /// <param name="key">The key.</param>
    /// <param name="count">How many there must be; null for any number.</param>
    /// <param name="otherwise">What is returned where the key is absent; null if it must be there.</param>
    public double[] Numbers(string key, int? count = null, double[]? otherwise = null)
    {
        var node = Find(key);
        if (node is null) return otherwise ?? throw Missing(key);
        if (node is not YamlSequenceNode list) throw Wrong(node, key, "a list of numbers");
        if (count is { } n && list.Children.Count != n) throw Wrong(node, key, $"a list of {n} numbers");
        return [.. list.Select(item => ToNumber(item, key, double.NegativeInfinity, double.PositiveInfinity))];
    }

    /// <summary>A list of texts; empty where the key is absent.</summary>
    /// <param name="key">The key.</param>
    public string[] Texts(string key) => Find(key) switch
    {
        null => [],
        YamlSequenceNode list => [.. list.Select(i => (i as YamlScalarNode)?.Value ?? throw Wrong(i, key, "a list of texts"))],
        var n => throw Wrong(n, key, "a list of texts"),
    };

    /// <summary>A mapping inside this one; null where the key is absent.</summary>
    /// <param name="key">The key.</param>
    public YamlMap? Map(string key) => Find(key) switch
    {
        null => null,
        YamlMappingNode m => new YamlMap(m, _file, Inside(key)),
        var n => throw Wrong(n, key, "'key: value' lines"),
    };

    /// <summary>A list of mappings; empty where the key is absent.</summary>
    /// <param name="key">The key.</param>
    public YamlMap[] Maps(string key) => Find(key) switch
    {
        null => [],
        YamlSequenceNode list => [.. list.Select((item, i) => item is YamlMappingNode m
            ? new YamlMap(m, _file, $"{Inside(key)}.{i.ToString(CultureInfo.InvariantCulture)}")
            : throw Wrong(item, key, "a list of 'key: value' groups"))],
        var n => throw Wrong(n, key, "a list of 'key: value' groups"),
    };

    /// <summary>Puts a scalar at a dotted key, as if the file had said it; groups on the way are made where they lack.</summary>
    /// <param name="dottedKey">Keys joined by dots; items of lists by their number from 0.</param>
    /// <param name="value">The scalar; an empty one removes the key. <c>[a, b]</c> is read as a list.</param>
    /// <exception cref="SinewException">The way leads through a scalar, or past a list's end.</exception>
    public void Set(string dottedKey, string value)
    {
        ArgumentNullException.ThrowIfNull(dottedKey);
        ArgumentNullException.ThrowIfNull(value);
        var keys = dottedKey.Split('.');
        YamlNode node = _node;
        for (var i = 0; i < keys.Length; i++)
        {
            var last = i == keys.Length - 1;
            if (node is YamlMappingNode map)
            {
                var key = new YamlScalarNode(keys[i]);
                if (last)
                {
                    map.Children.Remove(key);
                    if (value.Length > 0) map.Children[key] = Value(dottedKey, value);
                    return;
                }

                if (!map.Children.TryGetValue(key, out var next)) map.Children[key] = next = new YamlMappingNode();
                node = next;
            }
            else if (node is YamlSequenceNode list && int.TryParse(keys[i], NumberStyles.None, CultureInfo.InvariantCulture, out var index))
            {
                if (index >= list.Children.Count) throw new SinewException($"{dottedKey}={value}: the list has {list.Children.Count} items, there is no item {index}");
                if (last)
                {
                    list.Children[index] = Value(dottedKey, value);
                    return;
                }

                node = list.Children[index];
            }
            else
            {
                throw new SinewException($"{dottedKey}={value}: '{string.Join('.', keys[..i])}' is no group with a '{keys[i]}' in it");
            }
        }
    }

    /// <summary>
    /// This mapping with another laid over it, group by group; lists and scalars of the other replace those here. Both stay as they
    /// are, and all keys of the result are still to be asked for.
    /// </summary>
    /// <param name="other">What is laid over; all its keys count as asked for there.</param>
    /// <param name="without">Keys of this mapping that are left out.</param>
    public YamlMap Over(YamlMap other, params string[] without)
    {
        ArgumentNullException.ThrowIfNull(other);
        ArgumentNullException.ThrowIfNull(without);
        foreach (var key in other.Keys) other._known.Add(key);
        var whole = Merged(_node, other._node);
        foreach (var key in without) whole.Children.Remove(new YamlScalarNode(key));
        return new YamlMap(whole, _file, "");
    }

    /// <summary>The mapping as YAML, with what <see cref="Set"/> changed.</summary>
    public string ToYaml()
    {
        using var writer = new StringWriter();
        new YamlStream(new YamlDocument(_node)).Save(writer, assignAnchors: false);
        return writer.ToString();
    }

    /// <summary>Refuses keys that nobody asked for, here; call it last.</summary>
    /// <exception cref="SinewException">There is an unknown key; the message names its line and the nearest known key.</exception>
    public void Done()
    {
        foreach (var key in _node.Children.Keys)
        {
            var name = (key as YamlScalarNode)?.Value ?? "";
            if (_known.Contains(name)) continue;
            throw new SinewException($"{_file}:{key.Start.Line}: unknown key '{Inside(name)}'{Hint(name)}");
        }
    }

    /// <summary>An error at this key's line.</summary>
    /// <param name="key">The key.</param>
    /// <param name="message">What is wrong, and what to do.</param>
    public SinewException Error(string key, string message) =>
        new($"{_file}:{Find(key)?.Start.Line ?? Line}: '{Inside(key)}' {message}");

    private static YamlMappingNode Merged(YamlMappingNode below, YamlMappingNode above)
    {
        var whole = new YamlMappingNode();
        foreach (var (key, value) in below.Children) whole.Children[key] = value is YamlMappingNode group ? Merged(group, new YamlMappingNode()) : value;
        foreach (var (key, value) in above.Children)
        {
            whole.Children[key] = value is YamlMappingNode group
                ? Merged(below.Children.TryGetValue(key, out var own) && own is YamlMappingNode ownGroup ? ownGroup : new YamlMappingNode(), group)
                : value;
        }

        return whole;
    }

    private static YamlNode Value(string key, string value)
    {
        if (!value.StartsWith('[')) return new YamlScalarNode(value);
        return Parse($"value: {value}", key).Find("value")!;
    }

    private static string Scalar(YamlNode node) => node is YamlScalarNode s ? $"'{s.Value}'" : node is YamlSequenceNode ? "a list" : "a group";

    private YamlNode? Find(string key)
    {
        _known.Add(key);
        return _node.Children.TryGetValue(new YamlScalarNode(key), out var node)
            && node is not YamlScalarNode { Value: null or "" or "null" or "~", Style: ScalarStyle.Plain }
            ? node
            : null;
    }

    private string Hint(string name) => Nearest.Of(name, _known.Where(k => !Keys.Contains(k))) is { } meant
        ? $": did you mean '{meant}'?"
        : $": known here are {string.Join(", ", _known)}";

    private double ToNumber(YamlNode node, string key, double min, double max)
    {
        if (node is not YamlScalarNode { Value: { } text }
            || !double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            || !double.IsFinite(value))
        {
            throw Wrong(node, key, "a number");
        }

        return value >= min && value <= max ? value
            : throw Wrong(node, key, double.IsInfinity(max) ? $"at least {min}" : $"from {min} to {max}");
    }

    private string Inside(string key) => _path.Length == 0 ? key : $"{_path}.{key}";

    // Whoever lacks a key has often mistyped it.
    private SinewException Missing(string key) => new(
        $"{_file}:{Line}: '{Inside(key)}' is missing{(Nearest.Of(key, Keys.Where(k => !_known.Contains(k))) is { } meant ? $": is it meant by '{meant}'?" : "")}");

    private SinewException Wrong(YamlNode node, string key, string expected, string? got = null) =>
        new($"{_file}:{node.Start.Line}: '{Inside(key)}' must be {expected}, not {(got is null ? Scalar(node) : $"'{got}'")}");
}
