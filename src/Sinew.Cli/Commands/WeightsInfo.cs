using System.Globalization;
using Sinew.Cli.Frame;
using Sinew.Tensors;
using Sinew.Training.Loop;
using Sinew.Training.Models;
using Spectre.Console;

namespace Sinew.Cli.Commands;

/// <summary>What <c>model info</c> says of RTMPose networks: by size, or of trained weights.</summary>
internal static class WeightsInfo
{
    private const int MostJoints = 4096;
    private const int LongestSide = 4096;

    /// <summary>True for a size's name, a file of weights, or a run's folder.</summary>
    public static bool Describes(string model) =>
        model.StartsWith("rtmpose-", StringComparison.Ordinal) && !File.Exists(model)
        || Path.GetExtension(model).ToLowerInvariant() is ".safetensors" or ".pth"
        || File.Exists(Path.Combine(model, Trainer.ModelFileName));

    public static int Show(string model, int joints, string input, Terminal terminal)
    {
        using var network = Open(model, joints, input, out var trained);
        var cost = ModelCost.Of(network);
        var rows = new List<(string Name, string Value)>
        {
            ("network", $"rtmpose-{network.Size.Name}"),
            ("input", $"{network.Width}x{network.Height} (width x height)"),
            ("joints", network.Joints.ToString(CultureInfo.InvariantCulture)),
            ("bins", $"{network.BinsX} x, {network.BinsY} y"),
            ("parameters", cost.Parameters.ToString("N0", CultureInfo.InvariantCulture)),
            ("multiply-adds", $"{(cost.Macs / 1e9).ToString("0.000", CultureInfo.InvariantCulture)} G a person"),
        };
        if (trained is not null)
        {
            rows.Add(("skeleton", $"{trained.Skeleton}: {string.Join(", ", trained.Joints.Select(j => j.Name))}"));
            rows.Add(("recipe", $"{trained.Recipe ?? "-"}, {trained.Steps} steps"));
        }

        var table = new Table().Border(TableBorder.None).HideHeaders().AddColumns("", "");
        foreach (var (name, value) in rows) table.AddRow(new Text(name), new Text(value));
        terminal.Out.Write(table);
        terminal.WriteJson(json =>
        {
            json.WriteStartObject();
            json.WriteString("network", $"rtmpose-{network.Size.Name}");
            json.WriteNumber("width", network.Width);
            json.WriteNumber("height", network.Height);
            json.WriteNumber("joints", network.Joints);
            json.WriteNumber("parameters", cost.Parameters);
            json.WriteNumber("macs", cost.Macs);
            if (trained is not null) json.WriteString("skeleton", trained.Skeleton);
            json.WriteEndObject();
        });
        return ExitCode.Done;
    }

    private static RtmPose Open(string model, int joints, string input, out ModelDescription? trained)
    {
        trained = null;
        if (File.Exists(model) || Directory.Exists(model))
        {
            var path = Directory.Exists(model) ? Path.Combine(model, Trainer.ModelFileName) : model;
            var student = Student.Load(path, Device.Cpu);
            trained = student.Description;
            return student.Network;
        }

        var size = ModelDescription.SizeOf(model);
        var sides = input.Split('x');
        if (sides.Length != 2 || !Number(sides[0], out var width) || !Number(sides[1], out var height))
            throw new SinewException($"--input {input}: write it as width x height, for instance 192x256");
        if (width > LongestSide || height > LongestSide) throw new SinewException($"--input {input}: larger than {LongestSide} pixels a side");
        if (joints is < 1 or > MostJoints) throw new SinewException($"--joints {joints}: give 1 to {MostJoints}");
        return new RtmPose(size, joints, width, height);
    }

    private static bool Number(string text, out int number) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
