using Sinew.Imaging;
using Sinew.Inference;

// usage: PhotoToJoints MODEL.onnx PHOTO [DETECTOR.onnx]
// Writes the joints of everybody in a photograph; without a detector the photograph is taken for one person.
if (args.Length is < 2 or > 3)
{
    Console.Error.WriteLine("usage: PhotoToJoints MODEL.onnx PHOTO [DETECTOR.onnx]");
    return 2;
}

using var estimator = PoseEstimator.Load(args[0]);
using var photo = ImageDecoder.Decode(args[1]);
using var detector = args.Length > 2 ? PersonDetector.Load(args[2]) : null;
var people = detector is null ? [estimator.Estimate(photo)] : estimator.Estimate(photo, detector.Detect(photo));
foreach (var person in people)
{
    Console.WriteLine($"person at {person.Box}");
    for (var j = 0; j < estimator.Skeleton.Count; j++)
        Console.WriteLine($"  {estimator.Skeleton.Joints[j].Name,-16} {person.Keypoints[2 * j],7:0.0} {person.Keypoints[(2 * j) + 1],7:0.0}  {person.Scores[j]:0.00}");
}

return 0;
