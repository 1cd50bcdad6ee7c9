using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.RegularExpressions;
using Sinew.Cli.Commands;
using Sinew.Cli.Frame;
using Sinew.Skeletons;
using Sinew.Training.Recipes;

namespace Sinew.Cli.Tests;

public partial class DocumentationTests
{
    private static readonly string Root = FindRoot();

    public static TheoryData<string> Documents() => [.. Files().Select(f => Path.GetRelativePath(Root, f))];

    [Theory]
    [MemberData(nameof(Documents))]
    public void EveryCommandInADocumentIsAccepted(string document)
    {
        var commands = Blocks(document, "sh").SelectMany(b => b.Split('\n'))
            .Select(line => line.Split('#')[0].Trim())
            .Where(line => CommandPattern().IsMatch(line));

        Assert.All(commands, AssertAccepted);
    }

    [Fact]
    public void EveryExampleOfTheHelpIsAccepted()
    {
        var examples = Descendants(CommandLine.Root(Verbs.All())).OfType<Verb>().SelectMany(v => v.Examples).Distinct().ToArray();

        Assert.NotEmpty(examples);
        Assert.All(examples, AssertAccepted);
    }

    [Fact]
    public void TheReadmesLinesOfCSharpAreThoseThatAreCompiled()
    {
        var compiled = File.ReadAllText(Path.Combine(Root, "tests/Sinew.Cli.Tests/ReadmeExample.cs"));

        Assert.Contains(Unindented(Assert.Single(Blocks("README.md", "csharp"))), Unindented(compiled), StringComparison.Ordinal);
    }

    [Fact]
    public void TheReadmesSkeletonIsOne()
    {
        using var folder = new TemporaryFolder();
        var skeletons = Blocks("README.md", "yaml").Where(b => b.Contains("joints:", StringComparison.Ordinal)).ToArray();

        Assert.NotEmpty(skeletons);
        foreach (var text in skeletons)
        {
            File.WriteAllText(folder.File("skeleton.yaml"), text);
            Assert.Empty(SkeletonChecks.Check(SkeletonFile.Load(folder.File("skeleton.yaml"))));
        }
    }

    [Fact]
    public void TheReadmesRecipeIsOne()
    {
        var text = Assert.Single(Blocks("README.md", "yaml"), b => b.Contains("datasets:", StringComparison.Ordinal));
        Assert.Equal(2, RecipeFile.Parse(text, "README.md").Datasets.Count);
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void LinksInsideTheRepositoryLeadSomewhere(string document)
    {
        var folder = Path.GetDirectoryName(Path.Combine(Root, document))!;
        var links = LinkPattern().Matches(File.ReadAllText(Path.Combine(Root, document))).Select(m => m.Groups[1].Value)
            .Where(l => !l.Contains("://", StringComparison.Ordinal) && !l.StartsWith('#'));

        Assert.All(links, l => Assert.True(Path.Exists(Path.Combine(folder, l.Split('#')[0])), $"{document} links to {l}"));
    }

    [Fact]
    public void APlainWrongCommandWouldBeNoticed() =>
        Assert.NotEmpty(UsageErrors.Of(CommandLine.Parse(CommandLine.Root(Verbs.All()), ["skeleton", "union", "coco17", "--svgg", "x.svg"])));

    private static void AssertAccepted(string command)
    {
        var words = CommandLineParser.SplitCommandLine(command).Skip(1).ToArray();
        var parsed = CommandLine.Parse(CommandLine.Root(Verbs.All()), words);
        var errors = parsed.Action is System.CommandLine.Invocation.CommandLineAction { ClearsParseErrors: true } ? [] : UsageErrors.Of(parsed);
        Assert.True(errors.Count == 0, $"{command}: {string.Join("; ", errors)}");
    }

    private static IEnumerable<Command> Descendants(Command command) => command.Subcommands.SelectMany(Descendants).Prepend(command);

    private static IEnumerable<string> Files() =>
        Directory.GetFiles(Path.Combine(Root, "docs"), "*.md").Append(Path.Combine(Root, "README.md")).Order(StringComparer.Ordinal);

    private static IEnumerable<string> Blocks(string document, string language) =>
        BlockPattern().Matches(File.ReadAllText(Path.Combine(Root, document)))
            .Where(m => m.Groups[1].Value == language).Select(m => m.Groups[2].Value);

    private static string Unindented(string text) => string.Join('\n', text.Split('\n').Select(l => l.Trim())).Trim();

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Sinew.slnx"))) folder = folder.Parent;
        return folder.FullName;
    }

    [GeneratedRegex(@"^(\./)?sinew\s")]
    private static partial Regex CommandPattern();

    [GeneratedRegex(@"^```(\w*)\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex BlockPattern();

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex LinkPattern();
}
