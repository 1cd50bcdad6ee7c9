using Sinew.Generation;

namespace Sinew.Cli.Quickstart;

/// <summary>One of the generated data sets.</summary>
/// <param name="Name">Its folder's name.</param>
/// <param name="Domain">Looks and poses.</param>
/// <param name="Skeleton">The joints that are labelled.</param>
/// <param name="SeedOffset">Added to the plan's seed: no two sets share a picture.</param>
/// <param name="Trains">True for a set to train on, false for one to score on.</param>
/// <param name="Noise">Factor on the annotators' errors; 0 labels every joint where it is.</param>
internal sealed record QuickstartSet(string Name, GeneratorDomain Domain, string Skeleton, int SeedOffset, bool Trains, double Noise)
{
    public static readonly QuickstartSet A = new("a", GeneratorDomain.A, "coco17", 0, true, 1);
    public static readonly QuickstartSet B = new("b", GeneratorDomain.B, "mpii16", 1, true, 1);
    public static readonly QuickstartSet TestA = new("a-test", GeneratorDomain.A, "coco17", 2, false, 1);
    public static readonly QuickstartSet TestB = new("b-test", GeneratorDomain.B, "mpii16", 3, false, 1);

    /// <summary>A's pictures with the truth about all joints: how well somebody predicts there what only B labels.</summary>
    public static readonly QuickstartSet TruthA = new("a-truth", GeneratorDomain.A, "body21", 4, false, 0);

    /// <summary>B's pictures with the truth about all joints.</summary>
    public static readonly QuickstartSet TruthB = new("b-truth", GeneratorDomain.B, "body21", 5, false, 0);

    public static IReadOnlyList<QuickstartSet> All { get; } = [A, B, TestA, TestB, TruthA, TruthB];

    public static QuickstartSet Named(string name) => All.First(s => s.Name == name);

    /// <summary>What the generator is asked for.</summary>
    /// <param name="plan">Sizes.</param>
    public GeneratorOptions Options(QuickstartPlan plan) =>
        new() { Seed = (plan.Seed * 100) + SeedOffset, Domain = Domain, AnnotationNoise = Noise, Width = 256, Height = 256, Difficulty = 0 };
}
