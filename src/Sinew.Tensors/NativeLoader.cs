using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Sinew.Tensors;

/// <summary>Finds native/tensors' library, and gives libtorch a fast BLAS before it looks for one.</summary>
internal static partial class NativeLoader
{
    private const string FileName = "libsinew_tensors.so";
    private const int Lazy = 0x1;
    private const int Global = 0x100;

    private static readonly Lazy<nint> Loaded = new(Load, LazyThreadSafetyMode.ExecutionAndPublication);

    /// <summary>What was found for linear algebra; empty before the library is loaded.</summary>
    public static string BlasLibrary { get; private set; } = string.Empty;

    // Some of the functions are bound before a static constructor of their class would run.
#pragma warning disable CA2255
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void Install() => NativeLibrary.SetDllImportResolver(
        typeof(NativeLoader).Assembly,
        static (name, _, _) => name == "sinew_tensors" ? Loaded.Value : 0);

    private static nint Load()
    {
        string path = Find();
        BlasLibrary = LoadBlas();
        try
        {
            return NativeLibrary.Load(path);
        }
        catch (DllNotFoundException e)
        {
            // The runtime's own advice, then the loader's reason.
            string reason = e.Message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)[^1];
            throw new SinewException(
                $"{path} cannot be loaded: {reason}; install libtorch, or run eng/build-native.sh again with the SINEW_LIBTORCH it is to use", e);
        }
    }

    private static string Find()
    {
        if (Environment.GetEnvironmentVariable("SINEW_NATIVE") is { Length: > 0 } folder)
        {
            string given = Path.Combine(folder, FileName);
            return File.Exists(given) ? given : throw new SinewException($"SINEW_NATIVE={folder} holds no {FileName}: build it with eng/build-native.sh, or unset the variable");
        }

        string beside = Path.Combine(AppContext.BaseDirectory, FileName);
        if (File.Exists(beside))
            return beside;
        for (DirectoryInfo? up = new(AppContext.BaseDirectory); up is not null; up = up.Parent)
        {
            string built = Path.Combine(up.FullName, ".sinew", "native", FileName);
            if (File.Exists(built))
                return built;
        }

        throw new SinewException($"{FileName} was not found beside the program nor in a checkout's .sinew/native: run eng/build-native.sh, or set SINEW_NATIVE to its folder");
    }

    /// <summary>
    /// The reference BLAS trains at 0.6 of OpenBLAS's speed, and OpenBLAS's pthread build fights libtorch's OpenMP threads. A
    /// library of the same name that is in the process already is the one that libtorch binds to.
    /// </summary>
    private static string LoadBlas()
    {
        // It names a processor for OpenBLAS to take this one for; only a harm where it is set for other machines.
        if (Unset("OPENBLAS_CORETYPE") != 0)
            return "the system's own (the environment could not be changed)";
        string triplet = RuntimeInformation.ProcessArchitecture switch
        {
            Architecture.X64 => "x86_64-linux-gnu",
            Architecture.Arm64 => "aarch64-linux-gnu",
            _ => string.Empty,
        };
        string found = string.Empty;
        foreach (string name in (ReadOnlySpan<string>)["libblas.so.3", "liblapack.so.3"])
        {
            string path = $"/usr/lib/{triplet}/openblas-openmp/{name}";
            if (File.Exists(path) && Open(path, Lazy | Global) != 0 && found.Length == 0)
                found = path;
        }

        return found.Length > 0 ? found : "the system's own (no OpenBLAS with OpenMP found; install libopenblas0-openmp)";
    }

    [LibraryImport("libc", EntryPoint = "dlopen", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "unsetenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Unset(string name);
}
