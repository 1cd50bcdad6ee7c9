using System.Runtime.InteropServices;

namespace Sinew.Inference;

/// <summary>ONNX Runtime's library, loaded once per process when first needed.</summary>
/// <remarks>
/// It is looked for in the file or folder that the environment variable <c>SINEW_ONNXRUNTIME</c> names (and then nowhere else);
/// beside the application and in its <c>runtimes/RID/native</c>, where packages put it; in <c>.sinew/onnxruntime</c> of the application's folder and of those above it; on the system.
/// </remarks>
public sealed unsafe class OnnxRuntime
{
    private const string Variable = "SINEW_ONNXRUNTIME";
    private const int LogFatalOnly = 4;
    private const int DeviceAllocator = 0;
    private const int DefaultMemory = 0;
    private static readonly Lazy<OnnxRuntime> Loaded = new(Load);

    private OnnxRuntime(OrtApi api, string version, string path)
    {
        (Api, Version, Path) = (api, version, path);
        nint env, memory, allocator;
        fixed (byte* name = "sinew"u8)
        {
            // Errors come back as statuses; the library's own copy of them on standard error would only double them.
            Check(api.CreateEnv(LogFatalOnly, name, &env), "ONNX Runtime");
        }

        Check(api.DisableTelemetryEvents(env), "ONNX Runtime");
        Check(api.CreateCpuMemoryInfo(DeviceAllocator, DefaultMemory, &memory), "ONNX Runtime");
        Check(api.GetAllocatorWithDefaultOptions(&allocator), "ONNX Runtime");
        (Env, CpuMemory, Allocator) = (env, memory, allocator);
        Providers = ReadProviders();
    }

    /// <summary>The library's version, such as <c>1.30.0</c>.</summary>
    public string Version { get; }

    /// <summary>Where the library was found; its bare name where the system's search found it.</summary>
    public string Path { get; }

    /// <summary>The execution providers that the library was built with, by ONNX Runtime's names (<c>CPUExecutionProvider</c>).</summary>
    public IReadOnlyList<string> Providers { get; }

    internal OrtApi Api { get; }

    internal nint Env { get; }

    internal nint CpuMemory { get; }

    internal nint Allocator { get; }

    /// <summary>The library, loaded at the first call.</summary>
    /// <exception cref="SinewException">It is not found, or too old.</exception>
    public static OnnxRuntime Get() => Loaded.Value;

    /// <summary>Throws where a status is an error, and releases it.</summary>
    internal void Check(nint status, string what)
    {
        if (status == 0) return;
        var message = Text(Api.GetErrorMessage(status)).ReplaceLineEndings(" ").Trim();
        Api.ReleaseStatus(status);
        throw new SinewException($"{what}: {message}");
    }

    internal static string Text(byte* utf8) => Marshal.PtrToStringUTF8((nint)utf8) ?? "";

    /// <summary>Where the library may lie, in order; only what <c>SINEW_ONNXRUNTIME</c> names where that is set.</summary>
    internal static IEnumerable<string> Candidates(string? named, string baseDirectory)
    {
        var names = FileNames();
        if (!string.IsNullOrEmpty(named))
        {
            return Directory.Exists(named) ? names.Select(n => System.IO.Path.Combine(named, n)) : [named];
        }

        var folders = new List<string> { baseDirectory, System.IO.Path.Combine(baseDirectory, "runtimes", PortableRid(), "native") };
        for (var folder = new DirectoryInfo(baseDirectory); folder is not null; folder = folder.Parent)
        {
            folders.Add(System.IO.Path.Combine(folder.FullName, ".sinew", "onnxruntime"));
        }

        return folders.SelectMany(folder => names.Select(n => System.IO.Path.Combine(folder, n)));
    }

    /// <summary>True for version texts (<c>1.30.0</c>) of releases that have the table that is asked for.</summary>
    internal static bool IsNewEnough(string version)
    {
        var parts = version.Split('.', '-', '+');
        return parts.Length >= 2 && int.TryParse(parts[0], out var major) && int.TryParse(parts[1], out var minor)
            && (major > 1 || (major == 1 && minor >= (int)OrtApi.Version));
    }

    private static string PortableRid() =>
        (OperatingSystem.IsWindows() ? "win-" : OperatingSystem.IsMacOS() ? "osx-" : "linux-") + RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant();

    private static string[] FileNames() =>
        OperatingSystem.IsWindows() ? ["onnxruntime.dll"]
        : OperatingSystem.IsMacOS() ? ["libonnxruntime.1.dylib", "libonnxruntime.dylib"]
        : ["libonnxruntime.so.1", "libonnxruntime.so"];

    private static OnnxRuntime Load()
    {
        var named = Environment.GetEnvironmentVariable(Variable);
        foreach (var path in Candidates(named, AppContext.BaseDirectory))
        {
            if (File.Exists(path)) return Open(LoadFile(path), path);
        }

        if (!string.IsNullOrEmpty(named))
        {
            throw new SinewException($"{Variable} is '{named}', where ONNX Runtime's library ({FileNames()[0]}) is not; correct or unset it");
        }

        foreach (var name in FileNames())
        {
            if (NativeLibrary.TryLoad(name, out var handle)) return Open(handle, name);
        }

        throw new SinewException(
            $"ONNX Runtime's library ({FileNames()[0]}) was not found; run eng/get-onnxruntime.sh of the checkout, or set {Variable} to its file");
    }

    private static nint LoadFile(string path)
    {
        try
        {
            return NativeLibrary.Load(path);
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
        {
            // The runtime's own advice, then the loader's reason.
            throw Unloadable(path, e.Message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)[^1]);
        }
    }

    private static SinewException Unloadable(string path, string reason) =>
        new($"{path}: cannot be loaded as ONNX Runtime's library on this machine ({RuntimeInformation.RuntimeIdentifier}): {reason}");

    private static OnnxRuntime Open(nint library, string path)
    {
        if (!NativeLibrary.TryGetExport(library, "OrtGetApiBase", out var export)) throw Unloadable(path, "it has no OrtGetApiBase");

        // OrtApiBase: GetApi(version), then GetVersionString().
        var functions = ((delegate* unmanaged<void**>)export)();
        var version = Text(((delegate* unmanaged<byte*>)functions[1])());
        var table = IsNewEnough(version) ? ((delegate* unmanaged<uint, void**>)functions[0])(OrtApi.Version) : null;
        return table is not null
            ? new OnnxRuntime(new OrtApi(table), version, path)
            : throw new SinewException(
                $"{path}: ONNX Runtime {version} is too old, 1.{OrtApi.Version} or later is needed; set {Variable} to a newer one");
    }

    private string[] ReadProviders()
    {
        byte** names;
        int count;
        Check(Api.GetAvailableProviders(&names, &count), "ONNX Runtime");
        var providers = new string[count];
        for (var i = 0; i < count; i++) providers[i] = Text(names[i]);
        Check(Api.ReleaseAvailableProviders(names, count), "ONNX Runtime");
        return providers;
    }
}
