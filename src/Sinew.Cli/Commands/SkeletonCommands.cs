using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Sinew.Cli.Frame;
using Sinew.Files;
using Sinew.Reports;
using Sinew.Skeletons;
using Spectre.Console;

namespace Sinew.Cli.Commands;

/// <summary><c>skeleton list|show|union|check</c>.</summary>
internal static class SkeletonCommands
{
    private static readonly Option<string?> Svg = new("--svg") { Description = "Draw it on a standing figure, as an SVG file", HelpName = "FILE" };

    public static Verb Build() =>
        new("skeleton", "The joints of the data sets, and their unions", "sinew skeleton union coco17 mpii16")
        {
            List(), Show(), Union(), Check(),
        };

    private static Verb List() =>
        new Verb("list", "List the built-in skeletons", "sinew skeleton list", "sinew skeleton list --json -") { CommonOptions.Json }.Does((_, terminal) =>
        {
            var skeletons = BuiltInSkeletons.Names.Select(BuiltInSkeletons.Get).ToArray();
            var table = new Table().Border(TableBorder.Simple).AddColumns("name", "joints", "limbs", "parts");
            table.Columns[1].RightAligned();
            table.Columns[2].RightAligned();
            foreach (var s in skeletons)
            {
                table.AddRow(new Text(s.Name), Number(s.Count), Number(s.Limbs.Count), new Text(string.Join(", ", s.Parts.Keys)));
            }

            terminal.Out.Write(table);
            terminal.WriteJson(json =>
            {
                json.WriteStartObject();
                json.WriteStartArray("skeletons");
                foreach (var s in skeletons)
                {
                    json.WriteStartObject();
                    json.WriteString("name", s.Name);
                    json.WriteNumber("joints", s.Count);
                    json.WriteNumber("limbs", s.Limbs.Count);
                    json.WriteStrings("parts", s.Parts.Keys);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
                json.WriteEndObject();
            });
            return ExitCode.Done;
        });

    private static Verb Show()
    {
        var which = new Argument<string>("skeleton") { Description = "The name of a built-in skeleton, or a YAML file" };
        return new Verb("show", "Show one skeleton as a tree", "sinew skeleton show body21", "sinew skeleton show coco17 --svg coco17.svg")
        {
            which, Svg, CommonOptions.Json,
        }.Does((options, terminal) =>
        {
            var skeleton = SkeletonFile.Resolve(options.GetRequiredValue(which));
            terminal.Out.Write(TreeOf(skeleton));
            WriteParts(terminal, skeleton);
            WriteSvg(options, () => SkeletonSvg.Of(skeleton));
            terminal.WriteJson(json =>
            {
                json.WriteStartObject();
                WriteSkeleton(json, skeleton);
                json.WriteEndObject();
            });
            return ExitCode.Done;
        });
    }

    private static Verb Union()
    {
        var which = new Argument<string[]>("skeleton")
        {
            Description = "Names of built-in skeletons, or YAML files, in the order that the union's joints follow",
            Arity = ArgumentArity.OneOrMore,
        };
        return new Verb(
            "union",
            "Tie skeletons together: which joints are shared, which are one's own",
            "sinew skeleton union coco17 mpii16",
            "sinew skeleton union coco17 mpii16 crowdpose14 --json union.json --svg union.svg")
        {
            which, Svg, CommonOptions.Json,
        }.Does((options, terminal) =>
        {
            var union = SkeletonUnion.Of([.. options.GetRequiredValue(which).Select(SkeletonFile.Resolve)]);
            WriteUnion(terminal, union);
            WriteSvg(options, () => SkeletonSvg.Of(union));
            terminal.WriteJson(json => WriteUnion(json, union));
            return ExitCode.Done;
        });
    }

    private static Verb Check()
    {
        var which = new Argument<string[]>("skeleton")
        {
            Description = "Names of built-in skeletons, or YAML files; two or more are checked as a union too. All built-in ones where none is named",
            Arity = ArgumentArity.ZeroOrMore,
        };
        return new Verb(
            "check",
            "Check swaps, canonical ids, limbs, sigmas, and that flips fit the union",
            "sinew skeleton check",
            "sinew skeleton check coco17 mine.yaml")
        {
            which, CommonOptions.Json,
        }.Does((options, terminal) =>
        {
            var names = options.GetValue(which) ?? [];
            var results = Check(names.Length == 0 ? BuiltInSkeletons.Names : names, asUnion: names.Length > 1);
            foreach (var (name, findings) in results)
            {
                terminal.Out.WriteLine(findings.Count == 0 ? $"{name}: good" : $"{name}: {findings.Count} found");
                foreach (var finding in findings) terminal.Out.WriteLine($"  {finding}");
            }

            var good = results.All(r => r.Findings.Count == 0);
            terminal.WriteJson(json =>
            {
                json.WriteStartObject();
                json.WriteBoolean("good", good);
                json.WriteStartArray("skeletons");
                foreach (var (name, findings) in results)
                {
                    json.WriteStartObject();
                    json.WriteString("name", name);
                    json.WriteStartArray("findings");
                    foreach (var finding in findings)
                    {
                        json.WriteStartObject();
                        json.WriteString("rule", finding.Rule);
                        json.WriteString("message", finding.Message);
                        json.WriteEndObject();
                    }

                    json.WriteEndArray();
                    json.WriteEndObject();
                }

                json.WriteEndArray();
                json.WriteEndObject();
            });
            return good ? ExitCode.Done : ExitCode.Failed;
        });
    }

    private static List<(string Name, IReadOnlyList<SkeletonFinding> Findings)> Check(IReadOnlyList<string> names, bool asUnion)
    {
        var results = new List<(string, IReadOnlyList<SkeletonFinding>)>();
        var loaded = new List<Skeleton>();
        foreach (var name in names)
        {
            try
            {
                loaded.Add(SkeletonFile.Resolve(name));
                results.Add((name, SkeletonChecks.Check(loaded[^1])));
            }
            catch (SinewException e)
            {
                // A file that breaks a rule is what this verb is asked for: it is a finding, and the next one is looked at.
                results.Add((name, [new SkeletonFinding("file", -1, e.Message)]));
            }
        }

        if (asUnion && loaded.Count == names.Count)
        {
            var union = SkeletonUnion.Of([.. loaded]);
            results.Add(($"the union {union.Union.Name}", SkeletonChecks.Check(union)));
        }

        return results;
    }

    private static Tree TreeOf(Skeleton skeleton)
    {
        var tree = new Tree($"{Markup.Escape(skeleton.Name)}: {skeleton.Count} joints, {skeleton.Limbs.Count} limbs");
        var nodes = new TreeNode[skeleton.Count];
        void Add(int joint, IHasTreeNodes parent)
        {
            nodes[joint] = parent.AddNode(new Text(Describe(skeleton, joint)));
            for (var child = 0; child < skeleton.Count; child++)
            {
                if (skeleton.ParentIndices[child] == joint) Add(child, nodes[joint]);
            }
        }

        for (var joint = 0; joint < skeleton.Count; joint++)
        {
            if (skeleton.ParentIndices[joint] < 0) Add(joint, tree);
        }

        return tree;
    }

    private static string Describe(Skeleton skeleton, int index)
    {
        var joint = skeleton.Joints[index];
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{index} {joint.Name}");
        if (joint.Id != joint.Name) text.Append(CultureInfo.InvariantCulture, $" (is {joint.Id})");
        text.Append(CultureInfo.InvariantCulture, $"  sigma {joint.Sigma}");
        if (joint.Swap is not null) text.Append(CultureInfo.InvariantCulture, $"  swaps with {skeleton.SwapIndices[index]}");
        return text.ToString();
    }

    private static void WriteParts(Terminal terminal, Skeleton skeleton)
    {
        foreach (var (part, joints) in skeleton.Parts) terminal.Out.WriteLine($"part {part}: {joints.Count} joints");
    }

    private static void WriteUnion(Terminal terminal, SkeletonUnion union)
    {
        var own = union.Members.Select((m, i) => $"{union.UniqueOf(i).Count} only in {m.Name}");
        terminal.Out.WriteLine($"{union.Union.Name}: {union.Union.Count} joints, {union.Shared.Count} shared, {string.Join(", ", own)}");
        var table = new Table().Border(TableBorder.Simple).AddColumns(["", "joint", .. union.Members.Select(m => Markup.Escape(m.Name))]);
        var maps = union.Members.Select(m => JointMapping.Between(union.Union, m)).ToArray();
        for (var joint = 0; joint < union.Union.Count; joint++)
        {
            table.AddRow(
            [
                Number(joint),
                new Text(union.Union.Joints[joint].Name),
                .. maps.Select(map => map.TargetOf[joint] is var own and >= 0 ? new Text($"{own} {map.To.Joints[own].Name}") : new Text("")),
            ]);
        }

        terminal.Out.Write(table);
    }

    private static void WriteUnion(Utf8JsonWriter json, SkeletonUnion union)
    {
        // A skeleton may be given twice, or two files may have one name: the later is then NAME#2.
        var names = new List<string>();
        foreach (var member in union.Members)
        {
            var before = union.Members.Take(names.Count).Count(m => m.Name == member.Name);
            names.Add(before == 0 ? member.Name : $"{member.Name}#{before + 1}");
        }

        json.WriteStartObject();
        WriteSkeleton(json, union.Union);
        json.WriteStrings("members", names);
        json.WriteStrings("shared", union.Shared.Select(j => union.Union.Joints[j].Name));
        json.WriteStartObject("unique");
        for (var m = 0; m < names.Count; m++) json.WriteStrings(names[m], union.UniqueOf(m).Select(j => union.Union.Joints[j].Name));
        json.WriteEndObject();
        json.WriteStartObject("mappings");
        for (var m = 0; m < names.Count; m++) json.WriteNumbers(names[m], union.MapOf(m));

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteSkeleton(Utf8JsonWriter json, Skeleton skeleton)
    {
        json.WriteString("name", skeleton.Name);
        json.WriteStartArray("joints");
        for (var i = 0; i < skeleton.Count; i++)
        {
            var joint = skeleton.Joints[i];
            json.WriteStartObject();
            json.WriteNumber("index", i);
            json.WriteString("name", joint.Name);
            json.WriteString("id", joint.Id);
            json.WriteString("swap", joint.Swap);
            json.WriteNumber("sigma", joint.Sigma);
            json.WriteString("parent", joint.Parent);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("limbs");
        foreach (var (from, to) in skeleton.Limbs)
        {
            json.WriteStartArray();
            json.WriteNumberValue(from);
            json.WriteNumberValue(to);
            json.WriteEndArray();
        }

        json.WriteEndArray();
        json.WriteStartObject("parts");
        foreach (var (part, joints) in skeleton.Parts) json.WriteNumbers(part, joints);

        json.WriteEndObject();
    }

    private static void WriteSvg(ParseResult options, Func<string> draw)
    {
        if (options.GetValue(Svg) is { } file) AtomicFile.WriteText(file, draw());
    }

    private static Text Number(int value) => new(value.ToString(CultureInfo.InvariantCulture));
}
