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

    /// <summary>The coarse-to-fine method's first stage: the joints' structure beside distributions.</summary>
    public const string CoarseToFineStage1 = "coarse-to-fine-stage1";

    /// <summary>The coarse-to-fine method's second stage: a graph network that refines poses.</summary>
    public const string CoarseToFineStage2 = "coarse-to-fine-stage2";

    /// <summary>All names.</summary>
    public static IReadOnlyList<string> All { get; } = [UnifiedSkeleton, DwPoseStage1, DwPoseStage2, CoarseToFineStage1, CoarseToFineStage2];
}
