using Sinew.Skeletons;
using Sinew.Tensors;
using Sinew.Tensors.Optimisers;
using Sinew.TestSupport;
using Sinew.Training.Losses;
using Sinew.Training.Models;

namespace Sinew.Training.Tests.Models;

/// <summary>RTMPose-t against arrays that MMPose computed with the same weights.</summary>
public class RtmPoseParityTests
{
    private static readonly RtmPoseSize Tiny = RtmPoseSize.Named("t");

    [Fact]
    public void Backbone_maps_equal_MMPose_in_evaluation()
    {
        using var scope = new TensorScope();
        var reference = Shared.Npz("parity/cspnext_tiny_eval.npz");
        var backbone = new CspNeXt(Tiny.Deepen, Tiny.Widen);
        backbone.LoadStateDict(Parity.Weights("parity/cspnext_tiny.pth", "backbone."));
        backbone.Train(false);
        using var frozen = Torch.NoGrad();
        var maps = backbone.Features(Parity.Tensor(reference["input"]));
        for (var i = 0; i < 5; i++)
            Assert.InRange(Parity.RelativeError(maps[i], reference[$"out{i}"]), 0, 1e-5);
    }

    [Fact]
    public void Backbone_gradients_and_statistics_equal_MMPose_in_training()
    {
        using var scope = new TensorScope();
        var reference = Shared.Npz("parity/cspnext_tiny_train.npz");
        var input = Parity.Tensor(Shared.Npz("parity/cspnext_tiny_eval.npz")["input"]);
        var backbone = new CspNeXt(Tiny.Deepen, Tiny.Widen);
        backbone.LoadStateDict(Parity.Weights("parity/cspnext_tiny.pth", "backbone."));
        backbone.Train(true);
        var output = backbone.Forward(input);
        Assert.InRange(Parity.RelativeError(output, reference["out4"]), 0, 1e-5);
        (output * Parity.Tensor(reference["upstream"])).Sum().Backward();

        var parameters = backbone.NamedParameters().ToDictionary(p => p.Name, p => p.Value);
        var state = backbone.StateDict();
        foreach (var name in reference.Names)
        {
            if (name.StartsWith("grad__", StringComparison.Ordinal))
                Assert.InRange(Parity.RelativeError(parameters[name["grad__".Length..]].Grad!, reference[name]), 0, 1e-4);
            if (name.StartsWith("after__", StringComparison.Ordinal))
                Assert.InRange(Parity.RelativeError(state[name["after__".Length..]], reference[name]), 0, 1e-5);
        }
    }

    [Fact]
    public void Head_outputs_loss_and_gradients_equal_MMPose()
    {
        using var scope = new TensorScope();
        var reference = Shared.Npz("parity/rtmcc_head_tiny.npz");
        var labels = Shared.Npz("parity/simcc_encode.npz");
        var head = new RtmccHead(384, 17, 48, 384, 512);
        head.LoadStateDict(Parity.Weights("parity/rtmcc_head_tiny.pth", "head."));
        var features = Parity.Tensor(reference["feat"]);
        features.RequiresGrad = true;
        var (logits, maps) = head.LogitsAndMaps(features);
        Assert.InRange(Parity.RelativeError(maps, reference["after_final_layer"]), 0, 1e-5);
        Assert.InRange(Parity.RelativeError(logits.X, reference["pred_x"]), 0, 1e-5);
        Assert.InRange(Parity.RelativeError(logits.Y, reference["pred_y"]), 0, 1e-5);

        var loss = SimCcLoss.Kl(
            logits, SimCcLoss.Softened(Parity.Tensor(labels["x_labels"]), 10), SimCcLoss.Softened(Parity.Tensor(labels["y_labels"]), 10),
            Parity.Tensor(labels["weights"]), 10, LossNormalisation.MMPose);
        Assert.Equal(reference["loss"].Doubles()[0], loss.Item(), 1e-6);
        loss.Backward();
        Assert.InRange(Parity.RelativeError(features.Grad!, reference["grad_feat"]), 0, 1e-4);
        var parameters = head.NamedParameters().ToDictionary(p => p.Name, p => p.Value);
        foreach (var name in reference.Names.Where(n => n.StartsWith("grad__", StringComparison.Ordinal)))
            Assert.InRange(Parity.RelativeError(parameters[name["grad__".Length..]].Grad!, reference[name]), 0, 1e-4);
    }

    [Fact]
    public void Three_steps_of_AdamW_equal_PyTorch()
    {
        using var scope = new TensorScope();
        var reference = Shared.Npz("parity/rtmpose_t_train3.npz");
        var labels = Shared.Npz("parity/simcc_encode.npz");
        var network = new RtmPose(Tiny, 17, 192, 256);
        network.LoadStateDict(Parity.Weights("parity/rtmpose_t_full.pth", ""));
        var input = Parity.Tensor(reference["input"]);
        AssertLogits(network, input, reference, "eval_x", "eval_y", 1e-5);

        var optimiser = new AdamW([new ParameterGroup(network.NamedParameters())], 1e-3);
        var (targetX, targetY) = (SimCcLoss.Softened(Parity.Tensor(labels["x_labels"]), 10), SimCcLoss.Softened(Parity.Tensor(labels["y_labels"]), 10));
        var losses = reference["losses"].Doubles();
        network.Train(true);
        for (var step = 0; step < 3; step++)
        {
            var loss = SimCcLoss.Kl(network.Logits(input), targetX, targetY, Parity.Tensor(labels["weights"]), 10, LossNormalisation.MMPose);
            // after one step the paths of two summation orders part: the first step's loss is held to the rounding, later ones to its growth
            Assert.Equal(losses[step], loss.Item(), step == 0 ? 1e-6 : 1e-4);
            loss.Backward();
            if (step == 0)
            {
                var norms = network.NamedParameters().ToDictionary(p => p.Name, p => p.Value.Grad!.Norm().Item());
                var names = reference["grad_names"].Strings();
                Assert.Equal(names.Length, norms.Count);
                foreach (var (name, expected) in names.Zip(reference["grad_norms"].Doubles()))
                    Assert.InRange(Math.Abs(norms[name] - expected) / Math.Max(expected, 1e-6), 0, 1e-4);
            }

            optimiser.Step();
            optimiser.ZeroGrad();
        }

        AssertLogits(network, input, reference, "after_eval_x", "after_eval_y", 2e-2);
    }

    [Theory]
    [InlineData("t", 3_337_007, 218, 0.359)]
    [InlineData("s", 5_473_251, 254, 0.682)]
    [InlineData("m", 13_587_611, 362, 1.929)]
    public void Sizes_have_the_published_parameters_cost_and_state(string size, long parameters, int entries, double gigaMacs)
    {
        using var network = new RtmPose(RtmPoseSize.Named(size), 17, 192, 256);
        var cost = ModelCost.Of(network);
        Assert.Equal(parameters, cost.Parameters);
        Assert.Equal(gigaMacs, cost.Macs / 1e9, 0.001);
        Assert.Equal(entries, network.StateDict().Count);
    }

    [Fact]
    public void Half_resolution_keeps_the_heads_cells()
    {
        using var scope = new TensorScope();
        using var frozen = Torch.NoGrad();
        var network = new RtmPose(Tiny, 21, 192, 256) { HalfResolution = true };
        Assert.Equal([1, 384, 8, 6], network.Features(Tensor.Zeros([1, 3, 256, 192])).Shape);
        Assert.Equal([1, 21, 896], network.Forward(Tensor.Zeros([1, 3, 256, 192])).Shape);
    }

    [Fact]
    public void Stride_16_keeps_the_cells_of_a_small_input_and_costs_what_its_larger_maps_cost()
    {
        using var scope = new TensorScope();
        using var frozen = Torch.NoGrad();
        using var network = new RtmPose(Tiny, 21, 96, 128, stride: 16);
        Assert.Equal([1, 384, 8, 6], network.Features(Tensor.Zeros([1, 3, 128, 96])).Shape);
        Assert.Throws<SinewException>(() => network.HalfResolution = true);
        Assert.Equal(16, ModelDescription.FromJson(ModelDescription.Of(network, BuiltInSkeletons.Get("body21"), (4.9, 5.66)).ToJson(), "test").Build().Stride);
        using var published = new RtmPose(Tiny, 21, 96, 128);
        Assert.InRange(ModelCost.Of(network).Macs, ModelCost.Of(published).Macs * 1.4, ModelCost.Of(published).Macs * 2.0);
    }

    private static void AssertLogits(RtmPose network, Tensor input, Npz reference, string x, string y, double tolerance)
    {
        using var frozen = Torch.NoGrad();
        network.Train(false);
        var logits = network.Logits(input);
        Assert.InRange(Parity.RelativeError(logits.X, reference[x]), 0, tolerance);
        Assert.InRange(Parity.RelativeError(logits.Y, reference[y]), 0, tolerance);
    }
}
