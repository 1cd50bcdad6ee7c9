using System.Buffers;
using Sinew.Geometry;
using Sinew.Imaging;

namespace Sinew.Inference;

/// <summary>A network that looks at a whole image, which is brought to its input by a letterbox. Thread-safe, as <see cref="OnnxModel"/> is.</summary>
internal sealed class LetterboxModel : IDisposable
{
    private readonly CropEncoder _encoder;

    public LetterboxModel(ModelCard card, OnnxModel model, int? size)
    {
        (Card, Model, _encoder) = (card, model, new CropEncoder(card.Input));
        (Width, Height) = size is { } side ? (side, side) : (card.Input.Width, card.Input.Height);
        if (Width < 1 || Width % card.Letterbox.Multiple != 0)
        {
            throw new SinewException($"{model.Name}: an input of {Width} pixels; give a multiple of {card.Letterbox.Multiple}");
        }

        if (model.Outputs.Count == 0) throw new SinewException($"{model.Name}: has no outputs; export it again");
        var nchw = card.Input.Layout == PixelLayout.Nchw;
        var fits = model.Inputs is [{ ElementType: OnnxElementType.Float32, Shape.Count: 4 } input] && card.Input.Type == OnnxElementType.Float32
            && input.Shape[nchw ? 1 : 3] is 3 or -1 && Fits(input.Shape[nchw ? 2 : 1], Height) && Fits(input.Shape[nchw ? 3 : 2], Width) && Fits(input.Shape[0], 1);
        if (!fits) throw new SinewException($"{model.Name}: its input is {string.Join("; ", model.Inputs)}, which takes no float32 image of {Width}x{Height}");
    }

    public ModelCard Card { get; }

    public OnnxModel Model { get; }

    public int Width { get; }

    public int Height { get; }

    /// <summary>The place of an output by its name.</summary>
    public int IndexOf(string output, int otherwise)
    {
        for (var i = 0; i < Model.Outputs.Count; i++)
        {
            if (Model.Outputs[i].Name == output) return i;
        }

        return otherwise;
    }

    /// <summary>Runs the network on an image.</summary>
    /// <param name="image">The image.</param>
    /// <param name="placement">Where it lies in the input.</param>
    /// <returns>The outputs; to be disposed.</returns>
    public OnnxResult Run(Image image, out LetterboxPlacement placement)
    {
        var pixels = Width * Height;
        var canvas = ArrayPool<byte>.Shared.Rent(pixels * 3);
        var input = ArrayPool<float>.Shared.Rent(pixels * 3);
        try
        {
            placement = LetterboxPlacement.Of(image.Width, image.Height, Width, Height, Card.Letterbox.Centred);
            placement.Draw(image, Card.Letterbox.Pad, canvas.AsSpan(0, pixels * 3));
            _encoder.Encode(canvas.AsSpan(0, pixels * 3), pixels, input.AsSpan(0, pixels * 3));
            ReadOnlySpan<long> shape = Card.Input.Layout == PixelLayout.Nchw ? [1, 3, Height, Width] : [1, Height, Width, 3];
            return Model.Run<float>(input.AsSpan(0, pixels * 3), shape);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(canvas);
            ArrayPool<float>.Shared.Return(input);
        }
    }

    /// <summary>A box of the input in pixels of the full image, cut at the image's edges; false where nothing is left of it.</summary>
    public static bool TryPlace(in Candidate box, in LetterboxPlacement placement, Image image, out Box placed)
    {
        placed = default;
        var (x1, y1) = placement.ToImage(box.X1, box.Y1);
        var (x2, y2) = placement.ToImage(box.X2, box.Y2);
        (x1, x2) = (Math.Clamp(x1, 0, image.Width), Math.Clamp(x2, 0, image.Width));
        (y1, y2) = (Math.Clamp(y1, 0, image.Height), Math.Clamp(y2, 0, image.Height));
        if (!(x2 > x1) || !(y2 > y1)) return false;
        if (!float.IsFinite(box.Score)) throw new SinewException($"the network gives a box the score {box.Score}; its weights are damaged, or their precision is too low for it");
        var toFull = image.FullToImage.Inverse();
        var (left, top) = toFull.Apply(x1, y1);
        var (right, bottom) = toFull.Apply(x2, y2);
        placed = new Box((float)left, (float)top, (float)(right - left), (float)(bottom - top));
        return true;
    }

    public void Dispose() => Model.Dispose();

    private static bool Fits(long axis, int size) => axis < 0 || axis == size;
}
