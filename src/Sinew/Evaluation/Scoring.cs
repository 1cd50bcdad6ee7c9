using System.Globalization;
using Sinew.Annotations;
using Sinew.Skeletons;

namespace Sinew.Evaluation;

/// <summary>Scores predictions by a protocol: the one way in for files, and for what a model has just predicted.</summary>
public static class Scoring
{
    private const double Easy = 0.2;
    private const double Hard = 0.8;

    private static readonly (string Name, int From, int Count)[] WholeBodyParts =
        [("body", 0, 17), ("foot", 17, 6), ("face", 23, 68), ("lefthand", 91, 21), ("righthand", 112, 21), ("hand", 91, 42), ("wholebody", 0, 133)];

    /// <summary>The protocols' names, as users write them.</summary>
    public static IReadOnlyList<string> Protocols { get; } = ["coco", "mpii", "crowdpose", "wholebody", "halpe21", "pck"];

    /// <summary>What PCK measures distances by, as users write it.</summary>
    public static IReadOnlyDictionary<string, PckReference> PckReferences { get; } = new Dictionary<string, PckReference>(StringComparer.Ordinal)
    {
        ["torso"] = PckReference.Torso, ["box"] = PckReference.Box, ["head"] = PckReference.Head,
    };

    /// <summary>The protocol of this name.</summary>
    /// <param name="name">One of <see cref="Protocols"/>.</param>
    /// <exception cref="SinewException">There is none of this name.</exception>
    public static ScoringProtocol Parse(string name) =>
        Protocols.Contains(name) && Enum.TryParse<ScoringProtocol>(name, ignoreCase: true, out var protocol)
            ? protocol
            : throw new SinewException($"there is no protocol '{name}': there are {string.Join(", ", Protocols)}");

    /// <summary>Scores a file of predictions.</summary>
    /// <param name="protocol">How.</param>
    /// <param name="labels">The labels: COCO's form, for mpii MMPose's JSON or <c>mpii_gt_val.mat</c>; gzip'd or not.</param>
    /// <param name="predictions">COCO results; for mpii also a list of joints per person. Gzip'd or not.</param>
    /// <param name="options">What else there is to say.</param>
    /// <exception cref="SinewException">A file cannot be read or does not fit the other.</exception>
    public static ScoringResult Run(ScoringProtocol protocol, string labels, string predictions, ScoringOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(predictions);
        options ??= new ScoringOptions();
        var notes = new List<string>();
        if (protocol == ScoringProtocol.Mpii)
        {
            var people = MpiiScoring.ReadLabels(labels, options.HeadBoxes);
            return Score(protocol, people, MpiiScoring.ReadPredictions(predictions, people, options.PredictedSkeleton ?? people.Skeleton), options, notes);
        }

        var (truth, found) = ReadCoco(labels, predictions, options, options.Skeleton ?? SkeletonOf(protocol));
        AddNotes(truth, found, notes);
        return Score(protocol, truth.Labels, found.Results, options, notes);
    }

    /// <summary>Scores predictions in memory.</summary>
    /// <param name="protocol">How.</param>
    /// <param name="truth">The labels.</param>
    /// <param name="predictions">The predictions.</param>
    /// <param name="options">What else there is to say; skeletons and files in it are not looked at.</param>
    /// <exception cref="SinewException">The two do not fit each other or the protocol.</exception>
    public static ScoringResult Score(ScoringProtocol protocol, PoseData truth, PoseResults predictions, ScoringOptions? options = null) =>
        Score(protocol, PoseLabels.From(truth), predictions, options ?? new ScoringOptions(), []);

    /// <summary>Refuses labels that a protocol cannot score, before anybody is predicted.</summary>
    /// <param name="protocol">How they would be scored.</param>
    /// <param name="truth">The labels.</param>
    /// <param name="reference">pck: what distances would be measured by.</param>
    /// <exception cref="SinewException">They lack what the protocol needs.</exception>
    public static void Require(ScoringProtocol protocol, PoseData truth, PckReference reference = PckReference.Torso)
    {
        ArgumentNullException.ThrowIfNull(truth);
        Require(protocol, truth.Skeleton, truth.Images.CrowdIndices is not null);
        if (protocol == ScoringProtocol.Pck) PckEvaluator.Require(truth.Skeleton, truth.People.HeadSizes is not null, reference);
        if (protocol == ScoringProtocol.Mpii && truth.People.HeadSizes is null)
            throw new SinewException("mpii: the labels have no head sizes; are they MPII's? (Protocol pck can measure by the torso or the box.)");
    }

    private static void Require(ScoringProtocol protocol, Skeleton skeleton, bool crowdIndices)
    {
        if (protocol == ScoringProtocol.CrowdPose && !crowdIndices)
            throw new SinewException("crowdpose: the labels' images have no crowdIndex; are they CrowdPose's? (Protocol coco needs none.)");
        if (protocol == ScoringProtocol.WholeBody && skeleton.Count != WholeBodyParts[^1].Count)
            throw new SinewException($"wholebody: the labels have {skeleton.Name}'s {skeleton.Count} joints, and this protocol scores the parts of coco-wholebody133's {WholeBodyParts[^1].Count} (protocols coco and pck take any)");
    }

    private static ScoringResult Score(
        ScoringProtocol protocol, PoseLabels truth, PoseResults predictions, ScoringOptions options, List<string> notes)
    {
        Require(protocol, truth.Skeleton, truth.CrowdIndices is not null);
        if (options.SkipUnknownImages) predictions = WithoutUnknownImages(truth, predictions, notes);
        if (options.RescoreAndSuppress)
        {
            var before = predictions.Count;
            predictions = OksSuppression.Suppress(OksSuppression.Rescore(predictions));
            notes.Add($"detector boxes: box scores times mean joint scores above {Text(OksSuppression.DefaultJointThreshold)}, OKS suppression at {Text(OksSuppression.DefaultOks)} left {predictions.Count} of {before} predictions");
        }

        if (protocol == ScoringProtocol.Halpe21)
        {
            truth = truth.MapTo(BuiltInSkeletons.Get("body21"));
            notes.Add("halpe21: 20 joints matched by meaning, the labels' thorax is the midpoint of the shoulders");
        }

        var joints = JointSelection.Parse(options.Joints, truth.Skeleton, predictions.Skeleton);
        if (joints is not null) notes.Add($"joints: {string.Join(", ", joints.Select(j => truth.Skeleton.Joints[j].Name))}");
        AddMappingNotes(truth.Skeleton, predictions.Skeleton, joints, notes);
        if (protocol is not (ScoringProtocol.Mpii or ScoringProtocol.Pck)) AddSigmaNote(truth.Skeleton, joints, notes);
        var oks = OptionsOf(protocol, joints, options.Threads);
        var errors = options.Errors ? PoseErrorAnalysis.Analyze(truth, predictions, oks) : null;
        if (protocol is ScoringProtocol.Coco or ScoringProtocol.Halpe21)
        {
            var scores = OksEvaluator.Evaluate(truth, predictions, oks);
            return new ScoringResult(Protocols[(int)protocol], scores.People, Ten(scores), notes, errors, scores.MeanOks);
        }

        var (people, metrics) = protocol switch
        {
            ScoringProtocol.CrowdPose => CrowdPose(truth, predictions, oks),
            ScoringProtocol.WholeBody => WholeBody(truth, predictions, oks),
            ScoringProtocol.Mpii => Mpii(truth, predictions, options, joints, notes),
            _ => Pck(truth, predictions, options, joints, notes),
        };
        return new ScoringResult(Protocols[(int)protocol], people, metrics, notes, errors);
    }

    private static IReadOnlyList<ScoringMetric> Ten(OksScores scores) => [.. scores.Metrics.Select(m => new ScoringMetric(m.Key, m.Value))];

    private static (int People, IReadOnlyList<ScoringMetric> Metrics) CrowdPose(PoseLabels truth, PoseResults predictions, OksOptions options)
    {
        var crowd = truth.CrowdIndices!;
        var matching = OksMatching.Run(truth, predictions, options);
        var all = matching.Curve(OksMatching.AllAreas);
        double Ap(Func<double, bool> takes) => matching.Curve(OksMatching.AllAreas, row => takes(crowd[row])).MeanPrecision;
        return (
            matching.PeopleToFind,
            [
                new("AP", all.MeanPrecision), new("AP50", all.Precision[0]), new("AP75", all.Precision[5]),
                new("AR", all.MeanRecall), new("AR50", all.Recall[0]), new("AR75", all.Recall[5]),
                new("AP_easy", Ap(c => c < Easy)), new("AP_medium", Ap(c => c is >= Easy and < Hard)), new("AP_hard", Ap(c => c >= Hard)),
            ]);
    }

    private static (int People, IReadOnlyList<ScoringMetric> Metrics) WholeBody(PoseLabels truth, PoseResults predictions, OksOptions options)
    {
        var (people, parts) = (0, new List<ScoringMetric>());
        // One list of 133 joints scores as the five lists of the data set's own form do, where "keypoints" is the body.
        options = options with { SpanningJoints = WholeBodyParts[0].Count };
        foreach (var (name, from, count) in WholeBodyParts)
        {
            var joints = Enumerable.Range(from, count);
            if (options.Joints is { } subset) joints = joints.Intersect(subset);
            var scores = OksEvaluator.Evaluate(truth, predictions, options with { Joints = [.. joints], PartScore = name });
            if (name == "wholebody") people = scores.People;
            parts.Add(new ScoringMetric(name, 0, Ten(scores)));
        }

        return (people, parts);
    }

    private static (int People, IReadOnlyList<ScoringMetric> Metrics) Mpii(
        PoseLabels truth, PoseResults predictions, ScoringOptions options, IReadOnlyList<int>? joints, List<string> notes)
    {
        var scores = MpiiScoring.Evaluate(truth, predictions, options.MpiiFrame, joints);
        notes.Add(options.MpiiFrame == MpiiFrame.FromZero
            ? "frame: predictions count pixels from 0, 1 was added to meet MPII's labels (MMPose; the default)"
            : "frame: predictions count pixels from 1 like MPII's labels, nothing was added");
        return (
            scores.People,
            [
                new("PCKh", scores.Pckh),
                new("PCKh@0.1", scores.Pckh01),
                new("groups", 0, [.. scores.Groups.Select(g => new ScoringMetric(g.Key, g.Value))]),
            ]);
    }

    private static (int People, IReadOnlyList<ScoringMetric> Metrics) Pck(
        PoseLabels truth, PoseResults predictions, ScoringOptions options, IReadOnlyList<int>? joints, List<string> notes)
    {
        var scores = PckEvaluator.Evaluate(
            truth, predictions, new PckOptions { Threshold = options.PckThreshold, Reference = options.PckReference, Joints = joints });
        notes.Add($"PCK@{Text(options.PckThreshold)} of the {options.PckReference.ToString().ToLowerInvariant()}");
        if (scores.LeftOut > 0) notes.Add($"{scores.LeftOut} people without such a measure, or crowds, were left out");
        return (scores.People, [new("PCK", scores.Pck), new("joints", 0, [.. scores.Joints.Select(j => new ScoringMetric(j.Name, j.Pck))])]);
    }

    private static OksOptions OptionsOf(ScoringProtocol protocol, IReadOnlyList<int>? joints, int threads) => new()
    {
        Joints = joints,
        Threads = threads,
        AreaFromBoxes = protocol == ScoringProtocol.CrowdPose,
        CountFlags = protocol == ScoringProtocol.WholeBody,
        DropUnscored = protocol is ScoringProtocol.CrowdPose or ScoringProtocol.WholeBody,
    };

    private static Skeleton? SkeletonOf(ScoringProtocol protocol) => protocol switch
    {
        ScoringProtocol.CrowdPose => BuiltInSkeletons.Get("crowdpose14"),
        ScoringProtocol.WholeBody => BuiltInSkeletons.Get("coco-wholebody133"),
        _ => null,
    };

    private static (CocoLabelsFile Truth, CocoResultsFile Found) ReadCoco(
        string labels, string predictions, ScoringOptions options, Skeleton? skeleton)
    {
        // The two files are read side by side; what the joints of the predictions are may hang on the labels.
        var reading = Task.Run(() => CocoLabels.Read(labels, skeleton));
        CocoResults.Records? records = null;
        try
        {
            records = CocoResults.ReadRecords(predictions, (options.PredictedSkeleton ?? skeleton)?.Count ?? 0);
        }
        finally
        {
            // An error of the labels is told first: without good labels the predictions do not matter.
            if (records is null) reading.GetAwaiter().GetResult();
        }

        var truth = reading.GetAwaiter().GetResult();
        return (truth, records.Finish(options.PredictedSkeleton ?? PredictedSkeleton(records.JointsOf(truth.Category), truth.Labels.Skeleton), truth.Category));
    }

    private static Skeleton PredictedSkeleton(int joints, Skeleton labelled) => joints switch
    {
        _ when joints == 0 || joints == labelled.Count => labelled,
        16 => BuiltInSkeletons.Get("mpii16"),
        21 => BuiltInSkeletons.Get("body21"),
        _ => SkeletonNames.ByCount(joints) ?? labelled,
    };

    private static PoseResults WithoutUnknownImages(PoseLabels truth, PoseResults predictions, List<string> notes)
    {
        var known = truth.ImageIds.ToHashSet();
        int[] rows = [.. Enumerable.Range(0, predictions.Count).Where(row => known.Contains(predictions.ImageIds[row]))];
        if (rows.Length == predictions.Count) return predictions;
        notes.Add($"{predictions.Count - rows.Length} predictions for images that the labels do not have were left out");
        return predictions.Select(rows);
    }

    private static void AddNotes(CocoLabelsFile truth, CocoResultsFile found, List<string> notes)
    {
        if (truth.OtherCategories > 0) notes.Add($"{truth.OtherCategories} labels of other categories were left out");
        if (truth.WithoutImage > 0) notes.Add($"{truth.WithoutImage} labels whose image is not listed were left out");
        if (truth.WithoutArea > 0) notes.Add($"{truth.WithoutArea} people without area have {Text(CocoReader.AreaOfBox)} of their box");
        if (found.OtherCategories > 0) notes.Add($"{found.OtherCategories} predictions of other categories were left out");
        if (truth.Labels.Ids.Contains(0)) notes.Add("one person's annotation id is 0: pycocotools would lose its matches, they are counted here");
        var duplicates = Duplicates(found.Results);
        if (duplicates > 0) notes.Add($"{duplicates} predictions repeat another one of the same image exactly; they count as wrong, as each person is found once");
    }

    private static int Duplicates(PoseResults results)
    {
        var seen = new HashSet<int>(results.Count, EqualityComparer<int>.Create(
            (a, b) => results.ImageIds[a] == results.ImageIds[b] && results.Scores[a] == results.Scores[b]
                && results.KeypointsOf(a).SequenceEqual(results.KeypointsOf(b)),
            row => HashCode.Combine(results.ImageIds[row], results.Scores[row], results.KeypointsOf(row)[0], results.KeypointsOf(row)[^1])));
        return Enumerable.Range(0, results.Count).Count(row => !seen.Add(row));
    }

    // OKS goes with the sigmas, so that whoever compares two scores has to know where they come from.
    private static void AddSigmaNote(Skeleton skeleton, IReadOnlyList<int>? joints, List<string> notes)
    {
        int[] guessed = [.. skeleton.GuessedSigmas.Where(j => joints?.Contains(j) ?? true)];
        if (guessed.Length == 0) return;
        var names = string.Join(", ", guessed.Take(5).Select(j => skeleton.Joints[j].Name)) + (guessed.Length > 5 ? " …" : "");
        notes.Add($"joints of no known skeleton have sigma {Text(skeleton.Sigmas[guessed[0]])}: {names}; --skeleton can give them theirs");
    }

    private static void AddMappingNotes(Skeleton truth, Skeleton predicted, IReadOnlyList<int>? joints, List<string> notes)
    {
        var map = ScoredJoints.Between(predicted, truth);
        string Names(IEnumerable<int> which) => string.Join(", ", which.Where(j => joints?.Contains(j) ?? true).Select(j => truth.Joints[j].Name));
        if (map.DerivedJoints.Count > 0 && Names(map.DerivedJoints) is { Length: > 0 } derived) notes.Add($"midpoints of two predicted joints: {derived}");
        if (map.MissingJoints.Count > 0 && Names(map.MissingJoints) is { Length: > 0 } missing) notes.Add($"not predicted by {predicted.Name}, counted as wrong: {missing}");
    }

    private static string Text(double value) => value.ToString(CultureInfo.InvariantCulture);
}
