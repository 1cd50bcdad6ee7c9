using System.CommandLine;
using Sinew.Cli.Frame;
using Sinew.Files;
using Sinew.Reports;
using Spectre.Console;

namespace Sinew.Cli.Commands;

/// <summary><c>report</c>: one page about one or several runs.</summary>
internal static class ReportCommand
{
    public static Verb Build()
    {
        var runs = new Argument<string[]>("run") { Description = "Folders of trainings, or evaluations that eval --json wrote; the first is what the others are compared with", Arity = ArgumentArity.OneOrMore };
        var output = new Option<string?>("--out") { Description = "The page (report.html, or report.md with --markdown, where it is left out)", HelpName = "FILE" };
        var markdown = new Option<bool>("--markdown") { Description = "Write the tables as Markdown instead of a page" };
        return new Verb(
            "report",
            "Write one self-contained page about runs: tables, curves, errors, predictions, differences",
            "sinew report runs/lab-unified runs/lab-no-teachers --out report.html",
            "sinew report runs/lab-unified --markdown --out report.md")
        {
            runs, output, markdown,
        }.Does((options, terminal) =>
        {
            var read = ReportRun.Load(options.GetRequiredValue(runs));
            var path = options.GetValue(output) ?? (options.GetValue(markdown) ? "report.md" : "report.html");
            var now = TimeProvider.System.GetUtcNow();
            AtomicFile.WriteText(path, options.GetValue(markdown) ? MarkdownReport.Of(read, now) : HtmlReport.Of(read, now));
            terminal.Out.WriteLine($"report: {path}");
            return ExitCode.Done;
        });
    }
}
