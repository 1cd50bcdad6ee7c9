using FsCheck.Fluent;
using Sinew.Geometry;
using Sinew.Skeletons;
using Sinew.TestSupport;

namespace Sinew.Imaging.Tests;

public class AugmentationTests
{
    private static readonly Skeleton Coco = BuiltInSkeletons.Get("coco17");

    [Fact]
    public void The_generator_gives_the_published_sequences()
    {
        // The reference outputs that rand_xoshiro tests its xoshiro256++ against, and Rosetta Code's for SplitMix64.
        var random = new AugmentRandom(1, 2, 3, 4);
        ulong[] expected = [41943041, 58720359, 3588806011781223, 3591011842654386, 9228616714210784205, 9973669472204895162];
        foreach (var value in expected) Assert.Equal(value, random.NextBits());
        ulong state = 1234567;
        ulong[] split = [6457827717110365317, 3203168211198807973, 9817491932198370423];
        foreach (var value in split) Assert.Equal(value, AugmentRandom.SplitMix(ref state));
    }

    [Fact]
    public void Seed_epoch_and_person_each_change_the_stream()
    {
        var seen = new HashSet<ulong>();
        for (ulong seed = 0; seed < 4; seed++)
        {
            for (var epoch = 0; epoch < 20; epoch++)
            {
                for (var person = 0; person < 50; person++)
                {
                    var (a, b) = (new AugmentRandom(seed, epoch, person), new AugmentRandom(seed, epoch, person));
                    var first = a.NextBits();
                    Assert.Equal(first, b.NextBits());
                    Assert.True(seen.Add(first));
                }
            }
        }
    }

    [Fact]
    public void Draws_have_the_distributions_they_say()
    {
        var random = new AugmentRandom(7, 0, 0);
        const int Count = 200_000;
        double sum = 0, squares = 0, units = 0;
        var counts = new int[5];
        for (var i = 0; i < Count; i++)
        {
            var x = random.TruncatedNormal();
            Assert.InRange(x, -1, 1);
            (sum, squares) = (sum + x, squares + (x * x));
            units += random.NextUnit();
            counts[random.Below(5)]++;
        }

        // scipy.stats.truncnorm(-1, 1): variance 1 − 2·φ(1) / (2·Φ(1) − 1) = 0.291125.
        Assert.InRange(sum / Count, -0.005, 0.005);
        Assert.InRange(squares / Count, 0.2885, 0.2937);
        Assert.InRange(units / Count, 0.497, 0.503);
        Assert.All(counts, c => Assert.InRange(c / (double)Count, 0.195, 0.205));
    }

    [Fact]
    public void Without_augmentation_the_crop_and_the_joints_are_MMPoses()
    {
        var reference = Shared.Npz("parity/topdown_affine.npz");
        var boxes = reference["bbox_xyxy"].Floats();
        var (centers, scales, rotations) = (reference["center"].Floats(), reference["scale_after_fix_aspect"].Floats(), reference["rotation"].Floats());
        var (keypoints, expected) = (reference["keypoints"].Floats(), reference["transformed_keypoints"].Floats());
        var augmenter = new GeometryAugmenter(Coco, AugmentationOptions.None);
        var states = Enumerable.Repeat(JointState.Visible, 17).ToArray();
        var moved = new float[34];
        for (var i = 0; i < rotations.Length; i++)
        {
            var box = new Box(boxes[4 * i], boxes[(4 * i) + 1], boxes[(4 * i) + 2] - boxes[4 * i], boxes[(4 * i) + 3] - boxes[(4 * i) + 1]);
            var random = new AugmentRandom(0, 0, i);
            var crop = augmenter.Sample(ref random, box, keypoints.AsSpan(i * 34, 34), states, 192, 256);
            Assert.Equal(0, crop.Rotation);
            Assert.Equal(centers[2 * i], crop.CenterX, 1e-3);
            Assert.Equal(centers[(2 * i) + 1], crop.CenterY, 1e-3);
            Assert.Equal(scales[2 * i], crop.ScaleWidth, 1e-3);
            Assert.Equal(scales[(2 * i) + 1], crop.ScaleHeight, 1e-3);
            JointTransform.Apply(crop with { Rotation = rotations[i] }, keypoints.AsSpan(i * 34, 34), states, Coco, moved, new JointState[17]);
            for (var k = 0; k < 34; k++) Assert.Equal(expected[(i * 34) + k], moved[k], 2e-3);
        }
    }

    [Fact]
    public void The_lower_half_is_what_MMPose_lists()
    {
        // dataset_info files of MMPose: lower_body_ids.
        Assert.Equal([11, 12, 13, 14, 15, 16], Lower("coco17"));
        Assert.Equal([0, 1, 2, 3, 4, 5, 6], Lower("mpii16"));
        Assert.Equal([6, 7, 8, 9, 10, 11], Lower("crowdpose14"));
        Assert.Equal([11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22], Lower("coco-wholebody133"));

        static int[] Lower(string name) =>
            [.. BodyHalves.LowerJoints(BuiltInSkeletons.Get(name)).Select((lower, i) => (lower, i)).Where(j => j.lower).Select(j => j.i)];
    }

    [Fact]
    public void Samples_stay_in_the_ranges_of_their_options_and_vary_as_often_as_they_say()
    {
        var options = AugmentationOptions.Stage1 with { HalfBodyProbability = 0 };
        var augmenter = new GeometryAugmenter(Coco, options);
        var box = new Box(100, 50, 60, 160);
        int flips = 0, shifts = 0, turns = 0;
        const int Count = 20_000;
        for (var i = 0; i < Count; i++)
        {
            var random = new AugmentRandom(1, 2, i);
            var crop = augmenter.Sample(ref random, box, new float[34], new JointState[17], 192, 256);
            Assert.Equal(192f / 256, crop.ScaleWidth / crop.ScaleHeight, 1e-4);
            Assert.InRange(crop.ScaleHeight / 200, 0.5999, 1.4001);
            Assert.InRange(Math.Abs(crop.Rotation), 0, 80);
            Assert.InRange(Math.Abs(crop.CenterX - 130), 0, (0.16 * 75) + 1e-3);
            Assert.InRange(Math.Abs(crop.CenterY - 130), 0, (0.16 * 200) + 1e-3);
            flips += crop.Flip ? 1 : 0;
            shifts += crop.CenterX != 130 ? 1 : 0;
            turns += crop.Rotation != 0 ? 1 : 0;
        }

        Assert.InRange(flips / (double)Count, 0.485, 0.515);
        Assert.InRange(shifts / (double)Count, 0.285, 0.315);
        Assert.InRange(turns / (double)Count, 0.585, 0.615);
    }

    [Fact]
    public void Half_bodies_are_centred_on_their_joints()
    {
        // Upper joints around (100, 40), lower ones around (100, 200).
        var keypoints = new float[34];
        for (var i = 0; i < 17; i++)
        {
            (keypoints[2 * i], keypoints[(2 * i) + 1]) = i < 11 ? (90 + (2 * i), 40 + (i % 2)) : (95 + (2 * (i - 11)), 200 + (i % 3));
        }

        var states = Enumerable.Repeat(JointState.Visible, 17).ToArray();
        var augmenter = new GeometryAugmenter(Coco, AugmentationOptions.None with { HalfBodyProbability = 1 });
        int upper = 0, lower = 0;
        for (var i = 0; i < 4000; i++)
        {
            var random = new AugmentRandom(3, 0, i);
            var crop = augmenter.Sample(ref random, new Box(0, 0, 200, 300), keypoints, states, 192, 256);
            if (crop.CenterY < 100)
            {
                upper++;
                Assert.Equal(100, crop.CenterX, 1e-3);
                Assert.Equal(20 * 1.5f, crop.ScaleWidth, 1e-3);
            }
            else
            {
                lower++;
                Assert.Equal(100, crop.CenterX, 1e-3);
                Assert.Equal(10 * 1.5f, crop.ScaleWidth, 1e-3);
            }
        }

        Assert.InRange(upper / 4000.0, 0.67, 0.73);
        Assert.Equal(4000, upper + lower);

        // Eight joints are too few; with only two lower ones it is always the upper half.
        Array.Fill(states, JointState.Unlabelled, 8, 9);
        var few = new AugmentRandom(3, 0, 0);
        Assert.Equal(150, augmenter.Sample(ref few, new Box(0, 0, 200, 300), keypoints, states, 192, 256).CenterY);
        Array.Fill(states, JointState.Occluded, 8, 5);
        for (var i = 0; i < 50; i++)
        {
            var random = new AugmentRandom(3, 1, i);
            Assert.InRange(augmenter.Sample(ref random, new Box(0, 0, 200, 300), keypoints, states, 192, 256).CenterY, 39, 42);
        }
    }

    [Fact]
    public void Mirroring_twice_is_the_identity_and_swaps_sides_once() => Prop.ForAll<int>(seed =>
    {
        var random = new AugmentRandom((ulong)seed, 0, 0);
        var geometry = new CropGeometry(
            (float)random.Uniform(0, 300), (float)random.Uniform(0, 300), 96, 128, (float)random.Uniform(-180, 180), 192, 256);
        var keypoints = new float[34];
        var states = new JointState[17];
        for (var i = 0; i < 17; i++)
        {
            (keypoints[2 * i], keypoints[(2 * i) + 1]) = ((float)random.Uniform(0, 300), (float)random.Uniform(0, 300));
            states[i] = (JointState)random.Below(4);
        }

        float[] straight = new float[34], mirrored = new float[34];
        JointState[] straightStates = new JointState[17], mirroredStates = new JointState[17];
        JointTransform.Apply(geometry, keypoints, states, Coco, straight, straightStates);
        JointTransform.Apply(geometry with { Flip = true }, keypoints, states, Coco, mirrored, mirroredStates);
        Assert.Equal(states, straightStates);
        for (var i = 0; i < 17; i++)
        {
            var swap = Coco.SwapIndices[i];
            Assert.Equal(states[swap], mirroredStates[i]);
            if (states[swap] < JointState.Occluded) continue;
            Assert.Equal(191 - straight[2 * swap], mirrored[2 * i], 1e-2);
            Assert.Equal(straight[(2 * swap) + 1], mirrored[(2 * i) + 1], 1e-2);
        }
    }).Holds();

    [Fact]
    public void A_mirrored_crop_is_the_straight_one_read_backwards()
    {
        using var image = TestImages.Scene(200, 150);
        var geometry = new CropGeometry(90, 70, 60, 80, 0, 48, 64);
        byte[] straight = new byte[48 * 64 * 3], mirrored = new byte[straight.Length];
        Warp.Crop(image, geometry, straight);
        Warp.Crop(image, geometry with { Flip = true }, mirrored);
        for (var y = 0; y < 64; y++)
        {
            for (var x = 0; x < 48; x++)
            {
                for (var c = 0; c < 3; c++)
                {
                    Assert.InRange(mirrored[(((y * 48) + x) * 3) + c] - straight[(((y * 48) + 47 - x) * 3) + c], -8, 8);
                }
            }
        }
    }

    [Fact]
    public void Pixel_augmentation_is_as_frequent_and_as_large_as_its_options()
    {
        int blurs = 0, medians = 0, hues = 0;
        const int Count = 20_000;
        for (var i = 0; i < Count; i++)
        {
            var random = new AugmentRandom(5, 0, i);
            var pixels = PixelAugmentation.Sample(ref random, AugmentationOptions.Stage1, 192, 256);
            Assert.InRange(pixels.Hue, -4, 4);
            Assert.InRange(Math.Abs(pixels.Saturation), 0, 29);
            Assert.InRange(Math.Abs(pixels.Value), 0, 29);
            Assert.Contains(pixels.BlurSize, (int[])[0, 3, 5, 7]);
            Assert.InRange(pixels.HoleWidth, 38, 76);
            Assert.InRange(pixels.HoleHeight, 51, 102);
            Assert.InRange(pixels.HoleX, 0, 192 - pixels.HoleWidth);
            Assert.InRange(pixels.HoleY, 0, 256 - pixels.HoleHeight);
            blurs += pixels.BlurSize > 0 ? 1 : 0;
            medians += pixels.MedianSize > 0 ? 1 : 0;
            hues += pixels.Hue != 0 ? 1 : 0;
        }

        Assert.InRange(blurs / (double)Count, 0.09, 0.11);
        Assert.InRange(medians / (double)Count, 0.09, 0.11);
        // Half the time nothing, and of the rest a fifth falls between −1 and 1 and is cut to 0.
        Assert.InRange(hues / (double)Count, 0.385, 0.415);
        var none = new AugmentRandom(5, 0, 0);
        Assert.Equal(PixelAugmentation.None, PixelAugmentation.Sample(ref none, AugmentationOptions.None, 192, 256));
    }

    [Fact]
    public void A_teachers_crop_of_another_size_hides_the_same_part_of_the_image()
    {
        using var white = new Image(400, 400);
        white.Pixels.Fill(255);
        var student = new CropGeometry(200, 200, 120, 160, 30, 192, 256, Flip: true);
        var pixels = new PixelAugmentation(0, 0, 0, 0, 0, 40, 60, 50, 80);
        var pipeline = new CropPipeline([new CropTarget(192, 256, PixelNorm.None), new CropTarget(256, 256, PixelNorm.None), new CropTarget(96, 128, PixelNorm.None)]);
        var first = new byte[192 * 256 * 3];
        pipeline.Render(white, student, pixels, 0, first);
        for (var target = 1; target < 3; target++)
        {
            var geometry = pipeline.GeometryOf(student, target);
            var other = new byte[geometry.Width * geometry.Height * 3];
            pipeline.Render(white, student, pixels, target, other);
            var map = student.ImageToCrop().After(geometry.CropToImage());
            var wrong = 0;
            for (var y = 0; y < geometry.Height; y++)
            {
                for (var x = 0; x < geometry.Width; x++)
                {
                    var (u, v) = map.Apply(x, y);
                    var (distanceX, distanceY) = (Math.Abs(u - 64.5) - 25, Math.Abs(v - 99.5) - 40);
                    // Within one pixel of the edge either is right.
                    if (Math.Max(distanceX, distanceY) is > -2 and < 2) continue;
                    var hidden = distanceX < 0 && distanceY < 0;
                    if (other[((y * geometry.Width) + x) * 3] != (hidden ? 0 : 255)) wrong++;
                }
            }

            Assert.Equal(0, wrong);
        }
    }

    [Fact]
    public void A_persons_crop_is_made_without_allocating()
    {
        using var image = TestImages.Noise(320, 240, 1);
        var pipeline = new CropPipeline([new CropTarget(192, 256, PixelNorm.ImageNet), new CropTarget(256, 256, PixelNorm.ImageNet)]);
        var augmenter = new GeometryAugmenter(Coco, AugmentationOptions.Stage1 with { BlurProbability = 1, MedianBlurProbability = 1 });
        float[] student = new float[3 * 192 * 256], teacher = new float[3 * 256 * 256], keypoints = new float[34], moved = new float[34];
        JointState[] states = new JointState[17], movedStates = new JointState[17];
        for (var i = 0; i < 3; i++) Person(i);

        // A collection that another test causes may empty the pool of buffers in one round; what allocates does so in all of them.
        var least = long.MaxValue;
        for (var round = 0; round < 5; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 20; i++) Person(i);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.InRange(least, 0, 1000);

        void Person(int i)
        {
            var random = new AugmentRandom(1, 0, i);
            var crop = augmenter.Sample(ref random, new Box(40, 30, 90, 180), keypoints, states, 192, 256);
            var pixels = PixelAugmentation.Sample(ref random, augmenter.Options, 192, 256);
            JointTransform.Apply(crop, keypoints, states, Coco, moved, movedStates);
            pipeline.Render(image, crop, pixels, 0, student);
            pipeline.Render(image, crop, pixels, 1, teacher);
        }
    }

    [Fact]
    public void A_jpeg_is_decoded_smaller_only_where_enough_pixels_are_left()
    {
        var pipeline = new CropPipeline([new CropTarget(192, 256, PixelNorm.None), new CropTarget(288, 384, PixelNorm.None)], oversampling: 1.5f);
        CropGeometry Crop(float width) => new(0, 0, width, width * 4 / 3, 0, 192, 256);
        Assert.Equal(1, pipeline.ScaleDenominator(Crop(288 * 2.99f)));
        Assert.Equal(2, pipeline.ScaleDenominator(Crop(288 * 3.01f)));
        Assert.Equal(2, pipeline.ScaleDenominator(Crop(288 * 5.9f)));
        Assert.Equal(4, pipeline.ScaleDenominator(Crop(288 * 6.1f)));
        Assert.Equal(8, pipeline.ScaleDenominator(Crop(288 * 30)));
        Assert.Equal(1, new CropPipeline(pipeline.Targets, oversampling: 0).ScaleDenominator(Crop(288 * 30)));
    }

    [Fact]
    public void A_crop_from_a_reduced_jpeg_is_nearer_to_the_mean_of_the_pixels_it_stands_for()
    {
        // Where a crop's pixel stands for about 4 × 4 pixels, bilinear sampling of the full picture looks at four of them.
        using var scene = TestImages.Noise(400, 320, 6);
        Blur.Box(scene.Pixels, 400, 320, 3);
        var jpeg = ImageEncoder.Jpeg(scene, 98, fullChroma: true);
        using var full = ImageDecoder.Decode(jpeg);
        var pipeline = new CropPipeline([new CropTarget(90, 72, PixelNorm.None)]);
        var crop = new CropGeometry(200, 160, 378, 302.4f, 0, 90, 72);
        Assert.Equal(2, pipeline.ScaleDenominator(crop));
        using var reduced = ImageDecoder.Decode(jpeg, pipeline.DecodeOptionsFor(crop));
        byte[] fromFull = new byte[90 * 72 * 3], fromReduced = new byte[fromFull.Length];
        pipeline.Render(full, crop, PixelAugmentation.None, 0, fromFull);
        pipeline.Render(reduced, crop, PixelAugmentation.None, 0, fromReduced);
        var map = crop.CropToImage();
        double errorOfFull = 0, errorOfReduced = 0;
        for (var i = 0; i < fromFull.Length; i++)
        {
            var (x, y) = map.Apply(i / 3 % 90, i / 3 / 90);
            var mean = 0.0;
            for (var dy = -2; dy < 2; dy++)
            {
                for (var dx = -2; dx < 2; dx++) mean += full.Row((int)Math.Ceiling(y) + dy)[(((int)Math.Ceiling(x) + dx) * 3) + (i % 3)] / 16.0;
            }

            errorOfFull += Math.Abs(fromFull[i] - mean);
            errorOfReduced += Math.Abs(fromReduced[i] - mean);
        }

        Assert.True(errorOfReduced < errorOfFull * 0.7, $"reduced {errorOfReduced / fromFull.Length:f2}, full {errorOfFull / fromFull.Length:f2} grey levels");
    }

    [Fact]
    public void Options_out_of_range_are_named()
    {
        var error = Assert.Throws<SinewException>(() => new GeometryAugmenter(Coco, AugmentationOptions.Stage1 with { ScaleMin = 2 }));
        Assert.Equal("augmentation: ScaleMax is 1.4, it must be between 2 and 100", error.Message);
        Assert.Throws<SinewException>(() => (AugmentationOptions.Stage1 with { FlipProbability = float.NaN }).Validate());
    }
}
