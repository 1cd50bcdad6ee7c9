using Sinew.Evaluation;
using Sinew.Generation;
using Sinew.Imaging;
using Sinew.Training.Losses;

namespace Sinew.Training.Recipes;

/// <summary>One training, wholly described: what a recipe file says, with every default filled in. Plain data.</summary>
public sealed record Recipe
{
    /// <summary>Short name; the run's folder is named after it.</summary>
    public required string Name { get; init; }

    /// <summary>Which losses are computed from a batch.</summary>
    public string Method { get; init; } = "unified-skeleton";

    /// <summary>Name of the stage, where this is one of several; also its folder's in the run's.</summary>
    public string? Stage { get; init; }

    /// <summary>Trainings that follow each other, each from the model of the one before; empty for a single training.</summary>
    public IReadOnlyList<Recipe> Stages { get; init; } = [];

    /// <summary>What DWPose's stages weigh.</summary>
    public DwPoseOptions DwPose { get; init; } = new();

    /// <summary>What the coarse-to-fine method's first stage weighs.</summary>
    public StructureOptions Structure { get; init; } = new();

    /// <summary>What the coarse-to-fine method's second stage builds and weighs.</summary>
    public RefineOptions Refine { get; init; } = new();

    /// <summary>Everything random in a training follows from it.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>The network that learns.</summary>
    public required StudentOptions Student { get; init; }

    /// <summary>What it learns from, in the order in which their skeletons are united.</summary>
    public required IReadOnlyList<DatasetOptions> Datasets { get; init; }

    /// <summary>Networks that are asked beside the labels; may be none.</summary>
    public IReadOnlyList<TeacherOptions> Teachers { get; init; } = [];

    /// <summary>How labels and teachers are weighed.</summary>
    public LossOptions Loss { get; init; } = new();

    /// <summary>How long, how many at once, how fast.</summary>
    public required ScheduleOptions Schedule { get; init; }

    /// <summary>What shortens the start from random weights; all off unless asked for.</summary>
    public WarmStartOptions WarmStart { get; init; } = new();

    /// <summary>Changes to the crops.</summary>
    public AugmentationPlan Augmentation { get; init; } = new();

    /// <summary>What the student is scored on during the training.</summary>
    public IReadOnlyList<EvaluationOptions> Evaluations { get; init; } = [];

    /// <summary>Threads and memory of the data loader.</summary>
    public LoaderOptions Loader { get; init; } = new();

    /// <summary>The recipe's own text, as it was read and changed by <c>--set</c>; kept in checkpoints and reports.</summary>
    public string Text { get; init; } = "";
}

/// <summary>The network that learns.</summary>
/// <param name="Model"><c>rtmpose-t</c>, <c>-s</c>, <c>-m</c>, <c>-l</c> or <c>-x</c>.</param>
/// <param name="Skeleton">A skeleton's name or file; null for the union of the data sets' and the teachers' skeletons.</param>
/// <param name="Width">Width of the input, pixels.</param>
/// <param name="Height">Height of the input, pixels.</param>
/// <param name="Initial">Weights to start from (.pth or .safetensors); null for random ones.</param>
/// <param name="Stride">Pixels of the input per cell of the last map: 32 as published, or 16 for small inputs.</param>
public sealed record StudentOptions(string Model, string? Skeleton = null, int Width = 192, int Height = 256, string? Initial = null, int Stride = 32);

/// <summary>One annotation file with its images, or people who are generated.</summary>
/// <param name="Name">Short name, used in logs.</param>
/// <param name="Annotations">The annotation file.</param>
/// <param name="Images">The folder that the file's image names are relative to.</param>
/// <param name="Skeleton">Its skeleton's name or file; null where the file says it.</param>
/// <param name="Ratio">Share of the samples, relative to the other data sets'; null for its share of the people.</param>
/// <param name="MinimumJoints">People with fewer labelled joints are left out.</param>
/// <param name="SkipBad">True to leave bad records out (counted), false to stop at the first.</param>
public sealed record DatasetOptions(
    string Name, string Annotations, string Images, string? Skeleton = null, double? Ratio = null, int MinimumJoints = 1, bool SkipBad = false)
{
    /// <summary>Generates the people instead of reading them; <see cref="Annotations"/> and <see cref="Images"/> are empty then.</summary>
    public GeneratedOptions? Generated { get; init; }
}

/// <summary>People who are generated: while the training runs, or once.</summary>
/// <param name="Domain">Looks, poses and annotation habits.</param>
/// <param name="People">How many different ones.</param>
/// <param name="Seed">The same seed gives the same people.</param>
/// <param name="Skeleton">The joints to label; null for the domain's own.</param>
/// <param name="Width">Width of a picture; null for 1.3 times the student's input.</param>
/// <param name="Height">Height of a picture; null for 1.3 times the student's input.</param>
/// <param name="PeoplePerImage">People in a picture at most; the first of them is the one that is learned from.</param>
/// <param name="AnnotationNoise">Factor on the annotators' errors.</param>
/// <param name="Difficulty">Share of scenes that are not calm, 0 to 1.</param>
public sealed record GeneratedOptions(
    GeneratorDomain Domain, int People, long Seed = 1, string? Skeleton = null, int? Width = null, int? Height = null, int PeoplePerImage = 2, double AnnotationNoise = 1,
    double Difficulty = 1)
{
    /// <summary>True to draw everybody of every picture once and keep them (<see cref="Data.GeneratedStore"/>); false to draw a person whenever its turn comes.</summary>
    public bool Keep { get; init; }

    /// <summary>Share of scenes that people crowd into.</summary>
    public double Crowded { get; init; }

    /// <summary>The joints that are labelled: <see cref="Skeleton"/>, or the domain's own.</summary>
    public string SkeletonName => Skeleton ?? GeneratedLabels.SkeletonOf(Domain);

    /// <summary>What the generator is asked for.</summary>
    /// <param name="input">Width and height of the student's input, pixels.</param>
    public GeneratorOptions ForInput((int Width, int Height) input) => new()
    {
        Domain = Domain,
        Seed = Seed,
        Width = Width ?? (int)Math.Round(input.Width * 1.3),
        Height = Height ?? (int)Math.Round(input.Height * 1.3),
        MaxPeople = PeoplePerImage,
        AnnotationNoise = AnnotationNoise,
        Difficulty = Difficulty,
        Crowded = Crowded,
    };
}

/// <summary>One network that is asked beside the labels.</summary>
/// <param name="Name">Short name, used in logs; its loss is called <c>teacher/NAME</c>.</param>
/// <param name="Model">The weights: .onnx, .pth or .safetensors.</param>
/// <param name="Card">Its model card; null where it lies beside the weights or is known by the file's name.</param>
/// <param name="Beta">Its weight β_j among the teachers.</param>
/// <param name="Cached">True: every person is shown to it once, before the training; false: every augmented crop is.</param>
/// <param name="Threshold">Joints of which it is less sure than this carry no loss.</param>
/// <param name="MinimumSigma">Its distributions are at least this wide, in the student's bins; null for the label's effective width.</param>
public sealed record TeacherOptions(
    string Name, string Model, string? Card = null, double Beta = 1, bool Cached = true, double Threshold = 0.2, double? MinimumSigma = null)
{
    /// <summary>True for RTMPose weights that look at the student's own crops in the step and show their features beside their logits.</summary>
    public bool Features { get; init; }
}

/// <summary>How the teachers' share falls over a training.</summary>
public enum DistillationDecay
{
    /// <summary>By step, from 1 to 0.</summary>
    Step,

    /// <summary>By epoch, from 1 in the first one on, as the published code has it.</summary>
    Epoch,

    /// <summary>Not at all.</summary>
    None,
}

/// <summary>What DWPose's stages weigh (arXiv 2307.15880).</summary>
public sealed record DwPoseOptions
{
    /// <summary>
    /// λ, on the labels' loss of stage 1. The published loss sums over the batch of a device, and devices average, where the teachers' averages
    /// over all; with the loss averaged, this number is that batch: 64 at 256×192, 32 at 384×288.
    /// </summary>
    public double LabelWeight { get; init; } = 64;

    /// <summary>α, on the features' loss of stage 1.</summary>
    public double FeatureWeight { get; init; } = 7e-5;

    /// <summary>w, on the logits' loss: 0.1 in stage 1, 1 in stage 2.</summary>
    public double LogitWeight { get; init; } = 0.1;

    /// <summary>r(t) of stage 1.</summary>
    public DistillationDecay Decay { get; init; }
}

/// <summary>What the structure loss compares and weighs.</summary>
public sealed record StructureOptions
{
    /// <summary>Factor on the loss, beside the teacher's divergence.</summary>
    public double Weight { get; init; } = 1;

    /// <summary>Weight of lengths.</summary>
    public double Length { get; init; } = 1;

    /// <summary>Weight of directions.</summary>
    public double Direction { get; init; } = 0.5;

    /// <summary>True for all pairs of joints, false for the skeleton's limbs.</summary>
    public bool AllPairs { get; init; }
}

/// <summary>The refiner and how its outputs are weighed.</summary>
public sealed record RefineOptions
{
    /// <summary>Channels of the first block; OPEC-Net has 128.</summary>
    public int Width { get; init; } = 64;

    /// <summary>Weights of the three outputs, OPEC-Net's.</summary>
    public IReadOnlyList<double> Outputs { get; init; } = [0.3, 0.5, 1];
}

/// <summary>The two readings of the conditional loss L_CK of arXiv 2405.20084.</summary>
public enum LabelLoss
{
    /// <summary>KL between SimCC label and prediction: RTMPose's own task loss. The default.</summary>
    SimCcKl,

    /// <summary>Squared distance of the soft-argmax to the label.</summary>
    Coordinates,
}

/// <summary>How labels and teachers are weighed: L = α·L_CK + (1 − α)·Σ β_j·L_D(T_j).</summary>
public sealed record LossOptions
{
    /// <summary>Share of the labels; 1 where there are no teachers.</summary>
    public double Alpha { get; init; } = 0.30;

    /// <summary>Which reading of the conditional loss.</summary>
    public LabelLoss Label { get; init; }

    /// <summary>Inverse temperature of the student's softmax, and of the labels' (MMPose's <c>beta</c> and <c>label_beta</c>).</summary>
    public double Beta { get; init; } = 10;

    /// <summary>What the labels' loss is divided by.</summary>
    public LossNormalisation LabelNormalisation { get; init; } = new();

    /// <summary>What each teacher's loss is divided by.</summary>
    public LossNormalisation TeacherNormalisation { get; init; } = new();

    /// <summary>Factor on the coordinate loss, whose size differs from that of a divergence.</summary>
    public double CoordinateScale { get; init; } = 100;
}

/// <summary>How long, how many at once, how fast. A step is one batch.</summary>
public sealed record ScheduleOptions
{
    /// <summary>Steps in all; where it is null, epochs say it.</summary>
    public int? Steps { get; init; }

    /// <summary>Passes over all people in all; where it is null, steps say it.</summary>
    public double? Epochs { get; init; }

    /// <summary>People per step.</summary>
    public int Batch { get; init; } = 64;

    /// <summary>Peak learning rate of AdamW.</summary>
    public double LearningRate { get; init; } = 4e-3;

    /// <summary>Decay of all that learns but the batch norms' weights and the biases.</summary>
    public double WeightDecay { get; init; } = 0.05;

    /// <summary>Steps over which the rate grows linearly from <see cref="WarmUpFactor"/> × the peak.</summary>
    public int WarmUpSteps { get; init; } = 1000;

    /// <summary>Where the warm-up begins, relative to the peak.</summary>
    public double WarmUpFactor { get; init; } = 1e-5;

    /// <summary>Fraction of the training after which the cosine begins.</summary>
    public double FlatUntil { get; init; } = 0.5;

    /// <summary>Where the cosine ends, relative to the peak.</summary>
    public double FinalFactor { get; init; } = 0.05;

    /// <summary>Largest norm of all gradients together; null for no limit.</summary>
    public double? ClipNorm { get; init; }

    /// <summary>Momentum of the averaged weights (MMEngine's sense: 0.0002 is slow); null for none.</summary>
    public double? EmaMomentum { get; init; }

    /// <summary>Steps after which the average's momentum has come down from 1 to a third: MMPose's <c>gamma</c>; 0 for <see cref="EmaMomentum"/> from the start.</summary>
    public double EmaWarmUp { get; init; } = 2000;

    /// <summary>Steps between two written checkpoints.</summary>
    public int CheckpointEvery { get; init; } = 200;

    /// <summary>Steps between two evaluations; 0 for one at the end only.</summary>
    public int EvaluateEvery { get; init; }

    /// <summary>Threads of libtorch; 0 for all cores.</summary>
    public int Threads { get; init; }

    /// <summary>cpu, cuda or cuda:N.</summary>
    public string Device { get; init; } = "cpu";
}

/// <summary>
/// What shortens the plateau at the mean pose that a training from random weights begins with. None of it is in the published
/// methods, so all of it is off unless a recipe asks for it; <c>docs/results.md</c> has what each brought.
/// </summary>
public sealed record WarmStartOptions
{
    /// <summary>Fraction of the training at half resolution (see <c>RtmPose.HalfResolution</c>).</summary>
    public double HalfResolution { get; init; }

    /// <summary>Fraction of the training with a coarse heatmap loss on the head's own joint maps, its weight falling linearly to 0.</summary>
    public double CoarseMap { get; init; }

    /// <summary>Weight of the coarse heatmap loss at the first step.</summary>
    public double CoarseMapWeight { get; init; } = 1;

    /// <summary>Fraction of the training over which the labels' σ shrinks to its published value.</summary>
    public double Sigma { get; init; }

    /// <summary>Factor on the labels' σ at the first step.</summary>
    public double SigmaScale { get; init; } = 4;

    /// <summary>Standard deviation of the head's first weights, MMPose's 0.001 (convolution) and 0.01 (linear) times this.</summary>
    public double HeadInitialScale { get; init; } = 1;
}

/// <summary>Changes to the crops: a strong first stage and a lighter last one.</summary>
public sealed record AugmentationPlan
{
    /// <summary>Fraction of the training that the lighter last stage takes (RTMPose: 30 of 420 epochs).</summary>
    public double LastStage { get; init; } = 30.0 / 420;

    /// <summary>Largest rotation of the first stage, degrees.</summary>
    public double Rotation { get; init; } = 80;

    /// <summary>Range of the scale factor of the first stage: 1 ± this.</summary>
    public double Scale { get; init; } = 0.4;

    /// <summary>Largest shift of the first stage, as a fraction of the box; the last one has none.</summary>
    public double Shift { get; init; } = 0.16;

    /// <summary>Probability of a half-body crop in the first stage.</summary>
    public double HalfBody { get; init; } = 0.3;

    /// <summary>Probability of a horizontal flip.</summary>
    public double Flip { get; init; } = 0.5;

    /// <summary>Probability of one dropped hole in the first stage.</summary>
    public double Dropout { get; init; } = 1;

    /// <summary>True for colour jitter and blurs.</summary>
    public bool Colour { get; init; } = true;

    /// <summary>How crops vary in the first stage and in the last: no shift there, and the rest never more than in RTMPose's last stage.</summary>
    public (AugmentationOptions First, AugmentationOptions Last) Stages()
    {
        var first = AugmentationOptions.Stage1 with
        {
            FlipProbability = (float)Flip,
            HalfBodyProbability = (float)HalfBody,
            ShiftFactor = (float)Shift,
            ScaleMin = (float)(1 - Scale),
            ScaleMax = (float)(1 + Scale),
            RotationDegrees = (float)Rotation,
            DropoutProbability = (float)Dropout,
        };
        if (!Colour) first = first with { HueDelta = 0, SaturationDelta = 0, ValueDelta = 0, BlurProbability = 0, MedianBlurProbability = 0 };
        var light = AugmentationOptions.Stage2;
        var last = first with
        {
            ShiftFactor = light.ShiftFactor,
            ScaleMin = Math.Max(first.ScaleMin, light.ScaleMin),
            ScaleMax = Math.Min(first.ScaleMax, light.ScaleMax),
            RotationDegrees = Math.Min(first.RotationDegrees, light.RotationDegrees),
            DropoutProbability = Math.Min(first.DropoutProbability, light.DropoutProbability),
        };
        return (first, last);
    }
}

/// <summary>A labelled set that the student is scored on.</summary>
/// <param name="Name">Short name, used in logs.</param>
/// <param name="Annotations">The annotation file.</param>
/// <param name="Images">The folder that the file's image names are relative to.</param>
/// <param name="Protocol">One of <c>Scoring.Protocols</c>: coco, mpii, crowdpose, wholebody, halpe21, pck.</param>
/// <param name="Skeleton">Its skeleton's name or file; null where the file says it.</param>
public sealed record EvaluationOptions(string Name, string Annotations, string Images, string Protocol, string? Skeleton = null)
{
    /// <summary>pck: the part of the reference that a right joint may be off.</summary>
    public double Threshold { get; init; } = 0.2;

    /// <summary>pck: what distances are measured by.</summary>
    public PckReference Reference { get; init; } = PckReference.Torso;

    /// <summary>Generates the people once and keeps them; <see cref="Annotations"/> and <see cref="Images"/> are empty then.</summary>
    public GeneratedOptions? Generated { get; init; }
}

/// <summary>Threads and memory of the data loader.</summary>
/// <param name="Threads">Threads that decode and augment.</param>
/// <param name="Prefetch">Batches that are ready or in the making, at most.</param>
/// <param name="ImageCacheMegabytes">Memory for decoded images; 0 decodes them anew at each use.</param>
public sealed record LoaderOptions(int Threads = 2, int Prefetch = 4, int ImageCacheMegabytes = 0);
