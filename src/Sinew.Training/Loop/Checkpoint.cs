using System.Globalization;
using Sinew.Tensors;
using Sinew.Tensors.Files;
using Sinew.Tensors.Modules;
using Sinew.Tensors.Optimisers;
using Sinew.Training.Models;

namespace Sinew.Training.Loop;

/// <summary>
/// Everything that a training is, in one safetensors file that is replaced as a whole: weights, running statistics, averaged
/// weights, optimiser, random state, sampler, step, recipe. A training that goes on from it is the training that never stopped.
/// </summary>
public static class Checkpoint
{
    /// <summary>The entry of a file's metadata that makes it a checkpoint.</summary>
    public const string MetadataKey = "sinew.checkpoint";

    private const string Version = "1";
    private const string EvaluationDueKey = "evaluation_due";
    private const string ModelPrefix = "model.";
    private const string OptimiserPrefix = "optimiser.";
    private const string AveragePrefix = "average.";
    private const string PartsPrefix = "method.";

    /// <summary>Writes the state beside the old file, then puts it in its place.</summary>
    /// <param name="path">The file.</param>
    /// <param name="network">The student.</param>
    /// <param name="optimiser">Its optimiser.</param>
    /// <param name="average">Its averaged weights; null for none.</param>
    /// <param name="parts">What the method learns beside the student; null for nothing.</param>
    /// <param name="progress">Where the training stands.</param>
    public static void Save(string path, Module network, AdamW optimiser, ExponentialMovingAverage? average, Module? parts, TrainingState progress)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(optimiser);
        ArgumentNullException.ThrowIfNull(progress);
        using var scope = new TensorScope();
        var tensors = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            [MetadataKey] = Version,
            ["step"] = progress.Step.ToString(CultureInfo.InvariantCulture),
            ["sampler"] = string.Join(',', progress.SamplerState.Select(d => d.ToString(CultureInfo.InvariantCulture))),
            ["best"] = progress.Best.ToString("R", CultureInfo.InvariantCulture),
            ["recipe"] = progress.RecipeText,
        };
        if (progress.EvaluationDue) metadata.Add(EvaluationDueKey, "true");
        if (progress.Description is { } description) metadata.Add(ModelDescription.MetadataKey, description.ToJson());
        foreach (var (name, tensor) in network.StateDict()) tensors.Add(ModelPrefix + name, tensor);
        Add(OptimiserPrefix, optimiser.State(), tensors, metadata);
        foreach (var (name, tensor) in parts?.StateDict() ?? []) tensors.Add(PartsPrefix + name, tensor);
        if (average is not null) Add(AveragePrefix, average.State(), tensors, metadata);
        tensors["random"] = Tensor.FromArray<byte>(progress.RandomState, progress.RandomState.Length);
        SafeTensors.Write(path, tensors, metadata);
    }

    /// <summary>Reads a state into a network and an optimiser of the same recipe.</summary>
    /// <param name="path">The file.</param>
    /// <param name="network">The student.</param>
    /// <param name="optimiser">Its optimiser.</param>
    /// <param name="average">Its averaged weights; null for none.</param>
    /// <param name="parts">What the method learns beside the student; null for nothing.</param>
    /// <exception cref="SinewException">The file is no checkpoint, or of another network.</exception>
    public static TrainingState Load(string path, Module network, AdamW optimiser, ExponentialMovingAverage? average, Module? parts)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(optimiser);
        using var scope = new TensorScope();
        var tensors = SafeTensors.Read(path, out var metadata);
        Of(path, metadata);
        network.LoadStateDict(With(ModelPrefix, tensors));
        parts?.LoadStateDict(With(PartsPrefix, tensors));
        optimiser.Load(StateOf(OptimiserPrefix, tensors, metadata));
        average?.Load(StateOf(AveragePrefix, tensors, metadata));
        return new TrainingState(
            long.Parse(metadata["step"], CultureInfo.InvariantCulture),
            [.. metadata["sampler"].Split(',').Select(s => long.Parse(s, CultureInfo.InvariantCulture))],
            tensors["random"].ToArray<byte>(),
            double.Parse(metadata["best"], CultureInfo.InvariantCulture),
            metadata["recipe"])
        {
            EvaluationDue = metadata.ContainsKey(EvaluationDueKey),
        };
    }

    /// <summary>True for the state of a training; false for any other file, one that is missing too.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="SinewException">A .safetensors file is damaged.</exception>
    public static bool Is(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return path.EndsWith(".safetensors", StringComparison.OrdinalIgnoreCase) && File.Exists(path) && SafeTensors.ReadMetadata(path).ContainsKey(MetadataKey);
    }

    /// <summary>The text of the recipe that a training was begun with, or last went on with.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="SinewException">The file is damaged, or no checkpoint.</exception>
    public static string RecipeOf(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return Of(path, SafeTensors.ReadMetadata(path))["recipe"];
    }

    /// <summary>Reads the network alone: the averaged weights where there are some, and what is known of them.</summary>
    /// <param name="path">The file.</param>
    /// <returns>Tensors under the network's own names, which belong to the innermost scope.</returns>
    /// <exception cref="SinewException">The file is no checkpoint, or does not say which network it is of.</exception>
    public static (IReadOnlyDictionary<string, Tensor> Tensors, ModelDescription Description) ReadModel(string path)
    {
        var tensors = SafeTensors.Read(path, out var metadata);
        if (!metadata.ContainsKey(MetadataKey)) throw new SinewException($"{path}: not a checkpoint of a training: give the run's last.safetensors");
        if (!metadata.TryGetValue(ModelDescription.MetadataKey, out var json))
            throw new SinewException($"{path}: an older checkpoint that does not say its joints: go on with the training by --resume, or give the run's best.safetensors");
        var averaged = With(AveragePrefix, tensors);
        var description = ModelDescription.FromJson(json, path) with
        {
            Steps = long.Parse(metadata["step"], CultureInfo.InvariantCulture),
        };
        return (averaged.Count > 0 ? averaged : With(ModelPrefix, tensors), description);
    }

    private static IReadOnlyDictionary<string, string> Of(string path, IReadOnlyDictionary<string, string> metadata) => metadata.GetValueOrDefault(MetadataKey) == Version
        ? metadata
        : throw new SinewException($"{path}: not a checkpoint of a training (or of another version): give the run's last.safetensors");

    private static void Add(string prefix, OptimiserState state, Dictionary<string, Tensor> tensors, Dictionary<string, string> metadata)
    {
        foreach (var (name, tensor) in state.Tensors) tensors.Add(prefix + name, tensor);
        foreach (var (name, value) in state.Scalars) metadata.Add(prefix + name, value.ToString("R", CultureInfo.InvariantCulture));
    }

    private static OptimiserState StateOf(string prefix, IReadOnlyDictionary<string, Tensor> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        var state = new OptimiserState();
        foreach (var (name, tensor) in With(prefix, tensors)) state.Tensors.Add(name, tensor);
        foreach (var (name, value) in metadata.Where(m => m.Key.StartsWith(prefix, StringComparison.Ordinal)))
            state.Scalars.Add(name[prefix.Length..], double.Parse(value, CultureInfo.InvariantCulture));
        return state;
    }

    private static Dictionary<string, Tensor> With(string prefix, IReadOnlyDictionary<string, Tensor> tensors) =>
        tensors.Where(t => t.Key.StartsWith(prefix, StringComparison.Ordinal)).ToDictionary(t => t.Key[prefix.Length..], t => t.Value, StringComparer.Ordinal);
}

/// <summary>Where a training stands, beside its tensors.</summary>
/// <param name="Step">Steps done.</param>
/// <param name="SamplerState">Draws so far from each data set.</param>
/// <param name="RandomState">libtorch's random generator.</param>
/// <param name="Best">Best score so far.</param>
/// <param name="RecipeText">The recipe.</param>
public sealed record TrainingState(long Step, long[] SamplerState, byte[] RandomState, double Best, string RecipeText)
{
    /// <summary>What is known of the network, so that it can be used without the training.</summary>
    public ModelDescription? Description { get; init; }

    /// <summary>True where the recipe asks for an evaluation at this step and it is not done yet.</summary>
    public bool EvaluationDue { get; init; }
}
