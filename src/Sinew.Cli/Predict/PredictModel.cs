using System.Collections.Concurrent;
using Sinew.Imaging;
using Sinew.Inference;
using Sinew.Skeletons;
using Sinew.Tensors;
using Sinew.Training.Estimators;

namespace Sinew.Cli.Predict;

/// <summary>The pose model of a run: one that looks at crops of people, or one that finds people and joints in one pass.</summary>
internal sealed class PredictModel : IDisposable
{
    private const int BatchSize = 16;

    private readonly IDisposable _owned;
    private readonly PeopleEstimator? _people;
    private readonly ICropEstimator? _crops;
    private readonly ConcurrentBag<CropBatch> _batches = [];

    private PredictModel(ICropEstimator crops, IDisposable owned) => (Skeleton, _crops, _owned) = (crops.Skeleton, crops, owned);

    private PredictModel(PeopleEstimator people) => (Skeleton, _people, _owned) = (people.Skeleton, people, people);

    /// <summary>The joints that it finds.</summary>
    public Skeleton Skeleton { get; }

    /// <summary>The model itself, where it looks at crops of people; null where it finds them. For one thread at a time.</summary>
    public ICropEstimator? Crops => _crops;

    /// <summary>True where it finds the people itself, so that nobody needs to detect them.</summary>
    public bool FindsPeople => _people is not null;

    /// <summary>True for a network in ONNX Runtime, which several threads may ask at once; false for weights of a training.</summary>
    /// <param name="path">Weights, a model card, or a run's folder.</param>
    public static bool IsOnnx(string path) => File.Exists(path) && Path.GetExtension(path).ToLowerInvariant() is (".onnx" or ".yaml" or ".yml");

    /// <summary>Opens a model.</summary>
    /// <param name="path">Weights, a model card, or a run's folder.</param>
    /// <param name="device">Where it runs.</param>
    /// <param name="flipTest">Average with the mirrored crop.</param>
    /// <param name="score">Least score of the people that a one-pass model finds; null for the card's.</param>
    /// <param name="onnx">How an ONNX model is run.</param>
    /// <exception cref="SinewException">It is missing or wrong.</exception>
    public static PredictModel Open(string path, Device device, bool flipTest, float? score, OnnxOptions onnx)
    {
        if (!IsOnnx(path))
        {
            // libtorch is loaded for its own weights only: it takes longer than a picture
            Torch.Threads = Environment.ProcessorCount;
            var file = EstimatorFile.Open(path, device, flipTest);
            return new PredictModel(new FiniteEstimator(file.Estimator, path), file);
        }

        var (model, card) = ModelCards.Open(path, ModelDevice.On(onnx, device));
        try
        {
            if (card.Kind == ModelKind.People)
            {
                return flipTest
                    ? throw new SinewException($"{path}: finds people and joints in one pass, which has no flip test; leave out --flip-test")
                    : new PredictModel(new PeopleEstimator(card, model, new DetectorOptions { Score = score }));
            }

            var estimator = new PoseEstimator(new RawPoseModel(card, model), new EstimatorOptions { FlipTest = flipTest });
            return new PredictModel(new OnnxEstimator(estimator), estimator);
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>The people of some images: of all images at once, as far as they fit into one run of the network.</summary>
    /// <param name="images">The images, each with the boxes of its people (which a one-pass model does not need).</param>
    /// <returns>Each image's people, in its boxes' order.</returns>
    /// <exception cref="SinewException">A box is empty, or the network failed.</exception>
    public PosePerson[][] Estimate(IReadOnlyList<(Image Image, IReadOnlyList<Detection> Boxes)> images)
    {
        if (_people is not null) return [.. images.Select(i => _people.Estimate(i.Image))];
        PosePerson[][] found = [.. images.Select(i => new PosePerson[i.Boxes.Count])];
        var places = new (int Image, int Person)[BatchSize];
        if (!_batches.TryTake(out var batch)) batch = new CropBatch(_crops!, BatchSize);
        batch.Clear();
        for (var image = 0; image < images.Count; image++)
        {
            for (var person = 0; person < images[image].Boxes.Count; person++)
            {
                places[batch.Count] = (image, person);
                batch.Add(images[image].Image, images[image].Boxes[person].Box);
                if (batch.IsFull) Run();
            }
        }

        Run();
        _batches.Add(batch);
        return found;

        void Run()
        {
            batch.Estimate();
            for (var i = 0; i < batch.Count; i++)
            {
                var box = images[places[i].Image].Boxes[places[i].Person];
                found[places[i].Image][places[i].Person] = new PosePerson(box.Box, box.Score, batch.KeypointsOf(i).ToArray(), batch.ScoresOf(i).ToArray());
            }

            batch.Clear();
        }
    }

    public void Dispose() => _owned.Dispose();
}
