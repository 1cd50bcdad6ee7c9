using Sinew.Annotations;
using Sinew.Skeletons;

namespace Sinew.Cli.Annotate;

/// <summary>Where a joint of the extended labels comes from.</summary>
internal enum JointOrigin
{
    /// <summary>Nobody: not labelled, and not predicted either.</summary>
    None = 0,

    /// <summary>The data set's own label.</summary>
    Labelled = 1,

    /// <summary>The model.</summary>
    Predicted = 2,
}

/// <summary>The people of a label file with what a model says of them.</summary>
internal sealed class AnnotatedPeople
{
    private readonly float[]?[] _joints;
    private readonly (int Width, int Height)[] _sizes;
    private readonly bool _fill;

    /// <param name="data">The labels.</param>
    /// <param name="target">The joints that they are to have.</param>
    /// <param name="model">The model's joints.</param>
    /// <param name="fill">Whether joints of the data set that a person lacks are predicted too.</param>
    public AnnotatedPeople(PoseData data, Skeleton target, Skeleton model, bool fill)
    {
        (Data, Target, Model, _fill) = (data, target, model, fill);
        _joints = new float[]?[data.People.Count];
        _sizes = new (int, int)[data.Images.Count];
        DataOf = [.. JointMapping.Between(data.Skeleton, target).SourceOf];
        ModelOf = [.. JointMapping.Between(model, target).SourceOf];
        Added = [.. Enumerable.Range(0, target.Count).Where(t => DataOf[t] < 0 && ModelOf[t] >= 0)];
    }

    public PoseData Data { get; }

    public Skeleton Target { get; }

    public Skeleton Model { get; }

    /// <summary>Per joint of the target, the data set's, or −1.</summary>
    public int[] DataOf { get; }

    /// <summary>Per joint of the target, the model's, or −1.</summary>
    public int[] ModelOf { get; }

    /// <summary>The target's joints that the data set has not and the model has.</summary>
    public int[] Added { get; }

    /// <summary>Keeps what the model says of a person.</summary>
    /// <param name="person">Row of the person.</param>
    /// <param name="joints">x, y, score per joint of the model.</param>
    /// <param name="width">Width of the person's picture, pixels.</param>
    /// <param name="height">Height of the person's picture, pixels.</param>
    public void Set(int person, float[] joints, int width, int height)
    {
        _sizes[Data.People.Image[person]] = (width, height);
        _joints[person] = joints;
    }

    /// <summary>True where the model was asked about a person.</summary>
    public bool IsPredicted(int person) => _joints[person] is not null;

    /// <summary>The model's joint of a person: x, y, score.</summary>
    public (float X, float Y, float Score) ModelJoint(int person, int target)
    {
        var at = 3 * ModelOf[target];
        var joints = _joints[person]!;
        return (joints[at], joints[at + 1], joints[at + 2]);
    }

    /// <summary>True where a person's joint is the data set's own label.</summary>
    public bool IsLabelled(int person, int target) => DataOf[target] >= 0 && Data.StatesOf(person)[DataOf[target]] >= JointState.Occluded;

    /// <summary>True where a person's joint is to be written as predicted: asked for, known to the model, and inside the picture.</summary>
    public bool IsWritten(int person, int target)
    {
        if (_joints[person] is null || ModelOf[target] < 0 || IsLabelled(person, target) || (DataOf[target] >= 0 && !_fill)) return false;
        var (x, y, score) = ModelJoint(person, target);
        var (width, height) = _sizes[Data.People.Image[person]];
        return float.IsFinite(score) && x > -0.5 && y > -0.5 && x < width - 0.5 && y < height - 0.5;
    }
}
