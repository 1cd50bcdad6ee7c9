using System.Buffers;
using Sinew.Geometry;
using Sinew.Imaging;

namespace Sinew.Inference;

/// <summary>
/// Finds people in images with a detector whose non-maximum suppression is part of the network (RTMDet as MMDeploy exports it). Any
/// number of threads may use one detector.
/// </summary>
public sealed class PersonDetector : IDisposable
{
    private readonly OnnxModel _model;
    private readonly CropEncoder _encoder;
    private readonly DetectorOutput _boxes;
    private readonly int _width;
    private readonly int _height;
    private readonly float _score;
    private readonly int _dets;
    private readonly int _labels;

    /// <summary>Puts a loaded network and its card together.</summary>
    /// <param name="card">The card; of a detector.</param>
    /// <param name="model">The network; belongs to this object from then on.</param>
    /// <param name="options">How people are detected; null for the defaults.</param>
    /// <exception cref="SinewException">The network is not what the card says, or an option does not fit it.</exception>
    public PersonDetector(ModelCard card, OnnxModel model, DetectorOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(card);
        ArgumentNullException.ThrowIfNull(model);
        options ??= new DetectorOptions();
        (Card, _model, _encoder) = (card, model, new CropEncoder(card.Input));
        _boxes = card.Boxes ?? throw new SinewException($"{model.Name}: {card.Name} is a {card.Kind} model, not a detector");
        _score = options.Score ?? (float)_boxes.Score;
        (_width, _height) = options.Size is { } size ? (size, size) : (card.Input.Width, card.Input.Height);
        if (_width < 1 || _width % card.Letterbox.Multiple != 0)
        {
            throw new SinewException($"{model.Name}: an input of {_width} pixels; give a multiple of {card.Letterbox.Multiple}");
        }

        var nchw = card.Input.Layout == PixelLayout.Nchw;
        var fits = model.Inputs is [{ ElementType: OnnxElementType.Float32, Shape.Count: 4 } input] && card.Input.Type == OnnxElementType.Float32
            && input.Shape[nchw ? 1 : 3] is 3 or -1 && Fits(input.Shape[nchw ? 2 : 1], _height) && Fits(input.Shape[nchw ? 3 : 2], _width) && Fits(input.Shape[0], 1);
        if (!fits) throw new SinewException($"{model.Name}: its input is {string.Join("; ", model.Inputs)}, which takes no float32 image of {_width}x{_height}");
        _dets = IndexOf("dets", 0);
        _labels = IndexOf("labels", -1);
    }

    /// <summary>What is known of the network.</summary>
    public ModelCard Card { get; }

    /// <summary>Loads a detector from its weights or its card.</summary>
    /// <param name="path">An ONNX file or a card, see <see cref="ModelCards.Find"/>.</param>
    /// <param name="options">How people are detected; null for the defaults.</param>
    /// <param name="onnx">How the network is run; null for the CPU with all cores.</param>
    /// <exception cref="SinewException">A file is missing or wrong, or no card is found.</exception>
    public static PersonDetector Load(string path, DetectorOptions? options = null, OnnxOptions? onnx = null)
    {
        var (model, card) = ModelCards.Open(path, onnx);
        try
        {
            return new PersonDetector(card, model, options);
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>Finds the people of an image.</summary>
    /// <param name="image">The image.</param>
    /// <returns>The people, best first; boxes in pixels of the full image, cut at its edges.</returns>
    /// <exception cref="SinewException">The network failed, or gave no boxes.</exception>
    public IReadOnlyList<Detection> Detect(Image image)
    {
        ArgumentNullException.ThrowIfNull(image);
        var pixels = _width * _height;
        var canvas = ArrayPool<byte>.Shared.Rent(pixels * 3);
        var input = ArrayPool<float>.Shared.Rent(pixels * 3);
        try
        {
            var placement = LetterboxPlacement.Of(image.Width, image.Height, _width, _height, Card.Letterbox.Centred);
            placement.Draw(image, Card.Letterbox.Pad, canvas.AsSpan(0, pixels * 3));
            _encoder.Encode(canvas.AsSpan(0, pixels * 3), pixels, input.AsSpan(0, pixels * 3));
            ReadOnlySpan<long> shape = Card.Input.Layout == PixelLayout.Nchw ? [1, 3, _height, _width] : [1, _height, _width, 3];
            using var result = _model.Run<float>(input.AsSpan(0, pixels * 3), shape);
            return Read(result, placement, image);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(canvas);
            ArrayPool<float>.Shared.Return(input);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _model.Dispose();

    private static bool Fits(long axis, int size) => axis < 0 || axis == size;

    private int IndexOf(string output, int otherwise)
    {
        for (var i = 0; i < _model.Outputs.Count; i++)
        {
            if (_model.Outputs[i].Name == output) return i;
        }

        return otherwise;
    }

    private List<Detection> Read(OnnxResult result, LetterboxPlacement placement, Image image)
    {
        var shape = result.ShapeOf(_dets);
        if (shape.Length != 3 || shape[0] != 1 || shape[2] != 5)
        {
            throw new SinewException($"{_model.Name}: output '{_model.Outputs[_dets].Name}' has the shape [{string.Join(',', shape.ToArray())}], not [1,n,5] boxes");
        }

        var rows = result.Read<float>(_dets);
        var count = (int)shape[1];
        var labels = _labels >= 0 ? result.Read<long>(_labels) : [];
        if (_labels >= 0 && labels.Length != count) throw new SinewException($"{_model.Name}: {labels.Length} labels for {count} boxes");
        var toFull = image.FullToImage.Inverse();
        var found = new List<Detection>();
        for (var i = 0; i < count; i++)
        {
            var row = rows.Slice(i * 5, 5);
            if (!(row[4] >= _score) || (_labels >= 0 && labels[i] != _boxes.Label)) continue;
            var (x1, y1) = placement.ToImage(row[0], row[1]);
            var (x2, y2) = placement.ToImage(row[2], row[3]);
            (x1, x2) = (Math.Clamp(x1, 0, image.Width), Math.Clamp(x2, 0, image.Width));
            (y1, y2) = (Math.Clamp(y1, 0, image.Height), Math.Clamp(y2, 0, image.Height));
            if (!(x2 > x1) || !(y2 > y1)) continue;
            var (left, top) = toFull.Apply(x1, y1);
            var (right, bottom) = toFull.Apply(x2, y2);
            found.Add(new Detection(new Box((float)left, (float)top, (float)(right - left), (float)(bottom - top)), row[4]));
        }

        found.Sort((a, b) => b.Score.CompareTo(a.Score));
        return found;
    }
}
