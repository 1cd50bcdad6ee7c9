using System.Diagnostics;
using System.Globalization;
using Sinew.Evaluation;

namespace Sinew.Bench;

/// <summary>
/// COCO's ten keypoint numbers end to end, files included: <c>scoring</c> makes sets of 5,000 and 50,000 images from a fixed
/// seed (500,000 too with <c>--large</c>), <c>scoring LABELS PREDICTIONS</c> takes files.
/// </summary>
internal static class ScoringBench
{

    public static void Run(string[] args)
    {
        if (args.Length == 2)
        {
            Measure(args[0], args[1], 5);
            return;
        }

        var folder = Directory.CreateTempSubdirectory("sinew-bench-");
        try
        {
            foreach (var images in args.Contains("--large") ? [5_000, 50_000, 500_000] : new[] { 5_000, 50_000 })
            {
                var (labels, predictions) = (Path.Combine(folder.FullName, "labels.json"), Path.Combine(folder.FullName, "predictions.json"));
                Write(images, labels, predictions);
                Measure(labels, predictions, images < 500_000 ? 5 : 2);
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static void Measure(string labels, string predictions, int repetitions)
    {
        var (first, best, busy) = ((Wall: 0.0, Busy: 0.0), double.MaxValue, double.MaxValue);
        ScoringResult? result = null;
        for (var i = 0; i < repetitions; i++)
        {
            var before = Environment.CpuUsage.TotalTime;
            var watch = Stopwatch.StartNew();
            result = Scoring.Run(ScoringProtocol.Coco, labels, predictions);
            var seconds = watch.Elapsed.TotalSeconds;
            var spent = (Environment.CpuUsage.TotalTime - before).TotalSeconds;
            if (i == 0) first = (seconds, spent);
            (best, busy) = (Math.Min(best, seconds), Math.Min(busy, spent));
        }

        using var process = Process.GetCurrentProcess();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"scored {result!.People} people, {(new FileInfo(labels).Length + new FileInfo(predictions).Length) / 1e6:F0} MB of files: first {first.Wall:F3} s ({first.Busy:F3} s of processor time), best of {repetitions} {best:F3} s ({busy:F3} s), {Environment.ProcessorCount} processors, peak of {process.PeakWorkingSet64 / 1e6:F0} MB resident; AP {result["AP"]:R}"));
    }

    private static void Write(int images, string labels, string predictions)
    {
        var random = new Random(5000);
        using var truth = new StreamWriter(labels);
        using var found = new StreamWriter(predictions);
        truth.Write("{\"images\": [");
        for (var i = 0; i < images; i++)
        {
            truth.Write(string.Create(CultureInfo.InvariantCulture, $"{(i > 0 ? ", " : "")}{{\"id\": {i}, \"width\": 640, \"height\": 480, \"file_name\": \"{i:D12}.jpg\"}}"));
        }

        truth.Write("], \"annotations\": [");
        found.Write('[');
        var (people, predicted) = (0, 0);
        for (var i = 0; i < images; i++)
        {
            for (var p = random.Next(5); p > 0; p--) WritePerson(truth, found, random, i, people++, ref predicted);
        }

        truth.Write("], \"categories\": [{\"id\": 1, \"name\": \"person\"}]}");
        found.Write(']');
    }

    private static void WritePerson(StreamWriter truth, StreamWriter found, Random random, int image, int person, ref int predicted)
    {
        var (x, y, height) = (random.NextDouble() * 500, random.NextDouble() * 300, 40 + (random.NextDouble() * 400));
        var crowd = random.Next(40) == 0;
        var points = new (double X, double Y)[17];
        truth.Write(string.Create(
            CultureInfo.InvariantCulture,
            $"{(person > 0 ? ", " : "")}{{\"id\": {person + 1}, \"image_id\": {image}, \"category_id\": 1, \"iscrowd\": {(crowd ? 1 : 0)}, \"area\": {height * height * 0.2:F3}, \"bbox\": [{x:F2}, {y:F2}, {height * 0.4:F2}, {height:F2}], \"keypoints\": ["));
        var labelled = 0;
        for (var j = 0; j < points.Length; j++)
        {
            points[j] = (x + (random.NextDouble() * height * 0.4), y + (random.NextDouble() * height));
            var flag = crowd || random.Next(5) == 0 ? 0 : 2;
            if (flag > 0) labelled++;
            truth.Write(string.Create(CultureInfo.InvariantCulture, $"{(j > 0 ? ", " : "")}{(flag > 0 ? points[j].X : 0):F2}, {(flag > 0 ? points[j].Y : 0):F2}, {flag}"));
        }

        truth.Write(string.Create(CultureInfo.InvariantCulture, $"], \"num_keypoints\": {labelled}}}"));
        for (var d = 0; d < 2; d++)
        {
            var spread = height * 0.08 * random.NextDouble();
            found.Write(string.Create(CultureInfo.InvariantCulture, $"{(predicted++ > 0 ? ", " : "")}{{\"image_id\": {image}, \"category_id\": 1, \"keypoints\": ["));
            for (var j = 0; j < points.Length; j++)
            {
                found.Write(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{(j > 0 ? ", " : "")}{points[j].X + (spread * (random.NextDouble() - 0.5)):F2}, {points[j].Y + (spread * (random.NextDouble() - 0.5)):F2}, {random.NextDouble():F4}"));
            }

            found.Write(string.Create(CultureInfo.InvariantCulture, $"], \"score\": {1 - (spread / height) + (0.02 * random.NextDouble()):F5}}}"));
        }
    }
}
