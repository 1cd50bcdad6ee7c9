using System.Globalization;
using System.Text;
using Sinew.Yaml;

namespace Sinew.Skeletons;

/// <summary>
/// Skeletons as YAML files. A file lists <c>joints</c> (name; optionally id, swap, parent; sigma), <c>limbs</c> to draw
/// (<c>left_knee to left_ankle</c>; the parents' limbs where absent) and <c>parts</c> (named lists of joints or of runs
/// <c>first..last</c>), or names the members of a <c>union</c>.
/// </summary>
public static class SkeletonFile
{
    private const int MostJoints = 4096;
    private const int MostMembers = 256;
    private const int DeepestUnion = 8;

    /// <summary>Reads one file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="SinewException">The file is missing or wrong; the message names its line.</exception>
    public static Skeleton Load(string path) => new Files().Load(path);

    /// <summary>Reads a text of the files' form, such as one that <see cref="ToYaml"/> wrote.</summary>
    /// <param name="yaml">The text; the members of a union are built-in skeletons.</param>
    /// <param name="name">The text's name in messages.</param>
    /// <exception cref="SinewException">The text is wrong; the message names its line.</exception>
    public static Skeleton Parse(string yaml, string name) => Read(YamlMap.Parse(yaml, name), BuiltInSkeletons.Get);

    /// <summary>A skeleton as the text of a file, every joint, limb and part written out.</summary>
    /// <param name="skeleton">The skeleton.</param>
    public static string ToYaml(Skeleton skeleton)
    {
        ArgumentNullException.ThrowIfNull(skeleton);
        var text = new StringBuilder();
        text.Append("name: ").Append(Quoted(skeleton.Name)).Append("\njoints:\n");
        foreach (var joint in skeleton.Joints)
        {
            text.Append(CultureInfo.InvariantCulture, $"  - {{name: {Quoted(joint.Name)}, id: {Quoted(joint.Id)}, sigma: {joint.Sigma:R}");
            if (joint.Swap is not null) text.Append(", swap: ").Append(Quoted(joint.Swap));
            if (joint.Parent is not null) text.Append(", parent: ").Append(Quoted(joint.Parent));
            text.Append("}\n");
        }

        if (skeleton.Limbs.Count > 0) text.Append("limbs:\n");
        foreach (var (from, to) in skeleton.Limbs) text.Append("  - ").Append(Quoted($"{skeleton.Joints[from].Name} to {skeleton.Joints[to].Name}")).Append('\n');
        if (skeleton.Parts.Count > 0) text.Append("parts:\n");
        foreach (var (part, members) in skeleton.Parts)
        {
            text.Append("  ").Append(Quoted(part)).Append(": [").AppendJoin(", ", members.Select(j => Quoted(skeleton.Joints[j].Name))).Append("]\n");
        }

        return text.ToString();
    }

    /// <summary>A skeleton by the name of a built-in one, or by the path of a file.</summary>
    /// <param name="nameOrPath">Such as <c>coco17</c> or <c>skeletons/mine.yaml</c>.</param>
    /// <exception cref="SinewException">There is neither, or the file is wrong.</exception>
    public static Skeleton Resolve(string nameOrPath) => new Files().Resolve(nameOrPath, folder: "");

    /// <summary>Reads a skeleton from a parsed file.</summary>
    /// <param name="map">The file's top.</param>
    /// <param name="member">Gives the members of a union by the names that the file uses.</param>
    internal static Skeleton Read(YamlMap map, Func<string, Skeleton> member)
    {
        var name = map.Text("name");
        if (name.Length == 0) throw map.Error("name", "is empty");
        var union = map.Texts("union");
        var joints = map.Maps("joints");
        var limbs = map.Texts("limbs");
        var parts = map.Map("parts");
        map.Done();
        if (union.Length > 0)
        {
            if (union.Length > MostMembers) throw map.Error("union", $"has {union.Length} members, more than {MostMembers}");
            return joints.Length == 0 && limbs.Length == 0 && parts is null
                ? SkeletonUnion.Of(name, [.. union.Select(member)]).Union
                : throw map.Error("union", "stands alone: its members give the joints, limbs and parts");
        }

        if (joints.Length is 0 or > MostJoints) throw map.Error("joints", $"must list 1 to {MostJoints} joints, or the file name a 'union'");
        return FromJoints(map, name, joints, limbs, parts);
    }

    private static string Quoted(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    private static Skeleton FromJoints(YamlMap map, string name, YamlMap[] rows, string[] limbs, YamlMap? parts)
    {
        var joints = new Joint[rows.Length];
        for (var i = 0; i < rows.Length; i++)
        {
            var row = rows[i];
            var joint = row.Text("name");
            joints[i] = new Joint(
                joint, row.Text("id", joint)!, row.Text("swap", null), row.Number("sigma", min: 1e-6, max: 10), row.Text("parent", null));
            row.Done();
        }

        if (SkeletonChecks.Check(joints) is { Count: > 0 } findings)
        {
            var first = findings[0];
            var at = first.Joint >= 0 ? rows[first.Joint] : map;
            throw new SinewException($"{map.File}:{at.Line}: {first.Message}");
        }

        var index = joints.Select((j, i) => (j.Name, i)).ToDictionary(j => j.Name, j => j.i, StringComparer.Ordinal);
        return new Skeleton(
            name,
            joints,
            limbs.Length == 0 ? null : [.. limbs.Select(l => Limb(map, index, l))],
            parts?.Keys.ToDictionary(k => k, k => (IReadOnlyList<int>)Part(parts, index, k), StringComparer.Ordinal));
    }

    private static (int From, int To) Limb(YamlMap map, Dictionary<string, int> index, string text)
    {
        var ends = text.Split(" to ", StringSplitOptions.TrimEntries);
        return ends.Length == 2 && index.TryGetValue(ends[0], out var from) && index.TryGetValue(ends[1], out var to) && from != to
            ? (from, to)
            : throw map.Error("limbs", $"has '{text}', which is not 'JOINT to JOINT' with two of the joints");
    }

    private static List<int> Part(YamlMap parts, Dictionary<string, int> index, string part)
    {
        var (members, seen) = (new List<int>(), new HashSet<int>());
        foreach (var text in parts.Texts(part))
        {
            var ends = text.Split("..", StringSplitOptions.TrimEntries);
            if (ends.Length > 2 || !index.TryGetValue(ends[0], out var first) || !index.TryGetValue(ends[^1], out var last) || first > last)
            {
                throw parts.Error(part, string.Create(
                    CultureInfo.InvariantCulture, $"has '{text}', which is neither a joint nor a run 'FIRST..LAST' of joints"));
            }

            for (var joint = first; joint <= last; joint++)
            {
                if (!seen.Add(joint)) throw parts.Error(part, $"has '{text}', which repeats a joint of the part");
                members.Add(joint);
            }
        }

        return members;
    }

    /// <summary>The files that one skeleton is made of, each read once, however many unions name it.</summary>
    private sealed class Files
    {
        // Null while a file's own members are being read.
        private readonly Dictionary<string, Skeleton?> _read = new(StringComparer.Ordinal);
        private int _depth;

        public Skeleton Resolve(string nameOrPath, string folder)
        {
            ArgumentNullException.ThrowIfNull(nameOrPath);
            if (nameOrPath.Length == 0) throw new SinewException("the name of a skeleton is empty: give a built-in one's, or a file");
            if (BuiltInSkeletons.Find(nameOrPath) is { } builtIn) return builtIn;
            var path = Path.Combine(folder, nameOrPath);
            return File.Exists(path)
                ? Load(path)
                : throw new SinewException(
                    $"'{nameOrPath}' is neither a built-in skeleton ({string.Join(", ", BuiltInSkeletons.Names)}) nor a file");
        }

        public Skeleton Load(string path)
        {
            var full = Path.GetFullPath(path);
            if (_read.TryGetValue(full, out var before)) return before ?? throw new SinewException($"{path}: the union is a member of itself; remove it from its members");
            if (_depth > DeepestUnion) throw new SinewException($"{path}: unions of unions go deeper than {DeepestUnion}; name the members themselves");
            _read.Add(full, null);
            _depth++;
            var skeleton = Read(YamlMap.Load(path), name => Resolve(name, Path.GetDirectoryName(path) ?? ""));
            _depth--;
            _read[full] = skeleton;
            return skeleton;
        }
    }
}
