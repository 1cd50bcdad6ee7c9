using Google.Protobuf;
using Sinew.Files;
using Sinew.Inference;
using Sinew.Skeletons;
using Sinew.Training.Export.Format;
using Sinew.Training.Export.Int8;
using Sinew.Training.Models;

namespace Sinew.Training.Export;

/// <summary>In which numbers a network is written.</summary>
public enum ExportPrecision
{
    /// <summary>32-bit floating point throughout.</summary>
    Fp32,

    /// <summary>
    /// 16-bit floating point in the convolutions, 32-bit in the head. Half the file; faster where the hardware computes in 16 bits (GPUs,
    /// browsers with WebGPU), as fast as <see cref="Fp32"/> on other processors, where ONNX Runtime computes in 32 bits.
    /// </summary>
    Fp16,

    /// <summary>Eight-bit integers in the convolutions, 32-bit floating point in the head.</summary>
    Int8,
}

/// <summary>How a network is written as ONNX.</summary>
public sealed record OnnxExportOptions
{
    /// <summary>The oldest version of ONNX's operators that can be written.</summary>
    public const int OldestOpset = 17;

    /// <summary>The newest version of ONNX's operators that can be written.</summary>
    public const int NewestOpset = 21;

    /// <summary>The version of ONNX's operators; a lower one is read by more runtimes.</summary>
    public int Opset { get; init; } = OldestOpset;

    /// <summary>
    /// Read the joints inside the graph: its one output is <c>keypoints [N, K, 3]</c> then, x and y in pixels of the crop and a score, as
    /// <see cref="Codecs.SimCcCodec.Decode"/> gives them without refinement.
    /// </summary>
    public bool Decode { get; init; }

    /// <summary>The numbers. Input and outputs are 32-bit in every case.</summary>
    public ExportPrecision Precision { get; init; }

    /// <summary>
    /// RGB crops of people, each <c>[H, W, 3]</c> of the network's input size, from which <see cref="ExportPrecision.Int8"/> learns how
    /// large the values inside the network get. A few hundred, as varied as those that it will see.
    /// </summary>
    public IReadOnlyCollection<byte[]> Calibration { get; init; } = [];

    /// <summary>Ends the calibration.</summary>
    public CancellationToken Cancel { get; init; }
}

/// <summary>Writes networks as ONNX files that need no other file: what the pixels, the joints and the bins mean is inside.</summary>
public static class OnnxExport
{
    /// <summary>The entry of a file's metadata that names its <see cref="ExportPrecision"/>, lower case.</summary>
    public const string PrecisionKey = "sinew.precision";

    /// <summary>Writes a network to a file, whole or not at all.</summary>
    /// <param name="network">The network, as its weights are now.</param>
    /// <param name="description">What is known of it.</param>
    /// <param name="path">The file; one of that name is replaced.</param>
    /// <param name="options">How it is written; null for the defaults.</param>
    /// <exception cref="SinewException">An option cannot be had, a weight is not finite, or the file cannot be written.</exception>
    public static void Write(RtmPose network, ModelDescription description, string path, OnnxExportOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        var model = Model(network, description, Path.GetFileName(path), options ?? new OnnxExportOptions());
        AtomicFile.Write(path, model.WriteTo);
    }

    /// <summary>A network as the content of an ONNX file.</summary>
    /// <param name="network">The network, as its weights are now.</param>
    /// <param name="description">What is known of it.</param>
    /// <param name="name">The file name that its card shall have.</param>
    /// <param name="options">How it is written; null for the defaults.</param>
    /// <exception cref="SinewException">An option cannot be had, or a weight is not finite.</exception>
    public static byte[] ToBytes(RtmPose network, ModelDescription description, string name, OnnxExportOptions? options = null) =>
        Model(network, description, name, options ?? new OnnxExportOptions()).ToByteArray();

    private static ModelProto Model(RtmPose network, ModelDescription description, string name, OnnxExportOptions options)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(description);
        if (options.Opset is < OnnxExportOptions.OldestOpset or > OnnxExportOptions.NewestOpset)
            throw new SinewException($"opset {options.Opset}: give {OnnxExportOptions.OldestOpset} to {OnnxExportOptions.NewestOpset}");
        var block = options.Precision == ExportPrecision.Int8 ? Quantiser.Block : 1;
        var graph = RtmPoseGraph.Of(network, options.Opset, options.Decode ? description.SplitRatio : null, block);
        if (options.Precision == ExportPrecision.Fp16) graph = HalfPrecision.Apply(graph);
        if (options.Precision == ExportPrecision.Int8)
            graph = Quantiser.Apply(graph, Calibration.Ranges(graph, options.Calibration, description, options.Cancel));
        return graph.ToModel(new Dictionary<string, string>(StringComparer.Ordinal)
        {
            [PrecisionKey] = options.Precision.ToString().ToLowerInvariant(),
            [ModelCard.MetadataKey] = description.ToCard(name, options.Decode).ToYaml(),
            [ModelCard.SkeletonKey] = SkeletonFile.ToYaml(description.ToSkeleton()),
            [ModelDescription.MetadataKey] = WithOrigins(description).ToJson(),
        });
    }

    // Weights that do not know their data sets may have the joints of a built-in union, whose members are then the origins.
    private static ModelDescription WithOrigins(ModelDescription description)
    {
        if (description.Origins is not null || BuiltInSkeletons.MembersOf(description.Skeleton) is not { Count: > 0 } members) return description;
        var joints = description.ToSkeleton();
        return description with { Origins = [.. members.Select(m => JointOrigin.Of(m.Name, m, joints))] };
    }
}
