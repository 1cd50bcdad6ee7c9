using Sinew.Tensors.Distributed;

namespace Sinew.Tensors.Functional;

/// <summary>The functions of networks, named as in torch.nn.functional. Images are [N, C, H, W].</summary>
public static class F
{
    private static readonly long[][] Repeated = [[0], [1], [2], [3], [4], [5], [6], [7], [8]];

    /// <summary>A convolution.</summary>
    /// <param name="x">[N, C, H, W].</param>
    /// <param name="weight">[M, C / groups, kH, kW].</param>
    /// <param name="bias">[M], or none.</param>
    /// <param name="stride">How far the kernel moves.</param>
    /// <param name="padding">How many zeros are put around.</param>
    /// <param name="dilation">How far apart the kernel's elements are.</param>
    /// <param name="groups">Into how many parts the channels fall.</param>
    /// <returns>[N, M, H', W'].</returns>
    public static Tensor Conv2d(Tensor x, Tensor weight, Tensor? bias = null, long stride = 1, long padding = 0, long dilation = 1, long groups = 1) =>
        Ops.Conv2d.Call(x, weight, bias, Both(stride), Both(padding), Both(dilation), groups);

    /// <summary>A convolution whose strides, paddings and dilations differ by axis.</summary>
    /// <param name="x">[N, C, H, W].</param>
    /// <param name="weight">[M, C / groups, kH, kW].</param>
    /// <param name="bias">[M], or none.</param>
    /// <param name="stride">How far the kernel moves, down and across.</param>
    /// <param name="padding">How many zeros are put above and below, left and right.</param>
    /// <param name="dilation">How far apart the kernel's elements are, down and across.</param>
    /// <param name="groups">Into how many parts the channels fall.</param>
    /// <returns>[N, M, H', W'].</returns>
    public static Tensor Conv2d(Tensor x, Tensor weight, Tensor? bias, long[] stride, long[] padding, long[] dilation, long groups = 1) =>
        Ops.Conv2d.Call(x, weight, bias, stride, padding, dilation, groups);

    /// <summary>x · weightᵀ + bias.</summary>
    /// <param name="x">[…, K].</param>
    /// <param name="weight">[M, K].</param>
    /// <param name="bias">[M], or none.</param>
    /// <returns>[…, M].</returns>
    public static Tensor Linear(Tensor x, Tensor weight, Tensor? bias = null) => Ops.Linear.Call(x, weight, bias);

    /// <summary>
    /// Batch normalisation. In training the batch's own mean and variance are taken, and the running ones moved towards them in
    /// place (the variance unbiased); otherwise the running ones are taken.
    /// </summary>
    /// <param name="x">[N, C, …].</param>
    /// <param name="weight">[C], or none for 1.</param>
    /// <param name="bias">[C], or none for 0.</param>
    /// <param name="mean">[C], the running mean, or none.</param>
    /// <param name="variance">[C], the running variance, or none.</param>
    /// <param name="training">Which of the two.</param>
    /// <param name="momentum">How far the running values move.</param>
    /// <param name="eps">Added to the variance.</param>
    /// <returns>A tensor of x's shape.</returns>
    public static Tensor BatchNorm(Tensor x, Tensor? weight, Tensor? bias, Tensor? mean, Tensor? variance, bool training, double momentum = 0.1, double eps = 1e-5) =>
        Ops.BatchNorm.Call(x, weight, bias, mean, variance, training, momentum, eps, true);

    /// <summary>
    /// Batch normalisation by the batch's own values, then SiLU, as one operator of <c>native/tensors</c>: for images in float on the
    /// processor. Its result lies in channels-last order. Backward keeps the input alone.
    /// </summary>
    /// <param name="x">[N, C, H, W], float, on the processor.</param>
    /// <param name="weight">[C].</param>
    /// <param name="bias">[C].</param>
    /// <param name="mean">[C], the running mean, moved by this call.</param>
    /// <param name="variance">[C], the running variance, moved by this call.</param>
    /// <param name="momentum">How far the running values move.</param>
    /// <param name="eps">Added to the variance.</param>
    /// <param name="group">Processes whose images count together; none for this one's alone.</param>
    /// <returns>[N, C, H, W].</returns>
    public static Tensor BatchNormSilu(
        Tensor x, Tensor weight, Tensor bias, Tensor mean, Tensor variance, double momentum = 0.1, double eps = 1e-5, ProcessGroup? group = null) =>
        Ops.BatchNormSilu.Call(x, weight, bias, mean, variance, momentum, eps, group?.Open() ?? 0);

    /// <summary>Layer normalisation over the last dimensions.</summary>
    /// <param name="x">[…, shape].</param>
    /// <param name="shape">The lengths of the dimensions that are normalised together.</param>
    /// <param name="weight">[shape], or none for 1.</param>
    /// <param name="bias">[shape], or none for 0.</param>
    /// <param name="eps">Added to the variance.</param>
    /// <returns>A tensor of x's shape.</returns>
    public static Tensor LayerNorm(Tensor x, long[] shape, Tensor? weight = null, Tensor? bias = null, double eps = 1e-5) =>
        Ops.LayerNorm.Call(x, shape, weight, bias, eps);

    /// <summary>The largest element under a moving window.</summary>
    /// <param name="x">[N, C, H, W].</param>
    /// <param name="kernel">The window's side.</param>
    /// <param name="stride">How far it moves; by its side where none is given.</param>
    /// <param name="padding">How much is put around, smaller than everything.</param>
    /// <param name="dilation">How far apart the window's elements are.</param>
    /// <param name="ceil">Whether a window that reaches over the edge counts.</param>
    /// <returns>[N, C, H', W'].</returns>
    public static Tensor MaxPool2d(Tensor x, long kernel, long? stride = null, long padding = 0, long dilation = 1, bool ceil = false) =>
        Ops.MaxPool2d.Call(x, Both(kernel), Both(stride ?? kernel), Both(padding), Both(dilation), ceil);

    /// <summary>The mean under a moving window.</summary>
    /// <param name="x">[N, C, H, W].</param>
    /// <param name="kernel">The window's side.</param>
    /// <param name="stride">How far it moves; by its side where none is given.</param>
    /// <param name="padding">How many zeros are put around.</param>
    /// <param name="ceil">Whether a window that reaches over the edge counts.</param>
    /// <param name="countPadding">Whether those zeros count in the mean.</param>
    /// <returns>[N, C, H', W'].</returns>
    public static Tensor AvgPool2d(Tensor x, long kernel, long? stride = null, long padding = 0, bool ceil = false, bool countPadding = true) =>
        Ops.AvgPool2d.Call(x, Both(kernel), Both(stride ?? kernel), Both(padding), ceil, countPadding);

    /// <summary>The means over a grid of equal parts.</summary>
    /// <param name="x">[N, C, H, W].</param>
    /// <param name="height">How many parts down.</param>
    /// <param name="width">How many parts across.</param>
    /// <returns>[N, C, height, width].</returns>
    public static Tensor AdaptiveAvgPool2d(Tensor x, long height, long width) =>
        Ops.AdaptiveAvgPool2d.Call(x, new[] { height, width });

    /// <summary>Resizes by bilinear interpolation.</summary>
    /// <param name="x">[N, C, H, W].</param>
    /// <param name="height">The new height.</param>
    /// <param name="width">The new width.</param>
    /// <param name="alignCorners">Whether the corner pixels' centres (true) or the corners of the picture (false) coincide.</param>
    /// <returns>[N, C, height, width].</returns>
    public static Tensor Interpolate(Tensor x, long height, long width, bool alignCorners = false) =>
        Ops.UpsampleBilinear.Call(x, new[] { height, width }, alignCorners, Arg.None, Arg.None);

    /// <summary>Resizes by repeating the nearest pixel.</summary>
    /// <param name="x">[N, C, H, W].</param>
    /// <param name="height">The new height.</param>
    /// <param name="width">The new width.</param>
    /// <returns>[N, C, height, width].</returns>
    public static Tensor InterpolateNearest(Tensor x, long height, long width) =>
        Ops.UpsampleNearest.Call(x, new[] { height, width }, Arg.None, Arg.None);

    /// <summary>In training, sets elements to 0 at random and scales the others up; otherwise does nothing.</summary>
    /// <param name="x">Any tensor.</param>
    /// <param name="p">How many are dropped, 0 to 1.</param>
    /// <param name="training">Which of the two.</param>
    /// <returns>A tensor of x's shape.</returns>
    public static Tensor Dropout(Tensor x, double p, bool training) => Ops.Dropout.Call(x, p, training);

    /// <summary>Reads pictures bilinearly at given places, zero outside.</summary>
    /// <param name="x">[N, C, H, W].</param>
    /// <param name="grid">[N, H', W', 2], x then y, −1 to 1 over the picture.</param>
    /// <param name="alignCorners">Whether ±1 means the corner pixels' centres (true) or the corners of the picture (false).</param>
    /// <returns>[N, C, H', W'].</returns>
    public static Tensor GridSample(Tensor x, Tensor grid, bool alignCorners = false) =>
        Ops.GridSample.Call(x, grid, 0L, 0L, alignCorners);

    // A list of one stands for both axes.
    private static long[] Both(long value) =>
        (ulong)value < (ulong)Repeated.Length ? Repeated[value] : [value];
}
