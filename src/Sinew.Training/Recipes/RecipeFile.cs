using Sinew.Evaluation;
using Sinew.Generation;
using Sinew.Training.Losses;
using Sinew.Training.Methods;
using Sinew.Yaml;

namespace Sinew.Training.Recipes;

/// <summary>
/// Reads recipes (YAML). Unknown keys are errors. <c>${NAME}</c> and <c>${NAME:-otherwise}</c> in texts stand for environment
/// variables; relative data and model paths are under <c>data_root</c> and <c>models_root</c>.
/// </summary>
public static class RecipeFile
{
    /// <summary>Before the name of an earlier stage, where a file of weights is asked for: that stage's model.</summary>
    public const string StagePrefix = "stage:";

    /// <summary>Where a file of weights is asked for: those of the model that comes with Sinew (<see cref="BuiltInWeights"/>).</summary>
    public const string BuiltIn = "built-in";

    private static readonly Dictionary<string, LabelLoss> LabelLosses =
        new(StringComparer.Ordinal) { ["simcc-kl"] = LabelLoss.SimCcKl, ["coordinates"] = LabelLoss.Coordinates };

    private static readonly Dictionary<string, LossNormalisation> Normalisations = new(StringComparer.Ordinal)
    {
        ["defined-joints"] = new(),
        ["people"] = new(BinReduction.Sum, JointReduction.People),
        ["mmpose"] = LossNormalisation.MMPose,
        ["dwpose"] = new(BinReduction.Sum, JointReduction.PeopleAndJoints),
        ["mmpose-mean"] = new(BinReduction.Mean, JointReduction.PeopleAndJoints),
    };

    private static readonly Dictionary<string, string> Models =
        new[] { "t", "s", "m", "l", "x" }.Select(size => $"rtmpose-{size}").ToDictionary(name => name, StringComparer.Ordinal);

    private static readonly Dictionary<string, bool> Reproductions = new(StringComparer.Ordinal) { ["none"] = false, ["published"] = true };

    private static readonly Dictionary<string, DistillationDecay> Decays = new(StringComparer.Ordinal)
    {
        ["step"] = DistillationDecay.Step,
        ["epoch"] = DistillationDecay.Epoch,
        ["none"] = DistillationDecay.None,
    };

    private static readonly Dictionary<string, bool> Pairs = new(StringComparer.Ordinal) { ["limbs"] = false, ["all"] = true };

    private static readonly Dictionary<string, GeneratorDomain> Domains =
        new(StringComparer.Ordinal) { ["a"] = GeneratorDomain.A, ["b"] = GeneratorDomain.B, ["truth"] = GeneratorDomain.Truth };

    private static readonly Dictionary<string, bool> TeacherModes = new(StringComparer.Ordinal) { ["cached"] = true, ["online"] = false };

    /// <summary>Reads a recipe file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="settings">Changes, <c>key.inner=value</c>, list items by their number from 0.</param>
    /// <exception cref="SinewException">The file or a setting is wrong; the message has the line.</exception>
    public static Recipe Load(string path, IReadOnlyList<string>? settings = null)
    {
        var map = YamlMap.Load(path);
        foreach (var setting in settings ?? [])
        {
            var at = setting.IndexOf('=', StringComparison.Ordinal);
            if (at <= 0) throw new SinewException($"--set {setting}: write it as key=value, for instance --set schedule.epochs=1");
            map.Set(setting[..at], setting[(at + 1)..]);
        }

        return Read(map);
    }

    /// <summary>Reads a recipe from a text, as a checkpoint keeps it.</summary>
    /// <param name="text">YAML.</param>
    /// <param name="name">Name for errors.</param>
    public static Recipe Parse(string text, string name) => Read(YamlMap.Parse(text, name));

    /// <summary>What of a recipe makes it another training than one that was begun with an earlier text of it.</summary>
    /// <param name="begun">The recipe's text in the checkpoint.</param>
    /// <param name="goingOn">Its text now.</param>
    /// <returns>The key whose value differs; null where the training can go on.</returns>
    internal static string? Contradiction(string begun, string goingOn)
    {
        if (begun == goingOn) return null;
        Recipe before, now;
        try
        {
            (before, now) = (ReadOne(YamlMap.Parse(begun, "checkpoint")), ReadOne(YamlMap.Parse(goingOn, "recipe")));
        }
        catch (SinewException)
        {
            // it needs environment variables that are gone, or keys of another version: nothing to compare
            return null;
        }

        IEnumerable<object?> Sets(Recipe r) => r.Datasets.Select(d => (object?)(d.Name, d.Ratio, d.MinimumJoints, d.Generated is { } g ? g with { Keep = false } : null));
        return before.Seed != now.Seed ? "seed"
            : before.Method != now.Method ? "method"
            : before.Schedule.Batch != now.Schedule.Batch ? "schedule.batch"
            : before.Student with { Initial = null } != now.Student with { Initial = null } ? "student"
            : !Sets(before).SequenceEqual(Sets(now)) ? "datasets"
            : null;
    }

    private static Recipe Read(YamlMap map)
    {
        var stages = map.Maps("stages");
        if (stages.Length == 0)
        {
            var single = ReadOne(map);
            return single.Teachers.Select(t => t.Model).Append(single.Student.Initial).Any(m => m?.StartsWith(StagePrefix, StringComparison.Ordinal) == true)
                ? throw map.Error("name", $"the model of another stage ('{StagePrefix}NAME') can be taken within a recipe's stages only")
                : single;
        }

        var read = new List<Recipe>();
        foreach (var stage in stages)
        {
            var name = stage.Text("name");
            if (name.Length == 0 || name.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_'))) throw stage.Error("name", "names a folder: letters, digits, '-' and '_'");
            if (read.Any(r => r.Stage == name)) throw stage.Error("name", $"'{name}' is used twice");
            var whole = map.Over(stage, "stages");
            whole.Set("name", $"{map.Text("name")}-{name}");
            // weights to start from are the first stage's alone; a later one says its own, or takes those of the stage before
            if (read.Count > 0 && stage.Map("student")?.Has("initial") != true) whole.Set("student.initial", "");
            var own = ReadOne(whole) with { Stage = name };
            if (own.Student.Initial is null && read.Count > 0 && TrainingMethods.NeedsTrained(own.Method))
                own = own with { Student = own.Student with { Initial = StagePrefix + read[^1].Stage } };
            foreach (var reference in own.Teachers.Select(t => t.Model).Append(own.Student.Initial).OfType<string>().Where(m => m.StartsWith(StagePrefix, StringComparison.Ordinal)))
            {
                if (read.TrueForAll(r => StagePrefix + r.Stage != reference)) throw stage.Error("name", $"'{name}' takes the model of '{reference}', and there is no such stage before it");
            }

            read.Add(own);
        }

        return read[^1] with { Name = map.Text("name"), Stage = null, Stages = read, Text = map.ToYaml() };
    }

    /// <summary>The weights of <see cref="Inference.BuiltInModel"/> in the form that trainings read.</summary>
    public static string BuiltInWeights { get; } = Path.ChangeExtension(Inference.BuiltInModel.FilePath, ".safetensors");

    /// <summary>A file under a root, another stage's model as it is said, or the model that comes with Sinew.</summary>
    private static string ModelFile(YamlMap map, string key, string root)
    {
        var text = map.Text(key);
        if (text == BuiltIn) return BuiltInWeights;
        return text.StartsWith(StagePrefix, StringComparison.Ordinal) ? text : Path.Combine(root, Expand(map, key, text));
    }

    private static Recipe ReadOne(YamlMap map)
    {
        var dataRoot = Expand(map, "data_root", map.Text("data_root", "."));
        var modelsRoot = Expand(map, "models_root", map.Text("models_root", "."));
        string Data(YamlMap m, string key) => m.Has("generated") ? "" : Path.Combine(dataRoot, Expand(m, key, m.Text(key)));

        var method = map.Choice("method", MethodNames.All.ToDictionary(n => n, StringComparer.Ordinal), MethodNames.UnifiedSkeleton);
        var published = map.Choice("reproduce", Reproductions, "none");
        if (published && !IsDwPose(method)) throw map.Error("reproduce", $"is for DWPose's stages: {method} has no published code to reproduce");

        var recipe = new Recipe
        {
            Name = map.Text("name"),
            Method = method,
            Seed = map.Whole("seed", 1),
            Student = Student(map, modelsRoot),
            Datasets = [.. map.Maps("datasets").Select(m => Closed(m, new DatasetOptions(
                m.Text("name"), Data(m, "annotations"), Data(m, "images"), m.Text("skeleton", null),
                m.Has("ratio") ? m.Number("ratio", min: 0) : null, m.Whole("minimum_joints", 1, 0),
                m.Choice("on_bad", new Dictionary<string, bool> { ["skip"] = true, ["fail"] = false }, "fail")) { Generated = Generated(m.Map("generated")) }))],
            Teachers = [.. map.Maps("teachers").Select(m => Closed(m, new TeacherOptions(
                m.Text("name"), ModelFile(m, "model", modelsRoot), m.Has("card") ? Expand(m, "card", m.Text("card")) : null,
                m.Number("beta", 1, 0), m.Choice("mode", TeacherModes, "cached"), m.Number("threshold", 0.2, 0, 1),
                m.Has("minimum_sigma") ? m.Number("minimum_sigma", min: 0) : null) { Features = Features(m, method) }))],
            Loss = Loss(map.Map("loss"), method),
            Structure = Structure(map.Map("structure")),
            Refine = Refine(map.Map("refine")),
            DwPose = DwPose(map.Map("dwpose"), method, published),
            Schedule = Schedule(map.Map("schedule") ?? throw map.Error("schedule", "is missing: say schedule.epochs or schedule.steps")),
            WarmStart = WarmStart(map.Map("warm_start")),
            Augmentation = Augmentation(map.Map("augmentation")),
            Evaluations = [.. map.Maps("evaluations").Select(m => Evaluation(m, Data(m, "annotations"), Data(m, "images")))],
            Loader = Loader(map.Map("loader")),
            Text = map.ToYaml(),
        };
        map.Done();
        if (published && method == MethodNames.DwPoseStage2)
        {
            // their second stage keeps the first one's epochs for the cosine and the lighter crops, which its own few never reach
            recipe = recipe with { Schedule = recipe.Schedule with { FlatUntil = 1 }, Augmentation = recipe.Augmentation with { LastStage = 0 } };
        }

        if (recipe.Datasets.Count == 0) throw map.Error("datasets", "has no entry: a training needs at least one data set");
        if (recipe.Datasets.Any(d => d.Ratio is null) && recipe.Datasets.Any(d => d.Ratio is not null)) throw map.Error("datasets", "have a ratio here and none there: give it to each or to none");
        if (recipe.Datasets.All(d => d.Ratio == 0)) throw map.Error("datasets", "have no ratio above 0: nobody's turn would ever come");
        foreach (var names in new[] { recipe.Datasets.Select(d => d.Name), recipe.Teachers.Select(t => t.Name), recipe.Evaluations.Select(e => e.Name) })
        {
            var twice = names.GroupBy(n => n).FirstOrDefault(g => g.Count() > 1)?.Key;
            if (twice is not null) throw map.Error("name", $"'{twice}' is used twice: names of data sets, of teachers and of evaluations must differ");
        }

        return recipe;
    }

    private static GeneratedOptions? Generated(YamlMap? m)
    {
        if (m is null) return null;
        var size = m.Has("size") ? Pixels(m, "size", null) : null;
        return Closed(m, new GeneratedOptions(
            m.Choice("domain", Domains, "truth"), m.Whole("people", min: 1), m.Whole("seed", 1), m.Text("skeleton", null),
            size?[0], size?[1], m.Whole("people_per_image", 2, 1, 12), m.Number("annotation_noise", 1, 0, 10), m.Number("difficulty", 1, 0, 1))
        { Keep = m.Flag("keep", false), Crowded = m.Number("crowded", 0, 0, 1) });
    }

    private static StudentOptions Student(YamlMap recipe, string modelsRoot)
    {
        var m = recipe.Map("student") ?? throw recipe.Error("student", "is missing: say student.model");
        var (input, stride) = (Pixels(m, "input", [192, 256]), m.Whole("stride", 32, 16, 32));
        if (input.Any(side => side % stride != 0)) throw m.Error("input", $"must be multiples of the stride, {stride}, not {input[0]} and {input[1]}");
        return Closed(m, new StudentOptions(
            m.Choice("model", Models), m.Text("skeleton", null), input[0], input[1],
            m.Has("initial") ? ModelFile(m, "initial", modelsRoot) : null,
            stride));
    }

    /// <summary>A width and a height.</summary>
    private static int[] Pixels(YamlMap m, string key, double[]? otherwise)
    {
        var sides = m.Numbers(key, 2, otherwise);
        return sides.All(side => side is >= 1 and <= 16384 && side == Math.Floor(side))
            ? [.. sides.Select(side => (int)side)]
            : throw m.Error(key, "must be a width and a height in whole pixels");
    }

    private static bool Features(YamlMap teacher, string method)
    {
        var features = teacher.Flag("features", method == MethodNames.DwPoseStage1);
        if (features && method != MethodNames.DwPoseStage1) throw teacher.Error("features", $"are for dwpose-stage1: {method} learns from logits");
        if (features && teacher.Has("mode")) throw teacher.Error("mode", "is for teachers of logits: leave it out, or set features: false");
        return features;
    }

    private static StructureOptions Structure(YamlMap? m)
    {
        var d = new StructureOptions();
        return m is null ? d : Closed(m, new StructureOptions
        {
            Weight = m.Number("weight", d.Weight, 0),
            Length = m.Number("length", d.Length, 0),
            Direction = m.Number("direction", d.Direction, 0),
            AllPairs = m.Choice("pairs", Pairs, "limbs"),
        });
    }

    private static RefineOptions Refine(YamlMap? m)
    {
        var d = new RefineOptions();
        if (m is null) return d;
        var outputs = m.Numbers("outputs", 3, [.. d.Outputs]);
        if (outputs.Any(w => w < 0)) throw m.Error("outputs", "must not be negative");
        var width = m.Whole("width", d.Width, 8, 1024);
        if (width % 8 != 0) throw m.Error("width", "must be a multiple of 8");
        return Closed(m, new RefineOptions { Width = width, Outputs = outputs });
    }

    private static DwPoseOptions DwPose(YamlMap? m, string method, bool published)
    {
        var d = new DwPoseOptions
        {
            LogitWeight = method == MethodNames.DwPoseStage2 ? 1 : new DwPoseOptions().LogitWeight,
            Decay = published ? DistillationDecay.Epoch : DistillationDecay.Step,
        };
        return m is null ? d : Closed(m, new DwPoseOptions
        {
            LabelWeight = m.Number("label_weight", d.LabelWeight, 0),
            FeatureWeight = m.Number("feature_weight", d.FeatureWeight, 0),
            LogitWeight = m.Number("logit_weight", d.LogitWeight, 0),
            Decay = m.Choice("decay", Decays, published ? "epoch" : "step"),
        });
    }

    private static bool IsDwPose(string method) => method is MethodNames.DwPoseStage1 or MethodNames.DwPoseStage2;

    private static LossOptions Loss(YamlMap? m, string method)
    {
        var (label, teacher) = IsDwPose(method) ? ("mmpose-mean", "dwpose") : ("defined-joints", "defined-joints");
        var d = new LossOptions { LabelNormalisation = Normalisations[label], TeacherNormalisation = Normalisations[teacher] };
        // offsets learn more from where the labels are than from where a teacher's mean is (docs/results.md)
        if (method == MethodNames.CoarseToFineStage2) d = d with { Alpha = 0.7 };
        return m is null ? d : Closed(m, new LossOptions
        {
            Alpha = m.Number("alpha", d.Alpha, 0, 1),
            Label = m.Choice("label", LabelLosses, "simcc-kl"),
            Beta = m.Number("beta", d.Beta, 0),
            LabelNormalisation = m.Choice("label_normalisation", Normalisations, label),
            TeacherNormalisation = m.Choice("teacher_normalisation", Normalisations, teacher),
            CoordinateScale = m.Number("coordinate_scale", d.CoordinateScale, 0),
        });
    }

    private static ScheduleOptions Schedule(YamlMap m)
    {
        var d = new ScheduleOptions();
        var options = Closed(m, new ScheduleOptions
        {
            Steps = m.Has("steps") ? m.Whole("steps", min: 0) : null,
            Epochs = m.Has("epochs") ? m.Number("epochs", min: 0) : null,
            Batch = m.Whole("batch", d.Batch, 1),
            LearningRate = m.Number("learning_rate", d.LearningRate, 0),
            WeightDecay = m.Number("weight_decay", d.WeightDecay, 0),
            WarmUpSteps = m.Whole("warm_up_steps", d.WarmUpSteps, 0),
            WarmUpFactor = m.Number("warm_up_factor", d.WarmUpFactor, 0, 1),
            FlatUntil = m.Number("flat_until", d.FlatUntil, 0, 1),
            FinalFactor = m.Number("final_factor", d.FinalFactor, 0, 1),
            ClipNorm = m.Has("clip_norm") ? m.Number("clip_norm", min: 1e-12) : null,
            EmaMomentum = m.Has("ema_momentum") ? m.Number("ema_momentum", min: 0, max: 1) : null,
            EmaWarmUp = m.Number("ema_warm_up", d.EmaWarmUp, 0),
            CheckpointEvery = m.Whole("checkpoint_every", d.CheckpointEvery, 1),
            EvaluateEvery = m.Whole("evaluate_every", d.EvaluateEvery, 0),
            Threads = m.Whole("threads", d.Threads, 0, 1024),
            Device = m.Text("device", d.Device)!,
        });
        // an epoch count given with --set replaces the file's steps, and the other way round, as the last one said wins there
        return options.Steps is null && options.Epochs is null
            ? throw m.Error("epochs", "is missing: say schedule.epochs or schedule.steps")
            : options.Steps is not null && options.Epochs is not null
                ? throw m.Error("epochs", "and 'schedule.steps' are both given: keep one")
                : options;
    }

    private static WarmStartOptions WarmStart(YamlMap? m)
    {
        var d = new WarmStartOptions();
        return m is null ? d : Closed(m, new WarmStartOptions
        {
            HalfResolution = m.Number("half_resolution", d.HalfResolution, 0, 1),
            CoarseMap = m.Number("coarse_map", d.CoarseMap, 0, 1),
            CoarseMapWeight = m.Number("coarse_map_weight", d.CoarseMapWeight, 0),
            Sigma = m.Number("sigma", d.Sigma, 0, 1),
            SigmaScale = m.Number("sigma_scale", d.SigmaScale, 1),
            HeadInitialScale = m.Number("head_initial_scale", d.HeadInitialScale, 0),
        });
    }

    private static AugmentationPlan Augmentation(YamlMap? m)
    {
        var d = new AugmentationPlan();
        return m is null ? d : Closed(m, new AugmentationPlan
        {
            LastStage = m.Number("last_stage", d.LastStage, 0, 1),
            Rotation = m.Number("rotation", d.Rotation, 0, 180),
            Scale = m.Number("scale", d.Scale, 0, 0.9),
            Shift = m.Number("shift", d.Shift, 0, 1),
            HalfBody = m.Number("half_body", d.HalfBody, 0, 1),
            Flip = m.Number("flip", d.Flip, 0, 1),
            Dropout = m.Number("dropout", d.Dropout, 0, 1),
            Colour = m.Flag("colour", d.Colour),
        });
    }

    private static LoaderOptions Loader(YamlMap? m)
    {
        var d = new LoaderOptions();
        return m is null ? d : Closed(m, new LoaderOptions(
            m.Whole("threads", d.Threads, 1, 256), m.Whole("prefetch", d.Prefetch, 1, 1024),
            m.Whole("image_cache_mb", d.ImageCacheMegabytes, 0)));
    }

    private static EvaluationOptions Evaluation(YamlMap m, string annotations, string images)
    {
        var protocol = m.Choice("protocol", Scoring.Protocols.ToDictionary(p => p));
        foreach (var key in new[] { "threshold", "reference" })
        {
            if (protocol != "pck" && m.Has(key)) throw m.Error(key, $"is of the protocol pck alone, and this one is {protocol}");
        }

        return Closed(m, new EvaluationOptions(m.Text("name"), annotations, images, protocol, m.Text("skeleton", null))
        {
            Generated = Generated(m.Map("generated")),
            Threshold = m.Number("threshold", 0.2, 1e-6, 1e6),
            Reference = m.Choice("reference", Scoring.PckReferences, "torso"),
        });
    }

    private static T Closed<T>(YamlMap map, T value)
    {
        map.Done();
        return value;
    }

    private static string Expand(YamlMap map, string key, string? text)
    {
        var result = text ?? "";
        while (result.IndexOf("${", StringComparison.Ordinal) is var start and >= 0)
        {
            var end = result.IndexOf('}', start);
            if (end < 0) throw map.Error(key, "has '${' without '}'");
            var inside = result[(start + 2)..end].Split(":-", 2);
            var value = Environment.GetEnvironmentVariable(inside[0]);
            if (string.IsNullOrEmpty(value))
            {
                value = inside.Length == 2 ? inside[1]
                    : throw map.Error(key, $"needs the environment variable {inside[0]}: set it, or change the key with --set");
            }

            result = string.Concat(result.AsSpan(0, start), value, result.AsSpan(end + 1));
        }

        return result;
    }
}
