using System.Globalization;

namespace Sinew.Cli.Quickstart;

/// <summary>One of the four students: its name, the data sets it learns from, the students that teach it.</summary>
/// <param name="Name">Name of its recipe and of its run's folder.</param>
/// <param name="Title">Its row in the table.</param>
/// <param name="Sets">Data sets it learns from: a, b.</param>
/// <param name="Skeleton">The joints it predicts.</param>
/// <param name="Teachers">Students that teach it, with their β.</param>
internal sealed record QuickstartStudent(string Name, string Title, string[] Sets, string Skeleton, (string Student, double Beta)[] Teachers)
{
    public static readonly QuickstartStudent OnlyA = new("only-a", "A alone", ["a"], "coco17", []);
    public static readonly QuickstartStudent OnlyB = new("only-b", "B alone", ["b"], "mpii16", []);
    public static readonly QuickstartStudent Unified = new("unified", "A and B, unified", ["a", "b"], "body21", []);

    /// <summary>Taught by the other two, with the paper's β.</summary>
    public static readonly QuickstartStudent Taught =
        new("unified-taught", "A and B, unified, two teachers", ["a", "b"], "body21", [(OnlyA.Name, 0.45), (OnlyB.Name, 0.25)]);

    /// <summary>All of them, teachers before those whom they teach.</summary>
    public static IReadOnlyList<QuickstartStudent> All { get; } = [OnlyA, OnlyB, Unified, Taught];

    /// <summary>The recipe, which <c>sinew train</c> runs too.</summary>
    /// <param name="plan">Sizes.</param>
    /// <param name="folder">The quickstart's folder, a full path.</param>
    public string Recipe(QuickstartPlan plan, QuickstartFolder folder)
    {
        var datasets = string.Concat(Sets.Select(set => $"""
              - name: {set}
                annotations: '{Quoted(folder.Labels(set))}'
                images: '{Quoted(folder.Images(set))}'
                skeleton: {QuickstartSet.Named(set).Skeleton}
                ratio: 1

            """));
        // the paper's teachers know far more than its students, so that labels weigh 0.3 there; these have learned no longer than their student
        var teachers = Teachers.Length == 0 ? "" : "loss: {alpha: 0.7}\nteachers:\n" + string.Concat(Teachers.Select(t => string.Create(CultureInfo.InvariantCulture, $"""
              - name: {t.Student}
                model: '{Quoted(folder.Model(t.Student))}'
                beta: {t.Beta}
                mode: cached

            """)));
        return string.Create(CultureInfo.InvariantCulture, $"""
            name: {Name}
            method: unified-skeleton
            seed: {plan.Seed}
            student:
              model: rtmpose-t
              skeleton: {Skeleton}
              input: [{plan.Width}, {plan.Height}]
              stride: 16
            datasets:
            {datasets}{teachers}schedule:
              steps: {plan.Steps}
              batch: {plan.Batch * Sets.Length}
              learning_rate: {plan.LearningRate}
              warm_up_steps: {plan.Steps / 8}
              flat_until: 0
              clip_norm: 10
              checkpoint_every: 50
            warm_start:
              coarse_map: 0.3
              sigma: 0.9
              sigma_scale: 2
            augmentation:
              rotation: 20
              scale: 0.2
              shift: 0.04
              half_body: 0
              dropout: 0
              colour: false
              last_stage: 0.1
            loader:
              image_cache_mb: 1500

            """);
    }

    private static string Quoted(string path) => path.Replace("'", "''", StringComparison.Ordinal);
}
