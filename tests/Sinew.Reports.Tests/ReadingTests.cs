using Sinew.TestSupport;

namespace Sinew.Reports.Tests;

public sealed class ReadingTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_run_is_read_with_its_last_scores()
    {
        var run = Assert.Single(ReportRun.Load([Runs.Write(_folder, "one", 0.6, "big")]));
        Assert.Equal("one", run.Name);
        Assert.Equal(400, run.Log!.Steps);
        Assert.Equal(0.6, run.Find("home", "coco")!.Main!.Value, 1e-9);
        Assert.Equal(0.3, run.Find("away", "pck")!.Main!.Value, 1e-9);
        Assert.Null(run.Find("home", "coco")!.Value("APM"));
        Assert.Equal(21, run.Recipe!.Student!.Count);
        Assert.Equal(["big"], run.Recipe.Teachers);
        // 40 entries a minute apart
        Assert.Equal(39.0 / 60, run.Log.Hours, 1e-2);
    }

    [Fact]
    public void Steps_that_were_done_again_after_a_resume_replace_the_lost_ones()
    {
        var path = _folder.Write("log.jsonl", """
            {"event":"step","step":10,"loss/total":5}
            {"event":"step","step":20,"loss/total":4}
            {"event":"evaluation/home","step":20,"AP":0.5}
            {"event":"step","step":10,"loss/total":6}
            {"event":"step","step":20,"loss/total":3}
            {"event":"step","step":30,"lo
            """);
        var log = LogFile.Read(path);
        Assert.Equal([(10, 6.0), (20, 3.0)], log.Find("loss/total")!.Points);
        Assert.Empty(log.Evaluations["home"]);
    }

    [Fact]
    public void A_saved_evaluation_stands_before_the_log_and_a_subset_beside_it()
    {
        var folder = Runs.Write(_folder, "one", 0.6);
        Directory.CreateDirectory(Path.Combine(folder, "evaluations"));
        File.WriteAllText(Path.Combine(folder, "evaluations", "home.json"), """{"protocol":"coco","people":5,"metrics":{"AP":0.65},"notes":[],"model":"x","data":"/d/home_val.json"}""");
        File.WriteAllText(_folder.File("shared.json"), $$"""{"protocol":"coco","people":5,"metrics":{"AP":0.7},"notes":["joints: nose"],"model":"{{folder}}/model.safetensors","data":"/d/home_val.json"}""");
        File.WriteAllText(_folder.File("other.json"), """{"protocol":"coco","people":5,"metrics":{"AP":0.1},"notes":[],"model":"/elsewhere","data":"/d/home_val.json"}""");
        File.WriteAllText(_folder.File("broken.json"), "{");
        var run = Assert.Single(ReportRun.Load([folder]));
        Assert.Equal(0.65, run.Find("home", "coco")!.Main);
        Assert.Equal(0.7, run.Find("home", "coco", someJoints: true)!.Main);
        Assert.Equal(3, run.Evaluations.Count);
    }

    [Theory]
    [InlineData("""{"protocol":"coco","metrics":{},"people":"x","model":"one"}""", 1)]
    [InlineData("""{"protocol":"coco","metrics":{},"people":null,"model":"one"}""", 1)]
    [InlineData("""{"protocol":"coco","metrics":{"AP":1e999},"model":"one"}""", 1)]
    [InlineData("""{"protocol":"\ud800","metrics":{},"model":"one"}""", 0)]
    [InlineData("""{"protocol":"coco","metrics":{"\ud800":1},"model":"one"}""", 0)]
    [InlineData("""{"protocol":"coco","metrics":{},"model":"\ud800"}""", 0)]
    [InlineData("""{"protocol":"coco","metrics":{},"notes":["\udc00"],"model":"one"}""", 0)]
    public void Files_of_others_beside_a_run_do_no_harm(string json, int evaluations)
    {
        var run = Runs.Write(_folder, "one", 0.6);
        _folder.Write("foreign.json", json);
        var read = Assert.Single(ReportRun.Load([run]));
        Assert.Equal(evaluations, read.Evaluations.Count(e => e.Source == "foreign.json"));
        Assert.DoesNotContain("NaN", HtmlReport.Of([read], DateTimeOffset.UnixEpoch), StringComparison.Ordinal);
        if (evaluations == 0) Says("no evaluation", _folder.File("foreign.json"));
    }

    [Fact]
    public void Values_of_the_log_that_are_not_finite_are_gaps()
    {
        var log = LogFile.Read(_folder.Write("log.jsonl", "{\"event\":\"step\",\"step\":10,\"loss/total\":1e999}\n{\"event\":\"step\",\"step\":20,\"loss/total\":4}\n"));
        Assert.Equal([(20, 4.0)], log.Find("loss/total")!.Points);
    }

    [Fact]
    public void Models_of_others_are_taken_by_their_evaluations()
    {
        var a = _folder.Write("a.json", """{"protocol":"coco","people":5,"metrics":{"AP":0.1},"model":"m/peer.onnx","data":"home_val.json"}""");
        var b = _folder.Write("b.json", """{"protocol":"pck","people":5,"metrics":{"PCK":0.2},"model":"m/peer.onnx","data":"away_val.json"}""");
        var runs = ReportRun.Load([Runs.Write(_folder, "one", 0.6), a, b]);
        Assert.Equal(["one", "peer"], runs.Select(r => r.Name));
        Assert.Equal(0.1, runs[1].Find("home", "coco")!.Main);
        Assert.Equal(0.2, runs[1].Find("away", "pck")!.Main);
    }

    [Fact]
    public void A_run_of_several_stages_is_one_entry_per_stage()
    {
        var run = Directory.CreateDirectory(_folder.File("run")).FullName;
        var (first, second) = (Runs.Write(_folder, "run/one", 0.4), Runs.Write(_folder, "run/two", 0.6));
        File.SetLastWriteTimeUtc(Path.Combine(first, "log.jsonl"), new DateTime(2030, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        File.SetLastWriteTimeUtc(Path.Combine(second, "log.jsonl"), new DateTime(2030, 1, 2, 0, 0, 0, DateTimeKind.Utc));
        Directory.CreateDirectory(Path.Combine(run, "evaluations"));
        File.WriteAllText(Path.Combine(run, "evaluations", "home.json"), """{"protocol":"coco","people":5,"metrics":{"AP":0.65},"notes":[],"model":"run","data":"/d/home_val.json"}""");
        var runs = ReportRun.Load([run]);
        Assert.Equal(["run/one", "run/two"], runs.Select(r => r.Name));
        Assert.Equal((0.4, 0.65), (runs[0].Find("home", "coco")!.Main!.Value, runs[1].Find("home", "coco")!.Main!.Value));
        Assert.Equal(2, runs[1].Evaluations.Count);
    }

    [Fact]
    public void What_cannot_be_reported_is_one_line()
    {
        var empty = Directory.CreateDirectory(_folder.File("empty")).FullName;
        Says("neither a log.jsonl nor an evaluation", empty);
        File.WriteAllText(Path.Combine(empty, "log.jsonl"), "");
        Says("nothing to report yet", empty);
        File.WriteAllText(Path.Combine(empty, "log.jsonl"), "{\"event\":\"step\"}\n");
        Says("log.jsonl:1", empty);
        Says("there is no such", _folder.File("nowhere"));
        var run = Runs.Write(_folder, "one", 0.5);
        File.WriteAllText(Path.Combine(run, "eval.json"), "{\n\"protocol\": ");
        Says("eval.json:2: not valid JSON", run);
        Says("no evaluation", _folder.Write("list.json", "[]"));
        File.WriteAllText(Path.Combine(run, "eval.json"), "{}");
        File.WriteAllText(Path.Combine(run, "recipe.yaml"), "a: [");
        Says("not valid YAML", run);
        File.WriteAllText(Path.Combine(run, "recipe.yaml"), "? &a [*a]\n: b\nname: x\n");
        Says("recipe.yaml:1: a key must be a plain text", run);
        File.WriteAllText(Path.Combine(run, "recipe.yaml"), $"name: x\njoints: {new string('[', 20_000)}");
        Says("deeper than 64 levels", run);
    }

    [Fact]
    public void A_recipe_that_repeats_itself_by_aliases_stays_small()
    {
        var levels = string.Join('\n', Enumerable.Range(1, 20).Select(i => $"l{i}: &l{i} {{a: *l{i - 1}, b: *l{i - 1}, c: *l{i - 1}}}"));
        var recipe = ReportRecipe.Read(_folder.Write("recipe.yaml", $"l0: &l0 {{x: 1}}\n{levels}\n"));
        Assert.InRange(recipe.Values.Count, 1, 4000);
    }

    private static void Says(string expected, string path)
    {
        var error = Assert.Throws<SinewException>(() => ReportRun.Load([path]));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }
}
