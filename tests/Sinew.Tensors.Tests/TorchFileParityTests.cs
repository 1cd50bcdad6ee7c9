using Sinew.Tensors.Files;
using Sinew.TestSupport;

namespace Sinew.Tensors.Tests;

/// <summary>Files that PyTorch wrote, from the test material.</summary>
public sealed class TorchFileParityTests
{
    [Fact]
    public void An_MMPose_checkpoint_gives_its_weights_and_what_is_beside_them()
    {
        using var scope = new TensorScope();
        var tree = Assert.IsType<OrderedDictionary<object, object?>>(TorchFile.Read(Shared.Path("parity/cspnext_tiny.pth")));
        var meta = Assert.IsType<OrderedDictionary<object, object?>>(tree["meta"]);
        Assert.Equal(3L, meta["epoch"]);
        var dataset = Assert.IsType<OrderedDictionary<object, object?>>(meta["dataset_meta"]);
        float[] sigmas = Assert.IsType<Tensor>(dataset["sigmas"]).ToArray<float>();
        Assert.Equal(17, sigmas.Length);
        Assert.Equal(0.026f, sigmas[0]);
        Assert.Equal(0.089f, sigmas[16]);

        OrderedDictionary<string, Tensor> state = TorchFile.ReadStateDict(Shared.Path("parity/cspnext_tiny.pth"));
        Assert.Equal("backbone.stem.0.conv.weight", state.GetAt(0).Key);
        Assert.Equal([12, 3, 3, 3], state["backbone.stem.0.conv.weight"].Shape);
        Assert.Equal(7, state["backbone.stem.0.bn.num_batches_tracked"].Item());
    }

    [Fact]
    public void Weights_written_are_the_weights_read()
    {
        using var scope = new TensorScope();
        OrderedDictionary<string, Tensor> state = TorchFile.ReadStateDict(Shared.Path("parity/rtmpose_t_full.pth"));
        Assert.Equal(218, state.Count);
        using var folder = new TempFolder();
        TorchFile.Write(folder.File("a.pth"), state);
        SafeTensors.Write(folder.File("a.safetensors"), state);
        OrderedDictionary<string, Tensor> pth = TorchFile.ReadStateDict(folder.File("a.pth"));
        OrderedDictionary<string, Tensor> safe = SafeTensors.Read(folder.File("a.safetensors"));
        Assert.Equal(state.Keys, pth.Keys);
        Assert.Equal(state.Keys, safe.Keys);
        foreach ((string name, Tensor value) in state)
        {
            Assert.True(value.ValueEquals(pth[name]), name);
            Assert.True(value.ValueEquals(safe[name]), name);
        }
    }
}
