using System.Diagnostics;
using Sinew.Annotations;
using Sinew.Files;
using Sinew.Geometry;
using Sinew.Imaging;

namespace Sinew.Bench;

/// <summary>Crops of people from loose files against the same from tar shards, one thread, and what it costs to find out what is in the shards.</summary>
internal static class ShardsBench
{
    private const int Crops = 500, Rounds = 15;
    private const int Width = 192, Height = 256;

    /// <param name="args">A label file and the folder of its pictures; else $SINEW_SHARED/data/lspet.</param>
    public static void Run(string[] args)
    {
        var root = Path.Combine(Environment.GetEnvironmentVariable("SINEW_SHARED") ?? "shared", "data/lspet");
        var (labels, images) = args.Length > 1 ? (args[0], args[1]) : (Path.Combine(root, "annotations/lspet_train.json"), Path.Combine(root, "images"));
        var data = AnnotationReader.Read(labels);
        var folder = Directory.CreateTempSubdirectory("sinew-bench-").FullName;
        try
        {
            var clock = Stopwatch.StartNew();
            var packed = DatasetPack.Write(data, new PictureFolder(images), folder, new PackOptions { ShardBytes = 16 << 20, Threads = 1 });
            Console.WriteLine($"{packed.Data.Images.Count} pictures packed into {packed.Shards} shards, {packed.Bytes / 1e6:f1} MB, in {clock.Elapsed.TotalSeconds:f2} s");
            clock.Restart();
            var shards = new PictureFolder(folder);
            shards.Has("");
            Console.WriteLine($"their headers read in {clock.Elapsed.TotalMilliseconds:f1} ms");

            int[] people = [.. Enumerable.Range(0, Crops).Select(i => (int)((long)i * data.People.Count / Crops)).Where(p => CropGeometry.CanCrop(data.People.Boxes[p]))];
            new Random(1).Shuffle(people);
            var loose = new PictureFolder(images);
            var times = new List<(double Loose, double Shards, double LooseFiles, double ShardFiles)>();
            // in turns, so that other work on the machine disturbs all
            for (var round = -3; round < Rounds; round++)
            {
                var time = (Decoded(data, loose, people), Decoded(packed.Data, shards, people), Files(data, loose, people), Files(packed.Data, shards, people));
                if (round >= 0) times.Add(time);
            }

            Report($"{people.Length} crops of {Width}×{Height}, read, decoded and warped", times.Select(t => t.Loose), times.Select(t => t.Shards));
            Report($"{people.Length} files, read", times.Select(t => t.LooseFiles), times.Select(t => t.ShardFiles));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static double Decoded(PoseData data, PictureFolder pictures, int[] people)
    {
        var crop = new byte[Width * Height * 3];
        var clock = Stopwatch.StartNew();
        foreach (var person in people)
        {
            using var image = ImageDecoder.Decode(pictures, data.Images.FileNames[data.People.Image[person]]);
            Warp.Crop(image, CropGeometry.FromBox(data.People.Boxes[person], Width, Height), crop);
        }

        return clock.Elapsed.TotalMilliseconds;
    }

    private static double Files(PoseData data, PictureFolder pictures, int[] people)
    {
        var clock = Stopwatch.StartNew();
        foreach (var person in people)
        {
            using var file = ImageFile.Read(pictures, data.Images.FileNames[data.People.Image[person]], DecodeOptions.Default.MaxFileBytes, out _);
        }

        return clock.Elapsed.TotalMilliseconds;
    }

    private static void Report(string title, IEnumerable<double> loose, IEnumerable<double> shards)
    {
        var (one, other) = (ImagingBench.Median(loose), ImagingBench.Median(shards));
        Console.WriteLine($"{title}: {one:f1} ms from loose files, {other:f1} ms from shards ({other / one:f3} ×)");
    }
}
