using System.Globalization;
using System.Text;
using Sinew.TestSupport;

namespace Sinew.Reports.Tests;

/// <summary>Writes folders of trainings as the trainer leaves them, with numbers that a test can foretell.</summary>
internal static class Runs
{
    /// <summary>A run with a log of 40 entries, a recipe, and an evaluation of each set.</summary>
    /// <param name="folder">Where to.</param>
    /// <param name="name">The run's name.</param>
    /// <param name="ap">AP on the set <c>home</c>; PCK on the set <c>away</c> is half of it.</param>
    /// <param name="teachers">Names of teachers.</param>
    public static string Write(TempFolder folder, string name, double ap, params string[] teachers)
    {
        var run = folder.File(name);
        Directory.CreateDirectory(run);
        var log = new StringBuilder();
        for (var i = 1; i <= 40; i++)
        {
            log.Append(CultureInfo.InvariantCulture, $$"""{"event":"step","step":{{i * 10}},"time":"2030-01-01T00:{{i:00}}:00Z","loss/total":{{8.0 / i}},"loss/label":{{6.0 / i}},"learning_rate":0.004,"people_per_second":{{40 + (i % 3)}}}""").Append('\n');
            if (i % 10 != 0) continue;
            log.Append(CultureInfo.InvariantCulture, $$"""{"event":"evaluation/home","step":{{i * 10}},"time":"2030-01-01T00:{{i:00}}:01Z","AP":{{ap * i / 40}},"AP50":0.9,"AP75":0.4,"APM":-1,"APL":0.5,"AR":0.6,"AR50":0.95,"AR75":0.5,"ARM":-1,"ARL":0.6}""").Append('\n');
            log.Append(CultureInfo.InvariantCulture, $$"""{"event":"evaluation/away","step":{{i * 10}},"time":"2030-01-01T00:{{i:00}}:02Z","PCK":{{ap / 2 * i / 40}},"joints/left_knee":0.3,"joints/right_knee":0.5,"joints/neck":0.7}""").Append('\n');
        }

        File.WriteAllText(Path.Combine(run, "log.jsonl"), log.ToString());
        File.WriteAllText(Path.Combine(run, "recipe.yaml"), $"""
            name: {name}
            student: {"{"}model: rtmpose-t, skeleton: body21, input: [192, 256]{"}"}
            datasets:
              - {"{"}name: home, annotations: home.json, images: images, skeleton: coco17{"}"}
              - {"{"}name: away, annotations: away.json, images: images, skeleton: mpii16{"}"}
            teachers: [{string.Join(", ", teachers.Select(t => "{name: " + t + ", model: x.onnx}"))}]
            schedule: {"{"}epochs: 1{"}"}
            evaluations:
              - {"{"}name: home, annotations: home_val.json, images: images, protocol: coco{"}"}
              - {"{"}name: away, annotations: away_val.json, images: images, protocol: pck{"}"}
            """);
        return run;
    }
}
