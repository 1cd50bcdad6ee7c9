using Sinew.Codecs;
using Sinew.Geometry;
using Sinew.Imaging;
using Sinew.Inference;
using Sinew.Skeletons;
using Sinew.Training.Models;

namespace Sinew.Training.Estimators;

/// <summary>A student in libtorch as an estimator.</summary>
/// <param name="student">The student.</param>
/// <param name="flipTest">Average the logits with those of the mirrored crop, as RTMPose is scored.</param>
public sealed class StudentEstimator(Student student, bool flipTest = false) : ICropEstimator
{
    private byte[] _mirrored = [];
    private float[] _mirrorX = [];
    private float[] _mirrorY = [];
    private float[] _planes = [];
    private float[] _x = [];
    private float[] _y = [];

    /// <inheritdoc/>
    public Skeleton Skeleton => student.Skeleton;

    /// <inheritdoc/>
    public int Width => student.Description.Width;

    /// <inheritdoc/>
    public int Height => student.Description.Height;

    /// <inheritdoc/>
    public CropGeometry CropOf(Box box) => CropGeometry.FromBox(box, Width, Height, (float)student.Description.Padding);

    /// <inheritdoc/>
    public void Estimate(ReadOnlySpan<byte> crops, ReadOnlySpan<CropGeometry> geometries, Span<float> keypoints, Span<float> scores)
    {
        var count = geometries.Length;
        var (pixels, joints, codec) = (Width * Height * 3, Skeleton.Count, student.Codec);
        Grow(ref _planes, count * pixels);
        Grow(ref _x, count * joints * codec.XBins);
        Grow(ref _y, count * joints * codec.YBins);
        var x = _x.AsSpan(0, count * joints * codec.XBins);
        var y = _y.AsSpan(0, count * joints * codec.YBins);
        Predict(crops, count, x, y);
        if (flipTest)
        {
            if (_mirrored.Length < crops.Length) _mirrored = new byte[crops.Length];
            Grow(ref _mirrorX, x.Length);
            Grow(ref _mirrorY, y.Length);
            FlipTest.Mirror(crops, Width, _mirrored.AsSpan(0, crops.Length));
            Predict(_mirrored.AsSpan(0, crops.Length), count, _mirrorX.AsSpan(0, x.Length), _mirrorY.AsSpan(0, y.Length));
            AverageFlipped(x, y, count);
        }

        codec.Decode(x, y, keypoints, scores, SimCcRefinement.None);
        for (var i = 0; i < count; i++)
        {
            var toImage = geometries[i].CropToImage();
            var points = keypoints.Slice(i * joints * 2, joints * 2);
            for (var j = 0; j < points.Length; j += 2)
            {
                var (imageX, imageY) = toImage.Apply(points[j], points[j + 1]);
                (points[j], points[j + 1]) = ((float)imageX, (float)imageY);
            }
        }
    }

    private void Predict(ReadOnlySpan<byte> crops, int count, Span<float> x, Span<float> y)
    {
        var pixels = Width * Height * 3;
        var norm = student.Description.Norm;
        for (var i = 0; i < count; i++) Normalise.ToPlanes(crops.Slice(i * pixels, pixels), _planes.AsSpan(i * pixels, pixels), norm);
        student.Predict(_planes.AsSpan(0, count * pixels), count, x, y);
    }

    private void AverageFlipped(Span<float> x, Span<float> y, int count)
    {
        var (swap, codec) = (Skeleton.SwapIndices, student.Codec);
        var (sizeX, sizeY) = (swap.Count * codec.XBins, swap.Count * codec.YBins);
        for (var i = 0; i < count; i++)
        {
            var ownX = x.Slice(i * sizeX, sizeX);
            var ownY = y.Slice(i * sizeY, sizeY);
            FlipTest.Average(ownX, _mirrorX.AsSpan(i * sizeX, sizeX), codec.XBins, swap, 0, ownX);
            FlipTest.AverageSwapped(ownY, _mirrorY.AsSpan(i * sizeY, sizeY), swap, ownY);
        }
    }

    private static void Grow(ref float[] buffer, int length)
    {
        if (buffer.Length < length) buffer = new float[length];
    }
}
