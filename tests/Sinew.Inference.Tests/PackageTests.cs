using System.Diagnostics;
using Sinew.Imaging;
using Sinew.TestSupport;

namespace Sinew.Inference.Tests;

/// <summary>The NuGet packages, used by a program that has nothing else of Sinew.</summary>
public class PackageTests
{
    [Fact]
    [Trait("Category", "Heavy")]
    public void A_program_with_the_package_alone_finds_joints()
    {
        Networks.NeedRuntime();
        using var folder = new TempFolder();
        var (root, packages) = (Checkout(), folder.File("packages"));
        Assert.SkipUnless(File.Exists("/bin/bash"), "needs bash");
        Run(root, "bash", Path.Combine(root, "eng", "pack.sh"), packages);

        var sample = Directory.CreateDirectory(folder.File("sample")).FullName;
        foreach (var file in Directory.EnumerateFiles(Path.Combine(root, "samples", "PhotoToJoints"))) File.Copy(file, Path.Combine(sample, Path.GetFileName(file)));
        var config = Path.Combine(sample, "nuget.config");
        File.WriteAllText(config, File.ReadAllText(config).Replace("../../artifacts/packages", packages, StringComparison.Ordinal));
        Run(sample, "dotnet", "build", "-c", "Release", "-v", "quiet", "-p:RestorePackagesPath=" + folder.File("restored"));

        var (x, y) = (new float[17 * 384], new float[17 * 512]);
        for (var j = 0; j < 17; j++) (x[(j * 384) + 192], y[(j * 512) + 20 + (20 * j)]) = (1, 1);
        File.WriteAllBytes(folder.File("constant.onnx"), new OnnxBuilder()
            .Input("input", OnnxElementType.Float32, 1, 3, 256, 192).Gives("simcc_x", x, 1, 17, 384).Gives("simcc_y", y, 1, 17, 512).Build());
        using (var photo = new Image(192, 256)) ImageEncoder.Save(photo, folder.File("photo.png"));
        var program = Path.Combine(sample, "bin", "Release", "net10.0", "PhotoToJoints");
        var lines = Run(sample, program, folder.File("photo.png"), folder.File("constant.onnx")).Split('\n');
        Assert.Equal(17, lines.Count(l => l.TrimEnd().EndsWith("1.00", StringComparison.Ordinal)));
        // the middle of the crop is the middle of the photograph
        Assert.Contains(lines, l => l.Contains("left_ankle", StringComparison.Ordinal) && l.Contains("96.", StringComparison.Ordinal));
        // and without a model the package's own is there, with its 21 joints
        Assert.Equal(22, Run(sample, program, folder.File("photo.png")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    private static string Run(string folder, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        // the library has to come from the package
        if (program != "bash") start.Environment.Remove("SINEW_ONNXRUNTIME");
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}\n{output}\n{error.Result}");
        return output;
    }

    private static string Checkout()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Sinew.slnx"))) folder = folder.Parent;
        Assert.SkipWhen(folder is null, "needs a checkout");
        return folder!.FullName;
    }
}
