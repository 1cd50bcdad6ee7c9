using Sinew.Annotations;
using Sinew.Geometry;
using Sinew.Imaging;
using Sinew.Skeletons;

namespace Sinew.Training.Data;

/// <summary>One data set of a training: its people, their pictures, and how its joints map into the student's.</summary>
public abstract class TrainingSet
{
    /// <summary>Prepares a set.</summary>
    /// <param name="name">Short name.</param>
    /// <param name="skeleton">The joints that its labels have.</param>
    /// <param name="student">The student's skeleton.</param>
    protected TrainingSet(string name, Skeleton skeleton, Skeleton student) =>
        (Name, Skeleton, Mapping) = (name, skeleton, JointMapping.Between(skeleton, student));

    /// <summary>Short name.</summary>
    public string Name { get; }

    /// <summary>The joints that its labels have.</summary>
    public Skeleton Skeleton { get; }

    /// <summary>From the set's joints to the student's.</summary>
    public JointMapping Mapping { get; }

    /// <summary>How many people are used.</summary>
    public abstract int Count { get; }

    /// <summary>All annotations, in the set's own skeleton.</summary>
    public abstract PoseData Data { get; }

    /// <summary>One person that is used. Any number of threads may ask at once.</summary>
    /// <param name="person">0 to <see cref="Count"/> − 1.</param>
    public abstract TrainingPerson Person(int person);

    /// <summary>The row of a used person in <see cref="Data"/>.</summary>
    /// <param name="person">0 to <see cref="Count"/> − 1.</param>
    public abstract int RowOf(int person);

    /// <summary>The picture of one person, upright; nobody may change or dispose it.</summary>
    /// <param name="row">Row of the person in <see cref="Data"/>.</param>
    public abstract Image Picture(int row);

    /// <summary>Refuses a set that cannot be used, before hours are spent on it.</summary>
    /// <exception cref="SinewException">There are no people, or the pictures are not where the recipe says.</exception>
    public abstract void Check();
}

/// <summary>One person with its picture, for as long as a sample is made of it.</summary>
public readonly ref struct TrainingPerson : IDisposable
{
    private readonly bool _owned;

    /// <summary>Puts a person together.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="box">The person's box, image pixels.</param>
    /// <param name="keypoints">x, y per joint, image pixels.</param>
    /// <param name="states">Joint states.</param>
    /// <param name="owned">Whether the picture goes with the person.</param>
    public TrainingPerson(Image picture, Box box, ReadOnlySpan<float> keypoints, ReadOnlySpan<JointState> states, bool owned)
    {
        Picture = picture;
        Box = box;
        Keypoints = keypoints;
        States = states;
        _owned = owned;
    }

    /// <summary>The picture, upright.</summary>
    public Image Picture { get; }

    /// <summary>The person's box, image pixels.</summary>
    public Box Box { get; }

    /// <summary>x, y per joint, image pixels.</summary>
    public ReadOnlySpan<float> Keypoints { get; }

    /// <summary>Joint states.</summary>
    public ReadOnlySpan<JointState> States { get; }

    /// <summary>Lets go of the picture.</summary>
    public void Dispose()
    {
        if (_owned) Picture.Dispose();
    }
}
