using Sinew.Inference;
using Sinew.Skeletons;
using Sinew.Tensors;
using Sinew.Training.Losses;
using Sinew.Training.Models;
using Sinew.Training.Recipes;

namespace Sinew.Training.Teachers;

/// <summary>What a teacher sees in a batch of the student's own crops.</summary>
/// <param name="Features">Its backbone's last map, <c>[N, C, h, w]</c>.</param>
/// <param name="X">softmax(β · logits) over the bins of x in the student's joints, <c>[N, K, Wx]</c>.</param>
/// <param name="Y">softmax(β · logits) over the bins of y, <c>[N, K, Wy]</c>.</param>
public readonly record struct TeacherView(Tensor Features, Tensor X, Tensor Y);

/// <summary>
/// An RTMPose network in libtorch that looks at the very crops of the student, at every step, and shows its features beside its
/// logits. It stays in evaluation mode whatever the training does, takes no gradient, and no optimiser sees it.
/// </summary>
public sealed class FeatureTeacher : IDisposable
{
    private static readonly double[] ImageNetMean = [123.675, 116.28, 103.53];
    private static readonly double[] ImageNetStd = [58.395, 57.12, 57.375];

    private readonly Student _network;
    private readonly Tensor _rows;

    private FeatureTeacher(TeacherOptions options, Student network, JointRows rows)
    {
        (Options, _network) = (options, network);
        using var scope = new TensorScope();
        var (index, known) = (new long[rows.Count], new float[rows.Count]);
        for (var k = 0; k < rows.Count; k++) (index[k], known[k]) = rows[k] < 0 ? (0, 0) : (rows[k], 1);
        _rows = scope.Keep(Tensor.FromArray<long>(index, index.Length).To(network.Device));
        Known = scope.Keep(Tensor.FromArray<float>(known, 1, known.Length).To(network.Device));
    }

    /// <summary>How the recipe names and weighs it.</summary>
    public TeacherOptions Options { get; }

    /// <summary>Its joints.</summary>
    public Skeleton Skeleton => _network.Skeleton;

    /// <summary>Channels of its features.</summary>
    public int Channels => _network.Network.Backbone.OutChannels;

    /// <summary>1 for each of the student's joints that it knows, 0 for the others, <c>[1, K]</c>.</summary>
    public Tensor Known { get; }

    /// <summary>Its network, for checks.</summary>
    internal RtmPose Network => _network.Network;

    /// <summary>Loads a teacher's weights.</summary>
    /// <param name="options">Which.</param>
    /// <param name="device">Where it runs.</param>
    /// <exception cref="SinewException">It can give no features, or a file is missing or wrong.</exception>
    public static Student Load(TeacherOptions options, Device device)
    {
        ArgumentNullException.ThrowIfNull(options);
        return ModelCards.IsOnnx(options.Model)
            ? throw new SinewException(
                $"teacher '{options.Name}': {options.Model} gives no features: give RTMPose weights (.pth, .safetensors) instead, or set features: false to learn from its logits alone")
            : Student.Load(options.Model, device, options.Card);
    }

    /// <summary>Makes a teacher of loaded weights.</summary>
    /// <param name="options">Which.</param>
    /// <param name="network">From <see cref="Load"/>; belongs to the teacher from then on.</param>
    /// <param name="skeleton">The student's joints.</param>
    /// <param name="student">The student.</param>
    /// <exception cref="SinewException">Its input is not the student's, or it knows none of the student's joints.</exception>
    public static FeatureTeacher Of(TeacherOptions options, Student network, Skeleton skeleton, StudentOptions student)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(student);
        var d = network.Description;
        if ((d.Width, d.Height) != (student.Width, student.Height))
        {
            throw new SinewException(
                $"teacher '{options.Name}' sees {d.Width}×{d.Height} pixels and the student {student.Width}×{student.Height}: features can be compared at one size only; " +
                "set student.input to the teacher's, or features: false");
        }

        if (!d.Mean.SequenceEqual(ImageNetMean) || !d.Std.SequenceEqual(ImageNetStd) || d.SplitRatio != 2)
            throw new SinewException($"teacher '{options.Name}': its normalisation or bins are not RTMPose's: set features: false, which brings its logits into the student's bins");
        var rows = new JointRows(network.Skeleton, skeleton);
        return rows.Known > 0
            ? new FeatureTeacher(options, network, rows)
            : throw new SinewException($"teacher '{options.Name}' knows none of the student's joints: check the skeleton in its model card");
    }

    /// <summary>Looks at crops.</summary>
    /// <param name="crops">The student's normalised crops, <c>[N, 3, H, W]</c>.</param>
    /// <param name="beta">Inverse temperature of the softmax.</param>
    public TeacherView Look(Tensor crops, double beta)
    {
        using var frozen = Torch.NoGrad();
        var network = _network.Network;
        network.Train(false);
        var maps = network.Maps(crops);
        var (features, logits) = (maps[^1], network.LogitsOf(maps));
        return new TeacherView(
            features, SimCcLoss.Softened(logits.X.IndexSelect(1, _rows), beta), SimCcLoss.Softened(logits.Y.IndexSelect(1, _rows), beta));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _rows.Dispose();
        Known.Dispose();
        _network.Dispose();
    }
}
