using Sinew.Imaging;

namespace Sinew.Inference;

/// <summary>
/// Finds people in images: with detectors whose non-maximum suppression is part of the network (RTMDet, YOLOX as MMDeploy exports them), and
/// with those that give a candidate per cell (<see cref="DetectorForm"/>). Any number of threads may use one detector.
/// </summary>
public sealed class PersonDetector : IDisposable
{
    private readonly LetterboxModel _model;
    private readonly DetectorOutput _boxes;
    private readonly float _score;
    private readonly int _dets;
    private readonly int _labels;

    /// <summary>Puts a loaded network and its card together.</summary>
    /// <param name="card">The card; of a detector.</param>
    /// <param name="model">The network; belongs to this object from then on.</param>
    /// <param name="options">How people are detected; null for the defaults.</param>
    /// <exception cref="SinewException">The network is not what the card says, or an option does not fit it.</exception>
    public PersonDetector(ModelCard card, OnnxModel model, DetectorOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(card);
        ArgumentNullException.ThrowIfNull(model);
        options ??= new DetectorOptions();
        _boxes = card.Kind == ModelKind.Detector && card.Boxes is { } boxes ? boxes : throw new SinewException($"{model.Name}: {card.Name} is a {card.Kind} model, not a detector");
        _score = options.Score ?? (float)_boxes.Score;
        _model = new LetterboxModel(card, model, options.Size);
        _dets = _model.IndexOf("dets", 0);
        _labels = _model.IndexOf("labels", -1);
    }

    /// <summary>What is known of the network.</summary>
    public ModelCard Card => _model.Card;

    /// <summary>Loads a detector from its weights or its card.</summary>
    /// <param name="path">An ONNX file or a card, see <see cref="ModelCards.Find(string)"/>.</param>
    /// <param name="options">How people are detected; null for the defaults.</param>
    /// <param name="onnx">How the network is run; null for the CPU with all cores.</param>
    /// <exception cref="SinewException">A file is missing or wrong, or no card is found.</exception>
    public static PersonDetector Load(string path, DetectorOptions? options = null, OnnxOptions? onnx = null)
    {
        var (model, card) = ModelCards.Open(path, onnx);
        try
        {
            return new PersonDetector(card, model, options);
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>Finds the people of an image.</summary>
    /// <param name="image">The image.</param>
    /// <returns>The people, best first; boxes in pixels of the full image, cut at its edges.</returns>
    /// <exception cref="SinewException">The network failed, or gave no boxes.</exception>
    public IReadOnlyList<Detection> Detect(Image image)
    {
        ArgumentNullException.ThrowIfNull(image);
        using var result = _model.Run(image, out var placement);
        var candidates = _boxes.Form == DetectorForm.Boxes
            ? Suppressed(result)
            : Candidate.Suppress(Candidates(result), (float)_boxes.Overlap);
        var found = new List<Detection>(candidates.Count);
        foreach (var candidate in candidates)
        {
            if (LetterboxModel.TryPlace(candidate, placement, image, out var box)) found.Add(new Detection(box, candidate.Score));
        }

        found.Sort((a, b) => b.Score.CompareTo(a.Score));
        return found;
    }

    /// <inheritdoc/>
    public void Dispose() => _model.Dispose();

    private List<Candidate> Candidates(OnnxResult result) =>
        CandidateReader.Read(_boxes, result.Read<float>(0), result.ShapeOf(0), _model.Width, _model.Height, _score)
        ?? throw new SinewException($"{_model.Model.Name}: output '{_model.Model.Outputs[0].Name}' has the shape [{string.Join(',', result.ShapeOf(0).ToArray())}], which is no {_boxes.Form} output for an input of {_model.Width}x{_model.Height}; correct the card");

    private List<Candidate> Suppressed(OnnxResult result)
    {
        var name = _model.Model.Name;
        var shape = result.ShapeOf(_dets);
        if (shape.Length != 3 || shape[0] != 1 || shape[2] != 5)
        {
            throw new SinewException($"{name}: output '{_model.Model.Outputs[_dets].Name}' has the shape [{string.Join(',', shape.ToArray())}], not [1,n,5] boxes");
        }

        var rows = result.Read<float>(_dets);
        var count = (int)shape[1];
        var labels = _labels >= 0 ? result.Read<long>(_labels) : [];
        if (_labels >= 0 && labels.Length != count) throw new SinewException($"{name}: {labels.Length} labels for {count} boxes");
        var found = new List<Candidate>();
        for (var i = 0; i < count; i++)
        {
            var row = rows.Slice(i * 5, 5);
            if (row[4] >= _score && (_labels < 0 || labels[i] == _boxes.Label)) found.Add(new Candidate(row[0], row[1], row[2], row[3], row[4], i));
        }

        return found;
    }
}
