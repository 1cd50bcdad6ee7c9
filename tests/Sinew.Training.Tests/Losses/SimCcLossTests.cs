using Sinew.Tensors;
using Sinew.TestSupport;
using Sinew.Training.Losses;
using Sinew.Training.Models;

namespace Sinew.Training.Tests.Losses;

public class SimCcLossTests
{
    [Theory]
    [InlineData("parity/kldiscret_rtmpose.npz", 10, true)]
    [InlineData("parity/kldiscret_plain.npz", 1, false)]
    public void Equals_MMPose_KLDiscretLoss(string file, double beta, bool soften)
    {
        using var scope = new TensorScope();
        var reference = Shared.Npz(file);
        var (x, y) = (Parity.Tensor(reference["pred_x"]), Parity.Tensor(reference["pred_y"]));
        (x.RequiresGrad, y.RequiresGrad) = (true, true);
        var (targetX, targetY) = (Parity.Tensor(reference["gt_x"]), Parity.Tensor(reference["gt_y"]));
        if (soften) (targetX, targetY) = (SimCcLoss.Softened(targetX, 10), SimCcLoss.Softened(targetY, 10));
        var loss = SimCcLoss.Kl(new SimCcLogits(x, y), targetX, targetY, Parity.Tensor(reference["target_weight"]), beta, LossNormalisation.MMPose);
        loss.Backward();
        Assert.Equal(reference["loss"].Doubles()[0], loss.Item(), 1e-6);
        Assert.InRange(Parity.RelativeError(x.Grad!, reference["grad_pred_x"]), 0, 1e-4);
        Assert.InRange(Parity.RelativeError(y.Grad!, reference["grad_pred_y"]), 0, 1e-4);
    }

    [Fact]
    public void Masked_joints_and_another_label_temperature_equal_MMPose()
    {
        using var scope = new TensorScope();
        var reference = Shared.Npz("parity/kldiscret_noweight_mask.npz");
        var (x, y) = (Parity.Tensor(reference["pred_x"]), Parity.Tensor(reference["pred_y"]));
        (x.RequiresGrad, y.RequiresGrad) = (true, true);
        // MMPose's mask [1, 3, 5] with weight 0.25 is a weight like any other
        var weight = Tensor.FromArray<float>([.. Enumerable.Range(0, 4 * 17).Select(i => i % 17 is 1 or 3 or 5 ? 0.25f : 1)], 4, 17);
        var loss = SimCcLoss.Kl(
            new SimCcLogits(x, y), SimCcLoss.Softened(Parity.Tensor(reference["gt_x"]), 5), SimCcLoss.Softened(Parity.Tensor(reference["gt_y"]), 5),
            weight, 10, LossNormalisation.MMPose);
        loss.Backward();
        Assert.Equal(reference["loss"].Doubles()[0], loss.Item(), 1e-6);
        Assert.InRange(Parity.RelativeError(x.Grad!, reference["grad_pred_x"]), 0, 1e-4);
        Assert.InRange(Parity.RelativeError(y.Grad!, reference["grad_pred_y"]), 0, 1e-4);
    }

    [Theory]
    [InlineData("parity/dw_kdloss_w1.npz", 1.0)]
    [InlineData("parity/dw_kdloss_w0.1.npz", 0.1)]
    [InlineData("parity/dw_kdloss_beta1.npz", 1.0)]
    public void A_teachers_loss_equals_DWPose_KDLoss(string file, double factor)
    {
        using var scope = new TensorScope();
        var reference = Shared.Npz(file);
        var beta = reference["beta"].Doubles()[0];
        var (x, y) = (Parity.Tensor(reference["student_x"]), Parity.Tensor(reference["student_y"]));
        (x.RequiresGrad, y.RequiresGrad) = (true, true);
        var loss = SimCcLoss.Kl(
            new SimCcLogits(x, y), SimCcLoss.Softened(Parity.Tensor(reference["teacher_x"]), beta), SimCcLoss.Softened(Parity.Tensor(reference["teacher_y"]), beta),
            Tensor.Ones([3, 17]), beta, new LossNormalisation(BinReduction.Sum, JointReduction.PeopleAndJoints)) * factor;
        loss.Backward();
        Assert.Equal(1, loss.Item() / reference["loss"].Doubles()[0], 1e-6);
        Assert.InRange(Parity.RelativeError(x.Grad!, reference["grad_student_x"]), 0, 1e-4);
        Assert.InRange(Parity.RelativeError(y.Grad!, reference["grad_student_y"]), 0, 1e-4);
    }

    [Fact]
    public void A_joint_without_weight_has_no_gradient()
    {
        using var scope = new TensorScope();
        Torch.ManualSeed(1);
        var (x, y) = (Tensor.Randn([2, 3, 8]), Tensor.Randn([2, 3, 8]));
        (x.RequiresGrad, y.RequiresGrad) = (true, true);
        var target = SimCcLoss.Softened(Tensor.Randn([2, 3, 8]), 1);
        float[] weights = [1, 0, 1, 0, 1, 1];
        SimCcLoss.Kl(new SimCcLogits(x, y), target, target, Tensor.FromArray<float>(weights, 2, 3), 10, new LossNormalisation()).Backward();
        foreach (var gradient in new[] { x.Grad!.ToArray<float>(), y.Grad!.ToArray<float>() })
        {
            for (var joint = 0; joint < 6; joint++)
            {
                var rows = gradient.AsSpan(joint * 8, 8).ToArray();
                if (weights[joint] == 0) Assert.All(rows, v => Assert.Equal(0, v));
                else Assert.Contains(rows, v => v != 0);
            }
        }
    }

    [Fact]
    public void A_batch_without_labels_costs_nothing_and_is_a_number()
    {
        using var scope = new TensorScope();
        var logits = Tensor.Zeros([2, 3, 8]);
        var loss = SimCcLoss.Kl(new SimCcLogits(logits, logits), logits, logits, Tensor.Zeros([2, 3]), 10, new LossNormalisation());
        Assert.Equal(0, loss.Item());
    }

    [Fact]
    public void Normalisations_differ_by_the_factors_they_state()
    {
        using var scope = new TensorScope();
        Torch.ManualSeed(2);
        var logits = new SimCcLogits(Tensor.Randn([4, 5, 16]), Tensor.Randn([4, 5, 16]));
        var target = SimCcLoss.Softened(Tensor.Randn([4, 5, 16]), 3);
        var weight = Tensor.FromArray<float>([.. Enumerable.Range(0, 20).Select(i => i % 3 == 0 ? 0f : 1f)], 4, 5);
        double Loss(BinReduction bins, JointReduction joints) => SimCcLoss.Kl(logits, target, target, weight, 10, new LossNormalisation(bins, joints)).Item();

        var sum = Loss(BinReduction.Sum, JointReduction.People) * 4;
        Assert.Equal(sum / 13, Loss(BinReduction.Sum, JointReduction.DefinedJoints), 1e-4);
        Assert.Equal(sum / 5, Loss(BinReduction.Sum, JointReduction.Joints), 1e-4);
        Assert.Equal(sum / 20, Loss(BinReduction.Sum, JointReduction.PeopleAndJoints), 1e-4);
        Assert.Equal(sum / 5 / 16, Loss(BinReduction.Mean, JointReduction.Joints), 1e-5);
    }

    [Fact]
    public void Coordinate_loss_is_the_squared_distance_of_the_mean()
    {
        using var scope = new TensorScope();
        var bins = new float[16];
        bins[4] = 100; // all mass at bin 4 of 16: a quarter of the side
        var logits = Tensor.FromArray<float>(bins, 1, 1, 16);
        var loss = SimCcLoss.Coordinates(
            new SimCcLogits(logits, logits), Tensor.FromArray<float>([4f, 8f], 1, 1, 2), Tensor.Ones([1, 1]), 10, 1, 8, 8, JointReduction.DefinedJoints);
        Assert.Equal((0.25 * 0.25) + (0.75 * 0.75), loss.Item(), 1e-6);
    }

    [Fact]
    public void Coarse_maps_prefer_the_labelled_cell()
    {
        using var scope = new TensorScope();
        var right = new float[48];
        right[(3 * 6) + 2] = 10;
        var wrong = new float[48];
        wrong[0] = 10;
        // the centre of cell (2, 3) of 6 × 8 in a crop of 192 × 256
        var position = Tensor.FromArray<float>([79.5f, 111.5f], 1, 1, 2);
        double Loss(float[] map) => CoarseMapLoss.Of(Tensor.FromArray<float>(map, 1, 1, 8, 6), position, Tensor.Ones([1, 1]), 192, 256).Item();
        Assert.InRange(Loss(right), 0, 0.01);
        Assert.InRange(Loss(wrong), 9, 11);
    }
}
