using Sinew.Geometry;
using Sinew.Skeletons;

namespace Sinew.Training.Estimators;

/// <summary>Something that finds the joints of one person per crop, whatever engine it runs on.</summary>
public interface ICropEstimator
{
    /// <summary>The joints in the order of its output.</summary>
    Skeleton Skeleton { get; }

    /// <summary>Width of the crops, pixels.</summary>
    int Width { get; }

    /// <summary>Height of the crops, pixels.</summary>
    int Height { get; }

    /// <summary>The part of the image that the network sees of a person.</summary>
    /// <param name="box">The person's box, image pixels.</param>
    CropGeometry CropOf(Box box);

    /// <summary>Finds joints.</summary>
    /// <param name="crops">8-bit RGB crops, <c>[N, Height, Width, 3]</c>.</param>
    /// <param name="geometries">Where each crop lies in its image, N.</param>
    /// <param name="keypoints">Filled with x, y in pixels of each crop's image, <c>[N, K, 2]</c>.</param>
    /// <param name="scores">Filled with the joints' scores, <c>[N, K]</c>.</param>
    void Estimate(ReadOnlySpan<byte> crops, ReadOnlySpan<CropGeometry> geometries, Span<float> keypoints, Span<float> scores);
}
