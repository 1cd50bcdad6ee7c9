using System.Runtime.InteropServices;
using Sinew.Tensors.Distributed;

namespace Sinew.Tensors;

/// <summary>What a <see cref="NativeValue"/> holds; the numbers are those of native/tensors.</summary>
internal enum NativeKind
{
    None = 0,
    Tensor = 1,
    Double = 2,
    Long = 3,
    Bool = 4,
    LongList = 5,
    DoubleList = 6,
    BoolList = 7,
    TensorList = 8,
    OptionalTensorList = 9,
    Device = 10,
    String = 11,
    Default = 12,
}

/// <summary>One argument or result of a native call.</summary>
[StructLayout(LayoutKind.Explicit, Size = 16)]
internal unsafe struct NativeValue
{
    [FieldOffset(0)]
    public NativeKind Kind;

    [FieldOffset(4)]
    public int Length;

    [FieldOffset(8)]
    public long Integer;

    [FieldOffset(8)]
    public double Real;

    [FieldOffset(8)]
    public void* Pointer;
}

/// <summary>What a tensor is, in one call.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativeDescription
{
    public long Count;
    public int Rank;
    public int DType;
    public int DeviceType;
    public int DeviceIndex;
    public int Contiguous;
    public int RequiresGrad;
    public int ChannelsLast;
}

/// <summary>The C functions of native/tensors.</summary>
internal static unsafe partial class Native
{
    private const string Library = "sinew_tensors";

    /// <summary>Turns a failed call into an exception that says what was tried.</summary>
    public static void Check(int status, string what)
    {
        if (status < 0)
            throw Failure(what);
    }

    public static Exception Failure(string what) => Failure(what, LastError());

    /// <summary>The exception for what native/tensors said: an operator that was refused, or another process that is gone.</summary>
    public static Exception Failure(string what, string error) =>
        error.Contains(ProcessGroupException.Sign, StringComparison.Ordinal) ? ProcessGroupException.Of(error) : new TensorException($"{what}: {error}");

    public static string LastError()
    {
        string text = Marshal.PtrToStringUTF8((nint)sinew_last_error()) ?? string.Empty;
        // What follows the first line is where in libtorch's sources it happened.
        int end = text.IndexOf('\n', StringComparison.Ordinal);
        return (end < 0 ? text : text[..end]).TrimEnd();
    }

    [LibraryImport(Library)]
    private static partial byte* sinew_last_error();

    [LibraryImport(Library)]
    public static partial byte* sinew_version();

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint sinew_operator(string name, string overload);

    [LibraryImport(Library)]
    public static partial int sinew_call(nint operation, NativeValue* arguments, int count, NativeValue** results);

    [LibraryImport(Library)]
    public static partial void sinew_release(nint* handles, int count);

    [LibraryImport(Library)]
    [SuppressGCTransition]
    public static partial long sinew_live_handles();

    [LibraryImport(Library)]
    [SuppressGCTransition]
    public static partial void sinew_describe(nint handle, NativeDescription* description);

    [LibraryImport(Library)]
    [SuppressGCTransition]
    public static partial void sinew_sizes(nint handle, long* sizes, long* strides);

    [LibraryImport(Library)]
    public static partial void* sinew_data(nint handle);

    [LibraryImport(Library)]
    [SuppressGCTransition]
    public static partial int sinew_same(nint left, nint right);

    [LibraryImport(Library)]
    public static partial int sinew_set_requires_grad(nint handle, int value);

    [LibraryImport(Library)]
    public static partial int sinew_grad(nint handle, nint* gradient);

    [LibraryImport(Library)]
    public static partial int sinew_set_grad(nint handle, nint gradient);

    [LibraryImport(Library)]
    public static partial int sinew_backward(nint handle, nint gradient, int retainGraph);

    [LibraryImport(Library)]
    [SuppressGCTransition]
    public static partial int sinew_grad_enabled();

    [LibraryImport(Library)]
    [SuppressGCTransition]
    public static partial void sinew_set_grad_enabled(int enabled);

    [LibraryImport(Library)]
    public static partial int sinew_autocast(int deviceType);

    [LibraryImport(Library)]
    public static partial int sinew_set_autocast(int deviceType, int enabled);

    [LibraryImport(Library)]
    public static partial int sinew_manual_seed(long seed);

    [LibraryImport(Library)]
    public static partial int sinew_random_state(int deviceType, int deviceIndex, nint* state);

    [LibraryImport(Library)]
    public static partial int sinew_set_random_state(int deviceType, int deviceIndex, nint state);

    [LibraryImport(Library)]
    public static partial int sinew_threads();

    [LibraryImport(Library)]
    public static partial int sinew_set_threads(int threads);

    [LibraryImport(Library)]
    public static partial int sinew_interop_threads();

    [LibraryImport(Library)]
    public static partial int sinew_set_interop_threads(int threads);

    [LibraryImport(Library)]
    public static partial int sinew_cuda_available();

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint sinew_store_open(string host, int port, int isServer, string prefix, long timeoutMilliseconds);

    [LibraryImport(Library)]
    public static partial int sinew_store_port(nint store);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial long sinew_store_add(nint store, string key, long amount);

    [LibraryImport(Library)]
    public static partial void sinew_store_close(nint store);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint sinew_group_join(nint store, int rank, int size, string network, string address, long timeoutMilliseconds);

    [LibraryImport(Library)]
    public static partial int sinew_group_all_reduce(nint group, nint tensor);

    [LibraryImport(Library)]
    public static partial int sinew_group_broadcast(nint group, nint tensor, int from);

    [LibraryImport(Library)]
    public static partial void sinew_group_close(nint group);
}
