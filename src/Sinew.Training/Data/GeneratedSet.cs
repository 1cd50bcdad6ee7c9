using Sinew.Annotations;
using Sinew.Generation;
using Sinew.Geometry;
using Sinew.Imaging;
using Sinew.Skeletons;
using Sinew.Training.Recipes;

namespace Sinew.Training.Data;

/// <summary>
/// People who are generated whenever their turn comes: nothing is stored. A person is the first one of its scene; where that cannot be
/// labelled, the scene that lies the number of people further on takes its place.
/// </summary>
public sealed class GeneratedSet : TrainingSet
{
    /// <summary>Traces of a better JPEG cannot be seen in a crop.</summary>
    private const int WorthCompressing = 80;

    private const int Attempts = 50;

    private readonly PeopleGenerator _generator;
    private readonly GeneratedLabels _labels;
    private readonly int _minimumJoints;
    private readonly Lazy<PoseData> _data;

    /// <summary>Prepares a set.</summary>
    /// <param name="name">Short name.</param>
    /// <param name="options">What is generated.</param>
    /// <param name="minimumJoints">Labelled joints that a person must have.</param>
    /// <param name="student">The student's skeleton.</param>
    /// <param name="input">Width and height of the student's crops, pixels: pictures are made 1.3 times as large where the options do not say.</param>
    /// <exception cref="SinewException">The options are wrong.</exception>
    public GeneratedSet(string name, GeneratedOptions options, int minimumJoints, Skeleton student, (int Width, int Height) input)
        : base(name, SkeletonOf(options), student)
    {
        var generated = options.ForInput(input);
        (_generator, _labels, _minimumJoints, Count) = (new PeopleGenerator(generated), new GeneratedLabels(generated, Skeleton), minimumJoints, options.People);
        _data = new Lazy<PoseData>(LabelEverybody);
    }

    /// <summary>The joints that a set's labels have.</summary>
    /// <param name="options">What is generated.</param>
    public static Skeleton SkeletonOf(GeneratedOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return SkeletonFile.Resolve(options.SkeletonName);
    }

    /// <inheritdoc/>
    public override int Count { get; }

    /// <summary>All labels. The first call generates everybody, which only teachers that are asked beforehand need.</summary>
    public override PoseData Data => _data.Value;

    /// <inheritdoc/>
    public override int RowOf(int person) => person;

    /// <inheritdoc/>
    public override TrainingPerson Person(int person)
    {
        var (keypoints, states) = (new float[Skeleton.Count * 2], new JointState[Skeleton.Count]);
        var (scene, label) = SceneOf(person, keypoints, states);
        return new TrainingPerson(Developed(scene), label.Box, keypoints, states, owned: true);
    }

    /// <inheritdoc/>
    public override Image Picture(int row) => Developed(SceneOf(row, new float[Skeleton.Count * 2], new JointState[Skeleton.Count]).Scene);

    /// <inheritdoc/>
    public override void Check() => Person(0).Dispose();

    private static Image Developed(GeneratedScene scene)
    {
        if (scene.JpegQuality >= WorthCompressing) return scene.Image;
        using (scene) return scene.Compressed();
    }

    private (GeneratedScene Scene, GeneratedLabel Label) SceneOf(int person, Span<float> keypoints, Span<JointState> states)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var scene = _generator.Generate(person + ((long)attempt * Count));
            if (_labels.Label(scene, 0, keypoints, states) is { } label && label.Labelled >= _minimumJoints) return (scene, label);
            scene.Dispose();
        }

        throw new SinewException($"data set '{Name}': {Attempts} generated people in a row had fewer than {_minimumJoints} labelled joints: lower its minimum_joints");
    }

    private PoseData LabelEverybody()
    {
        var joints = Skeleton.Count;
        var (keypoints, states) = (new float[Count * joints * 2], new JointState[Count * joints]);
        var (boxes, areas) = (new Box[Count], new double[Count]);
        Parallel.For(0, Count, i =>
        {
            var (scene, label) = SceneOf(i, keypoints.AsSpan(i * joints * 2, joints * 2), states.AsSpan(i * joints, joints));
            using (scene) (boxes[i], areas[i]) = (label.Box, label.Area);
        });
        var rows = Enumerable.Range(0, Count).ToArray();
        var names = new StringColumn.Builder();
        foreach (var i in rows) names.Add(FormattableString.Invariant($"generated/{_generator.Options.Domain}/{_generator.Options.Seed}/{i}"));
        var ids = rows.Select(i => i + 1L).ToArray();
        var images = new ImageTable(ids, names.Build(), [.. rows.Select(_ => _generator.Options.Width)], [.. rows.Select(_ => _generator.Options.Height)]);
        return new PoseData(Skeleton, images, new PeopleTable(ids, rows, boxes, areas, new bool[Count]), keypoints, states);
    }
}
