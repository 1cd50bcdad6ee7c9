using System.Globalization;

namespace Sinew.Tensors.Modules;

/// <summary>Parts one after the other, named 0, 1, …</summary>
public class Sequential : Module
{
    private readonly Module[] _parts;

    /// <summary>Makes the sequence.</summary>
    /// <param name="parts">The parts, the first one applied first.</param>
    public Sequential(params Module[] parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        _parts = [.. parts];
        for (int i = 0; i < _parts.Length; i++)
            Child(i.ToString(CultureInfo.InvariantCulture), _parts[i]);
    }

    /// <summary>How many parts there are.</summary>
    public int Count => _parts.Length;

    /// <summary>One part.</summary>
    /// <param name="index">Its position, from 0.</param>
    /// <returns>The part.</returns>
    public Module this[int index] => _parts[index];

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x)
    {
        foreach (Module part in _parts)
            x = part.Forward(x);
        return x;
    }
}
