using System.CommandLine;
using Sinew.Cli.Frame;
using Sinew.Evaluation;
using Sinew.Skeletons;
using Spectre.Console;

namespace Sinew.Cli.Commands;

/// <summary><c>score</c>: predictions made by anyone against labels.</summary>
internal static class ScoreCommand
{
    public static Verb Build()
    {
        var truth = new Option<string>("--gt") { Description = "The labels, in the form that the protocol's authors publish them", HelpName = "FILE", Required = true };
        var guesses = new Option<string>("--predictions") { Description = "The predictions: COCO keypoint results; for mpii also a list of joints per person", HelpName = "FILE", Required = true };
        var protocol = new Option<string>("--protocol") { Description = "How to score", HelpName = string.Join('|', Scoring.Protocols), DefaultValueFactory = _ => "coco" };
        var labelled = SkeletonOption("--skeleton", "The labels' joints; the protocol's own, or found out from the file, where not given");
        var predicted = SkeletonOption("--predictions-skeleton", "The predictions' joints; the labels' where not given");
        var joints = new Option<string?>("--joints") { Description = "Score these joints alone: shared, a skeleton's, or names with commas", HelpName = "WHICH" };
        var (threshold, reference) = PckOptions();
        var frame = new Option<string>("--mpii-frame")
        {
            Description = "mpii: zero adds 1 to the predictions as MMPose does, labels leaves them", HelpName = "zero|labels", DefaultValueFactory = _ => "zero",
        };
        var heads = new Option<string?>("--heads") { Description = "mpii: mpii_gt_val.mat, for labels without head sizes", HelpName = "FILE" };
        var rescore = new Option<bool>("--rescore") { Description = "Predictions are of detector boxes: rescore and suppress near duplicates as MMPose does" };
        var skip = new Option<bool>("--skip-unknown") { Description = "Leave out predictions for images that the labels do not have" };
        var errors = new Option<bool>("--errors") { Description = "Count jitter, inversions, swaps and misses per joint" };
        protocol.AcceptOnlyFromAmong([.. Scoring.Protocols]);
        frame.AcceptOnlyFromAmong("zero", "labels");
        return new Verb(
            "score",
            "Score predictions made by anyone",
            "sinew score --gt labels.json --predictions results.json --protocol coco",
            "sinew score --gt lsp.json --predictions results.json --protocol pck --threshold 0.2 --json -")
        {
            truth, guesses, protocol, labelled, predicted, joints, threshold, reference, frame, heads, rescore, skip, errors, CommonOptions.Json,
        }.Does((options, terminal) =>
        {
            OutputFiles.Check(
                [("--gt", options.GetRequiredValue(truth)), ("--predictions", options.GetRequiredValue(guesses)), ("--heads", options.GetValue(heads)), (labelled.Name, options.GetValue(labelled)), (predicted.Name, options.GetValue(predicted))],
                [("--json", options.GetValue(CommonOptions.Json))]);
            var result = Scoring.Run(
                Scoring.Parse(options.GetRequiredValue(protocol)), options.GetRequiredValue(truth), options.GetRequiredValue(guesses),
                new ScoringOptions
                {
                    Skeleton = options.GetValue(labelled) is { } own ? SkeletonFile.Resolve(own) : null,
                    PredictedSkeleton = options.GetValue(predicted) is { } other ? SkeletonFile.Resolve(other) : null,
                    Joints = options.GetValue(joints),
                    PckThreshold = options.GetRequiredValue(threshold),
                    PckReference = Scoring.PckReferences[options.GetRequiredValue(reference)],
                    MpiiFrame = options.GetRequiredValue(frame) == "labels" ? MpiiFrame.AsLabels : MpiiFrame.FromZero,
                    HeadBoxes = options.GetValue(heads),
                    RescoreAndSuppress = options.GetValue(rescore),
                    SkipUnknownImages = options.GetValue(skip),
                    Errors = options.GetValue(errors),
                });
            terminal.Out.Write(result.ToText());
            terminal.WriteJson(json =>
            {
                json.WriteStartObject();
                result.WriteMembers(json);
                json.WriteEndObject();
            });
            return ExitCode.Done;
        });
    }

    /// <summary>What is said of PCK, here and in <c>eval</c>.</summary>
    internal static (Option<double> Threshold, Option<string> Reference) PckOptions()
    {
        var threshold = new Option<double>("--threshold") { Description = "pck: right is nearer than this part of the reference", DefaultValueFactory = _ => 0.2 }.Finite(above: 0);
        var reference = new Option<string>("--reference") { Description = "pck: what distances are measured by", HelpName = string.Join('|', Scoring.PckReferences.Keys), DefaultValueFactory = _ => "torso" };
        reference.AcceptOnlyFromAmong([.. Scoring.PckReferences.Keys]);
        return (threshold, reference);
    }

    private static Option<string?> SkeletonOption(string name, string description) => new(name) { Description = description, HelpName = "SKELETON" };
}
