using Sinew.Tensors.Modules;

namespace Sinew.Training.Methods;

/// <summary>
/// What a method learns beside the student and throws away at the end: for each teacher whose backbone is of another width a 1×1
/// convolution that brings the student's channels to the teacher's.
/// </summary>
public sealed class DistillationParts : Module
{
    private readonly Conv2d?[] _align;

    /// <summary>Makes the convolutions.</summary>
    /// <param name="studentChannels">Channels of the student's last map.</param>
    /// <param name="teacherChannels">Channels of each teacher's last map.</param>
    public DistillationParts(int studentChannels, IEnumerable<int> teacherChannels)
    {
        ArgumentNullException.ThrowIfNull(teacherChannels);
        _align = [.. teacherChannels.Select((channels, i) => channels == studentChannels
            ? null
            : Child($"align{i}", new Conv2d(studentChannels, channels, 1, bias: true)))];
    }

    /// <summary>The student's map with a teacher's channels.</summary>
    /// <param name="teacher">Which teacher.</param>
    /// <param name="features">The student's last map, <c>[N, C, h, w]</c>.</param>
    public Tensors.Tensor Aligned(int teacher, Tensors.Tensor features) => _align[teacher]?.Forward(features) ?? features;

    /// <summary>Has no output of its own.</summary>
    /// <param name="x">Anything.</param>
    public override Tensors.Tensor Forward(Tensors.Tensor x) => x;
}
