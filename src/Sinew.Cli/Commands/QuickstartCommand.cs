using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Sinew.Cli.Frame;
using Sinew.Cli.Quickstart;
using Spectre.Console;

namespace Sinew.Cli.Commands;

/// <summary><c>quickstart</c>: what Sinew is for, on generated people, in minutes.</summary>
internal static class QuickstartCommand
{
    public static Verb Build()
    {
        var output = new Option<string>("--out") { Description = "Folder for everything that is made", DefaultValueFactory = _ => "quickstart", HelpName = "DIR" };
        var fast = new Option<bool>("--fast") { Description = "The same small, in about a minute: to see that everything works" };
        var seed = new Option<long>("--seed") { Description = "Other people, other first weights", DefaultValueFactory = _ => 1 };
        var steps = new Option<int?>("--steps") { Description = "Steps of each student, where the machine has more time, or less", HelpName = "N" };
        return new Verb(
            "quickstart",
            "Two data sets, four students, one comparison: the whole story on generated people",
            "sinew quickstart",
            "sinew quickstart --fast --out try",
            "sinew quickstart --seed 2 --steps 2000 --out longer")
        {
            output, fast, seed, steps, CommonOptions.Json,
        }.Does((options, terminal, cancel) =>
        {
            var clock = Stopwatch.StartNew();
            var wanted = options.GetValue(fast) ? QuickstartPlan.Fast(options.GetValue(seed)) : QuickstartPlan.Full(options.GetValue(seed));
            if (options.GetValue(steps) is { } count) wanted = wanted with { Steps = count > 0 ? count : throw new SinewException($"--steps {count}: give 1 or more") };
            var folder = new QuickstartFolder(Path.GetFullPath(options.GetRequiredValue(output)));
            var plan = QuickstartPlan.InFolder(folder.Root, wanted);
            if (new QuickstartRun(plan, folder, terminal, cancel).Run() is not { } table)
            {
                terminal.Warn($"interrupted; the same command goes on where this one was ({folder.Root})");
                return Task.FromResult(ExitCode.Interrupted);
            }

            var model = folder.Onnx(QuickstartStudent.Taught.Name);
            terminal.Out.Write(table.ToTable());
            terminal.Out.WriteLine(table.Sentence());
            terminal.Out.WriteLine();
            terminal.Out.WriteLine($"report:   {folder.Report}");
            terminal.Out.WriteLine($"pictures: {folder.Pictures}");
            terminal.Out.WriteLine($"model:    {model}");
            terminal.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"took {clock.Elapsed.TotalMinutes:0.0} minutes; on your own photo: ./sinew predict --model {model} photo.jpg --out drawn"));
            terminal.WriteJson(json =>
            {
                json.WriteStartObject();
                json.WriteString("model", model);
                json.WriteString("report", folder.Report);
                json.WriteNumber("seconds", Math.Round(clock.Elapsed.TotalSeconds, 1));
                json.WriteStartObject("students");
                foreach (var student in QuickstartStudent.All)
                {
                    json.WriteStartObject(student.Name);
                    foreach (var column in QuickstartColumn.All) json.WriteNumber(column.Name, table.Score(student, column));
                    json.WriteNumber("mean", table.Mean(student));
                    json.WriteEndObject();
                }

                json.WriteEndObject();
                json.WriteEndObject();
            });
            return Task.FromResult(ExitCode.Done);
        });
    }
}
