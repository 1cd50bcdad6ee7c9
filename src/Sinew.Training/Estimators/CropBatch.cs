using Sinew.Geometry;
using Sinew.Imaging;

namespace Sinew.Training.Estimators;

/// <summary>
/// People of one image or of many, cropped for a model and estimated together. Its buffers are kept from batch to batch. For one thread at a
/// time.
/// </summary>
public sealed class CropBatch
{
    private readonly ICropEstimator _estimator;
    private readonly CropGeometry[] _geometries;
    private readonly byte[] _crops;
    private readonly float[] _keypoints;
    private readonly float[] _scores;
    private readonly int _pixels;
    private readonly int _joints;

    /// <summary>Makes an empty batch.</summary>
    /// <param name="estimator">The model.</param>
    /// <param name="capacity">Most people in it.</param>
    public CropBatch(ICropEstimator estimator, int capacity)
    {
        ArgumentNullException.ThrowIfNull(estimator);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(capacity);
        (_estimator, _pixels, _joints) = (estimator, estimator.Width * estimator.Height * 3, estimator.Skeleton.Count);
        _geometries = new CropGeometry[capacity];
        _crops = new byte[capacity * _pixels];
        _keypoints = new float[capacity * _joints * 2];
        _scores = new float[capacity * _joints];
    }

    /// <summary>How many people are in it.</summary>
    public int Count { get; private set; }

    /// <summary>True where no more people fit in.</summary>
    public bool IsFull => Count == _geometries.Length;

    /// <summary>Crops a person. The image is not needed afterwards.</summary>
    /// <param name="image">The image.</param>
    /// <param name="box">The person's box, pixels of the full image.</param>
    /// <exception cref="InvalidOperationException">The batch is full.</exception>
    /// <exception cref="SinewException">The box is empty or not finite.</exception>
    public void Add(Image image, Box box)
    {
        if (IsFull) throw new InvalidOperationException($"the batch holds {Count} people and is full");
        _geometries[Count] = _estimator.CropOf(box);
        Warp.Crop(image, _geometries[Count], _crops.AsSpan(Count * _pixels, _pixels));
        Count++;
    }

    /// <summary>Finds the joints of all people in it.</summary>
    /// <exception cref="SinewException">The network failed.</exception>
    public void Estimate()
    {
        if (Count == 0) return;
        _estimator.Estimate(
            _crops.AsSpan(0, Count * _pixels), _geometries.AsSpan(0, Count), _keypoints.AsSpan(0, Count * _joints * 2), _scores.AsSpan(0, Count * _joints));
    }

    /// <summary>A person's joints after <see cref="Estimate"/>: x, y in pixels of the person's image, <c>[K, 2]</c>.</summary>
    /// <param name="person">The person, in the order of adding.</param>
    public ReadOnlySpan<float> KeypointsOf(int person) => _keypoints.AsSpan(person * _joints * 2, _joints * 2);

    /// <summary>The scores of a person's joints after <see cref="Estimate"/>, <c>[K]</c>.</summary>
    /// <param name="person">The person, in the order of adding.</param>
    public ReadOnlySpan<float> ScoresOf(int person) => _scores.AsSpan(person * _joints, _joints);

    /// <summary>The score of a person by the joints: the mean of those above 0.2, 0 where there is none, as MMPose's <c>CocoMetric</c> has it.</summary>
    /// <param name="scores">The scores of the person's joints.</param>
    public static double PersonScore(ReadOnlySpan<float> scores)
    {
        var (sum, sure) = (0.0, 0);
        foreach (var score in scores)
        {
            if (score <= 0.2f) continue;
            sum += score;
            sure++;
        }

        return sure > 0 ? sum / sure : 0;
    }

    /// <summary>Takes everybody out.</summary>
    public void Clear() => Count = 0;
}
