using Sinew.Annotations;
using Sinew.Geometry;
using Sinew.Imaging;
using Sinew.Skeletons;
using Sinew.TestSupport;

namespace Sinew.Inference.Tests;

/// <summary>Real networks on real photographs: a wrong colour order, crop, decoding or joint order falls far below these scores.</summary>
public class AccuracyTests
{
    public AccuracyTests() => Networks.NeedRuntime();

    // On 62 people of COCO val, measured elsewhere without a flip test: mean OKS 0.853 (TinyPose) and 0.764 (MoveNet).
    [Theory]
    [InlineData("tinypose_coco17_256x192.onnx", 0.87)]
    [InlineData("movenet_thunder_coco17.onnx", 0.82)]
    public void CocoPeopleAreFoundAndTheFlipTestHelps(string file, double atLeast)
    {
        var data = AnnotationReader.Read(Shared.Path("data/samples/coco/test_coco.json"));
        var (plain, people) = MeanOks(data, file, new EstimatorOptions());
        var (flipped, _) = MeanOks(data, file, new EstimatorOptions { FlipTest = true });
        Assert.Equal(12, people);
        Assert.InRange(plain, atLeast, 1);
        Assert.InRange(flipped, plain, 1);
    }

    // Measured elsewhere on these five people: 64 of 66 (RT) and 62 of 66 (I) joints within half a head size. Several lie within a
    // hundredth of the threshold, so that a pixel of difference in the crop moves one or two over it.
    [Theory]
    [InlineData("efficientpose_rt_mpii16_224x224.onnx", 64)]
    [InlineData("efficientpose_i_mpii16_256x256.onnx", 62)]
    public void MpiiPeopleAreFound(string file, int measured)
    {
        var data = AnnotationReader.Read(Shared.Path("data/samples/mpii/test_mpii.json"));
        using var estimator = PoseEstimator.Load(Shared.Path("models/" + file), onnx: Networks.OneThread);
        var (right, all) = (0, 0);
        for (var person = 0; person < data.People.Count; person++)
        {
            var square = data.People.Squares![person];
            using var image = ImageDecoder.Decode(Shared.Path("data/samples/mpii/" + data.Images.FileNames[data.People.Image[person]]));

            // The file's own centre, as the figures were measured: the reader moved it down by 15 / 200 of the side.
            var box = new Box(square.CenterX - (square.Side / 2), square.CenterY - (square.Side * 0.575f), square.Side, square.Side);
            var found = estimator.Estimate(image, [new Detection(box, 1)])[0];

            // 60 % of the head box's diagonal, which these files give as an eighth of the person's 200-pixel scale.
            var headSize = square.Side / 200 * 1.25 * 20;
            for (var k = 0; k < data.Skeleton.Count; k++)
            {
                if (data.StatesOf(person)[k] < JointState.Occluded || data.Skeleton.Joints[k].Id is "pelvis" or "thorax") continue;
                var joint = estimator.Skeleton.IndexOfId(data.Skeleton.Joints[k].Id);
                var dx = found.Keypoints[2 * joint] - data.KeypointsOf(person)[2 * k];
                var dy = found.Keypoints[(2 * joint) + 1] - data.KeypointsOf(person)[(2 * k) + 1];
                all++;
                if (Math.Sqrt((dx * dx) + (dy * dy)) <= 0.5 * headSize) right++;
            }
        }

        Assert.Equal(66, all);
        Assert.InRange(right, measured - 2, measured + 2);
    }

    private static (double Oks, int People) MeanOks(PoseData data, string file, EstimatorOptions options)
    {
        using var estimator = PoseEstimator.Load(Shared.Path("models/" + file), options, Networks.OneThread);
        var (sum, people) = (0.0, 0);
        for (var person = 0; person < data.People.Count; person++)
        {
            var states = data.StatesOf(person).ToArray();
            var box = data.People.Boxes[person];
            if (states.Count(s => s >= JointState.Occluded) < 5 || box.Area < 48 * 48) continue;
            using var image = ImageDecoder.Decode(Shared.Path("data/samples/coco/" + data.Images.FileNames[data.People.Image[person]]));
            var found = estimator.Estimate(image, [new Detection(box, 1)])[0].Keypoints;
            var (oks, labelled) = (0.0, 0);
            for (var k = 0; k < states.Length; k++)
            {
                if (states[k] < JointState.Occluded) continue;
                var dx = found[2 * k] - data.KeypointsOf(person)[2 * k];
                var dy = found[(2 * k) + 1] - data.KeypointsOf(person)[(2 * k) + 1];
                var spread = 2 * data.Skeleton.Sigmas[k];
                oks += Math.Exp(-((dx * dx) + (dy * dy)) / (2 * data.People.Areas[person] * spread * spread));
                labelled++;
            }

            sum += oks / labelled;
            people++;
        }

        return (sum / people, people);
    }
}
