using Sinew.Skeletons;

namespace Sinew.Annotations;

public sealed partial class PoseData
{
    /// <summary>All coordinates, <c>[people, joints, 2]</c>, image pixels.</summary>
    public ReadOnlySpan<float> Keypoints => _keypoints;

    /// <summary>All joint states, <c>[people, joints]</c>.</summary>
    public ReadOnlySpan<JointState> States => _states;

    /// <summary>How many joints of a person are labelled, hidden or not.</summary>
    /// <param name="person">Row of the person.</param>
    public int LabelledOf(int person)
    {
        var labelled = 0;
        foreach (var state in StatesOf(person))
        {
            if (state >= JointState.Occluded) labelled++;
        }

        return labelled;
    }

    /// <summary>The people with so many labelled joints or more who are no crowd regions.</summary>
    /// <param name="labelled">Fewest labelled joints.</param>
    /// <returns>Their rows, ascending.</returns>
    public int[] PeopleWithAtLeast(int labelled) =>
        [.. Enumerable.Range(0, People.Count).Where(p => !People.Crowd[p] && LabelledOf(p) >= labelled)];

    /// <summary>
    /// The same people with the joints of another skeleton: joints are carried over by canonical id, and those that this data set does not
    /// have become <see cref="JointState.Undefined"/>.
    /// </summary>
    /// <remarks>The file's <c>num_keypoints</c> is of its own joints: labelled joints are counted anew.</remarks>
    /// <param name="target">The skeleton, usually a union that this one is a member of.</param>
    public PoseData MapTo(Skeleton target)
    {
        ArgumentNullException.ThrowIfNull(target);
        if (ReferenceEquals(target, Skeleton)) return this;
        var source = JointMapping.Between(Skeleton, target).SourceOf;
        var keypoints = new float[People.Count * target.Count * 2];
        var states = new JointState[People.Count * target.Count];
        for (var p = 0; p < People.Count; p++)
        {
            var from = KeypointsOf(p);
            var fromStates = StatesOf(p);
            var to = keypoints.AsSpan(p * target.Count * 2);
            var toStates = states.AsSpan(p * target.Count);
            for (var j = 0; j < source.Length; j++)
            {
                if (source[j] is not (var s and >= 0)) continue;
                (to[2 * j], to[(2 * j) + 1], toStates[j]) = (from[2 * s], from[(2 * s) + 1], fromStates[s]);
            }
        }

        return new PoseData(target, Images, People with { LabelledCounts = null }, keypoints, states) { Category = Category };
    }

    /// <summary>Some of the people, in the order given; the images stay all.</summary>
    /// <param name="people">Rows of people.</param>
    public PoseData Select(ReadOnlySpan<int> people)
    {
        var keypoints = new float[people.Length * Skeleton.Count * 2];
        var states = new JointState[people.Length * Skeleton.Count];
        for (var i = 0; i < people.Length; i++)
        {
            KeypointsOf(people[i]).CopyTo(keypoints.AsSpan(i * Skeleton.Count * 2));
            StatesOf(people[i]).CopyTo(states.AsSpan(i * Skeleton.Count));
        }

        return new PoseData(Skeleton, Images, People.Select(people), keypoints, states) { Category = Category };
    }

    /// <summary>Several data sets of one skeleton as one: images after images, people after people. Ids stay as they are, and may meet.</summary>
    /// <param name="parts">One data set or more.</param>
    /// <exception cref="ArgumentException">There is none, or their skeletons differ.</exception>
    public static PoseData Concat(params IReadOnlyList<PoseData> parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        if (parts.Count == 0) throw new ArgumentException("nothing to put together", nameof(parts));
        var skeleton = parts[0].Skeleton;
        if (parts.FirstOrDefault(p => !p.Skeleton.Joints.SequenceEqual(skeleton.Joints)) is { } other)
        {
            throw new ArgumentException($"'{skeleton.Name}' and '{other.Skeleton.Name}' have other joints: map both to one skeleton first", nameof(parts));
        }

        var firstImage = 0;
        var images = new int[parts.Sum(p => p.People.Count)];
        var at = 0;
        foreach (var part in parts)
        {
            foreach (var image in part.People.Image) images[at++] = image + firstImage;
            firstImage += part.Images.Count;
        }

        return new PoseData(
            skeleton,
            ImageTable.Concat([.. parts.Select(p => p.Images)]),
            PeopleTable.Concat([.. parts.Select(p => p.People)]) with { Image = images },
            Join(parts, p => p._keypoints),
            Join(parts, p => p._states));
    }

    /// <summary>The people of each image.</summary>
    public ImageGroups GroupByImage() => new(People.Image, Images.Count);

    private static T[] Join<T>(IReadOnlyList<PoseData> parts, Func<PoseData, T[]> column) => [.. parts.SelectMany(column)];
}

/// <summary>Which people are on which image.</summary>
public sealed class ImageGroups
{
    private readonly int[] _ends;
    private readonly int[] _people;

    internal ImageGroups(int[] imageOfPerson, int images)
    {
        // A counting sort: it keeps the people of an image in the order of their rows.
        var starts = new int[images + 1];
        foreach (var image in imageOfPerson) starts[image + 1]++;
        for (var i = 0; i < images; i++) starts[i + 1] += starts[i];
        _people = new int[imageOfPerson.Length];
        for (var p = 0; p < imageOfPerson.Length; p++) _people[starts[imageOfPerson[p]]++] = p;
        _ends = starts;
    }

    /// <summary>How many images there are.</summary>
    public int Count => _ends.Length - 1;

    /// <summary>Rows of the people on one image, ascending.</summary>
    /// <param name="image">Row of the image.</param>
    public ReadOnlySpan<int> this[int image]
    {
        get
        {
            var start = image == 0 ? 0 : _ends[image - 1];
            return _people.AsSpan(start, _ends[image] - start);
        }
    }
}
