namespace Sinew.Inference;

/// <summary>What one run of a model gave: one tensor per output, in the library's memory until it is disposed.</summary>
public sealed unsafe class OnnxResult : IDisposable
{
    private readonly OnnxRuntime _runtime;
    private readonly OnnxModel _model;
    private readonly Output[] _outputs;
    private bool _disposed;

    internal OnnxResult(OnnxRuntime runtime, OnnxModel model, ReadOnlySpan<nint> values)
    {
        (_runtime, _model) = (runtime, model);
        _outputs = new Output[values.Length];
        for (var i = 0; i < values.Length; i++) _outputs[i].Value = values[i];
        try
        {
            for (var i = 0; i < values.Length; i++) Describe(i);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>How many outputs there are.</summary>
    public int Count => _outputs.Length;

    /// <summary>The shape of an output, every axis known.</summary>
    /// <param name="output">Its place among the model's outputs.</param>
    public ReadOnlySpan<long> ShapeOf(int output) => _outputs[output].Shape;

    /// <summary>The elements of an output, read in place: valid until this object is disposed.</summary>
    /// <typeparam name="T">The elements' type; must be the output's own.</typeparam>
    /// <param name="output">Its place among the model's outputs.</param>
    /// <exception cref="SinewException">The output has other elements.</exception>
    /// <exception cref="ObjectDisposedException">The result is disposed.</exception>
    public ReadOnlySpan<T> Read<T>(int output)
        where T : unmanaged
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ref var o = ref _outputs[output];
        if (o.Type != OnnxElementTypes.Of<T>())
        {
            throw new SinewException($"{_model.Name}: output '{_model.Outputs[output].Name}' holds {o.Type} elements, not {typeof(T).Name}");
        }

        return new ReadOnlySpan<T>(o.Data, o.Count);
    }

    /// <summary>Gives the outputs' memory back to the library; spans that were read from it are invalid from then on.</summary>
    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        foreach (ref var o in _outputs.AsSpan())
        {
            if (o.Value != 0) _runtime.Api.ReleaseValue(o.Value);
            o.Value = 0;
        }
    }

    private void Describe(int output)
    {
        ref var o = ref _outputs[output];
        var api = _runtime.Api;
        nint info;
        _runtime.Check(api.GetTensorTypeAndShape(o.Value, &info), _model.Name);
        try
        {
            int type;
            nuint axes;
            _runtime.Check(api.GetTensorElementType(info, &type), _model.Name);
            _runtime.Check(api.GetDimensionsCount(info, &axes), _model.Name);
            o.Type = (OnnxElementType)type;
            o.Shape = new long[axes];
            fixed (long* shape = o.Shape) _runtime.Check(api.GetDimensions(info, shape, axes), _model.Name);
        }
        finally
        {
            api.ReleaseTensorTypeAndShapeInfo(info);
        }

        var count = (Int128)1;
        foreach (var axis in o.Shape) count = Int128.Min(count * axis, Int128.MaxValue >> 64);
        if (count > int.MaxValue) throw new SinewException($"{_model.Name}: output '{_model.Outputs[output].Name}' has {count} elements, more than can be read; run fewer at a time");
        o.Count = (int)count;
        void* data;
        _runtime.Check(api.GetTensorMutableData(o.Value, &data), _model.Name);
        o.Data = data;
    }

    private struct Output
    {
        public nint Value;
        public void* Data;
        public int Count;
        public OnnxElementType Type;
        public long[] Shape;
    }
}
