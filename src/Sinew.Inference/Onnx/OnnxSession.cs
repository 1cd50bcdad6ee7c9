using System.Runtime.InteropServices;
using System.Text;

namespace Sinew.Inference;

/// <summary>A session of the library with the names of its inputs and outputs as C strings; released when nobody runs it any more.</summary>
internal sealed unsafe class OnnxSession : SafeHandle
{
    private readonly OnnxRuntime _runtime;
    private byte** _names;

    public OnnxSession(OnnxRuntime runtime, nint session)
        : base(0, ownsHandle: true)
    {
        _runtime = runtime;
        SetHandle(session);
    }

    public override bool IsInvalid => handle == 0;

    /// <summary>Names of the inputs, then of the outputs.</summary>
    public byte** Names => _names;

    /// <summary>Keeps the names as C strings for every run.</summary>
    public void SetNames(IReadOnlyList<string> names)
    {
        var bytes = names.Sum(n => Encoding.UTF8.GetByteCount(n) + 1);
        _names = (byte**)NativeMemory.AllocZeroed((nuint)((names.Count * sizeof(byte*)) + bytes));
        var next = (byte*)(_names + names.Count);
        for (var i = 0; i < names.Count; i++)
        {
            _names[i] = next;
            next += Encoding.UTF8.GetBytes(names[i], new Span<byte>(next, bytes)) + 1;
        }
    }

    protected override bool ReleaseHandle()
    {
        _runtime.Api.ReleaseSession(handle);
        NativeMemory.Free(_names);
        _names = null;
        return true;
    }
}
