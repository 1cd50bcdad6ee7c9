using System.CommandLine;
using System.Globalization;
using Sinew.Annotations;
using Sinew.Cli.Frame;
using Sinew.Cli.Predict;
using Sinew.Files;
using Sinew.Imaging;
using Spectre.Console;

namespace Sinew.Cli.Commands;

/// <summary><c>data pack</c>: a data set as tar shards.</summary>
internal static class PackCommand
{
    public static Verb Build()
    {
        var images = new Option<string>("--images") { Description = "The folder of the images, loose or in tar shards", HelpName = "DIR", Required = true };
        var output = new Option<string>("--out") { Description = "The folder to write the shards and annotations.json to: empty, missing, or with the same pack begun", HelpName = "DIR", Required = true };
        var size = new Option<int>("--shard-mb") { Description = "The largest shard, megabytes", DefaultValueFactory = _ => 512, HelpName = "N" };
        var longest = new Option<int?>("--longest")
        {
            Description = "Shrink pictures whose longer side has more pixels, and their labels with them; they become JPEG files, all others are copied as they are",
            HelpName = "PIXELS",
        };
        var onBad = DataCommands.OnBadOption("fail");
        return new Verb(
            "pack",
            "Pack a data set's pictures and labels into WebDataset tar shards",
            "sinew data pack labels.json --images photos --out packed",
            "sinew data pack mpii_train.json --images mpii --out mpii-640 --longest 640 --on-bad skip",
            "sinew data pack labels.json --images photos --out packed --shard-mb 1024 --json -")
        {
            DataCommands.LabelFile, images, output, size, longest, DataCommands.Format, DataCommands.Joints, onBad, CommonOptions.Json,
        }.Does(async (options, terminal, cancel) =>
        {
            var (file, pictures, folder) = (options.GetRequiredValue(DataCommands.LabelFile), options.GetRequiredValue(images), options.GetRequiredValue(output));
            var (annotations, megabytes) = (Path.Combine(folder, DatasetPack.AnnotationsName), options.GetValue(size));
            OutputFiles.Check(
                [("the label file", file)],
                [("the labels of --out", annotations), ("the pack.json of --out", Path.Combine(folder, DatasetPack.AboutName)), ("--json", options.GetValue(CommonOptions.Json))]);
            if (RealPath.Of(pictures) == RealPath.Of(folder)) throw new SinewException($"{folder}: would be both --images and --out; give another folder for one of them");
            if (!Directory.Exists(pictures)) throw new SinewException($"{pictures}: no such folder; give the folder of the pictures as --images");
            if (megabytes < 1) throw new SinewException($"--shard-mb {megabytes}: give 1 or more");
            if (options.GetValue(longest) is < 1) throw new SinewException($"--longest {options.GetValue(longest)}: give 1 or more");

            var reading = DataCommands.Reading(options, onBad) with { ImagesFolder = pictures };
            var (data, report) = await Task.Run(() => (AnnotationReader.Read(file, reading, out var found), found), CancellationToken.None).WaitAsync(cancel).ConfigureAwait(false);
            var progress = new ProgressLine(terminal);
            var result = DatasetPack.Write(
                data,
                new PictureFolder(pictures),
                folder,
                new PackOptions { Name = Stem(file), ShardBytes = (long)megabytes << 20, Longest = options.GetValue(longest), OnBad = reading.OnBad },
                (done, people) => progress.Tell("pictures", done, data.Images.Count, done, people),
                cancel);
            progress.Clear();
            DataCommands.WriteReport(terminal, file, data.Skeleton, report);
            if (data.People.HeadSizes is not null) terminal.Warn("COCO's form has no field for head sizes: keep the label file to score with MPII's protocol");
            if (result.LeftOut.Count > 0) terminal.Warn($"{result.LeftOut.Count} pictures cannot be read and are left out with their people, first: {result.LeftOut[0]}");
            terminal.Out.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"written: {result.Data.People.Count:N0} people on {result.Data.Images.Count:N0} pictures{(result.Shrunk > 0 ? $" ({result.Shrunk:N0} shrunk)" : "")} in {result.Shards:N0} shards, {result.Bytes / 1e6:N1} MB: {annotations}"));
            terminal.WriteJson(json =>
            {
                json.WriteStartObject();
                json.WriteString("file", file);
                json.WriteString("annotations", annotations);
                json.WriteString("images", folder);
                json.WriteString("skeleton", data.Skeleton.Name);
                json.WriteNumber("people", result.Data.People.Count);
                json.WriteNumber("pictures", result.Data.Images.Count);
                json.WriteNumber("shards", result.Shards);
                json.WriteNumber("bytes", result.Bytes);
                json.WriteNumber("shrunk", result.Shrunk);
                json.WriteNumber("unreadable", result.LeftOut.Count);
                json.WriteStartObject("labels");
                DataCommands.WriteReport(json, report);
                json.WriteEndObject();
                json.WriteEndObject();
            });
            return ExitCode.Done;
        });
    }

    // labels.json.gz gives labels
    private static string Stem(string file)
    {
        var name = Path.GetFileName(file);
        foreach (var ending in new[] { ".gz", ".json" })
        {
            if (name.EndsWith(ending, StringComparison.OrdinalIgnoreCase)) name = name[..^ending.Length];
        }

        return name;
    }
}
