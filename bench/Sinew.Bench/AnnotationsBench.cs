using System.Diagnostics;
using System.Globalization;
using Sinew.Annotations;

namespace Sinew.Bench;

/// <summary>
/// How fast and how small a label file of the size of COCO's person_keypoints_train2017.json is read: 118,287 images, 262,465 people of
/// 17 joints of whom about 57 % have any, polygons of their outlines. The file is made here, from a fixed seed.
/// </summary>
internal static class AnnotationsBench
{
    private const int Images = 118_287;
    private const int People = 262_465;
    private const int SmallPeople = 150_000;

    public static void Run(string[] args)
    {
        var folder = Directory.CreateTempSubdirectory("sinew-bench-");
        try
        {
            Measure(Path.Combine(folder.FullName, "train2017.json"), People);
            Measure(Path.Combine(folder.FullName, "small.json"), SmallPeople);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static void Measure(string path, int people)
    {
        Write(path, people);
        CocoReader.Read(path);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var watch = Stopwatch.StartNew();
        var processor = Environment.CpuUsage.TotalTime;
        var data = CocoReader.Read(path);
        var seconds = watch.Elapsed.TotalSeconds;
        var busy = (Environment.CpuUsage.TotalTime - processor).TotalSeconds;
        var heap = GC.GetTotalMemory(forceFullCollection: true) - before;
        var megabytes = new FileInfo(path).Length / 1e6;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"read {data.People.Count} people x {data.Skeleton.Count} joints on {data.Images.Count} images from {megabytes:F0} MB of JSON: {seconds:F2} s ({busy:F2} s of processor time, {megabytes / busy:F0} MB/s of it), kept in {heap / 1e6:F1} MB of managed memory"));
        GC.KeepAlive(data);
    }

    private static void Write(string path, int people)
    {
        var random = new Random(2017);
        using var file = new StreamWriter(path);
        file.Write("{\"info\": {\"description\": \"made for a benchmark\"}, \"licenses\": [], \"images\": [");
        for (var i = 0; i < Images; i++)
        {
            file.Write(string.Create(
                CultureInfo.InvariantCulture,
                $"{(i > 0 ? ", " : "")}{{\"license\": 3, \"file_name\": \"{i:D12}.jpg\", \"coco_url\": \"http://images.example/train2017/{i:D12}.jpg\", \"height\": 480, \"width\": 640, \"date_captured\": \"2013-11-14 11:18:45\", \"flickr_url\": \"http://farm9.example/8186/{i:D10}_z.jpg\", \"id\": {i}}}"));
        }

        file.Write("], \"annotations\": [");
        for (var p = 0; p < people; p++) WritePerson(file, random, p);
        file.Write("], \"categories\": [{\"supercategory\": \"person\", \"id\": 1, \"name\": \"person\", \"keypoints\": [\"nose\", \"left_eye\", \"right_eye\", \"left_ear\", \"right_ear\", \"left_shoulder\", \"right_shoulder\", \"left_elbow\", \"right_elbow\", \"left_wrist\", \"right_wrist\", \"left_hip\", \"right_hip\", \"left_knee\", \"right_knee\", \"left_ankle\", \"right_ankle\"], \"skeleton\": [[16, 14]]}]}");
    }

    private static void WritePerson(StreamWriter file, Random random, int id)
    {
        file.Write(id > 0 ? ", {\"segmentation\": [[" : "{\"segmentation\": [[");
        var corners = 12 + random.Next(50);
        for (var c = 0; c < corners * 2; c++) file.Write(string.Create(CultureInfo.InvariantCulture, $"{(c > 0 ? ", " : "")}{random.NextDouble() * 480:F2}"));
        var labelled = random.NextDouble() < 0.57;
        file.Write(string.Create(
            CultureInfo.InvariantCulture,
            $"]], \"num_keypoints\": {(labelled ? 17 : 0)}, \"area\": {random.NextDouble() * 40000:F5}, \"iscrowd\": 0, \"keypoints\": ["));
        for (var j = 0; j < 17; j++)
        {
            file.Write(j > 0 ? ", " : "");
            file.Write(labelled ? string.Create(CultureInfo.InvariantCulture, $"{random.Next(640)}, {random.Next(480)}, {1 + random.Next(2)}") : "0, 0, 0");
        }

        file.Write(string.Create(
            CultureInfo.InvariantCulture,
            $"], \"image_id\": {random.Next(Images)}, \"bbox\": [{random.NextDouble() * 400:F2}, {random.NextDouble() * 300:F2}, {random.NextDouble() * 200:F2}, {random.NextDouble() * 160:F2}], \"category_id\": 1, \"id\": {id}}}"));
    }
}
