using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Sinew.Cli.Frame;
using Sinew.Generation;
using Sinew.Skeletons;
using Spectre.Console;

namespace Sinew.Cli.Commands;

/// <summary><c>data generate</c>: a data set of people who do not exist.</summary>
internal static class GenerateCommand
{
    private static readonly Dictionary<string, GeneratorDomain> Domains =
        new(StringComparer.Ordinal) { ["a"] = GeneratorDomain.A, ["b"] = GeneratorDomain.B, ["truth"] = GeneratorDomain.Truth };

    public static Verb Build()
    {
        var people = new Option<int>("--people") { Description = "How many people to label", HelpName = "N", Required = true };
        var output = new Option<string>("--out") { Description = "The folder to write images/ and annotations.json to", HelpName = "DIR", Required = true };
        var domain = new Option<string>("--domain")
        {
            Description = "Looks, poses and annotation habits: everyday people with COCO's habits, sports with MPII's, or both without error",
            DefaultValueFactory = _ => "truth",
            HelpName = "a|b|truth",
        }.AcceptOnlyFromAmong([.. Domains.Keys]);
        var skeleton = new Option<string?>("--skeleton") { Description = "The joints to label (coco17 for a, mpii16 for b, body21 for truth)", HelpName = "SKELETON" };
        var seed = new Option<long>("--seed") { Description = "The same seed gives the same people", DefaultValueFactory = _ => 1 };
        var size = new Option<string>("--size") { Description = "Pixels of a picture", DefaultValueFactory = _ => "320x320", HelpName = "WxH" };
        var perImage = new Option<int>("--people-per-image") { Description = "People in a picture at most", DefaultValueFactory = _ => 3, HelpName = "N" };
        var noise = new Option<double>("--annotation-noise") { Description = "Factor on the annotators' errors of domains a and b; 0 for none", DefaultValueFactory = _ => 1 }.Finite();
        var difficulty = new Option<double>("--difficulty") { Description = "Share of scenes from all that the domain has, 0 to 1; the rest are calm: one upright person, little clutter", DefaultValueFactory = _ => 1 }.Finite();
        var crowded = new Option<double>("--crowded") { Description = "Share of scenes that three people or more crowd into, 0 to 1 (--people-per-image says how many)" }.Finite();
        var threads = new Option<int>("--threads") { Description = "Threads; they change the time, not the files", DefaultValueFactory = _ => Environment.ProcessorCount };
        return new Verb(
            "generate",
            "Generate pictures of people with all their joints",
            "sinew data generate --people 10000 --out people",
            "sinew data generate --people 20000 --domain a --seed 7 --out a",
            "sinew data generate --people 500 --skeleton coco-wholebody133 --size 512x512 --out wholebody")
        {
            people, output, domain, skeleton, seed, size, perImage, noise, difficulty, crowded, threads, CommonOptions.Json,
        }.Does((options, terminal, cancel) =>
        {
            var (width, height) = SizeOf(options.GetRequiredValue(size));
            var generator = new GeneratorOptions
            {
                Domain = Domains[options.GetRequiredValue(domain)],
                Seed = options.GetValue(seed),
                Width = width,
                Height = height,
                MaxPeople = options.GetValue(perImage),
                AnnotationNoise = options.GetValue(noise),
                Difficulty = options.GetValue(difficulty),
                Crowded = options.GetValue(crowded),
            };
            var joints = SkeletonFile.Resolve(options.GetValue(skeleton) ?? GeneratedLabels.SkeletonOf(generator.Domain));
            var (count, folder) = (options.GetValue(people), options.GetRequiredValue(output));
            var clock = Stopwatch.StartNew();
            var tenth = 0;
            var data = GeneratedDataset.Write(generator, joints, count, folder, options.GetValue(threads), done =>
            {
                if (done * 10L / count == tenth) return;
                tenth = (int)(done * 10L / count);
                terminal.Status.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{done} of {count} people, {done / clock.Elapsed.TotalSeconds:f0} a second"));
            }, cancel);
            terminal.Out.WriteLine($"written: {data.People.Count} people on {data.Images.Count} pictures, skeleton {joints}: {Path.Combine(folder, GeneratedDataset.AnnotationsName)}");
            terminal.WriteJson(json =>
            {
                json.WriteStartObject();
                json.WriteString("annotations", Path.Combine(folder, GeneratedDataset.AnnotationsName));
                json.WriteString("images", Path.Combine(folder, GeneratedDataset.ImagesName));
                json.WriteString("skeleton", joints.Name);
                json.WriteString("domain", options.GetRequiredValue(domain));
                json.WriteNumber("seed", generator.Seed);
                json.WriteNumber("people", data.People.Count);
                json.WriteNumber("pictures", data.Images.Count);
                json.WriteNumber("seconds", clock.Elapsed.TotalSeconds);
                json.WriteEndObject();
            });
            return Task.FromResult(ExitCode.Done);
        });
    }

    private static (int Width, int Height) SizeOf(string text)
    {
        var parts = text.Split('x');
        return parts.Length == 2
            && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var width)
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var height)
                ? (width, height)
                : throw new SinewException($"--size {text}: write it as WIDTHxHEIGHT, for instance 320x320");
    }
}
