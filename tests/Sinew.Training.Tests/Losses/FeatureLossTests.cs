using Sinew.Tensors;
using Sinew.TestSupport;
using Sinew.Training.Losses;
using Sinew.Training.Methods;

namespace Sinew.Training.Tests.Losses;

public class FeatureLossTests
{
    private const double Alpha = 7e-5;

    [Fact]
    public void Equals_DWPose_FeaLoss_of_equal_widths()
    {
        using var scope = new TensorScope();
        var reference = Shared.Npz("parity/dw_fealoss_same.npz");
        var student = Parity.Tensor(reference["preds_S"]);
        student.RequiresGrad = true;
        var loss = FeatureLoss.Of(student, Parity.Tensor(reference["preds_T"])) * Alpha;
        loss.Backward();
        Assert.Equal(1, loss.Item() / reference["loss"].Doubles()[0], 1e-6);
        Assert.InRange(Parity.RelativeError(student.Grad!, reference["grad_preds_S"]), 0, 1e-6);
    }

    [Fact]
    public void Equals_DWPose_FeaLoss_through_the_aligning_convolution()
    {
        using var scope = new TensorScope();
        var reference = Shared.Npz("parity/dw_fealoss_align.npz");
        using var parts = new DistillationParts(384, [384, 1024]);
        parts.LoadStateDict(new Dictionary<string, Tensor>
        {
            ["align1.weight"] = Parity.Tensor(reference["align_weight"]),
            ["align1.bias"] = Parity.Tensor(reference["align_bias"]),
        });
        var student = Parity.Tensor(reference["preds_S"]);
        student.RequiresGrad = true;
        var loss = FeatureLoss.Of(parts.Aligned(1, student), Parity.Tensor(reference["preds_T"])) * Alpha;
        loss.Backward();
        Assert.Equal(1, loss.Item() / reference["loss"].Doubles()[0], 1e-6);
        Assert.InRange(Parity.RelativeError(student.Grad!, reference["grad_preds_S"]), 0, 1e-5);
        var learned = parts.NamedParameters().ToDictionary(p => p.Name, p => p.Value);
        Assert.Equal(["align1.weight", "align1.bias"], learned.Keys);
        Assert.InRange(Parity.RelativeError(learned["align1.weight"].Grad!, reference["grad_align_weight"]), 0, 1e-5);
        Assert.InRange(Parity.RelativeError(learned["align1.bias"].Grad!, reference["grad_align_bias"]), 0, 1e-5);
        Assert.True(parts.Aligned(0, student).IsSame(student));
    }
}
