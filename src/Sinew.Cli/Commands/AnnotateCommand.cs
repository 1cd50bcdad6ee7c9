using System.CommandLine;
using System.IO.Compression;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Sinew.Annotations;
using Sinew.Cli.Annotate;
using Sinew.Cli.Frame;
using Sinew.Cli.Predict;
using Sinew.Files;
using Sinew.Inference;
using Sinew.Skeletons;
using Sinew.Training.Data;
using Spectre.Console;

namespace Sinew.Cli.Commands;

/// <summary><c>annotate</c>: extend a label file by the joints that a model knows and it does not.</summary>
internal static class AnnotateCommand
{
    public static Verb Build()
    {
        var data = new Option<string>("--data") { Description = "The label file: COCO's outline, or MPII as MMPose hands it on", HelpName = "FILE", Required = true };
        var images = new Option<string?>("--images") { Description = "The folder of the pictures (images/ beside the labels' folder where it is left out)", HelpName = "DIR" };
        var output = new Option<string>("--out") { Description = "The extended label file; its skeleton and the list for review are written beside it", HelpName = "FILE", Required = true };
        var skeleton = new Option<string?>("--skeleton") { Description = "The joints that the result has (the labels' and then the model's where it is left out)", HelpName = "NAME|FILE" };
        var own = new Option<string?>("--data-skeleton") { Description = "The labels' own skeleton, where the file does not say it", HelpName = "NAME|FILE" };
        var review = new Option<string?>("--review") { Description = "Where the list for review goes (review.json beside --out where it is left out)", HelpName = "FILE" };
        var sure = new Option<double>("--min-score") { Description = "Predicted joints that score less get COCO's flag 1 instead of 2", DefaultValueFactory = _ => 0.3 }.Finite();
        var fill = new Option<bool>("--fill") { Description = "Also predict joints that the data set has but a person's label lacks" };
        var everybody = new Option<bool>("--unlabelled") { Description = "Also predict people without a single label" };
        var flip = new Option<bool>("--flip-test") { Description = "Average with the mirrored picture" };
        var device = new Option<string>("--device") { Description = "Where the model runs: cpu, cuda or cuda:N", DefaultValueFactory = _ => "cpu" };
        var force = new Option<bool>("--force") { Description = "Replace files that are there" };
        return new Verb(
            "annotate",
            "Extend a label file to a model's skeleton",
            "sinew annotate --model body21.onnx --data labels.json --images photos --out labels21.json",
            "sinew annotate --model runs/lab-unified --data data/studio17/annotations/studio17_val.json --out studio21.json --skeleton body21")
        {
            CommonOptions.Model, data, images, output, skeleton, own, review, sure, fill, everybody, flip, device, force, CommonOptions.Json,
        }.Does(async (options, terminal, cancel) =>
        {
            var path = options.GetRequiredValue(data);
            var to = options.GetRequiredValue(output);
            var about = Path.Combine(Path.GetDirectoryName(to) ?? "", $"{WithoutEnding(to)}.skeleton.yaml");
            var list = options.GetValue(review) ?? Path.Combine(Path.GetDirectoryName(to) ?? "", "review.json");
            if (Path.GetFullPath(path) == Path.GetFullPath(to)) throw new SinewException($"{to}: the labels themselves are never overwritten; give another file with --out");
            OutputFiles.Check(
                [("--data", path), ("--model", options.GetValue(CommonOptions.Model)), ("--skeleton", options.GetValue(skeleton)), ("--data-skeleton", options.GetValue(own))],
                [("--out", to), ("the skeleton beside --out", about), ("--review", list), ("--json", options.GetValue(CommonOptions.Json))]);
            foreach (var file in new[] { to, about, list })
            {
                if (File.Exists(file) && !options.GetValue(force)) throw new SinewException($"{file}: is there already; give another name, or replace it with --force");
            }

            var labels = AnnotationReader.Read(
                path, new ReadOptions { OnBad = OnBad.Skip, Skeleton = options.GetValue(own) is { } name ? SkeletonFile.Resolve(name) : null }, out var report);
            if (report.Format is AnnotationFormat.Jhmdb or AnnotationFormat.MpiiTrb or AnnotationFormat.PoseTrack18)
                throw new SinewException($"{path}: its joints' names tell how its pixels or flags are meant, which more joints would hide; make it plain first: sinew data convert {path} --out plain.json");
            if (report.Bad > 0) terminal.Warn($"{report.Bad} bad records stay as they are, first: {report.Messages[0]}");

            var model = options.GetValue(CommonOptions.Model) ?? BuiltInModel.FilePath;
            using var opened = PredictModel.Open(model, ModelDevice.Of(options.GetRequiredValue(device), model), options.GetValue(flip), null, new OnnxOptions());
            if (opened.FindsPeople) throw new SinewException($"{model}: finds people by itself, not those that are labelled; take a model that looks at crops of people");
            var target = options.GetValue(skeleton) is { } wanted ? Containing(SkeletonFile.Resolve(wanted), labels.Skeleton) : SkeletonUnion.Of(labels.Skeleton, opened.Skeleton).Union;
            var people = new AnnotatedPeople(labels, target, opened.Skeleton, options.GetValue(fill));
            if (people.Added.Length == 0 && !options.GetValue(fill))
                throw new SinewException($"{path}: has all joints of the model already, there is nothing to add (--fill predicts those that a person lacks)");

            RecordWriter Writer() => new(people, report, options.GetValue(sure), About(people, model), path);
            // whatever the writer cannot extend is found before hours of work, not after
            LabelFileEditor.Copy(path, Stream.Null, Writer());
            var folder = options.GetValue(images) ?? Path.Combine(Path.GetDirectoryName(Path.GetDirectoryName(Path.GetFullPath(path))) ?? ".", "images");
            var rows = AnnotationFiles.Usable(labels, options.GetValue(everybody) ? 0 : 1);
            using var journal = AnnotateJournal.Open(to, AnnotateJournal.MadeOf(path, model, opened.Skeleton, folder, options.GetValue(flip)), people, options.GetValue(force));
            if (journal.DoneBefore > 0) terminal.Status.WriteLine($"{to}: going on after {journal.DoneBefore:N0} people");
            var run = new AnnotateRun(opened, folder, journal, terminal);
            try
            {
                await run.PredictAsync(people, [.. rows.Where(row => !people.IsPredicted(row))], cancel).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
                terminal.Fail($"interrupted after {rows.Count(people.IsPredicted):N0} of {rows.Length:N0} people, who are kept in {to}{AnnotateJournal.Ending}; the same command goes on from there");
                return ExitCode.Interrupted;
            }

            if (run.Missing.Count > 0) terminal.Warn($"{run.Missing.Count} pictures could not be read, and their people get no joints; first: {run.Missing[0]}");
            if (run.Refused.Count > 0) terminal.Warn($"{run.Refused.Count} people could not be looked at, and get no joints; first: {run.Refused[0]}");
            if (run.Refused.Count > 0 && !rows.Any(people.IsPredicted)) throw new SinewException(run.Refused[0]);
            if (run.Missing.Count > 0 && !rows.Any(people.IsPredicted)) throw new SinewException($"{folder}: none of the pictures could be read; name their folder with --images");

            var ranked = new ReviewList(people);
            var writer = Writer();
            Write(path, to, writer);
            AtomicFile.WriteText(about, SkeletonFile.ToYaml(target));
            JsonFile.Write(list, json => ranked.Write(json, Path.GetFileName(to), Path.GetFileName(model)));
            journal.Complete();
            terminal.Out.WriteLine($"{to}: {writer.Added:N0} joints added to {writer.Extended:N0} of {labels.People.Count:N0} people ({target.Count} joints, {people.Added.Length} of them new)");
            terminal.Out.WriteLine($"{list}: who to look at first");
            terminal.WriteJson(json =>
            {
                json.WriteStartObject();
                json.WriteString("labels", to);
                json.WriteString("skeleton", about);
                json.WriteString("review", list);
                json.WriteNumber("people", labels.People.Count);
                json.WriteNumber("people_extended", writer.Extended);
                json.WriteNumber("joints_added", writer.Added);
                json.WriteNumber("people_refused", run.Refused.Count);
                json.WriteNumber("pictures_missing", run.Missing.Count);
                json.WriteEndObject();
            });
            return ExitCode.Done;
        });
    }

    private static void Write(string path, string to, RecordWriter writer) => AtomicFile.Write(to, file =>
    {
        if (!to.EndsWith(".gz", StringComparison.OrdinalIgnoreCase))
        {
            LabelFileEditor.Copy(path, file, writer);
            return;
        }

        using var zipped = new GZipStream(file, CompressionLevel.Optimal, leaveOpen: true);
        LabelFileEditor.Copy(path, zipped, writer);
    });

    private static Skeleton Containing(Skeleton target, Skeleton labels)
    {
        var lost = labels.Joints.Where(j => target.IndexOfId(j.Id) < 0).Select(j => j.Name).ToArray();
        return lost.Length == 0
            ? target
            : throw new SinewException($"{target.Name} lacks {string.Join(", ", lost)} of the labels' {labels.Name}; give a skeleton that has all of them, such as the union of both");
    }

    private static string About(AnnotatedPeople people, string model)
    {
        using var text = new MemoryStream();
        using (var json = new Utf8JsonWriter(text, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("model", Path.GetFileName(Path.TrimEndingDirectorySeparator(model)));
            json.WriteStrings("joints", people.Added.Select(t => people.Target.Joints[t].Name));
            json.WriteString("keypoint_origin", "0 nobody, 1 the data set's own label, 2 the model");
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(text.ToArray());
    }

    private static string WithoutEnding(string path)
    {
        var name = Path.GetFileName(path);
        if (name.EndsWith(".gz", StringComparison.OrdinalIgnoreCase)) name = name[..^3];
        return Path.GetFileNameWithoutExtension(name);
    }
}
