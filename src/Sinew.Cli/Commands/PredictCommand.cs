using System.CommandLine;
using Sinew.Annotations;
using Sinew.Cli.Frame;
using Sinew.Cli.Predict;
using Sinew.Inference;
using Spectre.Console;

namespace Sinew.Cli.Commands;

/// <summary><c>predict</c>: poses of the people in photographs and videos, as records and as pictures.</summary>
internal static class PredictCommand
{
    public static Verb Build()
    {
        var inputs = new Argument<string[]>("input")
        {
            Description = "Photographs, videos, folders of them, patterns ('photos/**/*.jpg'), http(s) addresses of files, cameras (camera:0, /dev/video0)",
            Arity = ArgumentArity.OneOrMore,
        };
        var detector = new Option<string?>("--detector") { Description = "A person detector (.onnx with its card); without one there is one person, anywhere in the picture", HelpName = "FILE" };
        var boxes = new Option<string?>("--boxes") { Description = "People's boxes of the pictures in place of a detector: COCO detections, or labels; frames of videos are then looked at as a whole", HelpName = "FILE" };
        var boxScore = new Option<float?>("--box-score") { Description = "Boxes below this score are left out (the detector's own limit where it is not given)", HelpName = "S" }.Finite();
        var output = new Option<string?>("--out") { Description = "Folder for all that is written; a run that was interrupted goes on there", HelpName = "DIR" };
        var format = new Option<string?>("--format") { Description = "Records in --out: jsonl (poses.jsonl, a line per picture or frame) or coco (poses.json too)", HelpName = "jsonl|coco" };
        format.AcceptOnlyFromAmong("jsonl", "coco");
        var draw = new Option<bool>("--draw") { Description = "Draw pictures and videos into --out (so it is too where no --format is given)" };
        var score = new Option<float>("--min-score") { Description = "Joints below this score are not drawn", DefaultValueFactory = _ => 0.1f }.Finite();
        var track = new Option<bool>("--track") { Description = "Give the people of a video ids that stay" };
        var smooth = new Option<bool>("--smooth") { Description = "Smooth the joints of a video's people over time (One-Euro filter)" };
        var every = new Option<int>("--detect-every") { Description = "Detect people in every Nth frame; between, boxes follow the poses", HelpName = "N", DefaultValueFactory = _ => 1 };
        var frames = new Option<int>("--frames") { Description = "Most frames of each video or camera (0: all)", HelpName = "N" };
        var flip = new Option<bool>("--flip-test") { Description = "Average with the mirrored picture" };
        var device = new Option<string>("--device") { Description = "Where the model runs: cpu, cuda or cuda:N", DefaultValueFactory = _ => "cpu" };
        var megabytes = new Option<int>("--fetch-mb") { Description = "Largest file that is fetched from the web, MB", HelpName = "N", DefaultValueFactory = _ => 256 };
        var seconds = new Option<double>("--fetch-seconds") { Description = "Longest time that fetching one may take", HelpName = "N", DefaultValueFactory = _ => 60 }.Finite();
        var force = new Option<bool>("--force") { Description = "Begin anew where --out holds an earlier run" };
        return new Verb(
            "predict",
            "Find the poses of people in photographs and videos",
            "sinew predict photo.jpg --out drawn",
            "sinew predict --model runs/lab-unified/model.safetensors photo.jpg --out drawn",
            "sinew predict --model models/tinypose.onnx --detector models/rtmdet_nano_person.onnx photos/ --out drawn --json poses.json",
            "sinew predict --model body21.onnx --detector rtmdet.onnx dance.mp4 --track --smooth --detect-every 5 --out dance",
            "sinew predict --model body21.onnx --boxes detections.json val2017/ --format coco --out results")
        {
            inputs, CommonOptions.Model, detector, boxes, boxScore, output, format, draw, score, track, smooth, every, frames, flip, device, megabytes, seconds, force, CommonOptions.Json,
        }.Does(async (options, terminal, cancel) =>
        {
            var asked = new PredictOptions
            {
                Inputs = options.GetRequiredValue(inputs),
                Folder = options.GetValue(output),
                Draw = options.GetValue(output) is not null && (options.GetValue(draw) || options.GetValue(format) is null),
                Coco = options.GetValue(format) == "coco",
                Boxes = options.GetValue(boxes),
                BoxScore = options.GetValue(boxScore),
                Track = options.GetValue(track),
                Smooth = options.GetValue(smooth),
                DetectEvery = AtLeast(1, options.GetValue(every), every.Name),
                Frames = AtLeast(0, options.GetValue(frames), frames.Name),
                MinScore = options.GetValue(score),
                MostFetched = AtLeast(1, options.GetValue(megabytes), megabytes.Name) * 1_000_000L,
                FetchSeconds = options.GetValue(seconds) is > 0 and < 1e6 and var most ? most : throw new SinewException($"{seconds.Name} takes a number of seconds above 0"),
                Force = options.GetValue(force),
            };
            if (asked.Folder is null && !terminal.WantsJson)
                throw new SinewException("nothing to write to: name a folder with --out, or a file for the joints with --json");
            if (asked.Folder is null && (options.GetValue(draw) || options.GetValue(format) is not null))
                throw new SinewException("--draw and --format write into a folder: name it with --out");
            if (asked.Boxes is not null && options.GetValue(detector) is not null) throw new SinewException("--boxes and --detector both say where people are; leave one out");
            var path = options.GetValue(CommonOptions.Model) ?? BuiltInModel.FilePath;
            var written = asked.Folder is null ? [] : PredictFolder.Files(asked.Folder).Select(f => ("a file of --out", (string?)f));
            OutputFiles.Check(
                [("--model", path), ("--detector", options.GetValue(detector)), ("--boxes", asked.Boxes), .. asked.Inputs.Where(i => File.Exists(i) && PredictInput.KindOf(i) is null).Select(i => ("an input", (string?)i))],
                [.. written, ("--json", options.GetValue(CommonOptions.Json))]);
            return await RunAsync(asked, path, options.GetValue(detector), options.GetRequiredValue(device), options.GetValue(flip), terminal, cancel).ConfigureAwait(false);
        });
    }

    private static async Task<int> RunAsync(
        PredictOptions asked, string modelPath, string? detectorPath, string device, bool flip, Terminal terminal, CancellationToken cancel)
    {
        var inputs = new PredictInputs(asked.Inputs, asked.Folder);
        asked = asked with { Apart = PredictModel.IsOnnx(modelPath) && !asked.Follows && inputs.AreMany() };
        // Decoding, two networks and drawing share the cores: threads that wait by spinning would take them from each other.
        var onnx = new OnnxOptions { Spin = false, Threads = asked.Apart ? 1 : 0 };
        var place = ModelDevice.Of(device, modelPath);
        using var model = PredictModel.Open(modelPath, place, flip, asked.BoxScore, onnx);
        if (model.FindsPeople && (detectorPath is not null || asked.Boxes is not null || asked.DetectEvery > 1))
            throw new SinewException($"{modelPath}: finds the people itself; leave out --detector, --boxes and --detect-every");
        // beside weights of a training, which have an engine of their own, it stays on the processor
        var beside = PredictModel.IsOnnx(modelPath) ? ModelDevice.On(onnx, place) : onnx;
        using var detector = detectorPath is null ? null : PersonDetector.Load(detectorPath, new DetectorOptions { Score = asked.BoxScore }, beside);
        var known = asked.Boxes is null ? null : KnownBoxes.Read(asked.Boxes, asked.BoxScore ?? 0);
        using var journal = PredictJournal.Open(
            asked.Folder, asked.Force, asked.Folder is null ? null : () => PredictFolder.Claim(asked.Folder, asked, modelPath, detectorPath, flip, model.Skeleton));
        if (journal.DoneBefore > 0) terminal.Status.WriteLine($"{asked.Folder}: going on after {journal.DoneBefore:N0} that are done (--force begins anew)");

        var outcome = await new PredictRun(asked, model, detector, known, journal, terminal).RunAsync(inputs, cancel).ConfigureAwait(false);
        journal.Flush();
        if (asked.Folder is not null) PredictFolder.WriteFailures(asked.Folder, outcome.Failed);
        var stopped = cancel.IsCancellationRequested && !inputs.AllCameras;
        if (stopped)
        {
            terminal.Fail(asked.Folder is null
                ? $"interrupted after {outcome.Inputs} of the inputs"
                : $"interrupted after {outcome.Inputs + outcome.DoneBefore:N0} inputs, which are kept in {asked.Folder}; the same command goes on from there");
            return ExitCode.Interrupted;
        }

        if (outcome.Inputs + outcome.DoneBefore == 0) throw new SinewException($"no pictures or videos ({PredictInput.Endings}) in {string.Join(", ", asked.Inputs)}");
        if (asked.Coco) PredictFolder.WriteCoco(asked.Folder!, journal.RecordsPath, model.Skeleton.Count, known?.Category ?? CocoResultsWriter.PersonCategory);
        terminal.WriteJson(json =>
        {
            json.WriteStartObject();
            json.WriteStrings("joints", model.Skeleton.Joints.Select(j => j.Name));
            json.WriteStartArray("pictures");
            foreach (var line in PredictFolder.Lines(journal.RecordsPath))
            {
                json.WriteRawValue(line, skipInputValidation: true);
                if (json.BytesPending > 1 << 16) json.Flush();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        });
        return Sum(outcome, asked, terminal);
    }

    private static int Sum(PredictOutcome outcome, PredictOptions asked, Terminal terminal)
    {
        if (outcome.Inputs > 1 || outcome.Pictures > 1)
        {
            var seconds = Math.Max(outcome.Elapsed.TotalSeconds, 1e-3);
            terminal.Status.WriteLine($"{outcome.Pictures:N0} pictures, {outcome.People:N0} people in {seconds:0.0} s ({outcome.People / seconds:0.0} people/s)");
        }

        if (outcome.Unknown > 0) terminal.Warn($"{outcome.Unknown} pictures are not in {asked.Boxes}, and were given no people");
        if (asked.Follows && outcome.Pictures == outcome.Inputs - outcome.Failed.Count && outcome.Pictures > 0)
            terminal.Warn("--track, --smooth and --detect-every are for videos and cameras, and there was none");
        if (outcome.Failed.Count > 0 && outcome.Inputs > 1)
        {
            var list = asked.Folder is null ? "" : $", see {Path.Combine(asked.Folder, "failed.txt")}";
            terminal.Warn($"{outcome.Failed.Count} of {outcome.Inputs} could not be read{list}");
        }

        return outcome.Failed.Count > 0 && outcome.Failed.Count == outcome.Inputs && outcome.DoneBefore == 0 ? ExitCode.BadInput : ExitCode.Done;
    }

    private static int AtLeast(int least, int value, string option) => value >= least ? value : throw new SinewException($"{option} takes {least} or more, not {value}");
}
