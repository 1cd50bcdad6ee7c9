using System.Runtime.InteropServices;

namespace Sinew.Inference;

/// <summary>The library's session options, made from <see cref="OnnxOptions"/>.</summary>
internal sealed unsafe class OnnxSessionOptions : IDisposable
{
    private const string Suffix = "ExecutionProvider";
    private readonly OnnxRuntime _runtime;

    public OnnxSessionOptions(OnnxRuntime runtime, OnnxOptions options, string model)
    {
        _runtime = runtime;
        nint handle;
        runtime.Check(runtime.Api.CreateSessionOptions(&handle), model);
        Handle = handle;
        try
        {
            if (options.Threads < 0) throw new SinewException($"{model}: {options.Threads} threads; give 1 or more, or 0 for all cores");
            runtime.Check(runtime.Api.SetIntraOpNumThreads(handle, options.Threads), model);
            if (!options.Spin) Configure("session.intra_op.allow_spinning"u8, "0"u8, model);
            Append(options, model);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public nint Handle { get; private set; }

    public void Dispose()
    {
        if (Handle != 0) _runtime.Api.ReleaseSessionOptions(Handle);
        Handle = 0;
    }

    private void Configure(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, string model)
    {
        fixed (byte* k = key, v = value) _runtime.Check(_runtime.Api.AddSessionConfigEntry(Handle, k, v), model);
    }

    private void Append(OnnxOptions options, string model)
    {
        var known = _runtime.Providers.FirstOrDefault(p =>
            p.Equals(options.Provider, StringComparison.OrdinalIgnoreCase) || p.Equals(options.Provider + Suffix, StringComparison.OrdinalIgnoreCase));
        if (known is null)
        {
            var names = _runtime.Providers.Select(p => p.EndsWith(Suffix, StringComparison.Ordinal) ? p[..^Suffix.Length].ToLowerInvariant() : p);
            throw new SinewException(
                $"{model}: ONNX Runtime {_runtime.Version} ({_runtime.Path}) has no execution provider '{options.Provider}'; it has {string.Join(", ", names)}");
        }

        var what = $"{model}: execution provider '{options.Provider}'";
        if (known == "CPUExecutionProvider")
        {
            if (options.ProviderOptions.Count > 0) throw new SinewException($"{what} has no settings; leave '{options.ProviderOptions.Keys.First()}' out");
            return;
        }

        using var keys = new CStrings(options.ProviderOptions.Keys);
        using var values = new CStrings(options.ProviderOptions.Values);
        var api = _runtime.Api;
        switch (known)
        {
            case "CUDAExecutionProvider":
                Append(what, keys, values, api.CreateCudaOptions, api.UpdateCudaOptions, api.AppendCuda, api.ReleaseCudaOptions);
                break;
            case "TensorrtExecutionProvider":
                Append(what, keys, values, api.CreateTensorRtOptions, api.UpdateTensorRtOptions, api.AppendTensorRt, api.ReleaseTensorRtOptions);
                break;
            default:
                // The generic call wants the bare name, and XNNPACK's in capitals.
                var bare = known[..^Suffix.Length];
                using (var name = new CStrings([bare == "Xnnpack" ? "XNNPACK" : bare]))
                {
                    _runtime.Check(api.AppendProvider(Handle, name.Pointers[0], keys.Pointers, values.Pointers, (nuint)keys.Count), what);
                }

                break;
        }
    }

    /// <summary>Adds a provider whose settings are an object of their own.</summary>
    private void Append(
        string what,
        CStrings keys,
        CStrings values,
        delegate* unmanaged<nint*, nint> create,
        delegate* unmanaged<nint, byte**, byte**, nuint, nint> update,
        delegate* unmanaged<nint, nint, nint> append,
        delegate* unmanaged<nint, void> release)
    {
        nint made;
        _runtime.Check(create(&made), what);
        try
        {
            if (keys.Count > 0) _runtime.Check(update(made, keys.Pointers, values.Pointers, (nuint)keys.Count), what);
            _runtime.Check(append(Handle, made), what);
        }
        catch (SinewException e)
        {
            // the library's own text begins with places in its source
            var why = e.Message[(e.Message.LastIndexOf(" : ", StringComparison.Ordinal) is >= 0 and var at ? at + 3 : 0)..];
            throw new SinewException($"{what} cannot be used: {why}; install what it needs, or take the cpu", e);
        }
        finally
        {
            release(made);
        }
    }

    /// <summary>Texts as an array of C strings.</summary>
    private sealed class CStrings : IDisposable
    {
        public CStrings(IEnumerable<string> texts)
        {
            var pointers = texts.Select(Marshal.StringToCoTaskMemUTF8).ToArray();
            Count = pointers.Length;
            Pointers = (byte**)NativeMemory.Alloc((nuint)(Math.Max(1, Count) * sizeof(byte*)));
            for (var i = 0; i < Count; i++) Pointers[i] = (byte*)pointers[i];
        }

        public int Count { get; }

        public byte** Pointers { get; }

        public void Dispose()
        {
            for (var i = 0; i < Count; i++) Marshal.FreeCoTaskMem((nint)Pointers[i]);
            NativeMemory.Free(Pointers);
        }
    }
}
