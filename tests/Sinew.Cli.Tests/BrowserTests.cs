using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Sinew.Cli.Serve;
using Sinew.Geometry;
using Sinew.Imaging;
using Sinew.Inference;

namespace Sinew.Cli.Tests;

/// <summary>The page in Chromium, served as <c>sinew serve</c> does.</summary>
[Collection(ServingTests.Name)]
public sealed class BrowserTests(Serving serving)
{
    private const double OnePixel = 1;

    [Fact]
    public async Task The_page_finds_the_joints_that_the_library_finds_and_survives_bad_files()
    {
        var root = CheckoutRoot();
        var web = Path.Combine(root, ".sinew", "web");
        var chromium = Find("chromium") ?? Find("chromium-browser");
        var node = Find("node");
        Assert.SkipWhen(chromium is null, "needs chromium");
        Assert.SkipWhen(node is null, "needs Node.js");
        Assert.SkipUnless(File.Exists(Path.Combine(web, "index.html")), "needs the built page (eng/build-web.sh)");
        Assert.SkipUnless(Directory.Exists(Path.Combine(root, "web", "node_modules", "playwright-core")), "needs playwright-core (eng/build-web.sh)");

        await using var server = await PoseServer.StartAsync(serving.Served, new ServeOptions { Port = 0, Web = web }, Cancel);
        var whole = await File.ReadAllBytesAsync(serving.People[^1], Cancel);
        var plan = new JsonObject
        {
            ["url"] = server.Address,
            ["chromium"] = chromium,
            ["photos"] = new JsonArray([.. serving.People.Select(p => JsonValue.Create(p))]),
            ["bad"] = new JsonArray(
                Bad("no picture", "words.jpg", "these are words"u8.ToArray()),
                Bad("breaks off", "half.jpg", whole[..20]),
                Bad("damaged", "damaged.png", Pictures.Damaged(await File.ReadAllBytesAsync(serving.People[0], Cancel))),
                Bad("many pixels", "huge.png", Pictures.HugePng(60_000, 60_000)),
                Bad("many bytes", "large.jpg", [.. whole, .. new byte[65 << 20]])),
            ["badModel"] = Write("garbage.onnx", [.. (await File.ReadAllBytesAsync(serving.Model, Cancel)).Take(5000)]),
        };
        var result = await Run(node!, Path.Combine(root, "web", "test", "browser.mjs"), Write("plan.json", JsonSerializer.SerializeToUtf8Bytes(plan)));

        Assert.Contains("21 joints", result["model"]!.ToString(), StringComparison.Ordinal);
        Assert.True(result["isolated"]!.GetValue<bool>(), "the page gets no threads");
        Assert.Equal(["coco17 and mpii16", "only coco17", "only mpii16"], result["groups"]!.AsArray().Select(g => Regex.Match(g!.ToString().Trim(), "^.*?(?= [0-9]+ joints)").Value));
        Assert.Equal([12, 5, 4], result["groups"]!.AsArray().Select(g => int.Parse(Regex.Match(g!.ToString(), " ([0-9]+) joints").Groups[1].Value)));
        Assert.Empty(result["foreign"]!.AsArray());
        Assert.Empty(result["complaints"]!.AsArray().Select(c => c!.ToString()));
        Assert.Empty(result["unnamed"]!.AsArray().Select(c => c!.ToString()));

        var pictures = result["whole"]!["pictures"]!.AsArray();
        Assert.Equal(serving.People.Count, pictures.Count);
        for (var i = 0; i < pictures.Count; i++) Same(serving.People[i], pictures[i]!, null);
        Same(serving.People[0], result["after"]!["pictures"]![0]!, null);

        // the box that the keyboard made: in the middle, a step to the left, a step taller
        using (var first = ImageDecoder.Decode(serving.People[0]))
        {
            var step = Math.Max(1, Math.Round(Math.Max(first.Width, first.Height) / 100.0));
            var box = new Box((float)((first.Width * 0.3) - step), first.Height * 0.1f, first.Width * 0.4f, (float)((first.Height * 0.8) + step));
            Same(serving.People[0], result["boxes"]!["pictures"]![0]!, box);
            Assert.Equal((first.Width, first.Height), (result["picture"]![0]!.GetValue<int>(), result["picture"]![1]!.GetValue<int>()));
        }

        Assert.StartsWith("1 person; joints shown:", result["label"]!.ToString(), StringComparison.Ordinal);
        Assert.Contains("1 person", result["status"]!.ToString(), StringComparison.Ordinal);
        Assert.InRange(Shown(result["labelWithout"]!), 0, 9);

        foreach (var (name, expected) in new[]
        {
            ("no picture", "not a JPEG, PNG or WebP"), ("breaks off", "damaged or broke off"), ("damaged", "cannot be decoded"),
            ("many pixels", "60000 × 60000 pixels are more than"), ("many bytes", "66 MB are more than the 64 MB"),
        })
        {
            Assert.Contains(expected, result["bad"]![name]!["says"]!.ToString(), StringComparison.Ordinal);
        }

        Assert.Contains("not an ONNX file, or a damaged one", result["badModel"]!.ToString(), StringComparison.Ordinal);
        Assert.Equal(result["model"]!.ToString(), result["modelAfter"]!.ToString());
        Assert.Matches("[0-9]", result["camera"]!.ToString());
        Assert.Equal("false", result["cameraAfter"]!.ToString());
    }

    [Fact]
    public async Task The_packages_own_tests_pass()
    {
        var web = Path.Combine(CheckoutRoot(), "web");
        var node = Find("node");
        Assert.SkipWhen(node is null, "needs Node.js");
        Assert.SkipUnless(Directory.Exists(Path.Combine(web, "node_modules", "esbuild")), "needs esbuild (eng/build-web.sh)");
        var built = serving.File("web-tests");
        await Output(node!, web, "build.mjs", "--tests", "--out", built);
        var report = await Output(node!, web, ["--test", "--test-reporter", "tap", .. Directory.GetFiles(built, "*.mjs")]);
        Assert.Matches("# pass ([2-9][0-9]|[1-9][0-9]{2})", report);
        Assert.Contains("# fail 0", report, StringComparison.Ordinal);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Each joint is within a pixel of the library's, where the library has one.</summary>
    private void Same(string photo, JsonNode picture, Box? box)
    {
        using var image = ImageDecoder.Decode(photo);
        using var estimator = PoseEstimator.Load(serving.Model);
        var expected = box is { } known ? estimator.Estimate(image, [new Detection(known, 1)])[0] : estimator.Estimate(image);
        Assert.Equal((image.Width, image.Height), (picture["width"]!.GetValue<int>(), picture["height"]!.GetValue<int>()));
        var person = Assert.Single(picture["people"]!.AsArray())!;
        var found = person["keypoints"]!.AsArray().Select(v => v!.GetValue<double>()).ToArray();
        Assert.Equal(expected.Scores.Length * 3, found.Length);
        for (var j = 0; j < expected.Scores.Length; j++)
        {
            var apart = Math.Max(Math.Abs(found[3 * j] - expected.Keypoints[2 * j]), Math.Abs(found[(3 * j) + 1] - expected.Keypoints[(2 * j) + 1]));
            Assert.True(apart <= OnePixel, $"{Path.GetFileName(photo)}: joint {j} is {apart} pixels away");
            Assert.Equal(expected.Scores[j], found[(3 * j) + 2], 2e-3);
        }
    }

    private static int Shown(JsonNode label) => int.Parse(Regex.Match(label.ToString(), "shown: ([0-9]+)").Groups[1].Value, CultureInfo.InvariantCulture);

    private JsonObject Bad(string name, string file, byte[] content) => new() { ["name"] = name, ["path"] = Write(file, content) };

    private string Write(string name, byte[] content)
    {
        var path = serving.File(name);
        File.WriteAllBytes(path, content);
        return path;
    }

    private static async Task<JsonNode> Run(string node, string script, string plan) => JsonNode.Parse(await Output(node, Path.GetDirectoryName(script)!, script, plan))!;

    private static async Task<string> Output(string program, string folder, params string[] args)
    {
        using var process = Process.Start(new ProcessStartInfo(program, args) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder })!;
        var log = process.StandardError.ReadToEndAsync(Cancel);
        var output = await process.StandardOutput.ReadToEndAsync(Cancel);
        await process.WaitForExitAsync(Cancel);
        Assert.True(process.ExitCode == 0, output + await log);
        return output;
    }

    private static string? Find(string program) =>
        Environment.GetEnvironmentVariable("PATH")!.Split(':').Select(p => Path.Combine(p, program)).FirstOrDefault(File.Exists);

    private static string CheckoutRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Sinew.slnx"))) folder = Path.GetDirectoryName(folder)!;
        return folder;
    }
}
