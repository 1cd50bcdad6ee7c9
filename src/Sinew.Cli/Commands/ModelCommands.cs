using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Sinew.Cli.Frame;
using Sinew.Inference;
using Sinew.Training.Models;
using Spectre.Console;

namespace Sinew.Cli.Commands;

/// <summary><c>model info</c>.</summary>
internal static class ModelCommands
{
    public static Verb Build() => new("model", "Networks: what a file holds", "sinew model info network.onnx") { Info() };

    private static Verb Info()
    {
        var which = new Argument<string>("model") { Description = "An ONNX file, a model card (YAML) with its weights beside it, trained weights, or rtmpose-t to rtmpose-x" };
        var joints = new Option<int>("--joints") { Description = "For rtmpose-…: how many joints", HelpName = "N", DefaultValueFactory = _ => 17 };
        var input = new Option<string>("--input") { Description = "For rtmpose-…: width and height of the input", HelpName = "WxH", DefaultValueFactory = _ => "192x256" };
        return new Verb(
            "info",
            "Show a network's inputs, outputs, joints and card, or its parameters and multiply-adds",
            "sinew model info network.onnx",
            "sinew model info models/card.yaml --json -",
            "sinew model info rtmpose-t --joints 21 --input 192x256")
        {
            which, joints, input, CommonOptions.Json,
        }.Does((options, terminal) =>
        {
            var path = options.GetRequiredValue(which);
            if (WeightsInfo.Describes(path)) return WeightsInfo.Show(path, options.GetValue(joints), options.GetRequiredValue(input), terminal);
            var (weights, card) = ModelCards.Find(path);
            using var model = OnnxModel.Load(weights, new OnnxOptions { Threads = 1 });
            card ??= CardOf(weights, terminal);
            var bytes = new FileInfo(weights).Length;
            Write(terminal, weights, bytes, model, card);
            terminal.WriteJson(json => Write(json, weights, bytes, model, card));
            return ExitCode.Done;
        });
    }

    // A network that states its card itself, or whose form is known. To have none is no error where one only asks what is there.
    private static ModelCard? CardOf(string weights, Terminal terminal)
    {
        try
        {
            var (model, card) = ModelCards.Open(weights, new OnnxOptions { Threads = 1 });
            model.Dispose();
            return card;
        }
        catch (SinewException e)
        {
            terminal.Warn(e.Message);
            return null;
        }
    }

    private static void Write(Terminal terminal, string weights, long bytes, OnnxModel model, ModelCard? card)
    {
        var table = new Table().Border(TableBorder.None).HideHeaders().AddColumns("", "");
        void Row(string name, string? value)
        {
            if (!string.IsNullOrEmpty(value)) table.AddRow(new Text(name), new Text(value));
        }

        Row("file", string.Create(CultureInfo.InvariantCulture, $"{weights} ({bytes} bytes)"));
        foreach (var port in model.Inputs) Row("input", port.ToString());
        foreach (var port in model.Outputs) Row("output", port.ToString());
        if (card is not null)
        {
            Row("card", $"{card.Name} ({card.Kind.ToString().ToLowerInvariant()})");
            Row("skeleton", card.Skeleton);
            Row("picture", $"{card.Input.Width}x{card.Input.Height} {card.Input.Colour} {card.Input.Layout} {card.Input.Type}".ToLowerInvariant());
            Row("gives", card.Output is { } output ? Form(output) : null);
            Row("crop", card.Output is not null ? $"box x {card.Crop.Padding.ToString(CultureInfo.InvariantCulture)}" : null);
            Row("licence", card.Licence);
            Row("source", card.Source);
        }

        if (model.Metadata.TryGetValue(ModelDescription.MetadataKey, out var inside))
        {
            var trained = ModelDescription.FromJson(inside, weights);
            Row("joints", string.Join(", ", trained.Joints.Select(j => j.Name)));
            Row("network", string.Create(CultureInfo.InvariantCulture, $"{trained.Model}, {trained.Steps} steps"));
            Row("recipe", trained.RecipeSha256 is { } hash ? $"{trained.Recipe} (SHA-256 {hash[..12]}…)" : trained.Recipe);
            Row("scores", string.Join(", ", (trained.Scores ?? new Dictionary<string, double>()).Select(s => string.Create(CultureInfo.InvariantCulture, $"{s.Key} {s.Value * 100:0.00}"))));
        }

        foreach (var (key, value) in model.Metadata.Where(m => m.Key is not (ModelDescription.MetadataKey or ModelCard.MetadataKey or ModelCard.SkeletonKey))) Row($"metadata {key}", value.Contains('\n', StringComparison.Ordinal) ? $"{value.Length} characters" : value);
        terminal.Out.Write(table);
    }

    private static string Form(PoseOutput output) => output.Kind switch
    {
        PoseOutputKind.SimCC => $"SimCC bins, {output.Split} a pixel",
        PoseOutputKind.Heatmap => $"heatmaps, one cell every {output.Stride} pixels",
        PoseOutputKind.Points => "joints in crop pixels",
        _ => "coordinates",
    };

    private static void Write(Utf8JsonWriter json, string weights, long bytes, OnnxModel model, ModelCard? card)
    {
        json.WriteStartObject();
        json.WriteString("file", weights);
        json.WriteNumber("bytes", bytes);
        WritePorts(json, "inputs", model.Inputs);
        WritePorts(json, "outputs", model.Outputs);
        if (card is not null)
        {
            json.WriteStartObject("card");
            json.WriteString("name", card.Name);
            json.WriteString("kind", card.Kind.ToString().ToLowerInvariant());
            json.WriteString("skeleton", card.Skeleton);
            json.WriteNumber("width", card.Input.Width);
            json.WriteNumber("height", card.Input.Height);
            json.WriteString("output", card.Output?.Kind.ToString().ToLowerInvariant());
            json.WriteString("licence", card.Licence);
            json.WriteString("source", card.Source);
            json.WriteEndObject();
        }

        json.WriteStartObject("metadata");
        foreach (var (key, value) in model.Metadata) json.WriteString(key, value);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WritePorts(Utf8JsonWriter json, string name, IReadOnlyList<OnnxPort> ports)
    {
        json.WriteStartArray(name);
        foreach (var port in ports)
        {
            json.WriteStartObject();
            json.WriteString("name", port.Name);
            json.WriteString("type", port.ElementType.ToString().ToLowerInvariant());
            json.WriteNumbers("shape", port.Shape.Select(n => (int)n));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
