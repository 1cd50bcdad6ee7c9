using Sinew.Generation.Bodies;
using Sinew.Generation.Numerics;
using Sinew.Geometry;
using Sinew.Skeletons;

namespace Sinew.Generation;

/// <summary>One person's label beside its joints.</summary>
/// <param name="Box">The person's box, image pixels.</param>
/// <param name="Area">Area for OKS, square pixels.</param>
/// <param name="Labelled">Joints that are labelled.</param>
public readonly record struct GeneratedLabel(Box Box, double Area, int Labelled);

/// <summary>
/// What annotators would have written of a generated scene. Domain A has COCO's habits: whole pixels, the box and area of what is seen,
/// and many hidden joints left out. Domain B has MPII's: hidden joints are guessed, now and then left and right are taken for each other, and
/// the box is that of the joints. <see cref="GeneratorDomain.Truth"/> has every joint within the picture where it is.
/// </summary>
public sealed class GeneratedLabels
{
    /// <summary>Smaller people are not labelled, pixels seen.</summary>
    private const int MinimumArea = 160;

    private const int LabelStream = 64;

    private readonly GeneratorOptions _options;
    private readonly int[] _source;

    /// <summary>Prepares for one skeleton.</summary>
    /// <param name="options">The generator's options.</param>
    /// <param name="skeleton">The joints to label; those that generated people do not have stay unlabelled.</param>
    /// <exception cref="SinewException">The skeleton has no joint that generated people have.</exception>
    public GeneratedLabels(GeneratorOptions options, Skeleton skeleton)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(skeleton);
        options.Validate();
        (_options, Skeleton) = (options, skeleton);
        _source = [.. skeleton.Joints.Select(j => BodyJoints.IndexOf(j.Id))];
        if (_source.All(j => j < 0)) throw new SinewException($"generated people have no joint of {skeleton}: give its joints the canonical ids of a built-in skeleton");
    }

    /// <summary>The joints that are labelled.</summary>
    public Skeleton Skeleton { get; }

    /// <summary>The skeleton that a domain's labels have where nobody says otherwise.</summary>
    /// <param name="domain">The domain.</param>
    public static string SkeletonOf(GeneratorDomain domain) => domain switch
    {
        GeneratorDomain.A => "coco17",
        GeneratorDomain.B => "mpii16",
        _ => "body21",
    };

    /// <summary>Labels one person.</summary>
    /// <param name="scene">The scene.</param>
    /// <param name="person">Which of its people.</param>
    /// <param name="keypoints">Receives x, y per joint of the skeleton, image pixels; 0, 0 where it is not labelled.</param>
    /// <param name="states">Receives the joints' states.</param>
    /// <returns>Null where too little of the person is seen to be labelled.</returns>
    public GeneratedLabel? Label(GeneratedScene scene, int person, Span<float> keypoints, Span<JointState> states)
    {
        ArgumentNullException.ThrowIfNull(scene);
        if (keypoints.Length != Skeleton.Count * 2 || states.Length != Skeleton.Count) throw new ArgumentException($"{Skeleton} needs {Skeleton.Count} states and twice as many coordinates");
        var who = scene.People[person];
        keypoints.Clear();
        states.Fill(JointState.Unlabelled);
        if (who.Area < MinimumArea) return null;
        var random = new GeneratorRandom(_options.Seed, scene.Index, LabelStream + person);
        var (noise, forgotten) = _options.Domain switch
        {
            GeneratorDomain.A => (0.3f, 0.3f),
            GeneratorDomain.B => (0.42f, 0.06f),
            _ => (0, 0),
        };
        noise *= (float)_options.AnnotationNoise;
        forgotten *= (float)Math.Min(1, _options.AnnotationNoise);
        var swapped = _options.Domain == GeneratorDomain.B && random.Chance(0.012f * (float)_options.AnnotationNoise);
        var size = MathF.Sqrt(who.Area);
        var labelled = 0;
        for (var j = 0; j < _source.Length; j++)
        {
            var (dx, dy, forget) = (random.Normal(), random.Normal(), random.Chance(forgotten));
            var source = _source[swapped ? Skeleton.SwapIndices[j] : j];
            if (source < 0) continue;
            var sight = who.Sights.Span[source];
            if (sight == JointSight.Outside || (sight == JointSight.Hidden && forget)) continue;
            // Annotators differ by their joint's sigma times the root of the area; the hidden ones are guessed.
            var error = noise * (float)Math.Min(Skeleton.Joints[j].Sigma, 0.12) * size * (sight == JointSight.Hidden ? 1.8f : 1);
            var x = who.Positions.Span[2 * source] + (dx * error);
            var y = who.Positions.Span[(2 * source) + 1] + (dy * error);
            if (_options.Domain == GeneratorDomain.A && noise > 0) (x, y) = (MathF.Round(x), MathF.Round(y));
            keypoints[2 * j] = Math.Clamp(x, 0, _options.Width - 1);
            keypoints[(2 * j) + 1] = Math.Clamp(y, 0, _options.Height - 1);
            states[j] = sight == JointSight.Visible ? JointState.Visible : JointState.Occluded;
            labelled++;
        }

        if (labelled < Math.Min(4, _source.Length)) return null;
        var box = _options.Domain == GeneratorDomain.B ? AroundJoints(keypoints, states) : who.Box;
        return box.Width < 4 || box.Height < 4 ? null : new GeneratedLabel(box, _options.Domain == GeneratorDomain.B ? box.Area * 0.53 : who.Area, labelled);
    }

    private Box AroundJoints(ReadOnlySpan<float> keypoints, ReadOnlySpan<JointState> states)
    {
        float left = float.MaxValue, top = float.MaxValue, right = float.MinValue, bottom = float.MinValue;
        for (var j = 0; j < states.Length; j++)
        {
            if (states[j] < JointState.Occluded) continue;
            (left, right) = (MathF.Min(left, keypoints[2 * j]), MathF.Max(right, keypoints[2 * j]));
            (top, bottom) = (MathF.Min(top, keypoints[(2 * j) + 1]), MathF.Max(bottom, keypoints[(2 * j) + 1]));
        }

        var (marginX, marginY) = ((right - left) * 0.15f, (bottom - top) * 0.15f);
        return new Box(left - marginX, top - marginY, right - left + (2 * marginX), bottom - top + (2 * marginY)).ClippedTo(_options.Width, _options.Height);
    }
}
