using System.Diagnostics;

namespace Sinew.Cli.Tests;

/// <summary>What the checkout's <c>./sinew</c> sets up for a verb.</summary>
public class SetupTests
{
    [Theory]
    [InlineData("nothing", "--version")]
    [InlineData("nothing", "score", "--gt", "a.json")]
    [InlineData("nothing", "skeleton", "list")]
    [InlineData("nothing", "predict", "--help")]
    [InlineData("nothing", "data", "check", "a.json")]
    [InlineData("inference", "data", "generate", "--people", "10")]
    [InlineData("inference", "predict", "--model", "a.onnx", "photo.jpg", "--out", "drawn")]
    [InlineData("inference", "annotate", "--model", "a.onnx", "--data", "a.json")]
    [InlineData("inference", "serve", "--model", "a.onnx")]
    [InlineData("training", "predict", "--model", "a.safetensors", "photo.jpg")]
    [InlineData("training", "train", "recipe.yaml")]
    [InlineData("training", "quickstart")]
    public void Each_verb_gets_what_it_needs_and_no_more(string need, params string[] words)
    {
        Assert.SkipUnless(File.Exists("/bin/bash"), "needs bash");
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "eng", "common.sh"))) folder = folder.Parent;
        Assert.SkipWhen(folder is null, "needs a checkout");
        // as ./sinew does it: a function that ends with a failure would end the command without a word
        var start = new ProcessStartInfo("/bin/bash", ["-c", "set -euo pipefail; root=$1; shift; source \"$root/eng/common.sh\"; find_need \"$@\"; echo \"$need\"", "bash", folder!.FullName, .. words])
        {
            RedirectStandardOutput = true,
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal((0, need), (process.ExitCode, output.Trim()));
    }
}
