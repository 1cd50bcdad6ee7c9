using Sinew.Training.Data;
using Sinew.Training.Models;
using Sinew.Training.Recipes;

namespace Sinew.Training.Methods;

/// <summary>Which class is behind the name of a method in a recipe.</summary>
public static class TrainingMethods
{
    /// <summary>Makes the recipe's method.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="student">The network that learns.</param>
    /// <param name="data">Its data.</param>
    /// <param name="steps">Steps in all.</param>
    /// <exception cref="SinewException">The method lacks something, such as a teacher or a first stage.</exception>
    public static ITrainingMethod Create(Recipe recipe, Student student, TrainingData data, long steps)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        ArgumentNullException.ThrowIfNull(student);
        ArgumentNullException.ThrowIfNull(data);
        var (network, device) = (student.Network, student.Device);
        return recipe.Method switch
        {
            MethodNames.UnifiedSkeleton => new UnifiedSkeleton(network, recipe, steps),
            MethodNames.DwPoseStage1 => new DwPoseStage1(network, recipe, data.FeatureTeachers, steps, (double)data.People / recipe.Schedule.Batch, device),
            MethodNames.DwPoseStage2 => new DwPoseStage2(network, recipe, steps, device),
            MethodNames.CoarseToFineStage1 => new CoarseToFineStage1(network, recipe, student.Skeleton, steps),
            MethodNames.CoarseToFineStage2 => new CoarseToFineStage2(network, recipe, steps),
            _ => throw new SinewException($"recipe '{recipe.Name}': there is no method '{recipe.Method}': use one of {string.Join(", ", MethodNames.All)}"),
        };
    }

    /// <summary>True for methods that go on from a trained network of the same joints.</summary>
    /// <param name="method">The name.</param>
    public static bool NeedsTrained(string method) => method is MethodNames.DwPoseStage2 or MethodNames.CoarseToFineStage2;
}
