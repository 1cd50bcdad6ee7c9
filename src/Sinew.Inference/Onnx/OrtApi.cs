namespace Sinew.Inference;

/// <summary>
/// ONNX Runtime's C functions. The table is append-only: a function keeps its place in every later version
/// (<c>onnxruntime_c_api.h</c>, struct <c>OrtApi</c>), so the places below hold for version <see cref="Version"/> and all later ones.
/// </summary>
/// <remarks>All functions that return <see cref="nint"/> return a status: 0 for success, else an object to read and release.</remarks>
internal readonly unsafe struct OrtApi(void** table)
{
    /// <summary>The version of the table that is asked for; the first release with it is 1.14.</summary>
    public const uint Version = 14;

    public delegate* unmanaged<nint, byte*> GetErrorMessage => (delegate* unmanaged<nint, byte*>)table[2];

    public delegate* unmanaged<int, byte*, nint*, nint> CreateEnv => (delegate* unmanaged<int, byte*, nint*, nint>)table[3];

    public delegate* unmanaged<nint, nint> DisableTelemetryEvents => (delegate* unmanaged<nint, nint>)table[6];

    public delegate* unmanaged<nint, void*, nint, nint*, nint> CreateSession => (delegate* unmanaged<nint, void*, nint, nint*, nint>)table[7];

    public delegate* unmanaged<nint, void*, nuint, nint, nint*, nint> CreateSessionFromArray =>
        (delegate* unmanaged<nint, void*, nuint, nint, nint*, nint>)table[8];

    public delegate* unmanaged<nint, nint, byte**, nint*, nuint, byte**, nuint, nint*, nint> Run =>
        (delegate* unmanaged<nint, nint, byte**, nint*, nuint, byte**, nuint, nint*, nint>)table[9];

    public delegate* unmanaged<nint*, nint> CreateSessionOptions => (delegate* unmanaged<nint*, nint>)table[10];

    public delegate* unmanaged<nint, int, nint> SetIntraOpNumThreads => (delegate* unmanaged<nint, int, nint>)table[24];

    public delegate* unmanaged<nint, nuint*, nint> SessionGetInputCount => (delegate* unmanaged<nint, nuint*, nint>)table[30];

    public delegate* unmanaged<nint, nuint*, nint> SessionGetOutputCount => (delegate* unmanaged<nint, nuint*, nint>)table[31];

    public delegate* unmanaged<nint, nuint, nint*, nint> SessionGetInputTypeInfo => (delegate* unmanaged<nint, nuint, nint*, nint>)table[33];

    public delegate* unmanaged<nint, nuint, nint*, nint> SessionGetOutputTypeInfo => (delegate* unmanaged<nint, nuint, nint*, nint>)table[34];

    public delegate* unmanaged<nint, nuint, nint, byte**, nint> SessionGetInputName =>
        (delegate* unmanaged<nint, nuint, nint, byte**, nint>)table[36];

    public delegate* unmanaged<nint, nuint, nint, byte**, nint> SessionGetOutputName =>
        (delegate* unmanaged<nint, nuint, nint, byte**, nint>)table[37];

    public delegate* unmanaged<nint, void*, nuint, long*, nuint, int, nint*, nint> CreateTensorWithData =>
        (delegate* unmanaged<nint, void*, nuint, long*, nuint, int, nint*, nint>)table[49];

    public delegate* unmanaged<nint, void**, nint> GetTensorMutableData => (delegate* unmanaged<nint, void**, nint>)table[51];

    public delegate* unmanaged<nint, nint*, nint> CastTypeInfoToTensorInfo => (delegate* unmanaged<nint, nint*, nint>)table[55];

    public delegate* unmanaged<nint, int*, nint> GetTensorElementType => (delegate* unmanaged<nint, int*, nint>)table[60];

    public delegate* unmanaged<nint, nuint*, nint> GetDimensionsCount => (delegate* unmanaged<nint, nuint*, nint>)table[61];

    public delegate* unmanaged<nint, long*, nuint, nint> GetDimensions => (delegate* unmanaged<nint, long*, nuint, nint>)table[62];

    public delegate* unmanaged<nint, nint*, nint> GetTensorTypeAndShape => (delegate* unmanaged<nint, nint*, nint>)table[65];

    public delegate* unmanaged<int, int, nint*, nint> CreateCpuMemoryInfo => (delegate* unmanaged<int, int, nint*, nint>)table[69];

    public delegate* unmanaged<nint, void*, nint> AllocatorFree => (delegate* unmanaged<nint, void*, nint>)table[76];

    public delegate* unmanaged<nint*, nint> GetAllocatorWithDefaultOptions => (delegate* unmanaged<nint*, nint>)table[78];

    public delegate* unmanaged<nint, void> ReleaseStatus => (delegate* unmanaged<nint, void>)table[93];

    public delegate* unmanaged<nint, void> ReleaseSession => (delegate* unmanaged<nint, void>)table[95];

    public delegate* unmanaged<nint, void> ReleaseValue => (delegate* unmanaged<nint, void>)table[96];

    public delegate* unmanaged<nint, void> ReleaseTypeInfo => (delegate* unmanaged<nint, void>)table[98];

    public delegate* unmanaged<nint, void> ReleaseTensorTypeAndShapeInfo => (delegate* unmanaged<nint, void>)table[99];

    public delegate* unmanaged<nint, void> ReleaseSessionOptions => (delegate* unmanaged<nint, void>)table[100];

    public delegate* unmanaged<nint, nint*, nint> SessionGetModelMetadata => (delegate* unmanaged<nint, nint*, nint>)table[111];

    public delegate* unmanaged<nint, nint, byte*, byte**, nint> MetadataLookup => (delegate* unmanaged<nint, nint, byte*, byte**, nint>)table[116];

    public delegate* unmanaged<nint, void> ReleaseModelMetadata => (delegate* unmanaged<nint, void>)table[118];

    public delegate* unmanaged<nint, nint, byte***, long*, nint> MetadataKeys => (delegate* unmanaged<nint, nint, byte***, long*, nint>)table[123];

    public delegate* unmanaged<byte***, int*, nint> GetAvailableProviders => (delegate* unmanaged<byte***, int*, nint>)table[125];

    public delegate* unmanaged<byte**, int, nint> ReleaseAvailableProviders => (delegate* unmanaged<byte**, int, nint>)table[126];

    public delegate* unmanaged<nint, byte*, byte*, nint> AddSessionConfigEntry => (delegate* unmanaged<nint, byte*, byte*, nint>)table[130];

    public delegate* unmanaged<nint, nint, nint> AppendTensorRt => (delegate* unmanaged<nint, nint, nint>)table[170];

    public delegate* unmanaged<nint*, nint> CreateTensorRtOptions => (delegate* unmanaged<nint*, nint>)table[171];

    public delegate* unmanaged<nint, byte**, byte**, nuint, nint> UpdateTensorRtOptions =>
        (delegate* unmanaged<nint, byte**, byte**, nuint, nint>)table[172];

    public delegate* unmanaged<nint, void> ReleaseTensorRtOptions => (delegate* unmanaged<nint, void>)table[174];

    public delegate* unmanaged<nint, nint, nint> AppendCuda => (delegate* unmanaged<nint, nint, nint>)table[204];

    public delegate* unmanaged<nint*, nint> CreateCudaOptions => (delegate* unmanaged<nint*, nint>)table[205];

    public delegate* unmanaged<nint, byte**, byte**, nuint, nint> UpdateCudaOptions =>
        (delegate* unmanaged<nint, byte**, byte**, nuint, nint>)table[206];

    public delegate* unmanaged<nint, void> ReleaseCudaOptions => (delegate* unmanaged<nint, void>)table[208];

    public delegate* unmanaged<nint, byte*, byte**, byte**, nuint, nint> AppendProvider =>
        (delegate* unmanaged<nint, byte*, byte**, byte**, nuint, nint>)table[216];
}
