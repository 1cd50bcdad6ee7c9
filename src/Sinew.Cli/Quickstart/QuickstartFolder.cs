using Sinew.Generation;
using Sinew.Training.Loop;

namespace Sinew.Cli.Quickstart;

/// <summary>Where a quickstart's files lie.</summary>
/// <param name="Root">The folder, a full path.</param>
internal sealed record QuickstartFolder(string Root)
{
    public string Report => Path.Combine(Root, "report.html");

    public string Pictures => Path.Combine(Root, "pictures");

    public string Data(string set) => Path.Combine(Root, "data", set);

    public string Labels(string set) => Path.Combine(Data(set), GeneratedDataset.AnnotationsName);

    public string Images(string set) => Path.Combine(Data(set), GeneratedDataset.ImagesName);

    public string RecipeOf(string student) => Path.Combine(Root, "recipes", student + ".yaml");

    public string Run(string student) => Path.Combine(Root, "runs", student);

    public string Model(string student) => Path.Combine(Run(student), Trainer.ModelFileName);

    public string Checkpoint(string student) => Path.Combine(Run(student), Trainer.LastFile);

    public string Onnx(string student) => Path.Combine(Run(student), "model.onnx");

    public string Evaluation(string student, string name) => Path.Combine(Run(student), "evaluations", name + ".json");
}
