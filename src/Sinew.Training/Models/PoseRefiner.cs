using Sinew.Tensors;
using Sinew.Tensors.Functional;
using Sinew.Tensors.Modules;

namespace Sinew.Training.Models;

/// <summary>
/// The image-guided progressive graph network that corrects a coarse pose: three graph blocks over the skeleton, each fed with what the
/// backbone sees at the joints, at 1/16, 1/8 and 1/4 of the input's size, and each with offsets of its own. The cascade is OPEC-Net's
/// (ECCV 2020); widths, norms, where features are read and that offsets start at 0 are this project's (<c>docs/methods.md</c>).
/// </summary>
public sealed class PoseRefiner : Module
{
    private readonly GraphConvolution _first;
    private readonly Linear[] _read;
    private readonly GraphBlock[] _blocks;
    private readonly Linear[] _offsets;
    private readonly int _joints;

    /// <summary>Makes the network with fresh weights; its offsets are 0 until it has learned.</summary>
    /// <param name="joints">Joints of a pose.</param>
    /// <param name="limbs">Pairs of joints that the graph ties together, both ways.</param>
    /// <param name="channels">Channels of the backbone's maps at 1/16, 1/8 and 1/4 of the input's size.</param>
    /// <param name="width">Channels of the first block; 128 in OPEC-Net.</param>
    public PoseRefiner(int joints, IReadOnlyList<(int From, int To)> limbs, IReadOnlyList<int> channels, int width)
    {
        ArgumentNullException.ThrowIfNull(limbs);
        ArgumentNullException.ThrowIfNull(channels);
        (Width, Limbs, _joints) = (width, limbs, joints);
        _first = Child("first", new GraphConvolution(3, width, joints, limbs));
        _read = new Linear[channels.Count];
        _blocks = new GraphBlock[channels.Count];
        _offsets = new Linear[channels.Count];
        var wide = width;
        for (var i = 0; i < channels.Count; i++)
        {
            var seen = i == 0 ? 2 * width : width;
            wide += seen;
            _read[i] = Child($"read{i}", new Linear(channels[i], seen));
            _blocks[i] = Child($"block{i}", new GraphBlock(wide, joints, limbs));
            _offsets[i] = Child($"offset{i}", new Linear(wide, 2));
            Init.Constant(_offsets[i].Weight, 0);
            Init.Constant(_offsets[i].Bias!, 0);
        }
    }

    /// <summary>Channels of the first block.</summary>
    public int Width { get; }

    /// <summary>Pairs of joints that the graph ties together.</summary>
    public IReadOnlyList<(int From, int To)> Limbs { get; }

    /// <summary>Multiply–adds for one pose.</summary>
    public long Macs => _joints * (_first.MacsPerJoint + _read.Sum(l => l.Weight.Count) + _blocks.Sum(b => b.MacsPerJoint) + _offsets.Sum(l => l.Weight.Count));

    /// <summary>The offsets to a coarse pose, each block's, as fractions of the crop's sides: three of <c>[N, K, 2]</c>.</summary>
    /// <param name="pose">The coarse pose as fractions of the crop's sides, <c>[N, K, 2]</c>; 0 is the outer edge of the first pixel.</param>
    /// <param name="score">The joints' scores, <c>[N, K]</c>.</param>
    /// <param name="maps">The backbone's maps at 1/16, 1/8 and 1/4 of the input's size.</param>
    public Tensor[] Offsets(Tensor pose, Tensor score, IReadOnlyList<Tensor> maps)
    {
        ArgumentNullException.ThrowIfNull(pose);
        ArgumentNullException.ThrowIfNull(score);
        ArgumentNullException.ThrowIfNull(maps);
        var x = _first.Forward(Tensor.Cat([(pose * 2) - 1, score.Unsqueeze(2)], 2)).Relu();
        var offsets = new Tensor[_blocks.Length];
        var at = pose;
        for (var i = 0; i < offsets.Length; i++)
        {
            x = _blocks[i].Forward(Tensor.Cat([x, _read[i].Forward(Sampled(maps[i], at))], 2));
            offsets[i] = _offsets[i].Forward(x);
            // the next block looks where this one has put the joints; where to look is not learned through the picture
            at = pose + offsets[i].Detach();
        }

        return offsets;
    }

    /// <summary>Is run by <see cref="Offsets"/>.</summary>
    /// <param name="x">Unused.</param>
    /// <exception cref="NotSupportedException">Always: a pose and maps are needed.</exception>
    public override Tensor Forward(Tensor x) => throw new NotSupportedException("a refiner takes a pose and the backbone's maps: call Offsets");

    // bilinear, as every pixel's centre lies half a pixel from its edge at every size
    private static Tensor Sampled(Tensor map, Tensor at) =>
        Torch.Call("aten::grid_sampler", "", map, ((at * 2) - 1).Unsqueeze(1), 0L, 1L, false).Squeeze(2).Transpose(1, 2);
}

/// <summary>
/// Semantic graph convolution: every joint takes from its neighbours what softmax over one learned number per edge gives them; itself and the
/// others through weights of their own: (Â⊙I)·X·W₀ + (Â⊙(1 − I))·X·W₁ + b (Zhao et al., CVPR 2019, as OPEC-Net has it).
/// </summary>
internal sealed class GraphConvolution : Module
{
    private const float NoEdge = -1e9f;

    private readonly Tensor _edges;
    private readonly Tensor _mask;
    private readonly Tensor _self;
    private readonly Linear _own;
    private readonly Linear _others;

    public GraphConvolution(int inChannels, int outChannels, int joints, IReadOnlyList<(int From, int To)> limbs)
    {
        var (mask, self) = (new float[joints * joints], new float[joints * joints]);
        Array.Fill(mask, NoEdge);
        for (var j = 0; j < joints; j++) (mask[(j * joints) + j], self[(j * joints) + j]) = (0, 1);
        foreach (var (a, b) in limbs) (mask[(a * joints) + b], mask[(b * joints) + a]) = (0, 0);
        _edges = Parameter("edges", Tensor.Ones([joints, joints]));
        _mask = Buffer("mask", Tensor.FromArray<float>(mask, joints, joints));
        _self = Buffer("self", Tensor.FromArray<float>(self, joints, joints));
        _own = Child("own", new Linear(inChannels, outChannels));
        _others = Child("others", new Linear(inChannels, outChannels, bias: false));
        MacsPerJoint = (2L * inChannels * outChannels) + ((long)joints * outChannels);
    }

    public long MacsPerJoint { get; }

    public override Tensor Forward(Tensor x)
    {
        var graph = (_edges + _mask).Softmax(-1);
        var own = (graph * _self).Sum([-1], true); // [K, 1]
        var others = graph * (1 - _self);
        // the bias is not weighed by the graph
        return (own * F.Linear(x, _own.Weight)) + others.Matmul(_others.Forward(x)) + _own.Bias!;
    }
}

/// <summary>Two graph convolutions around a bottleneck, a residual, and a gate per channel from the mean over all joints.</summary>
internal sealed class GraphBlock : Module
{
    private readonly GraphConvolution _down;
    private readonly GraphConvolution _up;
    private readonly ChannelNorm _downNorm;
    private readonly ChannelNorm _norm;
    private readonly Linear _squeeze;
    private readonly Linear _gate;

    public GraphBlock(int channels, int joints, IReadOnlyList<(int From, int To)> limbs)
    {
        _down = Child("down", new GraphConvolution(channels, channels / 2, joints, limbs));
        _downNorm = Child("down_norm", new ChannelNorm(channels / 2));
        _up = Child("up", new GraphConvolution(channels / 2, channels, joints, limbs));
        _norm = Child("norm", new ChannelNorm(channels));
        _squeeze = Child("squeeze", new Linear(channels, channels / 8));
        _gate = Child("gate", new Linear(channels / 8, channels));
        MacsPerJoint = _down.MacsPerJoint + _up.MacsPerJoint + ((_squeeze.Weight.Count + _gate.Weight.Count) / joints);
    }

    public long MacsPerJoint { get; }

    public override Tensor Forward(Tensor x)
    {
        var y = _norm.Forward(x + _up.Forward(_downNorm.Forward(_down.Forward(x)).Relu())).Relu();
        var gate = _gate.Forward(_squeeze.Forward(y.Mean([1], true)).Relu()).Sigmoid();
        return y + (y * gate);
    }
}

/// <summary>Layer norm over a joint's channels: unlike batch norm it is the same in training and after it, for one person as for many.</summary>
internal sealed class ChannelNorm : Module
{
    private readonly Tensor _weight;
    private readonly Tensor _bias;
    private readonly long[] _shape;

    public ChannelNorm(int channels)
    {
        _shape = [channels];
        _weight = Parameter("weight", Tensor.Ones(_shape));
        _bias = Parameter("bias", Tensor.Zeros(_shape));
    }

    public override Tensor Forward(Tensor x) => F.LayerNorm(x, _shape, _weight, _bias);
}
