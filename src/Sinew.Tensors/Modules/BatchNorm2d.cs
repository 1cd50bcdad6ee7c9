using Sinew.Tensors.Distributed;
using Sinew.Tensors.Functional;

namespace Sinew.Tensors.Modules;

/// <summary>Batch normalisation of images, as torch.nn.BatchNorm2d.</summary>
public sealed class BatchNorm2d : Module
{
    /// <summary>Makes the normalisation: weight 1, bias 0, running mean 0, running variance 1.</summary>
    /// <param name="channels">Channels of the input.</param>
    /// <param name="eps">Added to the variance.</param>
    /// <param name="momentum">How far the running values move in a training step.</param>
    public BatchNorm2d(long channels, double eps = 1e-5, double momentum = 0.1)
    {
        (Eps, Momentum) = (eps, momentum);
        Weight = Parameter("weight", Tensor.Ones([channels]));
        Bias = Parameter("bias", Tensor.Zeros([channels]));
        RunningMean = Buffer("running_mean", Tensor.Zeros([channels]));
        RunningVariance = Buffer("running_var", Tensor.Ones([channels]));
        BatchesTracked = Buffer("num_batches_tracked", Tensor.Zeros([], DType.Int64));
    }

    /// <summary>[channels].</summary>
    public Tensor Weight { get; }

    /// <summary>[channels].</summary>
    public Tensor Bias { get; }

    /// <summary>[channels].</summary>
    public Tensor RunningMean { get; }

    /// <summary>[channels].</summary>
    public Tensor RunningVariance { get; }

    /// <summary>One 64-bit integer: the training steps so far.</summary>
    public Tensor BatchesTracked { get; }

    /// <summary>Added to the variance.</summary>
    public double Eps { get; }

    /// <summary>How far the running values move in a training step.</summary>
    public double Momentum { get; set; }

    /// <summary>
    /// Processes that train together: in training, the moments are those of all their images (PyTorch's SyncBatchNorm). Null for this
    /// process's alone.
    /// </summary>
    public ProcessGroup? Group { get; set; }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x)
    {
        if (Training)
            BatchesTracked.AddInPlace(1L);
        if (Training && Group is not null)
            return Together(x, Group);
        return F.BatchNorm(x, Weight, Bias, RunningMean, RunningVariance, Training, Momentum, Eps);
    }

    /// <summary>The normalisation followed by SiLU: one operator in training on the processor for images in channels-last order, else two.</summary>
    /// <param name="x">[N, C, H, W].</param>
    /// <returns>[N, C, H, W].</returns>
    public Tensor ForwardSilu(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (!Training || !x.IsChannelsLast || x.Device != Device.Cpu || x.DType != DType.Float32)
            return Forward(x).Silu();
        BatchesTracked.AddInPlace(1L);
        return F.BatchNormSilu(x, Weight, Bias, RunningMean, RunningVariance, Momentum, Eps, Group);
    }

    // of operators that every device has: the fused one is for the processor alone
    private Tensor Together(Tensor x, ProcessGroup group)
    {
        long channels = x.Shape[1];
        double count = x.Count / channels * (double)group.Size;
        Tensor mean = group.Sum(x.Sum([0, 2, 3], false)) / count;
        Tensor centred = x - mean.Reshape(1, channels, 1, 1);
        Tensor variance = group.Sum(centred.Square().Sum([0, 2, 3], false)) / count;
        using (Torch.NoGrad())
        {
            RunningMean.LerpInPlace(mean, Momentum);
            RunningVariance.LerpInPlace(variance * (count / (count - 1)), Momentum);
        }

        Tensor factor = Weight / (variance + Eps).Sqrt();
        return (centred * factor.Reshape(1, channels, 1, 1)) + Bias.Reshape(1, channels, 1, 1);
    }
}
