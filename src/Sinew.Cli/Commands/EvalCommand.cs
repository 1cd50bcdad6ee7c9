using System.CommandLine;
using System.Diagnostics;
using Sinew.Cli.Frame;
using Sinew.Cli.Predict;
using Sinew.Evaluation;
using Sinew.Inference;
using Sinew.Training.Estimators;
using Sinew.Training.Recipes;
using Spectre.Console;

namespace Sinew.Cli.Commands;

/// <summary><c>eval</c>: run a model on a labelled set and score it.</summary>
internal static class EvalCommand
{
    public static Verb Build()
    {
        var data = new Option<string>("--data") { Description = "The annotation file", HelpName = "FILE", Required = true };
        var images = new Option<string?>("--images") { Description = "The folder of the pictures (images/ beside the annotations' folder where it is left out)", HelpName = "DIR" };
        var protocol = new Option<string>("--protocol") { Description = "How to score", HelpName = string.Join('|', Scoring.Protocols), DefaultValueFactory = _ => "coco" };
        protocol.AcceptOnlyFromAmong([.. Scoring.Protocols]);
        var skeleton = new Option<string?>("--skeleton") { Description = "The annotations' skeleton, where the file does not say it", HelpName = "NAME|FILE" };
        var joints = new Option<string?>("--joints")
        {
            Description = "Score some joints only: shared (those that the model has too), a skeleton's, or names with commas",
            HelpName = "WHICH",
        };
        var (threshold, reference) = ScoreCommand.PckOptions();
        var errors = new Option<bool>("--errors") { Description = "Count jitter, inversions, swaps and misses per joint" };
        var flip = new Option<bool>("--flip-test") { Description = "Average with the mirrored picture" };
        var save = new Option<string?>("--save")
        {
            Description = "Keep scores, kinds of error and predictions as NAME.json and NAME.predictions.json; in RUN/evaluations, sinew report finds them",
            HelpName = "NAME",
        };
        var device = new Option<string>("--device") { Description = "Where the model runs: cpu, cuda or cuda:N", DefaultValueFactory = _ => "cpu" };
        return new Verb(
            "eval",
            "Run a model on labelled people and score it",
            "sinew eval --model runs/lab-unified/model.safetensors --data data/studio17/annotations/studio17_val.json --images data/studio17/images --protocol coco",
            "sinew eval --model runs/lab-unified --data data/lspet/annotations/lspet_val.json --images data/lspet/images --skeleton lsp14 --protocol pck --joints shared --json -",
            "sinew eval --model runs/lab-unified --data data/studio17/annotations/studio17_val.json --save runs/lab-unified/evaluations/studio17")
        {
            CommonOptions.Model, data, images, protocol, threshold, reference, skeleton, joints, errors, flip, device, save, CommonOptions.Json,
        }.Does((options, terminal, cancel) =>
        {
            var clock = Stopwatch.StartNew();
            var path = options.GetRequiredValue(data);
            var model = options.GetValue(CommonOptions.Model) ?? BuiltInModel.FilePath;
            var kept = options.GetValue(save);
            var files = kept is null ? default : SavedEvaluation.FilesOf(kept);
            OutputFiles.Check(
                [("--data", path), ("--model", model), ("--skeleton", options.GetValue(skeleton))],
                [("--save", files.Scores), ("the predictions of --save", files.Predictions), ("--json", options.GetValue(CommonOptions.Json))]);
            var place = ModelDevice.Of(options.GetRequiredValue(device), model);
            var folder = options.GetValue(images) ?? Path.Combine(Path.GetDirectoryName(Path.GetDirectoryName(Path.GetFullPath(path))) ?? ".", "images");
            var set = EvaluationSet.Load(
                new EvaluationOptions(Path.GetFileNameWithoutExtension(path), path, folder, options.GetRequiredValue(protocol), options.GetValue(skeleton))
                {
                    Threshold = options.GetRequiredValue(threshold),
                    Reference = Scoring.PckReferences[options.GetRequiredValue(reference)],
                },
                terminal.Status.WriteLine);
            set.RequireProtocol();
            using var opened = PredictModel.Open(model, place, options.GetValue(flip), null, new OnnxOptions());
            var estimator = opened.Crops ?? throw new SinewException($"{model}: finds people by itself, not those that are labelled; take a model that looks at crops of people");
            set.RequireBoxes();
            var predicting = Stopwatch.StartNew();
            var results = Progressed(terminal, progress => set.Predict(estimator, progress, cancel));
            predicting.Stop();
            var score = set.Score(results, options.GetValue(joints), options.GetValue(errors) || kept is not null);
            clock.Stop();

            terminal.Out.Write(score.Result.ToText());
            terminal.Out.WriteLine("labelled boxes");
            var evaluation = new SavedEvaluation(
                score.Result, results, set.Data, model, path, folder, options.GetValue(skeleton), clock.Elapsed, predicting.Elapsed);
            if (kept is not null) terminal.Out.WriteLine($"kept: {evaluation.Save(kept)}");
            terminal.WriteJson(evaluation.Write);
            return Task.FromResult(ExitCode.Done);
        });
    }

    private static T Progressed<T>(Terminal terminal, Func<Action<int, int>?, T> work)
    {
        if (!terminal.Status.Profile.Capabilities.Interactive) return work(null);
        return terminal.Status.Progress().Start(context =>
        {
            var bar = context.AddTask("people");
            return work((done, all) =>
            {
                bar.MaxValue = all;
                bar.Value = done;
            });
        });
    }
}
