using System.Globalization;
using System.Text;
using Sinew.Skeletons;
using Sinew.Yaml;

namespace Sinew.Inference;

/// <summary>What a network does.</summary>
public enum ModelKind
{
    /// <summary>The joints of one person in a crop.</summary>
    Pose,

    /// <summary>Boxes of people in an image.</summary>
    Detector,

    /// <summary>The people of an image with their joints, in one pass.</summary>
    People,
}

/// <summary>
/// What has to be known of a network's weights to use them: skeleton, input, normalisation, output, crop. Plain data, read from a
/// small YAML file beside the weights, from the model's own metadata (<see cref="MetadataKey"/>), or from the cards that come with
/// the library.
/// </summary>
public sealed record ModelCard
{
    /// <summary>The entry of an ONNX file's metadata that holds the card's YAML.</summary>
    public const string MetadataKey = "sinew.card";

    /// <summary>The entry of an ONNX file's metadata that holds the skeleton's YAML (<see cref="SkeletonFile.ToYaml"/>), where it is no built-in one.</summary>
    public const string SkeletonKey = "sinew.skeleton";

    private const int MaxSide = 4096;

    private static readonly Dictionary<string, ModelKind> Kinds = new() { ["pose"] = ModelKind.Pose, ["detector"] = ModelKind.Detector, ["people"] = ModelKind.People };
    private static readonly Dictionary<string, PixelLayout> Layouts = new() { ["nchw"] = PixelLayout.Nchw, ["nhwc"] = PixelLayout.Nhwc };
    private static readonly Dictionary<string, ColourOrder> Colours = new() { ["rgb"] = ColourOrder.Rgb, ["bgr"] = ColourOrder.Bgr };
    private static readonly Dictionary<string, bool> Places = new() { ["top-left"] = false, ["centre"] = true };

    private static readonly Dictionary<string, OnnxElementType> Types = new()
    {
        ["float32"] = OnnxElementType.Float32, ["int32"] = OnnxElementType.Int32, ["uint8"] = OnnxElementType.UInt8,
    };

    private static readonly Dictionary<string, PoseOutputKind> Outputs = new()
    {
        ["simcc"] = PoseOutputKind.SimCC, ["heatmap"] = PoseOutputKind.Heatmap, ["coordinates"] = PoseOutputKind.Coordinates,
        ["points"] = PoseOutputKind.Points,
    };

    private static readonly Dictionary<string, DetectorForm> BoxForms = new()
    {
        ["boxes"] = DetectorForm.Boxes, ["yolox"] = DetectorForm.YoloX, ["yolo"] = DetectorForm.Yolo, ["nanodet"] = DetectorForm.NanoDet,
    };

    private static readonly Dictionary<string, DetectorForm> PeopleForms = new() { ["rtmo"] = DetectorForm.Rtmo, ["yolo-pose"] = DetectorForm.YoloPose };

    private static readonly Dictionary<string, PeakRefinement> BinRefinements = new()
    {
        ["none"] = PeakRefinement.None, ["parabola"] = PeakRefinement.Parabola, ["dark"] = PeakRefinement.Dark,
    };

    private static readonly Dictionary<string, PeakRefinement> Refinements = new(BinRefinements) { ["quarter"] = PeakRefinement.Quarter };

    /// <summary>Short name, such as <c>tinypose-coco17</c>.</summary>
    public required string Name { get; init; }

    /// <summary>What the network does.</summary>
    public required ModelKind Kind { get; init; }

    /// <summary>File name of the weights.</summary>
    public required string File { get; init; }

    /// <summary>SHA-256 of the weights, lower-case hex; null where the card does not say.</summary>
    public string? Sha256 { get; init; }

    /// <summary>For weights without their graph (<c>.pth</c>, <c>.safetensors</c>): the network, such as <c>rtmpose-m</c>.</summary>
    public string? Network { get; init; }

    /// <summary>
    /// The skeleton whose joints a pose network gives, in its order: the name of a built-in one, or a YAML file (beside the card,
    /// where the card is a file); null for detectors.
    /// </summary>
    public string? Skeleton { get; init; }

    /// <summary>What the network expects of its picture.</summary>
    public required ModelInput Input { get; init; }

    /// <summary>A pose network's output; null for detectors.</summary>
    public PoseOutput? Output { get; init; }

    /// <summary>A pose network's crop.</summary>
    public CropRule Crop { get; init; } = new();

    /// <summary>The output of a network that looks at a whole image; null for pose networks.</summary>
    public DetectorOutput? Boxes { get; init; }

    /// <summary>How an image is brought to a detector's input.</summary>
    public Letterbox Letterbox { get; init; } = new();

    /// <summary>Under which licence the weights may be used, as far as it is known.</summary>
    public string? Licence { get; init; }

    /// <summary>Where the weights come from.</summary>
    public string? Source { get; init; }

    /// <summary>Reads a card from its file.</summary>
    /// <param name="path">The YAML file.</param>
    /// <exception cref="SinewException">The file is missing, no YAML, has an unknown key, or lacks something; the message names the line.</exception>
    public static ModelCard Load(string path)
    {
        var card = Read(YamlMap.Load(path));
        if (card.Skeleton is null || BuiltInSkeletons.Find(card.Skeleton) is not null) return card;
        var beside = Path.Combine(Path.GetDirectoryName(path) ?? "", card.Skeleton);
        return System.IO.File.Exists(beside) ? card with { Skeleton = beside } : card;
    }

    /// <summary>Reads a card from its text.</summary>
    /// <param name="yaml">The text.</param>
    /// <param name="name">The text's name in messages.</param>
    /// <exception cref="SinewException">As for <see cref="Load"/>.</exception>
    public static ModelCard Parse(string yaml, string name) => Read(YamlMap.Parse(yaml, name));

    /// <summary>The card as YAML, to be read by <see cref="Parse"/>.</summary>
    public string ToYaml()
    {
        var text = new StringBuilder();
        Line(0, "name", Quoted(Name));
        Line(0, "kind", Key(Kinds, Kind));
        Line(0, "file", Quoted(File));
        Line(0, "sha256", Quoted(Sha256));
        Line(0, "network", Quoted(Network));
        Line(0, "skeleton", Quoted(Skeleton));
        text.Append("input:\n");
        Line(1, "layout", Key(Layouts, Input.Layout));
        Line(1, "type", Key(Types, Input.Type));
        Line(1, "width", Number(Input.Width));
        Line(1, "height", Number(Input.Height));
        Line(1, "colour", Key(Colours, Input.Colour));
        Line(1, "scale", Number(Input.Scale));
        Line(1, "mean", $"[{string.Join(", ", Input.Mean.Select(Number))}]");
        Line(1, "std", $"[{string.Join(", ", Input.Std.Select(Number))}]");
        text.Append("output:\n");
        if (Output is { } output)
        {
            Line(1, "kind", Key(Outputs, output.Kind));
            switch (output.Kind)
            {
                case PoseOutputKind.SimCC:
                    Line(1, "split", Number(output.Split));
                    Line(1, "beta", Number(output.Beta));
                    Line(1, "refine", Key(Refinements, output.Refine));
                    break;
                case PoseOutputKind.Heatmap:
                    Line(1, "stride", Number(output.Stride));
                    Line(1, "offset", Number(output.Offset));
                    Line(1, "blur", Number(output.Blur));
                    Line(1, "refine", Key(Refinements, output.Refine));
                    break;
            }

            text.Append("crop:\n");
            Line(1, "padding", Number(Crop.Padding));
        }
        else if (Boxes is { } boxes)
        {
            Line(1, "kind", Kind == ModelKind.People ? Key(PeopleForms, boxes.Form) : Key(BoxForms, boxes.Form));
            Line(1, "label", Number(boxes.Label));
            Line(1, "score", Number(boxes.Score));
            if (Overlaps(boxes.Form)) Line(1, "overlap", Number(boxes.Overlap));
            text.Append("letterbox:\n");
            Line(1, "place", Key(Places, Letterbox.Centred));
            Line(1, "pad", Number(Letterbox.Pad));
            Line(1, "multiple", Number(Letterbox.Multiple));
        }

        Line(0, "licence", Quoted(Licence));
        Line(0, "source", Quoted(Source));
        return text.ToString();

        void Line(int level, string key, string? value)
        {
            if (value is not null) text.Append(' ', level * 2).Append(key).Append(": ").Append(value).Append('\n');
        }
    }

    private static string Key<T>(Dictionary<string, T> choices, T value) => choices.First(c => EqualityComparer<T>.Default.Equals(c.Value, value)).Key;

    private static string? Quoted(string? text) =>
        text is null ? null : $"'{text.ReplaceLineEndings(" ").Replace("'", "''", StringComparison.Ordinal)}'";

    private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static ModelCard Read(YamlMap map)
    {
        var kind = map.Choice("kind", Kinds);
        var card = new ModelCard
        {
            Name = map.Text("name"),
            Kind = kind,
            File = map.Text("file"),
            Sha256 = map.Text("sha256", null)?.ToLowerInvariant(),
            Network = map.Text("network", null),
            Skeleton = kind == ModelKind.Detector ? null : map.Text("skeleton"),
            Input = ReadInput(Part(map, "input")),
            Licence = map.Text("licence", null),
            Source = map.Text("source", null),
        };
        if (card.File.Length == 0 || card.File != Path.GetFileName(card.File)) throw map.Error("file", "must be a file name without folders");
        if (card.Sha256 is { } sha && (sha.Length != 64 || !sha.All(char.IsAsciiHexDigit))) throw map.Error("sha256", "must be 64 hex digits");
        card = kind == ModelKind.Pose
            ? card with { Output = ReadPoseOutput(Part(map, "output")), Crop = ReadCrop(map.Map("crop")) }
            : card with { Boxes = ReadBoxes(Part(map, "output"), kind == ModelKind.People ? PeopleForms : BoxForms), Letterbox = ReadLetterbox(map.Map("letterbox")) };
        if (card.Boxes is not null && (card.Input.Width % card.Letterbox.Multiple != 0 || card.Input.Height % card.Letterbox.Multiple != 0))
        {
            throw map.Error("input", $"must have sides that are multiples of {card.Letterbox.Multiple}");
        }

        map.Done();
        return card;
    }

    private static YamlMap Part(YamlMap map, string key) => map.Map(key) ?? throw map.Error(key, "is missing");

    private static ModelInput ReadInput(YamlMap map)
    {
        var input = new ModelInput
        {
            Layout = map.Choice("layout", Layouts, "nchw"),
            Type = map.Choice("type", Types, "float32"),
            Width = map.Whole("width", min: 1, max: MaxSide),
            Height = map.Whole("height", min: 1, max: MaxSide),
            Colour = map.Choice("colour", Colours, "rgb"),
            Scale = map.Number("scale", 1, 1e-6, 1e6),
            Mean = map.Numbers("mean", 3, [0, 0, 0]),
            Std = map.Numbers("std", 3, [1, 1, 1]),
        };
        if (input.Std.Any(s => s <= 0)) throw map.Error("std", "must be greater than 0 in every channel");
        if (input.Type != OnnxElementType.Float32 && (input.Scale != 1 || input.Mean.Any(m => m != 0) || input.Std.Any(s => s != 1)))
        {
            throw map.Error("type", "is a whole number, which takes the pixels as they are: leave scale, mean and std out");
        }

        map.Done();
        return input;
    }

    private static PoseOutput ReadPoseOutput(YamlMap map)
    {
        var output = new PoseOutput { Kind = map.Choice("kind", Outputs) };
        output = output.Kind switch
        {
            PoseOutputKind.SimCC => output with
            {
                Split = map.Number("split", 2, 1e-3, 1e3),
                Beta = map.Number("beta", 10, 1e-6, 1e6),
                Refine = map.Choice("refine", BinRefinements, "none"),
            },
            PoseOutputKind.Heatmap => output with
            {
                Stride = map.Number("stride", min: 1e-3, max: MaxSide),
                Offset = map.Number("offset", 0, -MaxSide, MaxSide),
                Blur = map.Number("blur", 0, 0, 100),
                Refine = map.Choice("refine", Refinements, "quarter"),
            },
            _ => output,
        };
        map.Done();
        return output;
    }

    private static CropRule ReadCrop(YamlMap? map)
    {
        if (map is null) return new CropRule();
        var crop = new CropRule { Padding = map.Number("padding", 1.25, 0.1, 10) };
        map.Done();
        return crop;
    }

    private static DetectorOutput ReadBoxes(YamlMap map, Dictionary<string, DetectorForm> forms)
    {
        var boxes = new DetectorOutput { Form = map.Choice("kind", forms), Label = map.Whole("label", 0, 0, 100_000), Score = map.Number("score", 0.3, 0, 1) };
        if (Overlaps(boxes.Form)) boxes = boxes with { Overlap = map.Number("overlap", 0.45, 0, 1) };
        map.Done();
        return boxes;
    }

    private static bool Overlaps(DetectorForm form) => form is not (DetectorForm.Boxes or DetectorForm.Rtmo);

    private static Letterbox ReadLetterbox(YamlMap? map)
    {
        if (map is null) return new Letterbox();
        var letterbox = new Letterbox
        {
            Centred = map.Choice("place", Places, "top-left"),
            Pad = (byte)map.Whole("pad", 114, 0, 255),
            Multiple = map.Whole("multiple", 32, 1, MaxSide),
        };
        map.Done();
        return letterbox;
    }
}
