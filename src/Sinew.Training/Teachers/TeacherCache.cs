using Sinew.Geometry;

namespace Sinew.Training.Teachers;

/// <summary>
/// What a teacher says of every person of a data set, asked once in the person's upright crop and kept as a few Gaussians per
/// joint. At training time they are carried through the augmented crop's affine map and drawn into the student's bins, so that
/// distillation costs some microseconds per person and no network pass. Read by any number of threads.
/// </summary>
public sealed class TeacherCache
{
    private readonly float[] _geometry;
    private readonly int[] _first;
    private readonly byte[] _counts;
    private readonly Half[] _confidences;
    private readonly PackedGaussian[] _components;

    internal TeacherCache(TeacherCacheKey key, float[] geometry, byte[] counts, Half[] confidences, PackedGaussian[] components)
    {
        (Key, _geometry, _counts, _confidences, _components) = (key, geometry, counts, confidences, components);
        Joints = key.JointCount;
        _first = new int[key.People + 1];
        for (var person = 0; person < key.People; person++)
        {
            _first[person + 1] = _first[person];
            foreach (var count in CountsOf(person)) _first[person + 1] += count;
        }
    }

    /// <summary>What the cache was made from.</summary>
    public TeacherCacheKey Key { get; }

    /// <summary>How many people there are.</summary>
    public int People => Key.People;

    /// <summary>How many joints the teacher has.</summary>
    public int Joints { get; }

    /// <summary>Bytes of memory that the columns take.</summary>
    public long Bytes => ((long)_geometry.Length * sizeof(float)) + ((long)_first.Length * sizeof(int)) + _counts.Length
        + ((long)_confidences.Length * 2) + ((long)_components.Length * 12);

    internal ReadOnlySpan<float> Geometry => _geometry;

    internal ReadOnlySpan<byte> Counts => _counts;

    internal ReadOnlySpan<Half> Confidences => _confidences;

    internal ReadOnlySpan<PackedGaussian> Components => _components;

    /// <summary>The teacher's score of one joint in the upright crop.</summary>
    /// <param name="person">Row of the person.</param>
    /// <param name="joint">The teacher's joint.</param>
    public float ConfidenceOf(int person, int joint) => (float)_confidences[(person * Joints) + joint];

    /// <summary>One joint's Gaussians in image pixels.</summary>
    /// <param name="person">Row of the person.</param>
    /// <param name="joint">The teacher's joint.</param>
    /// <param name="components">Receives them, at most <see cref="MixtureFit.MaxComponents"/>.</param>
    /// <returns>How many there are.</returns>
    public int GaussiansOf(int person, int joint, Span<Gaussian2D> components)
    {
        var start = _first[person];
        var counts = CountsOf(person);
        for (var j = 0; j < joint; j++) start += counts[j];
        return Carry(start, counts[joint], CropToImage(person), components);
    }

    /// <summary>
    /// Draws what the teacher said of a person into the bins of a student's crop. A mirrored crop takes each joint from its swap
    /// partner, since the teacher saw the person unmirrored.
    /// </summary>
    /// <param name="person">Row of the person.</param>
    /// <param name="student">The student's crop, of any rotation, scale, shift and flip.</param>
    /// <param name="targets">Where to write to: one person.</param>
    /// <exception cref="ArgumentException">The targets are not for one person, or for another number of the teacher's joints.</exception>
    public void Render(int person, CropGeometry student, TeacherTargetSpans targets)
    {
        if (targets.People != 1 || targets.Rows.TeacherJoints != Joints)
        {
            throw new ArgumentException($"the targets are for {targets.People} people and a teacher of {targets.Rows.TeacherJoints} joints, not for one and {Joints}");
        }

        Span<int> starts = stackalloc int[256];
        starts = Joints < starts.Length ? starts[..(Joints + 1)] : new int[Joints + 1];
        var counts = CountsOf(person);
        starts[0] = _first[person];
        for (var j = 0; j < Joints; j++) starts[j + 1] = starts[j] + counts[j];

        var map = student.ImageToCrop().After(CropToImage(person));
        Span<Gaussian2D> components = stackalloc Gaussian2D[MixtureFit.MaxComponents];
        for (var row = 0; row < targets.Rows.Count; row++)
        {
            var joint = student.Flip ? targets.Rows.Mirrored(row) : targets.Rows[row];
            var x = targets.XOf(0, row);
            var y = targets.YOf(0, row);
            if (joint < 0)
            {
                x.Clear();
                y.Clear();
                targets.Confidence[row] = 0;
                continue;
            }

            var count = Carry(starts[joint], counts[joint], map, components);
            var inside = MixtureRendering.Render(components[..count], targets.Grid, targets.MinimumSigma, x, y);
            targets.Confidence[row] = ConfidenceOf(person, joint) * inside;
        }
    }

    private ReadOnlySpan<byte> CountsOf(int person) => _counts.AsSpan(person * Joints, Joints);

    private int Carry(int start, int count, Affine map, Span<Gaussian2D> components)
    {
        for (var k = 0; k < count; k++)
        {
            components[k] = _components[start + k].Unpack(Key.Width * 0.5f, Key.Height * 0.5f).Through(map);
        }

        return count;
    }

    private Affine CropToImage(int person)
    {
        var (x, y, scale) = (_geometry[person * 3], _geometry[(person * 3) + 1], _geometry[(person * 3) + 2]);
        return new Affine(scale, 0, x - (scale * Key.Width * 0.5f), 0, scale, y - (scale * Key.Height * 0.5f));
    }
}
