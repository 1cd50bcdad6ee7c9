using System.Globalization;

namespace Sinew.Tensors;

/// <summary>Where a tensor's memory lies and its operators run.</summary>
public sealed record Device
{
    private Device(int type, int index)
    {
        TypeNumber = type;
        Index = index;
    }

    /// <summary>The processor's own memory.</summary>
    public static Device Cpu { get; } = new(0, -1);

    /// <summary>Which one of several, from 0; -1 for the processor.</summary>
    public int Index { get; }

    /// <summary>Whether this is a CUDA device.</summary>
    public bool IsCuda => TypeNumber == 1;

    /// <summary>Whether this is the processor.</summary>
    public bool IsCpu => TypeNumber == 0;

    internal int TypeNumber { get; }

    /// <summary>A CUDA device.</summary>
    /// <param name="index">Which one, from 0.</param>
    /// <returns>The device; whether the machine has it shows when a tensor is put there.</returns>
    public static Device Cuda(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(index, sbyte.MaxValue);
        return new Device(1, index);
    }

    /// <summary>Reads "cpu", "cuda" or "cuda:1".</summary>
    /// <param name="text">The name of a device.</param>
    /// <returns>The device.</returns>
    /// <exception cref="SinewException">The text is none of these.</exception>
    public static Device Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text switch
        {
            "cpu" => Cpu,
            "cuda" => Cuda(0),
            _ when text.StartsWith("cuda:", StringComparison.Ordinal)
                && sbyte.TryParse(text.AsSpan(5), NumberStyles.None, CultureInfo.InvariantCulture, out sbyte index) => Cuda(index),
            _ => throw new SinewException($"unknown device '{text}': give cpu, cuda or cuda:INDEX"),
        };
    }

    /// <summary>The name that <see cref="Parse"/> reads.</summary>
    /// <returns>For example "cuda:0".</returns>
    public override string ToString() => IsCpu ? "cpu" : $"cuda:{Index}";

    internal static Device FromNative(int type, int index) => type switch
    {
        0 => Cpu,
        1 => Cuda(Math.Max(index, 0)),
        _ => throw new NotSupportedException($"a tensor lies on a device of libtorch's type {type}, which has no name here"),
    };
}
