using System.Collections.Concurrent;
using Sinew.Geometry;
using Sinew.Skeletons;

namespace Sinew.Training.Teachers;

/// <summary>A teacher made of a network and the way in which its outputs are read; what the three kinds have in common.</summary>
public abstract class NetworkTeacher : ITeacher
{
    private readonly ITeacherNetwork _network;
    private readonly ConcurrentBag<TeacherScratch> _scratch = [];
    private AxisResampling[] _resamplings = [];

    private protected NetworkTeacher(
        string name, Skeleton skeleton, int width, int height, ITeacherNetwork network, string weights, string kind, TeacherReading? reading)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(skeleton);
        ArgumentNullException.ThrowIfNull(network);
        ArgumentException.ThrowIfNullOrEmpty(weights);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        (Name, Skeleton, Width, Height, _network) = (name, skeleton, width, height, network);
        Reading = reading ?? new TeacherReading();
        Fingerprint = $"{weights} {kind} {Reading}";
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public Skeleton Skeleton { get; }

    /// <inheritdoc/>
    public int Width { get; }

    /// <inheritdoc/>
    public int Height { get; }

    /// <inheritdoc/>
    public float Padding { get; init; } = 1.25f;

    /// <inheritdoc/>
    public string Fingerprint { get; }

    /// <summary>How the raw output is read.</summary>
    public TeacherReading Reading { get; }

    /// <inheritdoc/>
    public void Predict(ReadOnlySpan<byte> crops, ReadOnlySpan<CropGeometry> students, TeacherTargetSpans targets)
    {
        RequireCrops(crops.Length, students.Length);
        if (targets.People != students.Length || targets.Rows.TeacherJoints != Skeleton.Count)
        {
            throw new ArgumentException($"{students.Length} crops need targets for as many people and {Skeleton.Count} joints of the teacher");
        }

        if (students.IsEmpty) return;
        using var output = _network.Run(crops, students.Length);
        RequireOutputs(output, students.Length);
        var scratch = _scratch.TryTake(out var used) ? used : new TeacherScratch();
        for (var person = 0; person < students.Length; person++)
        {
            var (x, y) = AxisMap.Between(students[person].Resized(Width, Height), students[person]);
            PredictPerson(output, person, x, y, targets.Of(person), scratch);
        }

        _scratch.Add(scratch);
    }

    /// <inheritdoc/>
    public void Summarise(ReadOnlySpan<byte> crops, ReadOnlySpan<TeacherSummary> summaries)
    {
        RequireCrops(crops.Length, summaries.Length);
        if (summaries.IsEmpty) return;
        using var output = _network.Run(crops, summaries.Length);
        RequireOutputs(output, summaries.Length);
        var scratch = _scratch.TryTake(out var used) ? used : new TeacherScratch();
        for (var person = 0; person < summaries.Length; person++) SummarisePerson(output, person, summaries[person], scratch);
        _scratch.Add(scratch);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _network.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected abstract (int First, int Second) OutputsPerJoint { get; }

    private protected abstract void PredictPerson(
        ITeacherNetworkOutput output, int person, AxisMap toStudentX, AxisMap toStudentY, TeacherTargetSpans target, TeacherScratch scratch);

    private protected abstract void SummarisePerson(ITeacherNetworkOutput output, int person, TeacherSummary summary, TeacherScratch scratch);

    /// <summary>The resampling for a map; crops of the same two sizes differ by the same maps, so there are two or three in all.</summary>
    private protected AxisResampling Resampling(BinAxis source, BinAxis target, AxisMap map)
    {
        foreach (var known in _resamplings)
        {
            if (known.Source == source && known.Target == target && known.Serves(map)) return known;
        }

        var made = new AxisResampling(source, target, map);

        // A lost race costs making it again; many distinct maps (there are none with Resized crops) must not pile up.
        var all = _resamplings;
        _resamplings = all.Length < 16 ? [.. all, made] : [made];
        return made;
    }

    private protected static void Empty(TeacherTargetSpans target, int row)
    {
        target.XOf(0, row).Clear();
        target.YOf(0, row).Clear();
        target.Confidence[row] = 0;
    }

    private void RequireCrops(int bytes, int people)
    {
        if (bytes != (long)people * Width * Height * 3)
        {
            throw new ArgumentException($"teacher '{Name}' wants {people} crops of {Width}×{Height}×3 bytes, not {bytes} bytes");
        }
    }

    private void RequireOutputs(ITeacherNetworkOutput output, int people)
    {
        var (first, second) = OutputsPerJoint;
        var joints = people * Skeleton.Count;
        if (output.First.Length != joints * first || output.Second.Length != joints * second)
        {
            throw new SinewException(
                $"teacher '{Name}': its network gave {output.First.Length} and {output.Second.Length} values for {people} people of {Skeleton.Count} joints, " +
                $"not {joints * first} and {joints * second}; check its model card");
        }
    }
}

/// <summary>One thread's scratch memory for reading outputs.</summary>
internal sealed class TeacherScratch
{
    private float[] _first = [];
    private float[] _second = [];
    private float[] _blur = [];

    public MixtureFit Fit { get; } = new();

    public Span<float> First(int length) => Sized(ref _first, length);

    public Span<float> Second(int length) => Sized(ref _second, length);

    public Span<float> Blur(int length) => Sized(ref _blur, length);

    private static Span<float> Sized(ref float[] array, int length)
    {
        if (array.Length < length) array = new float[length];
        return array.AsSpan(0, length);
    }
}
