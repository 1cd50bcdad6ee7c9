using System.Runtime.CompilerServices;

namespace Sinew.Tensors;

/// <summary>
/// One operator of libtorch, found by name once. Keep it in a static field where the call is on a hot path; any operator that
/// libtorch registers can be called, with autograd.
/// </summary>
/// <param name="name">For example "aten::add".</param>
/// <param name="overload">For example "Tensor"; empty for an operator with one form.</param>
public sealed unsafe class Operator(string name, string overload = "")
{
    private const int StackScratch = 512;

    private nint _id;

    /// <summary>The operator's name, with its overload after a dot.</summary>
    public string Name { get; } = overload.Length == 0 ? name : $"{name}.{overload}";

    /// <summary>Calls the operator and returns its one tensor.</summary>
    /// <param name="arguments">Arguments in the schema's order; trailing ones may be left out where they have defaults.</param>
    /// <returns>The result, which belongs to the innermost scope.</returns>
    /// <exception cref="TensorException">libtorch refused.</exception>
    public Tensor Call(params ReadOnlySpan<Arg> arguments)
    {
        NativeValue* results;
        int count = Run(arguments, &results);
        if (count == 1 && results->Kind == NativeKind.Tensor && results->Pointer is not null)
            return new Tensor((nint)results->Pointer);
        throw Unexpected(results, count, "one tensor");
    }

    /// <summary>Calls the operator and returns all its tensors, a list among them flattened.</summary>
    /// <param name="arguments">Arguments in the schema's order; trailing ones may be left out where they have defaults.</param>
    /// <returns>The results, which belong to the innermost scope.</returns>
    /// <exception cref="TensorException">libtorch refused.</exception>
    public Tensor[] CallMany(params ReadOnlySpan<Arg> arguments)
    {
        NativeValue* results;
        int count = Run(arguments, &results);
        for (int i = 0; i < count; i++)
        {
            if (results[i].Kind != NativeKind.Tensor || results[i].Pointer is null)
                throw Unexpected(results, count, "tensors");
        }

        var tensors = new Tensor[count];
        for (int i = 0; i < count; i++)
            tensors[i] = new Tensor((nint)results[i].Pointer);
        return tensors;
    }

    /// <summary>Calls the operator and returns its one number; a truth value is 0 or 1.</summary>
    /// <param name="arguments">Arguments in the schema's order; trailing ones may be left out where they have defaults.</param>
    /// <returns>The number.</returns>
    /// <exception cref="TensorException">libtorch refused.</exception>
    public double CallNumber(params ReadOnlySpan<Arg> arguments)
    {
        NativeValue* results;
        int count = Run(arguments, &results);
        if (count == 1 && results->Kind == NativeKind.Double)
            return results->Real;
        if (count == 1 && results->Kind is NativeKind.Long or NativeKind.Bool)
            return results->Integer;
        throw Unexpected(results, count, "a number");
    }

    /// <summary>Calls the operator for its effect, and drops what it returns.</summary>
    /// <param name="arguments">Arguments in the schema's order; trailing ones may be left out where they have defaults.</param>
    /// <exception cref="TensorException">libtorch refused.</exception>
    public void Do(params ReadOnlySpan<Arg> arguments)
    {
        NativeValue* results;
        int count = Run(arguments, &results);
        Release(results, count);
    }

    /// <summary>The operator's full name.</summary>
    /// <returns><see cref="Name"/>.</returns>
    public override string ToString() => Name;

    private static void Release(NativeValue* results, int count)
    {
        for (int i = 0; i < count; i++)
        {
            if (results[i].Kind == NativeKind.Tensor)
            {
                nint handle = (nint)results[i].Pointer;
                Native.sinew_release(&handle, 1);
            }
        }
    }

    [SkipLocalsInit]
    private int Run(ReadOnlySpan<Arg> arguments, NativeValue** results)
    {
        nint id = _id != 0 ? _id : Find();
        int bytes = 0;
        for (int i = 0; i < arguments.Length; i++)
        {
            if (arguments[i].Reference is not null)
                bytes += arguments[i].ScratchBytes();
        }

        NativeValue* values = stackalloc NativeValue[arguments.Length];
        int status;
        if (bytes <= StackScratch)
        {
            byte* scratch = stackalloc byte[StackScratch];
            status = Fill(id, arguments, values, scratch, results);
        }
        else
        {
            // Longs, so that the lists in it are aligned.
            long[] rented = System.Buffers.ArrayPool<long>.Shared.Rent(bytes / sizeof(long));
            fixed (long* scratch = rented)
                status = Fill(id, arguments, values, (byte*)scratch, results);
            System.Buffers.ArrayPool<long>.Shared.Return(rented);
        }

        if (status < 0)
            throw Refused(arguments);
        return status;
    }

    private static int Fill(nint id, ReadOnlySpan<Arg> arguments, NativeValue* values, byte* scratch, NativeValue** results)
    {
        for (int i = 0; i < arguments.Length; i++)
            scratch = arguments[i].Write(values + i, scratch);
        int status = Native.sinew_call(id, values, arguments.Length, results);
        // Only handles were passed: the tensors must outlive the call even where nobody else looks at them any more.
        for (int i = 0; i < arguments.Length; i++)
            GC.KeepAlive(arguments[i].Reference);
        return status;
    }

    private nint Find()
    {
        nint id = Native.sinew_operator(name, overload);
        if (id == 0)
            throw Native.Failure(Name);
        // Two threads may both look it up; they find the same operator.
        _id = id;
        return id;
    }

    private Exception Refused(ReadOnlySpan<Arg> arguments)
    {
        string error = Native.LastError();
        var described = new string[arguments.Length];
        for (int i = 0; i < arguments.Length; i++)
            described[i] = arguments[i].Describe();
        return Native.Failure($"{Name}({string.Join(", ", described)})", error);
    }

    private TensorException Unexpected(NativeValue* results, int count, string wanted)
    {
        Release(results, count);
        return new TensorException($"{Name}: returned {count} values where {wanted} was expected");
    }
}
