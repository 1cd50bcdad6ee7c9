using System.CommandLine;
using System.Diagnostics;
using Sinew.Cli.Frame;
using Sinew.Tensors;
using Sinew.Training.Export;
using Sinew.Training.Loop;
using Sinew.Training.Models;
using Spectre.Console;

namespace Sinew.Cli.Commands;

/// <summary><c>export</c>: a trained network as a file that other programs run.</summary>
internal static class ExportCommand
{
    public static Verb Build()
    {
        var model = new Argument<string>("model") { Description = "Weights (.safetensors, or .pth with a model card), a training's last.safetensors, or its folder" };
        var to = new Option<string>("--to") { Description = "What to write", DefaultValueFactory = _ => "onnx" };
        to.AcceptOnlyFromAmong("onnx", "pth", "safetensors");
        var output = new Option<string?>("--out") { Description = "The file (beside the weights where it is left out)", HelpName = "FILE" };
        var precision = new Option<string>("--precision") { Description = "The numbers inside; safetensors takes fp32 and fp16, pth fp32", DefaultValueFactory = _ => "fp32" };
        precision.AcceptOnlyFromAmong("fp32", "fp16", "int8");
        var calibrate = new Option<string[]>("--calibrate")
        {
            Description = "int8: annotation files whose people show how large the values get, or folders of pictures of one person each; a few hundred people",
            HelpName = "DATA",
            AllowMultipleArgumentsPerToken = true,
        };
        var images = new Option<string?>("--images") { Description = "The folder of the annotations' pictures (images/ beside the annotations' folder where it is left out)", HelpName = "DIR" };
        var skeleton = new Option<string?>("--skeleton") { Description = "The annotations' skeleton, where the file does not say it", HelpName = "NAME|FILE" };
        var people = new Option<int>("--people") { Description = "int8: most people to calibrate with", HelpName = "N", DefaultValueFactory = _ => 256 };
        var decode = new Option<bool>("--decode") { Description = "ONNX: read the joints inside the graph; its output is keypoints [N, K, 3] (x, y, score) then" };
        var opset = new Option<int>("--opset")
        {
            Description = $"ONNX: version of its operators, {OnnxExportOptions.OldestOpset} to {OnnxExportOptions.NewestOpset}",
            HelpName = "N",
            DefaultValueFactory = _ => OnnxExportOptions.OldestOpset,
        };
        return new Verb(
            "export",
            "Write a trained network as ONNX, or its weights for PyTorch",
            "sinew export runs/lab-unified --to onnx",
            "sinew export runs/lab-unified/best.safetensors --to onnx --decode --out body21.onnx",
            "sinew export runs/lab-unified --precision int8 --calibrate data/studio17/annotations/studio17_train.json --out int8.onnx",
            "sinew export runs/lab-unified/last.safetensors --to pth --out mmpose.pth")
        {
            model, to, output, precision, decode, opset, calibrate, images, skeleton, people, CommonOptions.Json,
        }.Does((options, terminal, cancel) =>
        {
            var kind = options.GetRequiredValue(to);
            if (kind != "onnx" && (options.GetValue(decode) || options.GetResult(opset) is { Implicit: false }))
                throw new SinewException($"--to {kind} writes weights alone: --decode and --opset belong to --to onnx");
            var numbers = Enum.Parse<ExportPrecision>(options.GetRequiredValue(precision), ignoreCase: true);
            if (kind == "pth" && numbers != ExportPrecision.Fp32) throw new SinewException("--to pth writes 32 bits; --precision belongs to --to onnx and safetensors");
            if (kind == "safetensors" && numbers == ExportPrecision.Int8) throw new SinewException("--to safetensors writes fp32 or fp16; eight bits belong to --to onnx");
            if (options.GetValue(people) < 1) throw new SinewException($"--people takes 1 or more, not {options.GetValue(people)}");
            var sources = options.GetValue(calibrate) ?? [];
            if (numbers == ExportPrecision.Int8 != sources.Length > 0)
            {
                throw new SinewException(sources.Length > 0
                    ? "--calibrate belongs to --precision int8"
                    : "--precision int8 needs people to learn the values' ranges from: give annotation files or folders of pictures with --calibrate");
            }

            var clock = Stopwatch.StartNew();
            var (source, isCheckpoint) = Weights(options.GetRequiredValue(model));
            var path = options.GetValue(output) ?? Path.ChangeExtension(source, kind);
            if (Path.GetFullPath(path) == Path.GetFullPath(source)) throw new SinewException($"{path}: would be written over the weights that are read; name another file with --out");
            using var student = isCheckpoint ? Student.LoadCheckpoint(source, Device.Cpu) : Student.Load(source, Device.Cpu);
            switch (kind)
            {
                case "pth":
                    WeightsExport.WritePth(student, path);
                    break;
                case "safetensors":
                    WeightsExport.WriteSafeTensors(student, path, numbers == ExportPrecision.Fp16);
                    break;
                default:
                    OnnxExport.Write(student.Network, student.Description, path, new OnnxExportOptions
                    {
                        Decode = options.GetValue(decode),
                        Opset = options.GetValue(opset),
                        Precision = numbers,
                        Calibration = sources.Length == 0 ? [] : CalibrationCrops.Load(
                            sources, options.GetValue(images), options.GetValue(skeleton), student.Description, options.GetValue(people)),
                        Cancel = cancel,
                    });
                    break;
            }

            var bytes = new FileInfo(path).Length;
            terminal.Out.WriteLine(FormattableString.Invariant($"{path}: {student.Description.Model}, {student.Skeleton}, {bytes / 1e6:0.0} MB"));
            terminal.WriteJson(json =>
            {
                json.WriteStartObject();
                json.WriteString("file", path);
                json.WriteString("from", source);
                json.WriteString("to", kind);
                json.WriteNumber("bytes", bytes);
                json.WriteNumber("seconds", Math.Round(clock.Elapsed.TotalSeconds, 3));
                json.WriteEndObject();
            });
            return Task.FromResult(ExitCode.Done);
        });
    }

    /// <summary>The file that a path stands for, and whether it is the state of a training rather than a model.</summary>
    private static (string Path, bool IsCheckpoint) Weights(string path)
    {
        if (Directory.Exists(path))
        {
            var found = new[] { Trainer.ModelFileName, Trainer.LastFile }.Select(f => Path.Combine(path, f)).FirstOrDefault(File.Exists);
            path = found ?? throw new SinewException($"{path}: holds neither {Trainer.ModelFileName} nor {Trainer.LastFile}: give a training's folder or a file of weights");
        }

        return (path, Checkpoint.Is(path));
    }
}
