using Sinew.Tensors;
using Sinew.Tensors.Files;
using Sinew.TestSupport;

namespace Sinew.Training.Tests;

/// <summary>Reference arrays and weights as tensors.</summary>
internal static class Parity
{
    public static Tensor Tensor(NpyArray array) => Tensors.Tensor.FromArray<float>(array.Floats(), [.. array.Shape.Select(s => (long)s)]);

    /// <summary>The state dict of an MMPose checkpoint, names without a prefix.</summary>
    public static Dictionary<string, Tensor> Weights(string path, string prefix)
    {
        return TorchFile.ReadStateDict(Shared.Path(path)).ToDictionary(e => e.Key[prefix.Length..], e => e.Value, StringComparer.Ordinal);
    }

    /// <summary>Largest difference relative to the reference's largest magnitude.</summary>
    public static double RelativeError(Tensor actual, NpyArray expected)
    {
        var values = actual.Contiguous().ToArray<float>();
        var reference = expected.Floats();
        Assert.Equal(expected.Shape.Select(s => (long)s), actual.Shape);
        double largest = 0, difference = 0;
        for (var i = 0; i < values.Length; i++)
        {
            largest = Math.Max(largest, Math.Abs(reference[i]));
            difference = Math.Max(difference, Math.Abs(values[i] - reference[i]));
        }

        return difference / Math.Max(largest, 1e-12);
    }
}
