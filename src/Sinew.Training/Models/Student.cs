using Sinew.Codecs;
using Sinew.Inference;
using Sinew.Skeletons;
using Sinew.Tensors;
using Sinew.Tensors.Files;
using Sinew.Training.Loop;
using Sinew.Training.Methods;
using Sinew.Training.Recipes;

namespace Sinew.Training.Models;

/// <summary>A network with all that is needed to use it: description, skeleton, codec, device.</summary>
public sealed class Student : IDisposable
{
    private Student(RtmPose network, ModelDescription description, Skeleton skeleton, SimCcCodec codec, Device device) =>
        (Network, Description, Skeleton, Codec, Device) = (network, description, skeleton, codec, device);

    /// <summary>The network.</summary>
    public RtmPose Network { get; }

    /// <summary>What travels with its weights.</summary>
    public ModelDescription Description { get; }

    /// <summary>The joints in the order of its outputs.</summary>
    public Skeleton Skeleton { get; }

    /// <summary>Turns joints into bins and back.</summary>
    public SimCcCodec Codec { get; }

    /// <summary>Where it runs.</summary>
    public Device Device { get; }

    /// <summary>A fresh network for a recipe, or one that starts from its <c>student.initial</c>.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="skeleton">The joints to predict.</param>
    /// <param name="device">Where it runs.</param>
    public static Student Create(Recipe recipe, Skeleton skeleton, Device device)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        ArgumentNullException.ThrowIfNull(skeleton);
        var options = recipe.Student;
        var network = new RtmPose(
            ModelDescription.SizeOf(options.Model), skeleton.Count, options.Width, options.Height, stride: options.Stride,
            refiner: recipe.Method == MethodNames.CoarseToFineStage2 ? (recipe.Refine.Width, skeleton.Limbs) : null);
        if (recipe.WarmStart.HeadInitialScale != 1) network.Head.ScaleInitialWeights(recipe.WarmStart.HeadInitialScale);
        if (options.Initial is { } initial) LoadInto(network, initial, skeleton, whole: TrainingMethods.NeedsTrained(recipe.Method));
        else if (TrainingMethods.NeedsTrained(recipe.Method))
            throw new SinewException($"recipe '{recipe.Name}': {recipe.Method} goes on from a trained network: set student.initial to its model.safetensors, or run both stages from one recipe");
        network.To(device);
        var codec = SimCcCodec.ForInput(options.Width, options.Height);
        return new Student(network, ModelDescription.Of(network, skeleton, codec.Sigma), skeleton, codec, device);
    }

    /// <summary>A trained network from its weights.</summary>
    /// <param name="path">
    /// A .safetensors file with a description inside, as <see cref="Save"/> writes it; or MMPose's weights (.pth, .safetensors) with
    /// a model card that names the network, beside them or given itself.
    /// </param>
    /// <param name="device">Where it runs.</param>
    /// <param name="ownCard">The card of these weights; null to look for it.</param>
    /// <exception cref="SinewException">The file is missing or damaged, or neither description nor card says what it is.</exception>
    public static Student Load(string path, Device device, string? ownCard = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        using var scope = new TensorScope();
        var (tensors, description) = Read(path, ownCard);
        return Made(
            path,
            description ?? throw new SinewException($"{path}: does not say which network it is of, and has no model card: write one beside it ({Path.GetFileNameWithoutExtension(path)}.yaml)"),
            tensors, device);
    }

    /// <summary>The network of a run's checkpoint, with the averaged weights where the training keeps an average.</summary>
    /// <param name="path">The run's <c>last.safetensors</c>.</param>
    /// <param name="device">Where it runs.</param>
    /// <exception cref="SinewException">The file is missing, damaged or no checkpoint.</exception>
    public static Student LoadCheckpoint(string path, Device device)
    {
        ArgumentNullException.ThrowIfNull(path);
        using var scope = new TensorScope();
        var (tensors, description) = Checkpoint.ReadModel(path);
        return Made(path, description, tensors, device);
    }

    /// <summary>Writes weights and description as one file.</summary>
    /// <param name="path">The file; replaced as a whole.</param>
    /// <param name="description">What is known of them.</param>
    /// <param name="numbers">How numbers with fractions are written; <see cref="DType.Float16"/> halves the file, and reading it widens them again.</param>
    /// <exception cref="SinewException">The file cannot be written, or a number is too large for its type.</exception>
    public void Save(string path, ModelDescription description, DType numbers = DType.Float32)
    {
        ArgumentNullException.ThrowIfNull(description);
        using var scope = new TensorScope();
        var state = Network.StateDict();
        foreach (var (name, tensor) in numbers == DType.Float32 ? [] : state.ToArray())
        {
            if (tensor.DType != DType.Float32) continue;
            state[name] = tensor.To(numbers);
            if (!double.IsFinite((state[name].To(DType.Float64) * 0).Sum().Item()))
                throw new SinewException($"{path}: '{name}' holds numbers that are too large for {numbers}; write 32 bits");
        }

        SafeTensors.Write(path, state, new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["format"] = "pt",
            [ModelDescription.MetadataKey] = description.ToJson(),
        });
    }

    /// <summary>Logits of normalised crops, in evaluation mode and without gradients.</summary>
    /// <param name="crops"><c>[N, 3, H, W]</c>.</param>
    /// <param name="count">N.</param>
    /// <param name="x">Filled with <c>[N, K, Wx]</c>.</param>
    /// <param name="y">Filled with <c>[N, K, Wy]</c>.</param>
    public void Predict(ReadOnlySpan<float> crops, int count, Span<float> x, Span<float> y)
    {
        using var scope = new TensorScope();
        using var frozen = Torch.NoGrad();
        Network.Train(false);
        Network.HalfResolution = false;
        var input = Tensor.FromArray(crops, count, 3, Network.Height, Network.Width);
        var logits = Network.Logits(Device == Device.Cpu ? input : input.To(Device));
        logits.X.To(Device.Cpu).Contiguous().CopyTo(x);
        logits.Y.To(Device.Cpu).Contiguous().CopyTo(y);
    }

    /// <inheritdoc/>
    public void Dispose() => Network.Dispose();

    private static Student Made(string path, ModelDescription description, IReadOnlyDictionary<string, Tensor> tensors, Device device)
    {
        var network = description.Build();
        try
        {
            network.LoadStateDict(tensors);
        }
        catch (SinewException e)
        {
            throw new SinewException($"{path}: {e.Message}", e);
        }

        network.To(device);
        network.Train(false);
        var codec = new SimCcCodec(description.Width, description.Height, description.SplitRatio, (description.Sigma[0], description.Sigma[1]));
        return new Student(network, description, description.ToSkeleton(), codec, device);
    }

    /// <summary>Weights and what is known of them: by a card, or inside the file; null where neither says it.</summary>
    private static (IReadOnlyDictionary<string, Tensor> Tensors, ModelDescription? Description) Read(string path, string? ownCard)
    {
        var (weights, card) = ModelCards.Find(path, ownCard);
        IReadOnlyDictionary<string, string> metadata = new Dictionary<string, string>();
        var tensors = weights.EndsWith(".safetensors", StringComparison.OrdinalIgnoreCase)
            ? SafeTensors.Read(weights, out metadata)
            : TorchFile.ReadStateDict(weights);
        if (metadata.ContainsKey(Checkpoint.MetadataKey))
            throw new SinewException($"{path}: a checkpoint to resume from, not a model: give the run's model.safetensors or best.safetensors");
        return (tensors, card is not null ? ModelDescription.Of(card)
            : metadata.TryGetValue(ModelDescription.MetadataKey, out var json) ? ModelDescription.FromJson(json, path) : null);
    }

    private static void LoadInto(RtmPose network, string path, Skeleton skeleton, bool whole)
    {
        using var scope = new TensorScope();
        var (tensors, description) = Read(path, ownCard: null);
        var own = network.StateDict();
        var joints = description?.Joints.Select(j => j.Id).ToArray();
        if (joints is not null && !joints.SequenceEqual(skeleton.Joints.Select(j => j.Id)))
        {
            if (whole) throw new SinewException($"{path}: predicts the joints of {description!.Skeleton}, and this stage goes on from a network of the same joints: {skeleton.Name}");
            tensors = WithRowsOf(tensors, joints, own, skeleton);
        }

        // another input is another head: what fits is taken, the rest starts afresh
        var fitting = tensors.Where(t => own.TryGetValue(t.Key, out var o) && o.Shape.AsSpan().SequenceEqual(t.Value.Shape)).ToDictionary(t => t.Key, t => t.Value);
        if (whole && own.Keys.FirstOrDefault(name => !fitting.ContainsKey(name) && !name.StartsWith(RtmPose.RefinerPrefix, StringComparison.Ordinal)) is { } missing)
            throw new SinewException($"{path}: '{missing}' is not there or of another shape: this stage goes on from a network of the same size, input and joints");
        if (fitting.Count == 0) throw new SinewException($"{path}: none of its {tensors.Count} tensors fits this network");
        network.LoadStateDict(fitting, strict: false);
    }

    /// <summary>
    /// The weights with the head's rows, one per joint, in the order of another skeleton: a joint that they know keeps its row. Another one begins
    /// with that of the nearest joint along the limbs (a toe where the ankle is), or with the mean of all where no limb leads to one: rows of random
    /// numbers under trained layers say something wrong with great certainty. Weights that know none of the joints give no rows.
    /// </summary>
    private static Dictionary<string, Tensor> WithRowsOf(IReadOnlyDictionary<string, Tensor> tensors, string[] joints, OrderedDictionary<string, Tensor> own, Skeleton skeleton)
    {
        var all = tensors.ToDictionary(t => t.Key, t => t.Value, StringComparer.Ordinal);
        var nearest = NearestKnown(skeleton, [.. skeleton.Joints.Select(j => Array.IndexOf(joints, j.Id))]);
        foreach (var name in nearest.Any(row => row >= 0) ? RtmPose.RowsOfJoints : [])
        {
            // a head of another width has rows of another length
            if (!all.TryGetValue(name, out var theirs) || theirs.Shape[0] != joints.Length || !own[name].Shape.AsSpan(1).SequenceEqual(theirs.Shape.AsSpan(1))) continue;
            theirs = theirs.To(own[name].DType);
            var mean = theirs.Mean([0], true);
            all[name] = Tensor.Cat([.. nearest.Select(row => row < 0 ? mean : theirs.Narrow(0, row, 1))], 0);
        }

        return all;
    }

    /// <summary>Each joint's own row, or that of the joint the fewest limbs away that has one; −1 where there is none.</summary>
    private static int[] NearestKnown(Skeleton skeleton, int[] rows)
    {
        var found = rows.ToArray();
        var wave = new Queue<int>(Enumerable.Range(0, found.Length).Where(k => found[k] >= 0));
        while (wave.TryDequeue(out var at))
        {
            foreach (var (from, to) in skeleton.Limbs)
            {
                var next = from == at ? to : to == at ? from : -1;
                if (next < 0 || found[next] >= 0) continue;
                found[next] = found[at];
                wave.Enqueue(next);
            }
        }

        return found;
    }
}
