using System.Collections;
using System.Globalization;

namespace Sinew.Tensors.Modules;

/// <summary>Parts named 0, 1, … that the part around them calls one by one.</summary>
/// <typeparam name="T">Their type.</typeparam>
public sealed class ModuleList<T> : Module, IReadOnlyList<T>
    where T : Module
{
    private readonly List<T> _parts = [];

    /// <summary>Makes the list.</summary>
    /// <param name="parts">The parts.</param>
    public ModuleList(params IEnumerable<T> parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        foreach (T part in parts)
            _parts.Add(Child(_parts.Count.ToString(CultureInfo.InvariantCulture), part));
    }

    /// <inheritdoc/>
    public int Count => _parts.Count;

    /// <inheritdoc/>
    public T this[int index] => _parts[index];

    /// <summary>A list is no function.</summary>
    /// <param name="x">An input.</param>
    /// <returns>Nothing.</returns>
    /// <exception cref="InvalidOperationException">Always: call the parts, or make a <see cref="Sequential"/>.</exception>
    public override Tensor Forward(Tensor x) =>
        throw new InvalidOperationException("a list of modules is no function: call its parts, or make it a Sequential");

    /// <inheritdoc/>
    public IEnumerator<T> GetEnumerator() => _parts.GetEnumerator();

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
