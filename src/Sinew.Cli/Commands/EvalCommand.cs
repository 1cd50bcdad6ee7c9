using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Sinew.Cli.Frame;
using Sinew.Skeletons;
using Sinew.Tensors;
using Sinew.Training.Recipes;
using Sinew.Training.Scoring;
using Spectre.Console;

namespace Sinew.Cli.Commands;

/// <summary><c>eval</c>: run a model on a labelled set and score it.</summary>
internal static class EvalCommand
{
    public static Verb Build()
    {
        var model = new Option<string>("--model") { Description = "The model: .safetensors, .onnx, a model card, or a run's folder", HelpName = "FILE", Required = true };
        var data = new Option<string>("--data") { Description = "The annotation file", HelpName = "FILE", Required = true };
        var images = new Option<string?>("--images") { Description = "The folder of the pictures (images/ beside the annotations' folder where it is left out)", HelpName = "DIR" };
        var protocol = new Option<string>("--protocol") { Description = "coco (OKS AP) or pck (PCK@0.2 of the torso)", HelpName = "NAME", DefaultValueFactory = _ => "coco" };
        protocol.AcceptOnlyFromAmong("coco", "pck");
        var skeleton = new Option<string?>("--skeleton") { Description = "The annotations' skeleton, where the file does not say it", HelpName = "NAME|FILE" };
        var joints = new Option<string?>("--joints")
        {
            Description = "Score some joints only: shared (COCO's and MPII's common twelve), a skeleton's, or names with commas",
            HelpName = "WHICH",
        };
        var flip = new Option<bool>("--flip-test") { Description = "Average with the mirrored picture" };
        var device = new Option<string>("--device") { Description = "cpu, cuda or cuda:N", DefaultValueFactory = _ => "cpu" };
        return new Verb(
            "eval",
            "Run a model on labelled people and score it",
            "sinew eval --model runs/lab-unified/model.safetensors --data data/studio17/annotations/studio17_val.json --images data/studio17/images --protocol coco",
            "sinew eval --model runs/lab-unified --data data/lspet/annotations/lspet_val.json --images data/lspet/images --skeleton lsp14 --protocol pck --joints shared --json -")
        {
            model, data, images, protocol, skeleton, joints, flip, device, CommonOptions.Json,
        }.Does((options, terminal, cancel) =>
        {
            var clock = Stopwatch.StartNew();
            var path = options.GetRequiredValue(data);
            var folder = options.GetValue(images) ?? Path.Combine(Path.GetDirectoryName(Path.GetDirectoryName(Path.GetFullPath(path))) ?? ".", "images");
            var set = EvaluationSet.Load(
                new EvaluationOptions(Path.GetFileNameWithoutExtension(path), path, folder, options.GetRequiredValue(protocol), options.GetValue(skeleton)),
                terminal.Status.WriteLine);
            var scored = options.GetValue(joints) is { } which ? JointsOf(which, set.Data.Skeleton) : null;
            Torch.Threads = Environment.ProcessorCount;
            using var opened = EstimatorFile.Open(options.GetRequiredValue(model), Device.Parse(options.GetRequiredValue(device)), options.GetValue(flip));
            var results = Progressed(terminal, progress => set.Predict(opened.Estimator, progress, cancel));
            var score = set.Score(results, scored);
            clock.Stop();

            terminal.Out.WriteLine($"{score.Name}: {score.People} people, labelled boxes, {(scored is null ? "all" : scored.Length.ToString(CultureInfo.InvariantCulture))} joints");
            terminal.Out.WriteLine(score.Summary);
            if (score.Joints.Count > 0)
            {
                var table = new Table().Border(TableBorder.Simple).AddColumns("joint", "PCK@0.2");
                table.Columns[1].RightAligned();
                foreach (var (name, value) in score.Joints) table.AddRow(name, value < 0 ? "-" : (value * 100).ToString("0.0", CultureInfo.InvariantCulture));
                terminal.Out.Write(table);
            }

            terminal.WriteJson(json =>
            {
                json.WriteStartObject();
                json.WriteString("protocol", score.Protocol);
                json.WriteNumber("people", score.People);
                json.WriteStartObject("metrics");
                foreach (var (name, value) in score.Metrics) json.WriteNumber(name, value);
                if (score.Joints.Count > 0)
                {
                    json.WriteStartObject("joints");
                    foreach (var (name, value) in score.Joints) json.WriteNumber(name, value);
                    json.WriteEndObject();
                }

                json.WriteEndObject();
                json.WriteString("model", options.GetRequiredValue(model));
                json.WriteString("data", path);
                json.WriteString("boxes", "labelled");
                json.WriteNumber("seconds", Math.Round(clock.Elapsed.TotalSeconds, 3));
                json.WriteEndObject();
            });
            return Task.FromResult(ExitCode.Done);
        });
    }

    /// <summary>The labels' joints that an option of <c>--joints</c> means.</summary>
    internal static int[] JointsOf(string which, Skeleton labels)
    {
        int[] found;
        if (which == "shared")
        {
            var (coco, mpii) = (BuiltInSkeletons.Get("coco17"), BuiltInSkeletons.Get("mpii16"));
            found = [.. Enumerable.Range(0, labels.Count).Where(j => coco.IndexOfId(labels.Joints[j].Id) >= 0 && mpii.IndexOfId(labels.Joints[j].Id) >= 0)];
        }
        else if (BuiltInSkeletons.Find(which) is { } other)
        {
            found = [.. Enumerable.Range(0, labels.Count).Where(j => other.IndexOfId(labels.Joints[j].Id) >= 0)];
        }
        else
        {
            found = [.. which.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(name => labels.IndexOfName(name) is var j and >= 0
                ? j
                : throw new SinewException($"--joints {which}: {labels} has no joint '{name}'; its joints are {string.Join(", ", labels.Joints.Select(k => k.Name))}"))];
        }

        return found.Length > 0 ? found : throw new SinewException($"--joints {which}: none of the joints is in {labels}");
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
