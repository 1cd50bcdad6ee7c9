using System.Text.Json;
using System.Text.Json.Serialization;
using Sinew.Cli.Frame;

namespace Sinew.Cli.Quickstart;

/// <summary>How much a quickstart does. It is written into the folder, so that an interrupted one goes on with the same numbers.</summary>
internal sealed record QuickstartPlan
{
    /// <summary>The file that it is kept in.</summary>
    public const string FileName = "plan.json";

    /// <summary>Everything random follows from it: people, first weights, order.</summary>
    public required long Seed { get; init; }

    /// <summary>People of each data set to train on.</summary>
    public required int People { get; init; }

    /// <summary>People of each of the four sets to score on.</summary>
    public required int TestPeople { get; init; }

    /// <summary>Steps of each student.</summary>
    public required int Steps { get; init; }

    /// <summary>People per step of each data set that a student learns from: all of them see each set equally often.</summary>
    public required int Batch { get; init; }

    /// <summary>The peak learning rate.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>Width of the students' input, pixels.</summary>
    public int Width { get; init; } = 96;

    /// <summary>Height of the students' input, pixels.</summary>
    public int Height { get; init; } = 128;

    /// <summary>Pictures that are predicted and drawn.</summary>
    public int Pictures { get; init; } = 12;

    /// <summary>What two cores do in about ten minutes.</summary>
    public static QuickstartPlan Full(long seed) => new() { Seed = seed, People = 2000, TestPeople = 300, Steps = 320, Batch = 16 };

    /// <summary>The same small: it shows that everything works, not what the method can do.</summary>
    public static QuickstartPlan Fast(long seed) => new() { Seed = seed, People = 120, TestPeople = 24, Steps = 16, Batch = 16, LearningRate = 5e-4, Width = 64, Height = 96, Pictures = 4 };

    /// <summary>The plan of a folder: the one that is in it, or a new one that is put there.</summary>
    /// <param name="folder">The quickstart's folder.</param>
    /// <param name="wanted">The plan of a new folder.</param>
    /// <exception cref="SinewException">The folder was begun with another plan, or its plan is damaged.</exception>
    public static QuickstartPlan InFolder(string folder, QuickstartPlan wanted)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
        {
            if (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any())
                throw new SinewException($"{folder}: holds other files: name a new folder with --out");
            JsonFile.Write(path, json => JsonSerializer.Serialize(json, wanted, QuickstartPlanJson.Default.QuickstartPlan));
            return wanted;
        }

        QuickstartPlan? kept;
        try
        {
            kept = JsonSerializer.Deserialize(File.ReadAllBytes(path), QuickstartPlanJson.Default.QuickstartPlan);
        }
        catch (JsonException e)
        {
            throw new SinewException($"{path}: is not the plan of a quickstart ({e.Message.ReplaceLineEndings(" ")}): remove the folder, or name another with --out", e);
        }

        return kept == wanted ? wanted : throw new SinewException($"{folder}: was begun with other options (seed, size or steps): give the same again, or name a new folder with --out");
    }
}

[JsonSerializable(typeof(QuickstartPlan))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
internal sealed partial class QuickstartPlanJson : JsonSerializerContext;
