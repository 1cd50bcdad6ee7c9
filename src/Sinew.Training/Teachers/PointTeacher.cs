using Sinew.Skeletons;

namespace Sinew.Training.Teachers;

/// <summary>A teacher that puts out coordinates: each becomes a Gaussian of a stated width (<see cref="TeacherReading.PointSigma"/>).</summary>
public sealed class PointTeacher : NetworkTeacher
{
    /// <summary>Makes a teacher around a network.</summary>
    /// <param name="name">Short name.</param>
    /// <param name="skeleton">Its joints, in the order of its output.</param>
    /// <param name="width">Width of its input, pixels.</param>
    /// <param name="height">Height of its input, pixels.</param>
    /// <param name="network">Gives points. Disposed with the teacher.</param>
    /// <param name="weights">The hash of its weights and preprocessing.</param>
    /// <param name="reading">How its output is read; null for the defaults.</param>
    public PointTeacher(string name, Skeleton skeleton, int width, int height, ITeacherNetwork network, string weights, TeacherReading? reading = null)
        : base(name, skeleton, width, height, network, weights, "points", reading)
    {
    }

    private protected override (int First, int Second) OutputsPerJoint => (3, 0);

    private protected override void PredictPerson(
        ITeacherNetworkOutput output, int person, AxisMap toStudentX, AxisMap toStudentY, TeacherTargetSpans target, TeacherScratch scratch)
    {
        var (varianceX, varianceY) = (toStudentX.Scale * Reading.PointSigma, toStudentY.Scale * Reading.PointSigma);
        (varianceX, varianceY) = (varianceX * varianceX, varianceY * varianceY);
        Span<Gaussian2D> point = stackalloc Gaussian2D[1];
        for (var row = 0; row < target.Rows.Count; row++)
        {
            var joint = target.Rows[row];
            if (joint < 0)
            {
                Empty(target, row);
                continue;
            }

            var (x, y, score) = PointOf(output, person, joint);
            point[0] = new Gaussian2D(1, (float)toStudentX.Apply(x), (float)toStudentY.Apply(y), (float)varianceX, 0, (float)varianceY);
            var inside = MixtureRendering.Render(point, target.Grid, target.MinimumSigma, target.XOf(0, row), target.YOf(0, row));
            target.Confidence[row] = score * inside;
        }
    }

    private protected override void SummarisePerson(ITeacherNetworkOutput output, int person, TeacherSummary summary, TeacherScratch scratch)
    {
        var variance = Reading.PointSigma * Reading.PointSigma;
        for (var joint = 0; joint < Skeleton.Count; joint++)
        {
            var (x, y, score) = PointOf(output, person, joint);
            var usable = float.IsFinite(x) && float.IsFinite(y);
            if (usable) summary.RoomOf(joint)[0] = new Gaussian2D(1, x, y, variance, 0, variance);
            summary.Set(joint, usable ? 1 : 0, usable ? score : 0);
        }
    }

    private (float X, float Y, float Score) PointOf(ITeacherNetworkOutput output, int person, int joint)
    {
        var at = ((person * Skeleton.Count) + joint) * 3;
        var score = output.First[at + 2];
        return (output.First[at], output.First[at + 1], float.IsFinite(score) ? score : 0);
    }
}
