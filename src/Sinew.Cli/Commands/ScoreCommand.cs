using System.CommandLine;
using System.Globalization;
using Sinew.Annotations;
using Sinew.Cli.Frame;
using Sinew.Evaluation;
using Sinew.Skeletons;
using Spectre.Console;

namespace Sinew.Cli.Commands;

/// <summary><c>score</c>: predictions made by anyone against labels.</summary>
internal static class ScoreCommand
{
    /// <summary>What a protocol gives.</summary>
    private sealed record Outcome(int People, int Predictions, IReadOnlyList<KeyValuePair<string, double>> Metrics, IReadOnlyList<PckJoint> Joints);

    public static Verb Build()
    {
        var truth = new Option<string>("--gt") { Description = "The labels: a label file of COCO's outline", HelpName = "FILE", Required = true };
        var guesses = new Option<string>("--predictions") { Description = "The predictions: COCO keypoint results", HelpName = "FILE", Required = true };
        var protocol = new Option<string>("--protocol") { Description = "How to score", HelpName = "coco|crowdpose|pck", DefaultValueFactory = _ => "coco" };
        var labelled = SkeletonOption("--skeleton", "The labels' joints; found out from the file where not given");
        var predicted = SkeletonOption("--predictions-skeleton", "The predictions' joints; the labels' where not given");
        var joints = new Option<string?>("--joints") { Description = "Score these joints alone: names, separated by commas", HelpName = "NAMES" };
        var threshold = new Option<double>("--threshold") { Description = "pck: right is nearer than this part of the reference", DefaultValueFactory = _ => 0.2 };
        var reference = new Option<string>("--reference") { Description = "pck: what distances are measured by", HelpName = "torso|box|head", DefaultValueFactory = _ => "torso" };
        protocol.AcceptOnlyFromAmong("coco", "crowdpose", "pck");
        reference.AcceptOnlyFromAmong("torso", "box", "head");
        return new Verb(
            "score",
            "Score predictions made by anyone",
            "sinew score --gt labels.json --predictions results.json --protocol coco",
            "sinew score --gt lsp.json --predictions results.json --protocol pck --threshold 0.2 --json -")
        {
            truth, guesses, protocol, labelled, predicted, joints, threshold, reference, CommonOptions.Json,
        }.Does((options, terminal) =>
        {
            var file = options.GetRequiredValue(truth);
            var how = options.GetRequiredValue(protocol);
            var skeleton = options.GetValue(labelled) is { } name ? SkeletonFile.Resolve(name) : AnnotationReader.Read(file, new() { OnBad = OnBad.Skip }).Skeleton;
            var labels = CocoLabels.Read(file, skeleton);
            var ofPredictions = options.GetValue(predicted) is { } other ? SkeletonFile.Resolve(other) : skeleton;
            var results = CocoResults.Read(options.GetRequiredValue(guesses), ofPredictions, labels.Category);
            var chosen = options.GetValue(joints) is { } names ? Choose(skeleton, names) : null;
            var outcome = how == "pck"
                ? Pck(labels.Labels, results.Results, new PckOptions
                {
                    Joints = chosen,
                    Threshold = options.GetRequiredValue(threshold),
                    Reference = options.GetRequiredValue(reference) switch { "head" => PckReference.Head, "box" => PckReference.Box, _ => PckReference.Torso },
                })
                : Oks(labels.Labels, results.Results, new OksOptions { Joints = chosen, AreaFromBoxes = how == "crowdpose" });
            Remark(terminal, labels, results, ScoredJoints.Between(ofPredictions, skeleton), skeleton);
            Write(terminal, how, outcome);
            WriteJson(terminal, how, skeleton, outcome);
            return ExitCode.Done;
        });
    }

    private static Outcome Oks(PoseLabels labels, PoseResults results, OksOptions how)
    {
        var scores = OksEvaluator.Evaluate(labels, results, how);
        return new Outcome(scores.People, scores.Predictions, scores.Metrics, []);
    }

    private static Outcome Pck(PoseLabels labels, PoseResults results, PckOptions how)
    {
        var scores = PckEvaluator.Evaluate(labels, results, how);
        return new Outcome(scores.People, results.Count, [new("PCK", scores.Pck)], scores.Joints);
    }

    private static int[] Choose(Skeleton skeleton, string names) =>
    [
        .. names.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(name =>
            skeleton.IndexOfName(name) is var j and >= 0
                ? j
                : throw new SinewException($"--joints: '{name}' is not a joint of {skeleton.Name}; it has {string.Join(", ", skeleton.Joints.Select(k => k.Name))}")),
    ];

    private static void Remark(Terminal terminal, CocoLabelsFile labels, CocoResultsFile results, ScoredJoints joints, Skeleton skeleton)
    {
        string Names(IReadOnlyList<int> of) => string.Join(", ", of.Select(j => skeleton.Joints[j].Name));
        if (joints.MissingJoints.Count > 0) terminal.Warn($"the predictions have no {Names(joints.MissingJoints)}: counted as missed");
        if (joints.DerivedJoints.Count > 0) terminal.Warn($"{Names(joints.DerivedJoints)}: taken as midpoints of two predicted joints");
        if (labels.WithoutImage > 0) terminal.Warn($"{labels.WithoutImage} labels left out: their image is not listed");
        if (results.OtherCategories > 0) terminal.Warn($"{results.OtherCategories} predictions left out: of another category than {labels.Category}");
    }

    private static void Write(Terminal terminal, string protocol, Outcome outcome)
    {
        terminal.Out.WriteLine($"{protocol}: {outcome.People} people, {outcome.Predictions} predictions");
        var table = new Table().Border(TableBorder.Simple).AddColumns("", "percent");
        table.Columns[1].RightAligned();
        foreach (var (name, value) in outcome.Metrics) table.AddRow(new Text(name), Percent(value));
        foreach (var joint in outcome.Joints) table.AddRow(new Text(joint.Name), Percent(joint.Pck));
        terminal.Out.Write(table);
    }

    private static void WriteJson(Terminal terminal, string protocol, Skeleton skeleton, Outcome outcome) => terminal.WriteJson(json =>
    {
        json.WriteStartObject();
        json.WriteString("protocol", protocol);
        json.WriteString("skeleton", skeleton.Name);
        json.WriteNumber("people", outcome.People);
        json.WriteNumber("predictions", outcome.Predictions);
        json.WriteStartObject("metrics");
        foreach (var (name, value) in outcome.Metrics) json.WriteNumber(name, value);
        json.WriteEndObject();
        json.WriteStartObject("joints");
        foreach (var joint in outcome.Joints) json.WriteNumber(joint.Name, joint.Pck);
        json.WriteEndObject();
        json.WriteEndObject();
    });

    // A number that is undefined, because nobody is there to be found, is -1.
    private static Text Percent(double value) => new(value < 0 ? "-" : (100 * value).ToString("0.00", CultureInfo.InvariantCulture));

    private static Option<string?> SkeletonOption(string name, string description) => new(name) { Description = description, HelpName = "SKELETON" };
}
