using System.Buffers;
using Sinew.Skeletons;

namespace Sinew.Inference;

/// <summary>
/// A pose network as its card describes it: crops in, raw outputs out. Thread-safe, as <see cref="OnnxModel"/> is.
/// </summary>
public sealed class RawPoseModel : IDisposable
{
    // More is no batch that a network was exported for, and its crops would not fit into memory.
    private const int LargestFixedBatch = 256;

    private readonly OnnxModel _model;
    private readonly CropEncoder _encoder;
    private readonly int _fixedBatch;

    /// <summary>Puts a loaded network and its card together.</summary>
    /// <param name="card">The card; of a pose network.</param>
    /// <param name="model">The network; belongs to this object from then on.</param>
    /// <param name="skeleton">The skeleton; null takes the network's own (<see cref="ModelCard.SkeletonKey"/>), else the one that the card names.</param>
    /// <exception cref="SinewException">The network's input, output or joints are not what the card says, or there is no such skeleton.</exception>
    public RawPoseModel(ModelCard card, OnnxModel model, Skeleton? skeleton = null)
    {
        ArgumentNullException.ThrowIfNull(card);
        ArgumentNullException.ThrowIfNull(model);
        (Card, _model) = (card, model);
        Output = card.Output ?? throw new SinewException($"{model.Name}: {card.Name} is a {card.Kind} model, not a pose model");
        _encoder = new CropEncoder(card.Input);
        var input = model.Inputs.Count == 1 ? model.Inputs[0] : throw new SinewException($"{model.Name}: has {model.Inputs.Count} inputs, a pose network has one");
        Span<long> expected = stackalloc long[4];
        ShapeOf(1, expected);
        var fits = input.ElementType == card.Input.Type && input.Shape.Count == 4;
        for (var axis = 1; fits && axis < 4; axis++) fits = input.Shape[axis] < 0 || input.Shape[axis] == expected[axis];
        if (!fits)
        {
            throw new SinewException(
                $"{model.Name}: its input is {input}, the card says {card.Input.Type}[N,{string.Join(',', expected[1..].ToArray())}]; correct the card");
        }

        if (input.Shape[0] > LargestFixedBatch)
            throw new SinewException($"{model.Name}: takes {input.Shape[0]} crops at once and no other number, where up to {LargestFixedBatch} are run; export it with a smaller or a free batch");
        if (model.Outputs.Count == 0) throw new SinewException($"{model.Name}: has no outputs; export it again");
        _fixedBatch = (int)Math.Max(0, input.Shape[0]);
        var outputs = RawPoseOutput.OutputsOf(model, Output.Kind);
        var shape = model.Outputs[outputs[0]].Shape;
        var jointAxis = RawPoseOutput.IsList(Output.Kind) ? shape.Count - 2 : 1;
        Joints = jointAxis > 0 && jointAxis < shape.Count && shape[jointAxis] > 0
            ? (int)shape[jointAxis]
            : throw new SinewException($"{model.Name}: output {model.Outputs[outputs[0]]} does not say how many joints a {Output.Kind} network has");
        Skeleton = skeleton ?? (model.Metadata.TryGetValue(ModelCard.SkeletonKey, out var yaml)
            ? SkeletonFile.Parse(yaml, $"{model.Name}({ModelCard.SkeletonKey})")
            : SkeletonFile.Resolve(card.Skeleton ?? throw new SinewException($"{model.Name}: its card names no skeleton")));
        if (Skeleton.Count != Joints)
        {
            throw new SinewException($"{model.Name}: gives {Joints} joints, its skeleton {Skeleton.Name} has {Skeleton.Count}; correct the card");
        }
    }

    /// <summary>The card.</summary>
    public ModelCard Card { get; }

    /// <summary>The network's output and how it is read.</summary>
    public PoseOutput Output { get; }

    /// <summary>The joints, in the network's order.</summary>
    public Skeleton Skeleton { get; }

    /// <summary>Joints of the network, K.</summary>
    public int Joints { get; }

    /// <summary>Loads a network from its weights or its card.</summary>
    /// <param name="path">An ONNX file or a card, see <see cref="ModelCards.Find(string)"/>.</param>
    /// <param name="options">How to run it; null for the CPU with all cores.</param>
    /// <param name="ownCard">The card of these weights; null to look for it.</param>
    /// <exception cref="SinewException">A file is missing or wrong, no card is found, or the two do not fit each other.</exception>
    public static RawPoseModel Load(string path, OnnxOptions? options = null, string? ownCard = null)
    {
        var (model, card) = ModelCards.Open(path, options, ownCard);
        try
        {
            return new RawPoseModel(card, model);
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>Runs the network on crops.</summary>
    /// <param name="crops">RGB crops of the card's input size, <c>[N, H, W, 3]</c>, red first.</param>
    /// <param name="count">How many crops, N; at least 1.</param>
    /// <returns>The outputs; to be disposed.</returns>
    /// <exception cref="ArgumentException">The bytes are not those of <paramref name="count"/> crops.</exception>
    /// <exception cref="SinewException">The network failed, or gave other shapes than its card says.</exception>
    public RawPoseOutput Run(ReadOnlySpan<byte> crops, int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        var size = Card.Input.Width * Card.Input.Height * 3;
        if (crops.Length != (long)size * count)
        {
            throw new ArgumentException($"{count} crops of {Card.Input.Width}x{Card.Input.Height} are {(long)size * count} bytes, there are {crops.Length}", nameof(crops));
        }

        if (_fixedBatch == 0 || _fixedBatch == count) return RunBatch(crops, count);
        var parts = new List<RawPoseOutput>();
        var padded = new byte[_fixedBatch * size];
        try
        {
            for (var done = 0; done < count; done += _fixedBatch)
            {
                var some = crops[(done * size)..];
                some = some[..Math.Min(some.Length, padded.Length)];
                some.CopyTo(padded);
                parts.Add(RunBatch(padded, _fixedBatch));
            }

            return RawPoseOutput.Join(parts, count);
        }
        catch
        {
            foreach (var part in parts) part.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _model.Dispose();

    private RawPoseOutput RunBatch(ReadOnlySpan<byte> crops, int count)
    {
        Span<long> shape = stackalloc long[4];
        ShapeOf(count, shape);
        var result = Card.Input.Type switch
        {
            OnnxElementType.UInt8 when Card.Input is { Layout: PixelLayout.Nhwc, Colour: ColourOrder.Rgb } => _model.Run(crops, shape),
            OnnxElementType.UInt8 => RunWidened<byte>(crops, shape),
            OnnxElementType.Int32 => RunWidened<int>(crops, shape),
            _ => RunFloats(crops, shape),
        };
        try
        {
            return RawPoseOutput.Of(_model, result, Output.Kind, count, Joints);
        }
        catch
        {
            result.Dispose();
            throw;
        }
    }

    private OnnxResult RunFloats(ReadOnlySpan<byte> crops, ReadOnlySpan<long> shape)
    {
        var values = ArrayPool<float>.Shared.Rent(crops.Length);
        try
        {
            _encoder.Encode(crops, Card.Input.Width * Card.Input.Height, values.AsSpan(0, crops.Length));
            return _model.Run<float>(values.AsSpan(0, crops.Length), shape);
        }
        finally
        {
            ArrayPool<float>.Shared.Return(values);
        }
    }

    private OnnxResult RunWidened<T>(ReadOnlySpan<byte> crops, ReadOnlySpan<long> shape)
        where T : unmanaged, System.Numerics.INumberBase<T>
    {
        var values = ArrayPool<T>.Shared.Rent(crops.Length);
        try
        {
            _encoder.Widen(crops, Card.Input.Width * Card.Input.Height, values.AsSpan(0, crops.Length));
            return _model.Run<T>(values.AsSpan(0, crops.Length), shape);
        }
        finally
        {
            ArrayPool<T>.Shared.Return(values);
        }
    }

    private void ShapeOf(int count, Span<long> shape)
    {
        var (h, w) = (Card.Input.Height, Card.Input.Width);
        (shape[0], shape[1], shape[2], shape[3]) = Card.Input.Layout == PixelLayout.Nchw ? (count, 3, h, w) : ((long)count, h, w, 3);
    }
}
