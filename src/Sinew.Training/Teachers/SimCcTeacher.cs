using Sinew.Geometry;
using Sinew.Skeletons;

namespace Sinew.Training.Teachers;

/// <summary>
/// A teacher with a SimCC head (RTMPose and its kin). Its distributions are softmax(sharpness · logits), carried into the student's
/// bins; one with the student's own input passes through unchanged. They are never widened: they have SimCC's own width.
/// </summary>
public sealed class SimCcTeacher : NetworkTeacher
{
    private readonly BinGrid _grid;

    /// <summary>Makes a teacher around a network.</summary>
    /// <param name="name">Short name.</param>
    /// <param name="skeleton">Its joints, in the order of its output.</param>
    /// <param name="width">Width of its input, pixels.</param>
    /// <param name="height">Height of its input, pixels.</param>
    /// <param name="splitRatio">Bins per pixel.</param>
    /// <param name="network">Gives logits over x and y. Disposed with the teacher.</param>
    /// <param name="weights">The hash of its weights and preprocessing.</param>
    /// <param name="reading">How its output is read; null for the defaults.</param>
    public SimCcTeacher(
        string name, Skeleton skeleton, int width, int height, double splitRatio, ITeacherNetwork network, string weights, TeacherReading? reading = null)
        : base(name, skeleton, width, height, network, weights, $"simcc {splitRatio:R}", reading) =>
        _grid = BinGrid.SimCc(width, height, splitRatio);

    private protected override (int First, int Second) OutputsPerJoint => (_grid.X.Count, _grid.Y.Count);

    private protected override void PredictPerson(
        ITeacherNetworkOutput output, int person, AxisMap toStudentX, AxisMap toStudentY, TeacherTargetSpans target, TeacherScratch scratch)
    {
        var resampleX = Resampling(_grid.X, target.Grid.X, toStudentX);
        var resampleY = Resampling(_grid.Y, target.Grid.Y, toStudentY);
        for (var row = 0; row < target.Rows.Count; row++)
        {
            var joint = target.Rows[row];
            if (joint < 0)
            {
                Empty(target, row);
                continue;
            }

            var score = Marginals(output, person, joint, scratch, out var x, out var y);
            var inside = resampleX.Apply(x, target.XOf(0, row)) * resampleY.Apply(y, target.YOf(0, row));
            if (inside > AxisResampling.HardlyAnything) target.Confidence[row] = score * inside;
            else Empty(target, row);
        }
    }

    private protected override void SummarisePerson(ITeacherNetworkOutput output, int person, TeacherSummary summary, TeacherScratch scratch)
    {
        var toCrop = new Affine(_grid.X.Step, 0, _grid.X.Origin, 0, _grid.Y.Step, _grid.Y.Origin);
        for (var joint = 0; joint < Skeleton.Count; joint++)
        {
            var score = Marginals(output, person, joint, scratch, out var x, out var y);
            var room = summary.RoomOf(joint);
            var count = scratch.Fit.FitProduct(x, y, room);
            for (var k = 0; k < count; k++) room[k] = room[k].Through(toCrop);
            summary.Set(joint, count, score);
        }
    }

    // The score is RTMPose's: the smaller of the two largest logits.
    private float Marginals(ITeacherNetworkOutput output, int person, int joint, TeacherScratch scratch, out Span<float> x, out Span<float> y)
    {
        var at = (person * Skeleton.Count) + joint;
        var logitsX = output.First.Slice(at * _grid.X.Count, _grid.X.Count);
        var logitsY = output.Second.Slice(at * _grid.Y.Count, _grid.Y.Count);
        x = scratch.First(_grid.X.Count);
        y = scratch.Second(_grid.Y.Count);
        Teachers.Marginals.Softmax(logitsX, logitsX.Length, Reading.Sharpness, x);
        Teachers.Marginals.Softmax(logitsY, logitsY.Length, Reading.Sharpness, y);
        return Math.Min(Teachers.Marginals.Max(logitsX), Teachers.Marginals.Max(logitsY));
    }
}
