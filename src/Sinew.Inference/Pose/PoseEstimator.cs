using System.Buffers;
using Sinew.Codecs;
using Sinew.Geometry;
using Sinew.Imaging;
using Sinew.Skeletons;

namespace Sinew.Inference;

/// <summary>
/// Finds the joints of people in images: crops each person's box, runs a pose network on all people of the image at once, and reads
/// its output. Any number of threads may use one estimator.
/// </summary>
public sealed class PoseEstimator : IDisposable
{
    private readonly RawPoseModel _model;
    private readonly EstimatorOptions _options;
    private readonly PoseOutput _output;
    private readonly SimCcCodec? _codec;

    /// <summary>Makes an estimator of a loaded network.</summary>
    /// <param name="model">The network; belongs to this object from then on.</param>
    /// <param name="options">How poses are estimated; null for the defaults.</param>
    /// <exception cref="SinewException">An option does not fit the network.</exception>
    public PoseEstimator(RawPoseModel model, EstimatorOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        (_model, _options) = (model, options ?? new EstimatorOptions());
        _output = model.Output with { Refine = _options.Refine ?? model.Output.Refine };
        if (_options.MaxBatch < 1) throw new SinewException($"{_options.MaxBatch} crops a batch; give 1 or more");
        if (_output is { Kind: PoseOutputKind.SimCC, Refine: PeakRefinement.Quarter }) throw new SinewException("SimCC bins are not refined by a quarter; use none, parabola or dark");
        if (_options.Padding is { } padding && !(padding > 0)) throw new SinewException($"a padding of {padding}; give more than 0");
        if (_output.Kind == PoseOutputKind.SimCC)
        {
            var (width, height) = (model.Card.Input.Width, model.Card.Input.Height);
            _codec = new SimCcCodec(width, height, _output.Split, SimCcCodec.ForInput(width, height).Sigma);
        }
    }

    /// <summary>What is known of the network.</summary>
    public ModelCard Card => _model.Card;

    /// <summary>The joints that are found, in this order.</summary>
    public Skeleton Skeleton => _model.Skeleton;

    /// <summary>Loads an estimator from a network's weights or its card.</summary>
    /// <param name="path">An ONNX file or a card, see <see cref="ModelCards.Find(string)"/>; null for <see cref="BuiltInModel"/>.</param>
    /// <param name="options">How poses are estimated; null for the defaults.</param>
    /// <param name="onnx">How the network is run; null for the CPU with all cores.</param>
    /// <exception cref="SinewException">A file is missing or wrong, or no card is found.</exception>
    public static PoseEstimator Load(string? path = null, EstimatorOptions? options = null, OnnxOptions? onnx = null)
    {
        var model = RawPoseModel.Load(path ?? BuiltInModel.FilePath, onnx);
        try
        {
            return new PoseEstimator(model, options);
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>
    /// The joints of one person, anywhere in the image: looks at the whole, and then where the joints were (<see cref="PosePerson.BoxOfJoints"/>).
    /// A person who fills the image is found as well at half the cost by giving the box.
    /// </summary>
    /// <param name="image">The image.</param>
    /// <exception cref="SinewException">The network failed.</exception>
    public PosePerson Estimate(Image image)
    {
        ArgumentNullException.ThrowIfNull(image);
        var toFull = image.FullToImage.Inverse();
        var (left, top) = toFull.Apply(0, 0);
        var (right, bottom) = toFull.Apply(image.Width, image.Height);
        var first = Estimate(image, [new Detection(new Box((float)left, (float)top, (float)(right - left), (float)(bottom - top)), 1)])[0];
        return first.BoxOfJoints() is { } box ? Estimate(image, [new Detection(box, 1)])[0] : first;
    }

    /// <summary>The joints of the people that a detector found.</summary>
    /// <param name="image">The image.</param>
    /// <param name="people">The people's boxes.</param>
    /// <returns>One person per box, in the boxes' order.</returns>
    /// <exception cref="SinewException">A box is empty or not finite, or the network failed.</exception>
    public PosePerson[] Estimate(Image image, IReadOnlyList<Detection> people)
    {
        ArgumentNullException.ThrowIfNull(people);
        var joints = Skeleton.Count;
        var boxes = new Box[people.Count];
        for (var i = 0; i < boxes.Length; i++) boxes[i] = people[i].Box;
        var keypoints = new float[boxes.Length * joints * 2];
        var scores = new float[boxes.Length * joints];
        Estimate(image, boxes, keypoints, scores);
        var found = new PosePerson[boxes.Length];
        for (var i = 0; i < found.Length; i++)
        {
            found[i] = new PosePerson(
                boxes[i], people[i].Score, keypoints.AsSpan(i * joints * 2, joints * 2).ToArray(), scores.AsSpan(i * joints, joints).ToArray());
        }

        return found;
    }

    /// <summary>The joints of the people in some boxes of an image.</summary>
    /// <param name="image">The image.</param>
    /// <param name="boxes">N boxes, image pixels.</param>
    /// <param name="keypoints">Filled with x, y pairs, <c>[N, K, 2]</c>, image pixels.</param>
    /// <param name="scores">Filled with the joints' scores, <c>[N, K]</c>.</param>
    /// <exception cref="ArgumentException">The spans' lengths do not fit.</exception>
    /// <exception cref="SinewException">A box is empty or not finite, or the network failed.</exception>
    public void Estimate(Image image, ReadOnlySpan<Box> boxes, Span<float> keypoints, Span<float> scores)
    {
        ArgumentNullException.ThrowIfNull(image);
        CheckRoom(boxes.Length, keypoints.Length, scores.Length);
        var size = CropBytes;
        var joints = Skeleton.Count;
        var most = Math.Min(boxes.Length, _options.MaxBatch);
        var crops = ArrayPool<byte>.Shared.Rent(most * size);
        var geometries = ArrayPool<CropGeometry>.Shared.Rent(most);
        try
        {
            for (var start = 0; start < boxes.Length; start += most)
            {
                var count = Math.Min(most, boxes.Length - start);
                for (var i = 0; i < count; i++)
                {
                    geometries[i] = CropOf(boxes[start + i]);
                    Warp.Crop(image, geometries[i], crops.AsSpan(i * size, size));
                }

                EstimateBatch(
                    crops.AsSpan(0, count * size), geometries.AsSpan(0, count),
                    keypoints.Slice(start * joints * 2, count * joints * 2), scores.Slice(start * joints, count * joints));
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(crops);
            ArrayPool<CropGeometry>.Shared.Return(geometries);
        }
    }

    /// <summary>The joints of people who were cropped before, of one image or of many.</summary>
    /// <param name="crops">RGB crops of the card's input size, <c>[N, H, W, 3]</c>, see <see cref="CropOf"/> and <see cref="Warp.Crop"/>.</param>
    /// <param name="geometries">Where each crop lies in its image, N.</param>
    /// <param name="keypoints">Filled with x, y pairs, <c>[N, K, 2]</c>, pixels of each crop's image.</param>
    /// <param name="scores">Filled with the joints' scores, <c>[N, K]</c>.</param>
    /// <exception cref="ArgumentException">The spans' lengths do not fit.</exception>
    /// <exception cref="SinewException">The network failed.</exception>
    public void Estimate(ReadOnlySpan<byte> crops, ReadOnlySpan<CropGeometry> geometries, Span<float> keypoints, Span<float> scores)
    {
        CheckRoom(geometries.Length, keypoints.Length, scores.Length);
        var size = CropBytes;
        var joints = Skeleton.Count;
        if (crops.Length != (long)geometries.Length * size) throw new ArgumentException($"{geometries.Length} crops are {(long)geometries.Length * size} bytes, not {crops.Length}", nameof(crops));
        for (var start = 0; start < geometries.Length; start += _options.MaxBatch)
        {
            var count = Math.Min(_options.MaxBatch, geometries.Length - start);
            EstimateBatch(
                crops.Slice(start * size, count * size), geometries.Slice(start, count),
                keypoints.Slice(start * joints * 2, count * joints * 2), scores.Slice(start * joints, count * joints));
        }
    }

    /// <summary>The part of the image that the network sees of a person.</summary>
    /// <param name="box">The person's box, image pixels.</param>
    /// <exception cref="SinewException">The box is empty, smaller than a thousandth of a pixel, or not finite.</exception>
    public CropGeometry CropOf(Box box) => CropGeometry.FromBox(box, Card.Input.Width, Card.Input.Height, _options.Padding ?? (float)Card.Crop.Padding);

    /// <inheritdoc/>
    public void Dispose() => _model.Dispose();

    private int CropBytes => Card.Input.Width * Card.Input.Height * 3;

    private void CheckRoom(int people, int keypoints, int scores)
    {
        var joints = Skeleton.Count;
        if (keypoints != people * joints * 2 || scores != people * joints)
        {
            throw new ArgumentException($"{people} people of {joints} joints need {people * joints} scores and twice as many coordinates, not {scores} and {keypoints}");
        }
    }

    private void EstimateBatch(ReadOnlySpan<byte> crops, ReadOnlySpan<CropGeometry> geometries, Span<float> keypoints, Span<float> scores)
    {
        var joints = Skeleton.Count;
        var count = geometries.Length;
        if (_options.FlipTest)
        {
            ReadFlipped(crops, count, keypoints, scores);
        }
        else
        {
            using var raw = _model.Run(crops, count);
            for (var n = 0; n < count; n++)
            {
                ReadOne(raw, n, keypoints.Slice(n * joints * 2, joints * 2), scores.Slice(n * joints, joints));
            }
        }

        FiniteJoints.Require(keypoints, scores, Card.Name);
        for (var n = 0; n < count; n++)
        {
            var toImage = geometries[n].CropToImage();
            var points = keypoints.Slice(n * joints * 2, joints * 2);
            for (var k = 0; k < joints; k++)
            {
                var (x, y) = toImage.Apply(points[2 * k], points[(2 * k) + 1]);
                (points[2 * k], points[(2 * k) + 1]) = ((float)x, (float)y);
            }
        }
    }

    private void ReadOne(RawPoseOutput raw, int n, Span<float> points, Span<float> scores)
    {
        if (raw.Kind == PoseOutputKind.SimCC) Read(raw.SimccXOf(n), raw.SimccYOf(n), raw, points, scores);
        else Read(raw.Kind switch { PoseOutputKind.Heatmap => raw.HeatmapsOf(n), PoseOutputKind.Points => raw.PointsOf(n), _ => raw.CoordinatesOf(n) }, [], raw, points, scores);
    }

    private void ReadFlipped(ReadOnlySpan<byte> crops, int count, Span<float> points, Span<float> scores)
    {
        var joints = Skeleton.Count;
        var swap = Skeleton.SwapIndices;
        var width = Card.Input.Width;
        var mirrored = ArrayPool<byte>.Shared.Rent(crops.Length);
        float[]? mean = null;
        try
        {
            FlipTest.Mirror(crops, width, mirrored.AsSpan(0, crops.Length));
            using var plain = _model.Run(crops, count);
            using var flipped = _model.Run(mirrored.AsSpan(0, crops.Length), count);
            var (first, second) = plain.Kind switch
            {
                PoseOutputKind.SimCC => (joints * plain.Width, joints * plain.Height),
                PoseOutputKind.Heatmap => (joints * plain.Width * plain.Height, 0),
                _ => (joints * 3, 0),
            };
            mean = ArrayPool<float>.Shared.Rent(first + second);
            var (a, b) = (mean.AsMemory(0, first), mean.AsMemory(first, second));
            for (var n = 0; n < count; n++)
            {
                switch (plain.Kind)
                {
                    case PoseOutputKind.SimCC:
                        FlipTest.Average(plain.SimccXOf(n), flipped.SimccXOf(n), plain.Width, swap, 0, a.Span);
                        FlipTest.AverageSwapped(plain.SimccYOf(n), flipped.SimccYOf(n), swap, b.Span);
                        break;
                    case PoseOutputKind.Heatmap:
                        var shift = FlipTest.ShiftOf(_output, width, plain.Width);
                        FlipTest.Average(plain.HeatmapsOf(n), flipped.HeatmapsOf(n), plain.Width, swap, shift, a.Span);
                        break;
                    case PoseOutputKind.Points:
                        FlipTest.AveragePixels(plain.PointsOf(n), flipped.PointsOf(n), width, swap, a.Span);
                        break;
                    default:
                        FlipTest.AveragePoints(plain.CoordinatesOf(n), flipped.CoordinatesOf(n), width, swap, a.Span);
                        break;
                }

                Read(a.Span, b.Span, plain, points.Slice(n * joints * 2, joints * 2), scores.Slice(n * joints, joints));
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(mirrored);
            if (mean is not null) ArrayPool<float>.Shared.Return(mean);
        }
    }

    /// <summary>Reads one crop's joints from its output: heatmaps, coordinates, or x and y of SimCC.</summary>
    private void Read(ReadOnlySpan<float> output, ReadOnlySpan<float> simccY, RawPoseOutput shape, Span<float> points, Span<float> scores)
    {
        switch (shape.Kind)
        {
            case PoseOutputKind.SimCC:
                if (shape.Width != _codec!.XBins || shape.Height != _codec.YBins)
                {
                    throw new SinewException(
                        $"{Card.Name}: the network gives {shape.Width} and {shape.Height} bins, its card asks for {_codec.XBins} and {_codec.YBins}; correct 'output.split'");
                }

                _codec.Decode(output, simccY, points, scores, _output.Refine switch
                {
                    PeakRefinement.Parabola => SimCcRefinement.Parabola,
                    PeakRefinement.Dark => SimCcRefinement.Dark,
                    _ => SimCcRefinement.None,
                });
                break;
            case PoseOutputKind.Heatmap:
                HeatmapReader.Read(output, shape.Width, shape.Height, _output, points, scores);
                break;
            case PoseOutputKind.Points:
                for (var k = 0; k < scores.Length; k++) (points[2 * k], points[(2 * k) + 1], scores[k]) = (output[k * 3], output[(k * 3) + 1], output[(k * 3) + 2]);
                break;
            default:
                for (var k = 0; k < scores.Length; k++)
                {
                    points[2 * k] = output[(k * 3) + 1] * Card.Input.Width;
                    points[(2 * k) + 1] = output[k * 3] * Card.Input.Height;
                    scores[k] = output[(k * 3) + 2];
                }

                break;
        }
    }
}
