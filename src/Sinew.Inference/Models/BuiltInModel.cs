namespace Sinew.Inference;

/// <summary>
/// The pose network that comes with the library: RTMPose-t at 192 × 256 for the 21 joints of COCO and MPII together, trained on generated
/// people alone, so that no photograph's licence hangs on it. What it can and cannot do stands in <c>models/body21-t.md</c>.
/// </summary>
public static class BuiltInModel
{
    /// <summary>Its file, in the folder <c>models</c> beside the program.</summary>
    public static string FilePath { get; } = Path.Combine(AppContext.BaseDirectory, "models", "body21-t.onnx");
}
