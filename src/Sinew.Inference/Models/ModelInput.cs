namespace Sinew.Inference;

/// <summary>Order of an input's axes.</summary>
public enum PixelLayout
{
    /// <summary><c>[N, 3, H, W]</c>.</summary>
    Nchw,

    /// <summary><c>[N, H, W, 3]</c>.</summary>
    Nhwc,
}

/// <summary>Order of an input's colour channels.</summary>
public enum ColourOrder
{
    /// <summary>Red, green, blue.</summary>
    Rgb,

    /// <summary>Blue, green, red.</summary>
    Bgr,
}

/// <summary>What a network expects of its picture: each value is (pixel × <see cref="Scale"/> − mean) / std, the pixel 0…255.</summary>
public sealed record ModelInput
{
    /// <summary>Order of the axes.</summary>
    public PixelLayout Layout { get; init; }

    /// <summary>Element type: <see cref="OnnxElementType.Float32"/>, <see cref="OnnxElementType.Int32"/> or <see cref="OnnxElementType.UInt8"/>.</summary>
    public OnnxElementType Type { get; init; } = OnnxElementType.Float32;

    /// <summary>Width, pixels.</summary>
    public required int Width { get; init; }

    /// <summary>Height, pixels.</summary>
    public required int Height { get; init; }

    /// <summary>Order of the colour channels.</summary>
    public ColourOrder Colour { get; init; }

    /// <summary>Factor on the pixel before the mean is taken off.</summary>
    public double Scale { get; init; } = 1;

    /// <summary>Mean per channel, in the order of <see cref="Colour"/>.</summary>
    public IReadOnlyList<double> Mean { get; init; } = [0, 0, 0];

    /// <summary>Standard deviation per channel, in the order of <see cref="Colour"/>.</summary>
    public IReadOnlyList<double> Std { get; init; } = [1, 1, 1];
}
