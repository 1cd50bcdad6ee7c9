using Sinew.Tensors;
using Sinew.Tensors.Modules;

namespace Sinew.Training.Models;

/// <summary>
/// RTMPose's head: a 7×7 convolution to one map per joint, each map flattened to a token, a gated attention unit over the
/// joints, and two linear classifiers over the bins of x and of y. Source: arXiv 2303.07399; state names as MMPose's
/// <c>RTMCCHead</c>.
/// </summary>
public sealed class RtmccHead : Module
{
    /// <summary>Width of a joint's token.</summary>
    public const int HiddenWidth = 256;

    private readonly Conv2d _finalLayer;
    private readonly Sequential _mlp;
    private readonly GatedAttentionUnit _gau;
    private readonly Linear _classifierX;
    private readonly Linear _classifierY;

    /// <summary>Makes the head with fresh weights (normal, σ 0.001 for the convolution and 0.01 for linear layers).</summary>
    /// <param name="inChannels">Channels of the backbone's map.</param>
    /// <param name="joints">Joints to predict.</param>
    /// <param name="cells">Cells of the backbone's map (height × width).</param>
    /// <param name="binsX">Bins of x.</param>
    /// <param name="binsY">Bins of y.</param>
    public RtmccHead(int inChannels, int joints, int cells, int binsX, int binsY)
    {
        Cells = cells;
        _finalLayer = Child("final_layer", new Conv2d(inChannels, joints, 7, padding: 3, bias: true));
        _mlp = Child("mlp", new Sequential(new ScaleNorm(cells), new Linear(cells, HiddenWidth, bias: false)));
        _gau = Child("gau", new GatedAttentionUnit(HiddenWidth, expansion: 2));
        _classifierX = Child("cls_x", new Linear(HiddenWidth, binsX, bias: false));
        _classifierY = Child("cls_y", new Linear(HiddenWidth, binsY, bias: false));
        foreach (var (name, module) in NamedModules())
        {
            if (module is Linear linear) Init.Normal(linear.Weight, 0, 0.01);
        }

        Init.Normal(_finalLayer.Weight, 0, 0.001);
        Init.Constant(_finalLayer.Bias!, 0);
    }

    /// <summary>Cells that the backbone's map must have.</summary>
    public int Cells { get; }

    /// <summary>Logits of x <c>[N, K, Wx]</c> and y <c>[N, K, Wy]</c>.</summary>
    /// <param name="features">The backbone's last map, <c>[N, C, h, w]</c> with h·w = <see cref="Cells"/>.</param>
    public SimCcLogits Logits(Tensor features) => LogitsAndMaps(features).Logits;

    /// <summary>The logits, and the joint maps <c>[N, K, h, w]</c> that they are read from.</summary>
    /// <param name="features">The backbone's last map.</param>
    public (SimCcLogits Logits, Tensor Maps) LogitsAndMaps(Tensor features)
    {
        var maps = _finalLayer.Forward(features);
        var tokens = _gau.Forward(_mlp.Forward(maps.Flatten(2, -1)));
        return (new SimCcLogits(_classifierX.Forward(tokens), _classifierY.Forward(tokens)), maps);
    }

    /// <summary>Multiplies the first weights of the convolution and of all linear layers.</summary>
    /// <param name="factor">1 leaves them as MMPose has them.</param>
    public void ScaleInitialWeights(double factor)
    {
        using var frozen = Torch.NoGrad();
        _finalLayer.Weight.MulInPlace(factor);
        foreach (var (_, module) in NamedModules())
        {
            if (module is Linear linear) linear.Weight.MulInPlace(factor);
        }
    }

    /// <summary>The logits of x and y side by side, <c>[N, K, Wx + Wy]</c>.</summary>
    /// <param name="x">The backbone's last map.</param>
    public override Tensor Forward(Tensor x)
    {
        var logits = Logits(x);
        return Tensor.Cat([logits.X, logits.Y], 2);
    }
}

/// <summary>x / max(‖x‖·d^−½, ε) · g over the last axis, with one learned g.</summary>
internal sealed class ScaleNorm : Module
{
    private const double Epsilon = 1e-5;
    private readonly double _scale;
    private readonly Tensor _g;

    public ScaleNorm(int width)
    {
        _scale = 1 / Math.Sqrt(width);
        _g = Parameter("g", Tensor.Ones([1]));
    }

    public override Tensor Forward(Tensor x)
    {
        var norm = Torch.Call("aten::norm", "ScalarOpt_dim", x, 2.0, new long[] { -1 }, true) * _scale;
        return x / norm.Clamp(min: Epsilon) * _g;
    }
}

/// <summary>Gated attention unit: attention with squared ReLU and one shared key/query projection (arXiv 2202.10447).</summary>
internal sealed class GatedAttentionUnit : Module
{
    /// <summary>Width of the shared projection that queries and keys are made of.</summary>
    public const int KeyWidth = 128;

    private readonly int _valueWidth;
    private readonly Tensor _gamma;
    private readonly Tensor _beta;
    private readonly Linear _o;
    private readonly Linear _uv;
    private readonly ScaleNorm _norm;
    private readonly ResidualScale _residualScale;

    public GatedAttentionUnit(int width, int expansion)
    {
        _valueWidth = width * expansion;
        _gamma = Parameter("gamma", Tensor.Rand([2, KeyWidth]));
        _beta = Parameter("beta", Tensor.Rand([2, KeyWidth]));
        _o = Child("o", new Linear(_valueWidth, width, bias: false));
        _uv = Child("uv", new Linear(width, (2 * _valueWidth) + KeyWidth, bias: false));
        _norm = Child("ln", new ScaleNorm(width));
        _residualScale = Child("res_scale", new ResidualScale(width));
    }

    public override Tensor Forward(Tensor x)
    {
        var uv = _uv.Forward(_norm.Forward(x)).Silu();
        var u = uv.Narrow(2, 0, _valueWidth);
        var v = uv.Narrow(2, _valueWidth, _valueWidth);
        var shared = uv.Narrow(2, 2 * _valueWidth, KeyWidth).Unsqueeze(2);
        var both = (shared * _gamma) + _beta; // [N, K, 2, s]
        var query = both.Select(2, 0);
        var key = both.Select(2, 1);
        var attention = (query.Bmm(key.Transpose(1, 2)) * (1 / Math.Sqrt(KeyWidth))).Relu().Square();
        return _residualScale.Forward(x) + _o.Forward(u * attention.Bmm(v));
    }
}

/// <summary>One learned factor per channel on the residual branch.</summary>
internal sealed class ResidualScale : Module
{
    private readonly Tensor _scale;

    public ResidualScale(int width) => _scale = Parameter("scale", Tensor.Ones([width]));

    public override Tensor Forward(Tensor x) => x * _scale;
}
