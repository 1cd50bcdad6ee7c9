using Sinew.Geometry;
using Sinew.Inference;
using Sinew.Skeletons;
using Sinew.Training.Estimators;

namespace Sinew.Cli.Predict;

/// <summary>A model whose joints are refused where they are NaN or infinite.</summary>
/// <param name="estimator">The model.</param>
/// <param name="name">Its name in the message.</param>
internal sealed class FiniteEstimator(ICropEstimator estimator, string name) : ICropEstimator
{
    public Skeleton Skeleton => estimator.Skeleton;

    public int Width => estimator.Width;

    public int Height => estimator.Height;

    public CropGeometry CropOf(Box box) => estimator.CropOf(box);

    public void Estimate(ReadOnlySpan<byte> crops, ReadOnlySpan<CropGeometry> geometries, Span<float> keypoints, Span<float> scores)
    {
        estimator.Estimate(crops, geometries, keypoints, scores);
        FiniteJoints.Require(keypoints, scores, name);
    }
}
