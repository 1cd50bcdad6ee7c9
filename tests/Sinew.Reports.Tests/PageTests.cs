using System.Diagnostics;
using System.Xml;
using Sinew.TestSupport;

namespace Sinew.Reports.Tests;

public sealed class PageTests : IDisposable
{
    private const string Hostile = "<script>alert(1)</script>\"'&]]>";
    private static readonly DateTimeOffset Now = new(2030, 1, 2, 3, 4, 0, TimeSpan.Zero);

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Two_runs_give_the_papers_tables_curves_and_differences()
    {
        var runs = ReportRun.Load([Runs.Write(_folder, "plain", 0.5), Runs.Write(_folder, "taught", 0.6, "big")]);
        var html = HtmlReport.Of(runs, Now);
        Assert.Contains("Table 1", html, StringComparison.Ordinal);
        Assert.Contains("Table 2", html, StringComparison.Ordinal);
        Assert.Contains("Table 3", html, StringComparison.Ordinal);
        Assert.Contains("Table 4", html, StringComparison.Ordinal);
        Assert.DoesNotContain("Table 5", html, StringComparison.Ordinal);
        // the mean of AP 60 and PCK 30, the best of its column
        Assert.Contains("<td class=\"n best\">45.00</td>", html, StringComparison.Ordinal);
        Assert.Contains("<td class=\"n\">+10.00</td>", html, StringComparison.Ordinal);
        Assert.Contains("teachers.big.model", html, StringComparison.Ordinal);
        Assert.Contains("<h3>home: AP</h3>", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("http://", html.Replace("http://www.w3.org/2000/svg", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.DoesNotContain("https://", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Groups_of_joints_are_means_of_left_and_right()
    {
        var table = PaperTables.All(ReportRun.Load([Runs.Write(_folder, "one", 0.5)])).Single(t => t.Title.StartsWith("Table 4", StringComparison.Ordinal));
        var knee = table.Columns.Select((c, i) => (c, i)).Single(c => c.c.Name == "knee").i;
        Assert.Equal("40.00", Assert.Single(table.Rows)[knee].Text);
    }

    [Fact]
    public void Groups_that_differ_in_case_alone_are_one()
    {
        var evaluation = _folder.Write("x.json", """{"protocol":"mpii","metrics":{"PCKh":0.5,"groups":{"Knee":0.25,"knee":0.75}}}""");
        var table = PaperTables.All(ReportRun.Load([evaluation])).Single(t => t.Title.StartsWith("Table 4", StringComparison.Ordinal));
        Assert.Single(table.Columns, c => c.Name.Equals("knee", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public void Names_from_files_never_become_markup()
    {
        var run = Runs.Write(_folder, "one", 0.5);
        var text = File.ReadAllText(Path.Combine(run, "recipe.yaml"));
        File.WriteAllText(Path.Combine(run, "recipe.yaml"), text.Replace("name: home", $"name: '{Hostile.Replace("'", "''", StringComparison.Ordinal)}'", StringComparison.Ordinal));
        Directory.CreateDirectory(Path.Combine(run, "evaluations"));
        var inJson = System.Text.Json.JsonSerializer.Serialize(Hostile);
        File.WriteAllText(Path.Combine(run, "evaluations", "x.json"), $$$$$"""
            {"protocol":"pck","people":3,"metrics":{"PCK":0.5,"joints":{{{{{{inJson}}}}}:0.5}},"notes":[],"model":{{{{{inJson}}}}},"data":{{{{{inJson}}}}},
            "predictions":"../../etc/passwd","predicted_joints":[{"name":{{{{{inJson}}}}},"id":"x"}],
            "errors":{"joints":{{{{{{inJson}}}}}:{"labelled":1,"good":1,"similarity":1}}}}
            """);
        var runs = ReportRun.Load([run]);
        Assert.All(runs[0].Evaluations, e => Assert.Null(e.Predictions));
        var html = HtmlReport.Of(runs, Now);
        Assert.DoesNotContain("<script", html, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("&lt;script&gt;", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", MarkdownReport.Of(runs, Now), StringComparison.OrdinalIgnoreCase);
        WellFormed(html);
    }

    [Fact]
    public void A_run_that_has_barely_begun_is_shown()
    {
        var run = Directory.CreateDirectory(_folder.File("young")).FullName;
        File.WriteAllText(Path.Combine(run, "log.jsonl"), "{\"event\":\"step\",\"step\":10,\"loss/total\":\"NaN\",\"learning_rate\":0}\n");
        var html = HtmlReport.Of(ReportRun.Load([run]), Now);
        Assert.Contains("No model has been scored yet", html, StringComparison.Ordinal);
        WellFormed(html);
    }

    [Fact]
    public void Markdown_has_the_tables()
    {
        var text = MarkdownReport.Of(ReportRun.Load([Runs.Write(_folder, "plain", 0.5), Runs.Write(_folder, "taught|x", 0.6, "big")]), Now);
        var rows = text.Split('\n').Where(l => l.StartsWith('|')).ToArray();
        Assert.Contains(rows, r => r.Contains("**45.00**", StringComparison.Ordinal));
        Assert.Contains(rows, r => r.Contains("taught\\|x", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_page_opens_in_chromium_without_a_word_on_its_console()
    {
        var chromium = Environment.GetEnvironmentVariable("PATH")!.Split(':').SelectMany(p => new[] { Path.Combine(p, "chromium"), Path.Combine(p, "chromium-browser") }).FirstOrDefault(File.Exists);
        Assert.SkipWhen(chromium is null, "needs chromium");
        var page = _folder.Write("report.html", HtmlReport.Of(ReportRun.Load([Runs.Write(_folder, "plain", 0.5), Runs.Write(_folder, "taught", 0.6, "big")]), Now));
        var (dom, log) = await Open(chromium!, page);
        Assert.Contains("Table 1", dom, StringComparison.Ordinal);
        Assert.DoesNotContain(log.Split('\n'), l => l.Contains("CONSOLE", StringComparison.Ordinal));

        // the same look finds what a page with an error says
        var wrong = _folder.Write("wrong.html", (await File.ReadAllTextAsync(page)).Replace("</main>", "<script>1</script></main>", StringComparison.Ordinal));
        Assert.Contains((await Open(chromium!, wrong)).Log.Split('\n'), l => l.Contains("CONSOLE", StringComparison.Ordinal));
    }

    private async Task<(string Dom, string Log)> Open(string chromium, string page)
    {
        using var process = Process.Start(new ProcessStartInfo(
            chromium,
            ["--headless", "--no-sandbox", "--disable-gpu", "--disable-extensions", $"--user-data-dir={_folder.File("profile")}", "--enable-logging=stderr", "--dump-dom", "file://" + page])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var log = process.StandardError.ReadToEndAsync();
        var dom = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (dom, await log);
    }

    // every element that is opened is closed, and every attribute quoted: the body is well-formed XML but for HTML's void elements
    private static void WellFormed(string html)
    {
        var body = html[html.IndexOf("<body>", StringComparison.Ordinal)..(html.IndexOf("</body>", StringComparison.Ordinal) + "</body>".Length)];
        using var reader = XmlReader.Create(new StringReader(body));
        while (reader.Read())
        {
        }
    }
}
