using Sinew.Tensors;
using Sinew.Tensors.Modules;

namespace Sinew.Training.Models;

/// <summary>Convolution without bias, batch norm, SiLU: the brick of CSPNeXt. State names as MMCV's ConvModule: <c>conv</c>, <c>bn</c>.</summary>
public sealed class ConvNormAct : Module
{
    private readonly Conv2d _conv;
    private readonly BatchNorm2d _norm;

    /// <summary>Makes the brick, its convolution initialised as PyTorch does by default (Kaiming, uniform, a = √5).</summary>
    /// <param name="inChannels">Channels of the input.</param>
    /// <param name="outChannels">Channels of the output.</param>
    /// <param name="kernel">Side of the kernel; padding keeps the size at stride 1.</param>
    /// <param name="stride">Stride.</param>
    /// <param name="groups">Groups; equal to the channels for a depthwise convolution.</param>
    public ConvNormAct(int inChannels, int outChannels, int kernel, int stride = 1, int groups = 1)
    {
        _conv = Child("conv", new Conv2d(inChannels, outChannels, kernel, stride, kernel / 2, groups: groups, bias: false));
        _norm = Child("bn", new BatchNorm2d(outChannels));
    }

    /// <summary>Stride of the convolution. It may be changed between steps: the weights do not depend on it.</summary>
    public int Stride
    {
        get => (int)_conv.Stride;
        set => _conv.Stride = value;
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => Training || Torch.GradEnabled ? _norm.ForwardSilu(_conv.Forward(x)) : Folded(x);

    // With fixed statistics the norm is a factor and an offset per channel, which the convolution takes into its weights: one pass over the map
    // less. They are folded at each call, a hundredth of its time, so that they are never those of an earlier step.
    private Tensor Folded(Tensor x)
    {
        var factor = _norm.Weight / (_norm.RunningVariance + _norm.Eps).Sqrt();
        var map = _conv.Forward(x, _conv.Weight * factor.Reshape(-1, 1, 1, 1), _norm.Bias - (_norm.RunningMean * factor));
        return Torch.Call("aten::silu_", "", map);
    }
}

/// <summary>Depthwise k×k then pointwise 1×1, each a <see cref="ConvNormAct"/> (MMCV's DepthwiseSeparableConvModule).</summary>
internal sealed class DepthwiseSeparable : Module
{
    private readonly ConvNormAct _depthwise;
    private readonly ConvNormAct _pointwise;

    public DepthwiseSeparable(int inChannels, int outChannels, int kernel)
    {
        _depthwise = Child("depthwise_conv", new ConvNormAct(inChannels, inChannels, kernel, groups: inChannels));
        _pointwise = Child("pointwise_conv", new ConvNormAct(inChannels, outChannels, 1));
    }

    public override Tensor Forward(Tensor x) => _pointwise.Forward(_depthwise.Forward(x));
}
