using Sinew.Geometry;
using Sinew.Inference;
using Sinew.Skeletons;

namespace Sinew.Training.Estimators;

/// <summary>A network in ONNX Runtime as an estimator.</summary>
/// <param name="estimator">The network; its owner disposes it.</param>
public sealed class OnnxEstimator(PoseEstimator estimator) : ICropEstimator
{
    /// <inheritdoc/>
    public Skeleton Skeleton => estimator.Skeleton;

    /// <inheritdoc/>
    public int Width => estimator.Card.Input.Width;

    /// <inheritdoc/>
    public int Height => estimator.Card.Input.Height;

    /// <inheritdoc/>
    public CropGeometry CropOf(Box box) => estimator.CropOf(box);

    /// <inheritdoc/>
    public void Estimate(ReadOnlySpan<byte> crops, ReadOnlySpan<CropGeometry> geometries, Span<float> keypoints, Span<float> scores) =>
        estimator.Estimate(crops, geometries, keypoints, scores);
}
