using Sinew.Tensors;

namespace Sinew.Training.Data;

/// <summary>One batch in managed memory, as a loader thread fills it. Buffers are used again for later batches.</summary>
public sealed class BatchData
{
    private readonly BatchShape _shape;

    /// <summary>Allocates the buffers of one batch.</summary>
    /// <param name="shape">Its sizes.</param>
    public BatchData(BatchShape shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        _shape = shape;
        var joints = shape.People * shape.Joints;
        Draws = new Draw[shape.People];
        Crops = new float[shape.People * 3 * shape.Height * shape.Width];
        LabelX = new float[joints * shape.BinsX];
        LabelY = new float[joints * shape.BinsY];
        Weight = new float[joints];
        Positions = new float[joints * 2];
        Teachers = [.. Enumerable.Range(0, shape.Teachers).Select(_ => new TeacherData(
            new float[joints * shape.BinsX], new float[joints * shape.BinsY], new float[joints]))];
    }

    /// <summary>The step that the batch is for.</summary>
    public long Step { get; set; }

    /// <summary>Whose turn it is.</summary>
    public Draw[] Draws { get; }

    /// <summary>The sampler's state after these draws.</summary>
    public long[] SamplerState { get; set; } = [];

    /// <summary>Normalised crops, <c>[N, 3, H, W]</c>.</summary>
    public float[] Crops { get; }

    /// <summary>SimCC labels, <c>[N, K, Wx]</c>.</summary>
    public float[] LabelX { get; }

    /// <summary>SimCC labels, <c>[N, K, Wy]</c>.</summary>
    public float[] LabelY { get; }

    /// <summary>Label weights, <c>[N, K]</c>.</summary>
    public float[] Weight { get; }

    /// <summary>Labelled positions, crop pixels, <c>[N, K, 2]</c>.</summary>
    public float[] Positions { get; }

    /// <summary>One per teacher.</summary>
    public IReadOnlyList<TeacherData> Teachers { get; }

    /// <summary>Copies the batch into tensors.</summary>
    /// <param name="device">Where the training runs.</param>
    /// <param name="share">The part of the step's whole batch that this is; null for all of it.</param>
    public Batch ToTensors(Device device, BatchShare? share = null)
    {
        long n = _shape.People, k = _shape.Joints;
        Tensor Put(float[] values, params long[] sizes)
        {
            var tensor = Tensor.FromArray<float>(values, sizes);
            return device == Device.Cpu ? tensor : tensor.To(device);
        }

        return new Batch(
            Put(Crops, n, 3, _shape.Height, _shape.Width),
            Put(LabelX, n, k, _shape.BinsX),
            Put(LabelY, n, k, _shape.BinsY),
            Put(Weight, n, k),
            Put(Positions, n, k, 2),
            [.. Teachers.Select(t => new TeacherTargets(Put(t.X, n, k, _shape.BinsX), Put(t.Y, n, k, _shape.BinsY), Put(t.Weight, n, k)))])
        {
            Share = share ?? BatchShare.Whole,
        };
    }
}

/// <summary>The sizes of a batch.</summary>
/// <param name="People">N.</param>
/// <param name="Joints">K, of the student's skeleton.</param>
/// <param name="Width">Width of the crops, pixels.</param>
/// <param name="Height">Height of the crops, pixels.</param>
/// <param name="BinsX">Bins of x.</param>
/// <param name="BinsY">Bins of y.</param>
/// <param name="Teachers">How many teachers speak.</param>
public sealed record BatchShape(int People, int Joints, int Width, int Height, int BinsX, int BinsY, int Teachers);

/// <summary>What one teacher says of a batch, in managed memory.</summary>
/// <param name="X"><c>[N, K, Wx]</c>.</param>
/// <param name="Y"><c>[N, K, Wy]</c>.</param>
/// <param name="Weight"><c>[N, K]</c>.</param>
public sealed record TeacherData(float[] X, float[] Y, float[] Weight);
