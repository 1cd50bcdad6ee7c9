using System.Buffers.Binary;
using Sinew.Geometry;
using Sinew.Imaging.Native;

namespace Sinew.Imaging.Tests;

public class CodecTests
{
    [Fact]
    public void Png_gives_back_every_byte()
    {
        using var image = TestImages.Noise(67, 41, 5);
        using var read = ImageDecoder.Decode(ImageEncoder.Png(image));
        Assert.True(image.Pixels.SequenceEqual(read.Pixels));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(333, 217)]
    [InlineData(640, 16)]
    public void Jpeg_gives_back_nearly_every_value(int width, int height)
    {
        using var image = TestImages.Scene(width, height);
        using var read = ImageDecoder.Decode(ImageEncoder.Jpeg(image, 95, fullChroma: true));
        Assert.InRange(TestImages.MeanDifference(image, read), 0, 2);
        Assert.Equal(Affine.Identity, read.FullToImage);
    }

    [Theory]
    [InlineData(2, 331, 250)]
    [InlineData(4, 333, 251)]
    [InlineData(8, 640, 427)]
    public void A_reduced_jpeg_says_where_the_pixels_of_the_full_picture_went(int denominator, int width, int height)
    {
        using var scene = TestImages.Scene(width, height);
        foreach (var orientation in (int[])[1, 3, 6, 8])
        {
            var jpeg = TestImages.WithOrientation(ImageEncoder.Jpeg(scene, 95, fullChroma: true), orientation, littleEndian: true);
            using var full = ImageDecoder.Decode(jpeg);
            using var reduced = ImageDecoder.Decode(jpeg, new DecodeOptions { ScaleDenominator = denominator });
            Assert.Equal((full.Width + denominator - 1) / denominator, reduced.Width);
            // Red and green are linear in x and y, so an error of the map shows as a steady difference: half a reduced
            // pixel would be a whole grey level; the rounding of colours is less than half of one.
            var geometry = new CropGeometry(full.Width / 2f, full.Height / 2f, full.Width * 0.6f, full.Height * 0.6f, 0, 60, 60);
            byte[] a = new byte[60 * 60 * 3], b = new byte[60 * 60 * 3];
            Warp.Crop(full, geometry, a);
            Warp.Crop(reduced, geometry, b);
            double red = 0, green = 0;
            for (var i = 0; i < a.Length; i += 3)
            {
                red += (a[i] - b[i]) / 3600.0;
                green += (a[i + 1] - b[i + 1]) / 3600.0;
            }

            Assert.InRange(red, -0.45, 0.45);
            Assert.InRange(green, -0.45, 0.45);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void Exif_orientation_is_applied(int orientation)
    {
        using var scene = TestImages.Scene(64, 48);
        using var stored = ImageDecoder.Decode(ImageEncoder.Jpeg(scene, 95));
        foreach (var little in (bool[])[true, false])
        {
            var jpeg = TestImages.WithOrientation(ImageEncoder.Jpeg(scene, 95), orientation, little);
            using var upright = ImageDecoder.Decode(jpeg);
            Assert.Equal(new ImageInfo(ImageFormat.Jpeg, upright.Width, upright.Height, orientation), ImageDecoder.Identify(jpeg));
            Assert.Equal(orientation >= 5 ? (48, 64) : (64, 48), (upright.Width, upright.Height));
            // EXIF 2.3: which side of the upright picture the stored first row and first column are.
            var (rowIs, columnIs) = orientation switch
            {
                1 => ("top", "left"),
                2 => ("top", "right"),
                3 => ("bottom", "right"),
                4 => ("bottom", "left"),
                5 => ("left", "top"),
                6 => ("right", "top"),
                7 => ("right", "bottom"),
                _ => ("left", "bottom"),
            };
            for (var y = 0; y < 48; y++)
            {
                for (var x = 0; x < 64; x++)
                {
                    var (ux, uy) = orientation < 5
                        ? (columnIs == "left" ? x : 63 - x, rowIs == "top" ? y : 47 - y)
                        : (rowIs == "left" ? y : 47 - y, columnIs == "top" ? x : 63 - x);
                    Assert.True(stored.Row(y).Slice(x * 3, 3).SequenceEqual(upright.Row(uy).Slice(ux * 3, 3)));
                }
            }

            using var asStored = ImageDecoder.Decode(jpeg, new DecodeOptions { ApplyOrientation = false });
            Assert.True(stored.Pixels.SequenceEqual(asStored.Pixels));
        }
    }

    [Fact]
    public void A_picture_larger_than_allowed_is_refused_before_it_is_made()
    {
        using var scene = TestImages.Scene(16, 16);
        var jpeg = ImageEncoder.Jpeg(scene);
        foreach (var segment in new JpegSegments(jpeg))
        {
            if (!segment.IsFrame) continue;
            BinaryPrimitives.WriteUInt16BigEndian(jpeg.AsSpan(segment.Start + 1), 30_000);
            BinaryPrimitives.WriteUInt16BigEndian(jpeg.AsSpan(segment.Start + 3), 30_000);
        }

        var png = TestImages.Png(30_000, 30_000, 8, 2, [0]);
        foreach (var file in (byte[][])[jpeg, png])
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var error = Assert.Throws<SinewException>(() => ImageDecoder.Decode(file, name: "huge"));
            Assert.Contains("huge: 30000×30000", error.Message, StringComparison.Ordinal);
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
        }
    }

    [Fact]
    public void A_missing_library_is_one_line_that_names_the_package()
    {
        var library = new ImageLibrary("libnothing", "libnothing0", ["libnothing.so.99"]);
        var error = Assert.Throws<SinewException>(library.Require);
        Assert.Equal("libnothing is not installed (looked for libnothing.so.99): install it, on Debian with 'apt-get install libnothing0'", error.Message);
    }

    [Fact]
    public void A_saved_file_replaces_the_old_one_whole()
    {
        var folder = Directory.CreateTempSubdirectory("sinew-images-");
        try
        {
            var path = Path.Combine(folder.FullName, "a.png");
            File.WriteAllText(path, "old");
            using var image = TestImages.Scene(20, 10);
            ImageEncoder.Save(image, path);
            using var read = ImageDecoder.Decode(path);
            Assert.True(image.Pixels.SequenceEqual(read.Pixels));
            Assert.Single(folder.GetFiles());
            var missing = Path.Combine(folder.FullName, "b.jpg");
            Assert.Equal($"{missing}: no such file", Assert.Throws<SinewException>(() => ImageDecoder.Decode(missing)).Message);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
