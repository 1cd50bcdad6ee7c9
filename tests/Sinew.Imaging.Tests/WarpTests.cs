using Sinew.Geometry;
using Sinew.TestSupport;

namespace Sinew.Imaging.Tests;

public class WarpTests
{
    [Fact]
    public void A_crop_equals_OpenCVs_within_one_grey_level()
    {
        var reference = Shared.Npz("parity/topdown_affine.npz");
        var names = reference["image"].Strings();
        var centers = reference["center"].Floats();
        var scales = reference["scale_after_fix_aspect"].Floats();
        var rotations = reference["rotation"].Floats();
        var expected = reference["crop"].Data;
        var crop = new byte[256 * 192 * 3];
        int largest = 0;
        long sum = 0, different = 0;
        for (var i = 0; i < names.Length; i++)
        {
            using var image = ImageDecoder.Decode(Shared.Path("data/samples/coco/" + names[i]));
            Warp.Crop(image, new CropGeometry(centers[2 * i], centers[(2 * i) + 1], scales[2 * i], scales[(2 * i) + 1], rotations[i], 192, 256), crop);
            var bgr = expected.AsSpan(i * crop.Length, crop.Length);
            var max = 0;
            for (var p = 0; p < crop.Length; p++)
            {
                var difference = Math.Abs(crop[p] - bgr[p + 2 - (2 * (p % 3))]);
                max = Math.Max(max, difference);
                sum += difference;
                if (difference > 0) different++;
            }

            TestContext.Current.TestOutputHelper!.WriteLine($"{i} rot {rotations[i]} max {max}");
            largest = Math.Max(largest, max);
        }

        var mean = sum / (double)expected.Length;
        TestContext.Current.TestOutputHelper!.WriteLine($"largest difference {largest}, mean {mean:g3}, different {different / (double)expected.Length:p3}");
        Assert.InRange(largest, 0, 1);
    }
}
