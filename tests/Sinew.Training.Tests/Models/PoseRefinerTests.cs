using Sinew.Tensors;
using Sinew.Training.Models;

namespace Sinew.Training.Tests.Models;

public class PoseRefinerTests
{
    private static readonly (int From, int To)[] Chain = [(0, 1), (1, 2), (3, 4)];

    [Fact]
    public void A_refiner_that_has_learned_nothing_changes_nothing()
    {
        using var scope = new TensorScope();
        Torch.ManualSeed(4);
        using var network = new RtmPose(RtmPoseSize.Named("t"), 5, 64, 96, refiner: (16, Chain));
        network.Train(false);
        using var frozen = Torch.NoGrad();
        var crops = Tensor.Randn([2, 3, 96, 64]);
        var (coarse, refined) = (network.Head.Logits(network.Features(crops)), network.Logits(crops));
        Assert.InRange((coarse.X - refined.X).Abs().Max().Item(), 0, 1e-5);
        Assert.InRange((coarse.Y - refined.Y).Abs().Max().Item(), 0, 1e-5);
    }

    [Fact]
    public void Rows_move_by_the_offset_and_keep_their_peak()
    {
        using var scope = new TensorScope();
        var rows = new float[3 * 20];
        (rows[8], rows[20 + 8], rows[40 + 1]) = (5, 5, 5);
        var moved = CoarsePose.Moved(Tensor.FromArray<float>(rows, 1, 3, 20), Tensor.FromArray<float>([4f / 20, -0.5f / 20, -6f / 20], 1, 3)).ToArray<float>();
        Assert.Equal(5, moved[12], 1e-4);
        Assert.Equal((2.5, 2.5), (Math.Round(moved[20 + 7], 3), Math.Round(moved[20 + 8], 3)));
        // what moves out is gone, what moves in is the edge
        Assert.All(moved[40..], v => Assert.Equal(0, v, 1e-4));
    }

    [Fact]
    public void A_coarse_pose_stands_where_its_bins_do()
    {
        using var scope = new TensorScope();
        var (x, y) = (new float[2 * 32], new float[2 * 48]);
        (x[10], y[30], x[32 + 31], y[48]) = (3, 2, 4, 9);
        var (pose, score) = CoarsePose.Of(new SimCcLogits(Tensor.FromArray<float>(x, 1, 2, 32), Tensor.FromArray<float>(y, 1, 2, 48)));
        // bin 10 of a side of 16 pixels is pixel 5, whose centre lies at 5.5 of 16
        Assert.Equal([5.5 / 16, 15.5 / 24, 16.0 / 16, 0.5 / 24], pose.ToArray<float>().Select(v => (double)v), (a, b) => Math.Abs(a - b) < 1e-6);
        Assert.Equal([2f, 4f], score.ToArray<float>());
    }

    [Fact]
    public void Joints_without_a_way_between_them_do_not_speak_through_a_graph_convolution()
    {
        using var scope = new TensorScope();
        Torch.ManualSeed(5);
        using var graph = new GraphConvolution(4, 6, 5, Chain);
        var x = Tensor.Randn([1, 5, 4]);
        x.RequiresGrad = true;
        graph.Forward(x).Select(1, 0).Sum().Backward();
        var gradient = x.Grad!.ToArray<float>();
        bool Reaches(int joint) => gradient.AsSpan(joint * 4, 4).ToArray().Any(g => g != 0);
        Assert.Equal([true, true, false, false, false], Enumerable.Range(0, 5).Select(Reaches));
    }

    [Fact]
    public void Its_cost_is_small_beside_the_network()
    {
        using var scope = new TensorScope();
        var limbs = Skeletons.BuiltInSkeletons.Get("coco17").Limbs;
        using var plain = new RtmPose(RtmPoseSize.Named("t"), 17, 192, 256);
        using var refined = new RtmPose(RtmPoseSize.Named("t"), 17, 192, 256, refiner: (64, limbs));
        var (before, after) = (ModelCost.Of(plain), ModelCost.Of(refined));
        Assert.InRange((double)after.Macs / before.Macs, 1.005, 1.06);
        Assert.True(after.Parameters > before.Parameters);
    }
}
