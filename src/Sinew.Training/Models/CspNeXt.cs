using Sinew.Tensors;
using Sinew.Tensors.Functional;
using Sinew.Tensors.Modules;

namespace Sinew.Training.Models;

/// <summary>
/// The CSPNeXt backbone (P5, expand ratio 0.5, channel attention) of RTMDet and RTMPose. Input <c>[N, 3, H, W]</c>, H and W
/// divisible by 32. Source: arXiv 2212.07784; state names as MMPose's <c>CSPNeXt</c>.
/// </summary>
public sealed class CspNeXt : Module
{
    private readonly double _widen;
    private readonly Sequential _stem;
    private readonly Sequential[] _stages;
    private readonly ConvNormAct _lastDownsampling;

    /// <summary>Makes the backbone with fresh weights.</summary>
    /// <param name="deepen">Factor on the number of blocks per stage.</param>
    /// <param name="widen">Factor on the channels.</param>
    public CspNeXt(double deepen, double widen)
    {
        int Wide(int channels) => (int)(channels * widen);
        int Deep(int blocks) => Math.Max((int)Math.Round(blocks * deepen, MidpointRounding.ToEven), 1);

        var half = (int)(64 * widen / 2);
        _stem = Child("stem", new Sequential(
            new ConvNormAct(3, half, 3, stride: 2), new ConvNormAct(half, half, 3), new ConvNormAct(half, Wide(64), 3)));
        (int In, int Out, int Blocks, bool Identity, bool Pooling)[] plan =
            [(64, 128, 3, true, false), (128, 256, 6, true, false), (256, 512, 6, true, false), (512, 1024, 3, false, true)];
        _stages = new Sequential[plan.Length];
        ConvNormAct? downsampling = null;
        for (var i = 0; i < plan.Length; i++)
        {
            var (inChannels, outChannels) = (Wide(plan[i].In), Wide(plan[i].Out));
            downsampling = new ConvNormAct(inChannels, outChannels, 3, stride: 2);
            var csp = new CspLayer(outChannels, Deep(plan[i].Blocks), plan[i].Identity);
            _stages[i] = Child($"stage{i + 1}", plan[i].Pooling
                ? new Sequential(downsampling, new SpatialPyramidPooling(outChannels), csp)
                : new Sequential(downsampling, csp));
        }

        _lastDownsampling = downsampling!;
        _widen = widen;
        OutChannels = Wide(1024);
    }

    /// <summary>Channels of the last stage's map.</summary>
    public int OutChannels { get; }

    /// <summary>Channels of a stage's map.</summary>
    /// <param name="stage">1 to 4.</param>
    public int ChannelsOf(int stage) => (int)((64 << stage) * _widen);

    /// <summary>
    /// Stride of the last stage, 2 as published. At 1 the backbone's output has a sixteenth of the input's size, so that a
    /// crop of half the side gives a map of the same cells: training may start there and go on at full size with the same
    /// weights.
    /// </summary>
    public int LastStride
    {
        get => _lastDownsampling.Stride;
        set => _lastDownsampling.Stride = value;
    }

    /// <summary>The last stage's map, <c>[N, OutChannels, H/32, W/32]</c>.</summary>
    /// <param name="x">Normalised crops, <c>[N, 3, H, W]</c>.</param>
    public override Tensor Forward(Tensor x) => Features(x)[^1];

    /// <summary>The maps of the stem and of all four stages, strides 2, 4, 8, 16, 32.</summary>
    /// <param name="input">Normalised crops, <c>[N, 3, H, W]</c>.</param>
    public Tensor[] Features(Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var maps = new Tensor[_stages.Length + 1];
        maps[0] = _stem.Forward(input);
        for (var i = 0; i < _stages.Length; i++) maps[i + 1] = _stages[i].Forward(maps[i]);
        return maps;
    }
}

/// <summary>Cross-stage-partial layer: half the channels go through the blocks, half past them; channel attention; fusion.</summary>
internal sealed class CspLayer : Module
{
    private readonly ConvNormAct _main;
    private readonly ConvNormAct _short;
    private readonly ConvNormAct _final;
    private readonly Sequential _blocks;
    private readonly ChannelAttention _attention;

    public CspLayer(int channels, int blocks, bool identity)
    {
        var mid = channels / 2;
        _main = Child("main_conv", new ConvNormAct(channels, mid, 1));
        _short = Child("short_conv", new ConvNormAct(channels, mid, 1));
        _final = Child("final_conv", new ConvNormAct(2 * mid, channels, 1));
        _blocks = Child("blocks", new Sequential([.. Enumerable.Range(0, blocks).Select(_ => (Module)new CspNeXtBlock(mid, identity))]));
        _attention = Child("attention", new ChannelAttention(2 * mid));
    }

    public override Tensor Forward(Tensor x)
    {
        var shortcut = _short.Forward(x);
        var main = _blocks.Forward(_main.Forward(x));
        return _final.Forward(_attention.Forward(Tensor.Cat([main, shortcut], 1)));
    }
}

/// <summary>3×3 convolution, then a 5×5 depthwise-separable one, with an identity where the stage has it.</summary>
internal sealed class CspNeXtBlock : Module
{
    private readonly ConvNormAct _conv1;
    private readonly DepthwiseSeparable _conv2;
    private readonly bool _identity;

    public CspNeXtBlock(int channels, bool identity)
    {
        _conv1 = Child("conv1", new ConvNormAct(channels, channels, 3));
        _conv2 = Child("conv2", new DepthwiseSeparable(channels, channels, 5));
        _identity = identity;
    }

    public override Tensor Forward(Tensor x)
    {
        var output = _conv2.Forward(_conv1.Forward(x));
        return _identity ? output + x : output;
    }
}

/// <summary>Scales channels by hard-sigmoid(1×1 convolution of their means).</summary>
internal sealed class ChannelAttention : Module
{
    private readonly Conv2d _fc;

    public ChannelAttention(int channels) => _fc = Child("fc", new Conv2d(channels, channels, 1, bias: true));

    public override Tensor Forward(Tensor x) => x * _fc.Forward(F.AdaptiveAvgPool2d(x, 1, 1)).Hardsigmoid();
}

/// <summary>Concatenates max pools of 5, 9 and 13 beside the input, between two 1×1 convolutions (YOLO's SPP).</summary>
internal sealed class SpatialPyramidPooling : Module
{
    private readonly ConvNormAct _conv1;
    private readonly ConvNormAct _conv2;

    public SpatialPyramidPooling(int channels)
    {
        var mid = channels / 2;
        _conv1 = Child("conv1", new ConvNormAct(channels, mid, 1));
        _conv2 = Child("conv2", new ConvNormAct(mid * 4, channels, 1));
    }

    public override Tensor Forward(Tensor x)
    {
        x = _conv1.Forward(x);
        return _conv2.Forward(Tensor.Cat(
            [x, F.MaxPool2d(x, 5, 1, 2), F.MaxPool2d(x, 9, 1, 4), F.MaxPool2d(x, 13, 1, 6)], 1));
    }
}
