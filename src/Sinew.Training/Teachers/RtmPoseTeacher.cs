using System.Security.Cryptography;
using Sinew.Imaging;
using Sinew.Inference;
using Sinew.Tensors;
using Sinew.Training.Models;

namespace Sinew.Training.Teachers;

/// <summary>Opens teachers from RTMPose weights (.pth, .safetensors), which run in libtorch beside the student.</summary>
public static class RtmPoseTeacher
{
    /// <summary>Opens a teacher. It stays in evaluation mode and no optimiser ever sees it.</summary>
    /// <param name="path">Weights or their card, as <see cref="Student.Load"/> takes them.</param>
    /// <param name="name">Short name.</param>
    /// <param name="device">Where it runs.</param>
    /// <param name="ownCard">The card of these weights; null to look for it.</param>
    /// <exception cref="SinewException">A file is missing or wrong.</exception>
    public static ITeacher Open(string path, string name, Device device, string? ownCard = null)
    {
        var (weights, card) = ModelCards.Find(path, ownCard);
        var student = Student.Load(path, device, ownCard);
        var d = student.Description;
        using var stream = File.OpenRead(weights);
        var hash = $"{Convert.ToHexStringLower(SHA256.HashData(stream))} {d.ToJson()}";
        var reading = new TeacherReading();
        if (card?.Output is { } output) reading = reading with { Sharpness = (float)output.Beta };
        return new SimCcTeacher(name, student.Skeleton, d.Width, d.Height, d.SplitRatio, new Network(student), hash, reading) { Padding = (float)d.Padding };
    }

    private sealed class Network(Student student) : ITeacherNetwork
    {
        public ITeacherNetworkOutput Run(ReadOnlySpan<byte> crops, int people)
        {
            var (d, joints, codec) = (student.Description, student.Skeleton.Count, student.Codec);
            var pixels = d.Width * d.Height * 3;
            var planes = new float[people * pixels];
            var norm = d.Norm;
            for (var i = 0; i < people; i++) Normalise.ToPlanes(crops.Slice(i * pixels, pixels), planes.AsSpan(i * pixels, pixels), norm);
            var output = new Output(new float[people * joints * codec.XBins], new float[people * joints * codec.YBins]);
            student.Predict(planes, people, output.X, output.Y);
            return output;
        }

        public void Dispose() => student.Dispose();
    }

    private sealed record Output(float[] X, float[] Y) : ITeacherNetworkOutput
    {
        public ReadOnlySpan<float> First => X;

        public ReadOnlySpan<float> Second => Y;

        public void Dispose()
        {
        }
    }
}
