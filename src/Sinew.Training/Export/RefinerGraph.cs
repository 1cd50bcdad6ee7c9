using System.Globalization;
using Sinew.Training.Export.Format;
using Sinew.Training.Models;

namespace Sinew.Training.Export;

/// <summary>
/// A <see cref="PoseRefiner"/> as part of an ONNX graph: the coarse logits are read as a pose, three graph blocks move it, and the rows of the
/// logits are moved with it, so that whoever reads the outputs reads refined ones. The graphs' weights are the softmax of the learned ones.
/// </summary>
internal sealed class RefinerGraph(OnnxGraph graph, NetworkWeights weights, int joints)
{
    private const string Name = "refiner";
    private const float NormEpsilon = 1e-5f;

    // a bin is half a pixel, and lies in the middle of it
    private const float BinsPerPixel = 2;

    /// <summary>Writes the refined rows.</summary>
    /// <param name="coarseX">The head's logits of x, <c>[N, K, Wx]</c>.</param>
    /// <param name="binsX">Wx.</param>
    /// <param name="coarseY">The head's logits of y.</param>
    /// <param name="binsY">Wy.</param>
    /// <param name="maps">The backbone's maps that the refiner reads, coarse ones first.</param>
    /// <param name="outputX">Name of the refined rows of x.</param>
    /// <param name="outputY">Name of the refined rows of y.</param>
    public void Write(string coarseX, int binsX, string coarseY, int binsY, IReadOnlyList<Channels> maps, string outputX, string outputY)
    {
        var (x, scoreX) = Largest(coarseX, binsX);
        var (y, scoreY) = Largest(coarseY, binsY);
        var pose = graph.Node("Concat", Name + ".pose", [x, y], OnnxGraph.Attribute("axis", 2));
        var score = graph.Node("Min", Name + ".score", [scoreX, scoreY]);
        var state = graph.Node("Concat", Name + ".input", [Centred(pose, Name + ".place"), score], OnnxGraph.Attribute("axis", 2));
        state = graph.Node("Relu", Name + ".first.relu", [Convolution(state, Name + ".first")]);
        var (at, offset) = (pose, "");
        for (var i = 0; i < maps.Count; i++)
        {
            var number = i.ToString(CultureInfo.InvariantCulture);
            var seen = Seen(maps[i], at, $"{Name}.read{number}");
            state = Block(graph.Node("Concat", $"{Name}.state{number}", [state, seen], OnnxGraph.Attribute("axis", 2)), $"{Name}.block{number}");
            offset = Linear(state, $"{Name}.offset{number}");
            if (i + 1 < maps.Count) at = graph.Node("Add", $"{Name}.at{number}", [pose, offset]);
        }

        var (offsetX, offsetY) = (offset + ".x", offset + ".y");
        graph.Nodes("Split", Name + ".split", [offsetX, offsetY], [offset, graph.Integers(Name + ".split.sizes", 1, 1)], OnnxGraph.Attribute("axis", 2));
        Move(coarseX, binsX, offsetX, outputX);
        Move(coarseY, binsY, offsetY, outputY);
    }

    private (string Fraction, string Score) Largest(string rows, int bins)
    {
        var bin = graph.Node("ArgMax", rows + ".bin", [rows], OnnxGraph.Attribute("axis", -1), OnnxGraph.Attribute("keepdims", 1));
        bin = graph.Node("Cast", rows + ".place", [bin], OnnxGraph.Attribute("to", (long)TensorProto.Types.DataType.Float));
        bin = graph.Node("Add", rows + ".centre", [bin, graph.Weight(rows + ".half", [BinsPerPixel / 2])]);
        return (graph.Node("Mul", rows + ".fraction", [bin, graph.Weight(rows + ".share", [1f / bins])]), graph.Reduce("ReduceMax", rows + ".max", rows, -1));
    }

    /// <summary>Fractions of a side from −1 to 1, as samplers count.</summary>
    private string Centred(string pose, string name)
    {
        var twice = graph.Node("Mul", name + ".twice", [pose, graph.Weight(name + ".two", [2f])]);
        return graph.Node("Sub", name, [twice, graph.Weight(name + ".one", [1f])]);
    }

    /// <summary>What a map shows at the joints, <c>[N, K, C]</c>.</summary>
    private string Seen(Channels map, string at, string name)
    {
        var grid = graph.Node("Unsqueeze", name + ".grid", [Centred(at, name + ".place"), graph.Integers(name + ".grid.axis", 1)]);
        var sampled = Sample(map.Name, grid, name + ".sampled");
        sampled = graph.Node("Squeeze", name + ".rows", [sampled, graph.Integers(name + ".rows.axis", 2)]);
        sampled = graph.Node("Transpose", name + ".features", [sampled], OnnxGraph.Attribute("perm", 0, 2, 1));
        return Linear(sampled, name, map);
    }

    private string Sample(string map, string grid, string output) => graph.Node(
        "GridSample", output, [map, grid],
        OnnxGraph.Attribute("mode", graph.Opset < 20 ? "bilinear" : "linear"), OnnxGraph.Attribute("padding_mode", "border"), OnnxGraph.Attribute("align_corners", 0));

    private string Block(string x, string name)
    {
        var down = graph.Node("Relu", name + ".down.relu", [Norm(Convolution(x, name + ".down"), name + ".down_norm")]);
        var sum = graph.Node("Add", name + ".sum", [x, Convolution(down, name + ".up")]);
        var y = graph.Node("Relu", name + ".relu", [Norm(sum, name + ".norm")]);
        var mean = graph.Reduce("ReduceMean", name + ".mean", y, 1);
        var gate = graph.Node("Relu", name + ".squeeze.relu", [Linear(mean, name + ".squeeze")]);
        gate = graph.Node("Sigmoid", name + ".gate.sigmoid", [Linear(gate, name + ".gate")]);
        return graph.Node("Add", name, [y, graph.Node("Mul", name + ".gated", [y, gate])]);
    }

    private string Convolution(string x, string name)
    {
        var edges = weights.Get(name + ".edges");
        var mask = weights.Get(name + ".mask");
        var (own, others) = (new float[joints], new float[joints * joints]);
        for (var j = 0; j < joints; j++)
        {
            var row = others.AsSpan(j * joints, joints);
            for (var k = 0; k < joints; k++) row[k] = edges[(j * joints) + k] + mask[(j * joints) + k];
            Softmax(row);
            (own[j], row[j]) = (row[j], 0);
        }

        var self = graph.Node("MatMul", name + ".own", [x, Matrix(name + ".own.weight")]);
        self = graph.Node("Mul", name + ".own.weighed", [self, graph.Weight(name + ".own.share", own, joints, 1)]);
        var rest = graph.Node("MatMul", name + ".others", [x, Matrix(name + ".others.weight")]);
        rest = graph.Node("MatMul", name + ".others.gathered", [graph.Weight(name + ".others.shares", others, joints, joints), rest]);
        return graph.Node("Add", name, [graph.Node("Add", name + ".all", [self, rest]), Vector(name + ".own.bias")]);
    }

    private string Norm(string x, string name) => graph.Node(
        "LayerNormalization", name, [x, Vector(name + ".weight"), Vector(name + ".bias")], OnnxGraph.Attribute("axis", -1), OnnxGraph.Attribute("epsilon", NormEpsilon));

    private string Linear(string x, string name, Channels? input = null)
    {
        var product = graph.Node("MatMul", name + ".product", [x, Matrix(name + ".weight", input)]);
        return graph.Node("Add", name, [product, Vector(name + ".bias")]);
    }

    /// <summary>A linear layer's weights, <c>[in, out]</c>; rows of channels that a map has beside its own are 0.</summary>
    private string Matrix(string name, Channels? input = null)
    {
        var shape = weights.ShapeOf(name);
        var turned = weights.Transposed(name);
        if (input is not { } map || map.Count == shape[1]) return graph.Weight(name, turned, shape[1], shape[0]);
        var spread = new float[map.Count * shape[0]];
        for (var i = 0; i < map.Places.Length; i++) turned.AsSpan((int)(i * shape[0]), (int)shape[0]).CopyTo(spread.AsSpan((int)(map.Places[i] * shape[0])));
        return graph.Weight(name, spread, map.Count, shape[0]);
    }

    private string Vector(string name)
    {
        var values = weights.Get(name);
        return graph.Weight(name, values, values.Length);
    }

    private void Move(string rows, int bins, string offset, string output)
    {
        var name = rows + ".moved";
        var centres = new float[bins];
        for (var b = 0; b < bins; b++) centres[b] = (float)(((b + 0.5) * 2 / bins) - 1);
        var twice = graph.Node("Mul", name + ".twice", [offset, graph.Weight(name + ".two", [2f])]); // [N, K, 1]
        var x = graph.Node("Sub", name + ".from", [graph.Weight(name + ".centres", centres, bins), twice]); // [N, K, W]
        x = graph.Node("Reshape", name + ".columns", [x, graph.Integers(name + ".columns.shape", -1, 1, bins, 1)]);
        var zero = graph.Node("Mul", name + ".zeros", [x, graph.Weight(name + ".zero", [0f])]);
        var grid = graph.Node("Concat", name + ".grid", [x, zero], OnnxGraph.Attribute("axis", 3));
        var lines = graph.Node("Reshape", name + ".lines", [rows, graph.Integers(name + ".lines.shape", -1, 1, 1, bins)]);
        graph.Node("Reshape", output, [Sample(lines, grid, name), graph.Integers(name + ".shape", -1, joints, bins)]);
    }

    private static void Softmax(Span<float> row)
    {
        var largest = float.NegativeInfinity;
        foreach (var value in row) largest = Math.Max(largest, value);
        var sum = 0.0;
        foreach (var value in row) sum += Math.Exp(value - largest);
        foreach (ref var value in row) value = (float)(Math.Exp(value - largest) / sum);
    }
}
