using Sinew.Geometry;
using Sinew.Imaging;
using Sinew.Inference;
using Sinew.Skeletons;
using Sinew.Tensors;
using Sinew.Training.Recipes;
using Sinew.Training.Teachers;

namespace Sinew.Training.Data;

/// <summary>One teacher of a training: asked once per person beforehand, or at every step about the augmented crops.</summary>
public sealed class TeacherSource : IDisposable
{
    private static readonly TimeSpan TellEvery = TimeSpan.FromSeconds(5);

    private readonly TeacherOptions _options;
    private TeacherCache[] _caches = [];
    private IReadOnlyList<TrainingSet> _sets = [];
    private JointRows? _rows;
    private BinGrid _grid;
    private (float X, float Y) _minimumSigma;
    private int _joints;

    private TeacherSource(TeacherOptions options, ITeacher teacher) => (_options, Teacher) = (options, teacher);

    /// <summary>The teacher.</summary>
    public ITeacher Teacher { get; }

    /// <summary>True where it was asked once per person, about the upright crop.</summary>
    public bool IsCached => _options.Cached;

    /// <summary>Width and height of the teacher's crops, pixels.</summary>
    public (int Width, int Height) Input => (Teacher.Width, Teacher.Height);

    /// <summary>Loads the teacher's network.</summary>
    /// <param name="options">Which, and how.</param>
    /// <param name="device">Where weights without a graph of their own run.</param>
    /// <exception cref="SinewException">Its files are missing or damaged.</exception>
    public static TeacherSource Open(TeacherOptions options, Device device)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new TeacherSource(
            options, ModelCards.IsOnnx(options.Model) ? OnnxTeacher.Open(options.Model, name: options.Name, ownCard: options.Card) : RtmPoseTeacher.Open(options.Model, options.Name, device, options.Card));
    }

    /// <summary>Matches the joints, and opens or makes the caches.</summary>
    /// <param name="sets">The data sets.</param>
    /// <param name="skeleton">The student's joints.</param>
    /// <param name="grid">The student's bins.</param>
    /// <param name="labelSigma">Width of the student's labels as the loss sees them, bins of x and of y.</param>
    /// <param name="say">Called with lines worth telling.</param>
    /// <param name="cancel">Ends the caching; what is done is kept.</param>
    public void Prepare(
        IReadOnlyList<TrainingSet> sets, Skeleton skeleton, BinGrid grid, (float X, float Y) labelSigma, Action<string>? say, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(sets);
        ArgumentNullException.ThrowIfNull(skeleton);
        _sets = sets;
        _rows = new JointRows(Teacher.Skeleton, skeleton);
        _joints = skeleton.Count;
        _grid = grid;
        _minimumSigma = _options.MinimumSigma is { } sigma ? ((float)sigma, (float)sigma) : labelSigma;
        if (_rows.Known == 0) throw new SinewException($"teacher '{_options.Name}' knows none of the student's joints: check the skeleton in its model card");
        say?.Invoke($"teacher {_options.Name}: {_rows.Known} of the student's {_joints} joints, {(_options.Cached ? "asked once per person" : "asked at every step")}");
        if (!_options.Cached) return;
        _caches = [.. sets.Select(set => Cache(set, say, cancel))];
    }

    /// <summary>Room for the crops that the teacher must see of a batch; empty where it was asked before.</summary>
    /// <param name="people">People of the batch.</param>
    public byte[] CropsFor(int people) => _options.Cached ? [] : new byte[people * Teacher.Width * Teacher.Height * 3];

    /// <summary>Fills what the teacher says of a batch.</summary>
    /// <param name="draws">Whose turn it was.</param>
    /// <param name="geometries">The student's crops.</param>
    /// <param name="crops">The teacher's crops, from <see cref="CropsFor"/>.</param>
    /// <param name="targets">Where to write to.</param>
    public void Fill(ReadOnlySpan<Draw> draws, ReadOnlySpan<CropGeometry> geometries, byte[] crops, TeacherData targets)
    {
        ArgumentNullException.ThrowIfNull(targets);
        var spans = new TeacherTargetSpans(_grid, _rows!, _minimumSigma, targets.X, targets.Y, targets.Weight);
        if (_options.Cached)
        {
            for (var i = 0; i < draws.Length; i++)
                _caches[draws[i].Dataset].Render(_sets[draws[i].Dataset].RowOf(draws[i].Person), geometries[i], spans.Of(i));
        }
        else
        {
            Teacher.Predict(crops, geometries, spans);
        }

        // confidences become weights: a joint that the teacher is unsure of, or that lies outside the crop, teaches nothing
        foreach (ref var weight in targets.Weight.AsSpan()) weight = weight > 0 && weight >= _options.Threshold ? 1 : 0;
    }

    /// <inheritdoc/>
    public void Dispose() => Teacher.Dispose();

    private TeacherCache Cache(TrainingSet set, Action<string>? say, CancellationToken cancel)
    {
        var told = TimeProvider.System.GetTimestamp();
        return TeacherCacheBuilder.OpenOrBuild(
            CacheFolder.Teachers, Teacher, set.Data,
            (person, geometry, rgb) =>
            {
                Warp.Crop(set.Picture(person), geometry, rgb);
                return true;
            },
            progress: (done, all) =>
            {
                if (done > 0 && done < all && TimeProvider.System.GetElapsedTime(told) < TellEvery) return;
                told = TimeProvider.System.GetTimestamp();
                say?.Invoke($"teacher {_options.Name} looks at {set.Name}: {done} of {all} people");
            },
            cancellation: cancel);
    }
}
