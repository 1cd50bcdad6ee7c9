using System.Text.Json;
using System.Text.Json.Serialization;
using Sinew.Codecs;
using Sinew.Imaging;
using Sinew.Inference;
using Sinew.Skeletons;

namespace Sinew.Training.Models;

/// <summary>
/// All that must be known to use a model's weights: network, input, normalisation, codec, skeleton. It travels inside the
/// weights' file, so that a model needs no second one.
/// </summary>
public sealed record ModelDescription
{
    /// <summary>Key of the description in a safetensors file's metadata.</summary>
    public const string MetadataKey = "sinew.model";

    /// <summary><c>rtmpose-t</c> … <c>rtmpose-x</c>.</summary>
    public required string Model { get; init; }

    /// <summary>Width of the input, pixels.</summary>
    public required int Width { get; init; }

    /// <summary>Height of the input, pixels.</summary>
    public required int Height { get; init; }

    /// <summary>Pixels of the input per cell of the network's last map.</summary>
    public int Stride { get; init; } = RtmPose.PublishedStride;

    /// <summary>Bins per pixel.</summary>
    public double SplitRatio { get; init; } = 2;

    /// <summary>σ of the labels, bins of x and of y.</summary>
    public required double[] Sigma { get; init; }

    /// <summary>Factor on the person's box before it becomes the crop.</summary>
    public double Padding { get; init; } = 1.25;

    /// <summary>Mean of red, green and blue, 0–255.</summary>
    public double[] Mean { get; init; } = [123.675, 116.28, 103.53];

    /// <summary>Standard deviation of red, green and blue, 0–255.</summary>
    public double[] Std { get; init; } = [58.395, 57.12, 57.375];

    /// <summary>Name of the skeleton.</summary>
    public required string Skeleton { get; init; }

    /// <summary>The joints in the order of the outputs.</summary>
    public required IReadOnlyList<Joint> Joints { get; init; }

    /// <summary>Pairs of joint indices to draw.</summary>
    public IReadOnlyList<int[]> Limbs { get; init; } = [];

    /// <summary>Which data sets' labels have which joints; null where it is not known.</summary>
    public IReadOnlyList<JointOrigin>? Origins { get; init; }

    /// <summary>Width of the refiner behind the head; null where there is none.</summary>
    public int? RefinerWidth { get; init; }

    /// <summary>Name of the recipe that trained the weights.</summary>
    public string? Recipe { get; init; }

    /// <summary>Steps that trained the weights.</summary>
    public long Steps { get; init; }

    /// <summary>SHA-256 of the recipe's text, lower-case hex.</summary>
    public string? RecipeSha256 { get; init; }

    /// <summary>What the weights scored on the recipe's evaluations, such as <c>studio17/AP</c>: fractions from 0 to 1.</summary>
    public IReadOnlyDictionary<string, double>? Scores { get; init; }

    /// <summary>The description of a network for a skeleton.</summary>
    /// <param name="network">The network.</param>
    /// <param name="skeleton">Its joints.</param>
    /// <param name="sigma">σ of the labels, bins of x and y.</param>
    public static ModelDescription Of(RtmPose network, Skeleton skeleton, (double X, double Y) sigma)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(skeleton);
        return new ModelDescription
        {
            Model = $"rtmpose-{network.Size.Name}",
            RefinerWidth = network.Refiner?.Width,
            Width = network.Width,
            Height = network.Height,
            Stride = network.Stride,
            Sigma = [Math.Round(sigma.X, 4), Math.Round(sigma.Y, 4)],
            Skeleton = skeleton.Name,
            Joints = skeleton.Joints,
            Limbs = [.. skeleton.Limbs.Select(l => new[] { l.From, l.To })],
        };
    }

    /// <summary>The description of MMPose weights by their card.</summary>
    /// <param name="card">A card that names the network and its skeleton.</param>
    /// <exception cref="SinewException">The card is of no RTMPose network.</exception>
    public static ModelDescription Of(ModelCard card)
    {
        ArgumentNullException.ThrowIfNull(card);
        if (card.Network is null || card.Skeleton is null || card.Output is not { Kind: PoseOutputKind.SimCC } output)
            throw new SinewException($"model card '{card.Name}': weights without their graph need 'network' (such as rtmpose-m), 'skeleton', and an output of kind simcc");
        var skeleton = SkeletonFile.Resolve(card.Skeleton);
        var sigma = SimCcCodec.ForInput(card.Input.Width, card.Input.Height).Sigma;
        return new ModelDescription
        {
            Model = card.Network,
            Width = card.Input.Width,
            Height = card.Input.Height,
            SplitRatio = output.Split,
            Sigma = [sigma.X, sigma.Y],
            Padding = card.Crop.Padding,
            Mean = [.. card.Input.Mean],
            Std = [.. card.Input.Std],
            Skeleton = skeleton.Name,
            Joints = skeleton.Joints,
            Limbs = [.. skeleton.Limbs.Select(l => new[] { l.From, l.To })],
        };
    }

    /// <summary>The model card of the network as an ONNX file.</summary>
    /// <param name="file">The file's name.</param>
    /// <param name="decoded">True where the graph gives joints instead of bins.</param>
    public ModelCard ToCard(string file, bool decoded) => new()
    {
        Name = Recipe is null ? $"{Model}-{Skeleton}" : $"{Recipe}-{Skeleton}",
        Kind = ModelKind.Pose,
        File = file,
        Network = Model,
        Skeleton = Skeleton,
        Input = new ModelInput { Width = Width, Height = Height, Mean = Mean, Std = Std },
        Output = decoded ? new PoseOutput { Kind = PoseOutputKind.Points } : new PoseOutput { Kind = PoseOutputKind.SimCC, Split = SplitRatio },
        Crop = new CropRule { Padding = Padding },
    };

    /// <summary>Reads a description from JSON.</summary>
    /// <param name="json">As <see cref="ToJson"/> writes it.</param>
    /// <param name="file">Name for errors.</param>
    /// <exception cref="SinewException">The text is no such description.</exception>
    public static ModelDescription FromJson(string json, string file)
    {
        try
        {
            var read = JsonSerializer.Deserialize(json, ModelDescriptionJson.Default.ModelDescription);
            if (read is null || read.Joints.Count == 0 || read.Mean.Length != 3 || read.Std.Length != 3 || read.Sigma.Length != 2)
                throw new SinewException($"{file}: the model description inside lacks joints or numbers");
            // descriptions that were written before networks had other strides lack it
            return read.Stride == 0 ? read with { Stride = RtmPose.PublishedStride } : read;
        }
        catch (JsonException e)
        {
            throw new SinewException($"{file}: the model description inside is not readable: {e.Message.ReplaceLineEndings(" ")}", e);
        }
    }

    /// <summary>The description as JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, ModelDescriptionJson.Default.ModelDescription);

    /// <summary>Mean and standard deviation as pixels are normalised by them.</summary>
    [JsonIgnore]
    public PixelNorm Norm => new((float)Mean[0], (float)Mean[1], (float)Mean[2], (float)Std[0], (float)Std[1], (float)Std[2]);

    /// <summary>The skeleton of the outputs.</summary>
    public Skeleton ToSkeleton() => new(Skeleton, Joints, Limbs.Count == 0 ? null : [.. Limbs.Select(l => (l[0], l[1]))]);

    /// <summary>A network of this description with fresh weights.</summary>
    public RtmPose Build() =>
        new(SizeOf(Model), Joints.Count, Width, Height, SplitRatio, Stride, RefinerWidth is { } width ? (width, ToSkeleton().Limbs) : null);

    /// <summary>The size that a model's name stands for.</summary>
    /// <param name="model"><c>rtmpose-t</c> and so on.</param>
    /// <exception cref="SinewException">There is no such model.</exception>
    public static RtmPoseSize SizeOf(string model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model.StartsWith("rtmpose-", StringComparison.Ordinal) ? RtmPoseSize.Named(model["rtmpose-".Length..])
            : throw new SinewException($"there is no model '{model}': use rtmpose-t, rtmpose-s, rtmpose-m, rtmpose-l or rtmpose-x");
    }
}

[JsonSerializable(typeof(ModelDescription))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
internal sealed partial class ModelDescriptionJson : JsonSerializerContext;
