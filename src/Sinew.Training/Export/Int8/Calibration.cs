using System.Numerics.Tensors;
using Google.Protobuf;
using Sinew.Imaging;
using Sinew.Inference;
using Sinew.Training.Export.Format;
using Sinew.Training.Models;

namespace Sinew.Training.Export.Int8;

/// <summary>Finds the ranges of a graph's values: runs it in 32 bits on people's crops and looks at every value.</summary>
internal static class Calibration
{
    private const int Batch = 4;

    /// <summary>The ranges in which eight bits lose least of the values.</summary>
    /// <param name="graph">The graph; left as it is.</param>
    /// <param name="crops">RGB crops of the network's input size; gone through twice.</param>
    /// <param name="description">Size and normalisation.</param>
    /// <param name="cancel">Ends it.</param>
    /// <exception cref="SinewException">There are no crops, or ONNX Runtime is missing.</exception>
    public static Dictionary<string, ValueRange> Ranges(OnnxGraph graph, IReadOnlyCollection<byte[]> crops, ModelDescription description, CancellationToken cancel)
    {
        if (crops.Count == 0) throw new SinewException("no people to calibrate with: give a set with labelled people or a folder of pictures");
        var model = graph.ToModel([]).Clone();
        var values = Quantiser.Values(graph.Proto).Except(model.Graph.Input.Select(i => i.Name)).Order(StringComparer.Ordinal).ToArray();
        model.Graph.Output.Clear();
        foreach (var value in values) model.Graph.Output.Add(new ValueInfoProto { Name = value, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)TensorProto.Types.DataType.Float } } });

        using var session = OnnxModel.Load(model.ToByteArray(), "calibration");
        var input = graph.Proto.Input[0].Name;
        var (low, high) = (new float[values.Length + 1], new float[values.Length + 1]);
        ForEach(session, crops, description, (index, numbers) =>
        {
            low[index] = Math.Min(low[index], TensorPrimitives.Min(numbers));
            high[index] = Math.Max(high[index], TensorPrimitives.Max(numbers));
        }, cancel);
        for (var i = 0; i < low.Length; i++)
        {
            if (!float.IsFinite(low[i]) || !float.IsFinite(high[i]))
                throw new SinewException($"the network's value '{(i < values.Length ? values[i] : input)}' is not finite on the people to calibrate with: the training diverged; export an earlier checkpoint");
        }

        var histograms = low.Zip(high, (l, h) => new ValueHistogram(ValueRange.Of(l, h))).ToArray();
        ForEach(session, crops, description, (index, numbers) => histograms[index].Add(numbers), cancel);
        var ranges = new Dictionary<string, ValueRange>(StringComparer.Ordinal) { [input] = ValueRange.Of(low[^1], high[^1]) };
        for (var i = 0; i < values.Length; i++) ranges.Add(values[i], histograms[i].Best());
        return ranges;
    }

    /// <summary>Runs the graph and shows each value's numbers; the input itself comes last.</summary>
    private static void ForEach(
        OnnxModel session, IReadOnlyCollection<byte[]> crops, ModelDescription description, Action<int, ReadOnlySpan<float>> look, CancellationToken cancel)
    {
        var size = description.Width * description.Height * 3;
        foreach (var some in crops.Chunk(Batch))
        {
            cancel.ThrowIfCancellationRequested();
            var planes = new float[some.Length * size];
            for (var i = 0; i < some.Length; i++) Normalise.ToPlanes(some[i], planes.AsSpan(i * size, size), description.Norm);
            using var result = session.Run<float>(planes, [some.Length, 3, description.Height, description.Width]);
            for (var i = 0; i < result.Count; i++) look(i, result.Read<float>(i));
            look(result.Count, planes);
        }
    }
}
