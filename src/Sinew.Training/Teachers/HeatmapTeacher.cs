using Sinew.Geometry;
using Sinew.Skeletons;

namespace Sinew.Training.Teachers;

/// <summary>A teacher that puts out heatmaps: sharpened, summed to marginals, carried into the student's bins, and widened where narrower than wanted.</summary>
public sealed class HeatmapTeacher : NetworkTeacher
{
    private readonly BinAxis _x;
    private readonly BinAxis _y;

    /// <summary>Makes a teacher around a network.</summary>
    /// <param name="name">Short name.</param>
    /// <param name="skeleton">Its joints, in the order of its output.</param>
    /// <param name="width">Width of its input, pixels.</param>
    /// <param name="height">Height of its input, pixels.</param>
    /// <param name="x">The heatmap's columns in input pixels.</param>
    /// <param name="y">The heatmap's rows in input pixels.</param>
    /// <param name="network">Gives heatmaps. Disposed with the teacher.</param>
    /// <param name="weights">The hash of its weights and preprocessing.</param>
    /// <param name="reading">How its output is read; null for the defaults.</param>
    public HeatmapTeacher(
        string name, Skeleton skeleton, int width, int height, BinAxis x, BinAxis y, ITeacherNetwork network, string weights, TeacherReading? reading = null)
        : base(name, skeleton, width, height, network, weights, $"heatmap {x.Count} {x.Origin:R} {x.Step:R} {y.Count} {y.Origin:R} {y.Step:R}", reading) =>
        (_x, _y) = (x, y);

    private protected override (int First, int Second) OutputsPerJoint => (_x.Count * _y.Count, 0);

    private protected override void PredictPerson(
        ITeacherNetworkOutput output, int person, AxisMap toStudentX, AxisMap toStudentY, TeacherTargetSpans target, TeacherScratch scratch)
    {
        var resampleX = Resampling(_x, target.Grid.X, toStudentX);
        var resampleY = Resampling(_y, target.Grid.Y, toStudentY);
        var x = scratch.First(_x.Count);
        var y = scratch.Second(_y.Count);
        for (var row = 0; row < target.Rows.Count; row++)
        {
            var joint = target.Rows[row];
            if (joint < 0)
            {
                Empty(target, row);
                continue;
            }

            var peak = Marginals.OfHeatmap(MapOf(output, person, joint), Reading.Power, Reading.Floor, x, y);
            var inside = peak > 0 ? resampleX.Apply(x, target.XOf(0, row)) * resampleY.Apply(y, target.YOf(0, row)) : 0;
            if (!(inside > AxisResampling.HardlyAnything))
            {
                Empty(target, row);
                continue;
            }

            Marginals.Widen(target.XOf(0, row), target.MinimumSigma.X, scratch.Blur(target.Grid.X.Count));
            Marginals.Widen(target.YOf(0, row), target.MinimumSigma.Y, scratch.Blur(target.Grid.Y.Count));
            target.Confidence[row] = peak * inside;
        }
    }

    private protected override void SummarisePerson(ITeacherNetworkOutput output, int person, TeacherSummary summary, TeacherScratch scratch)
    {
        var toCrop = new Affine(_x.Step, 0, _x.Origin, 0, _y.Step, _y.Origin);
        for (var joint = 0; joint < Skeleton.Count; joint++)
        {
            var room = summary.RoomOf(joint);
            var count = scratch.Fit.FitHeatmap(MapOf(output, person, joint), _x.Count, Reading.Power, Reading.Floor, room, out var peak);
            for (var k = 0; k < count; k++) room[k] = room[k].Through(toCrop);
            summary.Set(joint, count, peak);
        }
    }

    private ReadOnlySpan<float> MapOf(ITeacherNetworkOutput output, int person, int joint)
    {
        var cells = _x.Count * _y.Count;
        return output.First.Slice(((person * Skeleton.Count) + joint) * cells, cells);
    }
}
