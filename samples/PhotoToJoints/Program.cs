using Sinew.Imaging;
using Sinew.Inference;

// usage: PhotoToJoints PHOTO [MODEL.onnx [DETECTOR.onnx]]
// Writes the joints of everybody in a photograph, by the model that comes with the package where none is named; without a detector the photograph
// is taken for one person.
if (args.Length is < 1 or > 3)
{
    Console.Error.WriteLine("usage: PhotoToJoints PHOTO [MODEL.onnx [DETECTOR.onnx]]");
    return 2;
}

using var estimator = PoseEstimator.Load(args.Length > 1 ? args[1] : null);
using var photo = ImageDecoder.Decode(args[0]);
using var detector = args.Length > 2 ? PersonDetector.Load(args[2]) : null;
var people = detector is null ? [estimator.Estimate(photo)] : estimator.Estimate(photo, detector.Detect(photo));
foreach (var person in people)
{
    Console.WriteLine($"person at {person.Box}");
    for (var j = 0; j < estimator.Skeleton.Count; j++)
        Console.WriteLine($"  {estimator.Skeleton.Joints[j].Name,-16} {person.Keypoints[2 * j],7:0.0} {person.Keypoints[(2 * j) + 1],7:0.0}  {person.Scores[j]:0.00}");
}

return 0;
