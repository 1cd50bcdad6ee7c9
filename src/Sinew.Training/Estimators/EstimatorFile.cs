using Sinew.Inference;
using Sinew.Skeletons;
using Sinew.Tensors;
using Sinew.Training.Models;

namespace Sinew.Training.Estimators;

/// <summary>A model opened from a file, whatever engine runs it.</summary>
public sealed class EstimatorFile : IDisposable
{
    private readonly IDisposable _model;

    private EstimatorFile(ICropEstimator estimator, IDisposable model) => (Estimator, _model) = (estimator, model);

    /// <summary>The model.</summary>
    public ICropEstimator Estimator { get; }

    /// <summary>Its joints.</summary>
    public Skeleton Skeleton => Estimator.Skeleton;

    /// <summary>Opens a model: .safetensors of a training (libtorch), or .onnx or a model card (ONNX Runtime).</summary>
    /// <param name="path">The file, or the folder of a training, whose model is taken then.</param>
    /// <param name="device">Where a .safetensors model runs.</param>
    /// <param name="flipTest">Average with the mirrored crop (ONNX models).</param>
    /// <exception cref="SinewException">The file is missing or of a kind that is not read.</exception>
    public static EstimatorFile Open(string path, Device device, bool flipTest = false)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (Directory.Exists(path)) path = Path.Combine(path, Loop.Trainer.ModelFileName);
        if (!File.Exists(path)) throw new SinewException($"{path}: there is no such model file");
        switch (Path.GetExtension(path).ToLowerInvariant())
        {
            case ".safetensors" or ".pth":
                var student = Student.Load(path, device);
                return new EstimatorFile(new StudentEstimator(student, flipTest), student);
            case ".onnx" or ".yaml" or ".yml":
                var estimator = PoseEstimator.Load(path, new EstimatorOptions { FlipTest = flipTest });
                return new EstimatorFile(new OnnxEstimator(estimator), estimator);
            default:
                throw new SinewException($"{path}: not a model: give .safetensors or .pth weights, an .onnx file, or a model card (.yaml)");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _model.Dispose();
}
