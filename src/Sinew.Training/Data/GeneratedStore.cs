using System.Security.Cryptography;
using System.Text;
using Sinew.Generation;
using Sinew.Skeletons;
using Sinew.Training.Recipes;

namespace Sinew.Training.Data;

/// <summary>
/// Generated people who are drawn once and then read like any data set, from <see cref="CacheFolder.Generated"/>. A folder is named by all
/// that its pictures follow from, so it never holds other people than those that are asked for.
/// </summary>
public static class GeneratedStore
{
    /// <summary>Draws what a recipe keeps and nobody has drawn yet.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="say">Called with lines worth telling.</param>
    /// <param name="cancel">Ends the drawing; what is half done is begun anew the next time.</param>
    /// <returns>The recipe with the kept sets as files.</returns>
    /// <exception cref="SinewException">An option is wrong, or a file cannot be written.</exception>
    public static Recipe Fetch(Recipe recipe, Action<string>? say, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        var input = (recipe.Student.Width, recipe.Student.Height);
        DatasetOptions Stored(DatasetOptions set)
        {
            if (set.Generated is not { Keep: true } people) return set;
            var folder = Fetch(set.Name, people, input, say, cancel);
            return set with { Generated = null, Annotations = AnnotationsIn(folder), Images = ImagesIn(folder), Skeleton = people.SkeletonName };
        }

        EvaluationOptions Scored(EvaluationOptions set)
        {
            if (set.Generated is not { } people) return set;
            var folder = Fetch(set.Name, people, input, say, cancel);
            return set with { Generated = null, Annotations = AnnotationsIn(folder), Images = ImagesIn(folder), Skeleton = people.SkeletonName };
        }

        return recipe with { Datasets = [.. recipe.Datasets.Select(Stored)], Evaluations = [.. recipe.Evaluations.Select(Scored)] };
    }

    private static string AnnotationsIn(string folder) => Path.Combine(folder, GeneratedDataset.AnnotationsName);

    private static string ImagesIn(string folder) => Path.Combine(folder, GeneratedDataset.ImagesName);

    private static string Fetch(string name, GeneratedOptions people, (int Width, int Height) input, Action<string>? say, CancellationToken cancel)
    {
        var (options, skeleton) = (people.ForInput(input), SkeletonFile.Resolve(people.SkeletonName));
        var folder = Path.Combine(CacheFolder.Generated, FolderName(options, skeleton, people.People));
        // the labels are written last: where they are, all is
        if (File.Exists(AnnotationsIn(folder))) return folder;
        say?.Invoke($"{name}: drawing {people.People} people into {folder}");
        var tenth = 0;
        GeneratedDataset.Write(options, skeleton, people.People, folder, Environment.ProcessorCount, done =>
        {
            var now = (int)(done * 10L / people.People);
            if (now > tenth && now < 10) say?.Invoke($"{name}: {done} of {people.People} people");
            tenth = now;
        }, cancel);
        return folder;
    }

    private static string FolderName(GeneratorOptions options, Skeleton skeleton, int people)
    {
        var text = FormattableString.Invariant($"""
            {PeopleGenerator.Version} {people} {options.Domain} {options.Seed} {options.Width}x{options.Height} {options.MaxPeople} {options.Truncated} {options.Difficulty} {options.Crowded}
            {options.AnnotationNoise} {string.Join(' ', skeleton.Joints.Select(j => j.Id))}
            """);
        return FormattableString.Invariant($"{options.Domain}-{people}-{options.Seed}-").ToLowerInvariant() + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..12];
    }
}
