using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Sinew.Annotations;
using Sinew.Cli.Frame;
using Sinew.Skeletons;
using Spectre.Console;

namespace Sinew.Cli.Commands;

/// <summary><c>data check|show|convert|generate|pack</c>.</summary>
internal static class DataCommands
{
    internal static readonly Argument<string> LabelFile = new("file") { Description = "A label file, plain or gzip" };

    internal static readonly Option<string> Format = Choice(
        new("--format") { Description = "The file's format", DefaultValueFactory = _ => "auto" }, [.. AnnotationReader.Formats.Keys]);

    internal static readonly Option<string?> Joints = new("--skeleton")
    {
        Description = "The file's joints: a built-in skeleton or a YAML file; found out from the file where not given",
        HelpName = "SKELETON",
    };

    private static readonly Option<string?> Images = new("--images")
    {
        Description = "The folder of the images, loose or in tar shards: an image that is not there is then a bad record",
        HelpName = "DIR",
    };

    public static Verb Build() =>
        new("data", "Label files: check, look at, convert, generate, pack", "sinew data show labels.json")
        {
            Check(), Show(), Convert(), GenerateCommand.Build(), PackCommand.Build(),
        };

    private static Verb Check()
    {
        var onBad = OnBadOption("skip");
        return new Verb("check", "Find bad records", "sinew data check labels.json --images photos", "sinew data check labels.json --on-bad fail")
        {
            LabelFile, Format, Joints, Images, onBad, CommonOptions.Json,
        }.Does((options, terminal) =>
        {
            var file = options.GetRequiredValue(LabelFile);
            OutputFiles.Check([("the label file", file)], [("--json", options.GetValue(CommonOptions.Json))]);
            var data = AnnotationReader.Read(file, Reading(options, onBad), out var report);
            WriteReport(terminal, file, data.Skeleton, report);
            terminal.WriteJson(json =>
            {
                json.WriteStartObject();
                json.WriteString("file", file);
                json.WriteString("skeleton", data.Skeleton.Name);
                WriteReport(json, report);
                json.WriteEndObject();
            });
            return report.Bad == 0 ? ExitCode.Done : ExitCode.Failed;
        });
    }

    private static Verb Show()
    {
        var onBad = OnBadOption("fail");
        return new Verb("show", "Show what a label file holds", "sinew data show labels.json", "sinew data show labels.json --json -")
        {
            LabelFile, Format, Joints, Images, onBad, CommonOptions.Json,
        }.Does((options, terminal) =>
        {
            var file = options.GetRequiredValue(LabelFile);
            OutputFiles.Check([("the label file", file)], [("--json", options.GetValue(CommonOptions.Json))]);
            var summary = DataSummary.Of(AnnotationReader.Read(file, Reading(options, onBad), out var report));
            WriteReport(terminal, file, summary.Skeleton, report);
            summary.Write(terminal.Out);
            terminal.WriteJson(json =>
            {
                json.WriteStartObject();
                json.WriteString("file", file);
                summary.Write(json);
                WriteReport(json, report);
                json.WriteEndObject();
            });
            return ExitCode.Done;
        });
    }

    private static Verb Convert()
    {
        var onBad = OnBadOption("fail");
        var to = Choice(new("--to") { Description = "The format to write", DefaultValueFactory = _ => "coco" }, ["coco"]);
        var output = new Option<string>("--out") { Description = "The file to write", HelpName = "FILE", Required = true };
        var target = new Option<string?>("--map-to")
        {
            Description = "The skeleton to write: joints are carried over by canonical id, those that the file does not have are unlabelled",
            HelpName = "SKELETON",
        };
        return new Verb(
            "convert",
            "Write a label file as COCO keypoints",
            "sinew data convert mpii_train.json --out mpii_train_coco.json",
            "sinew data convert labels.json --map-to body21 --out labels_body21.json")
        {
            LabelFile, output, to, target, Format, Joints, Images, onBad, CommonOptions.Json,
        }.Does((options, terminal) =>
        {
            var (file, place) = (options.GetRequiredValue(LabelFile), options.GetRequiredValue(output));
            OutputFiles.Check([("the label file", file), ("--out", place)], [("--json", options.GetValue(CommonOptions.Json))]);
            var data = AnnotationReader.Read(file, Reading(options, onBad), out var report);
            if (options.GetValue(target) is { } skeleton) data = data.MapTo(SkeletonFile.Resolve(skeleton));
            CocoWriter.Write(data, place);
            WriteReport(terminal, file, data.Skeleton, report);
            terminal.Out.WriteLine($"written: {place}");
            terminal.WriteJson(json =>
            {
                json.WriteStartObject();
                json.WriteString("file", file);
                json.WriteString("out", place);
                json.WriteString("skeleton", data.Skeleton.Name);
                WriteReport(json, report);
                json.WriteEndObject();
            });
            return ExitCode.Done;
        });
    }

    internal static ReadOptions Reading(ParseResult options, Option<string> onBad) => new()
    {
        Format = AnnotationReader.Formats[options.GetRequiredValue(Format)],
        Skeleton = options.GetValue(Joints) is { } skeleton ? SkeletonFile.Resolve(skeleton) : null,
        ImagesFolder = options.GetValue(Images),
        OnBad = options.GetRequiredValue(onBad) == "skip" ? OnBad.Skip : OnBad.Fail,
    };

    internal static Option<string> OnBadOption(string byDefault) => Choice(
        new("--on-bad")
        {
            Description = "What to do with a bad record: leave it out and count it, or stop with an error",
            DefaultValueFactory = _ => byDefault,
        },
        ["skip", "fail"]);

    private static Option<string> Choice(Option<string> option, string[] values)
    {
        option.HelpName = string.Join('|', values);
        return option.AcceptOnlyFromAmong(values);
    }

    internal static void WriteReport(Terminal terminal, string file, Skeleton skeleton, ReadReport report)
    {
        terminal.Out.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{file}: {report.Images} images, {report.People} people of {report.Records} records, skeleton {skeleton}"));
        if (report.Incomplete > 0) terminal.Out.WriteLine($"  {report.Incomplete} records without joints or box");
        if (report.OtherCategory > 0) terminal.Out.WriteLine($"  {report.OtherCategory} records of other categories");
        if (report.SwappedSizes > 0) terminal.Out.WriteLine($"  {report.SwappedSizes} images with width and height swapped, put right");
        if (report.Bad == 0) return;
        terminal.Out.WriteLine($"  {report.Bad} bad records left out: {string.Join(", ", report.BadByReason.Select(r => $"{r.Value} {Words(r.Key)}"))}");
        foreach (var message in report.Messages) terminal.Out.WriteLine($"    {message}");
        if (report.Bad > report.Messages.Count) terminal.Out.WriteLine($"    … and {report.Bad - report.Messages.Count} more");
    }

    internal static void WriteReport(Utf8JsonWriter json, ReadReport report)
    {
        json.WriteNumber("records", report.Records);
        json.WriteNumber("people", report.People);
        json.WriteNumber("images", report.Images);
        json.WriteNumber("incomplete", report.Incomplete);
        json.WriteNumber("other_category", report.OtherCategory);
        json.WriteNumber("swapped_sizes", report.SwappedSizes);
        json.WriteNumber("bad", report.Bad);
        json.WriteStartObject("bad_by_reason");
        foreach (var (reason, count) in report.BadByReason) json.WriteNumber(Words(reason).Replace(' ', '_'), count);
        json.WriteEndObject();
        json.WriteStrings("messages", report.Messages);
    }

    private static string Words(BadRecord reason) => reason switch
    {
        BadRecord.Malformed => "malformed",
        BadRecord.JointCount => "wrong joint count",
        BadRecord.NotFinite => "not finite",
        BadRecord.Box => "bad box",
        BadRecord.DuplicateId => "duplicate id",
        BadRecord.UnknownImage => "unknown image",
        BadRecord.MissingImage => "missing image",
        _ => reason.ToString(),
    };
}
