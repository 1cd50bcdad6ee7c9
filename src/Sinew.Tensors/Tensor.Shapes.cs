namespace Sinew.Tensors;

/// <content>Shapes and parts.</content>
public sealed partial class Tensor
{
    /// <summary>Swaps two dimensions.</summary>
    /// <param name="a">One dimension; negative counts from the last.</param>
    /// <param name="b">The other.</param>
    /// <returns>A view of the same memory.</returns>
    public Tensor Transpose(long a, long b) => Ops.Transpose.Call(this, a, b);

    /// <summary>Reorders the dimensions.</summary>
    /// <param name="dims">For each new dimension, which old one it was.</param>
    /// <returns>A view of the same memory.</returns>
    public Tensor Permute(params long[] dims) => Ops.Permute.Call(this, dims);

    /// <summary>The same elements in another shape.</summary>
    /// <param name="shape">The lengths; one may be −1 and is then computed.</param>
    /// <returns>A view of the same memory where the layout allows, else a copy.</returns>
    public Tensor Reshape(params long[] shape) => Ops.Reshape.Call(this, shape);

    /// <summary>Joins neighbouring dimensions into one.</summary>
    /// <param name="start">The first of them.</param>
    /// <param name="end">The last of them.</param>
    /// <returns>The result.</returns>
    public Tensor Flatten(long start = 0, long end = -1) => Ops.Flatten.Call(this, start, end);

    /// <summary>A part of one dimension.</summary>
    /// <param name="dim">The dimension; negative counts from the last.</param>
    /// <param name="start">The first index of the part.</param>
    /// <param name="length">How many.</param>
    /// <returns>A view of the same memory.</returns>
    public Tensor Narrow(long dim, long start, long length) => Ops.Narrow.Call(this, dim, start, length);

    /// <summary>Every step-th index of a part of one dimension.</summary>
    /// <param name="dim">The dimension; negative counts from the last.</param>
    /// <param name="start">The first index.</param>
    /// <param name="end">Where to stop; beyond the end means the end.</param>
    /// <param name="step">From one index to the next.</param>
    /// <returns>A view of the same memory.</returns>
    public Tensor Slice(long dim, long start, long end, long step = 1) => Ops.Slice.Call(this, dim, start, end, step);

    /// <summary>One index of a dimension, which is gone then.</summary>
    /// <param name="dim">The dimension; negative counts from the last.</param>
    /// <param name="index">The index; negative counts from the end.</param>
    /// <returns>A view of the same memory.</returns>
    public Tensor Select(long dim, long index) => Ops.Select.Call(this, dim, index);

    /// <summary>The named indices of a dimension.</summary>
    /// <param name="dim">The dimension; negative counts from the last.</param>
    /// <param name="index">Integers, one dimension.</param>
    /// <returns>The result.</returns>
    public Tensor IndexSelect(long dim, Tensor index) => Ops.IndexSelect.Call(this, dim, index);

    /// <summary>For each element of the index, the element there along a dimension.</summary>
    /// <param name="dim">The dimension; negative counts from the last.</param>
    /// <param name="index">64-bit integers, of the same rank.</param>
    /// <returns>A tensor of the index's shape.</returns>
    public Tensor Gather(long dim, Tensor index) => Ops.Gather.Call(this, dim, index);

    /// <summary>Adds a dimension of length 1.</summary>
    /// <param name="dim">Where it goes; negative counts from the last.</param>
    /// <returns>A view of the same memory.</returns>
    public Tensor Unsqueeze(long dim) => Ops.Unsqueeze.Call(this, dim);

    /// <summary>Removes a dimension of length 1.</summary>
    /// <param name="dim">The dimension; negative counts from the last.</param>
    /// <returns>A view of the same memory.</returns>
    public Tensor Squeeze(long dim) => Ops.Squeeze.Call(this, dim);

    /// <summary>Removes all dimensions of length 1.</summary>
    /// <returns>A view of the same memory.</returns>
    public Tensor Squeeze() => Ops.SqueezeAll.Call(this);

    /// <summary>Repeats dimensions of length 1 without copying.</summary>
    /// <param name="shape">The new lengths; −1 keeps one.</param>
    /// <returns>A view of the same memory.</returns>
    public Tensor Expand(params long[] shape) => Ops.Expand.Call(this, shape);

    /// <summary>Cuts a dimension into parts of one length; the last may be shorter.</summary>
    /// <param name="chunks">How many parts.</param>
    /// <param name="dim">The dimension; negative counts from the last.</param>
    /// <returns>Views of the same memory.</returns>
    public Tensor[] Chunk(long chunks, long dim = 0) => Ops.Chunk.CallMany(this, chunks, dim);

    /// <summary>Cuts a dimension into parts of a length; the last may be shorter.</summary>
    /// <param name="size">The length of a part.</param>
    /// <param name="dim">The dimension; negative counts from the last.</param>
    /// <returns>Views of the same memory.</returns>
    public Tensor[] Split(long size, long dim = 0) => Ops.Split.CallMany(this, size, dim);

    /// <summary>Cuts a dimension into parts of given lengths.</summary>
    /// <param name="sizes">The lengths; they sum up to the dimension's.</param>
    /// <param name="dim">The dimension; negative counts from the last.</param>
    /// <returns>Views of the same memory.</returns>
    public Tensor[] Split(long[] sizes, long dim = 0) => Ops.SplitSizes.CallMany(this, sizes, dim);

    /// <summary>Turns dimensions round.</summary>
    /// <param name="dims">Which.</param>
    /// <returns>The result.</returns>
    public Tensor Flip(params long[] dims) => Ops.Flip.Call(this, dims);
}
