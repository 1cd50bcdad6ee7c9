namespace Sinew.Inference;

/// <summary>One input or output of an ONNX model.</summary>
/// <param name="Name">Its name in the graph.</param>
/// <param name="ElementType">What its elements are.</param>
/// <param name="Shape">Its axes; −1 where an axis is free.</param>
public sealed record OnnxPort(string Name, OnnxElementType ElementType, IReadOnlyList<long> Shape)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Name} {ElementType}[{string.Join(',', Shape)}]";
}
