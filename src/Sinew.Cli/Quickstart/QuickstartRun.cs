using System.Diagnostics;
using System.Globalization;
using Sinew.Cli.Commands;
using Sinew.Cli.Frame;
using Sinew.Files;
using Sinew.Generation;
using Sinew.Imaging;
using Sinew.Inference;
using Sinew.Reports;
using Sinew.Skeletons;
using Sinew.Tensors;
using Sinew.Training.Data;
using Sinew.Training.Estimators;
using Sinew.Training.Export;
using Sinew.Training.Models;
using Sinew.Training.Recipes;
using Spectre.Console;
using Draw = Sinew.Imaging.Draw;

namespace Sinew.Cli.Quickstart;

/// <summary>
/// The whole story on generated people: data, the students of one data set each, the unified ones, scores, ONNX, pictures, report. Every
/// step leaves a file that says it is done, and does nothing where that file is there: an interrupted quickstart goes on.
/// </summary>
internal sealed class QuickstartRun(QuickstartPlan plan, QuickstartFolder folder, Terminal terminal, CancellationToken cancel)
{
    private readonly Stopwatch _clock = Stopwatch.StartNew();

    /// <summary>Runs what is not done yet.</summary>
    /// <returns>The scores; null where it was interrupted.</returns>
    public QuickstartTable? Run()
    {
        try
        {
            return RunAll();
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            return null;
        }
    }

    private QuickstartTable? RunAll()
    {
        Torch.Threads = Environment.ProcessorCount;
        foreach (var set in QuickstartSet.All) Generate(set);
        foreach (var student in QuickstartStudent.All)
        {
            if (!Train(student)) return null;
            foreach (var set in QuickstartColumn.All.GroupBy(c => (c.Set, c.Protocol))) Evaluate(student, set.Key.Set, set.Key.Protocol, [.. set]);
        }

        Export(QuickstartStudent.Taught);
        Predict(QuickstartStudent.Taught);
        Step("report");
        AtomicFile.WriteText(folder.Report, HtmlReport.Of(ReportRun.Load(QuickstartStudent.All.Reverse().Select(s => folder.Run(s.Name))), TimeProvider.System.GetUtcNow()));
        return new QuickstartTable([.. QuickstartStudent.All.SelectMany(s => QuickstartColumn.All.Select(c => new QuickstartScore(s.Name, c, ScoreOf(s, c))))]);
    }

    private void Step(string what) => terminal.Status.WriteLine(string.Create(CultureInfo.InvariantCulture, $"[{_clock.Elapsed:mm\\:ss}] {what}"));

    private void Generate(QuickstartSet set)
    {
        if (File.Exists(folder.Labels(set.Name))) return;
        var people = set.Trains ? plan.People : plan.TestPeople;
        Step($"generate {set.Name}: {people} people, {set.Skeleton}");
        GeneratedDataset.Write(
            set.Options(plan), BuiltInSkeletons.Get(set.Skeleton), people, folder.Data(set.Name), Environment.ProcessorCount, cancel: cancel);
    }

    private bool Train(QuickstartStudent student)
    {
        if (File.Exists(folder.Model(student.Name))) return true;
        Step($"train {student.Name}: {plan.Steps} steps of {plan.Batch * student.Sets.Length}");
        var path = folder.RecipeOf(student.Name);
        AtomicFile.WriteText(path, student.Recipe(plan, folder));
        var result = TrainCommand.Run(RecipeFile.Load(path, []), folder.Run(student.Name), File.Exists(folder.Checkpoint(student.Name)), terminal, cancel);
        return result.Finished;
    }

    private void Evaluate(QuickstartStudent student, string setName, string protocol, IReadOnlyList<QuickstartColumn> columns)
    {
        if (columns.All(c => File.Exists(folder.Evaluation(student.Name, c.Name)))) return;
        Step($"score {student.Name} on {setName}");
        var set = EvaluationSet.Load(new EvaluationOptions(setName, folder.Labels(setName), folder.Images(setName), protocol, QuickstartSet.Named(setName).Skeleton));
        using var opened = EstimatorFile.Open(folder.Model(student.Name), Device.Cpu, flipTest: false);
        var clock = Stopwatch.StartNew();
        var predictions = set.Predict(opened.Estimator, null, cancel);
        var seconds = clock.Elapsed;
        foreach (var column in columns)
        {
            var score = set.Score(predictions, column.Joints, errors: column.Joints is null);
            new SavedEvaluation(
                score.Result, predictions, set.Data, folder.Run(student.Name), folder.Labels(setName), folder.Images(setName),
                QuickstartSet.Named(setName).Skeleton, clock.Elapsed, seconds).Save(folder.Evaluation(student.Name, column.Name));
        }
    }

    private double ScoreOf(QuickstartStudent student, QuickstartColumn column)
    {
        var path = folder.Evaluation(student.Name, column.Name);
        return ReportEvaluation.Read(path)?.Main ?? throw new SinewException($"{path}: holds no score: remove it and start again");
    }

    private void Export(QuickstartStudent student)
    {
        if (File.Exists(folder.Onnx(student.Name))) return;
        Step($"export {student.Name} to ONNX");
        using var trained = Student.Load(folder.Model(student.Name), Device.Cpu);
        OnnxExport.Write(trained.Network, trained.Description, folder.Onnx(student.Name), new OnnxExportOptions());
    }

    /// <summary>Draws what the exported model finds on test pictures, half of A and half of B.</summary>
    private void Predict(QuickstartStudent student)
    {
        if (Directory.Exists(folder.Pictures)) return;
        Step($"predict {plan.Pictures} pictures by {folder.Onnx(student.Name)}");
        using var model = PoseEstimator.Load(folder.Onnx(student.Name));
        var making = folder.Pictures + ".part";
        Directory.CreateDirectory(making);
        foreach (var set in new[] { QuickstartSet.TruthA, QuickstartSet.TruthB })
        {
            var labels = AnnotationFiles.Load(new DatasetOptions(set.Name, folder.Labels(set.Name), folder.Images(set.Name), set.Skeleton), null);
            foreach (var people in Enumerable.Range(0, labels.People.Count).GroupBy(p => labels.People.Image[p]).Take(plan.Pictures / 2))
            {
                var name = labels.Images.FileNames[people.Key];
                using var image = ImageDecoder.Decode(Path.Combine(folder.Images(set.Name), name));
                foreach (var pose in model.Estimate(image, [.. people.Select(p => new Detection(labels.People.Boxes[p], 1))]))
                    Draw.Skeleton(image, model.Skeleton, pose.Keypoints, pose.Scores, SkeletonStyle.Default);
                ImageEncoder.Save(image, Path.Combine(making, $"{set.Name}-{Path.GetFileNameWithoutExtension(name)}.png"));
            }
        }

        Directory.Move(making, folder.Pictures);
    }
}
