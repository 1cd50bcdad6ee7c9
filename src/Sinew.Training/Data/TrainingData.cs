using Sinew.Codecs;
using Sinew.Imaging;
using Sinew.Skeletons;
using Sinew.Tensors;
using Sinew.Training.Estimators;
using Sinew.Training.Models;
using Sinew.Training.Recipes;
using Sinew.Training.Teachers;

namespace Sinew.Training.Data;

/// <summary>Everything that a recipe's data sets and teachers come to once they are loaded.</summary>
public sealed class TrainingData : IDisposable
{
    private readonly Recipe _recipe;
    private readonly List<TrainingSet> _sets;
    private readonly List<TeacherSource> _teachers;
    private readonly List<FeatureTeacher> _seeing;
    private readonly Dictionary<string, EvaluationSet> _evaluations;

    private TrainingData(
        Recipe recipe, Skeleton skeleton, List<TrainingSet> sets, List<TeacherSource> teachers, List<FeatureTeacher> seeing, Dictionary<string, EvaluationSet> evaluations)
    {
        (_recipe, Skeleton, _sets, _teachers, _seeing, _evaluations) = (recipe, skeleton, sets, teachers, seeing, evaluations);
        var ratios = recipe.Datasets.Select((d, i) => d.Ratio ?? sets[i].Count).ToArray();
        Sampler = new Sampler([.. sets.Select(s => s.Count)], ratios, recipe.Seed);
    }

    /// <summary>The student's joints.</summary>
    public Skeleton Skeleton { get; }

    /// <summary>Which data set has which of the student's joints.</summary>
    public IReadOnlyList<JointOrigin> Origins => [.. _sets.Select(s => JointOrigin.Of(s.Name, s.Skeleton, Skeleton))];

    /// <summary>People of all data sets.</summary>
    public long People => _sets.Sum(s => (long)s.Count);

    /// <summary>Teachers that look at the student's crops in the step and show their features; the others speak through the batches.</summary>
    public IReadOnlyList<FeatureTeacher> FeatureTeachers => _seeing;

    /// <summary>Says whose turn it is.</summary>
    public Sampler Sampler { get; }

    /// <summary>Loads a recipe's annotations and teachers; cached teachers are asked now where no cache is there yet.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="say">Called with lines worth telling.</param>
    /// <param name="cancel">Ends the caching.</param>
    public static TrainingData Load(Recipe recipe, Action<string>? say, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        var loaded = recipe.Datasets.Select(d => d.Generated is null ? AnnotationFiles.Load(d, say) : null).ToList();
        var skeletons = recipe.Datasets.Select((d, i) => loaded[i]?.Skeleton ?? GeneratedSet.SkeletonOf(d.Generated!)).ToList();
        var teachers = new List<TeacherSource>();
        var seeing = new List<(TeacherOptions Options, Student Network)>();
        try
        {
            var device = Device.Parse(recipe.Schedule.Device);
            foreach (var options in recipe.Teachers)
            {
                if (options.Features) seeing.Add((options, FeatureTeacher.Load(options, device)));
                else teachers.Add(TeacherSource.Open(options, device));
            }

            var skeleton = recipe.Student.Skeleton is { } named
                ? SkeletonFile.Resolve(named)
                : SkeletonUnion.Of("union", [.. skeletons, .. teachers.Select(t => t.Teacher.Skeleton), .. seeing.Select(t => t.Network.Skeleton)]).Union;
            var cache = new ImageCache((long)recipe.Loader.ImageCacheMegabytes << 20);
            var input = (recipe.Student.Width, recipe.Student.Height);
            var sets = recipe.Datasets.Select((d, i) => (TrainingSet)(loaded[i] is { } labels
                ? new LabelledSet(d.Name, labels, d.Images, AnnotationFiles.Usable(labels, d.MinimumJoints), skeleton, cache)
                : new GeneratedSet(d.Name, d.Generated!, d.MinimumJoints, skeleton, input))).ToList();
            foreach (var set in sets)
            {
                set.Check();
                if (set.Mapping.Shared == 0) throw new SinewException($"data set '{set.Name}' shares no joint with the student's skeleton {skeleton}");
                say?.Invoke($"{set.Name}: {set.Count} people, {set.Mapping.Shared} of the student's {skeleton.Count} joints");
            }

            if (recipe.Augmentation.Flip > 0)
            {
                foreach (var set in sets) RequireFlips($"data set '{set.Name}'", set.Skeleton, skeleton);
                // Others see the mirrored crop itself.
                foreach (var teacher in teachers.Where(t => t.IsCached)) RequireFlips($"teacher '{teacher.Teacher.Name}'", teacher.Teacher.Skeleton, skeleton);
            }

            var evaluations = new Dictionary<string, EvaluationSet>(StringComparer.Ordinal);
            foreach (var options in recipe.Evaluations)
            {
                var set = EvaluationSet.Load(options, say);
                set.Check();
                evaluations.Add(options.Name, set);
            }

            var codec = SimCcCodec.ForInput(recipe.Student.Width, recipe.Student.Height);
            var grid = BinGrid.SimCc(codec.Width, codec.Height, codec.SplitRatio);
            // softmax(β·gaussian) is, near its peak, a gaussian of σ / √β
            var narrowing = Math.Sqrt(Math.Max(recipe.Loss.Beta, 1));
            var labelSigma = ((float)(codec.Sigma.X / narrowing), (float)(codec.Sigma.Y / narrowing));
            foreach (var teacher in teachers) teacher.Prepare(sets, skeleton, grid, labelSigma, say, cancel);
            foreach (var (options, network) in seeing) say?.Invoke($"teacher {options.Name}: {new JointRows(network.Skeleton, skeleton).Known} of the student's {skeleton.Count} joints, features and logits at every step");
            return new TrainingData(recipe, skeleton, sets, teachers, [.. seeing.Select(t => FeatureTeacher.Of(t.Options, t.Network, skeleton, recipe.Student))], evaluations);
        }
        catch
        {
            foreach (var teacher in teachers) teacher.Dispose();
            foreach (var (_, network) in seeing) network.Dispose();
            throw;
        }
    }

    private static void RequireFlips(string whose, Skeleton own, Skeleton student)
    {
        if (SkeletonChecks.FlipMisfit(own, student) is { } misfit)
            throw new SinewException($"{whose}: {misfit}, the student's: give it a skeleton with the same swaps (sinew skeleton check), or set augmentation.flip to 0");
    }

    /// <summary>Starts the loader threads.</summary>
    /// <param name="firstStep">Step of the first batch.</param>
    /// <param name="steps">Steps in all.</param>
    /// <param name="part">Which part of each batch, from 0.</param>
    /// <param name="parts">Parts of a batch: processes that train together.</param>
    public BatchLoader Start(long firstStep, long steps, int part = 0, int parts = 1)
    {
        var (student, codec) = (_recipe.Student, SimCcCodec.ForInput(_recipe.Student.Width, _recipe.Student.Height));
        var shape = new BatchShape(
            _recipe.Schedule.Batch / parts, Skeleton.Count, student.Width, student.Height, codec.XBins, codec.YBins, _teachers.Count);
        var builder = new SampleBuilder(_recipe, _sets, _teachers, Skeleton, shape, steps);
        return new BatchLoader(Sampler, shape, builder.Fill, _recipe.Loader.Threads, _recipe.Loader.Prefetch, firstStep, steps, part, parts);
    }

    /// <summary>Scores a student on one of the recipe's evaluations.</summary>
    /// <param name="options">Which.</param>
    /// <param name="student">The student.</param>
    /// <param name="cancel">Ends it.</param>
    public EvaluationScore Evaluate(EvaluationOptions options, Student student, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(options);
        return _evaluations[options.Name].Score(student, cancel);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var teacher in _teachers) teacher.Dispose();
        foreach (var teacher in _seeing) teacher.Dispose();
    }
}
