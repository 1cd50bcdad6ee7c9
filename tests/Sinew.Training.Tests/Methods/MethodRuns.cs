using Sinew.Skeletons;
using Sinew.Tensors;
using Sinew.TestSupport;
using Sinew.Training.Loop;
using Sinew.Training.Models;
using Sinew.Training.Recipes;
using Sinew.Training.TestData;

namespace Sinew.Training.Tests.Methods;

/// <summary>Short trainings of any method on a few drawn people, with teachers of random weights.</summary>
internal static class MethodRuns
{
    /// <summary>A recipe on the folder's people (lsp14's joints) for a student of another skeleton.</summary>
    /// <param name="folder">Where data and teachers lie.</param>
    /// <param name="skeleton">The student's joints.</param>
    /// <param name="body">What stands beside data, student and schedule.</param>
    /// <param name="steps">Steps of a training, or of each stage.</param>
    /// <param name="student">Further keys of the student, such as its first weights.</param>
    public static Recipe Recipe(TempFolder folder, string skeleton, string body, int steps = 6, string student = "")
    {
        var people = folder.File("people.json");
        if (!File.Exists(people)) TinyData.Write(folder.FullName, 4, "  steps: 1");
        return RecipeFile.Parse(
            $"""
            name: short
            seed: 3
            data_root: {folder.FullName}
            models_root: {folder.FullName}
            student:
              model: rtmpose-t
              skeleton: {skeleton}
              input: [64, 64]
            {student}
            datasets:
              - {"{"}name: people, annotations: people.json, images: images, skeleton: lsp14{"}"}
            schedule:
              steps: {steps}
              batch: 4
              warm_up_steps: 2
              learning_rate: 0.001
              clip_norm: 5
              ema_momentum: 0.1
              threads: 1
            augmentation: {"{"}flip: 0, rotation: 0, scale: 0, shift: 0, half_body: 0, dropout: 0, colour: false, last_stage: 0{"}"}
            loader: {"{"}threads: 1{"}"}
            {body}
            """,
            "short");
    }

    /// <summary>Writes the weights of an untrained network with its description.</summary>
    public static string Teacher(TempFolder folder, string name, string size, string skeleton)
    {
        Torch.ManualSeed(77);
        using var scope = new TensorScope();
        var joints = SkeletonFile.Resolve(skeleton);
        var recipe = Recipe(folder, skeleton, "") with { Student = new StudentOptions($"rtmpose-{size}", skeleton, 64, 64), Method = "unified-skeleton" };
        using var network = Student.Create(recipe, joints, Device.Cpu);
        network.Network.Head.ScaleInitialWeights(6);
        var path = folder.File(name);
        network.Save(path, network.Description);
        return path;
    }

    /// <summary>Trains and gives the loss of every step.</summary>
    public static (List<double> Losses, TrainingResult Result) Run(Recipe recipe, string folder, bool resume = false, int? stopAfter = null)
    {
        var losses = new List<double>();
        using var stop = new CancellationTokenSource();
        var result = new Trainer(recipe, folder)
        {
            Progress = p =>
            {
                losses.Add(p.Loss);
                if (losses.Count == stopAfter) stop.Cancel();
            },
        }.Run(resume, stop.Token);
        return (losses, result);
    }
}
