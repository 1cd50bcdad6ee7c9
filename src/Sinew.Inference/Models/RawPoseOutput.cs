namespace Sinew.Inference;

/// <summary>What a pose network gave for some crops, before anything is read from it. To be disposed.</summary>
public sealed class RawPoseOutput : IDisposable
{
    private readonly OnnxResult? _result;
    private readonly float[][] _copies;
    private readonly int[] _order;

    private RawPoseOutput(PoseOutputKind kind, int count, int joints, int width, int height, OnnxResult? result, float[][] copies, int[] order)
    {
        (Kind, Count, Joints, Width, Height) = (kind, count, joints, width, height);
        (_result, _copies, _order) = (result, copies, order);
    }

    /// <summary>What there is.</summary>
    public PoseOutputKind Kind { get; }

    /// <summary>Crops, N.</summary>
    public int Count { get; }

    /// <summary>Joints, K.</summary>
    public int Joints { get; }

    /// <summary>Cells of a heatmap's row, or SimCC bins of x; 3 for coordinates and points.</summary>
    public int Width { get; }

    /// <summary>Rows of a heatmap, or SimCC bins of y; 1 for coordinates and points.</summary>
    public int Height { get; }

    /// <summary>Heatmaps, <c>[N, K, h, w]</c>; valid until this object is disposed.</summary>
    public ReadOnlySpan<float> Heatmaps => Tensor(PoseOutputKind.Heatmap, 0);

    /// <summary>SimCC logits of x, <c>[N, K, Wx]</c>; valid until this object is disposed.</summary>
    public ReadOnlySpan<float> SimccX => Tensor(PoseOutputKind.SimCC, 0);

    /// <summary>SimCC logits of y, <c>[N, K, Wy]</c>; valid until this object is disposed.</summary>
    public ReadOnlySpan<float> SimccY => Tensor(PoseOutputKind.SimCC, 1);

    /// <summary>y, x (fractions of the crop's height and width) and score, <c>[N, K, 3]</c>; valid until this object is disposed.</summary>
    public ReadOnlySpan<float> Coordinates => Tensor(PoseOutputKind.Coordinates, 0);

    /// <summary>x, y (crop pixels) and score, <c>[N, K, 3]</c>; valid until this object is disposed.</summary>
    public ReadOnlySpan<float> Points => Tensor(PoseOutputKind.Points, 0);

    /// <summary>One crop's heatmaps, <c>[K, h, w]</c>.</summary>
    /// <param name="crop">The crop.</param>
    public ReadOnlySpan<float> HeatmapsOf(int crop) => Heatmaps.Slice(crop * Joints * Width * Height, Joints * Width * Height);

    /// <summary>One crop's SimCC logits of x, <c>[K, Wx]</c>.</summary>
    /// <param name="crop">The crop.</param>
    public ReadOnlySpan<float> SimccXOf(int crop) => SimccX.Slice(crop * Joints * Width, Joints * Width);

    /// <summary>One crop's SimCC logits of y, <c>[K, Wy]</c>.</summary>
    /// <param name="crop">The crop.</param>
    public ReadOnlySpan<float> SimccYOf(int crop) => SimccY.Slice(crop * Joints * Height, Joints * Height);

    /// <summary>One crop's coordinates, <c>[K, 3]</c>.</summary>
    /// <param name="crop">The crop.</param>
    public ReadOnlySpan<float> CoordinatesOf(int crop) => Coordinates.Slice(crop * Joints * 3, Joints * 3);

    /// <summary>One crop's points, <c>[K, 3]</c>.</summary>
    /// <param name="crop">The crop.</param>
    public ReadOnlySpan<float> PointsOf(int crop) => Points.Slice(crop * Joints * 3, Joints * 3);

    /// <inheritdoc/>
    public void Dispose() => _result?.Dispose();

    /// <summary>True where a network gives three numbers per joint instead of maps or bins.</summary>
    internal static bool IsList(PoseOutputKind kind) => kind is PoseOutputKind.Coordinates or PoseOutputKind.Points;

    /// <summary>Checks the shapes of one run and gives its view; the result belongs to it from then on.</summary>
    internal static RawPoseOutput Of(OnnxModel model, OnnxResult result, PoseOutputKind kind, int count, int joints)
    {
        var order = OutputsOf(model, kind);
        var first = result.ShapeOf(order[0]);
        var fits = kind switch
        {
            PoseOutputKind.SimCC => first.Length == 3 && result.ShapeOf(order[1]) is [_, _, _] second && second[0] == count && second[1] == joints,
            PoseOutputKind.Heatmap => first.Length == 4,
            _ => first.Length >= 2 && first[^1] == 3 && first[^2] == joints,
        };
        fits &= first.Length > 0 && first[0] == count && (IsList(kind) || first[1] == joints);
        if (IsList(kind)) fits &= result.Read<float>(order[0]).Length == count * joints * 3;
        foreach (var axis in first) fits &= axis > 0;
        if (kind == PoseOutputKind.SimCC) fits &= result.ShapeOf(order[1]) is [.., > 0];
        if (!fits)
        {
            var shape = string.Join(',', first.ToArray());
            throw new SinewException(
                $"{model.Name}: output '{model.Outputs[order[0]].Name}' has the shape [{shape}], which is no {kind} output of {joints} joints for {count} crops");
        }

        var (width, height) = kind switch
        {
            PoseOutputKind.SimCC => ((int)first[2], (int)result.ShapeOf(order[1])[2]),
            PoseOutputKind.Heatmap => ((int)first[3], (int)first[2]),
            _ => (3, 1),
        };
        return new RawPoseOutput(kind, count, joints, width, height, result, [], order);
    }

    /// <summary>Several runs' outputs as one; of the last one only the first crops. The parts are disposed.</summary>
    internal static RawPoseOutput Join(IReadOnlyList<RawPoseOutput> parts, int count)
    {
        var first = parts[0];
        var tensors = first.Kind == PoseOutputKind.SimCC ? 2 : 1;
        var copies = new float[tensors][];
        for (var t = 0; t < tensors; t++)
        {
            var size = first.Joints * (first.Kind == PoseOutputKind.SimCC ? (t == 0 ? first.Width : first.Height) : first.Width * first.Height);
            copies[t] = new float[count * size];
            var filled = 0;
            foreach (var part in parts)
            {
                var source = part.Tensor(first.Kind, t);
                source = source[..Math.Min(source.Length, copies[t].Length - filled)];
                source.CopyTo(copies[t].AsSpan(filled));
                filled += source.Length;
            }
        }

        foreach (var part in parts) part.Dispose();
        return new RawPoseOutput(first.Kind, count, first.Joints, first.Width, first.Height, null, copies, [0, 1]);
    }

    /// <summary>Which outputs of the graph hold x and y: by their usual names, else in their order.</summary>
    internal static int[] OutputsOf(OnnxModel model, PoseOutputKind kind)
    {
        if (kind != PoseOutputKind.SimCC) return [0];
        if (model.Outputs.Count < 2) throw new SinewException($"{model.Name}: a SimCC network has two outputs, x and y; this one has {model.Outputs.Count}");
        var (x, y) = (0, 1);
        for (var i = 0; i < model.Outputs.Count; i++)
        {
            if (model.Outputs[i].Name == "simcc_x") x = i;
            if (model.Outputs[i].Name == "simcc_y") y = i;
        }

        return [x, y];
    }

    private ReadOnlySpan<float> Tensor(PoseOutputKind kind, int tensor)
    {
        if (kind != Kind) throw new InvalidOperationException($"the network gives {Kind}, not {kind}");
        return _result is null ? _copies[tensor] : _result.Read<float>(_order[tensor]);
    }
}
