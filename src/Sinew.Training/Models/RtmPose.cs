using Sinew.Tensors;
using Sinew.Tensors.Functional;
using Sinew.Tensors.Modules;

namespace Sinew.Training.Models;

/// <summary>What a SimCC network predicts: one row of logits per joint and axis.</summary>
/// <param name="X">Logits over the bins of x, <c>[N, K, Wx]</c>.</param>
/// <param name="Y">Logits over the bins of y, <c>[N, K, Wy]</c>.</param>
public readonly record struct SimCcLogits(Tensor X, Tensor Y);

/// <summary>The published sizes of RTMPose: factors on depth and width of CSPNeXt.</summary>
/// <param name="Name">t, s, m, l or x.</param>
/// <param name="Deepen">Factor on the blocks per stage.</param>
/// <param name="Widen">Factor on the channels.</param>
public sealed record RtmPoseSize(string Name, double Deepen, double Widen)
{
    /// <summary>All sizes, smallest first.</summary>
    public static IReadOnlyList<RtmPoseSize> All { get; } =
        [new("t", 0.167, 0.375), new("s", 0.33, 0.5), new("m", 0.67, 0.75), new("l", 1, 1), new("x", 1.33, 1.25)];

    /// <summary>The size of this name.</summary>
    /// <param name="name">t, s, m, l or x.</param>
    /// <exception cref="SinewException">There is no such size.</exception>
    public static RtmPoseSize Named(string name) => All.FirstOrDefault(s => s.Name == name)
        ?? throw new SinewException($"RTMPose has no size '{name}': use one of {string.Join(", ", All.Select(s => s.Name))}");
}

/// <summary>RTMPose: CSPNeXt and the RTMCC head, for any number of joints and any input divisible by its stride.</summary>
public sealed class RtmPose : Module
{
    /// <summary>Pixels of the input per cell of the last map, as published.</summary>
    public const int PublishedStride = 32;

    // the maps at 1/16, 1/8 and 1/4 of the input's size, counted from the stem
    private static readonly int[] RefinerStages = [3, 2, 1];

    /// <summary>What the names of the refiner's parameters begin with.</summary>
    internal const string RefinerPrefix = "refiner.";

    /// <summary>Names of the tensors whose first side is the joints; all others are the same for every joint.</summary>
    internal static readonly string[] RowsOfJoints = ["head.final_layer.weight", "head.final_layer.bias"];

    private bool _half;

    /// <summary>Makes the network with fresh weights.</summary>
    /// <param name="size">One of <see cref="RtmPoseSize.All"/>.</param>
    /// <param name="joints">Joints to predict.</param>
    /// <param name="width">Width of the input, pixels.</param>
    /// <param name="height">Height of the input, pixels.</param>
    /// <param name="splitRatio">Bins per pixel.</param>
    /// <param name="stride">Pixels of the input per cell of the last map: 32 as published, or 16, which small inputs need to keep enough cells.</param>
    /// <param name="refiner">Width and limbs of a refiner behind the head; null for none.</param>
    /// <exception cref="SinewException">A side is not a positive multiple of the stride, there are no joints, or the stride is another.</exception>
    public RtmPose(
        RtmPoseSize size, int joints, int width, int height, double splitRatio = 2, int stride = PublishedStride, (int Width, IReadOnlyList<(int From, int To)> Limbs)? refiner = null)
    {
        ArgumentNullException.ThrowIfNull(size);
        if (stride is not (PublishedStride or PublishedStride / 2)) throw new SinewException($"RTMPose has a stride of 32 or of 16, not {stride}");
        if (width <= 0 || height <= 0 || width % stride != 0 || height % stride != 0)
            throw new SinewException($"RTMPose at stride {stride} takes inputs whose sides are multiples of {stride}, not {width}×{height} (width × height)");
        if (joints <= 0) throw new SinewException($"RTMPose needs at least one joint, not {joints}");
        (Size, Joints, Width, Height, Stride) = (size, joints, width, height, stride);
        (BinsX, BinsY) = ((int)(width * splitRatio), (int)(height * splitRatio));
        Backbone = Child("backbone", new CspNeXt(size.Deepen, size.Widen));
        Head = Child("head", NewHead());
        if (refiner is { } r)
        {
            int[] channels = [.. RefinerStages.Select(stage => Backbone.ChannelsOf(stage))];
            Refiner = Child("refiner", new PoseRefiner(joints, r.Limbs, channels, r.Width));
        }
        HalfResolution = false;
    }

    /// <summary>The published size.</summary>
    public RtmPoseSize Size { get; }

    /// <summary>Joints that are predicted.</summary>
    public int Joints { get; }

    /// <summary>Width of the input, pixels.</summary>
    public int Width { get; }

    /// <summary>Height of the input, pixels.</summary>
    public int Height { get; }

    /// <summary>Pixels of the input per cell of the last map.</summary>
    public int Stride { get; }

    /// <summary>Bins of x.</summary>
    public int BinsX { get; }

    /// <summary>Bins of y.</summary>
    public int BinsY { get; }

    /// <summary>The convolutional part.</summary>
    public CspNeXt Backbone { get; }

    /// <summary>The part that predicts bins from the last map.</summary>
    public RtmccHead Head { get; }

    /// <summary>Corrects the head's poses; null where the head has the last word.</summary>
    public PoseRefiner? Refiner { get; }

    /// <summary>
    /// Half resolution: crops are averaged 2×2 before the backbone, whose last stage then keeps its size. The head sees the same
    /// cells, the labels stay what they are, and a step costs about a quarter. Meant for the start of a training from random
    /// weights; <c>docs/methods.md</c> says what it brings.
    /// </summary>
    /// <exception cref="SinewException">Set to true for a network of stride 16, whose last stage has no stride to give up.</exception>
    public bool HalfResolution
    {
        get => _half;
        set
        {
            if (value && Stride != PublishedStride) throw new SinewException($"a network of stride {Stride} has no half resolution: leave warm_start.half_resolution out");
            _half = value;
            Backbone.LastStride = value || Stride != PublishedStride ? 1 : 2;
        }
    }

    /// <summary>A head like this network's own, with fresh weights.</summary>
    public RtmccHead NewHead() => new(Backbone.OutChannels, Joints, Width / Stride * (Height / Stride), BinsX, BinsY);

    /// <summary>Logits of x <c>[N, K, Wx]</c> and y <c>[N, K, Wy]</c>.</summary>
    /// <param name="crops">Normalised crops, <c>[N, 3, Height, Width]</c>.</param>
    public SimCcLogits Logits(Tensor crops) => LogitsOf(Maps(crops));

    /// <summary>
    /// Logits of maps that are there already. A refined pose moves the rows of its joints, so that whatever reads logits (scores, the
    /// flip test, teachers) reads refined ones without knowing of it.
    /// </summary>
    /// <param name="maps">From <see cref="Maps"/>.</param>
    public SimCcLogits LogitsOf(Tensor[] maps)
    {
        ArgumentNullException.ThrowIfNull(maps);
        var logits = Head.Logits(maps[^1]);
        if (Refiner is null) return logits;
        var (pose, score) = CoarsePose.Of(logits);
        var offset = Refiner.Offsets(pose, score, RefinerMaps(maps))[^1];
        return new SimCcLogits(CoarsePose.Moved(logits.X, offset.Select(2, 0)), CoarsePose.Moved(logits.Y, offset.Select(2, 1)));
    }

    /// <summary>The maps of the stem and of all four stages, strides 2, 4, 8, 16, 32.</summary>
    /// <param name="crops">Normalised crops, <c>[N, 3, Height, Width]</c>.</param>
    public Tensor[] Maps(Tensor crops) => Backbone.Features(Ordered(crops));

    /// <summary>The backbone's last map, as the head takes it.</summary>
    /// <param name="crops">Normalised crops, <c>[N, 3, Height, Width]</c>.</param>
    public Tensor Features(Tensor crops) => Maps(crops)[^1];

    /// <summary>The logits of x and y side by side, <c>[N, K, Wx + Wy]</c>.</summary>
    /// <param name="x">Normalised crops.</param>
    public override Tensor Forward(Tensor x)
    {
        var logits = Logits(x);
        return Tensor.Cat([logits.X, logits.Y], 2);
    }

    /// <summary>Of the maps of a crop those that a refiner reads, coarse ones first.</summary>
    /// <param name="maps">Of the stem and of the four stages, whatever stands for a map.</param>
    internal static T[] RefinerMaps<T>(T[] maps) => [.. RefinerStages.Select(stage => maps[stage])];

    private Tensor Ordered(Tensor crops)
    {
        ArgumentNullException.ThrowIfNull(crops);
        // the processor is faster in this order (docs/benchmarks.md); the operators that follow keep it
        var ordered = crops.Device == Device.Cpu ? crops.Contiguous(channelsLast: true) : crops;
        return HalfResolution ? F.AvgPool2d(ordered, 2, 2) : ordered;
    }
}
