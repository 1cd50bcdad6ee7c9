using System.Diagnostics;
using Sinew.Imaging;
using Sinew.Inference;

namespace Sinew.Cli.Serve;

/// <summary>The networks of a server. Any number of threads may ask at once.</summary>
internal sealed class ServedModel : IDisposable
{
    private readonly PoseEstimator? _estimator;
    private readonly PeopleEstimator? _people;
    private readonly PersonDetector? _detector;

    private ServedModel(string path, PeopleEstimator people) => (Path, _people, Card, Skeleton) = (path, people, people.Card, people.Skeleton);

    private ServedModel(string path, PoseEstimator estimator, string? detectorPath, PersonDetector? detector) =>
        (Path, _estimator, Card, Skeleton, DetectorPath, _detector) = (path, estimator, estimator.Card, estimator.Skeleton, detectorPath, detector);

    /// <summary>The pose network's ONNX file.</summary>
    public string Path { get; }

    /// <summary>The detector's ONNX file; null without one.</summary>
    public string? DetectorPath { get; }

    /// <summary>What is known of the pose network.</summary>
    public ModelCard Card { get; }

    /// <summary>Its joints.</summary>
    public Skeletons.Skeleton Skeleton { get; }

    /// <summary>True where the network finds people and joints in one pass, so that nobody needs to say where they are.</summary>
    public bool FindsPeople => _people is not null;

    /// <summary>Opens the networks.</summary>
    /// <param name="model">ONNX file or card of a pose network.</param>
    /// <param name="detector">ONNX file or card of a person detector, or null.</param>
    /// <exception cref="SinewException">A file is missing, or no network of its kind.</exception>
    public static ServedModel Open(string model, string? detector)
    {
        if (System.IO.Path.GetExtension(model).ToLowerInvariant() is ".safetensors" or ".pth")
            throw new SinewException($"{model}: a server runs ONNX files: write one with 'sinew export {model} --out model.onnx'");
        // Between requests the threads sleep: a server shares its machine.
        var onnx = new OnnxOptions { Spin = false };
        var (network, card) = ModelCards.Open(model, onnx);
        try
        {
            var path = ModelCards.Find(model).Weights;
            if (card.Kind == ModelKind.People)
            {
                return detector is null
                    ? new ServedModel(path, new PeopleEstimator(card, network))
                    : throw new SinewException($"{model}: finds the people itself; leave out --detector");
            }

            var estimator = new PoseEstimator(new RawPoseModel(card, network));
            return new ServedModel(
                path, estimator, detector is null ? null : ModelCards.Find(detector).Weights, detector is null ? null : PersonDetector.Load(detector, null, onnx));
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    /// <summary>Finds the people of one picture.</summary>
    /// <param name="file">The picture's file.</param>
    /// <param name="name">Its name in messages.</param>
    /// <param name="query">What is asked for.</param>
    /// <param name="limits">What is allowed.</param>
    /// <param name="cancel">Ends it between two steps.</param>
    /// <exception cref="SinewException">The picture cannot be read, is too large, or a box lies outside of what can be cropped.</exception>
    public ServedPicture Estimate(ReadOnlySpan<byte> file, string name, PoseQuery query, ServeOptions limits, CancellationToken cancel)
    {
        if (FindsPeople && (query.Boxes.Count > 0 || query.Detect == false)) throw new SinewException("this server's network finds the people itself; leave out box and detect");
        var clock = Stopwatch.GetTimestamp();
        using var image = ImageDecoder.Decode(file, new DecodeOptions { MaxPixels = limits.MaxPixels, MaxFileBytes = limits.MaxBytes }, name);
        var decoded = Stopwatch.GetTimestamp();
        cancel.ThrowIfCancellationRequested();
        IReadOnlyList<Detection>? boxes = query.Boxes.Count > 0 ? [.. query.Boxes.Select(b => new Detection(b, 1))]
            : _detector is not null && query.Detect != false ? _detector.Detect(image)
            : null;
        if (boxes?.Count > limits.MaxPeople) boxes = [.. boxes.Take(limits.MaxPeople)];
        var detected = Stopwatch.GetTimestamp();
        cancel.ThrowIfCancellationRequested();
        var people = _people is not null ? [.. _people.Estimate(image).Take(limits.MaxPeople)]
            : boxes is null ? [_estimator!.Estimate(image)]
            : _estimator!.Estimate(image, boxes);
        return new ServedPicture(
            name, image.Width, image.Height, people,
            Stopwatch.GetElapsedTime(clock, decoded), Stopwatch.GetElapsedTime(decoded, detected), Stopwatch.GetElapsedTime(detected));
    }

    public void Dispose()
    {
        _estimator?.Dispose();
        _people?.Dispose();
        _detector?.Dispose();
    }
}

/// <summary>One picture's people, and where the time went.</summary>
/// <param name="Name">The picture's name.</param>
/// <param name="Width">Pixels.</param>
/// <param name="Height">Pixels.</param>
/// <param name="People">The people.</param>
/// <param name="Decoding">Time of decoding.</param>
/// <param name="Detection">Time of finding people.</param>
/// <param name="Estimation">Time of cropping and of the pose network.</param>
internal sealed record ServedPicture(string Name, int Width, int Height, PosePerson[] People, TimeSpan Decoding, TimeSpan Detection, TimeSpan Estimation);
