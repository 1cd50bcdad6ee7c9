using System.Text;

namespace Sinew.Inference;

/// <summary>
/// An ONNX model in a session of ONNX Runtime. Any number of threads may run one model at the same time; they share its
/// threads. Dispose it when the last run is done; a run that is still going on keeps it until it ends.
/// </summary>
public sealed unsafe class OnnxModel : IDisposable
{
    private readonly OnnxRuntime _runtime;
    private readonly OnnxSession _session;

    private OnnxModel(OnnxRuntime runtime, string name, OnnxOptions options, nint session)
    {
        (_runtime, Name, Options) = (runtime, name, options);
        _session = new OnnxSession(runtime, session);
        try
        {
            Inputs = ReadPorts(inputs: true);
            Outputs = ReadPorts(inputs: false);
            _session.SetNames([.. Inputs.Select(p => p.Name), .. Outputs.Select(p => p.Name)]);
            Metadata = ReadMetadata();
        }
        catch
        {
            _session.Dispose();
            throw;
        }
    }

    /// <summary>The model's name in messages: its file, or the name that it was given.</summary>
    public string Name { get; }

    /// <summary>How it is run.</summary>
    public OnnxOptions Options { get; }

    /// <summary>Its inputs.</summary>
    public IReadOnlyList<OnnxPort> Inputs { get; }

    /// <summary>Its outputs.</summary>
    public IReadOnlyList<OnnxPort> Outputs { get; }

    /// <summary>The custom entries of its metadata.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Loads a model from its file (and from the files beside it that hold its weights, where it says so).</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">How to run it; null for the CPU with all cores.</param>
    /// <exception cref="SinewException">The file is missing or no model, the provider cannot be had, or ONNX Runtime itself is missing.</exception>
    public static OnnxModel Load(string path, OnnxOptions? options = null)
    {
        if (!File.Exists(path)) throw new SinewException($"{path}: there is no such file");
        options ??= new OnnxOptions();
        var runtime = OnnxRuntime.Get();
        using var sessionOptions = new OnnxSessionOptions(runtime, options, path);
        nint session;
        byte[] name = [.. OperatingSystem.IsWindows() ? Encoding.Unicode.GetBytes(path) : Encoding.UTF8.GetBytes(path), 0, 0];
        fixed (byte* p = name) runtime.Check(runtime.Api.CreateSession(runtime.Env, p, sessionOptions.Handle, &session), path);
        return new OnnxModel(runtime, path, options, session);
    }

    /// <summary>Loads a model from memory. The bytes are not needed afterwards.</summary>
    /// <param name="bytes">An ONNX file's content.</param>
    /// <param name="name">The model's name in messages.</param>
    /// <param name="options">How to run it; null for the CPU with all cores.</param>
    /// <exception cref="SinewException">The bytes are no model, the provider cannot be had, or ONNX Runtime itself is missing.</exception>
    public static OnnxModel Load(ReadOnlySpan<byte> bytes, string name, OnnxOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (bytes.IsEmpty) throw new SinewException($"{name}: the model is empty");
        options ??= new OnnxOptions();
        var runtime = OnnxRuntime.Get();
        using var sessionOptions = new OnnxSessionOptions(runtime, options, name);
        nint session;
        fixed (byte* p = bytes)
        {
            runtime.Check(runtime.Api.CreateSessionFromArray(runtime.Env, p, (nuint)bytes.Length, sessionOptions.Handle, &session), name);
        }

        return new OnnxModel(runtime, name, options, session);
    }

    /// <summary>Runs the model on its one input. The buffer is read in place, not copied.</summary>
    /// <typeparam name="T">The input's element type: float, int, long, byte …</typeparam>
    /// <param name="input">The input's elements.</param>
    /// <param name="shape">The input's axes; their product is the number of elements.</param>
    /// <returns>All outputs; to be disposed.</returns>
    /// <exception cref="ArgumentException">The shape does not fit the number of elements.</exception>
    /// <exception cref="SinewException">The model has other inputs than this one, or failed.</exception>
    public OnnxResult Run<T>(ReadOnlySpan<T> input, ReadOnlySpan<long> shape)
        where T : unmanaged
    {
        var type = OnnxElementTypes.Of<T>();
        if (Inputs.Count != 1) throw new SinewException($"{Name}: has {Inputs.Count} inputs ({string.Join("; ", Inputs)}), not one");
        if (type != Inputs[0].ElementType) throw new SinewException($"{Name}: input '{Inputs[0].Name}' takes {Inputs[0].ElementType} elements, not {typeof(T).Name}");
        var count = 1L;
        foreach (var axis in shape) count = axis >= 0 ? checked(count * axis) : throw new ArgumentException("an axis is negative", nameof(shape));
        if (count != input.Length) throw new ArgumentException($"the shape asks for {count} elements, there are {input.Length}", nameof(shape));

        var api = _runtime.Api;
        Span<nint> outputs = Outputs.Count <= 16 ? stackalloc nint[16] : new nint[Outputs.Count];
        outputs = outputs[..Outputs.Count];
        outputs.Clear();
        var held = false;
        nint value = 0;
        try
        {
            _session.DangerousAddRef(ref held);
            fixed (T* data = input)
            fixed (long* axes = shape)
            fixed (nint* results = outputs)
            {
                _runtime.Check(
                    api.CreateTensorWithData(
                        _runtime.CpuMemory, data, (nuint)input.Length * (nuint)sizeof(T), axes, (nuint)shape.Length, (int)type, &value), Name);
                var names = _session.Names;
                _runtime.Check(
                    api.Run(_session.DangerousGetHandle(), 0, names, &value, 1, names + 1, (nuint)Outputs.Count, results), Name);
            }
        }
        finally
        {
            if (value != 0) api.ReleaseValue(value);
            if (held) _session.DangerousRelease();
        }

        return new OnnxResult(_runtime, this, outputs);
    }

    /// <inheritdoc/>
    public void Dispose() => _session.Dispose();

    /// <inheritdoc/>
    public override string ToString() => $"{Name}: {string.Join("; ", Inputs)} -> {string.Join("; ", Outputs)}";

    private OnnxPort[] ReadPorts(bool inputs)
    {
        var api = _runtime.Api;
        var session = _session.DangerousGetHandle();
        nuint count;
        _runtime.Check(inputs ? api.SessionGetInputCount(session, &count) : api.SessionGetOutputCount(session, &count), Name);
        var ports = new OnnxPort[count];
        for (nuint i = 0; i < count; i++)
        {
            byte* utf8;
            _runtime.Check(
                inputs ? api.SessionGetInputName(session, i, _runtime.Allocator, &utf8)
                : api.SessionGetOutputName(session, i, _runtime.Allocator, &utf8), Name);
            var name = Take(utf8);
            nint info;
            _runtime.Check(inputs ? api.SessionGetInputTypeInfo(session, i, &info) : api.SessionGetOutputTypeInfo(session, i, &info), Name);
            try
            {
                ports[i] = ReadPort(name, info);
            }
            finally
            {
                api.ReleaseTypeInfo(info);
            }
        }

        return ports;
    }

    private OnnxPort ReadPort(string name, nint info)
    {
        var api = _runtime.Api;
        nint tensor;
        _runtime.Check(api.CastTypeInfoToTensorInfo(info, &tensor), Name);
        if (tensor == 0) return new OnnxPort(name, OnnxElementType.Undefined, []);
        int type;
        nuint axes;
        _runtime.Check(api.GetTensorElementType(tensor, &type), Name);
        _runtime.Check(api.GetDimensionsCount(tensor, &axes), Name);
        var shape = new long[axes];
        fixed (long* p = shape) _runtime.Check(api.GetDimensions(tensor, p, axes), Name);
        return new OnnxPort(name, (OnnxElementType)type, shape);
    }

    private Dictionary<string, string> ReadMetadata()
    {
        var api = _runtime.Api;
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        nint metadata;
        _runtime.Check(api.SessionGetModelMetadata(_session.DangerousGetHandle(), &metadata), Name);
        try
        {
            byte** keys;
            long count;
            _runtime.Check(api.MetadataKeys(metadata, _runtime.Allocator, &keys, &count), Name);
            for (var i = 0L; i < count; i++)
            {
                byte* value;
                _runtime.Check(api.MetadataLookup(metadata, _runtime.Allocator, keys[i], &value), Name);
                found[Take(keys[i])] = value is null ? "" : Take(value);
            }

            if (count > 0) _runtime.Check(api.AllocatorFree(_runtime.Allocator, keys), Name);
        }
        finally
        {
            api.ReleaseModelMetadata(metadata);
        }

        return found;
    }

    /// <summary>The text of a C string that the library allocated, which is given back.</summary>
    private string Take(byte* utf8)
    {
        var text = OnnxRuntime.Text(utf8);
        _runtime.Check(_runtime.Api.AllocatorFree(_runtime.Allocator, utf8), Name);
        return text;
    }
}
