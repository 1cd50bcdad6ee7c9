using System.CommandLine;
using System.Text.Json;
using Sinew.Cli.Frame;
using Sinew.Geometry;
using Sinew.Imaging;
using Sinew.Inference;
using Sinew.Tensors;
using Sinew.Training.Estimators;
using Spectre.Console;

namespace Sinew.Cli.Commands;

/// <summary><c>predict</c>: poses of the people in photographs, as JSON and as pictures.</summary>
internal static class PredictCommand
{
    private static readonly string[] PictureEndings = [".jpg", ".jpeg", ".png", ".webp"];

    public static Verb Build()
    {
        var inputs = new Argument<string[]>("input") { Description = "Photographs, or folders of them", Arity = ArgumentArity.OneOrMore };
        var model = new Option<string>("--model") { Description = "The model: .safetensors, .onnx, a model card, or a run's folder", HelpName = "FILE", Required = true };
        var detector = new Option<string?>("--detector") { Description = "A person detector (.onnx with its card); without one the whole picture is one person", HelpName = "FILE" };
        var output = new Option<string?>("--out") { Description = "Folder for the drawn pictures", HelpName = "DIR" };
        var score = new Option<float>("--min-score") { Description = "Joints below this score are not drawn", DefaultValueFactory = _ => 0.1f };
        var flip = new Option<bool>("--flip-test") { Description = "Average with the mirrored picture" };
        var device = new Option<string>("--device") { Description = "cpu, cuda or cuda:N", DefaultValueFactory = _ => "cpu" };
        return new Verb(
            "predict",
            "Find the poses of people in photographs",
            "sinew predict --model runs/lab-unified/model.safetensors photo.jpg --out drawn",
            "sinew predict --model models/tinypose.onnx --detector models/rtmdet_nano_person.onnx photos/ --out drawn --json poses.json")
        {
            inputs, model, detector, output, score, flip, device, CommonOptions.Json,
        }.Does((options, terminal, cancel) =>
        {
            var files = PicturesOf(options.GetRequiredValue(inputs));
            var folder = options.GetValue(output);
            if (folder is null && !terminal.WantsJson)
                throw new SinewException("nothing to write to: name a folder for the pictures with --out, or a file for the joints with --json");
            Torch.Threads = Environment.ProcessorCount;
            using var opened = EstimatorFile.Open(options.GetRequiredValue(model), Device.Parse(options.GetRequiredValue(device)), options.GetValue(flip));
            using var people = options.GetValue(detector) is { } path ? PersonDetector.Load(path) : null;
            var style = SkeletonStyle.Default with { MinScore = options.GetValue(score) };
            var found = new List<(string File, PosePerson[] People)>();
            var bad = 0;
            foreach (var file in files)
            {
                cancel.ThrowIfCancellationRequested();
                try
                {
                    using var image = ImageDecoder.Decode(file);
                    IReadOnlyList<Detection> boxes = people?.Detect(image) ?? [new Detection(new Box(0, 0, image.Width, image.Height), 1)];
                    var poses = Poses(opened.Estimator, image, boxes);
                    found.Add((file, poses));
                    if (folder is not null) Write(image, poses, opened, style, people is not null, Path.Combine(folder, Path.GetFileNameWithoutExtension(file) + ".png"));
                    terminal.Out.WriteLine($"{file}: {poses.Length} {(poses.Length == 1 ? "person" : "people")}");
                }
                catch (SinewException e) when (files.Count > 1)
                {
                    // one bad picture of many is told of and left out
                    bad++;
                    terminal.Warn(e.Message);
                }
            }

            terminal.WriteJson(json => Write(json, found, opened));
            if (bad > 0) terminal.Warn($"{bad} of {files.Count} pictures could not be read");
            return Task.FromResult(bad == files.Count ? ExitCode.BadInput : ExitCode.Done);
        });
    }

    private static List<string> PicturesOf(IEnumerable<string> inputs)
    {
        var files = new List<string>();
        foreach (var input in inputs)
        {
            if (Directory.Exists(input))
            {
                files.AddRange(Directory.EnumerateFiles(input)
                    .Where(f => PictureEndings.Contains(Path.GetExtension(f).ToLowerInvariant())).Order(StringComparer.Ordinal));
            }
            else if (File.Exists(input))
            {
                files.Add(input);
            }
            else
            {
                throw new SinewException($"{input}: there is no such file or folder");
            }
        }

        return files.Count > 0 ? files : throw new SinewException($"no pictures ({string.Join(", ", PictureEndings)}) in {string.Join(", ", inputs)}");
    }

    private static PosePerson[] Poses(ICropEstimator estimator, Image image, IReadOnlyList<Detection> boxes)
    {
        if (boxes.Count == 0) return [];
        var (pixels, joints) = (estimator.Width * estimator.Height * 3, estimator.Skeleton.Count);
        var geometries = boxes.Select(b => estimator.CropOf(b.Box)).ToArray();
        var crops = new byte[boxes.Count * pixels];
        for (var i = 0; i < boxes.Count; i++) Warp.Crop(image, geometries[i], crops.AsSpan(i * pixels, pixels));
        var keypoints = new float[boxes.Count * joints * 2];
        var scores = new float[boxes.Count * joints];
        estimator.Estimate(crops, geometries, keypoints, scores);
        return [.. boxes.Select((b, i) => new PosePerson(
            b.Box, b.Score, keypoints[(i * joints * 2)..((i + 1) * joints * 2)], scores[(i * joints)..((i + 1) * joints)]))];
    }

    private static void Write(Image image, PosePerson[] people, EstimatorFile model, SkeletonStyle style, bool drawBoxes, string path)
    {
        foreach (var person in people)
        {
            if (drawBoxes) Draw.Outline(image, person.Box, RgbColor.White, 1, 0.6f);
            Draw.Skeleton(image, model.Skeleton, person.Keypoints, person.Scores, style);
        }

        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        ImageEncoder.Save(image, path);
    }

    private static void Write(Utf8JsonWriter json, IEnumerable<(string File, PosePerson[] People)> found, EstimatorFile model)
    {
        json.WriteStartObject();
        json.WriteStartArray("joints");
        foreach (var joint in model.Skeleton.Joints) json.WriteStringValue(joint.Name);
        json.WriteEndArray();
        json.WriteStartArray("pictures");
        foreach (var (file, people) in found)
        {
            json.WriteStartObject();
            json.WriteString("file", file);
            json.WriteStartArray("people");
            foreach (var person in people)
            {
                json.WriteStartObject();
                json.WriteStartArray("box");
                foreach (var value in (ReadOnlySpan<float>)[person.Box.X, person.Box.Y, person.Box.Width, person.Box.Height]) json.WriteNumberValue(value);
                json.WriteEndArray();
                json.WriteNumber("box_score", person.BoxScore);
                json.WriteStartArray("keypoints");
                for (var j = 0; j < person.Scores.Length; j++)
                {
                    json.WriteNumberValue(person.Keypoints[j * 2]);
                    json.WriteNumberValue(person.Keypoints[(j * 2) + 1]);
                    json.WriteNumberValue(person.Scores[j]);
                }

                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
