using Sinew.Geometry;
using Sinew.Skeletons;

namespace Sinew.Imaging;

/// <summary>Brings a person's joints from the image into the crop.</summary>
public static class JointTransform
{
    /// <summary>Maps the joints; left and right change places where the crop is mirrored.</summary>
    /// <param name="geometry">The crop.</param>
    /// <param name="keypoints">x, y per joint, image pixels.</param>
    /// <param name="states">Joint states.</param>
    /// <param name="skeleton">The joints.</param>
    /// <param name="outKeypoints">Receives x, y per joint, crop pixels (a joint may lie outside the crop); 0, 0 where not labelled.</param>
    /// <param name="outStates">Receives the states. Must not overlap <paramref name="states"/>.</param>
    /// <exception cref="ArgumentException">The spans do not fit the skeleton.</exception>
    public static void Apply(
        CropGeometry geometry, ReadOnlySpan<float> keypoints, ReadOnlySpan<JointState> states, Skeleton skeleton,
        Span<float> outKeypoints, Span<JointState> outStates)
    {
        ArgumentNullException.ThrowIfNull(skeleton);
        var count = skeleton.Count;
        if (states.Length != count || outStates.Length != count || keypoints.Length != 2 * count || outKeypoints.Length != 2 * count)
        {
            throw new ArgumentException($"{skeleton} needs {count} states and twice as many coordinates");
        }

        var map = geometry.ImageToCrop();
        for (var i = 0; i < count; i++)
        {
            var from = geometry.Flip ? skeleton.SwapIndices[i] : i;
            outStates[i] = states[from];
            if (states[from] < JointState.Occluded)
            {
                (outKeypoints[2 * i], outKeypoints[(2 * i) + 1]) = (0, 0);
                continue;
            }

            var (x, y) = map.Apply(keypoints[2 * from], keypoints[(2 * from) + 1]);
            (outKeypoints[2 * i], outKeypoints[(2 * i) + 1]) = ((float)x, (float)y);
        }
    }
}
