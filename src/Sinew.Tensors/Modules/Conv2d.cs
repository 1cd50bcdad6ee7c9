using Sinew.Tensors.Functional;

namespace Sinew.Tensors.Modules;

/// <summary>A convolution with square kernel, as torch.nn.Conv2d, with its initial values.</summary>
public sealed class Conv2d : Module
{
    private readonly long[] _stride;
    private readonly long[] _padding;
    private readonly long[] _dilation;

    /// <summary>Makes the convolution.</summary>
    /// <param name="inChannels">Channels of the input.</param>
    /// <param name="outChannels">Channels of the output.</param>
    /// <param name="kernel">The kernel's side.</param>
    /// <param name="stride">How far it moves.</param>
    /// <param name="padding">How many zeros are put around.</param>
    /// <param name="dilation">How far apart its elements are.</param>
    /// <param name="groups">Into how many parts the channels fall.</param>
    /// <param name="bias">Whether each output channel has a bias.</param>
    public Conv2d(long inChannels, long outChannels, long kernel, long stride = 1, long padding = 0, long dilation = 1, long groups = 1, bool bias = true)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(groups, 1);
        if (inChannels % groups != 0 || outChannels % groups != 0)
            throw new ArgumentException($"{inChannels} and {outChannels} channels do not fall into {groups} groups", nameof(groups));
        (_stride, _padding, _dilation, Groups) = ([stride, stride], [padding, padding], [dilation, dilation], groups);
        Weight = Parameter("weight", Tensor.Empty([outChannels, inChannels / groups, kernel, kernel]));
        Init.KaimingUniform(Weight, Math.Sqrt(5));
        if (bias)
        {
            Bias = Parameter("bias", Tensor.Empty([outChannels]));
            double bound = 1 / Math.Sqrt(inChannels / groups * kernel * kernel);
            Init.Uniform(Bias, -bound, bound);
        }
    }

    /// <summary>[outChannels, inChannels / groups, kernel, kernel].</summary>
    public Tensor Weight { get; }

    /// <summary>[outChannels], or none.</summary>
    public Tensor? Bias { get; }

    /// <summary>Into how many parts the channels fall.</summary>
    public long Groups { get; }

    /// <summary>How far the kernel moves. The weights do not depend on it, so it may be changed between two calls.</summary>
    public long Stride
    {
        get => _stride[0];
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            _stride.AsSpan().Fill(value);
        }
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => Forward(x, Weight, Bias);

    /// <summary>The same convolution with other weights, such as those that a norm behind it was folded into.</summary>
    /// <param name="x">[N, inChannels, H, W].</param>
    /// <param name="weight">As <see cref="Weight"/>.</param>
    /// <param name="bias">[outChannels], or none.</param>
    public Tensor Forward(Tensor x, Tensor weight, Tensor? bias) => F.Conv2d(x, weight, bias, _stride, _padding, _dilation, Groups);
}
