using Sinew.Tensors;
using Sinew.Training.Data;

namespace Sinew.Training.Losses;

/// <summary>DWPose's feature loss (arXiv 2307.15880, <c>FeaLoss</c>): squared differences of two backbones' last maps.</summary>
public static class FeatureLoss
{
    /// <summary>Σ(student − teacher)² over channels and cells, averaged over people (a tensor without axes).</summary>
    /// <param name="student">The student's map, brought to the teacher's channels, <c>[N, C, h, w]</c>.</param>
    /// <param name="teacher">The teacher's map, <c>[N, C, h, w]</c>. No gradient flows into it.</param>
    /// <param name="share">The part of the batch that this is; null for all of it.</param>
    public static Tensor Of(Tensor student, Tensor teacher, BatchShare? share = null)
    {
        ArgumentNullException.ThrowIfNull(student);
        ArgumentNullException.ThrowIfNull(teacher);
        return (student - teacher.Detach()).Square().Sum() * (1.0 / (student.Shape[0] * (share ?? BatchShare.Whole).Processes));
    }
}
