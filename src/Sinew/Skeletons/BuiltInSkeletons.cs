using System.Collections.Concurrent;
using Sinew.Yaml;

namespace Sinew.Skeletons;

/// <summary>The skeletons that come with the library, as YAML data files of the form that <see cref="SkeletonFile"/> reads.</summary>
public static class BuiltInSkeletons
{
    private const string Prefix = "skeleton/";

    private static readonly ConcurrentDictionary<string, Skeleton> Loaded = new(StringComparer.Ordinal);

    /// <summary>The names, in alphabetical order.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        .. typeof(BuiltInSkeletons).Assembly.GetManifestResourceNames()
            .Where(n => n.StartsWith(Prefix, StringComparison.Ordinal))
            .Select(n => n[Prefix.Length..])
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>The skeleton of this name.</summary>
    /// <param name="name">One of <see cref="Names"/>, such as <c>coco17</c>.</param>
    /// <exception cref="SinewException">There is none of this name.</exception>
    public static Skeleton Get(string name) =>
        Find(name) ?? throw new SinewException($"no built-in skeleton is named '{name}': there are {string.Join(", ", Names)}");

    /// <summary>The skeleton of this name, or null.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    public static Skeleton? Find(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return Names.Contains(name) ? Loaded.GetOrAdd(name, Read) : null;
    }

    /// <summary>The skeletons that a built-in one is the union of; empty where it is none, or there is none of this name.</summary>
    /// <param name="name">A name.</param>
    public static IReadOnlyList<Skeleton> MembersOf(string name) =>
        Names.Contains(name) ? [.. Open(name).Texts("union").Select(Get)] : [];

    private static Skeleton Read(string name) => SkeletonFile.Read(Open(name), Get);

    private static YamlMap Open(string name)
    {
        using var stream = typeof(BuiltInSkeletons).Assembly.GetManifestResourceStream(Prefix + name)!;
        using var reader = new StreamReader(stream);
        return YamlMap.Parse(reader.ReadToEnd(), $"{name}.yaml (built in)");
    }
}
