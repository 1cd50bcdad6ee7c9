using Sinew.Imaging;
using Sinew.Skeletons;

namespace Sinew.Inference;

/// <summary>
/// Finds people and their joints in one pass over the whole image: networks such as RTMO and YOLO-pose. Any number of threads may use one.
/// </summary>
public sealed class PeopleEstimator : IDisposable
{
    private readonly LetterboxModel _model;
    private readonly DetectorOutput _output;
    private readonly float _score;

    /// <summary>Puts a loaded network and its card together.</summary>
    /// <param name="card">The card; of a network that finds people with their joints.</param>
    /// <param name="model">The network; belongs to this object from then on.</param>
    /// <param name="options">How people are detected; null for the defaults.</param>
    /// <exception cref="SinewException">The network is not what the card says, or an option does not fit it.</exception>
    public PeopleEstimator(ModelCard card, OnnxModel model, DetectorOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(card);
        ArgumentNullException.ThrowIfNull(model);
        options ??= new DetectorOptions();
        _output = card.Kind == ModelKind.People && card.Boxes is { } boxes ? boxes : throw new SinewException($"{model.Name}: {card.Name} is a {card.Kind} model, which does not find people with their joints");
        _score = options.Score ?? (float)_output.Score;
        _model = new LetterboxModel(card, model, options.Size);
        Skeleton = model.Metadata.TryGetValue(ModelCard.SkeletonKey, out var yaml)
            ? SkeletonFile.Parse(yaml, $"{model.Name}({ModelCard.SkeletonKey})")
            : SkeletonFile.Resolve(card.Skeleton ?? throw new SinewException($"{model.Name}: its card names no skeleton"));
    }

    /// <summary>What is known of the network.</summary>
    public ModelCard Card => _model.Card;

    /// <summary>The joints that are found, in this order.</summary>
    public Skeleton Skeleton { get; }

    /// <summary>Loads an estimator from a network's weights or its card.</summary>
    /// <param name="path">An ONNX file or a card, see <see cref="ModelCards.Find(string)"/>.</param>
    /// <param name="options">How people are detected; null for the defaults.</param>
    /// <param name="onnx">How the network is run; null for the CPU with all cores.</param>
    /// <exception cref="SinewException">A file is missing or wrong, or no card is found.</exception>
    public static PeopleEstimator Load(string path, DetectorOptions? options = null, OnnxOptions? onnx = null)
    {
        var (model, card) = ModelCards.Open(path, onnx);
        try
        {
            return new PeopleEstimator(card, model, options);
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>Finds the people of an image with their joints.</summary>
    /// <param name="image">The image.</param>
    /// <returns>The people, best first, in pixels of the full image.</returns>
    /// <exception cref="SinewException">The network failed, or gave other shapes than its card says.</exception>
    public PosePerson[] Estimate(Image image)
    {
        ArgumentNullException.ThrowIfNull(image);
        using var result = _model.Run(image, out var placement);
        var people = new List<PosePerson>();
        var joints = Skeleton.Count;
        var points = new float[joints * 3];
        foreach (var candidate in Candidates(result))
        {
            if (!LetterboxModel.TryPlace(candidate, placement, image, out var box)) continue;
            ReadJoints(result, candidate.Row, points);
            var (keypoints, scores) = (new float[joints * 2], new float[joints]);
            var toFull = image.FullToImage.Inverse();
            for (var k = 0; k < joints; k++)
            {
                var (x, y) = placement.ToImage(points[3 * k], points[(3 * k) + 1]);
                var (fullX, fullY) = toFull.Apply(x, y);
                (keypoints[2 * k], keypoints[(2 * k) + 1], scores[k]) = ((float)fullX, (float)fullY, points[(3 * k) + 2]);
            }

            FiniteJoints.Require(keypoints, scores, Card.Name);
            people.Add(new PosePerson(box, candidate.Score, keypoints, scores));
        }

        return [.. people.OrderByDescending(p => p.BoxScore)];
    }

    /// <inheritdoc/>
    public void Dispose() => _model.Dispose();

    private List<Candidate> Candidates(OnnxResult result)
    {
        var boxes = _output.Form == DetectorForm.Rtmo ? _model.IndexOf("dets", 0) : 0;
        var shape = result.ShapeOf(boxes);
        var joints = Skeleton.Count;
        var rows = result.Read<float>(boxes);
        switch (_output.Form)
        {
            case DetectorForm.Rtmo when shape is [1, _, 5] && result.ShapeOf(Joints) is [1, _, _, 3] points && points[1] == shape[1] && points[2] == joints:
                return Rows(rows, 5);
            case DetectorForm.YoloPose when shape is [1, _, _] && shape[2] == 6 + (3 * joints):
                return Rows(rows, (int)shape[2]);
            case DetectorForm.YoloPose when shape is [1, _, _] && shape[1] == 5 + (3 * joints):
                return Candidate.Suppress(CandidateReader.Read(_output, rows, shape, _model.Width, _model.Height, _score)!, (float)_output.Overlap);
            default:
                throw new SinewException(
                    $"{_model.Model.Name}: output '{_model.Model.Outputs[boxes].Name}' has the shape [{string.Join(',', shape.ToArray())}], which is no {_output.Form} output of {joints} joints; correct the card");
        }

        List<Candidate> Rows(ReadOnlySpan<float> values, int width)
        {
            var found = new List<Candidate>();
            for (var i = 0; i < values.Length / width; i++)
            {
                var row = values.Slice(i * width, width);
                if (row[4] >= _score) found.Add(new Candidate(row[0], row[1], row[2], row[3], row[4], i));
            }

            return found;
        }
    }

    private int Joints => _model.IndexOf("keypoints", 1);

    private void ReadJoints(OnnxResult result, int row, Span<float> points)
    {
        if (_output.Form == DetectorForm.Rtmo)
        {
            result.Read<float>(Joints).Slice(row * points.Length, points.Length).CopyTo(points);
            return;
        }

        var values = result.Read<float>(0);
        var shape = result.ShapeOf(0);
        if (shape[2] == 6 + points.Length)
        {
            values.Slice((row * (6 + points.Length)) + 6, points.Length).CopyTo(points);
            return;
        }

        for (var i = 0; i < points.Length; i++) points[i] = values[((5 + i) * (int)shape[2]) + row];
    }
}
