namespace Sinew.Training.Methods;

/// <summary>The names of methods in recipes.</summary>
public static class MethodNames
{
    /// <summary>Unified skeleton with several teachers.</summary>
    public const string UnifiedSkeleton = "unified-skeleton";

    /// <summary>DWPose's first stage.</summary>
    public const string DwPoseStage1 = "dwpose-stage1";

    /// <summary>DWPose's second stage.</summary>
    public const string DwPoseStage2 = "dwpose-stage2";

    /// <summary>All names.</summary>
    public static IReadOnlyList<string> All { get; } = [UnifiedSkeleton, DwPoseStage1, DwPoseStage2];
}
