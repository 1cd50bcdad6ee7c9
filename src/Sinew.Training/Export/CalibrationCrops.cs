using Sinew.Files;
using Sinew.Geometry;
using Sinew.Imaging;
using Sinew.Training.Estimators;
using Sinew.Training.Models;
using Sinew.Training.Recipes;

namespace Sinew.Training.Export;

/// <summary>Crops to calibrate <see cref="ExportPrecision.Int8"/> with.</summary>
public static class CalibrationCrops
{
    /// <summary>Loads crops from labelled sets and from folders of pictures, spread evenly over each.</summary>
    /// <param name="sources">Annotation files, whose people are cropped by their boxes; or folders, whose pictures count as one person each.</param>
    /// <param name="images">Folder of the annotation files' pictures; null for <c>images</c> beside each file's folder.</param>
    /// <param name="skeleton">The annotations' skeleton, where the files do not say it.</param>
    /// <param name="description">The network's input.</param>
    /// <param name="most">Most crops in all.</param>
    /// <exception cref="SinewException">A source is missing, wrong or has nobody in it.</exception>
    public static List<byte[]> Load(IReadOnlyList<string> sources, string? images, string? skeleton, ModelDescription description, int most)
    {
        ArgumentNullException.ThrowIfNull(sources);
        ArgumentNullException.ThrowIfNull(description);
        var crops = new List<byte[]>();
        for (var i = 0; i < sources.Count; i++)
        {
            var (source, share) = (sources[i], Math.Max(1, (most - crops.Count) / (sources.Count - i)));
            var before = crops.Count;
            if (Directory.Exists(source))
            {
                crops.AddRange(Pictures(source, description, share));
            }
            else
            {
                var folder = images ?? Path.Combine(Path.GetDirectoryName(Path.GetDirectoryName(Path.GetFullPath(source))) ?? ".", "images");
                var set = EvaluationSet.Load(new EvaluationOptions(Path.GetFileNameWithoutExtension(source), source, folder, "coco", skeleton));
                crops.AddRange(set.Crops(description.Width, description.Height, (float)description.Padding, share));
            }

            if (crops.Count == before) throw new SinewException($"{source}: nobody in it to calibrate with");
        }

        return crops;
    }

    private static IEnumerable<byte[]> Pictures(string folder, ModelDescription description, int most)
    {
        var files = Directory.EnumerateFiles(folder)
            .Where(f => PictureFolder.IsPictureName(f)).Order(StringComparer.Ordinal).ToArray();
        var count = Math.Min(most, files.Length);
        for (var i = 0; i < count; i++)
        {
            using var image = ImageDecoder.Decode(files[(int)((long)i * files.Length / count)]);
            var crop = new byte[description.Width * description.Height * 3];
            Warp.Crop(image, CropGeometry.FromBox(new Box(0, 0, image.Width, image.Height), description.Width, description.Height, (float)description.Padding), crop);
            yield return crop;
        }
    }
}
