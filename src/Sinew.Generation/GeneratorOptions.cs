namespace Sinew.Generation;

/// <summary>Looks, poses and annotation habits of a generated data set.</summary>
public enum GeneratorDomain
{
    /// <summary>People as in albums and catalogues: standing, walking, sitting, studios, rooms and streets. Labelled by COCO's habits.</summary>
    A,

    /// <summary>People who do something: sports, gymnastics, work, halls, pitches and parks. Labelled by MPII's habits.</summary>
    B,

    /// <summary>Both by halves, labelled without error.</summary>
    Truth,
}

/// <summary>What is generated.</summary>
public sealed record GeneratorOptions
{
    /// <summary>Everything follows from it and from a scene's index.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>Looks, poses and annotation habits.</summary>
    public GeneratorDomain Domain { get; init; } = GeneratorDomain.Truth;

    /// <summary>Width of a picture, pixels: 32 to 4096.</summary>
    public int Width { get; init; } = 320;

    /// <summary>Height of a picture, pixels: 32 to 4096.</summary>
    public int Height { get; init; } = 320;

    /// <summary>People in a picture at most, 1 to 12; how many there are is drawn, two thirds of the pictures having one.</summary>
    public int MaxPeople { get; init; } = 3;

    /// <summary>Share of pictures whose first person is cut by the border.</summary>
    public double Truncated { get; init; } = 0.15;

    /// <summary>
    /// Share of the scenes that are drawn from all that the domain has, 0 to 1. The rest are calm: one upright person, seen whole and at
    /// eye level, before little clutter; small networks learn from them within minutes.
    /// </summary>
    public double Difficulty { get; init; } = 1;

    /// <summary>Share of the scenes, 0 to 1, that three people or more crowd into, up to <see cref="MaxPeople"/>, close before and behind each other.</summary>
    public double Crowded { get; init; }

    /// <summary>Factor on the error of annotations in domains A and B; 0 labels the truth.</summary>
    public double AnnotationNoise { get; init; } = 1;

    /// <exception cref="SinewException">A number is out of its range.</exception>
    internal void Validate()
    {
        if (Width is < 32 or > 4096 || Height is < 32 or > 4096) throw new SinewException($"generated pictures of {Width}×{Height} pixels: give sides from 32 to 4096");
        if (MaxPeople is < 1 or > 12) throw new SinewException($"{MaxPeople} people in a picture: give 1 to 12");
        if (!(Truncated is >= 0 and <= 1)) throw new SinewException($"a share of {Truncated} truncated pictures: give 0 to 1");
        if (!(Difficulty is >= 0 and <= 1)) throw new SinewException($"a difficulty of {Difficulty}: give 0 to 1");
        if (!(Crowded is >= 0 and <= 1)) throw new SinewException($"a share of {Crowded} crowded scenes: give 0 to 1");
        if (!(AnnotationNoise is >= 0 and <= 10)) throw new SinewException($"an annotation noise of {AnnotationNoise}: give 0 to 10");
    }
}
