using Sinew.Tensors;
using Sinew.Tensors.Files;
using Sinew.Training.Models;

namespace Sinew.Training.Export;

/// <summary>Writes a network's weights without its graph, under MMPose's names.</summary>
public static class WeightsExport
{
    /// <summary>Writes a file as MMPose's checkpoints are: <c>meta</c> and <c>state_dict</c>, to be read by torch.load.</summary>
    /// <param name="student">The network.</param>
    /// <param name="path">The file; one of that name is replaced.</param>
    /// <exception cref="SinewException">The file cannot be written.</exception>
    public static void WritePth(Student student, string path)
    {
        ArgumentNullException.ThrowIfNull(student);
        using var scope = new TensorScope();
        var state = new OrderedDictionary<object, object?>();
        foreach (var (name, tensor) in student.Network.StateDict()) state.Add(name, tensor);
        TorchFile.Write(path, new OrderedDictionary<object, object?>
        {
            ["meta"] = new OrderedDictionary<object, object?> { [ModelDescription.MetadataKey] = student.Description.ToJson() },
            ["state_dict"] = state,
        });
    }

    /// <summary>Writes a safetensors file with the description inside.</summary>
    /// <param name="student">The network.</param>
    /// <param name="path">The file; one of that name is replaced.</param>
    /// <param name="half">Halves the file: 16 bits a number. Whatever reads it computes in 32 bits again.</param>
    /// <exception cref="SinewException">The file cannot be written, or a number is too large for 16 bits.</exception>
    public static void WriteSafeTensors(Student student, string path, bool half = false)
    {
        ArgumentNullException.ThrowIfNull(student);
        student.Save(path, student.Description, half ? DType.Float16 : DType.Float32);
    }
}
