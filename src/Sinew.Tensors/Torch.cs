using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace Sinew.Tensors;

/// <summary>What concerns libtorch as a whole: gradients on or off, random numbers, threads, and operators by name.</summary>
public static unsafe class Torch
{
    private static readonly ConcurrentDictionary<(string Name, string Overload), Operator> Operators = new();

    /// <summary>Whether operators on this thread record what backward needs.</summary>
    public static bool GradEnabled
    {
        get => Native.sinew_grad_enabled() != 0;
        set => Native.sinew_set_grad_enabled(value ? 1 : 0);
    }

    /// <summary>
    /// How many threads one operator may use. libtorch may start with one, and a thread that has not asked takes what the last
    /// one set: set it once, at the start, on the thread that trains.
    /// </summary>
    public static int Threads
    {
        get => Native.sinew_threads();
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            Native.Check(Native.sinew_set_threads(value), "threads");
        }
    }

    /// <summary>How many threads libtorch keeps for running whole operators beside each other. It can be set once, before it is used.</summary>
    /// <exception cref="TensorException">Set for a second time, or too late.</exception>
    public static int InteropThreads
    {
        get => Native.sinew_interop_threads();
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            Native.Check(Native.sinew_set_interop_threads(value), "interop threads");
        }
    }

    /// <summary>How many tensors have a handle here, whether in a scope or not.</summary>
    public static long LiveTensors => Native.sinew_live_handles();

    /// <summary>Whether this libtorch has CUDA and the machine a device for it.</summary>
    public static bool CudaAvailable => Native.sinew_cuda_available() != 0;

    /// <summary>libtorch's version.</summary>
    public static string Version => Marshal.PtrToStringUTF8((nint)Native.sinew_version())!;

    /// <summary>The file that linear algebra comes from, or a sentence that says why it is the system's own.</summary>
    public static string BlasLibrary
    {
        get
        {
            _ = Native.sinew_live_handles();
            return NativeLoader.BlasLibrary;
        }
    }

    /// <summary>Turns recording off on this thread until the result is disposed of.</summary>
    /// <returns>What turns it back to what it was.</returns>
    public static IDisposable NoGrad()
    {
        var mode = new GradMode(GradEnabled);
        GradEnabled = false;
        return mode;
    }

    /// <summary>Turns recording on on this thread until the result is disposed of.</summary>
    /// <returns>What turns it back to what it was.</returns>
    public static IDisposable EnableGrad()
    {
        var mode = new GradMode(GradEnabled);
        GradEnabled = true;
        return mode;
    }

    /// <summary>
    /// Lets convolutions and matrix products on this thread compute in a smaller element type until the result is disposed of:
    /// bfloat16 on the processor, half precision on CUDA. Parameters and their gradients stay as they are. Wrap the forward pass
    /// and the loss, not backward. (PyTorch's autocast.)
    /// </summary>
    /// <param name="device">Where the operators run; the processor where none is given.</param>
    /// <returns>What turns it back to what it was.</returns>
    public static IDisposable Autocast(Device? device = null)
    {
        int type = (device ?? Device.Cpu).TypeNumber;
        var mode = new AutocastMode(type, Native.sinew_autocast(type) != 0);
        Native.Check(Native.sinew_set_autocast(type, 1), "autocast");
        return mode;
    }

    /// <summary>Starts the random numbers of every device anew.</summary>
    /// <param name="seed">Any number.</param>
    public static void ManualSeed(long seed) => Native.Check(Native.sinew_manual_seed(seed), "manual seed");

    /// <summary>The state of a device's random numbers, to be given back to <see cref="SetRandomState"/>.</summary>
    /// <param name="device">The device; the processor where none is given.</param>
    /// <returns>libtorch's own bytes.</returns>
    public static byte[] GetRandomState(Device? device = null)
    {
        device ??= Device.Cpu;
        nint handle;
        Native.Check(Native.sinew_random_state(device.TypeNumber, device.Index, &handle), "random state");
        using var state = new Tensor(handle);
        return state.ToArray<byte>();
    }

    /// <summary>Puts a device's random numbers back to where they were.</summary>
    /// <param name="state">What <see cref="GetRandomState"/> gave.</param>
    /// <param name="device">The device; the processor where none is given.</param>
    /// <exception cref="TensorException">The bytes are no state of this libtorch.</exception>
    public static void SetRandomState(ReadOnlySpan<byte> state, Device? device = null)
    {
        device ??= Device.Cpu;
        using Tensor bytes = Tensor.FromArray(state);
        Native.Check(Native.sinew_set_random_state(device.TypeNumber, device.Index, bytes.Handle), "random state");
    }

    /// <summary>Finds any operator by name; the same one every time.</summary>
    /// <param name="name">For example "aten::add"; "aten::" may be left out.</param>
    /// <param name="overload">For example "Tensor"; empty for an operator with one form.</param>
    /// <returns>The operator.</returns>
    public static Operator Operator(string name, string overload = "") => Operators.GetOrAdd(
        (name, overload),
        static key => new Operator(key.Name.Contains("::", StringComparison.Ordinal) ? key.Name : "aten::" + key.Name, key.Overload));

    /// <summary>Calls any operator that returns one tensor.</summary>
    /// <param name="name">For example "add"; "aten::" may be left out.</param>
    /// <param name="overload">For example "Tensor"; empty for an operator with one form.</param>
    /// <param name="arguments">Arguments in the schema's order; trailing ones may be left out where they have defaults.</param>
    /// <returns>The result, which belongs to the innermost scope.</returns>
    /// <exception cref="TensorException">libtorch has no such operator, or refused.</exception>
    public static Tensor Call(string name, string overload, params ReadOnlySpan<Arg> arguments) =>
        Operator(name, overload).Call(arguments);

    /// <summary>Calls any operator that returns several tensors.</summary>
    /// <param name="name">For example "topk"; "aten::" may be left out.</param>
    /// <param name="overload">For example "Tensor"; empty for an operator with one form.</param>
    /// <param name="arguments">Arguments in the schema's order; trailing ones may be left out where they have defaults.</param>
    /// <returns>The results, which belong to the innermost scope.</returns>
    /// <exception cref="TensorException">libtorch has no such operator, or refused.</exception>
    public static Tensor[] CallMany(string name, string overload, params ReadOnlySpan<Arg> arguments) =>
        Operator(name, overload).CallMany(arguments);

    private sealed class AutocastMode(int deviceType, bool before) : IDisposable
    {
        public void Dispose() => Native.Check(Native.sinew_set_autocast(deviceType, before ? 1 : 0), "autocast");
    }

    private sealed class GradMode(bool before) : IDisposable
    {
        public void Dispose() => GradEnabled = before;
    }
}
