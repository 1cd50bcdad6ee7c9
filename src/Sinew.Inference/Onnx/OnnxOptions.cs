namespace Sinew.Inference;

/// <summary>How a model is run.</summary>
public sealed record OnnxOptions
{
    /// <summary>Threads that share the work of one operator; 0 takes as many as there are physical cores.</summary>
    public int Threads { get; init; }

    /// <summary>
    /// Execution provider by name: <c>cpu</c>, <c>cuda</c>, <c>tensorrt</c>, <c>coreml</c>, <c>xnnpack</c>, <c>openvino</c> or another
    /// that the library was built with. One that cannot be had is an error; nothing falls back to another provider by itself.
    /// </summary>
    public string Provider { get; init; } = "cpu";

    /// <summary>The provider's own settings, such as <c>device_id</c> of <c>cuda</c>.</summary>
    public IReadOnlyDictionary<string, string> ProviderOptions { get; init; } = new Dictionary<string, string>();

    /// <summary>
    /// True lets idle threads of the model wait by spinning, the library's default: fastest for a model that runs all the time.
    /// False lets them sleep at once: better where other work, such as training, shares the cores.
    /// </summary>
    public bool Spin { get; init; } = true;
}
