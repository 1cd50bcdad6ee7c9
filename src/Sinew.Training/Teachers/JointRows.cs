using Sinew.Skeletons;

namespace Sinew.Training.Teachers;

/// <summary>Which of a teacher's joints fills each of the student's rows: the one with the same canonical id, or none.</summary>
public sealed class JointRows
{
    private readonly int[] _upright;
    private readonly int[] _mirrored;

    /// <summary>Matches the joints. Those of the teacher that the student lacks are left out.</summary>
    /// <param name="teacher">The teacher's joints.</param>
    /// <param name="student">The student's joints.</param>
    public JointRows(Skeleton teacher, Skeleton student)
    {
        ArgumentNullException.ThrowIfNull(teacher);
        ArgumentNullException.ThrowIfNull(student);
        _upright = JointMapping.Between(teacher, student).SourceOf.ToArray();
        _mirrored = [.. _upright.Select(j => j < 0 ? -1 : teacher.SwapIndices[j])];
        TeacherJoints = teacher.Count;
    }

    /// <summary>How many rows there are: the student's joints.</summary>
    public int Count => _upright.Length;

    /// <summary>How many joints the teacher has.</summary>
    public int TeacherJoints { get; }

    /// <summary>How many rows the teacher fills.</summary>
    public int Known => _upright.Count(j => j >= 0);

    /// <summary>The teacher's joint of a row, or −1.</summary>
    /// <param name="row">The student's joint.</param>
    public int this[int row] => _upright[row];

    /// <summary>
    /// The teacher's joint of a row where the student's crop is mirrored and the teacher's picture was not: left is right there.
    /// </summary>
    /// <param name="row">The student's joint.</param>
    public int Mirrored(int row) => _mirrored[row];
}
