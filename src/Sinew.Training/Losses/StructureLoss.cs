using Sinew.Tensors;
using Sinew.Training.Data;

namespace Sinew.Training.Losses;

/// <summary>
/// How joints lie towards each other, carried from a teacher to a student: the lengths and directions of the vectors between pairs
/// of joints, in units of the person's size. This project's reading of the "human joints structure loss" that arXiv 2508.11212
/// names and does not spell out; <c>docs/methods.md</c> gives the reasons.
/// </summary>
public static class StructureLoss
{
    /// <summary>Share of the person's size at which a limb's direction has half its weight: shorter ones say little about where they point.</summary>
    private const double ShortLimb = 0.1;

    /// <summary>Square pixels that are added before roots, so that limbs without extent have gradients.</summary>
    private const double Epsilon = 1e-4;

    /// <summary>
    /// Σ m·(λ_length·((|u| − |v|)/s)² + λ_direction·ω·(1 − cos(u, v))) / Σ m over pairs and people, with u the student's and v the
    /// teacher's vector of a pair, m the product of its joints' weights, s the root mean square distance of the teacher's joints from their
    /// mean, ω = |v|² / (|v|² + (s/10)²). A tensor without axes.
    /// </summary>
    /// <param name="student">Positions, crop pixels, <c>[N, K, 2]</c>.</param>
    /// <param name="teacher">Positions, crop pixels, <c>[N, K, 2]</c>. No gradient flows into them.</param>
    /// <param name="weight">Weight of each joint, <c>[N, K]</c>: 0 where the teacher does not know it or is unsure of it.</param>
    /// <param name="from">First joint of each pair, <c>[L]</c>, 64-bit.</param>
    /// <param name="to">Second joint of each pair, <c>[L]</c>, 64-bit.</param>
    /// <param name="length">λ_length.</param>
    /// <param name="direction">λ_direction.</param>
    /// <param name="share">The part of the batch that this is; null for all of it.</param>
    public static Tensor Of(
        Tensor student, Tensor teacher, Tensor weight, Tensor from, Tensor to, double length, double direction, BatchShare? share = null)
    {
        ArgumentNullException.ThrowIfNull(student);
        ArgumentNullException.ThrowIfNull(teacher);
        ArgumentNullException.ThrowIfNull(weight);
        teacher = teacher.Detach();
        var count = weight.Sum([-1], true).Clamp(min: 1); // [N, 1]
        var each = weight.Unsqueeze(2);
        var centre = (teacher * each).Sum([1], true) / count.Unsqueeze(2);
        var square = ((teacher - centre).Square().Sum([-1], false) * weight).Sum([-1], true) / count; // [N, 1]
        var size = (square + 1).Sqrt();

        var u = student.IndexSelect(1, to) - student.IndexSelect(1, from);
        var v = teacher.IndexSelect(1, to) - teacher.IndexSelect(1, from);
        var pair = weight.IndexSelect(1, to) * weight.IndexSelect(1, from); // [N, L]
        var (lu, lv) = ((u.Square().Sum([-1], false) + Epsilon).Sqrt(), (v.Square().Sum([-1], false) + Epsilon).Sqrt());
        var lengths = ((lu - lv) / size).Square();
        var cosine = (u * v).Sum([-1], false) / (lu * lv);
        var sure = lv.Square() / (lv.Square() + (size.Square() * (ShortLimb * ShortLimb)));
        return (pair * ((lengths * length) + (sure * (1 - cosine) * direction))).Sum() / (share ?? BatchShare.Whole).Sum(pair.Sum()).Clamp(min: 1);
    }
}
