using System.Diagnostics;
using System.Globalization;
using Sinew.Inference;

namespace Sinew.Bench;

/// <summary>
/// A folder of photographs by <c>sinew predict</c>, from the start of the process to its end, beside what ONNX Runtime takes alone for as many
/// detections and as many people: the faster of one session with all threads and of sessions with one thread each, side by side.
/// Arguments: <c>IMAGES DETECTOR [MODEL]</c>.
/// </summary>
internal static class FolderBench
{
    public static void Run(string[] args)
    {
        if (args.Length is < 2 or > 3) throw new ArgumentException("usage: folder IMAGES DETECTOR [MODEL]");
        var (images, detector, model) = (args[0], args[1], args.Length == 3 ? args[2] : BuiltInModel.FilePath);
        using var folder = new TestSupport.TempFolder();
        var whole = Predict(images, detector, model, folder.File("out"));
        int[] people = [.. File.ReadLines(Path.Combine(folder.File("out"), "poses.jsonl")).Select(PeopleOf)];
        var together = Alone(detector, model, people, sessions: 1, threads: Environment.ProcessorCount);
        var apart = Alone(detector, model, people, sessions: Environment.ProcessorCount, threads: 1);
        var alone = Math.Min(together, apart);
        Print($"a folder of {people.Length} photographs, {people.Sum()} people: {alone / whole:0.00} of ONNX Runtime's speed alone; {people.Sum() / whole:0} people/s against {people.Sum() / alone:0}");
        Print($"    sinew predict {whole:0.0} s, ONNX Runtime alone {together:0.0} s in one session of all threads, {apart:0.0} s in sessions of one thread");
    }

    private static double Predict(string images, string detector, string model, string output)
    {
        var start = Stopwatch.GetTimestamp();
        using var process = Process.Start(new ProcessStartInfo(
            Path.Combine(AppContext.BaseDirectory, "Sinew.Cli"), ["predict", images, "--detector", detector, "--model", model, "--out", output, "--format", "jsonl"])
        {
            RedirectStandardOutput = true,
        })!;
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? Stopwatch.GetElapsedTime(start).TotalSeconds : throw new InvalidOperationException($"predict failed: {process.ExitCode}");
    }

    private static int PeopleOf(string record)
    {
        using var json = System.Text.Json.JsonDocument.Parse(record);
        return json.RootElement.GetProperty("people").GetArrayLength();
    }

    private static double Alone(string detector, string model, int[] people, int sessions, int threads)
    {
        var options = new OnnxOptions { Threads = threads };
        var opened = Enumerable.Range(0, sessions).Select(_ => (Detector: ModelCards.Open(detector, options), Pose: ModelCards.Open(model, options))).ToArray();
        try
        {
            var next = -1;
            void Work((OnnxModel Model, ModelCard Card) boxes, (OnnxModel Model, ModelCard Card) poses)
            {
                var random = new Random(1);
                float[] Noise(ModelCard card, int count) => [.. Enumerable.Range(0, count * 3 * card.Input.Width * card.Input.Height).Select(_ => random.NextSingle())];
                var (picture, crops) = (Noise(boxes.Card, 1), Noise(poses.Card, Math.Max(1, people.Max())));
                while (Interlocked.Increment(ref next) is var i && i < people.Length)
                {
                    boxes.Model.Run<float>(picture, [1, 3, boxes.Card.Input.Height, boxes.Card.Input.Width]).Dispose();
                    if (people[i] == 0) continue;
                    poses.Model.Run<float>(crops.AsSpan(0, people[i] * 3 * poses.Card.Input.Width * poses.Card.Input.Height), [people[i], 3, poses.Card.Input.Height, poses.Card.Input.Width]).Dispose();
                }
            }

            var start = Stopwatch.GetTimestamp();
            var workers = opened.Select(o => new Thread(() => Work(o.Detector, o.Pose))).ToList();
            workers.ForEach(w => w.Start());
            workers.ForEach(w => w.Join());
            return Stopwatch.GetElapsedTime(start).TotalSeconds;
        }
        finally
        {
            foreach (var (one, other) in opened)
            {
                one.Model.Dispose();
                other.Model.Dispose();
            }
        }
    }

    private static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
