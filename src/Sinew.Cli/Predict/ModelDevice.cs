using System.Globalization;
using Sinew.Inference;
using Sinew.Tensors;

namespace Sinew.Cli.Predict;

/// <summary>Where a model runs, by <c>--device</c>: libtorch's device for weights of a training, an execution provider for ONNX files.</summary>
internal static class ModelDevice
{
    /// <summary>The device for a model.</summary>
    /// <param name="text">cpu, cuda or cuda:N.</param>
    /// <param name="model">The model's file or folder.</param>
    /// <exception cref="SinewException">There is no such device, or the model's engine cannot use it.</exception>
    public static Device Of(string text, string model)
    {
        var device = Device.Parse(text);
        if (device.IsCuda && !PredictModel.IsOnnx(model) && !Torch.CudaAvailable)
            throw new SinewException($"--device {text}: this libtorch sees no such device; leave it out, or set SINEW_LIBTORCH to a CUDA build");
        return device;
    }

    /// <summary>How ONNX models run on a device.</summary>
    /// <param name="options">How they run otherwise.</param>
    /// <param name="device">The device.</param>
    public static OnnxOptions On(OnnxOptions options, Device device) => device.IsCpu ? options : options with
    {
        Provider = "cuda",
        ProviderOptions = new Dictionary<string, string> { ["device_id"] = device.Index.ToString(CultureInfo.InvariantCulture) },
    };
}
