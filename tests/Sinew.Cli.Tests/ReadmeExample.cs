using Sinew.Imaging;
using Sinew.Inference;

namespace Sinew.Cli.Tests;

/// <summary>The README's lines of C#, compiled; <see cref="DocumentationTests"/> checks that they are the same.</summary>
internal static class ReadmeExample
{
    public static void Run()
    {
        using var detector = PersonDetector.Load("rtmdet_nano_person.onnx");
        using var estimator = PoseEstimator.Load(); // the model in the box, or any ONNX file
        using var photo = ImageDecoder.Decode("photo.jpg");
        foreach (var person in estimator.Estimate(photo, detector.Detect(photo)))
            Console.WriteLine($"{person.Box}: nose at {person.Keypoints[0]:0}, {person.Keypoints[1]:0}");
    }
}
